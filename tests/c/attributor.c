/* What attributors of every method say: gradients, bounds, effects of inputs and attacks against the same written out here. */
#include "fixtures.h"

enum { ROWS = 10, COLUMNS = 2, P = COLUMNS + 1, QUERIES = 3 };

static double x[ROWS * COLUMNS], y[ROWS];
static const double l2 = 0.1;

static double regressor(const double *row, size_t j) { return j < COLUMNS ? row[j] : 1.0; }

static double output(const double *w, const double *row) {
  double sum = 0.0;
  size_t j;
  for (j = 0; j < P; j++) sum += w[j] * regressor(row, j);
  return sum;
}

/* The gradient of an example's loss, with the penalty where it is wanted. */
static void gradient(const double *w, size_t example, int penalty, double *g) {
  const double *row = x + example * COLUMNS, e = output(w, row) - y[example];
  size_t j;
  for (j = 0; j < P; j++) g[j] = e * regressor(row, j) + (penalty && j < COLUMNS ? l2 * w[j] : 0.0);
}

static double dot_of(const double *a, const double *b) {
  double sum = 0.0;
  size_t j;
  for (j = 0; j < P; j++) sum += a[j] * b[j];
  return sum;
}

/* The optimum of least squares on other features. */
static void fitted(const double *features, double *w) {
  double a[P * P] = {0};
  size_t i, j, k;
  memset(w, 0, P * sizeof *w);
  for (i = 0; i < ROWS; i++)
    for (j = 0; j < P; j++) {
      const double *row = features + i * COLUMNS;
      for (k = 0; k < P; k++) a[j * P + k] += regressor(row, j) * regressor(row, k) / ROWS;
      w[j] += regressor(row, j) * y[i] / ROWS;
    }
  for (j = 0; j < COLUMNS; j++) a[j * P + j] += l2;
  solve(a, w, P);
}

static void gradients(const ascribe_model *model, const ascribe_dataset *data, const double *w) {
  ascribe_attributor *dots = attributor_of(model, "graddot", NULL), *cosines = attributor_of(model, "gradcos", NULL), *others = NULL;
  ascribe_dataset *queries = selected(data, 2, QUERIES);
  ascribe_attribution *found[3] = {NULL, NULL, NULL};
  ascribe_certificate certificate = {sizeof certificate, 1, 2, 3, 4, 5, 6};
  double selves[ROWS];
  size_t q, i;
  CHECK_OK(ascribe_attributor_explain(dots, queries, "loss", NULL, &found[0], &error));
  CHECK_OK(ascribe_attributor_explain(cosines, queries, NULL, NULL, &found[1], &error));
  /* Of other examples than those trained on. */
  CHECK_OK(ascribe_attributor_new(NULL, model, "graddot", queries, NULL, NULL, &others, &error));
  CHECK_OK(ascribe_attributor_explain(others, queries, "loss", NULL, &found[2], &error));
  CHECK(ascribe_attributor_examples(dots) == ROWS && ascribe_attributor_examples(others) == QUERIES);
  CHECK(has_member(TEXT_OF(ascribe_attributor_describe, dots), "method", "graddot"));
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found[0]), "inner product of gradients");
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found[1]), "cosine of gradients");
  for (q = 0; q < QUERIES; q++) {
    double of_query[P], scores[ROWS], angles[ROWS], some[QUERIES], value;
    gradient(w, 2 + q, 0, of_query);
    CHECK_OK(ascribe_attribution_value(found[0], q, &value, &error));
    CHECK_CLOSE(value, 0.5 * pow(output(w, x + (2 + q) * COLUMNS) - y[2 + q], 2.0), 1e-14);
    CHECK_OK(ascribe_attribution_copy(found[0], q, NULL, scores, ROWS, &error));
    CHECK_OK(ascribe_attribution_copy(found[1], q, NULL, angles, ROWS, &error));
    CHECK_OK(ascribe_attribution_copy(found[2], q, NULL, some, QUERIES, &error));
    for (i = 0; i < ROWS; i++) {
      double own[P];
      gradient(w, i, 1, own);
      CHECK_CLOSE(scores[i], dot_of(of_query, own), 1e-13);
      CHECK_CLOSE(angles[i], dot_of(of_query, own) / sqrt(dot_of(of_query, of_query) * dot_of(own, own)), 1e-12);
      if (i >= 2 && i < 2 + QUERIES) CHECK_CLOSE(some[i - 2], scores[i], 1e-14);
    }
  }
  CHECK_OK(ascribe_attributor_self(dots, NULL, 0, NULL, selves, ROWS, &error));
  for (i = 0; i < ROWS; i++) {
    double own[P];
    gradient(w, i, 1, own);
    CHECK_CLOSE(selves[i], dot_of(own, own), 1e-13);
  }
  CHECK_OK(ascribe_attributor_self(cosines, NULL, 0, NULL, selves, ROWS, &error));
  for (i = 0; i < ROWS; i++) CHECK_CLOSE(selves[i], 1.0, 1e-12);
  CHECK_FAILS(ascribe_attribution_certificate(found[0], 0, &certificate, &error), ASCRIBE_UNSUPPORTED, "");
  CHECK(certificate.residual == 1 && certificate.products == 6);
  for (i = 0; i < 3; i++) ascribe_attribution_free(found[i]);
  ascribe_attributor_free(dots);
  ascribe_attributor_free(cosines);
  ascribe_attributor_free(others);
  ascribe_dataset_free(queries);
}

