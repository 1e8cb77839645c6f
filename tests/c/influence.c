/* Influence against normal equations, leave-one-out formulas and derivatives written out here. */
#include "fixtures.h"

enum { ROWS = 16, COLUMNS = 3, P = COLUMNS + 1, QUERIES = 4 };

static double x[(ROWS + QUERIES) * COLUMNS], y[ROWS + QUERIES];

static double regressor(size_t row, size_t j) { return j < COLUMNS ? x[row * COLUMNS + j] : 1.0; }

static double output(const double *w, size_t row) {
  double sum = 0.0;
  size_t j;
  for (j = 0; j < P; j++) sum += w[j] * regressor(row, j);
  return sum;
}

/* H^-1 b of least squares with a penalty on all but the intercept. */
static void inverse(double l2, double damping, double *b) {
  double h[P * P] = {0};
  size_t i, j, k;
  for (i = 0; i < ROWS; i++)
    for (j = 0; j < P; j++)
      for (k = 0; k < P; k++) h[j * P + k] += regressor(i, j) * regressor(i, k) / ROWS;
  for (j = 0; j < P; j++) h[j * P + j] += damping + (j < COLUMNS ? l2 : 0.0);
  solve(h, b, P);
}

static void least_squares(double l2) {
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y), *queries = rows_of(x + ROWS * COLUMNS, QUERIES, COLUMNS, y + ROWS);
  ascribe_model *model = minimized(data, "linear", l2, "f64");
  ascribe_attributor *influence = attributor_of(model, "influence", options_of("curvature=hessian; solver=auto"));
  ascribe_attribution *found = NULL;
  ascribe_diagnostics diagnostics;
  ascribe_certificate certificate;
  uint64_t all[ROWS];
  double *w = parameters_of(model, NULL), gradients[ROWS][P], leverages[ROWS], left_out[QUERIES * ROWS], selves[ROWS];
  size_t i, j, q;
  CHECK_TEXT(default_of("influence", "damping"), "auto");
  CHECK_TEXT(default_of("influence", "tolerance"), "auto");
  CHECK_TEXT(default_of("influence", "solver_iterations"), "2000");
  CHECK_TEXT(default_of("influence", "gradient_tolerance"), "1e-4");
  CHECK_TEXT(default_of("influence", "queries"), "1");
  CHECK_TEXT(default_of("influence", "seed"), "auto");
  CHECK_TEXT(default_of("influence", "memory"), "2G");
  for (i = 0; i < ROWS; i++) {
    const double e = output(w, i) - y[i];
    all[i] = i;
    for (j = 0; j < P; j++) gradients[i][j] = e * regressor(i, j) + (j < COLUMNS ? l2 * w[j] : 0.0);
  }
  CHECK_OK(ascribe_attributor_explain(influence, queries, "output", NULL, &found, &error));
  CHECK_OK(ascribe_attributor_leave_one_out(influence, queries, "output", all, ROWS, NULL, left_out, QUERIES * ROWS, leverages, ROWS, &error));
  CHECK(ascribe_attribution_queries(found) == QUERIES);
  for (q = 0; q < QUERIES; q++) {
    double direction[P], scores[ROWS], value, sum = 0.0;
    uint64_t examples[ROWS];
    for (j = 0; j < P; j++) direction[j] = regressor(ROWS + q, j);
    inverse(l2, 0.0, direction);
    CHECK_OK(ascribe_attribution_value(found, q, &value, &error));
    CHECK_CLOSE(value, output(w, ROWS + q), 1e-12);
    CHECK(ascribe_attribution_len(found, q) == ROWS);
    CHECK_OK(ascribe_attribution_copy(found, q, examples, scores, ROWS, &error));
    for (i = 0; i < ROWS; i++) {
      double score = 0.0, h = 0.0, column[P];
      for (j = 0; j < P; j++) score += direction[j] * gradients[i][j] / ROWS;
      CHECK(examples[i] == i);
      CHECK_CLOSE(scores[i], score, 1e-10);
      for (j = 0; j < P; j++) column[j] = regressor(i, j);
      inverse(l2, 0.0, column);
      for (j = 0; j < P; j++) h += regressor(i, j) * column[j] / ROWS;
      sum += scores[i];
      if (l2 == 0.0) {
        /* The classical leave-one-out: the residual of the example itself is e / (1 - h) without it. */
        CHECK_CLOSE(leverages[i], h, 1e-10);
        CHECK_CLOSE(left_out[q * ROWS + i], score / (1.0 - h), 1e-9);
      }
    }
    /* At the optimum the gradients add up to nothing. */
    CHECK_CLOSE(sum, 0.0, 1e-9);
    certificate.struct_size = sizeof certificate;
    CHECK_OK(ascribe_attribution_certificate(found, q, &certificate, &error));
    CHECK(certificate.converged == 1 && certificate.relative_residual <= certificate.tolerance && certificate.tolerance == 1e-8);
    CHECK(certificate.residual >= 0.0);
  }
  CHECK_OK(ascribe_attributor_self(influence, NULL, 12345, NULL, selves, ROWS, &error));
  for (i = 0; i < ROWS; i++) {
    double solved[P], sum = 0.0, own;
    memcpy(solved, gradients[i], sizeof solved);
    inverse(l2, 0.0, solved);
    for (j = 0; j < P; j++) sum += solved[j] * gradients[i][j] / ROWS;
    CHECK_CLOSE(selves[i], sum, 1e-10);
    CHECK_OK(ascribe_attributor_self(influence, &all[i], 1, NULL, &own, 1, &error));
    CHECK_CLOSE(own, selves[i], 1e-12);
  }
  diagnostics.struct_size = sizeof diagnostics;
  CHECK_OK(ascribe_attributor_diagnostics(influence, &diagnostics, &error));
  CHECK(diagnostics.examples == ROWS && diagnostics.parameters == P && ascribe_attributor_examples(influence) == ROWS);
  CHECK(diagnostics.at_minimum == 1 && diagnostics.damping == 0.0 && diagnostics.converged == 1 && diagnostics.gradient_norm <= 1e-10);
  CHECK(diagnostics.gradient_length <= 1e-10 && diagnostics.worst_residual <= 1e-8);
  CHECK(diagnostics.lowest > 0.0 && diagnostics.highest >= diagnostics.lowest);
  CHECK(has_member(TEXT_OF(ascribe_attributor_describe, influence), "curvature", "hessian"));
  CHECK(strstr(text_of_, "\"solver\":") != NULL);
  CHECK_TEXT(TEXT_OF(ascribe_attribution_unit, found), "removal");
  free(w);
  ascribe_attribution_free(found);
  ascribe_attributor_free(influence);
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

