/* What models are made of and what they say, against the same formulas written out here. */
#include "fixtures.h"

static const char *parameter_name(const ascribe_model *model, size_t parameter) {
  static char text[64];
  size_t length = 0;
  CHECK_OK(ascribe_model_parameter_name(model, parameter, text, sizeof text, &length, &error));
  CHECK(strlen(text) == length);
  return text;
}

static double score_of(const char *kind, const double *h, const double *r, const double *t, size_t d) {
  double sum = 0.0;
  size_t i;
  for (i = 0; i < d; i++) {
    if (strcmp(kind, "distmult") == 0) sum += h[i] * r[i] * t[i];
    if (strcmp(kind, "transe") == 0) sum -= (h[i] + r[i] - t[i]) * (h[i] + r[i] - t[i]);
    if (strcmp(kind, "complex") == 0) {
      const double hi = h[d + i], ri = r[d + i], ti = t[d + i];
      sum += (h[i] * r[i] - hi * ri) * t[i] + (h[i] * ri + hi * r[i]) * ti;
    }
  }
  return sum;
}

/* Scores, probabilities and ranks of triples, with softmaxes and ranks by counting. */
static void triples(const char *kind, size_t width) {
  enum { QUERIES = 12 };
  ascribe_dataset *data = nations(), *test = NULL, *queries = NULL, *part = NULL;
  ascribe_model *model = NULL;
  ascribe_ranking ranking;
  uint32_t asked[3 * QUERIES], known[3 * 2000];
  double *entities, *relations, values[6][QUERIES], reciprocal = 0.0, hits[3] = {0, 0, 0};
  static const char *const names[] = {"score", "probability", "log-probability", "head-score", "head-probability", "head-log-probability"};
  static const char *const parts[] = {"train", "valid", "test"};
  size_t count = 0, i, q, c;
  CHECK_OK(ascribe_model_new(NULL, kind, data, options_of("dimension=5; seed=12"), &model, &error));
  CHECK(ascribe_model_parameters(model) == 2 && ascribe_model_outputs(model) == 0);
  CHECK(ascribe_model_dimension(model) == (14 + 55) * width);
  entities = numbers(14 * width);
  relations = numbers(55 * width);
  CHECK_OK(ascribe_model_parameter(model, 0, entities, 14 * width, &error));
  CHECK_OK(ascribe_model_parameter(model, 1, relations, 55 * width, &error));
  for (i = 0; i < 14 * width; i++) CHECK(fabs(entities[i]) <= 0.5);
  CHECK_OK(ascribe_dataset_part(data, "test", &test, &error));
  queries = selected(test, 3, QUERIES);
  CHECK_OK(ascribe_dataset_triples(queries, asked, 3 * QUERIES, &error));
  for (i = 0; i < 6; i++) CHECK_OK(ascribe_model_evaluate(model, NULL, queries, names[i], values[i], QUERIES, &error));
  for (i = 0; i < 3; i++) {
    CHECK_OK(ascribe_dataset_part(data, parts[i], &part, &error));
    CHECK_OK(ascribe_dataset_triples(part, known + 3 * count, 3 * 2000 - 3 * count, &error));
    count += ascribe_dataset_len(part);
    ascribe_dataset_free(part);
  }
  for (q = 0; q < QUERIES; q++) {
    const uint32_t h = asked[3 * q], r = asked[3 * q + 1], t = asked[3 * q + 2];
    int side;
    for (side = 0; side < 2; side++) {
      const uint32_t truth = side ? h : t;
      double sum = 0.0, own = 0.0, rank = 1.0;
      double scores[14];
      for (c = 0; c < 14; c++) {
        const size_t head = side ? c : h, tail = side ? t : c;
        scores[c] = score_of(kind, entities + head * width, relations + r * width, entities + tail * width, 5);
        sum += exp(scores[c]);
      }
      own = scores[truth];
      CHECK_CLOSE(values[3 * side][q], own, 1e-12);
      CHECK_CLOSE(values[3 * side + 1][q], exp(own) / sum, 1e-12);
      CHECK_CLOSE(values[3 * side + 2][q], own - log(sum), 1e-12);
      for (c = 0; c < 14; c++) {
        int is_known = 0;
        for (i = 0; i < count; i++)
          is_known |= known[3 * i + 1] == r && known[3 * i] == (side ? c : h) && known[3 * i + 2] == (side ? t : c);
        if (c != truth && !is_known && scores[c] > own) rank += 1.0;
      }
      reciprocal += 1.0 / rank / (2 * QUERIES);
      hits[0] += (rank <= 1.0) / (2.0 * QUERIES);
      hits[1] += (rank <= 3.0) / (2.0 * QUERIES);
      hits[2] += (rank <= 10.0) / (2.0 * QUERIES);
    }
  }
  ranking.struct_size = sizeof ranking;
  CHECK_OK(ascribe_model_ranking(model, NULL, data, queries, &ranking, &error));
  CHECK_CLOSE(ranking.mean_reciprocal_rank, reciprocal, 1e-12);
  CHECK_CLOSE(ranking.hits_at_1, hits[0], 1e-12);
  CHECK_CLOSE(ranking.hits_at_3, hits[1], 1e-12);
  CHECK_CLOSE(ranking.hits_at_10, hits[2], 1e-12);
  CHECK(ranking.queries == 2 * QUERIES);
  /* The first functional is what NULL asks for. */
  CHECK_OK(ascribe_model_evaluate(model, NULL, queries, NULL, values[0], QUERIES, &error));
  CHECK(memcmp(values[0], values[1], sizeof values[0]) == 0);
  free(entities);
  free(relations);
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(test);
  ascribe_dataset_free(data);
}