/* Scores of a solver that stops early are off by no more than the bound says. */
static void bounds(const ascribe_model *model, const ascribe_dataset *data) {
  ascribe_attributor *exact = attributor_of(model, "influence", options_of("solver=direct"));
  ascribe_attributor *rough = attributor_of(model, "influence", options_of("solver=cg; tolerance=0.3"));
  ascribe_dataset *queries = selected(data, 2, QUERIES);
  ascribe_attribution *a = NULL, *b = NULL;
  uint64_t examples[ROWS];
  double of[QUERIES * ROWS], truth[ROWS], found[ROWS];
  size_t q, i;
  for (i = 0; i < ROWS; i++) examples[i] = ROWS - 1 - i;
  CHECK_OK(ascribe_attributor_explain(exact, queries, "output", NULL, &a, &error));
  CHECK_OK(ascribe_attributor_explain(rough, queries, "output", NULL, &b, &error));
  CHECK_OK(ascribe_attributor_error_bounds(rough, queries, "output", examples, ROWS, NULL, of, QUERIES * ROWS, &error));
  for (q = 0; q < QUERIES; q++) {
    CHECK_OK(ascribe_attribution_copy(a, q, NULL, truth, ROWS, &error));
    CHECK_OK(ascribe_attribution_copy(b, q, NULL, found, ROWS, &error));
    for (i = 0; i < ROWS; i++) CHECK(isnan(of[q * ROWS + i]) || fabs(truth[examples[i]] - found[examples[i]]) <= of[q * ROWS + i] + 1e-12);
  }
  CHECK_OK(ascribe_attributor_error_bounds(exact, queries, "output", examples, ROWS, NULL, of, QUERIES * ROWS, &error));
  for (i = 0; i < QUERIES * ROWS; i++) CHECK(isnan(of[i]) || (of[i] >= 0.0 && of[i] < 1e-6));
  CHECK_OK(ascribe_attributor_error_bounds(exact, queries, "output", NULL, 0, NULL, NULL, 0, &error));
  ascribe_attribution_free(a);
  ascribe_attribution_free(b);
  ascribe_attributor_free(exact);
  ascribe_attributor_free(rough);
  ascribe_dataset_free(queries);
}

