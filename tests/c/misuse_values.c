/* Pointers that are NULL, numbers that are none, arrays that are too small, ids that are not there, files that are no such files: a status,
 * a message that names the argument, and outputs as they were. */
#include "fixtures.h"

#include <sys/stat.h>
#include <unistd.h>

#define INVALID ASCRIBE_INVALID_ARGUMENT

static machine m;
static ascribe_dataset *rows, *facts, *classes, *out_data;
static ascribe_model *model, *fact_model, *out_model;
static ascribe_attributor *influence, *rollback, *out_attributor;
static ascribe_attribution *found, *out_found;
static ascribe_ledger *ledger, *out_ledger;
static ascribe_trainer *out_trainer;
static ascribe_what_if *answer, *out_answer;
static ascribe_options *out_options;
static double x[24], y[12], out[200], big[2000];
static uint64_t places[16];

/* A call that fails and leaves the array of results and all handles alone. */
#define NO(call, expected, part)                                                                                               \
  do {                                                                                                                         \
    size_t i_;                                                                                                                 \
    for (i_ = 0; i_ < COUNT(out); i_++) out[i_] = 7.5;                                                                         \
    CHECK_FAILS(call, expected, part);                                                                                         \
    for (i_ = 0; i_ < COUNT(out); i_++) CHECK(out[i_] == 7.5);                                                                 \
    CHECK(!out_data && !out_model && !out_attributor && !out_found && !out_ledger && !out_trainer && !out_answer && !out_options); \
  } while (0)

