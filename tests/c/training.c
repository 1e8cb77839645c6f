/* Training: whole, step by step, on any number of threads, against descents written out here and normal equations. */
#include "fixtures.h"

enum { ROWS = 20, COLUMNS = 3, P = COLUMNS + 1 };

static double x[ROWS * COLUMNS], y[ROWS];

/* The gradient of the mean of half squares and (l2/2)|w|^2; the last parameter is the intercept. */
static void gradient(const double *w, double l2, double *g) {
  size_t i, j;
  memset(g, 0, P * sizeof *g);
  for (i = 0; i < ROWS; i++) {
    double e = w[COLUMNS] - y[i];
    for (j = 0; j < COLUMNS; j++) e += w[j] * x[i * COLUMNS + j];
    for (j = 0; j < COLUMNS; j++) g[j] += e * x[i * COLUMNS + j] / ROWS;
    g[COLUMNS] += e / ROWS;
  }
  for (j = 0; j < COLUMNS; j++) g[j] += l2 * w[j];
}

static ascribe_model *linear(const ascribe_dataset *data, double l2, const char *precision) {
  ascribe_model *model = NULL;
  CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("l2=" NUMBER_FORMAT "; precision=%s", l2, precision), &model, &error));
  return model;
}

/* Full batches, so that order and cutting do not matter: each method and schedule as its paper says. */
static void descents(void) {
  static const char *const methods[] = {"sgd", "adagrad", "adam", "adam-dense"};
  static const char *const schedules[] = {"constant", "linear", "exponential:0.9", "inverse:0.3"};
  enum { SGD, ADAGRAD };
  enum { CONSTANT, LINEAR, EXPONENTIAL, INVERSE };
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y);
  size_t method, schedule, j;
  for (method = 0; method < 4; method++)
    for (schedule = CONSTANT; schedule <= INVERSE; schedule++) {
      enum { EPOCHS = 15 };
      double w[P] = {0}, g[P], first[P] = {0}, second[P] = {0}, *found;
      const double value = schedule == EXPONENTIAL ? 0.9 : 0.3;
      ascribe_options *options = steps_of(methods[method], 0.05, EPOCHS, ROWS);
      ascribe_training training;
      ascribe_model *model = linear(data, 0.2, "f64");
      int t;
      CHECK_OK(ascribe_options_set_text(options, "schedule", schedules[schedule], &error));
      CHECK_OK(ascribe_model_fit(model, NULL, data, options, NULL, &error));
      for (t = 0; t < EPOCHS; t++) {
        double rate = 0.05;
        if (schedule == LINEAR) rate *= 1.0 - (double)t / EPOCHS;
        if (schedule == EXPONENTIAL) rate *= pow(value, t);
        if (schedule == INVERSE) rate /= 1.0 + value * t;
        gradient(w, 0.2, g);
        for (j = 0; j < P; j++) {
          if (method == SGD) w[j] -= rate * g[j];
          if (method == ADAGRAD) {
            second[j] += g[j] * g[j];
            w[j] -= rate * g[j] / (sqrt(second[j]) + 1e-10);
          }
          if (method > ADAGRAD) {
            first[j] = 0.9 * first[j] + 0.1 * g[j];
            second[j] = 0.999 * second[j] + 0.001 * g[j] * g[j];
            w[j] -= rate * (first[j] / (1.0 - pow(0.9, t + 1))) / (sqrt(second[j] / (1.0 - pow(0.999, t + 1))) + 1e-8);
          }
        }
      }
      found = parameters_of(model, NULL);
      for (j = 0; j < P; j++) CHECK_CLOSE(found[j], w[j], 1e-11);
      training.struct_size = sizeof training;
      CHECK_OK(ascribe_model_training(model, &training, &error));
      CHECK(training.steps == EPOCHS && training.epochs == EPOCHS && training.finished == 1 && training.best_epoch == -1);
      CHECK(isnan(training.clamped)); /* a network has no ledger */
      CHECK(isfinite(training.loss) && isnan(training.objective) && isnan(training.gradient_norm) && training.converged == 0);
      free(found);
      ascribe_model_free(model);
    }
  ascribe_dataset_free(data);
}