static void parameters(void) {
  machine m = machine_of("f64");
  ascribe_model *copy = NULL, *single = NULL;
  double values[12], found[12], scores[30], expected;
  double *all;
  int64_t sizes[2] = {-1, -1};
  size_t rank = 9, p, i;
  CHECK(ascribe_model_parameters(m.model) == 3 && ascribe_model_dimension(m.model) == 28);
  CHECK_TEXT(parameter_name(m.model, 0), "left");
  CHECK_TEXT(parameter_name(m.model, 1), "right");
  CHECK_TEXT(parameter_name(m.model, 2), "bias");
  CHECK_OK(ascribe_model_parameter_shape(m.model, 1, NULL, 0, &rank, &error));
  CHECK(rank == 2);
  CHECK_OK(ascribe_model_parameter_shape(m.model, 1, sizes, 2, &rank, &error));
  CHECK(sizes[0] == 5 && sizes[1] == 2);
  CHECK_OK(ascribe_model_parameter_shape(m.model, 2, sizes, 2, &rank, &error));
  CHECK(rank == 1 && sizes[0] == 6 && sizes[1] == 2);
  all = parameters_of(m.model, &p);
  for (i = 0; i < p; i++) CHECK(fabs(all[i]) <= 0.7);
  CHECK_OK(ascribe_model_evaluate(m.model, NULL, m.data, "score", scores, 30, &error));
  for (i = 0; i < 30; i++) {
    const double *l = all + 2 * m.a[i], *r = all + 12 + 2 * m.b[i];
    CHECK_CLOSE(scores[i], l[0] * r[0] + l[1] * r[1] + all[22 + m.a[i]], 1e-14);
  }
  CHECK_OK(ascribe_model_evaluate(m.model, NULL, m.data, NULL, scores, 30, &error));
  for (i = 0; i < 30; i++) {
    const double *l = all + 2 * m.a[i], *r = all + 12 + 2 * m.b[i];
    expected = l[0] * r[0] + l[1] * r[1] + all[22 + m.a[i]] - m.y[i];
    CHECK_CLOSE(scores[i], 0.5 * expected * expected, 1e-14);
  }

  /* A copy goes its own way. */
  CHECK_OK(ascribe_model_clone(m.model, &copy, &error));
  CHECK(same_parameters(copy, m.model));
  fill(values, 12, 4);
  CHECK_OK(ascribe_model_set_parameter(copy, 0, values, 12, &error));
  CHECK_OK(ascribe_model_parameter(copy, 0, found, 12, &error));
  CHECK(memcmp(values, found, sizeof values) == 0);
  CHECK_OK(ascribe_model_parameter(m.model, 0, found, 12, &error));
  CHECK(memcmp(all, found, sizeof found) == 0);
  ascribe_model_free(m.model);
  CHECK_OK(ascribe_model_parameter(copy, 0, found, 12, &error));
  CHECK(memcmp(values, found, sizeof values) == 0);
  m.model = copy;

  /* Single precision keeps what it can of the same initial values. */
  CHECK_TEXT(default_of("custom", "initial"), "0.1");
  CHECK_TEXT(default_of("custom", "precision"), "f64");
  CHECK_TEXT(default_of("custom", "seed"), "auto");
  CHECK_OK(ascribe_model_custom(NULL, m.graph, m.loss, m.penalty, m.score, options_of("initial=0.7; precision=f32; seed=3"), &single, &error));
  CHECK_OK(ascribe_model_parameter(single, 0, found, 12, &error));
  for (i = 0; i < 12; i++) {
    CHECK(found[i] == (double)(float)found[i]);
    CHECK_CLOSE(found[i], all[i], 1e-6);
  }
  ascribe_model_free(single);
  free(all);
  machine_free(&m);
}

