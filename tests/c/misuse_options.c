/* Options from older and newer headers, and values that no option has. */
#include "fixtures.h"

#define INVALID ASCRIBE_INVALID_ARGUMENT

static ascribe_dataset *rows, *facts;
static machine m;
static ascribe_model *model, *made;
static ascribe_influence *influence, *new_influence;
static ascribe_rollback *rollback;
static ascribe_attribution *attribution;
static ascribe_what_if *what_if;
static ascribe_context *context;
static ascribe_dataset *data;
static double x[24], y[12];

/* A call with options of any type; what it makes is freed. */
static ascribe_status with_context(const void *o) { return ascribe_context_new(o, &context, &error); }
static ascribe_status with_table(const void *o) { return ascribe_dataset_load_table("data/tables/iris.csv", o, &data, &error); }
static ascribe_status with_triple(const void *o) { return ascribe_model_triples(NULL, facts, o, &made, &error); }
static ascribe_status with_row(const void *o) { return ascribe_model_rows(NULL, rows, o, &made, &error); }
static ascribe_status with_graph(const void *o) {
  return ascribe_model_graph(NULL, m.graph, m.loss, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, o, &made, &error);
}
static ascribe_status with_training(const void *o) {
  ascribe_model *copy = NULL;
  ascribe_status status;
  CHECK(ascribe_model_clone(model, &copy, NULL) == ASCRIBE_OK);
  status = ascribe_model_fit(copy, NULL, rows, o, NULL, &error);
  ascribe_model_free(copy);
  return status;
}
static ascribe_status with_influence(const void *o) { return ascribe_influence_new(NULL, model, NULL, o, NULL, &new_influence, &error); }
static ascribe_status with_rollback(const void *o) { return ascribe_rollback_explain(rollback, m.data, o, NULL, &attribution, &error); }
static ascribe_status with_what_if(const void *o) {
  const ascribe_change change = {ASCRIBE_CHANGE_REMOVE, 1, 0.0, NULL, 0};
  return ascribe_influence_what_if(influence, rows, NULL, &change, 1, o, NULL, &what_if, &error);
}
static ascribe_status with_retrained(const void *given) {
  ascribe_what_if_options o = *(const ascribe_what_if_options *)given;
  o.until = ASCRIBE_LEVEL_RETRAINED;
  return with_what_if(&o);
}
static ascribe_status with_hinge(const void *given) {
  ascribe_row_options o = *(const ascribe_row_options *)given;
  o.loss = ASCRIBE_LOSS_HINGE;
  return with_row(&o);
}
static ascribe_status with_watch(const void *o) { return ascribe_influence_explain(influence, rows, NULL, o, &attribution, &error); }

static void forget(void) {
  ascribe_context_free(context), context = NULL;
  ascribe_dataset_free(data), data = NULL;
  ascribe_model_free(made), made = NULL;
  ascribe_influence_free(new_influence), new_influence = NULL;
  ascribe_attribution_free(attribution), attribution = NULL;
  ascribe_what_if_free(what_if), what_if = NULL;
}

static int nothing(void) { return !context && !data && !made && !new_influence && !attribution && !what_if; }

/* Structs of every size up to twice what is known: cut ones lack fields, longer ones may only have zeros. */
static void sizes(const char *name, void (*init)(void *, size_t), ascribe_status (*call)(const void *), size_t size) {
  static const size_t none[] = {0, 1, 7, 4097, SIZE_MAX, SIZE_MAX / 2};
  double memory[64];
  unsigned char *bytes = (unsigned char *)memory;
  char part[64];
  size_t cut, i;
  for (cut = sizeof(size_t); cut <= size + 64; cut++) {
    memset(memory, 0xa5, sizeof memory);
    init(memory, cut);
    for (i = cut; i < sizeof memory; i++) CHECK(bytes[i] == 0xa5);
    CHECK(*(size_t *)memory == cut);
    /* Under valgrind trainings take long: every size around the end of a field will do. */
    if (cut % 4 == 0 || cut > size) CHECK_OK(call(memory));
    forget();
  }
  for (i = size; i < size + 64; i += 9) {
    init(memory, size + 64);
    bytes[i] = 1;
    snprintf(part, sizeof part, "byte %d is not zero", (int)i);
    CHECK_FAILS(call(memory), ASCRIBE_UNSUPPORTED, part);
    CHECK(nothing());
  }
  for (i = 0; i < COUNT(none); i++) {
    init(memory, size);
    *(size_t *)memory = none[i];
    snprintf(part, sizeof part, "%s.struct_size is %zu", name, none[i]);
    CHECK_FAILS(call(memory), INVALID, part);
    CHECK(nothing());
    memset(memory, 0xa5, sizeof memory);
    init(memory, none[i]);
    CHECK(bytes[0] == 0xa5 && bytes[size] == 0xa5);
  }
  CHECK_FAILS(call((char *)memory + 4), INVALID, "multiple of");
  init(NULL, size);
  CHECK_OK(call(NULL));
  forget();
}

