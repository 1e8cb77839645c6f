/* A training that the host runs: values, data and ledger are given, and answer like those of a training here. */
#include "fixtures.h"

enum { ENTITIES = 5, RELATIONS = 2, FACTS = 6, D = 3 };

static const uint32_t facts[3 * FACTS] = {0, 0, 1, 1, 0, 2, 2, 1, 3, 3, 1, 4, 4, 0, 0, 1, 1, 1};

/* The values of the model are those of another. */
static void copy_values(const ascribe_model *from, ascribe_model *to) {
  size_t parameter, count;
  for (parameter = 0; parameter < ascribe_model_parameters(from); parameter++) {
    double values[ENTITIES * D];
    count = (parameter == 0 ? ENTITIES : RELATIONS) * D;
    CHECK_OK(ascribe_model_parameter(from, parameter, values, count, &error));
    CHECK_OK(ascribe_model_set_parameter(to, parameter, values, count, &error));
  }
}

static void scores_of(const ascribe_model *model, const ascribe_dataset *queries, double *scores) {
  ascribe_attributor *rollback = attributor_of(model, "rollback", options_of("calibrate=0; scope=all"));
  ascribe_attribution *found = NULL;
  CHECK_OK(ascribe_attributor_explain(rollback, queries, NULL, NULL, &found, &error));
  CHECK_OK(ascribe_attribution_copy(found, 0, NULL, scores, FACTS, &error));
  ascribe_attribution_free(found);
  ascribe_attributor_free(rollback);
}

/* The ledger of a training here is recorded as if it came from elsewhere. */
static void ledgers(void) {
  const ascribe_options *made = options_of("dimension=%d; negatives=2", D);
  ascribe_dataset *data = NULL, *query;
  ascribe_model *trained = NULL, *given = NULL, *other = NULL;
  ascribe_ledger *kept = NULL, *again = NULL;
  ascribe_ledger_builder *builder = NULL, *refill = NULL;
  ascribe_training training;
  double change[D], curvature[D] = {0.0, 0.0, 0.0}, here[FACTS], there[FACTS], changes[1];
  const uint64_t removed = 2;
  const size_t offsets[] = {0, 1};
  uint64_t example, row;
  size_t slot, parameter, width;
  CHECK_OK(ascribe_dataset_from_triples(facts, FACTS, ENTITIES, RELATIONS, &data, &error));
  query = selected(data, 2, 1);
  CHECK_OK(ascribe_model_new(NULL, "distmult", data, made, &trained, &error));
  CHECK_OK(ascribe_model_new(NULL, "distmult", data, made, &given, &error));
  CHECK_OK(ascribe_model_fit(trained, NULL, data, steps_of("sgd", 0.1, 4, 1), NULL, &error));
  CHECK_OK(ascribe_model_ledger(trained, &kept, &error));
  copy_values(trained, given);
  CHECK_OK(ascribe_ledger_builder_new(given, data, NULL, &builder, &error));
  for (example = 0; example < FACTS; example++) {
    for (slot = 0; slot < ascribe_ledger_slots(kept, example); slot++) {
      CHECK_OK(ascribe_ledger_slot(kept, example, slot, &parameter, &row, &width, &error));
      CHECK_OK(ascribe_ledger_change(kept, example, slot, change, D, &error));
      CHECK_OK(ascribe_ledger_builder_record(builder, example, parameter, row, change, NULL, width, &error));
    }
    CHECK_FAILS(ascribe_model_set_ledger(given, builder, &error), ASCRIBE_INVALID_ARGUMENT, "a step that was not ended");
    CHECK_OK(ascribe_ledger_builder_end_step(builder, 0.1, &error));
  }
  CHECK_OK(ascribe_ledger_builder_end_epoch(builder, &error));
  CHECK_OK(ascribe_model_set_ledger(given, builder, &error));
  CHECK_OK(ascribe_model_ledger(given, &again, &error));
  CHECK(ascribe_ledger_examples(again) == FACTS);
  training.struct_size = sizeof training;
  CHECK_OK(ascribe_model_training(given, &training, &error));
  CHECK(training.given == 1 && training.finished == 1 && training.converged == 0);
  CHECK(training.steps == FACTS && training.epochs == 1 && isnan(training.loss) && isnan(training.clamped));
  scores_of(trained, query, here);
  scores_of(given, query, there);
  CHECK(memcmp(here, there, sizeof here) == 0);
  CHECK_FAILS(ascribe_retraining_changes(NULL, given, query, NULL, &removed, offsets, 1, NULL, changes, 1, &error),
               ASCRIBE_UNSUPPORTED, "trained elsewhere");
  /* What does not fit loses nothing. */
  CHECK_FAILS(ascribe_ledger_builder_new(given, data, "momentum", &refill, &error), ASCRIBE_INVALID_ARGUMENT, "\"refill\"");
  CHECK_OK(ascribe_ledger_builder_new(given, data, "refill", &refill, &error));
  CHECK_FAILS(ascribe_ledger_builder_record(refill, 0, 0, 0, change, NULL, D, &error), ASCRIBE_INVALID_ARGUMENT, "curvature");
  CHECK_FAILS(ascribe_ledger_builder_record(refill, FACTS, 0, 0, change, curvature, D, &error), ASCRIBE_INVALID_ARGUMENT, "example");
  CHECK_FAILS(ascribe_ledger_builder_record(refill, 0, 0, ENTITIES, change, curvature, D, &error), ASCRIBE_INVALID_ARGUMENT, "row");
  CHECK_FAILS(ascribe_ledger_builder_record(refill, 0, 0, 0, change, curvature, D - 1, &error), ASCRIBE_INVALID_ARGUMENT, "expected 3");
  CHECK_FAILS(ascribe_ledger_builder_record(refill, 0, 0, 0, NULL, curvature, D, &error), ASCRIBE_INVALID_ARGUMENT, "change");
  CHECK_FAILS(ascribe_ledger_builder_end_step(refill, -1.0, &error), ASCRIBE_INVALID_ARGUMENT, "learning rate");
  CHECK_OK(ascribe_ledger_builder_record(refill, 0, 0, 0, change, curvature, D, &error));
  CHECK_FAILS(ascribe_ledger_builder_end_epoch(refill, &error), ASCRIBE_INVALID_ARGUMENT, "end the step first");
  CHECK_OK(ascribe_ledger_builder_end_step(refill, 0.1, &error));
  CHECK_OK(ascribe_model_new(NULL, "transe", data, made, &other, &error));
  CHECK_FAILS(ascribe_model_set_ledger(other, refill, &error), ASCRIBE_INVALID_ARGUMENT, "another");
  CHECK_OK(ascribe_model_set_ledger(given, refill, &error));
  CHECK_OK(ascribe_model_training(given, &training, &error));
  CHECK(training.steps == 1 && training.epochs == 0 && training.clamped == 0.0);
  ascribe_ledger_builder_free(NULL);
  ascribe_ledger_builder_free(builder);
  ascribe_ledger_builder_free(refill);
  ascribe_ledger_free(kept);
  ascribe_ledger_free(again);
  ascribe_model_free(trained);
  ascribe_model_free(given);
  ascribe_model_free(other);
  ascribe_dataset_free(query);
  ascribe_dataset_free(data);
}