/* Seeds: of the options, of the context, the default; and nothing else. */
static void seeds(void) {
  ascribe_dataset *data = nations();
  ascribe_context_options where;
  ascribe_context *context = NULL;
  ascribe_model *a, *b, *c, *d;
  ascribe_context_options_init(&where, sizeof where);
  where.seed = 9;
  CHECK_OK(ascribe_context_new(&where, &context, &error));
  CHECK_OK(ascribe_model_new(NULL, "distmult", data, NULL, &a, &error));
  CHECK_OK(ascribe_model_new(context, "distmult", data, options_of(""), &b, &error));
  CHECK(!same_parameters(a, b));
  CHECK_OK(ascribe_model_new(context, "distmult", data, options_of("seed=42"), &c, &error));
  CHECK(same_parameters(a, c));
  CHECK_OK(ascribe_model_new(NULL, "distmult", data, options_of("seed=9"), &d, &error));
  CHECK(same_parameters(b, d));
  ascribe_model_free(a);
  ascribe_model_free(b);
  ascribe_model_free(c);
  ascribe_model_free(d);
  ascribe_context_free(context);
  ascribe_dataset_free(data);
}

/* Outputs of rows by their formula, from every order of memory and both kinds of numbers, on any number of threads. */
static void predictions(void) {
  enum { ROWS = 700, COLUMNS = 3, CLASSES = 4 };
  double *x = numbers(ROWS * COLUMNS), *tall = numbers(ROWS * COLUMNS), *first = numbers(ROWS * CLASSES), *found = numbers(ROWS * CLASSES);
  float *single = calloc(ROWS * COLUMNS, sizeof *single);
  uint32_t labels[ROWS];
  double weights[CLASSES * COLUMNS], shifts[CLASSES], values[5][ROWS];
  static const char *const names[] = {"loss", "probability", "log-probability", "margin"};
  ascribe_dataset *data;
  ascribe_model *model = NULL;
  ascribe_matrix view = matrix_of(x, ROWS, COLUMNS);
  ascribe_matrix_f32 view_f32 = {single, ROWS, COLUMNS, COLUMNS, 1};
  size_t i, j, k;
  int64_t threads;
  fill(x, ROWS * COLUMNS, 8);
  for (i = 0; i < ROWS; i++) {
    labels[i] = (uint32_t)(i % CLASSES);
    for (j = 0; j < COLUMNS; j++) {
      x[i * COLUMNS + j] = (double)(single[i * COLUMNS + j] = (float)x[i * COLUMNS + j]);
      tall[j * ROWS + i] = x[i * COLUMNS + j];
    }
  }
  data = classes_of(x, ROWS, COLUMNS, labels, CLASSES);
  CHECK_OK(ascribe_model_new(NULL, "softmax", data, NULL, &model, &error));
  CHECK(ascribe_model_outputs(model) == CLASSES && ascribe_model_parameters(model) == 2);
  fill(weights, CLASSES * COLUMNS, 9);
  /* The first class has no intercept: only differences count. */
  fill(shifts + 1, CLASSES - 1, 10);
  shifts[0] = 0.0;
  CHECK_OK(ascribe_model_set_parameter(model, 0, weights, CLASSES * COLUMNS, &error));
  CHECK_OK(ascribe_model_set_parameter(model, 1, shifts + 1, CLASSES - 1, &error));
  CHECK_OK(ascribe_model_predict(model, NULL, &view, first, ROWS * CLASSES, &error));
  for (i = 0; i < 4; i++) CHECK_OK(ascribe_model_evaluate(model, NULL, data, names[i], values[i], ROWS, &error));
  for (i = 0; i < ROWS; i++) {
    double sum = 0.0, outputs[CLASSES];
    for (k = 0; k < CLASSES; k++) {
      outputs[k] = shifts[k];
      for (j = 0; j < COLUMNS; j++) outputs[k] += weights[k * COLUMNS + j] * x[i * COLUMNS + j];
      CHECK_CLOSE(first[i * CLASSES + k], outputs[k], 1e-14);
      sum += exp(outputs[k]);
    }
    {
      const double p = exp(outputs[labels[i]]) / sum;
      CHECK_CLOSE(values[0][i], -log(p), 1e-13);
      CHECK_CLOSE(values[1][i], p, 1e-13);
      CHECK_CLOSE(values[2][i], log(p), 1e-13);
      CHECK_CLOSE(values[3][i], log(p / (1.0 - p)), 1e-12);
    }
  }
  CHECK_OK(ascribe_model_predict_f32(model, NULL, &view_f32, found, ROWS * CLASSES, &error));
  CHECK(memcmp(first, found, ROWS * CLASSES * sizeof *found) == 0);
  view.data = tall;
  view.row_stride = 1;
  view.col_stride = ROWS;
  memset(found, 0, ROWS * CLASSES * sizeof *found);
  CHECK_OK(ascribe_model_predict(model, NULL, &view, found, ROWS * CLASSES, &error));
  CHECK(memcmp(first, found, ROWS * CLASSES * sizeof *found) == 0);
  view = matrix_of(x, ROWS, COLUMNS);
  for (threads = 1; threads <= 4; threads *= 2) {
    ascribe_context_options options;
    ascribe_context *context = NULL;
    ascribe_context_options_init(&options, sizeof options);
    options.threads = threads;
    CHECK_OK(ascribe_context_new(&options, &context, &error));
    memset(found, 0, ROWS * CLASSES * sizeof *found);
    CHECK_OK(ascribe_model_predict(model, context, &view, found, ROWS * CLASSES, &error));
    CHECK(memcmp(first, found, ROWS * CLASSES * sizeof *found) == 0);
    CHECK_OK(ascribe_model_evaluate(model, context, data, "margin", values[4], ROWS, &error));
    CHECK(memcmp(values[3], values[4], sizeof values[3]) == 0);
    ascribe_context_free(context);
  }
  view.rows = 0;
  CHECK_OK(ascribe_model_predict(model, NULL, &view, NULL, 0, &error));
  ascribe_model_free(model);
  ascribe_dataset_free(data);
  free(x);
  free(tall);
  free(first);
  free(found);
  free(single);
}

