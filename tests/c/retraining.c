/* The truth by training again, against trainings written out here, and how predictions compare with it. */
#include "fixtures.h"

enum { ROWS = 12, COLUMNS = 2, P = COLUMNS + 1 };

static double x[ROWS * COLUMNS], y[ROWS];

static double output(const double *w, size_t row) { return w[0] * x[row * COLUMNS] + w[1] * x[row * COLUMNS + 1] + w[2]; }

/* Full-batch descent of rows. `out` marks who is left out: they count as nothing, and the shares of the others in a step stay as they were. */
static void descent(const int *out, int epochs, double *w) {
  int t;
  size_t i, j;
  memset(w, 0, P * sizeof *w);
  for (t = 0; t < epochs; t++) {
    double g[P] = {0};
    for (i = 0; i < ROWS; i++) {
      const double e = output(w, i) - y[i];
      if (out[i]) continue;
      for (j = 0; j < P; j++) g[j] += e * (j < COLUMNS ? x[i * COLUMNS + j] : 1.0) / ROWS;
    }
    for (j = 0; j < P; j++) w[j] -= 0.2 * g[j];
  }
}

static void rows_by_steps(void) {
  static const uint64_t examples[] = {4, 2, 9, 11};
  static const size_t offsets[] = {0, 1, 1, 4};
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y), *queries = selected(data, 6, 2);
  const ascribe_options *training = steps_of("sgd", 0.2, 9, ROWS);
  ascribe_model *model = NULL;
  double changes[6], whole[P], less[P];
  int out[ROWS] = {0};
  size_t set, i, q;
  CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("l2=0"), &model, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  CHECK_OK(ascribe_retraining_changes(NULL, model, queries, "output", examples, offsets, 3, NULL, changes, 6, &error));
  descent(out, 9, whole);
  for (set = 0; set < 3; set++) {
    memset(out, 0, sizeof out);
    for (i = offsets[set]; i < offsets[set + 1]; i++) out[examples[i]] = 1;
    descent(out, 9, less);
    for (q = 0; q < 2; q++) CHECK_CLOSE(changes[2 * set + q], output(less, 6 + q) - output(whole, 6 + q), 1e-12);
  }
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

/* Least squares: e / (1 - h) for one example, the normal equations for two. */
static void rows_minimized(void) {
  static const uint64_t examples[] = {7, 0, 5};
  static const size_t offsets[] = {0, 1, 3};
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y), *queries = selected(data, 7, 1);
  ascribe_model *model = minimized(data, "linear", 0.0, "f64");
  double changes[2], h = 0.0, *w = parameters_of(model, NULL);
  size_t set, i, j, k;
  CHECK_OK(ascribe_retraining_changes(NULL, model, queries, "output", examples, offsets, 2, NULL, changes, 2, &error));
  for (set = 0; set < 3; set++) {
    double a[P * P] = {0}, b[P] = {0};
    for (i = 0; i < ROWS; i++) {
      if (set < 2 && (i == examples[offsets[set]] || i == examples[offsets[set + 1] - 1])) continue;
      for (j = 0; j < P; j++) {
        const double u = j < COLUMNS ? x[i * COLUMNS + j] : 1.0;
        for (k = 0; k < P; k++) a[j * P + k] += u * (k < COLUMNS ? x[i * COLUMNS + k] : 1.0);
        b[j] += u * y[i];
      }
    }
    if (set < 2) {
      solve(a, b, P);
      CHECK_CLOSE(changes[set], output(b, 7) - output(w, 7), 1e-8);
    } else {
      double u[P] = {x[7 * COLUMNS], x[7 * COLUMNS + 1], 1.0};
      memcpy(b, u, sizeof u);
      solve(a, b, P);
      for (j = 0; j < P; j++) h += u[j] * b[j];
      CHECK_CLOSE(y[7] - output(w, 7) - changes[0], (y[7] - output(w, 7)) / (1.0 - h), 1e-8);
    }
  }
  free(w);
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

