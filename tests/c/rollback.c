/* Explanation by rollback, against functionals evaluated here with the ledger's changes taken back. */
#include "fixtures.h"

enum { D = 4, ENTITIES = 14, RELATIONS = 55, P = (ENTITIES + RELATIONS) * D, EXAMPLES = 120, QUERIES = 3 };

static uint32_t ids[3 * EXAMPLES], asked[3 * QUERIES];

/* The score, or the probability of the tail, with p = entities and relations. */
static double value_of(const char *functional, const double *p, const uint32_t *t) {
  const double *h = p + t[0] * D, *r = p + (ENTITIES + t[1]) * D;
  double sum = 0.0, own = 0.0;
  size_t c, i;
  for (c = 0; c < ENTITIES; c++) {
    double score = 0.0;
    for (i = 0; i < D; i++) score += h[i] * r[i] * p[c * D + i];
    if (c == t[2]) own = score;
    sum += exp(score);
  }
  return strcmp(functional, "score") == 0 ? own : exp(own) / sum;
}

/* Adds `times` what the example's own steps changed. */
static void changed(const ascribe_ledger *ledger, uint64_t example, double times, double *p) {
  size_t slot, i;
  for (slot = 0; slot < ascribe_ledger_slots(ledger, example); slot++) {
    size_t parameter, width;
    uint64_t row;
    double change[D];
    CHECK_OK(ascribe_ledger_slot(ledger, example, slot, &parameter, &row, &width, &error));
    CHECK_OK(ascribe_ledger_change(ledger, example, slot, change, D, &error));
    for (i = 0; i < D; i++) p[((parameter == 1 ? ENTITIES : 0) + row) * D + i] += times * change[i];
  }
}

static double without(const char *functional, const double *p, const ascribe_ledger *ledger, const uint64_t *examples, size_t count,
                      double times, const uint32_t *query) {
  double patched[P];
  size_t i;
  memcpy(patched, p, sizeof patched);
  for (i = 0; i < count; i++) changed(ledger, examples[i], -times, patched);
  return value_of(functional, patched, query);
}

