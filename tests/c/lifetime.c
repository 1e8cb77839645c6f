/* Lives of objects: every order of freeing, other threads, canceling at every report, calls from callbacks, and a forced panic. */
#include "fixtures.h"

#include <pthread.h>

enum { ROWS = 24, COLUMNS = 3, P = COLUMNS + 1 };

static double x[ROWS * COLUMNS], y[ROWS];

static void *free_model(void *h) { return ascribe_model_free(h), NULL; }
static void *free_dataset(void *h) { return ascribe_dataset_free(h), NULL; }
static void *free_context(void *h) { return ascribe_context_free(h), NULL; }
static void *free_attributor(void *h) { return ascribe_attributor_free(h), NULL; }
static void *free_attribution(void *h) { return ascribe_attribution_free(h), NULL; }
static void *free_what_if(void *h) { return ascribe_what_if_free(h), NULL; }
static void *free_trainer(void *h) { return ascribe_trainer_free(h), NULL; }

/* Frees on another thread. */
static void elsewhere(void *(*release)(void *), void *object) {
  pthread_t thread;
  NEED(pthread_create(&thread, NULL, release, object) == 0);
  pthread_join(thread, NULL);
}

/* Seven objects that were made of each other, freed in every rotation, forwards and backwards; what is left still answers. */
static void orders(void) {
  size_t first, i;
  int step;
  for (step = 1; step <= 6; step += 5)
    for (first = 0; first < 7; first++) {
      void *(*const releases[])(void *) = {free_context, free_dataset, free_model, free_trainer, free_attributor, free_attribution, free_what_if};
      const ascribe_change change = change_of("remove", 1, 0.0, NULL, 0);
      ascribe_context_options where;
      ascribe_context *context = NULL;
      ascribe_dataset *data = rows_of(x, ROWS, COLUMNS, y);
      ascribe_model *model = minimized(data, "linear", 0.1, "f64");
      ascribe_trainer *trainer = NULL;
      ascribe_attributor *influence = NULL;
      ascribe_attribution *found = NULL;
      ascribe_what_if *answer = NULL;
      void *objects[7];
      ascribe_context_options_init(&where, sizeof where);
      where.threads = 2;
      CHECK_OK(ascribe_context_new(&where, &context, &error));
      CHECK_OK(ascribe_trainer_new(context, model, data, NULL, &trainer, &error));
      CHECK_OK(ascribe_attributor_new(context, model, "influence", NULL, NULL, NULL, &influence, &error));
      CHECK_OK(ascribe_attributor_explain(influence, data, NULL, NULL, &found, &error));
      CHECK_OK(ascribe_attributor_what_if(influence, data, NULL, &change, 1, NULL, NULL, &answer, &error));
      objects[0] = context, objects[1] = data, objects[2] = model, objects[3] = trainer, objects[4] = influence, objects[5] = found, objects[6] = answer;
      for (i = 0; i < 7; i++) {
        const size_t place = (first + (size_t)step * i) % 7;
        double value[ROWS];
        if (i % 2) elsewhere(releases[place], objects[place]);
        else releases[place](objects[place]);
        objects[place] = NULL;
        if (objects[3] != NULL) CHECK_OK(ascribe_trainer_step(trainer, 1, NULL, &error));
        if (objects[4] != NULL) CHECK_OK(ascribe_attributor_self(influence, NULL, 0, NULL, value, ROWS, &error));
        if (objects[5] != NULL) CHECK_OK(ascribe_attribution_value(found, 3, value, &error));
        if (objects[6] != NULL) CHECK_OK(ascribe_what_if_before(answer, value, ROWS, &error));
      }
    }
}

/* What the tests of canceling call, on objects that do not change when a call fails. */
static ascribe_dataset *data, *facts;
static machine m;
static ascribe_model *model, *trained, *fact_model;
static ascribe_attributor *influence;
static ascribe_attributor *rollback, *graddot, *again[3];
static ascribe_context *pool;

static ascribe_status fits(const ascribe_monitor *monitor, double *results) {
  const ascribe_status status = ascribe_model_fit(model, pool, data, steps_of("sgd", 0.05, 4, 5), monitor, &error);
  if (status == ASCRIBE_OK) CHECK(ascribe_model_parameter(model, 0, results, P, NULL) == ASCRIBE_OK);
  return status;
}