/* Minimizing finds what the normal equations say. */
static void minimum(void) {
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y), *kept = NULL;
  ascribe_model *model = minimized(data, "linear", 0.3, "f64"), *single;
  ascribe_training training;
  double a[P * P] = {0}, b[P] = {0}, *found, *found_single, objective = 0.0, targets[ROWS];
  size_t i, j, k;
  for (i = 0; i < ROWS; i++)
    for (j = 0; j < P; j++) {
      const double u = j < COLUMNS ? x[i * COLUMNS + j] : 1.0;
      for (k = 0; k < P; k++) a[j * P + k] += u * (k < COLUMNS ? x[i * COLUMNS + k] : 1.0) / ROWS;
      b[j] += u * y[i] / ROWS;
    }
  for (j = 0; j < COLUMNS; j++) a[j * P + j] += 0.3;
  solve(a, b, P);
  found = parameters_of(model, NULL);
  for (j = 0; j < P; j++) CHECK_CLOSE(found[j], b[j], 1e-10);
  for (i = 0; i < ROWS; i++) {
    double e = b[COLUMNS] - y[i];
    for (j = 0; j < COLUMNS; j++) e += b[j] * x[i * COLUMNS + j];
    objective += 0.5 * e * e / ROWS;
  }
  for (j = 0; j < COLUMNS; j++) objective += 0.15 * b[j] * b[j];
  training.struct_size = sizeof training;
  CHECK_OK(ascribe_model_training(model, &training, &error));
  CHECK_CLOSE(training.objective, objective, 1e-12);
  CHECK(training.converged == 1 && training.finished == 1 && training.gradient_norm <= 1e-11 && training.steps >= 1);
  CHECK(isnan(training.loss) && training.epochs == 0);
  CHECK_OK(ascribe_model_data(model, &kept, &error));
  CHECK_OK(ascribe_dataset_targets(kept, targets, ROWS, &error));
  CHECK(memcmp(targets, y, sizeof y) == 0);
  ascribe_dataset_free(kept);
  single = minimized(data, "linear", 0.3, "f32");
  found_single = parameters_of(single, NULL);
  for (j = 0; j < P; j++) CHECK_CLOSE(found_single[j], b[j], 1e-4);

  /* Other values: what was known of the training is forgotten. */
  CHECK_OK(ascribe_model_set_parameter(model, 1, b, 1, &error));
  CHECK_FAILS(ascribe_model_training(model, &training, &error), ASCRIBE_UNSUPPORTED, "training");
  REFUSED(kept, ascribe_model_data(model, &kept, &error), ASCRIBE_UNSUPPORTED, "data");
  free(found);
  free(found_single);
  ascribe_model_free(model);
  ascribe_model_free(single);
  ascribe_dataset_free(data);
}

/* A struct of an older program receives the fields that it has. */
static void older_results(const ascribe_model *model) {
  ascribe_training training;
  memset(&training, 0x55, sizeof training);
  training.struct_size = offsetof(ascribe_training, loss);
  CHECK_OK(ascribe_model_training(model, &training, &error));
  CHECK(training.epochs == 3 && training.struct_size == offsetof(ascribe_training, loss));
  CHECK(training.finished == 0x55555555 && training.best_epoch == INT64_C(0x5555555555555555));
}

