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
  ascribe_model *model = triples_model(facts, "f64"), *single = triples_model(facts, "f32");
  const ascribe_options *training = steps_of("sgd", 0.1, 6, 1);
  static const char *const scopes[] = {"entities+relation", "entities", "all"};
  static const char *const efforts[] = {"auto", "exact", "linear", "hybrid:5"};
  enum { ENTITIES_AND_RELATION, ENTITIES_ONLY, ALL };
  enum { AUTO, EXACT, LINEAR, HYBRID };
  ascribe_ledger *ledger = NULL;
  ascribe_attributor *rollback, *other;
  ascribe_what_if *answer = NULL;
  ascribe_change changes[4];
  double *p, values[QUERIES], moved[QUERIES], errors[QUERIES], gradient_norm = -1.0;
  int32_t at_minimum = -1;
  static const uint64_t several[] = {4, 9, 33, 9};
  size_t scope, effort, q, i;
  CHECK_TEXT(default_of("rollback", "scope"), "entities+relation");
  CHECK_TEXT(default_of("rollback", "effort"), "auto");
  CHECK_OK(ascribe_dataset_triples(data, ids, 3 * EXAMPLES, &error));
  CHECK_OK(ascribe_dataset_triples(queries, asked, 3 * QUERIES, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  CHECK_OK(ascribe_model_fit(single, NULL, data, training, NULL, &error));
  CHECK_OK(ascribe_model_ledger(model, &ledger, &error));
  p = parameters_of(model, NULL);
  for (scope = ENTITIES_AND_RELATION; scope <= ALL; scope++)
    for (effort = AUTO; effort <= HYBRID; effort++) {
      const ascribe_options *options = options_of("scope=%s; effort=%s", scopes[scope], efforts[effort]);
      ascribe_attribution *found = NULL, *rough = NULL;
      rollback = attributor_of(model, "rollback", options);
      other = attributor_of(single, "rollback", options);
      CHECK_OK(ascribe_attributor_explain(rollback, queries, functional, NULL, &found, &error));
      CHECK_OK(ascribe_attributor_explain(other, queries, functional, NULL, &rough, &error));
      ascribe_attributor_free(rollback);
      ascribe_attributor_free(other);
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
          const int considered = scope == ALL || entity || (scope == ENTITIES_AND_RELATION && e[1] == t[1]);
          if (considered) {
            const uint64_t example = i;
            const double truth = without(functional, p, ledger, &example, 1, 1.0, t) - value_of(functional, p, t);
            const double slope = (without(functional, p, ledger, &example, 1, 1e-4, t) -
                                  without(functional, p, ledger, &example, 1, -1e-4, t)) / 2e-4;
            NEED(expected < count);
            CHECK(examples[expected] == i);
            if (effort == HYBRID && fabs(scores[expected] - truth) < 1e-12 && fabs(truth - slope) > 1e-9) exact++;
            if (effort == LINEAR || (effort == HYBRID && fabs(scores[expected] - truth) > 1e-12))
              CHECK_CLOSE(scores[expected], slope, 1e-8);
            else
              CHECK_CLOSE(scores[expected], truth, 1e-12);
            CHECK_CLOSE(scores_single[expected], scores[expected], 1e-3);
            expected++;
          }
        }
        CHECK(expected == count);
        if (effort == HYBRID) CHECK(exact <= 5 && exact >= 1);
        CHECK_OK(ascribe_attribution_copy(found, q, NULL, NULL, SIZE_MAX / 8, &error));
      }
      ascribe_attribution_free(found);
      ascribe_attribution_free(rough);
    }
  /* Several examples removed together; the same one twice is one. */
  rollback = attributor_of(model, NULL, NULL);
  CHECK(has_member(TEXT_OF(ascribe_attributor_describe, rollback), "method", "rollback"));
  for (i = 0; i < 4; i++) changes[i] = change_of("remove", several[i], 0.0, NULL, 0);
  CHECK_OK(ascribe_attributor_what_if(rollback, queries, functional, changes, 4, NULL, NULL, &answer, &error));
  CHECK(ascribe_what_if_levels(answer) == 1 && ascribe_what_if_queries(answer) == QUERIES && ascribe_what_if_reached(answer) == 1);
  CHECK_TEXT(level_of(answer, 0), "rollback");
  CHECK_OK(ascribe_what_if_before(answer, values, QUERIES, &error));
  for (q = 0; q < QUERIES; q++) CHECK_CLOSE(values[q], value_of(functional, p, asked + 3 * q), 1e-13);
  CHECK_OK(ascribe_what_if_changes(answer, 0, moved, errors, QUERIES, &gradient_norm, &at_minimum, &error));
  CHECK(isnan(gradient_norm) && at_minimum == 0);
  for (q = 0; q < QUERIES; q++) {
    CHECK_CLOSE(values[q] + moved[q], without(functional, p, ledger, several, 3, 1.0, asked + 3 * q), 1e-12);
    CHECK(isnan(errors[q]));
  }
  CHECK_FAILS(ascribe_what_if_parameters(answer, 0, values, QUERIES, &error), ASCRIBE_UNSUPPORTED, "rollback");
  ascribe_what_if_free(answer);
  answer = NULL;
  changes[0] = change_of("reweight", 4, 0.5, NULL, 0);
  REFUSED(answer, ascribe_attributor_what_if(rollback, queries, functional, changes, 1, NULL, NULL, &answer, &error), ASCRIBE_UNSUPPORTED, "");
  free(p);
  ascribe_attributor_free(rollback);
  ascribe_ledger_free(ledger);
  ascribe_model_free(model);
  ascribe_model_free(single);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
  ascribe_dataset_free(facts);
}

