/* Random sequences of calls on objects that may be new, freed, of another kind or NULL, with arguments from a bag of sensible and senseless
 * ones: every call returns a status that there is, an error says the same, and outputs stay as they were when a call fails. The same sequence
 * gives the same statuses and numbers again. */
#include "fixtures.h"

enum { STEPS = 4000, SLOTS = 3 };

/* A generator of its own: the same numbers everywhere. */
static uint64_t state;

static size_t below(size_t count) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (size_t)(state % count);
}

static ascribe_context *contexts[SLOTS];
static ascribe_options *bags[SLOTS];
static ascribe_dataset *datasets[SLOTS + 3];
static ascribe_model *models[SLOTS + 3];
static ascribe_trainer *trainers[SLOTS];
static ascribe_attributor *attributors[SLOTS + 2];
static ascribe_attribution *attributions[SLOTS];
static ascribe_what_if *answers[SLOTS];
static ascribe_ledger *ledgers[SLOTS];
static ascribe_graph *graphs[SLOTS];

/* One of the objects, which may be NULL or, now and then, of another kind. */
#define ANY(objects) (below(40) == 0 ? (void *)other_kind() : (void *)objects[below(COUNT(objects))])
/* One of the first, which are freed; those behind them stay. */
#define FREE(release, objects)                  \
  do {                                          \
    const size_t place_ = below(SLOTS);         \
    release(objects[place_]);                   \
    objects[place_] = NULL;                     \
  } while (0)
/* A call that makes an object: a place that has one is emptied before. */
#define MAKE(release, objects, call)            \
  do {                                          \
    const size_t place_ = below(SLOTS);         \
    release(objects[place_]);                   \
    objects[place_] = NULL;                     \
    status_of = (call);                         \
    judge(status_of, objects[place_] != NULL);  \
  } while (0)

static void *other_kind(void) {
  void *const kinds[] = {contexts[0], bags[0], datasets[SLOTS], models[SLOTS], attributors[SLOTS], graphs[0], NULL};
  return kinds[below(COUNT(kinds))];
}

static const char *const words[] = {"linear", "logistic", "softmax", "hinge", "mlp", "distmult", "transe", "influence", "rollback", "graddot",
                                    "gradcos", "replay", "tracin", "tracincp", "gas", "loss", "output", "score", "probability", "", "\xff", "no such",
                                    "largest", "train", "test", "y", "remove", "add", "reweight", "replace", "exp", "relu", NULL};
static const char *const names[] = {"epochs", "batch", "optimizer", "l2", "damping", "solver", "curvature", "seed", "until", "rounds", "scope",
                                    "effort", "dimension", "precision", "learning_rate", "hidden", "no such", "", "\xff", NULL};
static const char *const texts[] = {"1", "2", "0", "-1", "0.5", "auto", "sgd", "adam", "minimize", "cg", "hessian", "f32", "f64", "1e300",
                                    "first-order", "all", "linear", "exact", "NaN", "", "\xff", NULL};
static const double reals[] = {0.0, 1.0, -1.0, 0.05, 3.0, 1e300, 1e-300, -0.0};

#define WORD() words[below(COUNT(words))]
#define NAME() names[below(COUNT(names))]
#define TEXT() texts[below(COUNT(texts))]
#define REAL() reals[below(COUNT(reals))]

static double results[4096];
static uint64_t examples[8], digest;
static size_t calls, successes;
static ascribe_status status_of;

/* What is asked of every status; `made` says whether an output was written. */
static void judge(ascribe_status status, int made) {
  calls++;
  successes += status == ASCRIBE_OK;
  CHECK(status >= ASCRIBE_OK && status <= ASCRIBE_CURVATURE && status != ASCRIBE_INTERNAL);
  CHECK((status == ASCRIBE_OK) == (made != 0));
  CHECK(ascribe_error_code(error) == status && (status == ASCRIBE_OK) == (ascribe_error_message(error)[0] == '\0'));
  digest = (digest ^ (uint64_t)(uint32_t)status) * UINT64_C(0x100000001b3);
  ascribe_error_free(error);
  error = NULL;
}