/* The minimum of a host is that of a training here. */
static void minima(void) {
  enum { ROWS = 30, COLUMNS = 2, P = COLUMNS + 1 };
  static double x[ROWS * COLUMNS], y[ROWS], a[P * P], w[P];
  ascribe_dataset *data;
  ascribe_model *model = NULL;
  ascribe_training training;
  size_t i, j, k, order;
  fill(x, ROWS * COLUMNS, 5);
  fill(y, ROWS, 6);
  data = rows_of(x, ROWS, COLUMNS, y);
  CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("l2=0.1"), &model, &error));
  /* Half the mean square and half of 0.1 times the square of the weights, without that of the intercept. */
  memset(a, 0, sizeof a);
  memset(w, 0, sizeof w);
  for (k = 0; k < ROWS; k++) {
    const double row[P] = {x[COLUMNS * k], x[COLUMNS * k + 1], 1.0};
    for (i = 0; i < P; i++) {
      w[i] += row[i] * y[k] / ROWS;
      for (j = 0; j < P; j++) a[i * P + j] += row[i] * row[j] / ROWS;
    }
  }
  for (i = 0; i < COLUMNS; i++) a[i * P + i] += 0.1;
  solve(a, w, P);
  for (order = 0; order < ascribe_model_parameters(model); order++) {
    char name[64];
    size_t length;
    CHECK_OK(ascribe_model_parameter_name(model, order, name, sizeof name, &length, &error));
    if (strstr(name, "weight") == NULL) CHECK_OK(ascribe_model_set_parameter(model, order, w + COLUMNS, 1, &error));
    else CHECK_OK(ascribe_model_set_parameter(model, order, w, COLUMNS, &error));
  }
  training.struct_size = sizeof training;
  CHECK_FAILS(ascribe_model_training(model, &training, &error), ASCRIBE_UNSUPPORTED, "not trained");
  CHECK_FAILS(ascribe_model_set_data(model, NULL, data, options_of("epochs=3"), NULL, &error), ASCRIBE_INVALID_ARGUMENT, "elsewhere");
  CHECK_OK(ascribe_model_set_data(model, NULL, data, NULL, NULL, &error));
  CHECK_OK(ascribe_model_training(model, &training, &error));
  CHECK(training.given == 1 && training.converged == 1 && training.gradient_norm < 1e-12);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
}

int main(void) {
  ledgers();
  minima();
  return checks_done();
}
