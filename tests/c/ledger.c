/* The ledger: all changes and the remainder add up to the movement of the parameters. */
#include "fixtures.h"

/* Checks that initial values, changes and remainder give the trained values; the ledger may outlive its model. */
static void adds_up(const ascribe_model *before, ascribe_model *after, double tolerance) {
  const size_t count = ascribe_model_parameters(after);
  double **sums = calloc(count, sizeof *sums);
  size_t *lengths = calloc(count, sizeof *lengths), *widths = calloc(count, sizeof *widths);
  double **now = calloc(count, sizeof *now);
  double moved = 0.0;
  ascribe_ledger *ledger = NULL;
  size_t place, i, slot;
  uint64_t example;
  CHECK_OK(ascribe_model_ledger(after, &ledger, &error));
  for (place = 0; place < count; place++) {
    int64_t sizes[4];
    size_t rank = 0, length = 1;
    double *rest;
    CHECK_OK(ascribe_model_parameter_shape(after, place, sizes, 4, &rank, &error));
    for (i = 0; i < rank; i++) length *= (size_t)sizes[i];
    lengths[place] = length;
    widths[place] = rank == 0 ? 1 : length / (size_t)sizes[0];
    sums[place] = numbers(length);
    now[place] = numbers(length);
    rest = numbers(length);
    CHECK_OK(ascribe_model_parameter(before, place, sums[place], length, &error));
    CHECK_OK(ascribe_model_parameter(after, place, now[place], length, &error));
    CHECK_OK(ascribe_ledger_remainder(ledger, place, rest, length, &error));
    for (i = 0; i < length; i++) {
      moved += fabs(now[place][i] - sums[place][i]);
      sums[place][i] += rest[i];
    }
    free(rest);
  }
  CHECK(moved > 0.0);
  ascribe_model_free(after);
  for (example = 0; example < ascribe_ledger_examples(ledger); example++)
    for (slot = 0; slot < ascribe_ledger_slots(ledger, example); slot++) {
      size_t parameter = 99, width = 99;
      uint64_t row = 99;
      double values[16];
      CHECK_OK(ascribe_ledger_slot(ledger, example, slot, &parameter, &row, &width, &error));
      NEED(parameter < count && width == widths[parameter] && width <= 16 && (row + 1) * width <= lengths[parameter]);
      CHECK_OK(ascribe_ledger_change(ledger, example, slot, values, 16, &error));
      for (i = 0; i < width; i++) sums[parameter][row * width + i] += values[i];
    }
  for (place = 0; place < count; place++) {
    for (i = 0; i < lengths[place]; i++) CHECK_CLOSE(sums[place][i], now[place][i], tolerance);
    free(sums[place]);
    free(now[place]);
  }
  ascribe_ledger_free(ledger);
  free(sums);
  free(now);
  free(lengths);
  free(widths);
}

/* Which rows a triple owns: its head's, its relation's, its tail's; one that is both counts once. */
static void rows_of_triples(void) {
  ascribe_dataset *data = nations();
  ascribe_model *model = triples_model(data, "f64"), *before = NULL;
  const ascribe_options *options = steps_of("sgd", 0.03, 1, 1);
  ascribe_ledger *ledger = NULL;
  const size_t count = ascribe_dataset_len(data);
  uint32_t *ids = calloc(3 * count, sizeof *ids);
  uint64_t example;
  CHECK_OK(ascribe_dataset_triples(data, ids, 3 * count, &error));
  CHECK_OK(ascribe_model_clone(model, &before, &error));
  CHECK_FAILS(ascribe_model_ledger(model, &ledger, &error), ASCRIBE_UNSUPPORTED, "");
  CHECK_OK(ascribe_model_fit(model, NULL, data, options, NULL, &error));
  CHECK_OK(ascribe_model_ledger(model, &ledger, &error));
  CHECK(ascribe_ledger_examples(ledger) == count && ascribe_ledger_slots(ledger, count) == 0);
  for (example = 0; example < count; example++) {
    const uint32_t *t = ids + 3 * example;
    int head = 0, relation = 0, tail = 0;
    const size_t slots = ascribe_ledger_slots(ledger, example);
    size_t slot;
    CHECK(slots == (t[0] == t[2] ? 2u : 3u));
    for (slot = 0; slot < slots; slot++) {
      size_t parameter, width;
      uint64_t row;
      CHECK_OK(ascribe_ledger_slot(ledger, example, slot, &parameter, &row, &width, &error));
      head += parameter == 0 && row == t[0];
      relation += parameter == 1 && row == t[1];
      tail += parameter == 0 && row == t[2];
    }
    CHECK(head == 1 && relation == 1 && tail == 1);
  }
  /* What a ledger holds stays when the model is trained further. */
  {
    double kept[4], later[4];
    CHECK_OK(ascribe_ledger_change(ledger, 3, 0, kept, 4, &error));
    CHECK_OK(ascribe_model_fit(model, NULL, data, options, NULL, &error));
    CHECK_OK(ascribe_ledger_change(ledger, 3, 0, later, 4, &error));
    CHECK(memcmp(kept, later, sizeof kept) == 0);
  }
  free(ids);
  ascribe_ledger_free(ledger);
  ascribe_model_free(before);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
}