/* Products with the curvature and its inverse, from any order of memory. */
static void products(void) {
  enum { DIRECTIONS = 70 };
  const double l2 = 0.2, damping = 0.3;
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y);
  ascribe_model *model = minimized(data, "linear", l2, "f64");
  ascribe_attributor *influence = NULL;
  double *d = numbers(DIRECTIONS * P), *tall = numbers(DIRECTIONS * P), *first = numbers(DIRECTIONS * P), *again = numbers(DIRECTIONS * P);
  ascribe_matrix view = matrix_of(d, DIRECTIONS, P);
  size_t i, j, k, row;
  fill(d, DIRECTIONS * P, 31);
  for (i = 0; i < DIRECTIONS; i++)
    for (j = 0; j < P; j++) tall[j * DIRECTIONS + i] = d[i * P + j];
  CHECK_OK(ascribe_attributor_new(NULL, model, "influence", data, options_of("curvature=hessian; damping=" NUMBER_FORMAT, damping), NULL,
                                  &influence, &error));
  CHECK_OK(ascribe_attributor_products(influence, "curvature", &view, NULL, first, DIRECTIONS * P, &error));
  for (i = 0; i < DIRECTIONS; i++)
    for (j = 0; j < P; j++) {
      double expected = j < COLUMNS ? l2 * d[i * P + j] : 0.0;
      for (row = 0; row < ROWS; row++)
        for (k = 0; k < P; k++) expected += regressor(row, j) * regressor(row, k) * d[i * P + k] / ROWS;
      CHECK_CLOSE(first[i * P + j], expected, 1e-12);
    }
  view.data = tall;
  view.row_stride = 1;
  view.col_stride = DIRECTIONS;
  CHECK_OK(ascribe_attributor_products(influence, "curvature", &view, NULL, again, DIRECTIONS * P, &error));
  CHECK(memcmp(first, again, DIRECTIONS * P * sizeof *first) == 0);
  CHECK_OK(ascribe_attributor_products(influence, "inverse", &view, NULL, again, DIRECTIONS * P, &error));
  for (i = 0; i < DIRECTIONS; i++) {
    double expected[P];
    memcpy(expected, d + i * P, sizeof expected);
    inverse(l2, damping, expected);
    for (j = 0; j < P; j++) CHECK_CLOSE(again[i * P + j], expected[j], 1e-9);
  }
  view = matrix_of(d, DIRECTIONS, P);
  CHECK_OK(ascribe_attributor_products(influence, "inverse", &view, NULL, first, DIRECTIONS * P, &error));
  CHECK(memcmp(first, again, DIRECTIONS * P * sizeof *first) == 0);
  view.rows = 0;
  CHECK_OK(ascribe_attributor_products(influence, "curvature", &view, NULL, NULL, 0, &error));
  free(d);
  free(tall);
  free(first);
  free(again);
  ascribe_attributor_free(influence);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
}