/* The losses of two classes and of numbers, and the penalty's place. */
static void losses(void) {
  static const double x[] = {0.5, -1.0, 2.0, 0.25}, y[] = {1.0, -2.0, 0.5, 3.0};
  static const uint32_t labels[] = {1, 0, 0, 1};
  static const char *const kinds[] = {"linear", "logistic", "hinge", "hinge"};
  static const char *const given[] = {"l2=0.7", "l2=0.7", "l2=0.7; smoothing=0", "l2=0.7; smoothing=0.5"};
  size_t kind, i;
  CHECK_TEXT(default_of("network", "loss"), "auto");
  CHECK_TEXT(default_of("network", "intercept"), "true");
  CHECK_TEXT(default_of("network", "l2"), "0.01");
  CHECK_TEXT(default_of("network", "smoothing"), "0.1");
  CHECK_TEXT(default_of("network", "layers"), "auto");
  for (kind = 0; kind < 4; kind++) {
    ascribe_dataset *data = kind == 0 ? rows_of(x, 4, 1, y) : classes_of(x, 4, 1, labels, 2);
    ascribe_model *model = NULL;
    const double w = 0.8, b = -0.3;
    double loss[4], output[4];
    CHECK_OK(ascribe_model_new(NULL, kinds[kind], data, options_of(given[kind]), &model, &error));
    CHECK(ascribe_model_outputs(model) == 1);
    CHECK_OK(ascribe_model_set_parameter(model, 0, &w, 1, &error));
    CHECK_OK(ascribe_model_set_parameter(model, 1, &b, 1, &error));
    CHECK_OK(ascribe_model_evaluate(model, NULL, data, "loss", loss, 4, &error));
    CHECK_OK(ascribe_model_evaluate(model, NULL, data, "output", output, 4, &error));
    for (i = 0; i < 4; i++) {
      const double s = w * x[i] + b, margin = labels[i] ? s : -s;
      CHECK_CLOSE(output[i], s, 1e-15);
      if (kind == 0) CHECK_CLOSE(loss[i], 0.5 * (s - y[i]) * (s - y[i]), 1e-14);
      if (kind == 1) CHECK_CLOSE(loss[i], log(1.0 + exp(-margin)), 1e-14);
      if (kind == 2) CHECK_CLOSE(loss[i], margin < 1.0 ? 1.0 - margin : 0.0, 1e-14);
      if (kind == 3) CHECK_CLOSE(loss[i], 0.5 * log(1.0 + exp((1.0 - margin) / 0.5)), 1e-14);
    }
    if (kind == 1) {
      CHECK_OK(ascribe_model_evaluate(model, NULL, data, "probability", loss, 4, &error));
      for (i = 0; i < 4; i++) CHECK_CLOSE(loss[i], 1.0 / (1.0 + exp(labels[i] ? -output[i] : output[i])), 1e-14);
      CHECK_OK(ascribe_model_evaluate(model, NULL, data, "margin", loss, 4, &error));
      for (i = 0; i < 4; i++) CHECK_CLOSE(loss[i], labels[i] ? output[i] : -output[i], 1e-15);
    }
    ascribe_model_free(model);
    ascribe_dataset_free(data);
  }
}

