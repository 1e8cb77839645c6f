/* Options by name and structs that begin with their size: what is unknown, out of range or somebody else's is refused in words that say what
 * would be accepted, and older and newer programs get along. */
#include "fixtures.h"

#define INVALID ASCRIBE_INVALID_ARGUMENT

static ascribe_dataset *rows, *classes, *facts;
static machine m;
static ascribe_model *model, *made;
static ascribe_attributor *influence, *new_attributor;
static ascribe_attribution *attribution;
static ascribe_what_if *what_if;
static ascribe_context *context;
static ascribe_dataset *data;
static double x[24], y[12];

/* Calls with options of each table; what they make is freed. */
static ascribe_status with_table(const ascribe_options *o) { return load_files("table", "data/tables/iris.csv", NULL, NULL, o, &data); }
static ascribe_status with_triples(const ascribe_options *o) { return ascribe_model_new(NULL, "distmult", facts, o, &made, &error); }
static ascribe_status with_linear(const ascribe_options *o) { return ascribe_model_new(NULL, "linear", rows, o, &made, &error); }
static ascribe_status with_hinge(const ascribe_options *o) { return ascribe_model_new(NULL, "hinge", classes, o, &made, &error); }
static ascribe_status with_mlp(const ascribe_options *o) { return ascribe_model_new(NULL, "mlp", rows, o, &made, &error); }
static ascribe_status with_custom(const ascribe_options *o) {
  return ascribe_model_custom(NULL, m.graph, m.loss, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, o, &made, &error);
}
static ascribe_status with_training(const ascribe_options *o) {
  ascribe_model *copy = NULL;
  ascribe_status status;
  CHECK(ascribe_model_clone(model, &copy, NULL) == ASCRIBE_OK);
  status = ascribe_model_fit(copy, NULL, rows, o, NULL, &error);
  ascribe_model_free(copy);
  return status;
}
static ascribe_status with_trainer(const ascribe_options *o) {
  ascribe_trainer *trainer = NULL;
  const ascribe_status status = ascribe_trainer_new(NULL, model, rows, o, &trainer, &error);
  CHECK((trainer == NULL) == (status != ASCRIBE_OK));
  ascribe_trainer_free(trainer);
  return status;
}
static ascribe_status with_influence(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, model, "influence", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_plan(const ascribe_options *o) {
  size_t length = 77;
  const ascribe_status status = ascribe_attributor_plan(NULL, model, NULL, o, NULL, NULL, 0, &length, &error);
  CHECK((length == 77) == (status != ASCRIBE_OK));
  return status;
}
static ascribe_status with_rollback(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, m.model, "rollback", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_replay(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, m.model, "replay", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_tracin(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, m.model, "tracin", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_tracincp(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, m.model, "tracincp", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_gas(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, m.model, "gas", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_dvemb(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, m.model, "dvemb", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_graddot(const ascribe_options *o) {
  return ascribe_attributor_new(NULL, model, "graddot", NULL, o, NULL, &new_attributor, &error);
}
static ascribe_status with_what_if(const ascribe_options *o) {
  const ascribe_change change = change_of("remove", 1, 0.0, NULL, 0);
  return ascribe_attributor_what_if(influence, rows, NULL, &change, 1, o, NULL, &what_if, &error);
}
static ascribe_status with_attack(const ascribe_options *o) {
  const uint64_t example = 1;
  double values[64];
  return ascribe_attributor_attack(influence, rows, NULL, NULL, &example, 1, o, NULL, values, 64, NULL, &data, &error);
}

static void forget(void) {
  ascribe_context_free(context), context = NULL;
  ascribe_dataset_free(data), data = NULL;
  ascribe_model_free(made), made = NULL;
  ascribe_attributor_free(new_attributor), new_attributor = NULL;
  ascribe_attribution_free(attribution), attribution = NULL;
  ascribe_what_if_free(what_if), what_if = NULL;
}

static int nothing(void) { return !context && !data && !made && !new_attributor && !attribution && !what_if; }

/* Every table with a call that reads it. */
static const struct {
  const char *table;
  ascribe_status (*call)(const ascribe_options *);
} calls[] = {
    {"table", with_table},     {"triples", with_triples},   {"network", with_linear}, {"custom", with_custom},
    {"training", with_training}, {"training", with_trainer}, {"influence", with_influence}, {"influence", with_plan},
    {"rollback", with_rollback}, {"graddot", with_graddot},  {"what-if", with_what_if}, {"attack", with_attack},
    {"replay", with_replay},   {"tracin", with_tracin},     {"tracincp", with_tracincp}, {"gas", with_gas}, {"dvemb", with_dvemb},
};

/* Names that no table has are refused when they are set, with the nearest that there is. */
static void names(void) {
  ascribe_options *options = NULL;
  CHECK_OK(ascribe_options_new(&options, &error));
  CHECK_FAILS(ascribe_options_set_number(options, "dampin", 0.1, &error), INVALID, "damping");
  CHECK_FAILS(ascribe_options_set_integer(options, "epoch", 3, &error), INVALID, "epochs");
  CHECK_FAILS(ascribe_options_set_flag(options, "standardise", 1, &error), INVALID, "standardize");
  CHECK_FAILS(ascribe_options_set_text(options, "optimiser", "sgd", &error), INVALID, "optimizer");
  CHECK_FAILS(ascribe_options_set_text(options, "", "", &error), INVALID, "option");
  CHECK_FAILS(ascribe_options_set_number(options, NULL, 0.1, &error), INVALID, "name is NULL");
  CHECK_FAILS(ascribe_options_set_number(options, "\xff", 0.1, &error), INVALID, "name is not UTF-8");
  CHECK_FAILS(ascribe_options_set_integer(options, NULL, 1, &error), INVALID, "name is NULL");
  CHECK_FAILS(ascribe_options_set_flag(options, NULL, 1, &error), INVALID, "name is NULL");
  CHECK_FAILS(ascribe_options_set_text(options, NULL, "cg", &error), INVALID, "name is NULL");
  CHECK_FAILS(ascribe_options_set_text(options, "solver", NULL, &error), INVALID, "value is NULL");
  CHECK_FAILS(ascribe_options_set_text(options, "solver", "\xff", &error), INVALID, "value is not UTF-8");
  CHECK_FAILS(ascribe_options_set_flag(options, "intercept", 2, &error), INVALID, "value is 2, expected 0 or 1");
  CHECK_FAILS(ascribe_options_set_flag(options, "intercept", INT32_MIN, &error), INVALID, "value is -2147483648");
  /* What was refused was not set. */
  CHECK_OK(with_influence(options));
  forget();
  ascribe_options_free(options);
  ascribe_options_free(NULL);
}

/* An option of another table is refused where it is given, with the name of the table that has it. */
static void elsewhere(void) {
  static const struct {
    const char *option, *table;
  } others[] = {{"dimension=3", "triples"}, {"layers=tanh", "network"},    {"epochs=3", "training"},       {"solver=cg", "influence"},
                {"scope=all", "rollback"},  {"until=newton", "what-if"}, {"rounds=3", "attack"},       {"standardize=1", "table"}};
  size_t i, j;
  char part[80];
  for (i = 0; i < COUNT(calls); i++)
    for (j = 0; j < COUNT(others); j++) {
      char name[32];
      if (strcmp(calls[i].table, others[j].table) == 0) continue;
      snprintf(name, sizeof name, "%s", others[j].option);
      *strchr(name, '=') = '\0';
      snprintf(part, sizeof part, "\"%s\" is one of %s", name, others[j].table);
      CHECK_FAILS(calls[i].call(options_of(others[j].option)), INVALID, part);
      CHECK(nothing());
      forget();
    }
}

/* Values of another type or out of range: name, value and what would be accepted. */
static void refused(int line, ascribe_status (*call)(const ascribe_options *), const char *option) {
  char name[64], part[128], *value;
  snprintf(name, sizeof name, "%s", option);
  value = strchr(name, '=');
  *value++ = '\0';
  snprintf(part, sizeof part, "the option \"%s\" is \"%s\", expected ", name, value);
  check_status_(__FILE__, line, option, call(options_of("%s", option)), INVALID, part);
  CHECK(nothing());
  forget();
}
#define REFUSE(call, option) refused(__LINE__, call, option)
/* Words that there are not, and texts that are no numbers. */
#define WORD(call, name) (REFUSE(call, name "=no such"), REFUSE(call, name "="), REFUSE(call, name "=-1"))
#define FLAG(call, name) (REFUSE(call, name "=2"), REFUSE(call, name "=yes"), REFUSE(call, name "="))
#define NUMBER(call, name) (REFUSE(call, name "=NaN"), REFUSE(call, name "=inf"), REFUSE(call, name "=-1"), REFUSE(call, name "=1,5"))
#define WHOLE(call, name)                                                                                              \
  (REFUSE(call, name "=-1"), REFUSE(call, name "=1.5"), REFUSE(call, name "=99999999999999999999999"), REFUSE(call, name "=ten"))

static void values(void) {
  static const char *const layers[] = {"dense:0", "dense:-1", "sparse:3", "tanh:3", "dense", "conv:8", "max:0", "dense:99999999999999999999"};
  size_t i;
  WORD(with_table, "task");
  FLAG(with_table, "standardize");
  WORD(with_table, "missing");
  WORD(with_triples, "loss");
  WORD(with_triples, "sides");
  WORD(with_triples, "candidates");
  WORD(with_triples, "precision");
  NUMBER(with_triples, "initial");
  WHOLE(with_triples, "dimension");
  WHOLE(with_triples, "negatives");
  REFUSE(with_triples, "dimension=0");
  FLAG(with_linear, "intercept");
  WORD(with_linear, "precision");
  NUMBER(with_linear, "l2");
  WHOLE(with_linear, "seed");
  NUMBER(with_hinge, "smoothing");
  WORD(with_mlp, "activation");
  WORD(with_mlp, "loss");
  WORD(with_custom, "precision");
  NUMBER(with_custom, "initial");
  WORD(with_training, "optimizer");
  WORD(with_training, "schedule");
  WORD(with_training, "attribution");
  FLAG(with_training, "ledger");
  FLAG(with_training, "refine");
  NUMBER(with_training, "learning_rate");
  NUMBER(with_training, "gradient_tolerance");
  WHOLE(with_training, "epochs");
  WHOLE(with_training, "batch");
  WHOLE(with_training, "patience");
  WHOLE(with_training, "evaluate_every");
  WHOLE(with_training, "max_iterations");
  WORD(with_influence, "curvature");
  WORD(with_influence, "solver");
  NUMBER(with_influence, "damping");
  NUMBER(with_influence, "tolerance");
  NUMBER(with_influence, "gradient_tolerance");
  WHOLE(with_influence, "solver_iterations");
  WHOLE(with_influence, "queries");
  WORD(with_influence, "memory");
  WORD(with_rollback, "scope");
  WORD(with_rollback, "effort");
  REFUSE(with_rollback, "effort=hybrid:-1");
  WHOLE(with_rollback, "calibrate");
  WORD(with_replay, "memory");
  WORD(with_tracin, "memory");
  WHOLE(with_tracincp, "checkpoints");
  REFUSE(with_tracincp, "checkpoints=0");
  WHOLE(with_gas, "checkpoints");
  FLAG(with_gas, "by_layer");
  WORD(with_what_if, "until");
  NUMBER(with_what_if, "target_error");
  NUMBER(with_what_if, "retraining_tolerance");
  WHOLE(with_what_if, "retraining_iterations");
  NUMBER(with_attack, "step");
  WHOLE(with_attack, "rounds");
  NUMBER(with_attack, "radius");
  for (i = 0; i < COUNT(layers); i++) {
    char option[64];
    snprintf(option, sizeof option, "layers=%s", layers[i]);
    CHECK_FAILS(with_mlp(options_of("%s", option)), INVALID, "");
    CHECK(nothing());
    forget();
  }
  CHECK_FAILS(with_mlp(options_of("layers=conv:2x3")), INVALID, "");
  CHECK_FAILS(with_triples(options_of("dimension=%s", "9223372036854775807")), INVALID, "");
  CHECK_FAILS(with_table(options_of("label=no such column")), ASCRIBE_FORMAT, "no such column");
  CHECK(nothing());
}

/* Options that do not go with the rest say with what they go. */
static void together(void) {
  CHECK_FAILS(with_triples(options_of("loss=full-softmax; negatives=3")), INVALID, "negatives");
  CHECK_FAILS(with_linear(options_of("hidden=3")), INVALID, "mlp");
  CHECK_FAILS(with_linear(options_of("smoothing=0.5")), INVALID, "hinge");
  CHECK_FAILS(with_mlp(options_of("layers=dense:3,tanh; hidden=3")), INVALID, "layers");
  CHECK(nothing());
}

/* The same value given in every way there is makes the same model. */
static void ways(void) {
  ascribe_options *options[4];
  ascribe_model *models[4];
  size_t i;
  for (i = 0; i < 4; i++) CHECK_OK(ascribe_options_new(&options[i], &error));
  CHECK_OK(ascribe_options_set_number(options[0], "dimension", 6.0, &error));
  CHECK_OK(ascribe_options_set_number(options[0], "initial", 0.25, &error));
  CHECK_OK(ascribe_options_set_integer(options[1], "dimension", 6, &error));
  CHECK_OK(ascribe_options_set_text(options[1], "initial", "0.25", &error));
  CHECK_OK(ascribe_options_set_text(options[2], "dimension", "6", &error));
  CHECK_OK(ascribe_options_set_text(options[2], "initial", "2.5e-1", &error));
  CHECK_OK(ascribe_options_set_text(options[2], "seed", "auto", &error));
  /* The last value counts. */
  CHECK_OK(ascribe_options_set_integer(options[3], "dimension", 99, &error));
  CHECK_OK(ascribe_options_set_integer(options[3], "dimension", 6, &error));
  CHECK_OK(ascribe_options_set_number(options[3], "initial", 0.25, &error));
  CHECK_OK(ascribe_options_set_text(options[3], "precision", default_of("triples", "precision"), &error));
  for (i = 0; i < 4; i++) {
    CHECK_OK(ascribe_model_new(NULL, "distmult", facts, options[i], &models[i], &error));
    ascribe_options_free(options[i]);
    CHECK(ascribe_model_dimension(models[i]) == (14 + 55) * 6 && same_parameters(models[0], models[i]));
  }
  for (i = 0; i < 4; i++) ascribe_model_free(models[i]);
  CHECK_FAILS(with_triples(options_of("dimension=6.5")), INVALID, "dimension");
  CHECK_OK(with_linear(options_of("intercept=false")));
  CHECK(ascribe_model_parameters(made) == 1);
  forget();
  CHECK_OK(with_linear(options_of("intercept=0")));
  CHECK(ascribe_model_parameters(made) == 1);
  forget();
  CHECK_OK(with_influence(options_of("memory=64M; tolerance=auto; parameters=all")));
  forget();
  /* A number that is none is told by the function that is given it. */
  CHECK_OK(ascribe_options_new(&options[0], &error));
  CHECK_OK(ascribe_options_set_number(options[0], "damping", NAN, &error));
  CHECK_FAILS(with_influence(options[0]), INVALID, "the option \"damping\" is NaN, expected ");
  CHECK_OK(ascribe_options_set_flag(options[0], "damping", 1, &error));
  CHECK_FAILS(with_influence(options[0]), INVALID, "the option \"damping\" is true, expected ");
  CHECK_OK(ascribe_options_set_integer(options[0], "damping", INT64_MIN, &error));
  CHECK_FAILS(with_influence(options[0]), INVALID, "the option \"damping\" is -9223372036854775808, expected ");
  CHECK(nothing());
  ascribe_options_free(options[0]);
}

/* Every table can be described, every default can be given, and every option is known to the setters. */
static void descriptions(void) {
  char tables[1024], *rest = tables, *table;
  ascribe_options *options = NULL;
  size_t count = 0, read, length = 0;
  CHECK_OK(ascribe_options_new(&options, &error));
  CHECK_OK(ascribe_options_describe(NULL, tables, sizeof tables, &length, &error));
  CHECK(length > 2 && tables[0] == '[');
  while ((table = strtok(rest, "[\",]")) != NULL) {
    char text[65536], *place;
    const char *end = strchr(table, '\0');
    ascribe_options *defaults = NULL;
    rest = NULL;
    CHECK_OK(ascribe_options_new(&defaults, &error));
    CHECK_OK(ascribe_options_describe(table, text, sizeof text, &length, &error));
    CHECK(has_member(text, "table", table) && strlen(text) == length && end > table);
    for (place = strstr(text, "\"name\":\""); place != NULL; place = strstr(place + 1, "\"name\":\"")) {
      char name[64];
      snprintf(name, sizeof name, "%s", place + 8);
      name[strcspn(name, "\"")] = '\0';
      CHECK_OK(ascribe_options_set_text(defaults, name, default_of(table, name), &error));
      CHECK(option_member(table, name, "type") != NULL && option_member(table, name, "about") != NULL);
      count++;
    }
    /* Without those that only go with some others. */
    for (read = 0; read < COUNT(calls); read++)
      if (strcmp(calls[read].table, table) == 0 && strcmp(table, "network") != 0 && strcmp(table, "table") != 0) {
        CHECK_OK(calls[read].call(defaults));
        forget();
      }
    ascribe_options_free(defaults);
  }
  CHECK(count > 50);
  CHECK_FAILS(ascribe_options_describe("tranining", NULL, 0, &length, &error), INVALID, "training");
  ascribe_options_free(options);
}

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
    CHECK_OK(call(memory));
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

static void init_context(void *o, size_t size) { ascribe_context_options_init(o, size); }
static void init_monitor(void *o, size_t size) { ascribe_monitor_init(o, size); }
static ascribe_status with_context(const void *o) { return ascribe_context_new(o, &context, &error); }
static ascribe_status with_monitor(const void *o) { return ascribe_attributor_explain(influence, rows, NULL, o, &attribution, &error); }

static void contexts(void) {
  static const char *const levels[] = {"", "INFO", "loud", "\xff"};
  ascribe_context_options o;
  size_t i;
  for (i = 0; i < COUNT(levels); i++) {
    ascribe_context_options_init(&o, sizeof o);
    o.log_level = levels[i];
    CHECK_FAILS(with_context(&o), INVALID, "options.log_level is ");
  }
  ascribe_context_options_init(&o, sizeof o);
  o.threads = INT64_MIN;
  CHECK_FAILS(with_context(&o), INVALID, "options.threads is ");
  CHECK(nothing());
}

/* Changes of an older program end early; those of a newer one are longer, and one after the other all the same. */
static void changes(void) {
  struct {
    ascribe_change change;
    uint64_t more;
  } large[2];
  double values_[12], again[12];
  ascribe_what_if *one = NULL, *other = NULL;
  ascribe_change list[2];
  memset(large, 0, sizeof large);
  large[0].change = list[0] = change_of("remove", 1, 0.0, NULL, 0);
  large[1].change = list[1] = change_of("reweight", 2, 0.5, NULL, 0);
  large[0].change.struct_size = large[1].change.struct_size = sizeof large[0];
  CHECK_OK(ascribe_attributor_what_if(influence, rows, NULL, list, 2, NULL, NULL, &one, &error));
  CHECK_OK(ascribe_attributor_what_if(influence, rows, NULL, &large[0].change, 2, NULL, NULL, &other, &error));
  CHECK_OK(ascribe_what_if_changes(one, 0, values_, NULL, 12, NULL, NULL, &error));
  CHECK_OK(ascribe_what_if_changes(other, 0, again, NULL, 12, NULL, NULL, &error));
  CHECK(memcmp(values_, again, sizeof again) == 0 && values_[0] != 0.0);
  ascribe_what_if_free(one);
  ascribe_what_if_free(other);
  other = NULL;
  large[1].more = 1;
  REFUSED(other, ascribe_attributor_what_if(influence, rows, NULL, &large[0].change, 2, NULL, NULL, &other, &error), ASCRIBE_UNSUPPORTED,
          "changes[1] is of a newer version");
  list[0].struct_size = offsetof(ascribe_change, data);
  CHECK_OK(ascribe_attributor_what_if(influence, rows, NULL, list, 1, NULL, NULL, &other, &error));
  ascribe_what_if_free(other);
}

int main(void) {
  static const uint32_t labels[12] = {0, 1, 0, 1};
  fill(x, 24, 81);
  fill(y, 12, 82);
  rows = rows_of(x, 12, 2, y);
  classes = classes_of(x, 12, 2, labels, 2);
  facts = nations();
  m = machine_of("f64");
  model = minimized(rows, "linear", 0.1, "f64");
  influence = attributor_of(model, "influence", NULL);
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, steps_of("sgd", 0.05, 1, 1), NULL, &error));
  names();
  elsewhere();
  values();
  together();
  ways();
  descriptions();
  sizes("options", init_context, with_context, sizeof(ascribe_context_options));
  sizes("monitor", init_monitor, with_monitor, sizeof(ascribe_monitor));
  contexts();
  changes();
  ascribe_attributor_free(influence);
  ascribe_model_free(model);
  ascribe_dataset_free(rows);
  ascribe_dataset_free(classes);
  ascribe_dataset_free(facts);
  machine_free(&m);
  return checks_done();
}
