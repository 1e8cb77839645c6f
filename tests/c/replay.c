/* What goes along the training, against gradients written out here and against training again; whether it is smooth; what is measured. */
#include "fixtures.h"

#define INVALID ASCRIBE_INVALID_ARGUMENT

enum { ROWS = 12, COLUMNS = 2, P = COLUMNS + 1, QUERIES = 2, EPOCHS = 3, BATCH = 5, METHODS = 4 };

static const char *const methods[METHODS] = {"replay", "tracin", "tracincp", "gas"};
static double x[ROWS * COLUMNS], y[ROWS];
static const double l2 = 0.1, rate = 0.1;

static double regressor(const double *row, size_t j) { return j < COLUMNS ? row[j] : 1.0; }

/* The gradient of an example's loss, with the penalty where it is wanted. */
static void gradient(const double *w, size_t example, int penalty, double *g) {
  const double *row = x + example * COLUMNS;
  double e = -y[example];
  size_t j;
  for (j = 0; j < P; j++) e += w[j] * regressor(row, j);
  for (j = 0; j < P; j++) g[j] = e * regressor(row, j) + (penalty && j < COLUMNS ? l2 * w[j] : 0.0);
}

static double dot_of(const double *a, const double *b) {
  double sum = 0.0;
  size_t j;
  for (j = 0; j < P; j++) sum += a[j] * b[j];
  return sum;
}

static double sum_of(const double *values, size_t count) {
  double sum = 0.0;
  while (count > 0) sum += values[--count];
  return sum;
}

/* Adds what the end of an epoch contributes to inner products and to cosines of gradients. */
static void checkpoint(const double *w, double products[QUERIES][ROWS], double cosines[QUERIES][ROWS]) {
  size_t q, i;
  for (q = 0; q < QUERIES; q++) {
    double of_query[P], own[P];
    gradient(w, 1 + q, 0, of_query);
    for (i = 0; i < ROWS; i++) {
      gradient(w, i, 1, own);
      products[q][i] += rate * dot_of(of_query, own);
      cosines[q][i] += rate / BATCH * dot_of(of_query, own) / sqrt(dot_of(of_query, of_query) * dot_of(own, own));
    }
  }
}

static ascribe_options *training(void) { return steps_of("sgd", rate, EPOCHS, BATCH); }

