/* Models that are saved and loaded answer with the same bits; what cannot be loaded says why and leaves everything as it was. */
#define _POSIX_C_SOURCE 200809L
#include "fixtures.h"

#include <unistd.h>

static char folder[64] = "/tmp/ascribe-saved-XXXXXX";

static const char *below(const char *name) {
  static char path[4][128];
  static int next = 0;
  char *place = path[next = (next + 1) % 4];
  snprintf(place, sizeof path[0], "%s/%s", folder, name);
  return place;
}

static void same_scores(const ascribe_attribution *one, const ascribe_attribution *other) {
  const size_t count = ascribe_attribution_len(one, 0);
  double *a = numbers(count), *b = numbers(count);
  CHECK(count > 0 && ascribe_attribution_len(other, 0) == count);
  CHECK_OK(ascribe_attribution_copy(one, 0, NULL, a, count, &error));
  CHECK_OK(ascribe_attribution_copy(other, 0, NULL, b, count, &error));
  CHECK(memcmp(a, b, count * sizeof *a) == 0);
  free(a);
  free(b);
}

static void by_rollback(const ascribe_model *one, const ascribe_model *other, const ascribe_dataset *query, const char *functional) {
  const ascribe_model *models[2];
  ascribe_attribution *scores[2] = {NULL, NULL};
  const size_t offsets[2] = {0, 1};
  const uint64_t example = 3;
  double changes[2];
  int i;
  models[0] = one;
  models[1] = other;
  for (i = 0; i < 2; i++) {
    ascribe_attributor *rollback = attributor_of(models[i], "rollback", NULL);
    CHECK_OK(ascribe_attributor_explain(rollback, query, functional, NULL, &scores[i], &error));
    CHECK_OK(ascribe_retraining_changes(NULL, models[i], query, functional, &example, offsets, 1, NULL, &changes[i], 1, &error));
    ascribe_attributor_free(rollback);
  }
  same_scores(scores[0], scores[1]);
  CHECK(memcmp(&changes[0], &changes[1], sizeof changes[0]) == 0 && changes[0] != 0.0);
  ascribe_attribution_free(scores[0]);
  ascribe_attribution_free(scores[1]);
}

static void triples(void) {
  ascribe_dataset *facts = nations(), *data = selected(facts, 0, 60), *query = selected(facts, 50, 1);
  ascribe_model *model = triples_model(facts, "f64"), *loaded = NULL;
  const ascribe_options *training = steps_of("sgd", 0.1, 3, 1);
  CHECK_FAILS(ascribe_model_save(model, below("triples"), &error), ASCRIBE_UNSUPPORTED, "train");
  CHECK_OK(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  CHECK_OK(ascribe_model_save(model, below("triples"), &error));
  CHECK(has_member(TEXT_OF(ascribe_model_inspect, below("triples")), "kind", "distmult"));
  CHECK(strstr(text_of_, "\"dimension\":4") != NULL && strstr(text_of_, "\"epochs\":3") != NULL);
  CHECK_OK(ascribe_model_load(below("triples"), &loaded, &error));
  CHECK(has_member(TEXT_OF(ascribe_model_describe, loaded), "kind", "distmult"));
  CHECK(strstr(text_of_, "\"dimension\":4") != NULL && strstr(text_of_, "\"epochs\":3") != NULL);
  by_rollback(model, loaded, query, "probability");
  ascribe_model_free(loaded);
  ascribe_model_free(model);
  ascribe_dataset_free(query);
  ascribe_dataset_free(data);
  ascribe_dataset_free(facts);
}

static void rows(void) {
  double features[20 * 3], targets[20];
  ascribe_dataset *data, *query;
  ascribe_model *model = NULL, *loaded = NULL;
  ascribe_attributor *influence[2];
  ascribe_attribution *scores[2] = {NULL, NULL};
  int i;
  fill(features, COUNT(features), 5);
  fill(targets, COUNT(targets), 6);
  data = rows_of(features, 20, 3, targets);
  query = selected(data, 2, 1);
  CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("l2=0.1"), &model, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data, NULL, NULL, &error));
  CHECK_OK(ascribe_model_save(model, below("rows"), &error));
  CHECK_OK(ascribe_model_load(below("rows"), &loaded, &error));
  influence[0] = attributor_of(model, "influence", NULL);
  influence[1] = attributor_of(loaded, "influence", NULL);
  for (i = 0; i < 2; i++) {
    CHECK_OK(ascribe_attributor_explain(influence[i], query, "loss", NULL, &scores[i], &error));
    ascribe_attributor_free(influence[i]);
  }
  same_scores(scores[0], scores[1]);
  ascribe_attribution_free(scores[0]);
  ascribe_attribution_free(scores[1]);
  ascribe_model_free(loaded);
  ascribe_model_free(model);
  ascribe_dataset_free(query);
  ascribe_dataset_free(data);
}