/* A call that writes numbers, and leaves them alone when it fails. */
static void numbers_of(ascribe_status status) {
  size_t i, touched = 0;
  for (i = 0; i < COUNT(results); i++) touched += results[i] != 12.5;
  if (status != ASCRIBE_OK) CHECK(touched == 0);
  for (i = 0; i < COUNT(results); i++) {
    uint64_t bits;
    memcpy(&bits, &results[i], sizeof bits);
    digest = (digest ^ bits) * UINT64_C(0x100000001b3);
    results[i] = 12.5;
  }
  judge(status, status == ASCRIBE_OK);
}

static void step(void) {
  static const int64_t sizes[] = {2, 3};
  ascribe_change changes[2];
  ascribe_matrix view = matrix_of(results + 2048, (int64_t)below(4), (int64_t)below(5));
  ascribe_node node = 4242;
  size_t length = 4242, i;
  for (i = 0; i < COUNT(examples); i++) examples[i] = below(20) == 0 ? UINT64_MAX - below(3) : below(12);
  for (i = 0; i < 2; i++) changes[i] = change_of(WORD(), below(14), REAL(), ANY(datasets), below(14));
  switch (below(44)) {
    case 0: MAKE(ascribe_options_free, bags, ascribe_options_new(&bags[place_], &error)); break;
    case 1: case 2: case 3: {
      const ascribe_status status = ascribe_options_set_text(ANY(bags), NAME(), TEXT(), &error);
      judge(status, status == ASCRIBE_OK);
      break;
    }
    case 4: {
      const ascribe_status status = ascribe_options_set_number(ANY(bags), NAME(), REAL(), &error);
      judge(status, status == ASCRIBE_OK);
      break;
    }
    case 5: {
      const ascribe_status status = ascribe_options_set_integer(ANY(bags), NAME(), (int64_t)below(7) - 2, &error);
      judge(status, status == ASCRIBE_OK);
      break;
    }
    case 6: FREE(ascribe_options_free, bags); break;
    case 7: MAKE(ascribe_dataset_free, datasets, ascribe_dataset_select(ANY(datasets), examples, below(9), &datasets[place_], &error)); break;
    case 8: MAKE(ascribe_dataset_free, datasets, ascribe_dataset_part(ANY(datasets), WORD(), &datasets[place_], &error)); break;
    case 9: FREE(ascribe_dataset_free, datasets); break;
    case 10: case 11: case 12:
      MAKE(ascribe_model_free, models, ascribe_model_new(ANY(contexts), WORD(), ANY(datasets), ANY(bags), &models[place_], &error));
      break;
    case 13: MAKE(ascribe_model_free, models, ascribe_model_clone(ANY(models), &models[place_], &error)); break;
    case 14: case 15: {
      const ascribe_status status = ascribe_model_fit(models[below(SLOTS)], ANY(contexts), ANY(datasets), ANY(bags), NULL, &error);
      judge(status, status == ASCRIBE_OK);
      break;
    }
    case 16: FREE(ascribe_model_free, models); break;
    case 17: numbers_of(ascribe_model_evaluate(ANY(models), ANY(contexts), ANY(datasets), WORD(), results, below(2000), &error)); break;
    case 18: numbers_of(ascribe_model_parameter(ANY(models), below(4), results, below(2000), &error)); break;
    case 19: numbers_of(ascribe_model_predict(ANY(models), NULL, &view, results, below(40), &error)); break;
    case 20:
      MAKE(ascribe_trainer_free, trainers, ascribe_trainer_new(ANY(contexts), ANY(models), ANY(datasets), ANY(bags), &trainers[place_], &error));
      break;
    case 21: {
      const ascribe_status status = ascribe_trainer_step(ANY(trainers), below(3), NULL, &error);
      judge(status, status == ASCRIBE_OK);
      break;
    }
    case 22: MAKE(ascribe_model_free, models, ascribe_trainer_model(ANY(trainers), &models[place_], &error)); break;
    case 23: FREE(ascribe_trainer_free, trainers); break;
    case 24: case 25: case 26:
      MAKE(ascribe_attributor_free, attributors,
           ascribe_attributor_new(ANY(contexts), ANY(models), WORD(), below(2) ? NULL : ANY(datasets), ANY(bags), NULL, &attributors[place_],
                                  &error));
      break;
    case 27: case 28: case 29:
      MAKE(ascribe_attribution_free, attributions,
           ascribe_attributor_explain(ANY(attributors), ANY(datasets), WORD(), NULL, &attributions[place_], &error));
      break;
    case 30: numbers_of(ascribe_attributor_self(ANY(attributors), below(2) ? examples : NULL, below(9), NULL, results, below(2000), &error)); break;
    case 31:
      numbers_of(ascribe_attributor_leave_one_out(ANY(attributors), ANY(datasets), WORD(), examples, below(4), NULL, results, below(99),
                                                  below(2) ? results + 1000 : NULL, below(9), &error));
      break;
    case 32:
      numbers_of(ascribe_attributor_error_bounds(ANY(attributors), ANY(datasets), WORD(), examples, below(4), NULL, results, below(99), &error));
      break;
    case 33: {
      const ascribe_status status = ascribe_attributor_input_effects(ANY(attributors), ANY(datasets), WORD(), below(3) ? NULL : WORD(), examples,
                                                                     below(4), NULL, results, below(199), &length, &error);
      CHECK((length == 4242) == (status != ASCRIBE_OK));
      numbers_of(status);
      break;
    }
    case 34:
      MAKE(ascribe_what_if_free, answers,
           ascribe_attributor_what_if(ANY(attributors), ANY(datasets), WORD(), changes, below(3), ANY(bags), NULL, &answers[place_], &error));
      break;
    case 35: numbers_of(ascribe_what_if_changes(ANY(answers), below(5), results, below(2) ? NULL : results + 1000, below(40), NULL, NULL, &error)); break;
    case 36: numbers_of(ascribe_attribution_copy(ANY(attributions), below(4), NULL, results, below(2000), &error)); break;
    case 37: MAKE(ascribe_ledger_free, ledgers, ascribe_model_ledger(ANY(models), &ledgers[place_], &error)); break;
    case 38: numbers_of(ascribe_ledger_change(ANY(ledgers), below(40), below(4), results, below(20), &error)); break;
    case 39: numbers_of(ascribe_attribution_growth(ANY(attributions), below(4), results, &error)); break;
    case 43: numbers_of(ascribe_attribution_upper_tail(ANY(attributions), below(4), below(40), results, &error)); break;
    case 40: numbers_of(ascribe_model_smoothness(ANY(models), ANY(contexts), NULL, results, &error)); break;
    case 41: {
      const ascribe_status status = ascribe_model_calibrate(models[below(SLOTS)], ANY(contexts), below(3), NULL, &error);
      judge(status, status == ASCRIBE_OK);
      break;
    }
    default: {
      const size_t place = below(SLOTS);
      ascribe_graph *graph;
      ascribe_status status;
      if (graphs[place] == NULL) CHECK_OK(ascribe_graph_new(&graphs[place], &error));
      graph = graphs[place];
      switch (below(4)) {
        case 0: status = ascribe_graph_leaf(graph, "parameter", WORD(), sizes, below(3), &node, &error); break;
        case 1: status = ascribe_graph_unary(graph, WORD(), (ascribe_node)below(9), &node, &error); break;
        case 2: status = ascribe_graph_binary(graph, "mul", (ascribe_node)below(9), (ascribe_node)below(9), &node, &error); break;
        default: status = ascribe_graph_leaf(graph, "input", WORD(), sizes, below(3), &node, &error);
      }
      judge(status, node != 4242);
    }
  }
}

