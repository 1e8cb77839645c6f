/* The results of README.md beside this file, in C: every line is a name and the bits of a number. */
#include <ascribe.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ascribe_error *error = NULL;

/* Ends the program when a call fails. */
static void must(ascribe_status status) {
  if (status == ASCRIBE_OK) return;
  fprintf(stderr, "%s: %s\n", ascribe_status_name(status), ascribe_error_message(error));
  ascribe_error_free(error);
  exit(1);
}

static void *room(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (memory == NULL) exit(2);
  return memory;
}

/* Writes a result: its bits, and its name. */
static void result(double value, const char *format, ...) {
  uint64_t bits;
  va_list arguments;
  memcpy(&bits, &value, sizeof bits);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf(" %016" PRIx64 "\n", bits);
}

static void results(const char *name, const char *what, const double *values, size_t count) {
  size_t i;
  for (i = 0; i < count; i++) result(values[i], "%s.%s.%zu", name, what, i);
}

static void table(const char *name, const char *what, const double *values, size_t rows, size_t columns) {
  size_t i;
  for (i = 0; i < rows * columns; i++) result(values[i], "%s.%s.%zu.%zu", name, what, i / columns, i % columns);
}

static void parameters(const char *name, const ascribe_model *model) {
  size_t place, i;
  for (place = 0; place < ascribe_model_parameters(model); place++) {
    int64_t sizes[8];
    size_t rank, count = 1;
    double *values;
    must(ascribe_model_parameter_shape(model, place, sizes, 8, &rank, &error));
    for (i = 0; i < rank; i++) count *= (size_t)sizes[i];
    values = room(count, sizeof *values);
    must(ascribe_model_parameter(model, place, values, count, &error));
    for (i = 0; i < count; i++) result(values[i], "%s.parameter.%zu.%zu", name, place, i);
    free(values);
  }
}

static void attribution(const char *name, const char *what, ascribe_attribution *found) {
  size_t query, i;
  for (query = 0; query < ascribe_attribution_queries(found); query++) {
    const size_t count = ascribe_attribution_len(found, query);
    uint64_t *examples = room(count, sizeof *examples);
    double *scores = room(count, sizeof *scores), value;
    must(ascribe_attribution_value(found, query, &value, &error));
    must(ascribe_attribution_copy(found, query, examples, scores, count, &error));
    result(value, "%s.%s.value.%zu", name, what, query);
    for (i = 0; i < count; i++) result(scores[i], "%s.%s.%zu.%" PRIu64, name, what, query, examples[i]);
    free(examples);
    free(scores);
  }
  ascribe_attribution_free(found);
}

static void rollback(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const char *functional) {
  static const char *const efforts[] = {"exact", "linear", "hybrid"};
  static const int32_t numbers[] = {ASCRIBE_EFFORT_EXACT, ASCRIBE_EFFORT_LINEAR, ASCRIBE_EFFORT_HYBRID};
  static const uint64_t three[] = {0, 5, 17};
  ascribe_rollback *asked;
  double *values = room(ascribe_dataset_len(queries), sizeof *values);
  int i;
  must(ascribe_rollback_new(NULL, model, functional, &asked, &error));
  for (i = 0; i < 3; i++) {
    ascribe_rollback_options options;
    ascribe_attribution *found;
    ascribe_rollback_options_init(&options, sizeof options);
    options.effort = numbers[i];
    options.rerank = 3;
    must(ascribe_rollback_explain(asked, queries, &options, NULL, &found, &error));
    attribution(name, efforts[i], found);
  }
  must(ascribe_rollback_without(asked, queries, three, 3, values, ascribe_dataset_len(queries), &error));
  results(name, "without", values, ascribe_dataset_len(queries));
  ascribe_rollback_free(asked);
  free(values);
}

