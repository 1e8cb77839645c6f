/* Every handle argument of every function given NULL, each other type of handle, and what is none: a status that names it. */
#include "fixtures.h"

static machine m;
static ascribe_context *context;
static ascribe_cancel *cancel;
static ascribe_dataset *rows, *facts, *inputs;
static ascribe_model *model, *fact_model;
static ascribe_attributor *influence, *rollback;
static ascribe_attribution *attribution;
static ascribe_options *options;
static ascribe_ledger *ledger;
static ascribe_trainer *trainer;
static ascribe_what_if *what_if;
static double x[12], y[6];

/* What is wrong with the handle now, and which types it is not wrong for. */
static const char *type, *found;

static int is_null(void) { return strcmp(type, "NULL") == 0; }

static void refused(int line, const char *call, ascribe_status status, const char *argument) {
  char part[128];
  snprintf(part, sizeof part, "%s is %s", argument, found);
  check_status_(__FILE__, line, call, status, is_null() ? ASCRIBE_INVALID_ARGUMENT : ASCRIBE_INVALID_HANDLE, part);
}

/* A call with the wrong handle `h` as an argument of a type. */
#define NEEDS(right, argument, call)                                                         \
  do {                                                                                       \
    if (strcmp(type, #right) != 0) refused(__LINE__, #call, (call), argument);               \
  } while (0)
/* The same where NULL is an answer. */
#define MAY_LACK(right, argument, call)                                                      \
  do {                                                                                       \
    if (strcmp(type, #right) != 0 && !is_null()) refused(__LINE__, #call, (call), argument); \
  } while (0)
/* A call that cannot fail. */
#define IS(right, expression)                                                                \
  do {                                                                                       \
    if (strcmp(type, #right) != 0) CHECK(expression);                                        \
  } while (0)

static void contexts_and_cancels(void *h) {
  ascribe_matrix view = matrix_of(x, 6, 2);
  const ascribe_matrix_f32 view_f32 = {NULL, 0, 2, 2, 1};
  ascribe_ranking ranking = {sizeof ranking, 0, 0, 0, 0, 0};
  ascribe_model *new_model = NULL;
  ascribe_attributor *new_attributor = NULL;
  ascribe_trainer *new_trainer = NULL;
  ascribe_dataset *perturbed = NULL;
  ascribe_attribution *new_attribution = NULL;
  ascribe_what_if *new_what_if = NULL;
  static const uint64_t examples[] = {0};
  static const size_t offsets[] = {0, 1};
  const ascribe_change change = change_of("remove", 0, 0.0, NULL, 0);
  double numbers_[64];
  size_t length;
  ascribe_monitor monitor;
  CHECK(ascribe_context_threads(NULL) == 1);
  if (!is_null()) IS(context, ascribe_context_threads(h) == 0);
  MAY_LACK(context, "context", ascribe_model_new(h, "distmult", facts, NULL, &new_model, &error));
  MAY_LACK(context, "context", ascribe_model_custom(h, m.graph, m.loss, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, NULL, &new_model, &error));
  MAY_LACK(context, "context", ascribe_model_predict(model, h, &view, numbers_, 64, &error));
  MAY_LACK(context, "context", ascribe_model_predict_f32(model, h, &view_f32, numbers_, 64, &error));
  MAY_LACK(context, "context", ascribe_model_evaluate(model, h, rows, NULL, numbers_, 64, &error));
  MAY_LACK(context, "context", ascribe_model_ranking(fact_model, h, facts, facts, &ranking, &error));
  MAY_LACK(context, "context", ascribe_attributor_new(h, model, NULL, NULL, NULL, NULL, &new_attributor, &error));
  MAY_LACK(context, "context", ascribe_model_fit(model, h, rows, NULL, NULL, &error));
  MAY_LACK(context, "context", ascribe_model_smoothness(model, h, NULL, numbers_, &error));
  MAY_LACK(context, "context", ascribe_model_calibrate(m.model, h, 1, NULL, &error));
  MAY_LACK(context, "context", ascribe_trainer_new(h, model, rows, NULL, &new_trainer, &error));
  MAY_LACK(context, "context", ascribe_retraining_changes(h, model, rows, NULL, examples, offsets, 1, NULL, numbers_, 64, &error));
  MAY_LACK(context, "context", ascribe_attributor_plan(h, model, NULL, NULL, NULL, NULL, 0, &length, &error));
  IS(cancel, ascribe_cancel_requested(h) == 0);
  ascribe_monitor_init(&monitor, sizeof monitor);
  monitor.cancel = h;
  if (strcmp(type, "cancel") != 0) {
    ascribe_cancel_request(h);
    ascribe_cancel_reset(h);
  }
  view = matrix_of(x, 1, 3);
  MAY_LACK(cancel, "monitor.cancel", ascribe_model_fit(model, NULL, rows, NULL, &monitor, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_model_smoothness(m.model, NULL, &monitor, numbers_, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_model_calibrate(m.model, NULL, 1, &monitor, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_trainer_step(trainer, 1, &monitor, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_trainer_step(trainer, UINT64_MAX, &monitor, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_new(NULL, model, NULL, NULL, NULL, &monitor, &new_attributor, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_explain(influence, rows, NULL, &monitor, &new_attribution, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_leave_one_out(influence, rows, NULL, examples, 1, &monitor, numbers_, 64, NULL, 0, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_self(influence, NULL, 0, &monitor, numbers_, 64, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_products(influence, "curvature", &view, &monitor, numbers_, 64, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_products(influence, "inverse", &view, &monitor, numbers_, 64, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, &monitor, &new_what_if, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_retraining_changes(NULL, model, rows, NULL, examples, offsets, 1, &monitor, numbers_, 64, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_explain(rollback, inputs, NULL, &monitor, &new_attribution, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_plan(NULL, model, NULL, NULL, &monitor, NULL, 0, &length, &error));
  MAY_LACK(cancel, "monitor.cancel", ascribe_attributor_error_bounds(influence, rows, NULL, examples, 1, &monitor, numbers_, 64, &error));
  MAY_LACK(cancel, "monitor.cancel",
           ascribe_attributor_input_effects(influence, rows, NULL, NULL, examples, 1, &monitor, numbers_, 64, &length, &error));
  MAY_LACK(cancel, "monitor.cancel",
           ascribe_attributor_attack(influence, rows, NULL, NULL, examples, 1, NULL, &monitor, numbers_, 64, NULL, &perturbed, &error));
}

static void all_options(void *h) {
  static const char *const paths[] = {TRAIN};
  const uint64_t example = 0;
  const ascribe_change change = change_of("remove", 0, 0.0, NULL, 0);
  ascribe_dataset *data = NULL;
  ascribe_model *new_model = NULL;
  ascribe_trainer *new_trainer = NULL;
  ascribe_attributor *new_attributor = NULL;
  ascribe_what_if *new_what_if = NULL;
  double values[64];
  size_t length;
  NEEDS(options, "options", ascribe_options_set_number(h, "damping", 1.0, &error));
  NEEDS(options, "options", ascribe_options_set_integer(h, "epochs", 1, &error));
  NEEDS(options, "options", ascribe_options_set_flag(h, "intercept", 1, &error));
  NEEDS(options, "options", ascribe_options_set_text(h, "solver", "cg", &error));
  MAY_LACK(options, "options", ascribe_dataset_load("triples", paths, 1, h, &data, &error));
  MAY_LACK(options, "options", ascribe_model_new(NULL, "distmult", facts, h, &new_model, &error));
  MAY_LACK(options, "options", ascribe_model_custom(NULL, m.graph, m.loss, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, h, &new_model, &error));
  MAY_LACK(options, "options", ascribe_model_fit(model, NULL, rows, h, NULL, &error));
  MAY_LACK(options, "options", ascribe_trainer_new(NULL, model, rows, h, &new_trainer, &error));
  MAY_LACK(options, "options", ascribe_attributor_new(NULL, model, NULL, NULL, h, NULL, &new_attributor, &error));
  MAY_LACK(options, "options", ascribe_attributor_plan(NULL, model, NULL, h, NULL, NULL, 0, &length, &error));
  MAY_LACK(options, "options", ascribe_attributor_what_if(influence, rows, NULL, &change, 1, h, NULL, &new_what_if, &error));
  MAY_LACK(options, "options", ascribe_attributor_attack(influence, rows, NULL, NULL, &example, 1, h, NULL, values, 64, NULL, &data, &error));
}

static void datasets(void *h) {
  const ascribe_matrix view = matrix_of(y, 6, 1);
  const ascribe_matrix_f32 view_f32 = {NULL, 0, 2, 2, 1};
  static const char *const paths[] = {TRAIN};
  static const uint64_t examples[] = {0};
  static const size_t offsets[] = {0, 1};
  static const uint32_t ids[6] = {0};
  const ascribe_change change = change_of("remove", 0, 0.0, NULL, 0);
  ascribe_change with = change_of("add", 0, 1.0, NULL, 0);
  ascribe_ranking ranking = {sizeof ranking, 0, 0, 0, 0, 0};
  ascribe_dataset *data = NULL;
  ascribe_model *new_model = NULL;
  ascribe_attributor *new_attributor = NULL;
  ascribe_trainer *new_trainer = NULL;
  ascribe_attribution *new_attribution = NULL;
  ascribe_what_if *new_what_if = NULL;
  double numbers_[64];
  uint32_t labels[64];
  char text[64];
  size_t length;
  NEEDS(dataset, "dataset", ascribe_dataset_set_numbers(h, "y", &view, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_set_numbers_f32(h, "y", &view_f32, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_set_ids(h, "a", ids, 6, 1, &error));
  NEEDS(dataset, "like", ascribe_dataset_load_like(h, paths, 1, &data, &error));
  IS(dataset, ascribe_dataset_len(h) == 0 && ascribe_dataset_features(h) == 0 && ascribe_dataset_classes(h) == 0);
  NEEDS(dataset, "dataset", ascribe_dataset_part(h, "train", &data, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_select(h, examples, 1, &data, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_query(h, "a", "b", "c", &data, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_triples(h, labels, 64, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_describe(h, 0, text, 64, &length, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_class_name(h, 0, text, 64, &length, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_labels(h, labels, 64, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_set_labels(h, ids, 6, 2, &error));
  NEEDS(dataset, "dataset", ascribe_dataset_targets(h, numbers_, 64, &error));
  NEEDS(dataset, "data", ascribe_model_new(NULL, "linear", h, NULL, &new_model, &error));
  NEEDS(dataset, "queries", ascribe_model_evaluate(model, NULL, h, NULL, numbers_, 64, &error));
  NEEDS(dataset, "known", ascribe_model_ranking(fact_model, NULL, h, facts, &ranking, &error));
  NEEDS(dataset, "queries", ascribe_model_ranking(fact_model, NULL, facts, h, &ranking, &error));
  MAY_LACK(dataset, "data", ascribe_attributor_new(NULL, model, "influence", h, NULL, NULL, &new_attributor, &error));
  NEEDS(dataset, "queries", ascribe_attributor_explain(influence, h, NULL, NULL, &new_attribution, &error));
  MAY_LACK(dataset, "data", ascribe_attributor_plan(NULL, model, h, NULL, NULL, NULL, 0, &length, &error));
  NEEDS(dataset, "queries", ascribe_attributor_leave_one_out(influence, h, NULL, examples, 1, NULL, numbers_, 64, NULL, 0, &error));
  NEEDS(dataset, "queries", ascribe_attributor_error_bounds(influence, h, NULL, examples, 1, NULL, numbers_, 64, &error));
  NEEDS(dataset, "queries", ascribe_attributor_input_effects(influence, h, NULL, NULL, examples, 1, NULL, numbers_, 64, &length, &error));
  NEEDS(dataset, "queries", ascribe_attributor_attack(influence, h, NULL, NULL, examples, 1, NULL, NULL, numbers_, 64, NULL, &data, &error));
  NEEDS(dataset, "queries", ascribe_attributor_what_if(influence, h, NULL, &change, 1, NULL, NULL, &new_what_if, &error));
  with.data = h;
  NEEDS(dataset, "changes[0].data", ascribe_attributor_what_if(influence, rows, NULL, &with, 1, NULL, NULL, &new_what_if, &error));
  with.kind = "replace";
  NEEDS(dataset, "changes[0].data", ascribe_attributor_what_if(influence, rows, NULL, &with, 1, NULL, NULL, &new_what_if, &error));
  NEEDS(dataset, "data", ascribe_model_fit(model, NULL, h, NULL, NULL, &error));
  NEEDS(dataset, "data", ascribe_trainer_new(NULL, model, h, NULL, &new_trainer, &error));
  NEEDS(dataset, "queries", ascribe_retraining_changes(NULL, model, h, NULL, examples, offsets, 1, NULL, numbers_, 64, &error));
  NEEDS(dataset, "queries", ascribe_attributor_explain(rollback, h, NULL, NULL, &new_attribution, &error));
}

static void models(void *h) {
  const ascribe_matrix view = matrix_of(x, 6, 2);
  const ascribe_matrix_f32 view_f32 = {NULL, 0, 2, 2, 1};
  static const uint64_t examples[] = {0};
  static const size_t offsets[] = {0, 1};
  ascribe_training training = {sizeof training, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  ascribe_ranking ranking = {sizeof ranking, 0, 0, 0, 0, 0};
  ascribe_model *new_model = NULL;
  ascribe_dataset *data = NULL;
  ascribe_ledger *new_ledger = NULL;
  ascribe_attributor *new_attributor = NULL;
  ascribe_trainer *new_trainer = NULL;
  double numbers_[64];
  int64_t sizes[4];
  char text[64];
  size_t length;
  NEEDS(model, "model", ascribe_model_clone(h, &new_model, &error));
  IS(model, ascribe_model_parameters(h) == 0 && ascribe_model_dimension(h) == 0 && ascribe_model_outputs(h) == 0);
  NEEDS(model, "model", ascribe_model_parameter_name(h, 0, text, 64, &length, &error));
  NEEDS(model, "model", ascribe_model_parameter_shape(h, 0, sizes, 4, &length, &error));
  NEEDS(model, "model", ascribe_model_parameter(h, 0, numbers_, 64, &error));
  NEEDS(model, "model", ascribe_model_set_parameter(h, 0, y, 2, &error));
  NEEDS(model, "model", ascribe_model_predict(h, NULL, &view, numbers_, 64, &error));
  NEEDS(model, "model", ascribe_model_predict_f32(h, NULL, &view_f32, numbers_, 64, &error));
  NEEDS(model, "model", ascribe_model_evaluate(h, NULL, rows, NULL, numbers_, 64, &error));
  NEEDS(model, "model", ascribe_model_ranking(h, NULL, facts, facts, &ranking, &error));
  NEEDS(model, "model", ascribe_model_data(h, &data, &error));
  NEEDS(model, "model", ascribe_model_ledger(h, &new_ledger, &error));
  NEEDS(model, "model", ascribe_model_training(h, &training, &error));
  NEEDS(model, "model", ascribe_attributor_new(NULL, h, "influence", rows, NULL, NULL, &new_attributor, &error));
  NEEDS(model, "model", ascribe_attributor_plan(NULL, h, rows, NULL, NULL, NULL, 0, &length, &error));
  NEEDS(model, "model", ascribe_model_describe(h, NULL, 0, &length, &error));
  NEEDS(model, "model", ascribe_model_save(h, "/tmp/ascribe-never", &error));
  NEEDS(model, "model", ascribe_model_restore(h, "/tmp/ascribe-never", &error));
  NEEDS(model, "model", ascribe_model_fit(h, NULL, rows, NULL, NULL, &error));
  NEEDS(model, "model", ascribe_model_smoothness(h, NULL, NULL, numbers_, &error));
  NEEDS(model, "model", ascribe_model_calibrate(h, NULL, 1, NULL, &error));
  NEEDS(model, "model", ascribe_trainer_new(NULL, h, rows, NULL, &new_trainer, &error));
  NEEDS(model, "model", ascribe_retraining_changes(NULL, h, rows, NULL, examples, offsets, 1, NULL, numbers_, 64, &error));
  NEEDS(trainer, "trainer", ascribe_trainer_step(h, 1, NULL, &error));
  NEEDS(trainer, "trainer", ascribe_trainer_step(h, UINT64_MAX, NULL, &error));
  NEEDS(trainer, "trainer", ascribe_trainer_training(h, &training, &error));
  NEEDS(trainer, "trainer", ascribe_trainer_model(h, &new_model, &error));
  NEEDS(graph, "graph", ascribe_model_custom(NULL, h, 0, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, NULL, &new_model, &error));
}

static void answers(void *h) {
  const ascribe_matrix view = matrix_of(x, 1, 3);
  static const uint64_t examples[] = {0};
  const ascribe_change change = change_of("remove", 0, 0.0, NULL, 0);
  ascribe_certificate certificate = {sizeof certificate, 0, 0, 0, 0, 0, 0};
  ascribe_diagnostics diagnostics;
  ascribe_attribution *new_attribution = NULL;
  ascribe_what_if *new_what_if = NULL;
  double numbers_[64], value;
  uint64_t places[64], row;
  ascribe_dataset *perturbed = NULL;
  char text[64];
  size_t length, width;
  diagnostics.struct_size = sizeof diagnostics;
  IS(attribution, ascribe_attribution_queries(h) == 0 && ascribe_attribution_len(h, 0) == 0);
  NEEDS(attribution, "attribution", ascribe_attribution_value(h, 0, &value, &error));
  NEEDS(attribution, "attribution", ascribe_attribution_growth(h, 0, &value, &error));
  NEEDS(attribution, "attribution", ascribe_attribution_upper_tail(h, 0, 1, &value, &error));
  NEEDS(attribution, "attribution", ascribe_attribution_unit(h, text, 64, &length, &error));
  NEEDS(attribution, "attribution", ascribe_attribution_copy(h, 0, places, numbers_, 64, &error));
  NEEDS(attribution, "attribution", ascribe_attribution_top(h, 0, "largest", places, numbers_, 64, &length, &error));
  NEEDS(attribution, "attribution", ascribe_attribution_certificate(h, 0, &certificate, &error));
  IS(ledger, ascribe_ledger_examples(h) == 0 && ascribe_ledger_slots(h, 0) == 0);
  NEEDS(ledger, "ledger", ascribe_ledger_slot(h, 0, 0, &length, &row, &width, &error));
  NEEDS(ledger, "ledger", ascribe_ledger_change(h, 0, 0, numbers_, 64, &error));
  NEEDS(ledger, "ledger", ascribe_ledger_remainder(h, 0, numbers_, 64, &error));
  IS(attributor, ascribe_attributor_examples(h) == 0);
  NEEDS(attributor, "attributor", ascribe_attributor_diagnostics(h, &diagnostics, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_describe(h, text, 64, &length, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_explain(h, rows, NULL, NULL, &new_attribution, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_leave_one_out(h, rows, NULL, examples, 1, NULL, numbers_, 64, NULL, 0, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_error_bounds(h, rows, NULL, examples, 1, NULL, numbers_, 64, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_input_effects(h, rows, NULL, NULL, examples, 1, NULL, numbers_, 64, &length, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_attack(h, rows, NULL, NULL, examples, 1, NULL, NULL, numbers_, 64, NULL, &perturbed, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_self(h, NULL, 0, NULL, numbers_, 64, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_products(h, "curvature", &view, NULL, numbers_, 64, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_products(h, "inverse", &view, NULL, numbers_, 64, &error));
  NEEDS(attributor, "attributor", ascribe_attributor_what_if(h, rows, NULL, &change, 1, NULL, NULL, &new_what_if, &error));
  IS(what_if, ascribe_what_if_queries(h) == 0 && ascribe_what_if_levels(h) == 0 && ascribe_what_if_reached(h) == 0);
  NEEDS(what_if, "what_if", ascribe_what_if_before(h, numbers_, 64, &error));
  NEEDS(what_if, "what_if", ascribe_what_if_level_name(h, 0, text, 64, &length, &error));
  NEEDS(what_if, "what_if", ascribe_what_if_changes(h, 0, numbers_, NULL, 64, NULL, NULL, &error));
  NEEDS(what_if, "what_if", ascribe_what_if_parameters(h, 0, numbers_, 64, &error));
  if (!is_null()) IS(error, ascribe_error_code(h) == ASCRIBE_INVALID_HANDLE && ascribe_error_message(h)[0] != '\0');
}

static void graphs(void *h) {
  ascribe_node n = 4242;
  size_t rank;
  const int64_t one[] = {1};
  const ascribe_node by[] = {0};
#define G(call) NEEDS(graph, "graph", call)
  G(ascribe_graph_unary(h, "exp", 0, &n, &error));
  G(ascribe_graph_leaf(h, "parameter", "n", one, 1, &n, &error));
  G(ascribe_graph_with_constant(h, "scale", 0, 1, &n, &error));
  G(ascribe_graph_binary(h, "add", 0, 0, &n, &error));
  G(ascribe_graph_along_axis(h, "sum", 0, 0, &n, &error));
  G(ascribe_graph_gather(h, "rows", 0, 0, &n, &error));
  G(ascribe_graph_fill(h, 1.0, one, 1, &n, &error));
  G(ascribe_graph_shape(h, 0, NULL, 0, &rank, &error));
  G(ascribe_graph_expand(h, 0, 0, 1, &n, &error));
  G(ascribe_graph_reshape(h, 0, one, 1, &n, &error));
  G(ascribe_graph_permute(h, 0, one, 1, &n, &error));
  G(ascribe_graph_resize(h, "slice", 0, 0, 0, 1, &n, &error));
  G(ascribe_graph_resize(h, "pad", 0, 0, 0, 1, &n, &error));
  G(ascribe_graph_concatenate(h, 0, 0, 0, &n, &error));
  G(ascribe_graph_gradient(h, 0, by, 1, &n, &error));
  G(ascribe_graph_own(h, 0, 0, &error));
  G(ascribe_graph_functional(h, "f", 0, &error));
  G(ascribe_graph_scatter(h, "rows", 0, 0, 1, &n, &error));
  G(ascribe_graph_scatter(h, "rows_over_batch", 0, 0, 1, &n, &error));
  G(ascribe_graph_scatter(h, "elements", 0, 0, 1, &n, &error));
  G(ascribe_graph_windows(h, "unfold", 0, 1, 1, 1, 1, &n, &error));
  G(ascribe_graph_windows(h, "fold", 0, 1, 1, 1, 1, &n, &error));
  G(ascribe_graph_convolve2d(h, 0, 0, 1, 1, 0, 0, &n, &error));
  G(ascribe_graph_windows(h, "max_pool2d", 0, 1, 1, 1, 1, &n, &error));
  G(ascribe_graph_windows(h, "average_pool2d", 0, 1, 1, 1, 1, &n, &error));
  G(ascribe_graph_einsum(h, "d,d->", 0, 0, 0, &n, &error));
  G(ascribe_graph_einsum(h, "d,d->", 0, 0, 1, &n, &error));
  CHECK(n == 4242);
}

/* Frees by all functions but the right one leave the object alone. */
static void frees(void *h) {
#define FREE(right)                                                              \
  do {                                                                           \
    if (strcmp(type, #right) != 0) ascribe_##right##_free(h);                    \
  } while (0)
  FREE(context); FREE(cancel); FREE(dataset); FREE(graph); FREE(model); FREE(attributor); FREE(attribution); FREE(options); FREE(ledger);
  FREE(trainer); FREE(what_if); FREE(error);
}

static void everything(void *h, const char *of) {
  static char text[64];
  type = of;
  snprintf(text, sizeof text, "a handle of type ascribe_%s", of);
  found = strcmp(of, "NULL") == 0 ? "NULL" : strcmp(of, "none") == 0 ? "no handle" : text;
  frees(h);
  contexts_and_cancels(h);
  all_options(h);
  datasets(h);
  models(h);
  answers(h);
  graphs(h);
  frees(h);
}

int main(void) {
  static double none[8];
  ascribe_error *failure = NULL;
  const ascribe_options *training = steps_of("sgd", 0.01, 1, 1);
  const ascribe_change change = change_of("remove", 0, 0.0, NULL, 0);
  m = machine_of("f64");
  fill(x, 12, 1);
  fill(y, 6, 2);
  rows = rows_of(x, 6, 2, y);
  facts = nations();
  inputs = selected(m.data, 0, 1);
  model = minimized(rows, "linear", 0.1, "f64");
  fact_model = triples_model(facts, "f64");
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, training, NULL, &error));
  CHECK_OK(ascribe_context_new(NULL, &context, &error));
  CHECK_OK(ascribe_cancel_new(&cancel, &error));
  CHECK_OK(ascribe_options_new(&options, &error));
  influence = attributor_of(model, "influence", NULL);
  CHECK_OK(ascribe_attributor_explain(influence, rows, NULL, NULL, &attribution, &error));
  CHECK_OK(ascribe_attributor_what_if(influence, rows, NULL, &change, 1, NULL, NULL, &what_if, &error));
  rollback = attributor_of(m.model, "rollback", NULL);
  CHECK_OK(ascribe_model_ledger(m.model, &ledger, &error));
  CHECK_OK(ascribe_trainer_new(NULL, model, rows, training, &trainer, &error));
  CHECK(ascribe_graph_new(NULL, &failure) == ASCRIBE_INVALID_ARGUMENT);
  everything(NULL, "NULL");
  everything(none, "none");
  everything((char *)none + 1, "none");
  everything(context, "context");
  everything(cancel, "cancel");
  everything(rows, "dataset");
  everything(m.graph, "graph");
  everything(model, "model");
  everything(influence, "attributor");
  everything(attribution, "attribution");
  everything(rollback, "attributor");
  everything(options, "options");
  everything(ledger, "ledger");
  everything(trainer, "trainer");
  everything(what_if, "what_if");
  everything(failure, "error");
  /* Freed handles are told where memory still allows it; valgrind would rightly complain about the look at them. */
  if (getenv("LD_PRELOAD") == NULL || strstr(getenv("LD_PRELOAD"), "vgpreload") == NULL) {
    ascribe_dataset *gone = selected(rows, 0, 1), *other = NULL;
    ascribe_training result = {sizeof result, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    ascribe_model *gone_model = NULL;
    CHECK_OK(ascribe_model_clone(model, &gone_model, &error));
    ascribe_dataset_free(gone);
    ascribe_model_free(gone_model);
    CHECK(ascribe_dataset_len(gone) == 0);
    CHECK(ascribe_dataset_part(gone, "train", &other, NULL) == ASCRIBE_INVALID_HANDLE);
    CHECK(ascribe_model_training(gone_model, &result, NULL) == ASCRIBE_INVALID_HANDLE);
    CHECK(ascribe_model_evaluate(gone_model, NULL, rows, NULL, x, 12, NULL) == ASCRIBE_INVALID_HANDLE);
    ascribe_dataset_free(gone);
    ascribe_model_free(gone_model);
  }
  /* All of them are still what they were. */
  CHECK(ascribe_context_threads(context) == 1 && ascribe_cancel_requested(cancel) == 0 && ascribe_dataset_len(rows) == 6);
  CHECK(ascribe_model_dimension(model) == 3 && ascribe_attribution_len(attribution, 0) == 6 && ascribe_ledger_examples(ledger) == 30);
  CHECK(ascribe_what_if_queries(what_if) == 6 && ascribe_attributor_examples(influence) == 6 && ascribe_error_code(failure) == ASCRIBE_INVALID_ARGUMENT);
  CHECK_OK(ascribe_trainer_step(trainer, UINT64_MAX, NULL, &error));
  ascribe_error_free(failure);
  ascribe_context_free(context);
  ascribe_cancel_free(cancel);
  ascribe_dataset_free(rows);
  ascribe_dataset_free(facts);
  ascribe_dataset_free(inputs);
  ascribe_model_free(model);
  ascribe_model_free(fact_model);
  ascribe_attributor_free(influence);
  ascribe_attribution_free(attribution);
  ascribe_what_if_free(what_if);
  ascribe_attributor_free(rollback);
  ascribe_options_free(options);
  ascribe_ledger_free(ledger);
  ascribe_trainer_free(trainer);
  machine_free(&m);
  return checks_done();
}