/* A sequence from a seed, from nothing to nothing; what its statuses and numbers come to. */
static uint64_t sequence(uint64_t seed, const machine *m, const ascribe_dataset *rows, const ascribe_dataset *facts, const ascribe_model *linear,
                         const ascribe_model *triples) {
  size_t i;
  state = seed;
  digest = UINT64_C(0xcbf29ce484222325);
  for (i = 0; i < COUNT(results); i++) results[i] = 12.5;
  CHECK_OK(ascribe_dataset_select(rows, (const uint64_t[]){0, 1, 2, 3, 4, 5, 6, 7}, 8, &datasets[SLOTS], &error));
  CHECK_OK(ascribe_dataset_select(facts, (const uint64_t[]){3, 1, 4}, 3, &datasets[SLOTS + 1], &error));
  CHECK_OK(ascribe_dataset_select(m->data, (const uint64_t[]){5, 9}, 2, &datasets[SLOTS + 2], &error));
  CHECK_OK(ascribe_model_clone(linear, &models[SLOTS], &error));
  CHECK_OK(ascribe_model_clone(triples, &models[SLOTS + 1], &error));
  CHECK_OK(ascribe_model_clone(m->model, &models[SLOTS + 2], &error));
  attributors[SLOTS] = attributor_of(linear, "influence", NULL);
  attributors[SLOTS + 1] = attributor_of(m->model, "rollback", NULL);
  CHECK_OK(ascribe_context_new(NULL, &contexts[0], &error));
  for (i = 0; i < STEPS; i++) step();
  for (i = 0; i < COUNT(contexts); i++) ascribe_context_free(contexts[i]), contexts[i] = NULL;
  for (i = 0; i < COUNT(bags); i++) ascribe_options_free(bags[i]), bags[i] = NULL;
  for (i = 0; i < COUNT(datasets); i++) ascribe_dataset_free(datasets[i]), datasets[i] = NULL;
  for (i = 0; i < COUNT(models); i++) ascribe_model_free(models[i]), models[i] = NULL;
  for (i = 0; i < COUNT(trainers); i++) ascribe_trainer_free(trainers[i]), trainers[i] = NULL;
  for (i = 0; i < COUNT(attributors); i++) ascribe_attributor_free(attributors[i]), attributors[i] = NULL;
  for (i = 0; i < COUNT(attributions); i++) ascribe_attribution_free(attributions[i]), attributions[i] = NULL;
  for (i = 0; i < COUNT(answers); i++) ascribe_what_if_free(answers[i]), answers[i] = NULL;
  for (i = 0; i < COUNT(ledgers); i++) ascribe_ledger_free(ledgers[i]), ledgers[i] = NULL;
  for (i = 0; i < COUNT(graphs); i++) ascribe_graph_free(graphs[i]), graphs[i] = NULL;
  return digest;
}

int main(void) {
  double x[16], y[8];
  machine m = machine_of("f64");
  ascribe_dataset *rows, *facts = nations(), *some = selected(facts, 0, 20);
  ascribe_model *linear, *triples = triples_model(facts, "f64");
  uint64_t seed;
  fill(x, COUNT(x), 7);
  fill(y, COUNT(y), 8);
  rows = rows_of(x, 8, 2, y);
  linear = minimized(rows, "linear", 0.1, "f64");
  CHECK_OK(ascribe_model_fit(triples, NULL, some, steps_of("sgd", 0.05, 2, 1), NULL, &error));
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, steps_of("sgd", 0.05, 2, 1), NULL, &error));
  for (seed = 1; seed <= 3; seed++) {
    const uint64_t once = sequence(seed, &m, rows, facts, linear, triples);
    CHECK(once == sequence(seed, &m, rows, facts, linear, triples));
  }
  /* Most calls fail, but not all of them: otherwise nothing was tried. */
  CHECK(successes > calls / 20 && successes < calls);
  ascribe_model_free(linear);
  ascribe_model_free(triples);
  ascribe_dataset_free(rows);
  ascribe_dataset_free(some);
  ascribe_dataset_free(facts);
  machine_free(&m);
  return checks_done();
}
