/* Predictions for changed training sets, against least squares solved anew on the changed set. */
#include "fixtures.h"

enum { ROWS = 14, COLUMNS = 2, P = COLUMNS + 1, QUERIES = 3, EXTRA = 4 };

static double x[ROWS * COLUMNS], y[ROWS], asked[QUERIES * COLUMNS], extra[EXTRA * COLUMNS], extra_y[EXTRA];

/* Weighted least squares with the penalty inside every example's loss. */
static void fitted(const double *features, const double *targets, const double *weights, size_t rows, double l2, double *w) {
  double a[P * P] = {0};
  size_t i, j, k;
  memset(w, 0, P * sizeof *w);
  for (i = 0; i < rows; i++)
    for (j = 0; j < P; j++) {
      const double u = j < COLUMNS ? features[i * COLUMNS + j] : 1.0;
      for (k = 0; k < P; k++) a[j * P + k] += weights[i] * u * (k < COLUMNS ? features[i * COLUMNS + k] : 1.0);
      if (j < COLUMNS) a[j * P + j] += weights[i] * l2;
      w[j] += weights[i] * u * targets[i];
    }
  solve(a, w, P);
}

static double output(const double *w, const double *row) {
  double sum = w[COLUMNS];
  size_t j;
  for (j = 0; j < COLUMNS; j++) sum += w[j] * row[j];
  return sum;
}

/* What the rows trained on contribute to each coordinate of the gradient: its deviation, and the penalty's curvature. */
static void sizes_of(double l2, const double *w, double *sizes) {
  double means[P] = {0}, squares[P] = {0}, objective = 0.0;
  size_t i, j;
  for (i = 0; i < ROWS; i++) {
    const double *row = x + i * COLUMNS, residual = output(w, row) - y[i];
    objective += residual * residual / (2.0 * ROWS);
    for (j = 0; j < P; j++) means[j] += residual * (j < COLUMNS ? row[j] : 1.0) / ROWS;
  }
  for (j = 0; j < COLUMNS; j++) objective += l2 / 2.0 * w[j] * w[j];
  for (i = 0; i < ROWS; i++) {
    const double *row = x + i * COLUMNS, residual = output(w, row) - y[i];
    for (j = 0; j < P; j++) squares[j] += pow(residual * (j < COLUMNS ? row[j] : 1.0) - means[j], 2.0) / ROWS;
  }
  for (j = 0; j < P; j++) sizes[j] = sqrt(squares[j] + (j < COLUMNS ? 2.0 * objective * l2 : 0.0));
}

/* The relative gradient of the mean of half the squared errors, with the penalty. */
static double steepness(const double *features, const double *targets, const double *weights, size_t rows, double l2, const double *w, const double *sizes) {
  double gradient[P] = {0}, total = 0.0, largest = 0.0;
  size_t i, j;
  for (i = 0; i < rows; i++) {
    const double *row = features + i * COLUMNS;
    total += weights[i];
    for (j = 0; j < P; j++) {
      gradient[j] += weights[i] * (output(w, row) - targets[i]) * (j < COLUMNS ? row[j] : 1.0);
      if (j < COLUMNS) gradient[j] += weights[i] * l2 * w[j];
    }
  }
  for (j = 0; j < P; j++) largest = fmax(largest, fabs(gradient[j] / total / sizes[j]));
  return largest;
}