/* The effect of a number of an example is the slope of what training again on other features would give. */
static void inputs(const ascribe_model *model, const ascribe_dataset *data) {
  ascribe_attributor *influence = attributor_of(model, "influence", NULL);
  ascribe_dataset *queries = selected(data, 2, QUERIES);
  static const uint64_t examples[] = {7, 1};
  double effects[QUERIES * 2 * COLUMNS];
  size_t width = 99, q, i, j;
  CHECK_OK(ascribe_attributor_input_effects(influence, queries, "output", NULL, examples, 2, NULL, NULL, 0, &width, &error));
  CHECK(width == COLUMNS);
  CHECK_OK(ascribe_attributor_input_effects(influence, queries, "output", NULL, examples, 2, NULL, effects, COUNT(effects), &width, &error));
  for (i = 0; i < 2; i++)
    for (j = 0; j < COLUMNS; j++) {
      double moved[ROWS * COLUMNS], up[P], down[P];
      memcpy(moved, x, sizeof x);
      moved[examples[i] * COLUMNS + j] += 1e-5;
      fitted(moved, up);
      moved[examples[i] * COLUMNS + j] -= 2e-5;
      fitted(moved, down);
      for (q = 0; q < QUERIES; q++) {
        const double *row = x + (2 + q) * COLUMNS;
        CHECK_CLOSE(effects[(q * 2 + i) * COLUMNS + j], (output(up, row) - output(down, row)) / 2e-5, 1e-7);
      }
    }
  ascribe_dataset_free(queries);
  ascribe_attributor_free(influence);
}

/* An attack stays within its range and radius, and its values are those of training again on what it returns. */
static void attacks(const ascribe_model *model, const ascribe_dataset *data, const double *w) {
  ascribe_attributor *influence = attributor_of(model, "influence", NULL);
  ascribe_dataset *query = selected(data, 2, 1), *perturbed = NULL;
  static const uint64_t examples[] = {7, 1};
  double values[9] = {0, 0, 0, 0, 0, 7.5, 7.5, 7.5, 7.5}, moved[ROWS * COLUMNS], after[P], outputs[2];
  const double axes[2][3] = {{1, 0, 0}, {0, 1, 0}};
  ascribe_model *reader = NULL;
  size_t i, j, found = 99;
  /* How many values there will be, without an attack: one more than rounds, of which the table has the default. */
  CHECK_OK(ascribe_attributor_attack(influence, query, "output", NULL, examples, 2, NULL, NULL, NULL, 0, &found, &perturbed, &error));
  CHECK(found == (size_t)atoi(default_of("attack", "rounds")) + 1 && perturbed == NULL);
  CHECK_OK(ascribe_attributor_attack(influence, query, "output", NULL, examples, 2, options_of("step=0.05; rounds=4; low=-2; high=2; radius=0.12"),
                                     NULL, values, 9, &found, &perturbed, &error));
  CHECK(found == 5 && values[5] == 7.5);
  CHECK(ascribe_dataset_len(perturbed) == 2 && ascribe_dataset_features(perturbed) == COLUMNS);
  memcpy(moved, x, sizeof x);
  /* Features are read back by models that have them as their output. */
  for (j = 0; j < COLUMNS; j++) {
    CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("intercept=0"), &reader, &error));
    CHECK_OK(ascribe_model_set_parameter(reader, 0, axes[j], COLUMNS, &error));
    CHECK_OK(ascribe_model_evaluate(reader, NULL, perturbed, "output", outputs, 2, &error));
    for (i = 0; i < 2; i++) {
      CHECK(outputs[i] >= -2.0 && outputs[i] <= 2.0 && fabs(outputs[i] - x[examples[i] * COLUMNS + j]) <= 0.12 + 1e-12);
      moved[examples[i] * COLUMNS + j] = outputs[i];
    }
    ascribe_model_free(reader);
  }
  fitted(moved, after);
  CHECK_CLOSE(values[0], output(w, x + 2 * COLUMNS), 1e-10);
  CHECK_CLOSE(values[4], output(after, x + 2 * COLUMNS), 1e-6);
  for (i = 1; i < 5; i++) CHECK(values[i] > values[i - 1] - 1e-9);
  CHECK(values[4] > values[0]);
  ascribe_dataset_free(perturbed);
  /* No rounds change nothing. */
  perturbed = NULL;
  CHECK_FAILS(ascribe_attributor_attack(influence, query, "output", NULL, examples, 2, options_of("low=1; high=0"), NULL, values, 5, NULL, &perturbed,
                                        &error),
              ASCRIBE_INVALID_ARGUMENT, "");
  CHECK(perturbed == NULL);
  ascribe_dataset_free(query);
  ascribe_attributor_free(influence);
}