static void scores(const ascribe_dataset *data, const ascribe_model *before, const ascribe_model *model) {
  ascribe_dataset *queries = selected(data, 1, QUERIES);
  ascribe_trainer *trainer = NULL;
  ascribe_attribution *found[METHODS] = {NULL, NULL, NULL, NULL};
  double products[QUERIES][ROWS] = {{0}}, cosines[QUERIES][ROWS] = {{0}}, all[METHODS][QUERIES][ROWS], start[QUERIES], end[QUERIES];
  double truth[ROWS * QUERIES], in_order[ROWS * QUERIES], growth = 7.5;
  uint64_t examples[ROWS];
  size_t offsets[ROWS + 1], i, q, epoch;
  ascribe_fidelity fidelity;
  CHECK_OK(ascribe_trainer_new(NULL, before, data, training(), &trainer, &error));
  for (epoch = 0; epoch < EPOCHS; epoch++) {
    ascribe_model *now = NULL;
    double *w;
    CHECK_OK(ascribe_trainer_step(trainer, (ROWS + BATCH - 1) / BATCH, NULL, &error));
    CHECK_OK(ascribe_trainer_model(trainer, &now, &error));
    w = parameters_of(now, NULL);
    checkpoint(w, products, cosines);
    free(w);
    ascribe_model_free(now);
  }
  ascribe_trainer_free(trainer);
  CHECK_OK(ascribe_model_evaluate(before, NULL, queries, "loss", start, QUERIES, &error));
  CHECK_OK(ascribe_model_evaluate(model, NULL, queries, "loss", end, QUERIES, &error));
  for (i = 0; i < METHODS; i++) {
    ascribe_attributor *attributor = attributor_of(model, methods[i], NULL), *other = NULL;
    ascribe_what_if *answer = NULL;
    const ascribe_change change = change_of("remove", 1, 0.0, NULL, 0);
    double values[ROWS];
    CHECK_OK(ascribe_attributor_explain(attributor, queries, "loss", NULL, &found[i], &error));
    CHECK(has_member(TEXT_OF(ascribe_attributor_describe, attributor), "method", methods[i]));
    for (q = 0; q < QUERIES; q++) {
      double value;
      CHECK(ascribe_attribution_len(found[i], q) == ROWS);
      CHECK_OK(ascribe_attribution_value(found[i], q, &value, &error));
      CHECK_OK(ascribe_attribution_copy(found[i], q, NULL, all[i][q], ROWS, &error));
      CHECK_CLOSE(value, end[q], 1e-14);
      growth = 7.5;
      CHECK_OK(ascribe_attribution_growth(found[i], q, &growth, &error));
      /* A smooth training: it is convex. */
      CHECK(i == 0 ? growth >= 1.0 && growth < 2.0 : isnan(growth));
    }
    growth = 7.5;
    CHECK_FAILS(ascribe_attribution_growth(found[i], QUERIES, &growth, &error), INVALID, "query");
    CHECK_FAILS(ascribe_attribution_growth(found[i], SIZE_MAX, &growth, &error), INVALID, "query");
    CHECK_FAILS(ascribe_attribution_growth(found[i], 0, NULL, &error), INVALID, "growth is NULL");
    CHECK(growth == 7.5);
    /* The fewer of the largest count, the heavier the tail. */
    {
      double tails[3];
      for (q = 0; q < 3; q++) CHECK_OK(ascribe_attribution_upper_tail(found[i], 0, q + 2, &tails[q], &error));
      CHECK(tails[0] >= tails[1] && tails[1] >= tails[2] && tails[0] > 0.0);
    }
    CHECK_FAILS(ascribe_attribution_upper_tail(found[i], QUERIES, 1, &growth, &error), INVALID, "query");
    CHECK(growth == 7.5);
    /* The training was on its own examples, and there is no more to ask. */
    REFUSED(other, ascribe_attributor_new(NULL, model, methods[i], queries, NULL, NULL, &other, &error), ASCRIBE_UNSUPPORTED,
            "other examples");
    REFUSED(other, ascribe_attributor_new(NULL, model, methods[i], NULL, options_of("damping=1"), NULL, &other, &error), INVALID,
            "influence");
    for (q = 0; q < ROWS; q++) values[q] = 7.5;
    CHECK_FAILS(ascribe_attributor_self(attributor, NULL, 0, NULL, values, ROWS, &error), ASCRIBE_UNSUPPORTED, methods[i]);
    CHECK(values[0] == 7.5 && values[ROWS - 1] == 7.5);
    if (i > 0)
      REFUSED(answer, ascribe_attributor_what_if(attributor, queries, "loss", &change, 1, NULL, NULL, &answer, &error), ASCRIBE_UNSUPPORTED,
              "replay");
    ascribe_attributor_free(attributor);
  }
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found[0]), "removal");
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found[1]), "fall of the functional in the example's steps");
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found[2]), "learning rate times inner product of gradients, summed over checkpoints");
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found[3]),
             "learning rate over batch size times cosine of gradients, summed over checkpoints");
  for (q = 0; q < QUERIES; q++) {
    /* All that the functional fell by is somebody's. */
    CHECK_CLOSE(sum_of(all[1][q], ROWS), start[q] - end[q], 1e-12);
    for (i = 0; i < ROWS; i++) {
      CHECK_CLOSE(all[2][q][i], products[q][i], 1e-13);
      CHECK_CLOSE(all[3][q][i], cosines[q][i], 1e-13);
      examples[i] = offsets[i] = i;
      in_order[i * QUERIES + q] = all[0][q][i];
    }
  }
  offsets[ROWS] = ROWS;
  CHECK_OK(ascribe_retraining_changes(NULL, model, queries, "loss", examples, offsets, ROWS, NULL, truth, COUNT(truth), &error));
  fidelity.struct_size = sizeof fidelity;
  CHECK_OK(ascribe_retraining_fidelity(in_order, truth, COUNT(truth), &fidelity, &error));
  CHECK(fidelity.pearson > 0.95);
  for (i = 0; i < METHODS; i++) ascribe_attribution_free(found[i]);
  ascribe_dataset_free(queries);
}