#define INIT(type) static void init_##type(void *o, size_t size) { ascribe_##type##_init(o, size); }
INIT(context_options) INIT(table_options) INIT(triple_options) INIT(row_options) INIT(graph_options) INIT(training_options)
INIT(influence_options) INIT(rollback_options) INIT(what_if_options) INIT(watch)

/* A field with a value that it cannot have; the message names it. */
#define FIELD(type, call, field, value, status)                     \
  do {                                                              \
    ascribe_##type o;                                               \
    ascribe_##type##_init(&o, sizeof o);                            \
    o.field = (value);                                              \
    CHECK_FAILS(call(&o), status, "");                              \
    CHECK(nothing());                                               \
    forget();                                                       \
  } while (0)
/* Constants that there are not. */
#define CHOICE(type, call, field)                                   \
  do {                                                              \
    static const int32_t wrong[] = {-2, 99, INT32_MAX, INT32_MIN};  \
    size_t i_;                                                      \
    for (i_ = 0; i_ < COUNT(wrong); i_++) {                         \
      ascribe_##type o;                                             \
      ascribe_##type##_init(&o, sizeof o);                          \
      o.field = wrong[i_];                                          \
      CHECK_FAILS(call(&o), INVALID, "options." #field " is ");     \
      CHECK(nothing());                                             \
      forget();                                                     \
    }                                                               \
  } while (0)
/* Numbers that are none, and negative ones. */
#define NUMBER(type, call, field)                                   \
  do {                                                              \
    FIELD(type, call, field, NAN, INVALID);                         \
    FIELD(type, call, field, INFINITY, INVALID);                    \
    FIELD(type, call, field, -1.0, INVALID);                        \
  } while (0)
#define WHOLE(type, call, field)                                    \
  do {                                                              \
    FIELD(type, call, field, -1, INVALID);                          \
    FIELD(type, call, field, INT64_MIN, INVALID);                   \
  } while (0)

static void values(void) {
  CHOICE(context_options, with_context, log_level);
  WHOLE(context_options, with_context, threads);
  CHOICE(table_options, with_table, targets);
  CHOICE(table_options, with_table, standardize);
  FIELD(table_options, with_table, target, "\xff", INVALID);
  FIELD(table_options, with_table, target, "no such column", ASCRIBE_FORMAT);
  FIELD(triple_options, with_triple, kind, "\xff", INVALID);
  FIELD(triple_options, with_triple, kind, "no such model", INVALID);
  CHOICE(triple_options, with_triple, loss);
  CHOICE(triple_options, with_triple, sides);
  CHOICE(triple_options, with_triple, candidates);
  CHOICE(triple_options, with_triple, precision);
  NUMBER(triple_options, with_triple, initial);
  WHOLE(triple_options, with_triple, dimension);
  WHOLE(triple_options, with_triple, negatives);
  FIELD(triple_options, with_triple, dimension, 0, INVALID);
  FIELD(triple_options, with_triple, dimension, INT64_MAX, INVALID);
  FIELD(triple_options, with_triple, negatives, INT64_MAX, INVALID);
  CHOICE(row_options, with_row, loss);
  CHOICE(row_options, with_row, intercept);
  CHOICE(row_options, with_row, precision);
  NUMBER(row_options, with_row, l2);
  NUMBER(row_options, with_hinge, smoothing);
  FIELD(row_options, with_row, layer_count, 3, INVALID);
  CHOICE(graph_options, with_graph, precision);
  NUMBER(graph_options, with_graph, initial);
  CHOICE(training_options, with_training, method);
  CHOICE(training_options, with_training, schedule);
  CHOICE(training_options, with_training, attribution);
  CHOICE(training_options, with_training, track);
  CHOICE(training_options, with_training, polish);
  WHOLE(training_options, with_training, epochs);
  WHOLE(training_options, with_training, batch);
  WHOLE(training_options, with_training, stop_every);
  WHOLE(training_options, with_training, patience);
  WHOLE(training_options, with_training, iterations);
  CHOICE(influence_options, with_influence, curvature);
  CHOICE(influence_options, with_influence, solver);
  NUMBER(influence_options, with_influence, damping);
  NUMBER(influence_options, with_influence, tolerance);
  NUMBER(influence_options, with_influence, stationary);
  WHOLE(influence_options, with_influence, iterations);
  WHOLE(influence_options, with_influence, rank);
  WHOLE(influence_options, with_influence, queries);
  CHOICE(rollback_options, with_rollback, scope);
  CHOICE(rollback_options, with_rollback, effort);
  WHOLE(rollback_options, with_rollback, rerank);
  CHOICE(what_if_options, with_what_if, until);
  NUMBER(what_if_options, with_what_if, tolerance);
  NUMBER(what_if_options, with_retrained, gradient);
  WHOLE(what_if_options, with_what_if, iterations);
}

/* Numbers of trainings that take steps, and of those that minimize. */
static ascribe_status with_steps(const void *given) {
  ascribe_training_options o = *(const ascribe_training_options *)given;
  o.method = ASCRIBE_METHOD_SGD;
  return with_training(&o);
}

static void numbers_of_training(void) {
  ascribe_layer layer = {ASCRIBE_LAYER_DENSE, 2, 0};
  ascribe_row_options options;
  size_t i;
  static const ascribe_layer wrong[] = {{ASCRIBE_LAYER_DENSE, 0, 0}, {ASCRIBE_LAYER_DENSE, -1, 0}, {99, 1, 1}, {ASCRIBE_LAYER_ACTIVATION, 99, 0},
                                        {ASCRIBE_LAYER_ACTIVATION, INT64_MAX, 0}, {ASCRIBE_LAYER_DENSE, INT64_MAX, 0},
                                        {ASCRIBE_LAYER_CONVOLUTION, 2, 3}, {ASCRIBE_LAYER_MAX_POOL, 2, 0}, {ASCRIBE_LAYER_AVERAGE_POOL, 0, 0}};
  NUMBER(training_options, with_steps, learning_rate);
  FIELD(training_options, with_steps, batch, -1, INVALID);
  NUMBER(training_options, with_training, gradient);
  for (i = 0; i < COUNT(wrong); i++) {
    ascribe_row_options_init(&options, sizeof options);
    layer = wrong[i];
    options.layers = &layer;
    options.layer_count = 1;
    CHECK_FAILS(with_row(&options), INVALID, "");
    CHECK(nothing());
    forget();
  }
}

int main(void) {
  ascribe_training_options training = steps_of(ASCRIBE_METHOD_SGD, 0.05, 1, 1);
  fill(x, 24, 81);
  fill(y, 12, 82);
  rows = rows_of(x, 12, 2, y);
  facts = nations();
  m = machine_of(ASCRIBE_F64);
  model = minimized(rows, ASCRIBE_LOSS_SQUARED, 0.1, ASCRIBE_F64);
  CHECK_OK(ascribe_influence_new(NULL, model, NULL, NULL, NULL, &influence, &error));
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, &training, NULL, &error));
  CHECK_OK(ascribe_rollback_new(NULL, m.model, "score", &rollback, &error));
#define SIZES(type, name, call) sizes(name, init_##type, call, sizeof(ascribe_##type))
  SIZES(context_options, "options", with_context);
  SIZES(table_options, "options", with_table);
  SIZES(triple_options, "options", with_triple);
  SIZES(row_options, "options", with_row);
  SIZES(graph_options, "options", with_graph);
  SIZES(training_options, "options", with_training);
  SIZES(influence_options, "options", with_influence);
  SIZES(rollback_options, "options", with_rollback);
  SIZES(what_if_options, "options", with_what_if);
  SIZES(watch, "watch", with_watch);
  values();
  numbers_of_training();
  ascribe_rollback_free(rollback);
  ascribe_influence_free(influence);
  ascribe_model_free(model);
  ascribe_dataset_free(rows);
  ascribe_dataset_free(facts);
  machine_free(&m);
  return checks_done();
}