/* Logistic regression: the Hessian is that of the sum of s(1 - s), the scores follow. Every solver, curvature and precision agrees. */
static void logistic(void) {
  const double l2 = 0.1;
  uint32_t labels[ROWS];
  ascribe_dataset *data;
  ascribe_model *model, *single;
  double *w, h[P * P] = {0}, direction[P] = {0}, truth[ROWS];
  static const char *const solvers[] = {"auto", "direct", "cg", "block-cg", "minres", "lissa", "lanczos:4", "nystrom:4"};
  static const char *const curvatures[] = {"auto", "hessian", "gauss-newton", "fisher"};
  enum { AUTO, HESSIAN, GAUSS_NEWTON, FISHER };
  size_t solver, curvature;
  size_t i, j, k;
  for (i = 0; i < ROWS; i++) labels[i] = y[i] > 0.0;
  data = classes_of(x, ROWS, COLUMNS, labels, 2);
  model = minimized(data, "logistic", l2, "f64");
  single = minimized(data, "logistic", l2, "f32");
  w = parameters_of(model, NULL);
  for (i = 0; i < ROWS; i++) {
    const double s = 1.0 / (1.0 + exp(-output(w, i)));
    for (j = 0; j < P; j++)
      for (k = 0; k < P; k++) h[j * P + k] += s * (1.0 - s) * regressor(i, j) * regressor(i, k) / ROWS;
    if (i == 5)
      for (j = 0; j < P; j++) direction[j] = (s - labels[i]) * regressor(i, j);
  }
  for (j = 0; j < COLUMNS; j++) h[j * P + j] += l2;
  solve(h, direction, P);
  for (i = 0; i < ROWS; i++) {
    const double s = 1.0 / (1.0 + exp(-output(w, i)));
    truth[i] = 0.0;
    for (j = 0; j < P; j++) truth[i] += direction[j] * ((s - labels[i]) * regressor(i, j) + (j < COLUMNS ? l2 * w[j] : 0.0)) / ROWS;
  }
  for (solver = 0; solver < COUNT(solvers); solver++)
    for (curvature = AUTO; curvature <= FISHER; curvature++) {
      const double damping = curvature == FISHER ? 0.05 : 0.0;
      ascribe_attributor *influence = NULL;
      ascribe_attribution *found = NULL;
      ascribe_dataset *query = selected(data, 5, 1);
      ascribe_diagnostics diagnostics;
      double scores[ROWS], d[P] = {1, -2, 3, 0.5}, there[P], back[P];
      ascribe_matrix view = matrix_of(d, 1, P), view_there = matrix_of(there, 1, P);
      CHECK_OK(ascribe_attributor_new(NULL, curvature == HESSIAN ? single : model, "influence", data,
                                      options_of("curvature=%s; solver=%s; damping=" NUMBER_FORMAT "; solver_iterations=20000; tolerance=%s",
                                                 curvatures[curvature], solvers[solver], damping, "1e-8"),
                                      NULL, &influence, &error));
      CHECK_OK(ascribe_attributor_explain(influence, query, "loss", NULL, &found, &error));
      CHECK_OK(ascribe_attribution_copy(found, 0, NULL, scores, ROWS, &error));
      if (curvature != FISHER)
        for (i = 0; i < ROWS; i++) CHECK_CLOSE(scores[i], truth[i], curvature == HESSIAN ? 1e-5 : 1e-8);
      diagnostics.struct_size = sizeof diagnostics;
      CHECK_OK(ascribe_attributor_diagnostics(influence, &diagnostics, &error));
      CHECK(diagnostics.at_minimum == 1);
      CHECK(has_member(TEXT_OF(ascribe_attributor_describe, influence), "curvature", curvatures[curvature == AUTO ? HESSIAN : curvature]));
      /* The inverse undoes the product. */
      CHECK_OK(ascribe_attributor_products(influence, "inverse", &view, NULL, there, P, &error));
      CHECK_OK(ascribe_attributor_products(influence, "curvature", &view_there, NULL, back, P, &error));
      for (j = 0; j < P; j++)
        CHECK_CLOSE(back[j] + damping * there[j], d[j], curvature == HESSIAN ? 1e-3 : 1e-6);
      ascribe_attribution_free(found);
      ascribe_attributor_free(influence);
      ascribe_dataset_free(query);
    }
  free(w);
  ascribe_model_free(model);
  ascribe_model_free(single);
  ascribe_dataset_free(data);
}