/* Removals and other weights of several examples add up, to first order. */
static void what_ifs(const ascribe_dataset *data, const ascribe_model *model) {
  const ascribe_change changes[] = {change_of("remove", 3, 0.0, NULL, 0), change_of("reweight", 7, 1.5, NULL, 0)};
  const ascribe_change added = change_of("add", 0, 1.0, data, 2), nobody = change_of("remove", ROWS, 0.0, NULL, 0);
  ascribe_dataset *queries = selected(data, 1, QUERIES);
  ascribe_attributor *attributor = attributor_of(model, "replay", options_of("memory=64M"));
  ascribe_attribution *found = NULL;
  ascribe_what_if *answer = NULL;
  double of_query[ROWS], predicted[QUERIES];
  size_t q;
  CHECK_OK(ascribe_attributor_explain(attributor, queries, NULL, NULL, &found, &error));
  CHECK_OK(ascribe_attributor_what_if(attributor, queries, NULL, changes, 2, NULL, NULL, &answer, &error));
  CHECK(ascribe_what_if_levels(answer) == 1 && ascribe_what_if_reached(answer) == 1);
  CHECK_TEXT(level_of(answer, 0), "replay");
  CHECK_OK(ascribe_what_if_changes(answer, 0, predicted, NULL, QUERIES, NULL, NULL, &error));
  for (q = 0; q < QUERIES; q++) {
    CHECK_OK(ascribe_attribution_copy(found, q, NULL, of_query, ROWS, &error));
    CHECK_CLOSE(predicted[q], of_query[3] - 0.5 * of_query[7], 1e-15);
  }
  CHECK_FAILS(ascribe_what_if_parameters(answer, 0, of_query, ROWS, &error), ASCRIBE_UNSUPPORTED, "parameters");
  ascribe_what_if_free(answer);
  answer = NULL;
  REFUSED(answer, ascribe_attributor_what_if(attributor, queries, NULL, &added, 1, NULL, NULL, &answer, &error), ASCRIBE_UNSUPPORTED, "influence");
  REFUSED(answer, ascribe_attributor_what_if(attributor, queries, NULL, &nobody, 1, NULL, NULL, &answer, &error), INVALID, "example");
  REFUSED(answer, ascribe_attributor_what_if(attributor, queries, NULL, changes, 2, options_of("until=newton"), NULL, &answer, &error), INVALID,
          "until");
  ascribe_attribution_free(found);
  ascribe_attributor_free(attributor);
  ascribe_dataset_free(queries);
}

/* A model that was not trained, was given other values, or was minimized: there is no training by steps to do again. */
static void refused(const ascribe_model *model, const char *part) {
  ascribe_attributor *attributor = NULL;
  double smoothness = 7.5;
  size_t i;
  for (i = 0; i < METHODS; i++)
    REFUSED(attributor, ascribe_attributor_new(NULL, model, methods[i], NULL, NULL, NULL, &attributor, &error), ASCRIBE_UNSUPPORTED, part);
  CHECK_FAILS(ascribe_model_smoothness(model, NULL, NULL, &smoothness, &error), ASCRIBE_UNSUPPORTED, part);
  CHECK(smoothness == 7.5);
}