static ascribe_status runs(const ascribe_monitor *monitor, double *results) {
  ascribe_trainer *trainer = NULL;
  ascribe_model *made = NULL;
  ascribe_status status;
  CHECK(ascribe_trainer_new(pool, m.model, m.data, steps_of("adam", 0.05, 4, 5), &trainer, NULL) == ASCRIBE_OK);
  status = ascribe_trainer_step(trainer, UINT64_MAX, monitor, &error);
  if (status == ASCRIBE_CANCELED) CHECK(ascribe_trainer_step(trainer, UINT64_MAX, NULL, NULL) == ASCRIBE_OK);
  CHECK(ascribe_trainer_model(trainer, &made, NULL) == ASCRIBE_OK);
  /* A training that was canceled goes on to the same bytes. */
  CHECK(ascribe_model_parameter(made, 0, results, 12, NULL) == ASCRIBE_OK);
  ascribe_model_free(made);
  ascribe_trainer_free(trainer);
  return status;
}

static ascribe_status minimizes(const ascribe_monitor *monitor, double *results) {
  const ascribe_status status = ascribe_model_fit(model, pool, data, options_of("optimizer=minimize"), monitor, &error);
  if (status == ASCRIBE_OK) CHECK(ascribe_model_parameter(model, 0, results, P, NULL) == ASCRIBE_OK);
  return status;
}