static void removal(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const char *functional) {
  static const uint64_t examples[] = {3, 2, 9};
  static const size_t offsets[] = {0, 1, 3};
  const size_t count = ascribe_dataset_len(queries);
  double *changes = room(2 * count, sizeof *changes);
  must(ascribe_verify_removal(NULL, model, queries, functional, examples, offsets, 2, NULL, changes, 2 * count, &error));
  table(name, "removal", changes, 2, count);
  free(changes);
}

static void triples(const char *name, int32_t precision, const char *folder) {
  static const uint64_t first[] = {0, 1, 2};
  char paths[3][1024];
  double values[3];
  ascribe_dataset *data, *test, *queries;
  ascribe_triple_options options;
  ascribe_training_options training;
  ascribe_model *model;
  snprintf(paths[0], sizeof paths[0], "%s/nations/train.tsv", folder);
  snprintf(paths[1], sizeof paths[1], "%s/nations/valid.tsv", folder);
  snprintf(paths[2], sizeof paths[2], "%s/nations/test.tsv", folder);
  must(ascribe_dataset_load_triples(paths[0], paths[1], paths[2], &data, &error));
  must(ascribe_dataset_part(data, ASCRIBE_PART_TEST, &test, &error));
  must(ascribe_dataset_select(test, first, 3, &queries, &error));
  ascribe_triple_options_init(&options, sizeof options);
  options.dimension = 6;
  options.negatives = 5;
  options.precision = precision;
  options.seed = 11;
  must(ascribe_model_triples(NULL, data, &options, &model, &error));
  ascribe_training_options_init(&training, sizeof training);
  training.method = ASCRIBE_METHOD_SGD;
  training.learning_rate = 0.05;
  training.batch = 1;
  training.epochs = 3;
  training.seed = 3;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  parameters(name, model);
  must(ascribe_model_evaluate(model, NULL, queries, "log-probability", values, 3, &error));
  results(name, "evaluate", values, 3);
  rollback(name, model, queries, "probability");
  removal(name, model, queries, "probability");
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(test);
  ascribe_dataset_free(data);
}

/* What is asked of a model that was minimized. `extra` has examples for changes of the training set. */
static void influence(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const ascribe_dataset *extra,
                      const char *functional, int single) {
  static const uint64_t two[] = {2, 3};
  const size_t count = ascribe_dataset_len(queries), p = ascribe_model_dimension(model);
  const ascribe_change remove[] = {{ASCRIBE_CHANGE_REMOVE, 3, 0.0, NULL, 0}};
  const ascribe_change several[] = {{ASCRIBE_CHANGE_REWEIGHT, 4, 2.0, NULL, 0},
                                    {ASCRIBE_CHANGE_REPLACE, 5, 0.0, extra, 0},
                                    {ASCRIBE_CHANGE_ADD, 0, 1.0, extra, 1}};
  ascribe_influence_options options;
  ascribe_influence *asked;
  ascribe_attribution *found;
  ascribe_standing standing;
  double *directions = room(2 * p, sizeof *directions), *products = room(2 * p, sizeof *products);
  double *some = room(2 * count, sizeof *some), leverages[2], *selves;
  ascribe_matrix matrix;
  size_t examples, i, way;
  ascribe_influence_options_init(&options, sizeof options);
  options.curvature = ASCRIBE_CURVATURE_HESSIAN;
  must(ascribe_influence_new(NULL, model, NULL, &options, NULL, &asked, &error));
  standing.struct_size = sizeof standing;
  must(ascribe_influence_standing(asked, &standing, &error));
  result(standing.value, "%s.objective", name);
  result(standing.gradient, "%s.gradient", name);
  must(ascribe_influence_explain(asked, queries, functional, NULL, &found, &error));
  attribution(name, "influence", found);
  examples = (size_t)standing.examples;
  selves = room(examples, sizeof *selves);
  must(ascribe_influence_self(asked, NULL, 0, NULL, selves, examples, &error));
  results(name, "self", selves, examples);
  for (i = 0; i < count; i++) {
    const uint64_t place = i;
    ascribe_dataset *alone;
    must(ascribe_dataset_select(queries, &place, 1, &alone, &error));
    must(ascribe_influence_corrected(asked, alone, functional, two, 2, NULL, some + 2 * i, leverages, &error));
    ascribe_dataset_free(alone);
  }
  table(name, "corrected", some, count, 2);
  results(name, "leverage", leverages, 2);
  for (i = 0; i < 2 * p; i++) directions[i] = ((double)((3 * (i / p) + 5 * (i % p) + 1) % 7) - 3.0) / 4.0;
  matrix.data = directions;
  matrix.rows = 2;
  matrix.cols = matrix.row_stride = (int64_t)p;
  matrix.col_stride = 1;
  must(ascribe_influence_hvp(asked, &matrix, NULL, products, 2 * p, &error));
  table(name, "hvp", products, 2, p);
  must(ascribe_influence_inverse_hvp(asked, &matrix, NULL, products, 2 * p, &error));
  table(name, "inverse", products, 2, p);
  for (way = 0; way < 2; way++) {
    ascribe_what_if_options until;
    ascribe_what_if *answer;
    ascribe_what_if_options_init(&until, sizeof until);
    until.until = ASCRIBE_LEVEL_RETRAINED;
    if (single) until.gradient = 1e-5;
    must(ascribe_influence_what_if(asked, queries, functional, way ? several : remove, way ? 3 : 1, &until, NULL, &answer, &error));
    for (i = 0; i < ascribe_what_if_levels(answer); i++) {
      int32_t level;
      size_t query;
      must(ascribe_what_if_level(answer, i, &level, some, NULL, count, &error));
      for (query = 0; query < count; query++)
        result(some[query], "%s.%s.%d.%zu", name, way ? "several" : "remove", (int)level, query);
    }
    ascribe_what_if_free(answer);
  }
  ascribe_influence_free(asked);
  free(directions);
  free(products);
  free(some);
  free(selves);
}