static void triples(const char *functional) {
  ascribe_dataset *facts = nations(), *data = selected(facts, 0, 60), *queries = selected(facts, 50, QUERIES);
  ascribe_model *model = triples_model(facts, ASCRIBE_F64), *single = triples_model(facts, ASCRIBE_F32);
  ascribe_training_options training = steps_of(ASCRIBE_METHOD_SGD, 0.1, 6, 1);
  ascribe_ledger *ledger = NULL;
  ascribe_rollback *rollback = NULL, *other = NULL;
  double *p, values[QUERIES];
  static const uint64_t several[] = {4, 9, 33, 9};
  int32_t scope, effort;
  size_t q, i;
  CHECK_OK(ascribe_dataset_triples(data, ids, 3 * EXAMPLES, &error));
  CHECK_OK(ascribe_dataset_triples(queries, asked, 3 * QUERIES, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  CHECK_OK(ascribe_model_fit(single, NULL, data, &training, NULL, &error));
  CHECK_OK(ascribe_model_ledger(model, &ledger, &error));
  p = parameters_of(model, NULL);
  CHECK_OK(ascribe_rollback_new(NULL, model, functional, &rollback, &error));
  CHECK_OK(ascribe_rollback_new(NULL, single, functional, &other, &error));
  for (scope = ASCRIBE_SCOPE_ALL_READ; scope <= ASCRIBE_SCOPE_ALL; scope++)
    for (effort = ASCRIBE_EFFORT_AUTO; effort <= ASCRIBE_EFFORT_HYBRID; effort++) {
      ascribe_rollback_options options;
      ascribe_attribution *found = NULL, *rough = NULL;
      ascribe_rollback_options_init(&options, sizeof options);
      CHECK(options.scope == ASCRIBE_SCOPE_ALL_READ && options.effort == ASCRIBE_EFFORT_AUTO && options.rerank == 500);
      options.scope = scope;
      options.effort = effort;
      options.rerank = 5;
      CHECK_OK(ascribe_rollback_explain(rollback, queries, &options, NULL, &found, &error));
      CHECK_OK(ascribe_rollback_explain(other, queries, &options, NULL, &rough, &error));
      CHECK(ascribe_attribution_queries(found) == QUERIES && ascribe_attribution_len(found, QUERIES) == 0);
      for (q = 0; q < QUERIES; q++) {
        const uint32_t *t = asked + 3 * q;
        const size_t count = ascribe_attribution_len(found, q);
        uint64_t examples[EXAMPLES];
        double scores[EXAMPLES], scores_single[EXAMPLES], value;
        size_t expected = 0, exact = 0;
        CHECK_OK(ascribe_attribution_value(found, q, &value, &error));
        CHECK_CLOSE(value, value_of(functional, p, t), 1e-13);
        CHECK_OK(ascribe_attribution_copy(found, q, examples, scores, EXAMPLES, &error));
        NEED(ascribe_attribution_len(rough, q) == count);
        CHECK_OK(ascribe_attribution_copy(rough, q, NULL, scores_single, EXAMPLES, &error));
        for (i = 0; i < 60; i++) {
          const uint32_t *e = ids + 3 * i;
          const int entity = e[0] == t[0] || e[0] == t[2] || e[2] == t[0] || e[2] == t[2];
          const int considered = scope == ASCRIBE_SCOPE_ALL || entity || (scope == ASCRIBE_SCOPE_ALL_READ && e[1] == t[1]);
          if (considered) {
            const uint64_t example = i;
            const double truth = without(functional, p, ledger, &example, 1, 1.0, t) - value_of(functional, p, t);
            const double slope = (without(functional, p, ledger, &example, 1, 1e-4, t) -
                                  without(functional, p, ledger, &example, 1, -1e-4, t)) / 2e-4;
            NEED(expected < count);
            CHECK(examples[expected] == i);
            if (effort == ASCRIBE_EFFORT_HYBRID && fabs(scores[expected] - truth) < 1e-12 && fabs(truth - slope) > 1e-9) exact++;
            if (effort == ASCRIBE_EFFORT_LINEAR || (effort == ASCRIBE_EFFORT_HYBRID && fabs(scores[expected] - truth) > 1e-12))
              CHECK_CLOSE(scores[expected], slope, 1e-8);
            else
              CHECK_CLOSE(scores[expected], truth, 1e-12);
            CHECK_CLOSE(scores_single[expected], scores[expected], 1e-3);
            expected++;
          }
        }
        CHECK(expected == count);
        if (effort == ASCRIBE_EFFORT_HYBRID) CHECK(exact <= 5 && exact >= 1);
        CHECK_OK(ascribe_attribution_copy(found, q, NULL, NULL, SIZE_MAX / 8, &error));
      }
      ascribe_attribution_free(found);
      ascribe_attribution_free(rough);
    }
  CHECK_OK(ascribe_rollback_without(rollback, queries, several, 3, values, QUERIES, &error));
  for (q = 0; q < QUERIES; q++) CHECK_CLOSE(values[q], without(functional, p, ledger, several, 3, 1.0, asked + 3 * q), 1e-12);
  CHECK_OK(ascribe_rollback_without(rollback, queries, NULL, 0, values, QUERIES, &error));
  for (q = 0; q < QUERIES; q++) CHECK_CLOSE(values[q], value_of(functional, p, asked + 3 * q), 1e-13);
  free(p);
  ascribe_rollback_free(rollback);
  ascribe_rollback_free(other);
  ascribe_ledger_free(ledger);
  ascribe_model_free(model);
  ascribe_model_free(single);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
  ascribe_dataset_free(facts);
}

/* The first scores of each order, against sorting by hand. */
static void orders(const ascribe_attribution *found) {
  int32_t order;
  const size_t count = ascribe_attribution_len(found, 0);
  uint64_t *examples = calloc(count, sizeof *examples), first[8];
  double *scores = numbers(count), top[8];
  CHECK_OK(ascribe_attribution_copy(found, 0, examples, scores, count, &error));
  CHECK_OK(ascribe_attribution_copy(found, 0, examples, NULL, count, &error));
  for (order = ASCRIBE_ORDER_LARGEST; order <= ASCRIBE_ORDER_NEGATIVE; order++) {
    size_t got = 99, i, j, eligible = 0;
    CHECK_OK(ascribe_attribution_top(found, 0, order, first, top, 8, &got, &error));
    for (i = 0; i < count; i++)
      eligible += order == ASCRIBE_ORDER_LARGEST || (order == ASCRIBE_ORDER_POSITIVE ? scores[i] > 0.0 : scores[i] < 0.0);
    CHECK(got == (eligible < 8 ? eligible : 8));
    for (i = 0; i < got; i++) {
      size_t better = 0, mine = 0;
      for (j = 0; j < count; j++) mine = examples[j] == first[i] ? j : mine;
      CHECK(scores[mine] == top[i]);
      for (j = 0; j < count; j++) {
        const double a = order == ASCRIBE_ORDER_LARGEST ? fabs(scores[j]) : order == ASCRIBE_ORDER_POSITIVE ? scores[j] : -scores[j];
        const double b = order == ASCRIBE_ORDER_LARGEST ? fabs(top[i]) : order == ASCRIBE_ORDER_POSITIVE ? top[i] : -top[i];
        better += a > b || (a == b && examples[j] < first[i]);
      }
      CHECK(better == i);
    }
    CHECK_OK(ascribe_attribution_top(found, 0, order, NULL, NULL, 0, &got, &error));
    CHECK(got == 0);
  }
  free(examples);
  free(scores);
}

static void graphs(void) {
  machine m = machine_of(ASCRIBE_F64);
  ascribe_training_options training = steps_of(ASCRIBE_METHOD_ADAM, 0.05, 5, 2);
  ascribe_rollback *rollback = NULL;
  ascribe_attribution *found = NULL, *again = NULL;
  ascribe_certificate certificate = {sizeof certificate, 1, 2, 3, 4, 5, 6};
  ascribe_ledger *ledger = NULL;
  ascribe_dataset *query = selected(m.data, 4, 2);
  double *p, values[2];
  int64_t threads;
  size_t i, q;
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, &training, NULL, &error));
  CHECK_OK(ascribe_model_ledger(m.model, &ledger, &error));
  p = parameters_of(m.model, NULL);
  CHECK_OK(ascribe_rollback_new(NULL, m.model, "score", &rollback, &error));
  CHECK_OK(ascribe_rollback_explain(rollback, query, NULL, NULL, &found, &error));
  orders(found);
  for (q = 0; q < 2; q++) {
    const size_t count = ascribe_attribution_len(found, q);
    uint64_t examples[30];
    double scores[30], value;
    CHECK_OK(ascribe_attribution_value(found, q, &value, &error));
    CHECK_OK(ascribe_attribution_copy(found, q, examples, scores, 30, &error));
    for (i = 0; i < count; i++) {
      double patched[28], change[2];
      const uint32_t a = m.a[examples[i]], b = m.b[examples[i]];
      const double *l = patched + 2 * m.a[4 + q], *r = patched + 12 + 2 * m.b[4 + q];
      CHECK(a == m.a[4 + q] || b == m.b[4 + q]);
      memcpy(patched, p, sizeof patched);
      CHECK_OK(ascribe_ledger_change(ledger, examples[i], 0, change, 2, &error));
      patched[2 * a] -= change[0];
      patched[2 * a + 1] -= change[1];
      CHECK_OK(ascribe_ledger_change(ledger, examples[i], 1, change, 2, &error));
      patched[12 + 2 * b] -= change[0];
      patched[12 + 2 * b + 1] -= change[1];
      CHECK_OK(ascribe_ledger_change(ledger, examples[i], 2, change, 2, &error));
      patched[22 + a] -= change[0];
      CHECK_CLOSE(scores[i], l[0] * r[0] + l[1] * r[1] + patched[22 + m.a[4 + q]] - value, 1e-13);
    }
  }
  CHECK_FAILS(ascribe_attribution_certificate(found, 0, &certificate, &error), ASCRIBE_UNSUPPORTED, "");
  CHECK(certificate.residual == 1 && certificate.products == 6);

  /* What can be asked, and answers, outlive the model, the query and each other. */
  ascribe_model_free(m.model);
  m.model = NULL;
  for (threads = 1; threads <= 4; threads *= 2) {
    ascribe_attribution *other = NULL;
    CHECK_OK(ascribe_rollback_explain(rollback, query, NULL, NULL, &other, &error));
    for (q = 0; q < 2; q++) {
      double a[30], b[30];
      CHECK_OK(ascribe_attribution_copy(found, q, NULL, a, 30, &error));
      CHECK_OK(ascribe_attribution_copy(other, q, NULL, b, 30, &error));
      CHECK(memcmp(a, b, ascribe_attribution_len(found, q) * sizeof *a) == 0);
    }
    ascribe_attribution_free(other);
  }
  CHECK_OK(ascribe_rollback_without(rollback, query, (const uint64_t[]){0}, 1, values, 2, &error));
  ascribe_rollback_free(rollback);
  ascribe_dataset_free(query);
  CHECK_OK(ascribe_attribution_value(found, 1, values, &error));
  ascribe_attribution_free(found);
  ascribe_attribution_free(again);
  ascribe_ledger_free(ledger);
  free(p);
  machine_free(&m);
}