static void movements(void) {
  static const char *const methods[] = {"sgd", "adagrad", "adam", "adam-dense"}, *const precisions[] = {"f64", "f32"};
  static const char *const attributions[] = {"momentum", "step"};
  ascribe_dataset *facts = nations(), *some = NULL;
  uint64_t first[80];
  size_t method, precision, attribution, i;
  for (i = 0; i < 80; i++) first[i] = 7 * i;
  CHECK_OK(ascribe_dataset_select(facts, first, 80, &some, &error));
  for (method = 0; method < 4; method++)
    for (precision = 0; precision < 2; precision++)
      for (attribution = 0; attribution < 2; attribution++) {
        const double tolerance = precision == 1 ? 2e-5 : 1e-12;
        ascribe_options *options = steps_of(methods[method], 0.02, 4, 3);
        machine m = machine_of(precisions[precision]);
        ascribe_model *model = triples_model(facts, precisions[precision]), *trained = NULL;
        CHECK_OK(ascribe_options_set_text(options, "attribution", attributions[attribution], &error));
        CHECK_OK(ascribe_model_clone(model, &trained, &error));
        CHECK_OK(ascribe_model_fit(trained, NULL, some, options, NULL, &error));
        adds_up(model, trained, tolerance);
        ascribe_model_free(model);
        CHECK_OK(ascribe_model_clone(m.model, &trained, &error));
        CHECK_OK(ascribe_model_fit(trained, NULL, m.data, options, NULL, &error));
        adds_up(m.model, trained, tolerance);
        machine_free(&m);
      }
  ascribe_dataset_free(some);
  ascribe_dataset_free(facts);
}

/* A step of one example moves its own rows by its own gradient, as written out here; slots are in the order of ascribe_graph_own(). */
static void one_step_by_hand(void) {
  machine m = machine_of("f64");
  ascribe_dataset *one = selected(m.data, 7, 1);
  ascribe_options *options = steps_of("sgd", 0.1, 1, 1);
  ascribe_ledger *ledger = NULL;
  double *p = parameters_of(m.model, NULL), change[2], rest[12];
  const uint32_t a = m.a[7], b = m.b[7];
  const double column[] = {1.0, 1.7}, *l = p + 2 * a, *r = p + 12 + 2 * b, bias = p[22 + a];
  const double e = l[0] * r[0] + l[1] * r[1] + bias - m.y[7];
  size_t parameter, width, i;
  uint64_t row;
  CHECK_OK(ascribe_model_fit(m.model, NULL, one, options, NULL, &error));
  CHECK_OK(ascribe_model_ledger(m.model, &ledger, &error));
  CHECK(ascribe_ledger_examples(ledger) == 1 && ascribe_ledger_slots(ledger, 0) == 3);
  CHECK_OK(ascribe_ledger_slot(ledger, 0, 1, &parameter, &row, &width, &error));
  CHECK(parameter == 1 && row == b && width == 2);
  CHECK_OK(ascribe_ledger_slot(ledger, 0, 2, &parameter, &row, &width, &error));
  CHECK(parameter == 2 && row == a && width == 1);
  CHECK_OK(ascribe_ledger_change(ledger, 0, 0, change, 2, &error));
  for (i = 0; i < 2; i++) CHECK_CLOSE(change[i], -0.1 * (e * r[i] + 0.04 * column[i] * l[i]), 1e-15);
  CHECK_OK(ascribe_ledger_change(ledger, 0, 1, change, 2, &error));
  for (i = 0; i < 2; i++) CHECK_CLOSE(change[i], -0.1 * (e * l[i] + 0.04 * r[i]), 1e-15);
  CHECK_OK(ascribe_ledger_change(ledger, 0, 2, change, 1, &error));
  CHECK_CLOSE(change[0], -0.1 * (e + 0.04 * bias), 1e-15);
  /* The penalty moves the rows of others too, and that is nobody's own. */
  CHECK_OK(ascribe_ledger_remainder(ledger, 0, rest, 12, &error));
  for (i = 0; i < 12; i++) CHECK_CLOSE(rest[i], i / 2 == a ? 0.0 : -0.1 * 0.04 * column[i % 2] * p[i], 1e-15);
  ascribe_ledger_free(ledger);

  /* Without a ledger there is none. */
  CHECK_OK(ascribe_options_set_flag(options, "ledger", 0, &error));
  CHECK_OK(ascribe_model_fit(m.model, NULL, one, options, NULL, &error));
  REFUSED(ledger, ascribe_model_ledger(m.model, &ledger, &error), ASCRIBE_UNSUPPORTED, "ledger");
  free(p);
  ascribe_dataset_free(one);
  machine_free(&m);
}

int main(void) {
  rows_of_triples();
  movements();
  one_step_by_hand();
  return checks_done();
}