static double feature(size_t i, size_t j) { return ((double)((7 * i + 11 * j + i * j) % 13) - 6.0) / 8.0; }

/* Rows `first` to `first + count` of the made-up table, with numbers or with three classes as targets. */
static ascribe_dataset *rows_of(size_t first, size_t count, int classes, double *features) {
  double *targets = room(count, sizeof *targets);
  uint32_t *labels = room(count, sizeof *labels);
  ascribe_matrix matrix;
  ascribe_dataset *data;
  size_t i, j;
  for (i = 0; i < count; i++) {
    for (j = 0; j < 3; j++) features[3 * i + j] = feature(first + i, j);
    targets[i] = ((double)((5 * (first + i) + 3) % 11) - 5.0) / 4.0;
    labels[i] = (uint32_t)(((first + i) * (first + i) + (first + i) / 4) % 3);
  }
  matrix.data = features;
  matrix.rows = (int64_t)count;
  matrix.cols = matrix.row_stride = 3;
  matrix.col_stride = 1;
  must(ascribe_dataset_from_matrix(&matrix, classes ? NULL : targets, classes ? 0 : count, &data, &error));
  if (classes) must(ascribe_dataset_set_labels(data, labels, count, 3, &error));
  free(targets);
  free(labels);
  return data;
}

static void predict(const char *name, const ascribe_model *model, const double *features) {
  const ascribe_matrix matrix = {features, 2, 3, 3, 1};
  double outputs[6];
  const size_t wide = ascribe_model_outputs(model);
  must(ascribe_model_predict(model, NULL, &matrix, outputs, 2 * wide, &error));
  table(name, "predict", outputs, 2, wide);
}