/* The first scores of each order, against sorting by hand. */
static void orders(const ascribe_attribution *found) {
  static const char *const words[] = {"largest", "positive", "negative", NULL};
  enum { LARGEST, POSITIVE, NEGATIVE, DEFAULT };
  size_t word;
  const size_t count = ascribe_attribution_len(found, 0);
  uint64_t *examples = calloc(count, sizeof *examples), first[8];
  double *scores = numbers(count), top[8];
  CHECK_OK(ascribe_attribution_copy(found, 0, examples, scores, count, &error));
  CHECK_OK(ascribe_attribution_copy(found, 0, examples, NULL, count, &error));
  for (word = LARGEST; word <= DEFAULT; word++) {
    const size_t order = word == DEFAULT ? LARGEST : word;
    size_t got = 99, i, j, eligible = 0;
    CHECK_OK(ascribe_attribution_top(found, 0, words[word], first, top, 8, &got, &error));
    for (i = 0; i < count; i++)
      eligible += order == LARGEST || (order == POSITIVE ? scores[i] > 0.0 : scores[i] < 0.0);
    CHECK(got == (eligible < 8 ? eligible : 8));
    for (i = 0; i < got; i++) {
      size_t better = 0, mine = 0;
      for (j = 0; j < count; j++) mine = examples[j] == first[i] ? j : mine;
      CHECK(scores[mine] == top[i]);
      for (j = 0; j < count; j++) {
        const double a = order == LARGEST ? fabs(scores[j]) : order == POSITIVE ? scores[j] : -scores[j];
        const double b = order == LARGEST ? fabs(top[i]) : order == POSITIVE ? top[i] : -top[i];
        better += a > b || (a == b && examples[j] < first[i]);
      }
      CHECK(better == i);
    }
    CHECK_OK(ascribe_attribution_top(found, 0, words[word], NULL, NULL, 0, &got, &error));
    CHECK(got == 0);
  }
  free(examples);
  free(scores);
}

static void graphs(void) {
  machine m = machine_of("f64");
  const ascribe_options *training = steps_of("adam", 0.05, 5, 2);
  ascribe_attributor *rollback = NULL;
  ascribe_attribution *found = NULL, *again = NULL;
  ascribe_certificate certificate = {sizeof certificate, 1, 2, 3, 4, 5, 6};
  ascribe_ledger *ledger = NULL;
  ascribe_dataset *query = selected(m.data, 4, 2);
  double *p, values[2];
  int64_t threads;
  size_t i, q;
  CHECK_OK(ascribe_model_fit(m.model, NULL, m.data, training, NULL, &error));
  CHECK_OK(ascribe_model_ledger(m.model, &ledger, &error));
  p = parameters_of(m.model, NULL);
  rollback = attributor_of(m.model, "rollback", NULL);
  CHECK(ascribe_attributor_examples(rollback) == 30);
  CHECK_OK(ascribe_attributor_explain(rollback, query, "score", NULL, &found, &error));
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

  /* Attributors and their results outlive the model, the query and each other. */
  ascribe_model_free(m.model);
  m.model = NULL;
  for (threads = 1; threads <= 4; threads *= 2) {
    ascribe_attribution *other = NULL;
    CHECK_OK(ascribe_attributor_explain(rollback, query, "score", NULL, &other, &error));
    for (q = 0; q < 2; q++) {
      double a[30], b[30];
      CHECK_OK(ascribe_attribution_copy(found, q, NULL, a, 30, &error));
      CHECK_OK(ascribe_attribution_copy(other, q, NULL, b, 30, &error));
      CHECK(memcmp(a, b, ascribe_attribution_len(found, q) * sizeof *a) == 0);
    }
    ascribe_attribution_free(other);
  }
  {
    const ascribe_change change = change_of("remove", 0, 0.0, NULL, 0);
    ascribe_what_if *answer = NULL;
    CHECK_OK(ascribe_attributor_what_if(rollback, query, "score", &change, 1, NULL, NULL, &answer, &error));
    CHECK_OK(ascribe_what_if_changes(answer, 0, values, NULL, 2, NULL, NULL, &error));
    ascribe_what_if_free(answer);
  }
  ascribe_attributor_free(rollback);
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
  const ascribe_options *training = steps_of("sgd", 0.05, 1, 1);
  static const char *const precisions[] = {"f64", "f32"};
  size_t precision;
  for (precision = 0; precision < 2; precision++) {
    ascribe_model *model = triples_model(facts, precisions[precision]);
    double *first = NULL, *now;
    int64_t count;
    CHECK_OK(ascribe_model_fit(model, NULL, facts, training, NULL, &error));
    for (count = 1; count <= 4; count *= 2) {
      ascribe_context_options where;
      ascribe_context *context = NULL;
      ascribe_attributor *rollback = NULL;
      ascribe_attribution *found = NULL;
      size_t q, at = 0;
      ascribe_context_options_init(&where, sizeof where);
      where.threads = count;
      CHECK_OK(ascribe_context_new(&where, &context, &error));
      CHECK_OK(ascribe_attributor_new(context, model, "rollback", NULL, NULL, NULL, &rollback, &error));
      ascribe_context_free(context);
      CHECK_OK(ascribe_attributor_explain(rollback, queries, NULL, NULL, &found, &error));
      now = numbers(5 * 1592);
      for (q = 0; q < 5; q++) {
        CHECK_OK(ascribe_attribution_copy(found, q, NULL, now + at, 1592, &error));
        at += ascribe_attribution_len(found, q);
      }
      if (first == NULL) first = now;
      CHECK(memcmp(first, now, 5 * 1592 * sizeof *now) == 0);
      if (now != first) free(now);
      ascribe_attribution_free(found);
      ascribe_attributor_free(rollback);
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