static void changes(double l2) {
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y), *queries = rows_of(asked, QUERIES, COLUMNS, NULL);
  ascribe_dataset *others = rows_of(extra, EXTRA, COLUMNS, extra_y), *three = selected(data, 3, 1);
  ascribe_model *model = minimized(data, "linear", l2, "f64");
  ascribe_attributor *influence = attributor_of(model, "influence", options_of("curvature=hessian"));
  static const char *const names[] = {"first-order", "second-order", "leave-one-out", "newton", "retrained"};
  enum { FIRST_ORDER, SECOND_ORDER, LEAVE_ONE_OUT, NEWTON, RETRAINED, LEVELS };
  double before[P], ones[ROWS], sizes[P];
  size_t which, i, q;
  CHECK_TEXT(default_of("what-if", "until"), "auto");
  CHECK_TEXT(default_of("what-if", "target_error"), "auto");
  for (i = 0; i < ROWS; i++) ones[i] = 1.0;
  fitted(x, y, ones, ROWS, l2, before);
  sizes_of(l2, before, sizes);
  for (which = 0; which < 5; which++) {
    double f[(ROWS + 1) * COLUMNS], t[ROWS + 1], weights[ROWS + 1], after[P], values[QUERIES], moved[QUERIES], errors[QUERIES], w[P];
    ascribe_change list[4];
    size_t count = 1, rows = ROWS, place, levels, level = 0, last = 0;
    ascribe_what_if *answer = NULL;
    memcpy(f, x, sizeof x);
    memcpy(t, y, sizeof y);
    for (i = 0; i <= ROWS; i++) weights[i] = 1.0;
    list[0] = change_of("remove", 3, 0.0, NULL, 0);
    if (which == 0) weights[3] = 0.0;
    if (which == 1) list[0] = change_of("reweight", 3, weights[3] = 2.5, NULL, 0);
    if (which == 2) {
      list[0] = change_of("replace", 3, 0.0, others, 2);
      memcpy(f + 3 * COLUMNS, extra + 2 * COLUMNS, COLUMNS * sizeof *f);
      t[3] = extra_y[2];
    }
    if (which == 3 || which == 4) {
      list[0] = change_of("add", 3, weights[ROWS] = 1.5, others, 1);
      memcpy(f + ROWS * COLUMNS, extra + COLUMNS, COLUMNS * sizeof *f);
      t[ROWS] = extra_y[1];
      rows = ROWS + 1;
    }
    if (which == 4) {
      count = 4;
      list[1] = change_of("remove", 7, 0.0, NULL, 0);
      weights[7] = 0.0;
      list[2] = change_of("reweight", 8, weights[8] = 0.25, NULL, 0);
      list[3] = change_of("replace", 9, 0.0, others, 0);
      memcpy(f + 9 * COLUMNS, extra, COLUMNS * sizeof *f);
      t[9] = extra_y[0];
    }
    fitted(f, t, weights, rows, l2, after);
    CHECK_OK(ascribe_attributor_what_if(influence, queries, "output", list, count, options_of("until=retrained"), NULL, &answer, &error));
    CHECK(ascribe_what_if_queries(answer) == QUERIES && ascribe_what_if_reached(answer) == 1);
    CHECK_OK(ascribe_what_if_before(answer, values, QUERIES, &error));
    for (q = 0; q < QUERIES; q++) CHECK_CLOSE(values[q], output(before, asked + q * COLUMNS), 1e-10);
    levels = ascribe_what_if_levels(answer);
    CHECK(levels == (which == 0 ? 5u : 4u));
    for (place = 0; place < levels; place++) {
      double gradient_norm = -1.0;
      int32_t at_minimum = -1;
      CHECK_OK(ascribe_what_if_changes(answer, place, moved, errors, QUERIES, &gradient_norm, &at_minimum, &error));
      level_of(answer, place);
      for (level = 0; level < LEVELS && strcmp(names[level], text_of_) != 0;) level++;
      CHECK(level < LEVELS && (place == 0 ? level == FIRST_ORDER : level > last));
      last = level;
      CHECK_OK(ascribe_what_if_parameters(answer, place, w, P, &error));
      for (q = 0; q < QUERIES; q++) {
        const double truth = output(after, asked + q * COLUMNS) - output(before, asked + q * COLUMNS);
        const double *row = asked + q * COLUMNS;
        /* Of a quadratic objective Newton's step is exact; outputs of a linear model are linear in the parameters. */
        if (level >= NEWTON) CHECK_CLOSE(moved[q], truth, 1e-9);
        if (level == LEAVE_ONE_OUT && l2 == 0.0) CHECK_CLOSE(moved[q], truth, 1e-9);
        CHECK_CLOSE(output(w, row) - output(before, row), moved[q], 1e-9);
        CHECK(!(errors[q] < 0.0));
      }
      /* What is known of the minimum: Newton's step and training again reach it, with the gradient that the parameters have. */
      CHECK(at_minimum == 0 || at_minimum == 1);
      if (!isnan(gradient_norm)) CHECK_CLOSE(gradient_norm, steepness(f, t, weights, rows, l2, w, sizes), 1e-9);
      if (level >= NEWTON) CHECK(at_minimum == 1 && gradient_norm < 1e-6);
      if (level >= NEWTON)
        for (i = 0; i < P; i++) CHECK_CLOSE(w[i], after[i], 1e-9);
      CHECK_OK(ascribe_what_if_changes(answer, place, NULL, NULL, 0, NULL, NULL, &error));
    }
    CHECK(last == RETRAINED);
    if (which == 0) {
      /* The first order is the score; the last level is what training again finds. */
      static const size_t offsets[] = {0, 1};
      ascribe_attribution *found = NULL;
      double scores[ROWS], truth[QUERIES];
      CHECK_OK(ascribe_attributor_explain(influence, queries, "output", NULL, &found, &error));
      CHECK_OK(ascribe_what_if_changes(answer, 0, moved, NULL, QUERIES, NULL, NULL, &error));
      for (q = 0; q < QUERIES; q++) {
        CHECK_OK(ascribe_attribution_copy(found, q, NULL, scores, ROWS, &error));
        CHECK_CLOSE(moved[q], scores[3], 1e-12);
      }
      CHECK_OK(ascribe_retraining_changes(NULL, model, queries, "output", &list[0].example, offsets, 1, NULL, truth, QUERIES, &error));
      CHECK_OK(ascribe_what_if_changes(answer, levels - 1, moved, NULL, QUERIES, NULL, NULL, &error));
      for (q = 0; q < QUERIES; q++) CHECK_CLOSE(moved[q], truth[q], 1e-8);
      ascribe_attribution_free(found);
    }
    ascribe_what_if_free(answer);

    /* With a tolerance the levels end early; the default goes to Newton's step. */
    CHECK_OK(ascribe_attributor_what_if(influence, queries, "output", list, count, options_of("until=retrained; target_error=1e6"), NULL,
                                        &answer, &error));
    CHECK(ascribe_what_if_levels(answer) < levels && ascribe_what_if_levels(answer) >= 1 && ascribe_what_if_reached(answer) == 1);
    ascribe_what_if_free(answer);
    CHECK_OK(ascribe_attributor_what_if(influence, queries, "output", list, count, options_of("until=first-order; target_error=1e-15"), NULL,
                                        &answer, &error));
    CHECK(ascribe_what_if_levels(answer) == 1 && ascribe_what_if_reached(answer) == 0);
    ascribe_what_if_free(answer);
    CHECK_OK(ascribe_attributor_what_if(influence, queries, "output", list, count, NULL, NULL, &answer, &error));
    CHECK_TEXT(level_of(answer, ascribe_what_if_levels(answer) - 1), "newton");
    if (which == 4) ascribe_attributor_free(influence);
    CHECK_OK(ascribe_what_if_before(answer, values, QUERIES, &error));
    ascribe_what_if_free(answer);
  }
  ascribe_model_free(model);
  ascribe_dataset_free(three);
  ascribe_dataset_free(others);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