static void refusals(const ascribe_dataset *data, const ascribe_model *before, const ascribe_model *trained) {
  ascribe_model *model = NULL, *least = minimized(data, "linear", l2, "f64");
  const double values[COLUMNS] = {0.5, 0.25};
  double smoothness = 7.5;
  refused(before, "not trained");
  CHECK_OK(ascribe_model_clone(trained, &model, &error));
  CHECK_OK(ascribe_model_set_parameter(model, 0, values, COLUMNS, &error));
  refused(model, "not trained");
  refused(least, "minimized");
  CHECK_FAILS(ascribe_model_smoothness(trained, NULL, NULL, NULL, &error), INVALID, "smoothness is NULL");
  CHECK_FAILS(ascribe_model_smoothness(NULL, NULL, NULL, &smoothness, &error), INVALID, "model is NULL");
  CHECK_FAILS(ascribe_model_calibrate(NULL, NULL, 1, NULL, &error), INVALID, "model is NULL");
  /* Without a ledger there is nothing to measure. */
  CHECK_FAILS(ascribe_model_calibrate(model, NULL, 1, NULL, &error), ASCRIBE_UNSUPPORTED, "");
  CHECK_FAILS(ascribe_model_calibrate(least, NULL, 1, NULL, &error), ASCRIBE_UNSUPPORTED, "ledger");
  CHECK(smoothness == 7.5);
  ascribe_model_free(model);
  ascribe_model_free(least);
}

/* A convex training with a small rate is smooth; the same on any number of threads, and in either precision about the same. */
static void smooth(const ascribe_dataset *data, const ascribe_model *model) {
  ascribe_context_options where;
  ascribe_context *context = NULL;
  ascribe_model *network = NULL;
  double one = 7.5, two = 7.5;
  ascribe_context_options_init(&where, sizeof where);
  where.threads = 2;
  CHECK_OK(ascribe_context_new(&where, &context, &error));
  CHECK_OK(ascribe_model_smoothness(model, NULL, NULL, &one, &error));
  CHECK_OK(ascribe_model_smoothness(model, context, NULL, &two, &error));
  CHECK(one == two && one > 0.9 && one <= 1.0);
  CHECK_OK(ascribe_model_new(NULL, "mlp", data, options_of("layers=dense:3,tanh; precision=f32"), &network, &error));
  CHECK_OK(ascribe_model_fit(network, NULL, data, steps_of("adam", 0.01, EPOCHS, BATCH), NULL, &error));
  CHECK_OK(ascribe_model_smoothness(network, NULL, NULL, &one, &error));
  CHECK(one >= -1.0 && one <= 1.0);
  ascribe_model_free(network);
  ascribe_context_free(context);
}

/* How many removals an attributor says that it was measured by, after its first explanation; -1 for none. */
static int measured(const ascribe_model *model, const ascribe_dataset *queries, const char *options) {
  ascribe_attributor *attributor = attributor_of(model, "rollback", options_of("%s", options));
  ascribe_attribution *found = NULL;
  const char *place;
  int removals = -1;
  CHECK(strstr(TEXT_OF(ascribe_attributor_describe, attributor), "\"calibration\"") == NULL);
  CHECK_OK(ascribe_attributor_explain(attributor, queries, NULL, NULL, &found, &error));
  place = strstr(TEXT_OF(ascribe_attributor_describe, attributor), "\"removals\":");
  /* What smoothness says has a verdict too; that of the calibration stands behind its count. */
  CHECK(place == NULL || strstr(place, "\"verdict\":") != NULL);
  CHECK((place != NULL) == (strstr(text_of_, "\"calibration\":") != NULL));
  if (place != NULL) removals = atoi(place + strlen("\"removals\":"));
  ascribe_attribution_free(found);
  ascribe_attributor_free(attributor);
  return removals;
}