static void rows(const char *name, int32_t loss, int32_t precision) {
  static const uint64_t asked[] = {1, 7};
  double features[72], more[6];
  ascribe_dataset *data = rows_of(0, 24, loss == ASCRIBE_LOSS_SOFTMAX, features), *queries;
  ascribe_dataset *extra = rows_of(100, 2, loss == ASCRIBE_LOSS_SOFTMAX, more);
  ascribe_row_options options;
  ascribe_training_options training;
  ascribe_model *model;
  must(ascribe_dataset_select(data, asked, 2, &queries, &error));
  ascribe_row_options_init(&options, sizeof options);
  options.loss = loss;
  options.l2 = 0.05;
  options.precision = precision;
  must(ascribe_model_rows(NULL, data, &options, &model, &error));
  ascribe_training_options_init(&training, sizeof training);
  training.method = ASCRIBE_METHOD_MINIMIZE;
  training.gradient = precision == ASCRIBE_F32 ? 1e-5 : 1e-10;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  parameters(name, model);
  predict(name, model, more);
  influence(name, model, queries, extra, "loss", precision == ASCRIBE_F32);
  removal(name, model, queries, "loss");
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(extra);
  ascribe_dataset_free(data);
}

static void layers(const char *name, int32_t precision) {
  static const ascribe_layer two[] = {{ASCRIBE_LAYER_DENSE, 4, 0}, {ASCRIBE_LAYER_ACTIVATION, ASCRIBE_ACTIVATION_TANH, 0}};
  double features[72], more[6];
  ascribe_dataset *data = rows_of(0, 24, 1, features), *extra = rows_of(100, 2, 1, more);
  ascribe_row_options options;
  ascribe_training_options training;
  ascribe_model *model;
  ascribe_row_options_init(&options, sizeof options);
  options.loss = ASCRIBE_LOSS_SOFTMAX;
  options.l2 = 0.01;
  options.layers = two;
  options.layer_count = 2;
  options.precision = precision;
  options.seed = 11;
  must(ascribe_model_rows(NULL, data, &options, &model, &error));
  ascribe_training_options_init(&training, sizeof training);
  training.method = ASCRIBE_METHOD_ADAM;
  training.learning_rate = 0.01;
  training.epochs = 4;
  training.batch = 5;
  training.seed = 3;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  parameters(name, model);
  predict(name, model, more);
  removal(name, model, extra, "loss");
  ascribe_model_free(model);
  ascribe_dataset_free(extra);
  ascribe_dataset_free(data);
}