/* A model whose examples share no rows is not changed by the removal of another one, and one that is removed has never moved its own rows. */
static void graphs_by_steps(void) {
  static const int64_t four[] = {4};
  static const uint32_t ids[] = {0, 1, 2, 3};
  static const double targets[] = {1, 2, 3, 4};
  static const uint64_t examples[] = {2};
  static const size_t offsets[] = {0, 1};
  const ascribe_matrix view = matrix_of(targets, 4, 1);
  static const char *const precisions[] = {"f64", "f32"};
  size_t precision;
  for (precision = 0; precision < 2; precision++) {
    ascribe_graph *graph = NULL;
    ascribe_node table, i, t, own, d, loss;
    ascribe_dataset *data = NULL;
    ascribe_model *model = NULL;
    const ascribe_options *training = steps_of("adam", 0.1, 5, 1);
    double before[4], after[4], changes[4];
    size_t k;
    CHECK_OK(ascribe_graph_new(&graph, &error));
    CHECK_OK(ascribe_graph_leaf(graph, "parameter", "table", four, 1, &table, &error));
    CHECK_OK(ascribe_graph_leaf(graph, "indices", "i", NULL, 0, &i, &error));
    CHECK_OK(ascribe_graph_leaf(graph, "input", "t", NULL, 0, &t, &error));
    CHECK_OK(ascribe_graph_gather(graph, "rows", table, i, &own, &error));
    CHECK_OK(ascribe_graph_binary(graph, "sub", own, t, &d, &error));
    CHECK_OK(ascribe_graph_binary(graph, "mul", d, d, &loss, &error));
    CHECK_OK(ascribe_graph_functional(graph, "own", own, &error));
    CHECK_OK(ascribe_graph_own(graph, table, i, &error));
    CHECK_OK(ascribe_dataset_new(4, &data, &error));
    CHECK_OK(ascribe_dataset_set_ids(data, "i", ids, 4, 1, &error));
    CHECK_OK(ascribe_dataset_set_numbers(data, "t", &view, &error));
    CHECK_OK(ascribe_model_custom(NULL, graph, loss, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, options_of("precision=%s", precisions[precision]),
                                  &model, &error));
    CHECK_OK(ascribe_model_evaluate(model, NULL, data, "own", before, 4, &error));
    CHECK_OK(ascribe_model_fit(model, NULL, data, training, NULL, &error));
    CHECK_OK(ascribe_model_evaluate(model, NULL, data, "own", after, 4, &error));
    CHECK_OK(ascribe_retraining_changes(NULL, model, data, "own", examples, offsets, 1, NULL, changes, 4, &error));
    for (k = 0; k < 4; k++) {
      CHECK(before[k] != after[k]);
      if (k == 2) CHECK(changes[k] == before[k] - after[k]);
      else if (precision == 0) CHECK_CLOSE(changes[k], 0.0, 2e-2);
    }
    ascribe_model_free(model);
    ascribe_dataset_free(data);
    ascribe_graph_free(graph);
  }
}