static void nulls(void) {
  const ascribe_matrix view = matrix_of(x, 12, 2);
  const ascribe_matrix_f32 view_f32 = {NULL, 2, 2, 2, 1};
  const ascribe_matrix nowhere = matrix_of(NULL, 12, 2);
  const ascribe_change change = change_of("remove", 1, 0.0, NULL, 0);
  static const uint32_t ids[12] = {0};
  static const size_t offsets[] = {0, 1};
  static const char *const no_path[] = {NULL}, *const train[] = {TRAIN}, *const many[] = {TRAIN, TRAIN, TRAIN, TRAIN};
  static const char *const formats[] = {"triples", "table", "images", "messages"};
  ascribe_dataset *perturbed = NULL;
  size_t i;
  size_t length = 77, other = 77;
  uint64_t row = 77;
  char text[64];
  NO(ascribe_cancel_new(NULL, &error), INVALID, "cancel is NULL");
  NO(ascribe_dataset_from_triples(NULL, 3, 1, 1, &out_data, &error), INVALID, "triples is NULL");
  NO(ascribe_dataset_from_triples(ids, 3, 1, 1, NULL, &error), INVALID, "dataset is NULL");
  NO(ascribe_dataset_from_matrix(NULL, NULL, 0, &out_data, &error), INVALID, "features is NULL");
  NO(ascribe_dataset_from_matrix(&nowhere, NULL, 0, &out_data, &error), INVALID, "features.data is NULL");
  NO(ascribe_dataset_from_matrix(&view, NULL, 12, &out_data, &error), INVALID, "targets is NULL");
  NO(ascribe_dataset_from_matrix(&view, y, 12, NULL, &error), INVALID, "dataset is NULL");
  NO(ascribe_dataset_from_matrix(&view, y, 11, &out_data, &error), INVALID, "targets");
  NO(ascribe_dataset_from_matrix_f32(NULL, NULL, 0, &out_data, &error), INVALID, "features is NULL");
  NO(ascribe_dataset_from_matrix_f32(&view_f32, NULL, 0, &out_data, &error), INVALID, "features.data is NULL");
  NO(ascribe_dataset_from_matrix_f32(&view_f32, NULL, 0, NULL, &error), INVALID, "dataset is NULL");
  NO(ascribe_dataset_new(3, NULL, &error), INVALID, "dataset is NULL");
  NO(ascribe_dataset_set_numbers(m.data, NULL, &view, &error), INVALID, "input is NULL");
  NO(ascribe_dataset_set_numbers(m.data, "y", NULL, &error), INVALID, "values is NULL");
  NO(ascribe_dataset_set_numbers_f32(m.data, NULL, &view_f32, &error), INVALID, "input is NULL");
  NO(ascribe_dataset_set_numbers_f32(m.data, "y", NULL, &error), INVALID, "values is NULL");
  NO(ascribe_dataset_set_ids(m.data, NULL, ids, 30, 1, &error), INVALID, "input is NULL");
  NO(ascribe_dataset_set_ids(m.data, "a", NULL, 30, 1, &error), INVALID, "ids is NULL");
  for (i = 0; i < COUNT(formats); i++) {
    NO(ascribe_dataset_load(formats[i], no_path, 1, NULL, &out_data, &error), INVALID, "paths[0] is NULL");
    NO(ascribe_dataset_load(formats[i], NULL, 1, NULL, &out_data, &error), INVALID, "paths is NULL");
    NO(ascribe_dataset_load(formats[i], train, 1, NULL, NULL, &error), INVALID, "dataset is NULL");
    NO(ascribe_dataset_load(formats[i], train, SIZE_MAX, NULL, &out_data, &error), INVALID, "paths");
    NO(ascribe_dataset_load(formats[i], train, 0, NULL, &out_data, &error), INVALID, "files");
    NO(ascribe_dataset_load(formats[i], many, 4, NULL, &out_data, &error), INVALID, "files");
  }
  NO(ascribe_dataset_load(NULL, train, 1, NULL, &out_data, &error), INVALID, "format is NULL");
  NO(ascribe_dataset_load("tables", train, 1, NULL, &out_data, &error), INVALID, "table");
  NO(ascribe_dataset_load("\xff", train, 1, NULL, &out_data, &error), INVALID, "format is not UTF-8");
  NO(ascribe_options_new(NULL, &error), INVALID, "options is NULL");
  NO(ascribe_options_describe(NULL, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_options_describe("trainings", NULL, 0, &length, &error), INVALID, "training");
  NO(ascribe_dataset_load_like(rows, NULL, 1, &out_data, &error), INVALID, "paths is NULL");
  NO(ascribe_dataset_load_like(rows, no_path, 1, &out_data, &error), INVALID, "paths[0] is NULL");
  NO(ascribe_dataset_load_like(rows, no_path, SIZE_MAX, &out_data, &error), INVALID, "paths");
  NO(ascribe_dataset_load_like(rows, no_path, 1, NULL, &error), INVALID, "dataset is NULL");
  NO(ascribe_dataset_part(facts, "train", NULL, &error), INVALID, "result is NULL");
  NO(ascribe_dataset_part(facts, NULL, &out_data, &error), INVALID, "part is NULL");
  NO(ascribe_dataset_select(rows, NULL, 1, &out_data, &error), INVALID, "examples is NULL");
  NO(ascribe_dataset_select(rows, places, 1, NULL, &error), INVALID, "result is NULL");
  NO(ascribe_dataset_query(facts, NULL, "r", "t", &out_data, &error), INVALID, "head is NULL");
  NO(ascribe_dataset_query(facts, "h", NULL, "t", &out_data, &error), INVALID, "relation is NULL");
  NO(ascribe_dataset_query(facts, "h", "r", NULL, &out_data, &error), INVALID, "tail is NULL");
  NO(ascribe_dataset_query(facts, "h", "r", "t", NULL, &error), INVALID, "result is NULL");
  NO(ascribe_dataset_triples(facts, NULL, 99999, &error), INVALID, "triples is NULL");
  NO(ascribe_dataset_describe(rows, 0, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_dataset_class_name(classes, 0, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_dataset_labels(classes, NULL, 12, &error), INVALID, "labels is NULL");
  NO(ascribe_dataset_set_labels(rows, NULL, 12, 2, &error), INVALID, "labels is NULL");
  NO(ascribe_dataset_targets(rows, NULL, 12, &error), INVALID, "targets is NULL");
  NO(ascribe_model_new(NULL, "distmult", facts, NULL, NULL, &error), INVALID, "model is NULL");
  NO(ascribe_model_new(NULL, NULL, rows, NULL, &out_model, &error), INVALID, "kind is NULL");
  NO(ascribe_model_new(NULL, "\xff", rows, NULL, &out_model, &error), INVALID, "kind is not UTF-8");
  NO(ascribe_model_new(NULL, "no such model", rows, NULL, &out_model, &error), INVALID, "no such model");
  NO(ascribe_model_describe(model, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_model_custom(NULL, m.graph, m.loss, m.penalty, m.score, NULL, NULL, &error), INVALID, "model is NULL");
  NO(ascribe_model_clone(model, NULL, &error), INVALID, "result is NULL");
  NO(ascribe_model_parameter_name(model, 0, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_model_parameter_shape(model, 0, NULL, 0, NULL, &error), INVALID, "rank is NULL");
  NO(ascribe_model_parameter(model, 0, NULL, 2, &error), INVALID, "values is NULL");
  NO(ascribe_model_set_parameter(model, 0, NULL, 2, &error), INVALID, "values is NULL");
  NO(ascribe_model_predict(model, NULL, NULL, out, 12, &error), INVALID, "features is NULL");
  NO(ascribe_model_predict(model, NULL, &view, NULL, 12, &error), INVALID, "outputs is NULL");
  NO(ascribe_model_predict_f32(model, NULL, NULL, out, 12, &error), INVALID, "features is NULL");
  NO(ascribe_model_evaluate(model, NULL, rows, NULL, NULL, 12, &error), INVALID, "values is NULL");
  NO(ascribe_model_ranking(fact_model, NULL, facts, facts, NULL, &error), INVALID, "ranking is NULL");
  NO(ascribe_model_data(model, NULL, &error), INVALID, "dataset is NULL");
  NO(ascribe_model_ledger(m.model, NULL, &error), INVALID, "ledger is NULL");
  NO(ascribe_model_training(model, NULL, &error), INVALID, "training is NULL");
  NO(ascribe_trainer_new(NULL, model, rows, NULL, NULL, &error), INVALID, "trainer is NULL");
  NO(ascribe_attribution_value(found, 0, NULL, &error), INVALID, "value is NULL");
  NO(ascribe_attribution_growth(found, 0, NULL, &error), INVALID, "growth is NULL");
  NO(ascribe_attribution_upper_tail(found, 0, 1, NULL, &error), INVALID, "tail is NULL");
  NO(ascribe_model_smoothness(model, NULL, NULL, NULL, &error), INVALID, "smoothness is NULL");
  NO(ascribe_attribution_unit(found, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_attribution_top(found, 0, NULL, NULL, out, 3, &length, &error), INVALID, "examples is NULL");
  NO(ascribe_attribution_top(found, 0, NULL, places, NULL, 3, &length, &error), INVALID, "scores is NULL");
  NO(ascribe_attribution_top(found, 0, NULL, places, out, 3, NULL, &error), INVALID, "found is NULL");
  NO(ascribe_attribution_certificate(found, 0, NULL, &error), INVALID, "certificate is NULL");
  NO(ascribe_ledger_slot(ledger, 0, 0, NULL, &row, &other, &error), INVALID, "parameter is NULL");
  NO(ascribe_ledger_slot(ledger, 0, 0, &length, NULL, &other, &error), INVALID, "row is NULL");
  NO(ascribe_ledger_slot(ledger, 0, 0, &length, &row, NULL, &error), INVALID, "width is NULL");
  NO(ascribe_ledger_change(ledger, 0, 0, NULL, 9, &error), INVALID, "values is NULL");
  NO(ascribe_ledger_remainder(ledger, 0, NULL, 99, &error), INVALID, "values is NULL");
  NO(ascribe_attributor_new(NULL, model, NULL, NULL, NULL, NULL, NULL, &error), INVALID, "attributor is NULL");
  NO(ascribe_attributor_plan(NULL, model, NULL, NULL, NULL, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_attributor_diagnostics(influence, NULL, &error), INVALID, "diagnostics is NULL");
  NO(ascribe_attributor_describe(influence, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_attributor_explain(influence, rows, NULL, NULL, NULL, &error), INVALID, "attribution is NULL");
  NO(ascribe_attributor_leave_one_out(influence, rows, NULL, NULL, 1, NULL, out, 12, out + 12, 1, &error), INVALID, "examples is NULL");
  NO(ascribe_attributor_leave_one_out(influence, rows, NULL, places, 1, NULL, NULL, 12, out, 1, &error), INVALID, "scores is NULL");
  NO(ascribe_attributor_error_bounds(influence, rows, NULL, NULL, 1, NULL, out, 12, &error), INVALID, "examples is NULL");
  NO(ascribe_attributor_error_bounds(influence, rows, NULL, places, 1, NULL, NULL, 12, &error), INVALID, "bounds is NULL");
  NO(ascribe_attributor_input_effects(influence, rows, NULL, NULL, NULL, 1, NULL, out, 24, &other, &error), INVALID, "examples is NULL");
  NO(ascribe_attributor_input_effects(influence, rows, NULL, NULL, places, 1, NULL, out, 24, NULL, &error), INVALID, "width is NULL");
  NO(ascribe_attributor_attack(influence, rows, NULL, NULL, NULL, 1, NULL, NULL, out, 99, NULL, &perturbed, &error), INVALID, "examples is NULL");
  NO(ascribe_attributor_attack(influence, rows, NULL, NULL, NULL, 1, NULL, NULL, NULL, 0, &length, &perturbed, &error), INVALID, "examples is NULL");
  NO(ascribe_attributor_attack(influence, rows, NULL, NULL, places, 1, NULL, NULL, out, 99, NULL, NULL, &error), INVALID, "perturbed is NULL");
  NO(ascribe_attributor_self(influence, NULL, 0, NULL, NULL, 12, &error), INVALID, "values is NULL");
  NO(ascribe_attributor_products(influence, "curvature", NULL, NULL, out, 3, &error), INVALID, "directions is NULL");
  NO(ascribe_attributor_products(influence, "inverse", NULL, NULL, out, 3, &error), INVALID, "directions is NULL");
  NO(ascribe_attributor_what_if(influence, rows, NULL, NULL, 1, NULL, NULL, &out_answer, &error), INVALID, "changes is NULL");
  NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, NULL, &error), INVALID, "what_if is NULL");
  NO(ascribe_what_if_before(answer, NULL, 12, &error), INVALID, "values is NULL");
  NO(ascribe_what_if_level_name(answer, 0, text, 64, NULL, &error), INVALID, "length is NULL");
  NO(ascribe_what_if_parameters(answer, 0, NULL, 12, &error), INVALID, "values is NULL");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, NULL, offsets, 1, NULL, out, 12, &error), INVALID, "examples is NULL");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, places, NULL, 1, NULL, out, 12, &error), INVALID, "offsets is NULL");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, places, offsets, 1, NULL, NULL, 12, &error), INVALID, "changes is NULL");
  NO(ascribe_retraining_fidelity(NULL, y, 3, NULL, &error), INVALID, " is NULL");
  NO(ascribe_attributor_explain(rollback, m.data, NULL, NULL, NULL, &error), INVALID, "attribution is NULL");
  CHECK(!perturbed && length == 77 && other == 77 && row == 77);
}