static void triples(const char *precision) {
  ascribe_dataset *facts = nations(), *some = selected(facts, 0, 50), *queries = selected(facts, 4, QUERIES);
  ascribe_model *model = triples_model(facts, precision), *copy = NULL;
  ascribe_attributor *attributor;
  ascribe_attribution *found = NULL;
  machine m = machine_of(precision);
  double growth = 7.5, smoothness = 7.5, start[QUERIES], end[QUERIES];
  double *all = numbers(50);
  size_t i;
  refused(model, "not trained");
  CHECK_FAILS(ascribe_model_calibrate(model, NULL, 1, NULL, &error), ASCRIBE_UNSUPPORTED, "");
  CHECK_OK(ascribe_model_evaluate(model, NULL, queries, NULL, start, QUERIES, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, some, steps_of("sgd", 0.03, 2, 1), NULL, &error));
  CHECK_OK(ascribe_model_evaluate(model, NULL, queries, NULL, end, QUERIES, &error));
  CHECK_OK(ascribe_model_clone(model, &copy, &error));
  for (i = 0; i < METHODS; i++) {
    attributor = attributor_of(model, methods[i], NULL);
    if (i >= 2) {
      /* Of an example whose candidates differ from epoch to epoch there is no gradient. */
      REFUSED(found, ascribe_attributor_explain(attributor, queries, NULL, NULL, &found, &error), ASCRIBE_UNSUPPORTED, "candidates");
      ascribe_attributor_free(attributor);
      continue;
    }
    CHECK_OK(ascribe_attributor_explain(attributor, queries, NULL, NULL, &found, &error));
    CHECK_OK(ascribe_attribution_growth(found, 1, &growth, &error));
    CHECK(i == 0 ? isfinite(growth) && growth >= 1.0 : isnan(growth));
    CHECK_OK(ascribe_attribution_copy(found, 1, NULL, all, 50, &error));
    CHECK(sum_of(all, 50) != 0.0);
    if (i == 1) CHECK_CLOSE(sum_of(all, 50), start[1] - end[1], strcmp(precision, "f64") == 0 ? 1e-12 : 1e-6);
    ascribe_attribution_free(found);
    ascribe_attributor_free(attributor);
  }
  CHECK_OK(ascribe_model_smoothness(model, NULL, NULL, &smoothness, &error));
  CHECK(smoothness >= -1.0 && smoothness <= 1.0);

  /* One removal where nothing is said, none where none is wanted, and what was measured before where it is enough. */
  CHECK(measured(model, queries, "scope=all") == 1);
  CHECK(measured(model, queries, "calibrate=0") == -1);
  CHECK_OK(ascribe_model_calibrate(model, NULL, 0, NULL, &error));
  CHECK(measured(model, queries, "calibrate=0") == -1);
  CHECK_OK(ascribe_model_calibrate(model, NULL, 3, NULL, &error));
  CHECK(measured(model, queries, "calibrate=0") == 3 && measured(model, queries, "calibrate=2") == 3);
  CHECK(measured(model, queries, "calibrate=4") == 4);
  CHECK(same_parameters(model, copy) && measured(copy, queries, "calibrate=0") == -1);
  /* It is of the training that was measured. */
  CHECK_OK(ascribe_model_fit(model, NULL, some, steps_of("sgd", 0.03, 1, 1), NULL, &error));
  CHECK(measured(model, queries, "calibrate=0") == -1);
  /* Of others there is nothing to measure. */
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, steps_of("sgd", 0.05, 1, 1), NULL, &error));
  CHECK_OK(ascribe_model_calibrate(m.model, NULL, 2, NULL, &error));
  CHECK(measured(m.model, m.data, "calibrate=1") == -1);
  free(all);
  machine_free(&m);
  ascribe_model_free(copy);
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(some);
  ascribe_dataset_free(facts);
}

int main(void) {
  ascribe_dataset *data;
  ascribe_model *before = NULL, *model = NULL;
  fill(x, COUNT(x), 61);
  fill(y, COUNT(y), 62);
  data = rows_of(x, ROWS, COLUMNS, y);
  CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("l2=" NUMBER_FORMAT, l2), &before, &error));
  CHECK_OK(ascribe_model_clone(before, &model, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data, training(), NULL, &error));
  scores(data, before, model);
  what_ifs(data, model);
  refusals(data, before, model);
  smooth(data, model);
  triples("f64");
  triples("f32");
  ascribe_model_free(before);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
  return checks_done();
}