/* Inputs of a graph by their names. */
static void graphs(void) {
  machine m = machine_of("f64");
  ascribe_attributor *influence;
  ascribe_dataset *query = selected(m.data, 4, 1), *perturbed = NULL;
  static const uint64_t examples[] = {10};
  double effect[1], values[3];
  size_t width = 99;
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, options_of("optimizer=minimize; gradient_tolerance=1e-10"), NULL, &error));
  influence = attributor_of(m.model, "influence", options_of("curvature=hessian"));
  CHECK_OK(ascribe_attributor_input_effects(influence, query, "score", "y", examples, 1, NULL, effect, 1, &width, &error));
  CHECK(width == 1 && effect[0] != 0.0);
  width = 99;
  CHECK_FAILS(ascribe_attributor_input_effects(influence, query, "score", "a", examples, 1, NULL, effect, 1, &width, &error),
              ASCRIBE_INVALID_ARGUMENT, "input");
  CHECK_FAILS(ascribe_attributor_input_effects(influence, query, "score", "no such", examples, 1, NULL, effect, 1, &width, &error),
              ASCRIBE_INVALID_ARGUMENT, "no such");
  CHECK(width == 99);
  CHECK_OK(ascribe_attributor_attack(influence, query, "score", "y", examples, 1, options_of("rounds=2; low=-5; high=5"), NULL, values, 3, NULL,
                                     &perturbed, &error));
  CHECK(ascribe_dataset_len(perturbed) == 1 && values[2] > values[0]);
  ascribe_dataset_free(perturbed);
  ascribe_dataset_free(query);
  ascribe_attributor_free(influence);
  machine_free(&m);
}

/* Which method it is where none is named; what it says of itself, and what it would cost. */
static void described(const ascribe_model *model, const ascribe_dataset *data) {
  machine m = machine_of("f64");
  ascribe_attributor *attributor = attributor_of(model, NULL, NULL), *other = NULL;
  CHECK(has_member(TEXT_OF(ascribe_attributor_describe, attributor), "method", "influence") && has_member(text_of_, "unit", "removal"));
  ascribe_attributor_free(attributor);
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, steps_of("sgd", 0.05, 1, 1), NULL, &error));
  attributor = attributor_of(m.model, NULL, NULL);
  CHECK(has_member(TEXT_OF(ascribe_attributor_describe, attributor), "method", "rollback"));
  ascribe_attributor_free(attributor);
  CHECK(strstr(TEXT_OF(ascribe_attributor_plan, NULL, model, NULL, NULL, NULL), "\"candidates\":") != NULL);
  CHECK(strstr(text_of_, "\"reason\":") != NULL && strstr(text_of_, "direct") != NULL);
  CHECK(strstr(TEXT_OF(ascribe_attributor_plan, NULL, model, data, options_of("solver=cg"), NULL), "\"reason\":") != NULL);
  REFUSED(other, ascribe_attributor_new(NULL, model, "influense", NULL, NULL, NULL, &other, &error), ASCRIBE_INVALID_ARGUMENT, "influence");
  CHECK(strstr(TEXT_OF(ascribe_model_describe, model), "linear") != NULL);
  machine_free(&m);
}

int main(void) {
  ascribe_dataset *data;
  ascribe_model *model;
  double *w;
  fill(x, COUNT(x), 31);
  fill(y, COUNT(y), 32);
  data = rows_of(x, ROWS, COLUMNS, y);
  model = minimized(data, "linear", l2, "f64");
  w = parameters_of(model, NULL);
  gradients(model, data, w);
  bounds(model, data);
  inputs(model, data);
  attacks(model, data, w);
  graphs();
  described(model, data);
  free(w);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
  return checks_done();
}