/* Rollback is exact where training has no interplay, and near the truth in general; threads change no byte. */
static void triples(void) {
  ascribe_dataset *facts = nations(), *data = selected(facts, 0, 50), *queries = selected(facts, 20, 3);
  ascribe_model *model = triples_model(facts, "f64");
  const ascribe_options *training = steps_of("sgd", 0.02, 3, 1);
  ascribe_attributor *rollback;
  ascribe_attribution *found = NULL;
  uint64_t examples[50];
  size_t offsets[51], count, i, q;
  double scores[50], changes[3 * 50], again[3 * 50], predicted[50], truth[50];
  ascribe_fidelity fidelity;
  int64_t threads;
  CHECK_OK(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  for (i = 0; i < 50; i++) examples[i] = offsets[i] = i;
  offsets[50] = 50;
  CHECK_OK(ascribe_retraining_changes(NULL, model, queries, "score", examples, offsets, 50, NULL, changes, 150, &error));
  rollback = attributor_of(model, "rollback", NULL);
  CHECK_OK(ascribe_attributor_explain(rollback, queries, "score", NULL, &found, &error));
  for (q = 0; q < 3; q++) {
    count = ascribe_attribution_len(found, q);
    CHECK_OK(ascribe_attribution_copy(found, q, examples, scores, 50, &error));
    for (i = 0; i < count; i++) {
      predicted[i] = scores[i];
      truth[i] = changes[3 * examples[i] + q];
    }
    fidelity.struct_size = sizeof fidelity;
    CHECK_OK(ascribe_retraining_fidelity(predicted, truth, count, &fidelity, &error));
    CHECK(fidelity.count == count && fidelity.pearson > 0.9 && fidelity.slope > 0.7 && fidelity.slope < 1.3);
  }
  for (threads = 2; threads <= 4; threads *= 2) {
    ascribe_context_options where;
    ascribe_context *context = NULL;
    ascribe_context_options_init(&where, sizeof where);
    where.threads = threads;
    for (i = 0; i < 50; i++) examples[i] = i;
    CHECK_OK(ascribe_context_new(&where, &context, &error));
    CHECK_OK(ascribe_retraining_changes(context, model, queries, "score", examples, offsets, 50, NULL, again, 150, &error));
    CHECK(memcmp(changes, again, sizeof again) == 0);
    ascribe_context_free(context);
  }
  ascribe_attribution_free(found);
  ascribe_attributor_free(rollback);
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
  ascribe_dataset_free(facts);
}

static void fidelities(void) {
  static const double predicted[] = {1.0, 2.0, 3.0, 4.0, 5.0}, truth[] = {2.5, 3.5, 7.0, 8.0, 12.0}, same[] = {4.0, 4.0, 4.0};
  ascribe_fidelity fidelity;
  double sum[5] = {0, 0, 0, 0, 0};
  size_t i;
  for (i = 0; i < 5; i++) {
    sum[0] += predicted[i] / 5, sum[1] += truth[i] / 5;
  }
  for (i = 0; i < 5; i++) {
    const double a = predicted[i] - sum[0], b = truth[i] - sum[1];
    sum[2] += a * a, sum[3] += b * b, sum[4] += a * b;
  }
  fidelity.struct_size = sizeof fidelity;
  CHECK_OK(ascribe_retraining_fidelity(predicted, truth, 5, &fidelity, &error));
  CHECK_CLOSE(fidelity.pearson, sum[4] / sqrt(sum[2] * sum[3]), 1e-14);
  CHECK_CLOSE(fidelity.spearman, 1.0, 1e-14);
  CHECK_CLOSE(fidelity.slope, sum[4] / sum[2], 1e-14);
  CHECK_CLOSE(fidelity.maximum_error, 7.0, 1e-14);
  CHECK(fidelity.count == 5);
  CHECK_OK(ascribe_retraining_fidelity(same, truth, 3, &fidelity, &error));
  CHECK(isnan(fidelity.pearson) && isnan(fidelity.spearman) && isnan(fidelity.slope) && fidelity.maximum_error == 3.0);
  CHECK_OK(ascribe_retraining_fidelity(predicted, predicted, 5, &fidelity, &error));
  CHECK_CLOSE(fidelity.pearson, 1.0, 1e-15);
  CHECK_CLOSE(fidelity.slope, 1.0, 1e-15);
  CHECK(fidelity.maximum_error == 0.0);
}

/* A struct for results is filled as far as its size says, field by field, and nothing beyond. */
static void structs_of_any_size(void) {
  static const double predicted[] = {1, 2, 3}, truth[] = {2, 4, 6};
  static const size_t sizes[] = {sizeof(ascribe_fidelity), 4096, offsetof(ascribe_fidelity, maximum_error),
                                 offsetof(ascribe_fidelity, maximum_error) - 1, sizeof(size_t)};
  static const size_t none[] = {0, 7, 4097, SIZE_MAX};
  struct {
    ascribe_fidelity result;
    unsigned char more[4096 - sizeof(ascribe_fidelity)];
  } found;
  size_t i;
  for (i = 0; i < COUNT(sizes); i++) {
    memset(&found, 0x7f, sizeof found);
    found.result.struct_size = sizes[i];
    CHECK_OK(ascribe_retraining_fidelity(predicted, truth, 3, &found.result, &error));
    CHECK(found.result.struct_size == sizes[i] && found.more[0] == 0x7f);
    CHECK((fabs(found.result.pearson - 1.0) < 1e-14) == (i < 4));
    CHECK((fabs(found.result.slope - 2.0) < 1e-14) == (i < 3));
    CHECK((found.result.maximum_error == 3.0) == (i < 2));
    CHECK((found.result.count == 3) == (i < 2));
  }
  for (i = 0; i < COUNT(none); i++) {
    found.result.struct_size = none[i];
    CHECK_FAILS(ascribe_retraining_fidelity(predicted, truth, 3, &found.result, &error), ASCRIBE_INVALID_ARGUMENT, "fidelity.struct_size is");
  }
  CHECK_FAILS(ascribe_retraining_fidelity(predicted, truth, 3, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "fidelity is NULL");
}

int main(void) {
  fill(x, COUNT(x), 61);
  fill(y, COUNT(y), 62);
  rows_by_steps();
  rows_minimized();
  graphs_by_steps();
  triples();
  fidelities();
  structs_of_any_size();
  return checks_done();
}