/* A graph: scores are minus the derivative by an example's weight, measured by minimizing again with the example counted a little less. */
static void graphs(void) {
  machine m = machine_of("f64");
  const ascribe_options *options = options_of("curvature=hessian; solver=direct");
  ascribe_attributor *influence;
  ascribe_attribution *found = NULL;
  ascribe_dataset *query = selected(m.data, 3, 2);
  double scores[2][30];
  uint64_t example;
  int64_t threads;
  size_t q;
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, options_of("optimizer=minimize; gradient_tolerance=1e-11"), NULL, &error));
  influence = attributor_of(m.model, "influence", options);
  CHECK_OK(ascribe_attributor_explain(influence, query, "score", NULL, &found, &error));
  for (q = 0; q < 2; q++) CHECK_OK(ascribe_attribution_copy(found, q, NULL, scores[q], 30, &error));
  for (example = 0; example < 30; example += 11) {
    double before[2], changes[2][2];
    int side;
    for (side = 0; side < 2; side++) {
      const ascribe_change change = change_of("reweight", example, side ? 1.001 : 0.999, NULL, 0);
      ascribe_what_if *answer = NULL;
      size_t last;
      CHECK_OK(ascribe_attributor_what_if(influence, query, "score", &change, 1, options_of("until=retrained"), NULL, &answer, &error));
      last = ascribe_what_if_levels(answer) - 1;
      CHECK_OK(ascribe_what_if_before(answer, before, 2, &error));
      CHECK_OK(ascribe_what_if_changes(answer, last, changes[side], NULL, 2, NULL, NULL, &error));
      CHECK_TEXT(level_of(answer, last), "retrained");
      ascribe_what_if_free(answer);
    }
    for (q = 0; q < 2; q++) CHECK_CLOSE(scores[q][example], (changes[0][q] - changes[1][q]) / 0.002, 1e-6);
  }
  for (threads = 2; threads <= 4; threads *= 2) {
    ascribe_context_options where;
    ascribe_context *context = NULL;
    ascribe_attributor *other = NULL;
    ascribe_attribution *again = NULL;
    double now[30];
    ascribe_context_options_init(&where, sizeof where);
    where.threads = threads;
    CHECK_OK(ascribe_context_new(&where, &context, &error));
    CHECK_OK(ascribe_attributor_new(context, m.model, "influence", NULL, options, NULL, &other, &error));
    ascribe_context_free(context);
    CHECK_OK(ascribe_attributor_explain(other, query, "score", NULL, &again, &error));
    for (q = 0; q < 2; q++) {
      CHECK_OK(ascribe_attribution_copy(again, q, NULL, now, 30, &error));
      CHECK(memcmp(now, scores[q], sizeof now) == 0);
    }
    ascribe_attribution_free(again);
    ascribe_attributor_free(other);
  }
  ascribe_attribution_free(found);
  ascribe_attributor_free(influence);
  ascribe_dataset_free(query);
  machine_free(&m);
}

/* Away from a minimum the Hessian is refused, and the Gauss-Newton matrix taken by itself. */
static void away(void) {
  ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y);
  ascribe_model *model = minimized(data, "linear", 0.1, "f64");
  const ascribe_options *options = options_of("curvature=hessian");
  ascribe_attributor *influence = NULL;
  ascribe_diagnostics diagnostics;
  const double other[COLUMNS] = {9, 9, 9};
  CHECK_OK(ascribe_model_set_parameter(model, 0, other, COLUMNS, &error));
  REFUSED(influence, ascribe_attributor_new(NULL, model, "influence", data, options, NULL, &influence, &error), ASCRIBE_NOT_STATIONARY, "minimum");
  REFUSED(influence, ascribe_attributor_new(NULL, model, "influence", NULL, options, NULL, &influence, &error), ASCRIBE_UNSUPPORTED, "data");
  CHECK_OK(ascribe_attributor_new(NULL, model, "influence", data, NULL, NULL, &influence, &error));
  diagnostics.struct_size = sizeof diagnostics;
  CHECK_OK(ascribe_attributor_diagnostics(influence, &diagnostics, &error));
  CHECK(diagnostics.at_minimum == 0 && diagnostics.gradient_norm > 1e-4);
  CHECK(has_member(TEXT_OF(ascribe_attributor_describe, influence), "curvature", "gauss-newton"));
  ascribe_attributor_free(influence);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
}

int main(void) {
  fill(x, COUNT(x), 41);
  fill(y, COUNT(y), 42);
  least_squares(0.0);
  least_squares(0.3);
  products();
  logistic();
  graphs();
  away();
  return checks_done();
}