static void matrices(void) {
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  ascribe_matrix view = matrix_of(x, 2, 2);
  double values[6] = {1, 2, 3, 4, 5, 6};
  float singles[4] = {1, NAN, 3, 4};
  const ascribe_matrix_f32 view_f32 = {singles, 2, 2, 2, 1};
  size_t i;
#define VIEW(change, part)                                                                        \
  do {                                                                                            \
    view = matrix_of(x, 2, 2);                                                                    \
    change;                                                                                       \
    NO(ascribe_dataset_from_matrix(&view, NULL, 0, &out_data, &error), INVALID, part);            \
    NO(ascribe_dataset_set_numbers(m.data, "y", &view, &error), INVALID, "");                     \
    NO(ascribe_model_predict(model, NULL, &view, out, 100, &error), INVALID, "");                 \
    NO(ascribe_attributor_products(influence, "curvature", &view, NULL, out, 100, &error), INVALID, "");             \
    NO(ascribe_attributor_products(influence, "inverse", &view, NULL, out, 100, &error), INVALID, "");     \
  } while (0)
  VIEW(view.rows = -1, "features.rows is -1");
  VIEW(view.cols = INT64_MIN, "features.cols is -9223372036854775808");
  VIEW(view.rows = INT64_MAX, "memory can hold");
  VIEW((view.rows = view.cols = INT64_C(1) << 32), "memory can hold");
  VIEW(view.row_stride = 0, "features.row_stride is 0");
  VIEW(view.row_stride = -2, "features.row_stride is -2");
  VIEW(view.col_stride = 0, "features.col_stride is 0");
  VIEW(view.col_stride = -1, "features.col_stride is -1");
  VIEW(view.cols = -1, "features.cols is -1");
  VIEW(view.row_stride = INT64_MAX, "memory can hold");
  VIEW((view.rows = INT64_MAX, view.cols = 1, view.row_stride = 1), "memory can hold");
  VIEW((view.rows = 3, view.cols = 1, view.row_stride = INT64_MAX), "memory can hold");
  VIEW((view.rows = view.cols = view.row_stride = INT64_C(1) << 31), "memory can hold");
  VIEW(view.data = NULL, "features.data is NULL, expected 4 elements");
  VIEW((view.rows = INT64_MAX, view.cols = 0), "");
  VIEW(view.data = (const double *)((const char *)x + 1), "multiple of 8");
  view = matrix_of(x, 0, 2);
  NO(ascribe_dataset_from_matrix(&view, NULL, 0, &out_data, &error), INVALID, "at least 1 x 1");
  /* Without elements there is nothing to look at: neither a pointer nor strides. */
  view.data = NULL;
  NO(ascribe_dataset_from_matrix(&view, NULL, 0, &out_data, &error), INVALID, "at least 1 x 1");
  view.rows = 4, view.cols = view.row_stride = view.col_stride = 0;
  NO(ascribe_dataset_from_matrix(&view, NULL, 0, &out_data, &error), INVALID, "at least 1 x 1");
  for (i = 0; i < 3; i++) {
    view = matrix_of(values, 2, 2);
    values[3] = bad[i];
    NO(ascribe_dataset_from_matrix(&view, NULL, 0, &out_data, &error), ASCRIBE_NOT_FINITE, "row 1");
    NO(ascribe_model_predict(model, NULL, &view, out, 100, &error), ASCRIBE_NOT_FINITE, "row 1, column 1");
    view = matrix_of(x, 2, 2);
    NO(ascribe_dataset_from_matrix(&view, values + 2, 2, &out_data, &error), ASCRIBE_NOT_FINITE, "");
    NO(ascribe_model_set_parameter(model, 0, values + 2, 2, &error), ASCRIBE_NOT_FINITE, "");
    view = matrix_of(values, 1, 6);
    view.cols = 3, values[2] = bad[i];
    NO(ascribe_attributor_products(influence, "curvature", &view, NULL, out, 3, &error), ASCRIBE_NOT_FINITE, "row 0, column 2");
    NO(ascribe_attributor_products(influence, "inverse", &view, NULL, out, 3, &error), ASCRIBE_NOT_FINITE, "row 0, column 2");
    values[2] = 3;
  }
  NO(ascribe_dataset_from_matrix_f32(&view_f32, NULL, 0, &out_data, &error), ASCRIBE_NOT_FINITE, "");
  NO(ascribe_model_predict_f32(model, NULL, &view_f32, out, 100, &error), ASCRIBE_NOT_FINITE, "row 0, column 1");
  /* Results over what they are made of. */
  view = matrix_of(out, 12, 2);
  NO(ascribe_model_predict(model, NULL, &view, out + 3, 12, &error), INVALID, "overlap");
  view = matrix_of(out, 1, 3);
  NO(ascribe_attributor_products(influence, "curvature", &view, NULL, out + 2, 3, &error), INVALID, "overlap");
  NO(ascribe_attributor_products(influence, "inverse", &view, NULL, out, 3, &error), INVALID, "overlap");
}