static void graph(const char *name, int32_t precision) {
  static const int64_t sizes[4][2] = {{30, 0}, {20, 0}, {30, 4}, {20, 4}};
  static const char *const names[4] = {"user_bias", "item_bias", "users", "items"};
  static const size_t ranks[4] = {1, 1, 2, 2};
  static const uint64_t asked[] = {0, 5};
  uint32_t users[240], items[240];
  double ratings[240], values[4], mean_rest;
  const ascribe_matrix matrix = {ratings, 240, 1, 1, 1};
  ascribe_graph *made;
  ascribe_node user, item, mean, table_of[4], rating, row[4], prediction, d, loss, penalty, square;
  ascribe_dataset *data, *queries;
  ascribe_graph_options options;
  ascribe_training_options training;
  ascribe_model *model;
  ascribe_ledger *ledger;
  size_t k, i;
  for (k = 0; k < 240; k++) {
    const size_t u = 7 * k % 30, v = (11 * k + k / 30) % 20;
    users[k] = (uint32_t)u;
    items[k] = (uint32_t)v;
    ratings[k] = 1.0 + (double)((3 * u + 5 * v + u * v) % 5);
  }
  must(ascribe_dataset_new(240, &data, &error));
  must(ascribe_dataset_set_ids(data, "user", users, 240, 1, &error));
  must(ascribe_dataset_set_ids(data, "item", items, 240, 1, &error));
  must(ascribe_dataset_set_numbers(data, "rating", &matrix, &error));
  must(ascribe_dataset_select(data, asked, 2, &queries, &error));
  must(ascribe_graph_new(&made, &error));
  must(ascribe_graph_indices(made, "user", NULL, 0, &user, &error));
  must(ascribe_graph_indices(made, "item", NULL, 0, &item, &error));
  must(ascribe_graph_parameter(made, "mean", NULL, 0, &mean, &error));
  for (i = 0; i < 4; i++) must(ascribe_graph_parameter(made, names[i], sizes[i], ranks[i], &table_of[i], &error));
  must(ascribe_graph_input(made, "rating", NULL, 0, &rating, &error));
  for (i = 0; i < 4; i++) must(ascribe_graph_gather_rows(made, table_of[i], i % 2 ? item : user, &row[i], &error));
  must(ascribe_graph_add(made, mean, row[0], &prediction, &error));
  must(ascribe_graph_add(made, prediction, row[1], &prediction, &error));
  must(ascribe_graph_mul(made, row[2], row[3], &d, &error));
  must(ascribe_graph_sum_all(made, d, &d, &error));
  must(ascribe_graph_add(made, prediction, d, &prediction, &error));
  must(ascribe_graph_sub(made, prediction, rating, &d, &error));
  must(ascribe_graph_mul(made, d, d, &loss, &error));
  must(ascribe_graph_scale(made, loss, 0.5, &loss, &error));
  must(ascribe_graph_mul(made, mean, mean, &penalty, &error));
  for (i = 0; i < 4; i++) {
    must(ascribe_graph_mul(made, table_of[i], table_of[i], &square, &error));
    must(ascribe_graph_sum_all(made, square, &square, &error));
    must(ascribe_graph_add(made, penalty, square, &penalty, &error));
  }
  must(ascribe_graph_scale(made, penalty, 0.05, &penalty, &error));
  must(ascribe_graph_functional(made, "prediction", prediction, &error));
  must(ascribe_graph_own(made, table_of[2], user, &error));
  must(ascribe_graph_own(made, table_of[3], item, &error));
  must(ascribe_graph_own(made, table_of[0], user, &error));
  must(ascribe_graph_own(made, table_of[1], item, &error));
  ascribe_graph_options_init(&options, sizeof options);
  options.precision = precision;
  options.seed = 7;
  must(ascribe_model_graph(NULL, made, loss, penalty, prediction, &options, &model, &error));
  ascribe_training_options_init(&training, sizeof training);
  training.method = ASCRIBE_METHOD_SGD;
  training.learning_rate = 0.02;
  training.batch = 1;
  training.epochs = 5;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  parameters(name, model);
  must(ascribe_model_ledger(model, &ledger, &error));
  for (i = 0; i < ascribe_ledger_slots(ledger, 6); i++) {
    size_t parameter, width;
    uint64_t place;
    must(ascribe_ledger_slot(ledger, 6, i, &parameter, &place, &width, &error));
    must(ascribe_ledger_change(ledger, 6, i, values, width, &error));
    for (k = 0; k < width; k++) result(values[k], "%s.change.%zu.%zu", name, i, k);
  }
  must(ascribe_ledger_remainder(ledger, 0, &mean_rest, 1, &error));
  result(mean_rest, "%s.remainder", name);
  rollback(name, model, queries, "prediction");
  removal(name, model, queries, "prediction");
  if (precision == ASCRIBE_F64) {
    training.method = ASCRIBE_METHOD_MINIMIZE;
    must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
    influence("graph.minimized", model, queries, data, "prediction", 0);
    removal("graph.minimized", model, queries, "prediction");
  }
  ascribe_ledger_free(ledger);
  ascribe_model_free(model);
  ascribe_graph_free(made);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

int main(int count, char **arguments) {
  const char *folder = count > 1 ? arguments[1] : "data";
  triples("triples.f64", ASCRIBE_F64, folder);
  triples("triples.f32", ASCRIBE_F32, folder);
  rows("rows.squared.f64", ASCRIBE_LOSS_SQUARED, ASCRIBE_F64);
  rows("rows.softmax.f64", ASCRIBE_LOSS_SOFTMAX, ASCRIBE_F64);
  rows("rows.softmax.f32", ASCRIBE_LOSS_SOFTMAX, ASCRIBE_F32);
  layers("rows.layers.f64", ASCRIBE_F64);
  layers("rows.layers.f32", ASCRIBE_F32);
  graph("graph.f64", ASCRIBE_F64);
  graph("graph.f32", ASCRIBE_F32);
  return 0;
}