/* However a training is cut up, and on however many threads: the same bytes. */
static void cut_up(const ascribe_model *model, const ascribe_dataset *data, const ascribe_options *options) {
  static const uint64_t cuts[] = {1, 2, 5, 1000000};
  ascribe_model *whole = NULL, *parts = NULL;
  double *before = parameters_of(model, NULL), *after;
  size_t i, p;
  int64_t threads;
  CHECK_OK(ascribe_model_clone(model, &whole, &error));
  CHECK_OK(ascribe_model_fit(whole, NULL, data, options, NULL, &error));
  CHECK(!same_parameters(whole, model));
  older_results(whole);
  for (i = 0; i < COUNT(cuts); i++) {
    ascribe_trainer *trainer = NULL;
    ascribe_training now = {sizeof now, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, end = {sizeof end, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    uint64_t steps = 0;
    CHECK_OK(ascribe_trainer_new(NULL, model, data, options, &trainer, &error));
    CHECK_OK(ascribe_trainer_training(trainer, &now, &error));
    CHECK(now.steps == 0 && now.finished == 0 && now.epochs == 0);
    while (now.finished == 0 && steps < 100000) {
      CHECK_OK(ascribe_trainer_step(trainer, cuts[i], NULL, &error));
      CHECK_OK(ascribe_trainer_training(trainer, &now, &error));
      CHECK(now.finished || now.steps == steps + cuts[i]);
      steps = now.steps;
    }
    CHECK_OK(ascribe_trainer_step(trainer, 5, NULL, &error));
    CHECK_OK(ascribe_trainer_step(trainer, UINT64_MAX, NULL, &error));
    CHECK_OK(ascribe_trainer_model(trainer, &parts, &error));
    CHECK(same_parameters(parts, whole));
    CHECK_OK(ascribe_model_training(parts, &now, &error));
    CHECK_OK(ascribe_model_training(whole, &end, &error));
    CHECK(now.steps == end.steps && now.epochs == end.epochs && memcmp(&now.loss, &end.loss, sizeof now.loss) == 0);
    ascribe_model_free(parts);
    ascribe_trainer_free(trainer);
  }
  for (threads = 2; threads <= 4; threads *= 2) {
    ascribe_context_options where;
    ascribe_context *context = NULL;
    ascribe_trainer *trainer = NULL;
    ascribe_context_options_init(&where, sizeof where);
    where.threads = threads;
    CHECK_OK(ascribe_context_new(&where, &context, &error));
    CHECK_OK(ascribe_trainer_new(context, model, data, options, &trainer, &error));
    ascribe_context_free(context);
    CHECK_OK(ascribe_trainer_step(trainer, 3, NULL, &error));
    /* A model taken in between is as it was then, and the training goes on. */
    CHECK_OK(ascribe_trainer_model(trainer, &parts, &error));
    CHECK(!same_parameters(parts, whole) && !same_parameters(parts, model));
    ascribe_model_free(parts);
    CHECK_OK(ascribe_trainer_step(trainer, UINT64_MAX, NULL, &error));
    CHECK_OK(ascribe_trainer_model(trainer, &parts, &error));
    CHECK(same_parameters(parts, whole));
    ascribe_model_free(parts);
    ascribe_trainer_free(trainer);
  }
  after = parameters_of(model, &p);
  CHECK(memcmp(before, after, p * sizeof *after) == 0);
  free(before);
  free(after);
  ascribe_model_free(whole);
}

static void in_parts(void) {
  static const char *const precisions[] = {"f64", "f32"};
  static const char *const methods[] = {"sgd", "adam"};
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y), *facts = nations(), *some = NULL;
  uint64_t first[60];
  size_t i, j;
  for (i = 0; i < 60; i++) first[i] = i;
  CHECK_OK(ascribe_dataset_select(facts, first, 60, &some, &error));
  for (i = 0; i < 2; i++)
    for (j = 0; j < 2; j++) {
      ascribe_options *options = steps_of(methods[j], 0.05, 3, 7);
      machine m = machine_of(precisions[i]);
      ascribe_model *model = linear(data, 0.1, precisions[i]);
      cut_up(model, data, options);
      ascribe_model_free(model);
      model = triples_model(facts, precisions[i]);
      cut_up(model, some, options);
      CHECK_OK(ascribe_options_set_integer(options, "batch", 1, &error));
      CHECK_OK(ascribe_options_set_text(options, "attribution", "step", &error));
      cut_up(model, some, options);
      cut_up(m.model, m.data, options);
      ascribe_model_free(model);
      machine_free(&m);
    }
  ascribe_dataset_free(some);
  ascribe_dataset_free(facts);
  ascribe_dataset_free(data);
}

/* Single precision goes the same way as far as it can see. */
static void precisions(void) {
  ascribe_dataset *data = nations();
  const ascribe_options *options = steps_of("sgd", 0.03, 1, 1);
  ascribe_model *one = triples_model(data, "f64"), *other = triples_model(data, "f32");
  double *a, *b;
  size_t p, i;
  CHECK_OK(ascribe_model_fit(one, NULL, data, options, NULL, &error));
  CHECK_OK(ascribe_model_fit(other, NULL, data, options, NULL, &error));
  a = parameters_of(one, &p);
  b = parameters_of(other, NULL);
  for (i = 0; i < p; i++) CHECK_CLOSE(a[i], b[i], 1e-4);
  free(a);
  free(b);
  ascribe_model_free(one);
  ascribe_model_free(other);
  ascribe_dataset_free(data);
}

static void stopping_and_refining(void) {
  ascribe_dataset *facts = nations(), *data = rows_of(x, ROWS, COLUMNS, y);
  ascribe_options *options = steps_of("sgd", 0.05, 6, 1);
  ascribe_training training;
  ascribe_model *model = triples_model(facts, "f64");
  training.struct_size = sizeof training;
  CHECK_OK(ascribe_options_set_integer(options, "evaluate_every", 1, &error));
  CHECK_OK(ascribe_options_set_integer(options, "patience", 1, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, facts, options, NULL, &error));
  CHECK_OK(ascribe_model_training(model, &training, &error));
  CHECK(training.best_epoch >= 1 && (uint64_t)training.best_epoch <= training.epochs && training.epochs <= 6 && training.finished == 1);
  ascribe_model_free(model);

  CHECK_OK(ascribe_model_new(NULL, "mlp", data, options_of("layers=dense:2,tanh; l2=0.05"), &model, &error));
  options = steps_of("auto", 0.01, 5, 4);
  CHECK_OK(ascribe_options_set_flag(options, "refine", 1, &error));
  CHECK_OK(ascribe_options_set_number(options, "gradient_tolerance", 1e-7, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data, options, NULL, &error));
  CHECK_OK(ascribe_model_training(model, &training, &error));
  CHECK(training.epochs == 5 && training.converged == 1 && training.gradient_norm <= 1e-7 && isfinite(training.objective));
  CHECK(training.steps > 25);
  ascribe_model_free(model);

  /* Minimizing some steps at a time comes to the same place. */
  {
    ascribe_model *whole = minimized(data, "linear", 0.3, "f64");
    ascribe_trainer *trainer = NULL;
    double *a, *b;
    size_t i;
    model = linear(data, 0.3, "f64");
    options = options_of("optimizer=minimize; gradient_tolerance=1e-11");
    CHECK_OK(ascribe_trainer_new(NULL, model, data, options, &trainer, &error));
    for (i = 0; i < 100; i++) CHECK_OK(ascribe_trainer_step(trainer, 1, NULL, &error));
    CHECK_OK(ascribe_trainer_training(trainer, &training, &error));
    CHECK(training.finished == 1 && training.converged == 1);
    ascribe_model_free(model);
    CHECK_OK(ascribe_trainer_model(trainer, &model, &error));
    a = parameters_of(whole, NULL);
    b = parameters_of(model, NULL);
    for (i = 0; i < P; i++) CHECK_CLOSE(a[i], b[i], 1e-9);
    free(a);
    free(b);
    ascribe_model_free(whole);
    ascribe_trainer_free(trainer);
  }
  ascribe_model_free(model);
  ascribe_dataset_free(facts);
  ascribe_dataset_free(data);
}

/* A training that diverges leaves the model as it was. */
static void failures_leave_the_model(void) {
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y);
  ascribe_model *model = linear(data, 0.0, "f64"), *before = NULL;
  ascribe_options *options = steps_of("sgd", 0.05, 2, 4);
  ascribe_training training;
  training.struct_size = sizeof training;
  CHECK_OK(ascribe_model_fit(model, NULL, data, options, NULL, &error));
  CHECK_OK(ascribe_model_clone(model, &before, &error));
  CHECK_OK(ascribe_options_set_number(options, "learning_rate", 1e200, &error));
  CHECK_OK(ascribe_options_set_integer(options, "epochs", 50, &error));
  CHECK_FAILS(ascribe_model_fit(model, NULL, data, options, NULL, &error), ASCRIBE_NOT_FINITE, "");
  CHECK(same_parameters(model, before));
  CHECK_OK(ascribe_model_training(model, &training, &error));
  CHECK(training.epochs == 2);
  ascribe_model_free(before);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
}