/* score = row of `table` by id, times a factor; squared against a target. */
static ascribe_model *graph_model(const char *name, int64_t count) {
  ascribe_graph *graph = NULL;
  ascribe_model *model = NULL;
  ascribe_node table, id, value, target, difference, square, loss;
  CHECK_OK(ascribe_graph_new(&graph, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "parameter", name, &count, 1, &table, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "indices", "id", NULL, 0, &id, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "input", "target", NULL, 0, &target, &error));
  CHECK_OK(ascribe_graph_gather(graph, "rows", table, id, &value, &error));
  CHECK_OK(ascribe_graph_binary(graph, "sub", value, target, &difference, &error));
  CHECK_OK(ascribe_graph_binary(graph, "mul", difference, difference, &square, &error));
  CHECK_OK(ascribe_graph_with_constant(graph, "scale", square, 0.5, &loss, &error));
  CHECK_OK(ascribe_graph_own(graph, table, id, &error));
  CHECK_OK(ascribe_graph_functional(graph, "value", value, &error));
  CHECK_OK(ascribe_model_custom(NULL, graph, loss, ASCRIBE_NO_NODE, value, NULL, &model, &error));
  ascribe_graph_free(graph);
  return model;
}

static void graphs(void) {
  const uint32_t ids[8] = {0, 1, 2, 3, 0, 1, 2, 3};
  double targets[8];
  ascribe_matrix view;
  ascribe_dataset *data = NULL, *query;
  ascribe_model *model = graph_model("table", 4), *same = graph_model("table", 4), *other = graph_model("other", 4), *loaded = NULL;
  const ascribe_options *training = steps_of("sgd", 0.1, 3, 1);
  fill(targets, 8, 9);
  view = matrix_of(targets, 8, 1);
  CHECK_OK(ascribe_dataset_new(8, &data, &error));
  CHECK_OK(ascribe_dataset_set_ids(data, "id", ids, 8, 1, &error));
  CHECK_OK(ascribe_dataset_set_numbers(data, "target", &view, &error));
  query = selected(data, 3, 1);
  CHECK_OK(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  CHECK_OK(ascribe_model_save(model, below("graph"), &error));
  CHECK_OK(ascribe_model_restore(same, below("graph"), &error));
  by_rollback(model, same, query, "value");
  CHECK_FAILS(ascribe_model_restore(other, below("graph"), &error), ASCRIBE_INVALID_ARGUMENT, "table");
  CHECK_FAILS(ascribe_model_load(below("graph"), &loaded, &error), ASCRIBE_UNSUPPORTED, "graph");
  CHECK(loaded == NULL);
  ascribe_model_free(other);
  ascribe_model_free(same);
  ascribe_model_free(model);
  ascribe_dataset_free(query);
  ascribe_dataset_free(data);
}

static void misuse(void) {
  ascribe_model *model = graph_model("table", 4), *loaded = NULL;
  size_t length = 0;
  CHECK_FAILS(ascribe_model_save(NULL, "x", &error), ASCRIBE_INVALID_ARGUMENT, "model is NULL");
  CHECK_FAILS(ascribe_model_save(model, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "folder is NULL");
  CHECK_FAILS(ascribe_model_save(model, "\xff", &error), ASCRIBE_INVALID_ARGUMENT, "UTF-8");
  CHECK_FAILS(ascribe_model_load(NULL, &loaded, &error), ASCRIBE_INVALID_ARGUMENT, "folder is NULL");
  CHECK_FAILS(ascribe_model_load("x", NULL, &error), ASCRIBE_INVALID_ARGUMENT, "model is NULL");
  CHECK_FAILS(ascribe_model_load(below("nothing"), &loaded, &error), ASCRIBE_IO, "nothing");
  CHECK_FAILS(ascribe_model_inspect(NULL, NULL, 0, &length, &error), ASCRIBE_INVALID_ARGUMENT, "folder is NULL");
  CHECK_FAILS(ascribe_model_inspect("x", NULL, 0, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "length is NULL");
  CHECK_FAILS(ascribe_model_inspect(below("nothing"), NULL, 0, &length, &error), ASCRIBE_IO, "nothing");
  CHECK_FAILS(ascribe_model_restore(NULL, "x", &error), ASCRIBE_INVALID_ARGUMENT, "model is NULL");
  CHECK_FAILS(ascribe_model_restore(model, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "folder is NULL");
  CHECK_FAILS(ascribe_model_restore(model, below("nothing"), &error), ASCRIBE_IO, "nothing");
  CHECK(loaded == NULL);
  ascribe_model_free(model);
}

int main(void) {
  char command[128];
  CHECK(mkdtemp(folder) != NULL);
  triples();
  rows();
  graphs();
  misuse();
  snprintf(command, sizeof command, "rm -rf %s", folder);
  CHECK(system(command) == 0);
  return checks_done();
}