static const char *const activations[] = {"tanh", "relu", "gelu", "softplus", "sigmoid"};

static double activated(size_t kind, double x) {
  switch (kind) {
    case 0: return tanh(x);
    case 1: return x > 0.0 ? x : 0.0;
    case 2: return 0.5 * x * (1.0 + erf(x / sqrt(2.0)));
    case 3: return log(1.0 + exp(x));
    default: return 1.0 / (1.0 + exp(-x));
  }
}

static void layers(void) {
  enum { IN = 3, HIDDEN = 4 };
  static const double x[2 * IN] = {0.3, -0.7, 1.1, -0.2, 0.9, 0.4}, y[2] = {1, 2};
  size_t kind;
  for (kind = 0; kind < COUNT(activations); kind++) {
    ascribe_dataset *data = rows_of(x, 2, IN, y);
    ascribe_model *model = NULL, *other = NULL;
    double *p, found[2];
    size_t count, i, j, k;
    CHECK_OK(ascribe_model_new(NULL, "mlp", data, options_of("layers=dense:%d,%s", HIDDEN, activations[kind]), &model, &error));
    CHECK_OK(ascribe_model_new(NULL, "mlp", data, options_of("hidden=%d; activation=%s", HIDDEN, activations[kind]), &other, &error));
    CHECK(same_parameters(model, other));
    ascribe_model_free(other);
    p = parameters_of(model, &count);
    CHECK(ascribe_model_parameters(model) == 4 && count == HIDDEN * IN + HIDDEN + HIDDEN + 1);
    CHECK_OK(ascribe_model_evaluate(model, NULL, data, "output", found, 2, &error));
    for (i = 0; i < 2; i++) {
      double output = p[HIDDEN * IN + 2 * HIDDEN];
      for (k = 0; k < HIDDEN; k++) {
        double sum = p[HIDDEN * IN + k];
        for (j = 0; j < IN; j++) sum += p[k * IN + j] * x[i * IN + j];
        output += p[HIDDEN * IN + HIDDEN + k] * activated(kind, sum);
      }
      /* In the units of the targets, whose mean is 1.5 and whose deviation is 0.5. */
      CHECK_CLOSE(found[i], 1.5 + 0.5 * output, 1e-14);
    }
    free(p);
    ascribe_model_free(model);
    ascribe_dataset_free(data);
  }
}

int main(void) {
  triples("distmult", 5);
  triples("transe", 5);
  triples("complex", 10);
  parameters();
  seeds();
  predictions();
  losses();
  layers();
  return checks_done();
}