/* A model that is not linear: each level comes nearer to the truth that training again finds, and all bytes are the same on any threads. */
static void levels_of_a_classifier(void) {
  uint32_t labels[ROWS];
  ascribe_dataset *data, *queries;
  ascribe_model *model;
  double first[5][QUERIES];
  int64_t threads;
  static const size_t offsets[] = {0, 1};
  size_t i, q;
  for (i = 0; i < ROWS; i++) labels[i] = y[i] > 0.1;
  data = classes_of(x, ROWS, COLUMNS, labels, 2);
  queries = selected(data, 5, QUERIES);
  model = minimized(data, "logistic", 0.05, "f64");
  for (threads = 1; threads <= 4; threads *= 2) {
    ascribe_context_options where;
    ascribe_context *context = NULL;
    ascribe_attributor *influence = NULL;
    ascribe_what_if *answer = NULL;
    const ascribe_change change = change_of("remove", 5, 0.0, NULL, 0);
    static const char *const names[] = {"first-order", "second-order", "leave-one-out", "newton", "retrained"};
    double truth[QUERIES];
    ascribe_context_options_init(&where, sizeof where);
    where.threads = threads;
    CHECK_OK(ascribe_context_new(&where, &context, &error));
    CHECK_OK(ascribe_attributor_new(context, model, "influence", data, NULL, NULL, &influence, &error));
    CHECK_OK(ascribe_attributor_what_if(influence, queries, "margin", &change, 1, options_of("until=retrained"), NULL, &answer, &error));
    CHECK(ascribe_what_if_levels(answer) == 5);
    CHECK_OK(ascribe_retraining_changes(context, model, queries, "margin", &change.example, offsets, 1, NULL, truth, QUERIES, &error));
    for (i = 0; i < 5; i++) {
      double moved[QUERIES];
      CHECK_OK(ascribe_what_if_changes(answer, i, moved, NULL, QUERIES, NULL, NULL, &error));
      CHECK_TEXT(level_of(answer, i), names[i]);
      if (threads == 1) memcpy(first[i], moved, sizeof moved);
      CHECK(memcmp(first[i], moved, sizeof moved) == 0);
    }
    for (q = 0; q < QUERIES; q++) {
      CHECK_CLOSE(first[4][q], truth[q], 1e-8);
      CHECK(fabs(first[3][q] - truth[q]) < fabs(first[0][q] - truth[q]));
    }
    ascribe_what_if_free(answer);
    ascribe_attributor_free(influence);
    ascribe_context_free(context);
  }
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

int main(void) {
  fill(x, COUNT(x), 51);
  fill(y, COUNT(y), 52);
  fill(asked, COUNT(asked), 53);
  fill(extra, COUNT(extra), 54);
  fill(extra_y, COUNT(extra_y), 55);
  changes(0.0);
  changes(0.2);
  levels_of_a_classifier();
  return checks_done();
}