static void capacities_and_places(void) {
  static const uint64_t far[] = {12, 0, UINT64_MAX};
  static const size_t offsets[] = {0, 1}, backwards[] = {0, 2, 1}, late[] = {1, 2};
  static const uint32_t labels[12] = {0, 1, 2};
  static const uint32_t one_huge[12] = {UINT32_MAX - 1};
  ascribe_change change = change_of("remove", 12, 0.0, NULL, 0), several[2];
  const ascribe_matrix view = matrix_of(x, 12, 2), direction = matrix_of(x, 1, 3), wide = matrix_of(x, 1, 4);
  size_t length = 77, i;
  char text[4] = "abc";
  NO(ascribe_ledger_slot(ledger, 0, 0, &length, (uint64_t *)&length, &length, &error), INVALID, "overlap");
  NO(ascribe_dataset_targets(rows, out, 11, &error), INVALID, "targets has room for 11");
  NO(ascribe_model_parameter(model, 0, out, 1, &error), INVALID, "values has room for 1 elements, expected room for 2");
  NO(ascribe_model_parameter(model, 0, out, SIZE_MAX, &error), INVALID, "memory can hold");
  NO(ascribe_model_parameter(model, 0, (double *)((char *)out + 1), 9, &error), INVALID, "values is at");
  NO(ascribe_model_parameter(model, 0, NULL, 9, &error), INVALID, "values is NULL, expected 9 elements");
  NO(ascribe_model_predict(model, NULL, &view, out, 11, &error), INVALID, "outputs has room for 11");
  NO(ascribe_model_evaluate(model, NULL, rows, NULL, out, 11, &error), INVALID, "values has room for 11");
  NO(ascribe_attribution_copy(found, 0, NULL, out, 11, &error), INVALID, "scores has room for 11");
  NO(ascribe_ledger_change(ledger, 0, 0, out, 1, &error), INVALID, "values has room for 1");
  NO(ascribe_ledger_remainder(ledger, 0, out, 11, &error), INVALID, "values has room for 11");
  NO(ascribe_attributor_self(influence, NULL, 0, NULL, out, 11, &error), INVALID, "values has room for 11");
  NO(ascribe_attributor_products(influence, "curvature", &direction, NULL, out, 2, &error), INVALID, "products has room for 2");
  NO(ascribe_attributor_products(influence, "inverse", &direction, NULL, out, 2, &error), INVALID, "products has room for 2");
  NO(ascribe_attributor_products(influence, "hessian", &direction, NULL, out, 3, &error), INVALID,
     "by is \"hessian\", expected one of \"curvature\", \"inverse\"");
  NO(ascribe_attributor_products(influence, NULL, &direction, NULL, out, 3, &error), INVALID, "by is NULL");
  NO(ascribe_attributor_products(influence, "\xff", &direction, NULL, out, 3, &error), INVALID, "by is not UTF-8");
  NO(ascribe_attributor_products(influence, "curvature", &wide, NULL, out, 99, &error), INVALID, "columns");
  NO(ascribe_what_if_before(answer, out, 11, &error), INVALID, "values has room for 11");
  NO(ascribe_what_if_parameters(answer, 0, out, 2, &error), INVALID, "values has room for 2");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, places, offsets, 1, NULL, out, 11, &error), INVALID, "changes has room for 11");
  NO(ascribe_attributor_leave_one_out(influence, rows, NULL, places, 2, NULL, out, 23, NULL, 0, &error), INVALID, "scores has room for 23");
  NO(ascribe_attributor_leave_one_out(influence, rows, NULL, places, 2, NULL, out, 24, out + 24, 1, &error), INVALID, "leverages has room for 1");
  NO(ascribe_attributor_leave_one_out(influence, rows, NULL, places, 2, NULL, out, 24, out + 23, 2, &error), INVALID, "overlap");
  NO(ascribe_attributor_error_bounds(influence, rows, NULL, places, 2, NULL, out, 23, &error), INVALID, "bounds has room for 23");
  NO(ascribe_attributor_input_effects(influence, rows, NULL, NULL, places, 1, NULL, out, 23, &length, &error), INVALID, "effects has room for 23");
  NO(ascribe_attributor_attack(influence, rows, NULL, NULL, places, 1, options_of("rounds=3"), NULL, out, 3, NULL, &out_data, &error), INVALID,
     "values has room for 3");
  NO(ascribe_what_if_changes(answer, 0, out, NULL, 11, NULL, NULL, &error), INVALID, "changes has room for 11");
  NO(ascribe_what_if_changes(answer, 0, NULL, out, 11, NULL, NULL, &error), INVALID, "errors has room for 11");
  NO(ascribe_what_if_changes(answer, 0, out, out + 11, 12, NULL, NULL, &error), INVALID, "overlap");
  NO(ascribe_what_if_changes(answer, 0, out, NULL, 12, out + 11, NULL, &error), INVALID, "changes and gradient_norm overlap");
  NO(ascribe_what_if_changes(answer, 0, out, NULL, 12, NULL, (int32_t *)out, &error), INVALID, "changes and at_minimum overlap");
  NO(ascribe_what_if_changes(answer, 0, NULL, NULL, 0, (double *)((char *)out + 1), NULL, &error), INVALID, "gradient_norm is at");
  NO(ascribe_attributor_attack(influence, rows, NULL, NULL, places, 1, NULL, NULL, out, 99, (size_t *)out, &out_data, &error), INVALID,
     "values and found overlap");
  NO(ascribe_dataset_describe(rows, 0, text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_model_parameter_name(model, 0, text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_attributor_describe(influence, text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_attributor_plan(NULL, model, NULL, NULL, NULL, text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_model_describe(model, text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_options_describe("training", text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_attribution_unit(found, text, 4, &length, &error), INVALID, "buffer has room for 4");
  NO(ascribe_what_if_level_name(answer, 0, text, 4, &length, &error), INVALID, "buffer has room for 4");
  CHECK(strcmp(text, "abc") == 0 && length == 77);
  for (i = 0; i < 3; i += 2) {
    NO(ascribe_dataset_select(rows, far + i, 1, &out_data, &error), INVALID, "");
    NO(ascribe_dataset_describe(rows, far[i], NULL, 0, &length, &error), INVALID, "example");
    NO(ascribe_attributor_self(influence, far + i, 1, NULL, out, 1, &error), INVALID, "example");
    NO(ascribe_attributor_leave_one_out(influence, rows, NULL, far + i, 1, NULL, out, 12, NULL, 0, &error), INVALID, "example");
    NO(ascribe_attributor_error_bounds(influence, rows, NULL, far + i, 1, NULL, out, 12, &error), INVALID, "example");
    NO(ascribe_attributor_input_effects(influence, rows, NULL, NULL, far + i, 1, NULL, out, 24, &length, &error), INVALID, "example");
    NO(ascribe_attributor_attack(influence, rows, NULL, NULL, far + i, 1, NULL, NULL, out, 99, NULL, &out_data, &error), INVALID, "example");
    NO(ascribe_retraining_changes(NULL, model, rows, NULL, far + i, offsets, 1, NULL, out, 12, &error), INVALID, "example");
    change.example = far[i];
    NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "");
  }
  change.example = 30;
  NO(ascribe_attributor_what_if(rollback, m.data, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "");
  change.example = UINT64_MAX;
  NO(ascribe_attributor_what_if(rollback, m.data, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "");
  NO(ascribe_ledger_change(ledger, UINT64_MAX, 0, out, 9, &error), INVALID, "example");
  NO(ascribe_ledger_change(ledger, 0, 3, out, 9, &error), INVALID, "slot");
  NO(ascribe_ledger_remainder(ledger, 3, out, 99, &error), INVALID, "parameter");
  NO(ascribe_model_parameter(model, 2, out, 99, &error), INVALID, "parameter");
  NO(ascribe_model_set_parameter(model, SIZE_MAX, y, 1, &error), INVALID, "parameter");
  NO(ascribe_model_set_parameter(model, 0, y, 3, &error), INVALID, "values");
  NO(ascribe_attribution_value(found, 12, out, &error), INVALID, "query");
  NO(ascribe_attribution_top(found, 0, "biggest", places, out, 1, &length, &error), INVALID,
     "order is \"biggest\", expected one of \"largest\", \"positive\", \"negative\"");
  NO(ascribe_attribution_top(found, 0, "\xff", places, out, 1, &length, &error), INVALID, "order is not UTF-8");
  NO(ascribe_what_if_parameters(answer, 9, out, 99, &error), INVALID, "level is 9");
  NO(ascribe_what_if_changes(answer, 9, out, NULL, 99, NULL, NULL, &error), INVALID, "level is 9");
  NO(ascribe_what_if_level_name(answer, SIZE_MAX, NULL, 0, &length, &error), INVALID, "level is");
  NO(ascribe_dataset_part(facts, "validation", &out_data, &error), INVALID, "part is \"validation\", expected one of \"train\", \"valid\", \"test\"");
  NO(ascribe_dataset_set_labels(rows, labels, 12, 2, &error), INVALID, "label of row 2");
  NO(ascribe_dataset_set_labels(rows, labels, 11, 3, &error), INVALID, "labels");
  NO(ascribe_dataset_set_labels(rows, labels, 12, 1, &error), INVALID, "classes");
  NO(ascribe_dataset_set_labels(rows, labels, 12, UINT32_MAX, &error), INVALID, "classes");
  NO(ascribe_dataset_set_labels(rows, one_huge, 12, UINT32_MAX, &error), INVALID, "classes");
  NO(ascribe_dataset_set_labels(rows, labels, SIZE_MAX, 2, &error), INVALID, "labels");
  NO(ascribe_dataset_from_triples(labels, SIZE_MAX, 3, 3, &out_data, &error), INVALID, "triples");
  NO(ascribe_dataset_from_triples(labels, 1, UINT32_MAX, 3, &out_data, &error), INVALID, "entities");
  NO(ascribe_dataset_from_triples(labels, 1, 2, 1, &out_data, &error), INVALID, "triple 0");
  NO(ascribe_dataset_from_triples(labels, 1, 0, 1, &out_data, &error), INVALID, "");
  NO(ascribe_dataset_new(0, &out_data, &error), INVALID, "examples");
  NO(ascribe_dataset_new(SIZE_MAX, &out_data, &error), INVALID, "examples");
  NO(ascribe_dataset_set_ids(m.data, "a", labels, 29, 1, &error), INVALID, "count is 29");
  NO(ascribe_dataset_set_ids(m.data, "a", labels, 30, 0, &error), INVALID, "ids");
  NO(ascribe_dataset_set_ids(m.data, "a", labels, 30, SIZE_MAX, &error), INVALID, "ids");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, places, backwards, 2, NULL, out, 99, &error), INVALID, "offsets");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, places, late, 1, NULL, out, 99, &error), INVALID, "offsets");
  NO(ascribe_retraining_changes(NULL, model, rows, NULL, places, offsets, SIZE_MAX, NULL, out, 99, &error), INVALID, "offsets");
  NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 0, NULL, NULL, &out_answer, &error), INVALID, "");
  change.example = 0;
  change.kind = NULL;
  NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "changes[0].kind is NULL");
  change.kind = "swap";
  NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "changes[0].kind is \"swap\"");
  change.kind = "reweight";
  change.weight = NAN;
  NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "weight");
  change.weight = -1.0;
  NO(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &out_answer, &error), INVALID, "weight");
  /* An array whose elements differ in size, or have none. */
  several[0] = several[1] = change_of("remove", 1, 0.0, NULL, 0);
  several[1].struct_size -= 8;
  NO(ascribe_attributor_what_if(influence, rows, NULL, several, 2, NULL, NULL, &out_answer, &error), INVALID, "changes[1].struct_size");
  for (i = 0; i < 4; i++) {
    several[0].struct_size = (const size_t[]){0, 7, 4097, SIZE_MAX}[i];
    NO(ascribe_attributor_what_if(influence, rows, NULL, several, 2, NULL, NULL, &out_answer, &error), INVALID, "changes.struct_size");
  }
  several[0] = change_of("remove", 1, 0.0, NULL, 0);
  several[0].struct_size -= 4;
  NO(ascribe_attributor_what_if(influence, rows, NULL, several, 2, NULL, NULL, &out_answer, &error), INVALID, "changes");
  several[0].struct_size += 4;
  NO(ascribe_attributor_what_if(influence, rows, NULL, several, SIZE_MAX, NULL, NULL, &out_answer, &error), INVALID, "changes");
}