/* A regression by a network: targets of any size, predictions in their units, and a training that ends far above its beginning. */
static void numbers_of_networks(void) {
  static const char *const wrong[] = {"probability", "log-probability", "margin"};
  double price[ROWS], predicted[ROWS], other[ROWS], output[ROWS], off = 0.0, spread = 0.0;
  const ascribe_matrix features = matrix_of(x, ROWS, COLUMNS);
  ascribe_dataset *data = NULL, *dear = NULL;
  ascribe_model *model = NULL, *million = NULL;
  ascribe_options *steps;
  size_t i;
  for (i = 0; i < ROWS; i++) price[i] = 40.0 + x[i * COLUMNS] - 2.0 * x[i * COLUMNS + 1];
  data = rows_of(x, ROWS, COLUMNS, price);
  CHECK_OK(ascribe_model_new(NULL, "mlp", data, options_of("hidden=4; l2=0; seed=3"), &model, &error));
  steps = steps_of("adam", 0.02, 200, 4);
  CHECK_OK(ascribe_model_fit(model, NULL, data, steps, NULL, &error));
  CHECK_OK(ascribe_model_evaluate(model, NULL, data, "prediction", predicted, ROWS, &error));
  CHECK_OK(ascribe_model_predict(model, NULL, &features, output, ROWS, &error));
  for (i = 0; i < ROWS; i++) {
    CHECK_CLOSE(predicted[i], output[i], 1e-12);
    off += (predicted[i] - price[i]) * (predicted[i] - price[i]);
    spread += (price[i] - 40.0) * (price[i] - 40.0);
  }
  CHECK(off < 0.1 * spread);
  for (i = 0; i < ROWS; i++) price[i] *= 1048576.0;
  dear = rows_of(x, ROWS, COLUMNS, price);
  CHECK_OK(ascribe_model_new(NULL, "mlp", dear, options_of("hidden=4; l2=0; seed=3"), &million, &error));
  CHECK_OK(ascribe_model_fit(million, NULL, dear, steps, NULL, &error));
  CHECK_OK(ascribe_model_evaluate(million, NULL, dear, "prediction", other, ROWS, &error));
  for (i = 0; i < ROWS; i++) CHECK_CLOSE(other[i] / 1048576.0, predicted[i], 1e-6 * fabs(predicted[i]));
  for (i = 0; i < COUNT(wrong); i++) {
    CHECK_FAILS(ascribe_model_evaluate(model, NULL, data, wrong[i], other, ROWS, &error), ASCRIBE_UNSUPPORTED, "loss, prediction, output");
  }
  CHECK_FAILS(ascribe_model_fit(model, NULL, data, steps_of("sgd", 40.0, 2, ROWS), NULL, &error), ASCRIBE_NOT_CONVERGED, "learning_rate");
  CHECK_OK(ascribe_model_evaluate(model, NULL, data, "prediction", other, ROWS, &error));
  for (i = 0; i < ROWS; i++) CHECK(other[i] == predicted[i]);
  ascribe_model_free(million);
  ascribe_model_free(model);
  ascribe_dataset_free(dear);
  ascribe_dataset_free(data);
}

int main(void) {
  fill(x, ROWS * COLUMNS, 21);
  fill(y, ROWS, 22);
  descents();
  minimum();
  in_parts();
  precisions();
  stopping_and_refining();
  failures_leave_the_model();
  numbers_of_networks();
  return checks_done();
}