/* The same bytes on any number of threads. */
static void threads(void) {
  ascribe_dataset *facts = nations(), *queries = selected(facts, 10, 5);
  ascribe_training_options training = steps_of(ASCRIBE_METHOD_SGD, 0.05, 1, 1);
  int32_t precision;
  for (precision = ASCRIBE_F64; precision <= ASCRIBE_F32; precision++) {
    ascribe_model *model = triples_model(facts, precision);
    double *first = NULL, *now;
    int64_t count;
    CHECK_OK(ascribe_model_fit(model, NULL, facts, &training, NULL, &error));
    for (count = 1; count <= 4; count *= 2) {
      ascribe_context_options where;
      ascribe_context *context = NULL;
      ascribe_rollback *rollback = NULL;
      ascribe_attribution *found = NULL;
      size_t q, at = 0;
      ascribe_context_options_init(&where, sizeof where);
      where.threads = count;
      CHECK_OK(ascribe_context_new(&where, &context, &error));
      CHECK_OK(ascribe_rollback_new(context, model, NULL, &rollback, &error));
      ascribe_context_free(context);
      CHECK_OK(ascribe_rollback_explain(rollback, queries, NULL, NULL, &found, &error));
      now = numbers(5 * 1592);
      for (q = 0; q < 5; q++) {
        CHECK_OK(ascribe_attribution_copy(found, q, NULL, now + at, 1592, &error));
        at += ascribe_attribution_len(found, q);
      }
      if (first == NULL) first = now;
      CHECK(memcmp(first, now, 5 * 1592 * sizeof *now) == 0);
      if (now != first) free(now);
      ascribe_attribution_free(found);
      ascribe_rollback_free(rollback);
    }
    free(first);
    ascribe_model_free(model);
  }
  ascribe_dataset_free(queries);
  ascribe_dataset_free(facts);
}

int main(void) {
  triples("score");
  triples("probability");
  graphs();
  threads();
  return checks_done();
}