static ascribe_status explains(const ascribe_monitor *monitor, double *results) {
  ascribe_attribution *found = NULL;
  const ascribe_status status = ascribe_attributor_explain(influence, data, NULL, monitor, &found, &error);
  CHECK((found == NULL) == (status != ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_attribution_copy(found, 2, NULL, results, ROWS, NULL) == ASCRIBE_OK);
  ascribe_attribution_free(found);
  return status;
}

static ascribe_status rolls_back(const ascribe_monitor *monitor, double *results) {
  ascribe_attribution *found = NULL;
  const ascribe_status status = ascribe_attributor_explain(rollback, m.data, "score", monitor, &found, &error);
  CHECK((found == NULL) == (status != ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_attribution_copy(found, 2, NULL, results, 30, NULL) == ASCRIBE_OK);
  ascribe_attribution_free(found);
  return status;
}

static ascribe_status selves(const ascribe_monitor *monitor, double *results) {
  return ascribe_attributor_self(influence, NULL, 0, monitor, results, ROWS, &error);
}

static ascribe_status leaves_out(const ascribe_monitor *monitor, double *results) {
  static const uint64_t examples[] = {1, 5};
  ascribe_dataset *query = selected(data, 4, 1);
  const ascribe_status status = ascribe_attributor_leave_one_out(influence, query, NULL, examples, 2, monitor, results, 2, results + 2, 2, &error);
  ascribe_dataset_free(query);
  return status;
}

static ascribe_status multiplies(const ascribe_monitor *monitor, double *results) {
  const ascribe_matrix view = matrix_of(x, 2, P);
  return ascribe_attributor_products(influence, "curvature", &view, monitor, results, 2 * P, &error);
}

static ascribe_status divides(const ascribe_monitor *monitor, double *results) {
  const ascribe_matrix view = matrix_of(x, 2, P);
  return ascribe_attributor_products(influence, "inverse", &view, monitor, results, 2 * P, &error);
}

static ascribe_status asks_what_if(const ascribe_monitor *monitor, double *results) {
  const ascribe_change change = change_of("remove", 1, 0.0, NULL, 0);
  ascribe_what_if *answer = NULL;
  ascribe_status status;
  status = ascribe_attributor_what_if(influence, data, NULL, &change, 1, options_of("until=retrained"), monitor, &answer, &error);
  CHECK((answer == NULL) == (status != ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_what_if_changes(answer, ascribe_what_if_levels(answer) - 1, results, NULL, 40, NULL, NULL, NULL) == ASCRIBE_OK);
  ascribe_what_if_free(answer);
  return status;
}

static ascribe_status fits_curvature(const ascribe_monitor *monitor, double *results) {
  ascribe_attributor *made = NULL;
  const ascribe_status status = ascribe_attributor_new(pool, trained, "influence", NULL, options_of("solver=cg"), monitor, &made, &error);
  CHECK((made == NULL) == (status != ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_attributor_self(made, NULL, 0, NULL, results, ROWS, NULL) == ASCRIBE_OK);
  ascribe_attributor_free(made);
  return status;
}

static ascribe_status retrains(const ascribe_monitor *monitor, double *results) {
  static const uint64_t examples[] = {1, 5, 9};
  static const size_t offsets[] = {0, 1, 3};
  ascribe_dataset *query = selected(m.data, 4, 2);
  const ascribe_status status = ascribe_retraining_changes(pool, m.model, query, "score", examples, offsets, 2, monitor, results, 4, &error);
  ascribe_dataset_free(query);
  return status;
}

static ascribe_status bounds(const ascribe_monitor *monitor, double *results) {
  static const uint64_t examples[] = {1, 5};
  ascribe_dataset *query = selected(data, 4, 2);
  const ascribe_status status = ascribe_attributor_error_bounds(influence, query, NULL, examples, 2, monitor, results, 4, &error);
  ascribe_dataset_free(query);
  return status;
}

static ascribe_status input_effects(const ascribe_monitor *monitor, double *results) {
  static const uint64_t examples[] = {1, 5};
  ascribe_dataset *query = selected(data, 4, 2);
  size_t width = 99;
  const ascribe_status status =
      ascribe_attributor_input_effects(influence, query, NULL, NULL, examples, 2, monitor, results, 4 * COLUMNS, &width, &error);
  CHECK(width == (status == ASCRIBE_OK ? COLUMNS : 99));
  ascribe_dataset_free(query);
  return status;
}

static ascribe_status attacks(const ascribe_monitor *monitor, double *results) {
  static const uint64_t examples[] = {1, 5};
  ascribe_dataset *query = selected(data, 4, 2), *perturbed = NULL;
  const ascribe_status status = ascribe_attributor_attack(influence, query, NULL, NULL, examples, 2, options_of("rounds=2; low=-2; high=2"),
                                                          monitor, results, 3, NULL, &perturbed, &error);
  CHECK((perturbed == NULL) == (status != ASCRIBE_OK));
  ascribe_dataset_free(perturbed);
  ascribe_dataset_free(query);
  return status;
}

static ascribe_status by_products_of_gradients(const ascribe_monitor *monitor, double *results) {
  ascribe_attribution *found = NULL;
  const ascribe_status status = ascribe_attributor_explain(graddot, data, NULL, monitor, &found, &error);
  CHECK((found == NULL) == (status != ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_attribution_copy(found, 2, NULL, results, ROWS, NULL) == ASCRIBE_OK);
  ascribe_attribution_free(found);
  return status;
}

/* Those that do the training again. */
static ascribe_status walks(size_t method, const ascribe_monitor *monitor, double *results) {
  ascribe_attribution *found = NULL;
  const ascribe_status status = ascribe_attributor_explain(again[method], m.data, "score", monitor, &found, &error);
  CHECK((found == NULL) == (status != ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_attribution_copy(found, 2, NULL, results, 30, NULL) == ASCRIBE_OK);
  ascribe_attribution_free(found);
  return status;
}

static ascribe_status replays(const ascribe_monitor *monitor, double *results) {
  ascribe_attributor_free(again[0]);
  again[0] = NULL;
  /* Anew, because the last answer is kept. */
  CHECK(ascribe_attributor_new(pool, m.model, "replay", NULL, NULL, NULL, &again[0], NULL) == ASCRIBE_OK);
  return walks(0, monitor, results);
}

static ascribe_status traces(const ascribe_monitor *monitor, double *results) { return walks(1, monitor, results); }

static ascribe_status compares(const ascribe_monitor *monitor, double *results) { return walks(2, monitor, results); }

static ascribe_status smooths(const ascribe_monitor *monitor, double *results) {
  return ascribe_model_smoothness(m.model, pool, monitor, results, &error);
}

/* What was measured is in the description, and was not before. */
static ascribe_status calibrates(const ascribe_monitor *monitor, double *results) {
  ascribe_model *mine = NULL;
  ascribe_dataset *query = NULL;
  ascribe_attributor *attributor = NULL;
  ascribe_attribution *found = NULL;
  ascribe_options *options = NULL;
  const uint64_t first = 0;
  char text[8192];
  size_t length;
  ascribe_status status;
  CHECK(ascribe_model_clone(fact_model, &mine, NULL) == ASCRIBE_OK && ascribe_options_new(&options, NULL) == ASCRIBE_OK);
  status = ascribe_model_calibrate(mine, pool, 2, monitor, &error);
  CHECK(ascribe_options_set_integer(options, "calibrate", 0, NULL) == ASCRIBE_OK);
  CHECK(ascribe_dataset_select(facts, &first, 1, &query, NULL) == ASCRIBE_OK);
  CHECK(ascribe_attributor_new(NULL, mine, "rollback", NULL, options, NULL, &attributor, NULL) == ASCRIBE_OK);
  CHECK(ascribe_attributor_explain(attributor, query, NULL, NULL, &found, NULL) == ASCRIBE_OK);
  CHECK(ascribe_attributor_describe(attributor, text, sizeof text, &length, NULL) == ASCRIBE_OK);
  CHECK((strstr(text, "\"calibration\":") != NULL) == (status == ASCRIBE_OK));
  if (status == ASCRIBE_OK) CHECK(ascribe_attribution_value(found, 0, results, NULL) == ASCRIBE_OK);
  ascribe_attribution_free(found);
  ascribe_attributor_free(attributor);
  ascribe_dataset_free(query);
  ascribe_options_free(options);
  ascribe_model_free(mine);
  return status;
}

struct heard {
  int calls, stop_at;
  const char *phase;
};

static int32_t hear(const ascribe_progress *event, void *user_data) {
  struct heard *heard = user_data;
  CHECK(event->struct_size == sizeof *event && event->phase != NULL && (event->total == 0 || event->done <= event->total));
  heard->phase = event->phase;
  return heard->calls++ == heard->stop_at;
}

/* Ends a call at its first report, its second and so on until it comes through; fails, and leaves results alone, each time before. */
static void canceled_everywhere(const char *name, ascribe_status (*call)(const ascribe_monitor *, double *), int keeps) {
  double expected[64], results[64];
  int most = 0;
  struct heard heard = {0, -1, NULL};
  ascribe_monitor monitor;
  ascribe_cancel *cancel = NULL;
  size_t i;
  ascribe_model *before = NULL;
  ascribe_status status;
  ascribe_monitor_init(&monitor, sizeof monitor);
  CHECK(monitor.progress == NULL && monitor.cancel == NULL);
  CHECK_OK(ascribe_model_clone(model, &before, &error));
  for (i = 0; i < 64; i++) expected[i] = results[i] = 12.5;
  CHECK_OK(call(NULL, expected));
  monitor.progress = hear;
  monitor.progress_data = &heard;
  for (heard.stop_at = 0; most < 2000; heard.stop_at++, most++) {
    ascribe_model_free(model);
    CHECK_OK(ascribe_model_clone(before, &model, &error));
    heard.calls = 0;
    for (i = 0; i < 64; i++) results[i] = 12.5;
    status = call(&monitor, results);
    if (status == ASCRIBE_OK) break;
    CHECK_FAILS(status, ASCRIBE_CANCELED, "canceled");
    CHECK(heard.calls == heard.stop_at + 1);
    CHECK(same_parameters(model, before));
    if (keeps)
      for (i = 0; i < 64; i++) CHECK(results[i] == 12.5);
    else CHECK(memcmp(results, expected, sizeof results) == 0);
  }
  CHECK_OK(status);
  CHECK(memcmp(results, expected, sizeof results) == 0);
  if (getenv("ASCRIBE_TEST_VERBOSE") != NULL) printf("%s: %d reports\n", name, most);
  /* A flag that is set already ends it at once, and does so until it is cleared. */
  CHECK_OK(ascribe_cancel_new(&cancel, &error));
  monitor.progress = NULL;
  monitor.cancel = cancel;
  ascribe_cancel_request(cancel);
  ascribe_model_free(model);
  CHECK_OK(ascribe_model_clone(before, &model, &error));
  CHECK_FAILS(call(&monitor, results), ASCRIBE_CANCELED, "canceled");
  ascribe_cancel_reset(cancel);
  CHECK_OK(call(&monitor, results));
  CHECK(memcmp(results, expected, sizeof results) == 0);
  ascribe_cancel_free(cancel);
  ascribe_model_free(model);
  model = before;
}

/* From a callback: other calls on what was given as const are answered, those that need it alone are refused. */
static int32_t meddle(const ascribe_progress *event, void *user_data) {
  double values[ROWS];
  (void)event;
  ++*(int *)user_data;
  CHECK(ascribe_dataset_len(data) == ROWS);
  CHECK_OK(ascribe_model_evaluate(trained, NULL, data, NULL, values, ROWS, &error));
  CHECK_FAILS(ascribe_model_set_parameter(model, 0, x, COLUMNS, &error), ASCRIBE_INVALID_ARGUMENT, "model is in use by another call");
  CHECK_FAILS(ascribe_model_fit(model, NULL, data, NULL, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "in use");
  CHECK_FAILS(ascribe_model_parameter(model, 0, values, COLUMNS, &error), ASCRIBE_INVALID_ARGUMENT, "in use");
  CHECK_FAILS(ascribe_dataset_set_labels(data, NULL, 0, 2, &error), ASCRIBE_INVALID_ARGUMENT, "dataset is in use by another call");
  CHECK(ascribe_model_dimension(model) == 0);
  return 0;
}

/* An influence does not answer the callback of its own call, which would wait for itself. */
static int32_t ask_itself(const ascribe_progress *event, void *user_data) {
  ascribe_diagnostics diagnostics;
  (void)event;
  ++*(int *)user_data;
  diagnostics.struct_size = sizeof diagnostics;
  CHECK_FAILS(ascribe_attributor_diagnostics(influence, &diagnostics, &error), ASCRIBE_INVALID_ARGUMENT, "in use by the call whose callback");
  return 0;
}

static int32_t free_it(const ascribe_progress *event, void *user_data) {
  ascribe_model **mine = user_data;
  (void)event;
  ascribe_model_free(*mine);
  *mine = NULL;
  return 0;
}

/* A dataset that a call reads, freed meanwhile, twice: no other call takes it any more. */
static int32_t free_what_is_read(const ascribe_progress *event, void *user_data) {
  ascribe_dataset *read = user_data;
  double values[ROWS];
  (void)event;
  ascribe_dataset_free(read);
  ascribe_dataset_free(read);
  CHECK(ascribe_dataset_len(read) == 0);
  CHECK_FAILS(ascribe_dataset_targets(read, values, ROWS, &error), ASCRIBE_INVALID_HANDLE, "dataset is a handle that was freed");
  CHECK_FAILS(ascribe_dataset_set_labels(read, NULL, 0, 2, &error), ASCRIBE_INVALID_HANDLE, "dataset is a handle that was freed");
  return 0;
}

static void callbacks(void) {
  const ascribe_options *training = steps_of("sgd", 0.05, 3, 5);
  ascribe_model *mine = NULL;
  ascribe_attribution *scores = NULL;
  ascribe_monitor monitor;
  int calls = 0, asked = 0;
  ascribe_monitor_init(&monitor, sizeof monitor);
  monitor.progress = meddle;
  monitor.progress_data = &calls;
  CHECK_OK(ascribe_model_fit(model, NULL, data, training, &monitor, &error));
  CHECK(calls >= 3);
  monitor.progress = ask_itself;
  monitor.progress_data = &asked;
  CHECK_OK(ascribe_attributor_explain(influence, data, NULL, &monitor, &scores, &error));
  CHECK(asked >= 1);
  ascribe_attribution_free(scores);
  /* Freed while in use: destroyed when the call returns. */
  CHECK_OK(ascribe_model_clone(model, &mine, &error));
  monitor.progress = free_it;
  monitor.progress_data = &mine;
  CHECK_OK(ascribe_model_fit(mine, NULL, data, training, &monitor, &error));
  CHECK(mine == NULL);
  monitor.progress = free_what_is_read;
  monitor.progress_data = rows_of(x, ROWS, COLUMNS, y);
  CHECK_OK(ascribe_model_fit(model, NULL, monitor.progress_data, training, &monitor, &error));
}

/* The same objects asked by several threads at once give what one gets. */
static double alone[3][64];

static void *ask(void *place) {
  double results[3][64];
  int round;
  (void)place;
  for (round = 0; round < 5; round++) {
    ascribe_attribution *found = NULL, *scores = NULL;
    memset(results, 0, sizeof results);
    if (ascribe_attributor_explain(influence, data, NULL, NULL, &found, NULL) != ASCRIBE_OK) return (void *)alone;
    if (ascribe_attribution_copy(found, 1, NULL, results[0], 64, NULL) != ASCRIBE_OK) return (void *)alone;
    if (ascribe_attributor_explain(rollback, m.data, "score", NULL, &scores, NULL) != ASCRIBE_OK) return (void *)alone;
    if (ascribe_attribution_copy(scores, 1, NULL, results[1], 64, NULL) != ASCRIBE_OK) return (void *)alone;
    if (ascribe_model_evaluate(trained, pool, data, NULL, results[2], 64, NULL) != ASCRIBE_OK) return (void *)alone;
    ascribe_attribution_free(found);
    ascribe_attribution_free(scores);
    if (memcmp(results, alone, sizeof results) != 0) return (void *)alone;
  }
  return NULL;
}

static void together(void) {
  pthread_t threads[4];
  ascribe_attribution *found = NULL, *scores = NULL;
  void *wrong;
  size_t i;
  CHECK_OK(ascribe_attributor_explain(influence, data, NULL, NULL, &found, &error));
  CHECK_OK(ascribe_attribution_copy(found, 1, NULL, alone[0], 64, &error));
  CHECK_OK(ascribe_attributor_explain(rollback, m.data, "score", NULL, &scores, &error));
  CHECK_OK(ascribe_attribution_copy(scores, 1, NULL, alone[1], 64, &error));
  CHECK_OK(ascribe_model_evaluate(trained, NULL, data, NULL, alone[2], 64, &error));
  for (i = 0; i < 4; i++) NEED(pthread_create(&threads[i], NULL, ask, NULL) == 0);
  for (i = 0; i < 4; i++) {
    pthread_join(threads[i], &wrong);
    CHECK(wrong == NULL);
  }
  ascribe_attribution_free(found);
  ascribe_attribution_free(scores);
}

/* Threads that change and read one object against the rules: a call goes through or is refused, and nothing is torn. */
static void *contend(void *shared) {
  double values[COLUMNS];
  int round;
  for (round = 0; round < 1000; round++) {
    const ascribe_status changed = ascribe_model_set_parameter(shared, 0, x, COLUMNS, NULL);
    const ascribe_status read = ascribe_model_parameter(shared, 0, values, COLUMNS, NULL);
    if (changed != ASCRIBE_OK && changed != ASCRIBE_INVALID_ARGUMENT) return (void *)alone;
    if (read != ASCRIBE_OK && read != ASCRIBE_INVALID_ARGUMENT) return (void *)alone;
    if (read == ASCRIBE_OK && memcmp(values, x, sizeof values) != 0) return (void *)alone;
  }
  return NULL;
}

static void against_the_rules(void) {
  pthread_t threads[4];
  ascribe_model *shared = NULL;
  void *wrong;
  size_t i;
  CHECK_OK(ascribe_model_clone(trained, &shared, &error));
  CHECK_OK(ascribe_model_set_parameter(shared, 0, x, COLUMNS, &error));
  for (i = 0; i < 4; i++) NEED(pthread_create(&threads[i], NULL, contend, shared) == 0);
  for (i = 0; i < 4; i++) {
    pthread_join(threads[i], &wrong);
    CHECK(wrong == NULL);
  }
  CHECK_OK(ascribe_model_set_parameter(shared, 0, y, COLUMNS, &error));
  ascribe_model_free(shared);
}

static void *request(void *cancel) { return ascribe_cancel_request(cancel), NULL; }

/* A flag set by another thread in the midst of a long training. */
static pthread_t other;
static int32_t start_request(const ascribe_progress *event, void *cancel) {
  if (event->done == 2) CHECK(pthread_create(&other, NULL, request, cancel) == 0);
  return 0;
}

static void from_another_thread(void) {
  const ascribe_options *training = steps_of("sgd", 1e-4, 10000000, 5);
  ascribe_model *before = NULL;
  ascribe_cancel *cancel = NULL;
  ascribe_monitor monitor;
  CHECK_OK(ascribe_model_clone(model, &before, &error));
  CHECK_OK(ascribe_cancel_new(&cancel, &error));
  ascribe_monitor_init(&monitor, sizeof monitor);
  monitor.cancel = cancel;
  monitor.progress = start_request;
  monitor.progress_data = cancel;
  CHECK_FAILS(ascribe_model_fit(model, pool, data, training, &monitor, &error), ASCRIBE_CANCELED, "canceled");
  pthread_join(other, NULL);
  CHECK(ascribe_cancel_requested(cancel) == 1 && same_parameters(model, before));
  ascribe_cancel_free(cancel);
  ascribe_model_free(before);
}

/* A fault of the library is a status, what it was changing is closed, and everything else goes on. */
static void panics(void) {
  ascribe_graph *graph = NULL;
  ascribe_node node = 4242, again = 4242;
  double values[ROWS];
  CHECK_OK(ascribe_graph_new(&graph, &error));
  if (getenv("ASCRIBE_TEST_RELEASE") == NULL) {
    CHECK_FAILS(ascribe_graph_leaf(graph, "input", "ascribe: panic", NULL, 0, &node, &error), ASCRIBE_INTERNAL, "fault of the library");
    CHECK_FAILS(ascribe_graph_leaf(graph, "input", "x", NULL, 0, &again, &error), ASCRIBE_INTERNAL, "graph was left half-changed");
    CHECK(node == 4242 && again == 4242);
  }
  ascribe_graph_free(graph);
  CHECK_OK(ascribe_model_evaluate(trained, pool, data, NULL, values, ROWS, &error));
}

int main(void) {
  ascribe_context_options where;
  ascribe_dataset *some;
  size_t i;
  fill(x, COUNT(x), 71);
  fill(y, COUNT(y), 72);
  orders();
  ascribe_context_options_init(&where, sizeof where);
  where.threads = 2;
  CHECK_OK(ascribe_context_new(&where, &pool, &error));
  data = rows_of(x, ROWS, COLUMNS, y);
  facts = nations();
  m = machine_of("f64");
  CHECK_OK(ascribe_model_new(NULL, "linear", data, NULL, &model, &error));
  trained = minimized(data, "linear", 0.1, "f64");
  CHECK_OK(ascribe_attributor_new(pool, trained, "influence", NULL, options_of("solver=cg"), NULL, &influence, &error));
  CHECK_OK(ascribe_attributor_new(pool, trained, "graddot", NULL, NULL, NULL, &graddot, &error));
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, steps_of("sgd", 0.05, 3, 1), NULL, &error));
  CHECK_OK(ascribe_attributor_new(pool, m.model, "rollback", NULL, NULL, NULL, &rollback, &error));
  CHECK_OK(ascribe_attributor_new(pool, m.model, "tracin", NULL, NULL, NULL, &again[1], &error));
  CHECK_OK(ascribe_attributor_new(pool, m.model, "tracincp", NULL, NULL, NULL, &again[2], &error));
  fact_model = triples_model(facts, "f64");
  some = selected(facts, 0, 20);
  CHECK_OK(ascribe_model_fit(fact_model, NULL, some, steps_of("sgd", 0.05, 2, 1), NULL, &error));
  canceled_everywhere("fit", fits, 1);
  canceled_everywhere("run", runs, 0);
  canceled_everywhere("minimize", minimizes, 1);
  canceled_everywhere("explain", explains, 1);
  canceled_everywhere("rollback", rolls_back, 1);
  canceled_everywhere("replay", replays, 1);
  canceled_everywhere("tracin", traces, 1);
  canceled_everywhere("tracincp", compares, 1);
  canceled_everywhere("smoothness", smooths, 1);
  canceled_everywhere("calibrate", calibrates, 1);
  canceled_everywhere("self", selves, 1);
  canceled_everywhere("leave one out", leaves_out, 1);
  canceled_everywhere("error bounds", bounds, 1);
  canceled_everywhere("input effects", input_effects, 1);
  canceled_everywhere("attack", attacks, 1);
  canceled_everywhere("graddot", by_products_of_gradients, 1);
  canceled_everywhere("what if", asks_what_if, 1);
  canceled_everywhere("curvature", fits_curvature, 1);
  canceled_everywhere("retraining", retrains, 1);
  canceled_everywhere("products", multiplies, 1);
  canceled_everywhere("inverse products", divides, 1);
  callbacks();
  together();
  against_the_rules();
  from_another_thread();
  panics();
  ascribe_context_free(pool);
  ascribe_attributor_free(rollback);
  ascribe_attributor_free(influence);
  ascribe_attributor_free(graddot);
  for (i = 0; i < COUNT(again); i++) ascribe_attributor_free(again[i]);
  ascribe_model_free(fact_model);
  ascribe_dataset_free(some);
  ascribe_model_free(model);
  ascribe_model_free(trained);
  ascribe_dataset_free(data);
  ascribe_dataset_free(facts);
  pool = NULL;
  machine_free(&m);
  return checks_done();
}