/* Numbers that single precision cannot hold are no numbers of a model of single precision. */
static void overflows(void) {
  static const double huge[] = {1e300, 1.0};
  ascribe_model *single = minimized(rows, "linear", 0.1, "f32");
  ascribe_dataset *far = rows_of(huge, 1, 2, y);
  const ascribe_matrix view = matrix_of(huge, 1, 2);
  NO(ascribe_model_set_parameter(single, 0, huge, 2, &error), ASCRIBE_NOT_FINITE, "");
  NO(ascribe_model_predict(single, NULL, &view, out, 1, &error), ASCRIBE_NOT_FINITE, "row 0, column 0");
  NO(ascribe_model_evaluate(single, NULL, far, "output", out, 1, &error), ASCRIBE_NOT_FINITE, "");
  NO(ascribe_model_fit(single, NULL, far, NULL, NULL, &error), ASCRIBE_NOT_FINITE, "");
  ascribe_model_free(single);
  ascribe_dataset_free(far);
}

/* Data and questions of one kind for models of another, names that nothing has, and texts that are none. */
static void kinds(void) {
  ascribe_dataset *const datasets[] = {rows, facts, m.data};
  ascribe_model *const models[] = {model, fact_model, m.model};
  ascribe_ranking ranking = {sizeof ranking, 0, 0, 0, 0, 0};
  ascribe_diagnostics diagnostics;
  const ascribe_matrix direction = matrix_of(x, 1, 3);
  size_t i, j, width = 77;
  diagnostics.struct_size = sizeof diagnostics;
  for (i = 0; i < 3; i++)
    for (j = 0; j < 3; j++) {
      if (i == j) continue;
      NO(ascribe_model_fit(models[i], NULL, datasets[j], NULL, NULL, &error), INVALID, "dataset");
      NO(ascribe_trainer_new(NULL, models[i], datasets[j], NULL, &out_trainer, &error), INVALID, "dataset");
      NO(ascribe_model_evaluate(models[i], NULL, datasets[j], NULL, big, 2000, &error), INVALID, "dataset");
      NO(ascribe_attributor_new(NULL, models[i], "influence", datasets[j], NULL, NULL, &out_attributor, &error), INVALID, "dataset");
    }
  NO(ascribe_attributor_explain(influence, facts, NULL, NULL, &out_found, &error), INVALID, "dataset");
  NO(ascribe_attributor_explain(rollback, rows, NULL, NULL, &out_found, &error), INVALID, "dataset");
  NO(ascribe_model_new(NULL, "distmult", rows, NULL, &out_model, &error), INVALID, "dataset");
  NO(ascribe_model_new(NULL, "linear", m.data, NULL, &out_model, &error), INVALID, "dataset");
  NO(ascribe_model_ranking(model, NULL, facts, facts, &ranking, &error), ASCRIBE_UNSUPPORTED, "network");
  NO(ascribe_model_ranking(fact_model, NULL, rows, facts, &ranking, &error), INVALID, "dataset");
  NO(ascribe_dataset_labels(facts, (uint32_t *)out, 9, &error), INVALID, "dataset");
  NO(ascribe_dataset_triples(rows, (uint32_t *)out, 9, &error), INVALID, "dataset");
  NO(ascribe_dataset_part(rows, "train", &out_data, &error), INVALID, "dataset");
  NO(ascribe_model_new(NULL, "linear", classes, NULL, NULL, &error), INVALID, "model is NULL");
  NO(ascribe_model_fit(model, NULL, classes, NULL, NULL, &error), INVALID, "targets");
  NO(ascribe_model_evaluate(model, NULL, rows, "no such", out, 99, &error), INVALID, "functional");
  NO(ascribe_model_evaluate(model, NULL, rows, "\xff", out, 99, &error), INVALID, "functional is not UTF-8");
  NO(ascribe_model_evaluate(model, NULL, rows, "probability", out, 99, &error), ASCRIBE_UNSUPPORTED, "probability");
  NO(ascribe_attributor_explain(rollback, m.data, "\xff", NULL, &out_found, &error), INVALID, "functional is not UTF-8");
  NO(ascribe_attributor_explain(rollback, m.data, "no such", NULL, &out_found, &error), INVALID, "functional");
  NO(ascribe_attributor_new(NULL, model, "rollback", NULL, NULL, NULL, &out_attributor, &error), ASCRIBE_UNSUPPORTED, "ledger");
  NO(ascribe_attributor_new(NULL, m.model, "rollback", m.data, NULL, NULL, &out_attributor, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_new(NULL, model, "\xff", NULL, NULL, NULL, &out_attributor, &error), INVALID, "method is not UTF-8");
  NO(ascribe_attributor_new(NULL, model, "influense", NULL, NULL, NULL, &out_attributor, &error), INVALID, "influence");
  NO(ascribe_attributor_plan(NULL, fact_model, rows, NULL, NULL, NULL, 0, &width, &error), INVALID, "dataset");
  NO(ascribe_attributor_input_effects(influence, rows, NULL, "no such", places, 1, NULL, out, 99, &width, &error), INVALID, "no such");
  NO(ascribe_attributor_input_effects(influence, rows, NULL, "\xff", places, 1, NULL, out, 99, &width, &error), INVALID, "input is not UTF-8");
  NO(ascribe_attributor_attack(influence, rows, NULL, "\xff", places, 1, NULL, NULL, out, 99, NULL, &out_data, &error), INVALID, "input is not UTF-8");
  NO(ascribe_attributor_diagnostics(rollback, &diagnostics, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_self(rollback, NULL, 0, NULL, out, 30, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_leave_one_out(rollback, m.data, NULL, places, 1, NULL, out, 30, NULL, 0, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_error_bounds(rollback, m.data, NULL, places, 1, NULL, out, 30, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_input_effects(rollback, m.data, NULL, "y", places, 1, NULL, out, 30, &width, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_attack(rollback, m.data, NULL, "y", places, 1, NULL, NULL, out, 30, NULL, &out_data, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_products(rollback, "curvature", &direction, NULL, out, 3, &error), ASCRIBE_UNSUPPORTED, "rollback");
  NO(ascribe_attributor_products(rollback, "inverse", &direction, NULL, out, 3, &error), ASCRIBE_UNSUPPORTED, "rollback");
  CHECK(width == 77);
  NO(ascribe_retraining_changes(NULL, fact_model, facts, NULL, NULL, (const size_t[]){0}, 0, NULL, out, 99, &error), ASCRIBE_UNSUPPORTED, "");
  NO(ascribe_dataset_query(facts, "atlantis", "embassy", "uk", &out_data, &error), ASCRIBE_NOT_FOUND, "atlantis");
  NO(ascribe_dataset_query(facts, "\xff", "embassy", "uk", &out_data, &error), INVALID, "head is not UTF-8");
  NO(ascribe_dataset_set_ids(rows, "a", NULL, 12, 0, &error), INVALID, "dataset");
  NO(ascribe_model_custom(NULL, m.graph, 99999, m.penalty, m.score, NULL, &out_model, &error), INVALID, "loss is the number 99999");
  NO(ascribe_model_custom(NULL, m.graph, m.penalty, m.penalty, m.score, NULL, &out_model, &error), INVALID, "");
  NO(ascribe_model_custom(NULL, m.graph, m.loss, m.loss, m.score, NULL, &out_model, &error), INVALID, "");
}

static void files(void) {
  static char folder[] = "/tmp/ascribe-misuse-XXXXXX";
  char empty[64];
  const char *wrong[3];
  size_t i;
  FILE *file;
  NEED(mkdtemp(folder) != NULL);
  snprintf(empty, sizeof empty, "%s/empty", folder);
  file = fopen(empty, "wb");
  NEED(file != NULL && fclose(file) == 0);
  wrong[0] = "/tmp/ascribe-no-such-file", wrong[1] = folder, wrong[2] = empty;
  for (i = 0; i < 3; i++) {
    const ascribe_status status = i == 2 ? ASCRIBE_FORMAT : ASCRIBE_IO;
    NO(load_files("table", wrong[i], NULL, NULL, NULL, &out_data), status, wrong[i]);
    NO(load_files("images", wrong[i], NULL, NULL, NULL, &out_data), status, wrong[i]);
    NO(load_files("messages", wrong[i], NULL, NULL, NULL, &out_data), status, wrong[i]);
    /* A folder is looked into. */
    NO(load_files("triples", wrong[i], NULL, NULL, NULL, &out_data), i == 1 ? ASCRIBE_FORMAT : status, wrong[i]);
    if (i < 2) NO(load_files("triples", TRAIN, wrong[i], NULL, NULL, &out_data), status, wrong[i]);
  }
  NO(load_files("images", TRAIN, NULL, NULL, NULL, &out_data), ASCRIBE_FORMAT, TRAIN);
  NO(load_files("triples", "data/tables/iris.csv", NULL, NULL, NULL, &out_data), ASCRIBE_FORMAT, "iris.csv");
  NO(load_files("table", "", NULL, NULL, NULL, &out_data), ASCRIBE_IO, "");
  NO(load_files("table", "\xff", NULL, NULL, NULL, &out_data), INVALID, "paths[0] is not UTF-8");
  NO(ascribe_dataset_load_like(rows, wrong, 1, &out_data, &error), ASCRIBE_UNSUPPORTED, "matrix");
  remove(empty);
  CHECK(rmdir(folder) == 0);
}

int main(void) {
  const ascribe_change change = change_of("remove", 1, 0.0, NULL, 0);
  static const uint32_t labels[12] = {0, 1, 0, 1};
  fill(x, 24, 91);
  fill(y, 12, 92);
  rows = rows_of(x, 12, 2, y);
  classes = classes_of(x, 12, 2, labels, 2);
  facts = nations();
  m = machine_of("f64");
  model = minimized(rows, "linear", 0.1, "f64");
  fact_model = triples_model(facts, "f64");
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, steps_of("sgd", 0.05, 1, 1), NULL, &error));
  CHECK_OK(ascribe_model_ledger(m.model, &ledger, &error));
  rollback = attributor_of(m.model, "rollback", NULL);
  influence = attributor_of(model, "influence", NULL);
  CHECK_OK(ascribe_attributor_explain(influence, rows, NULL, NULL, &found, &error));
  CHECK_OK(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &answer, &error));
  nulls();
  matrices();
  capacities_and_places();
  overflows();
  kinds();
  files();
  ascribe_what_if_free(answer);
  ascribe_attribution_free(found);
  ascribe_attributor_free(influence);
  ascribe_attributor_free(rollback);
  ascribe_ledger_free(ledger);
  ascribe_model_free(model);
  ascribe_model_free(fact_model);
  ascribe_dataset_free(rows);
  ascribe_dataset_free(classes);
  ascribe_dataset_free(facts);
  machine_free(&m);
  return checks_done();
}
