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

/* Options by text, "epochs=3;seed=3"; to be freed. */
static ascribe_options *options_of(const char *format, ...) {
  char text[256], *name, *rest = text;
  ascribe_options *options;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  must(ascribe_options_new(&options, &error));
  while ((name = strtok(rest, ";")) != NULL) {
    char *value = strchr(name, '=');
    rest = NULL;
    *value++ = '\0';
    must(ascribe_options_set_text(options, name, value, &error));
  }
  return options;
}

static ascribe_model *model_of(const char *kind, const ascribe_dataset *data, ascribe_options *options) {
  ascribe_model *model;
  must(ascribe_model_new(NULL, kind, data, options, &model, &error));
  ascribe_options_free(options);
  return model;
}

static void fit(ascribe_model *model, const ascribe_dataset *data, ascribe_options *options) {
  must(ascribe_model_fit(model, NULL, data, options, NULL, &error));
  ascribe_options_free(options);
}

static ascribe_attributor *attributor_of(const ascribe_model *model, const char *method, ascribe_options *options) {
  ascribe_attributor *attributor;
  must(ascribe_attributor_new(NULL, model, method, NULL, options, NULL, &attributor, &error));
  ascribe_options_free(options);
  return attributor;
}

static ascribe_change change(const char *kind, uint64_t example, double weight, const ascribe_dataset *data, uint64_t row) {
  ascribe_change change;
  change.struct_size = sizeof change;
  change.kind = kind;
  change.example = example;
  change.data = data;
  change.row = row;
  change.weight = weight;
  return change;
}

static void rollback(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const char *functional) {
  static const char *const efforts[] = {"exact", "linear", "hybrid"};
  const ascribe_change three[] = {change("remove", 0, 0.0, NULL, 0), change("remove", 5, 0.0, NULL, 0), change("remove", 17, 0.0, NULL, 0)};
  const size_t count = ascribe_dataset_len(queries);
  double *values = room(count, sizeof *values);
  ascribe_attributor *attributor;
  ascribe_what_if *answer;
  int i;
  for (i = 0; i < 3; i++) {
    ascribe_attribution *found;
    attributor = attributor_of(model, "rollback", options_of("effort=%s%s", efforts[i], i == 2 ? ":3" : ""));
    must(ascribe_attributor_explain(attributor, queries, functional, NULL, &found, &error));
    attribution(name, efforts[i], found);
    ascribe_attributor_free(attributor);
  }
  attributor = attributor_of(model, "rollback", NULL);
  must(ascribe_attributor_what_if(attributor, queries, functional, three, 3, NULL, NULL, &answer, &error));
  must(ascribe_what_if_changes(answer, 0, values, NULL, count, NULL, NULL, &error));
  results(name, "without", values, count);
  ascribe_what_if_free(answer);
  ascribe_attributor_free(attributor);
  free(values);
}

static void gradients(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const char *functional) {
  static const char *const methods[] = {"graddot", "gradcos"};
  int i;
  for (i = 0; i < 2; i++) {
    ascribe_attributor *attributor = attributor_of(model, methods[i], NULL);
    const size_t examples = ascribe_attributor_examples(attributor);
    double *selves = room(examples, sizeof *selves);
    ascribe_attribution *found;
    char what[32];
    must(ascribe_attributor_explain(attributor, queries, functional, NULL, &found, &error));
    attribution(name, methods[i], found);
    must(ascribe_attributor_self(attributor, NULL, 0, NULL, selves, examples, &error));
    snprintf(what, sizeof what, "%s.self", methods[i]);
    results(name, what, selves, examples);
    ascribe_attributor_free(attributor);
    free(selves);
  }
}

/* The methods that do the training again; how the derivative of the first grew on its way back. */
static void along(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const char *functional) {
  static const char *const methods[] = {"replay", "tracin", "tracincp", "gas"};
  const size_t count = ascribe_dataset_len(queries);
  double *growth = room(count, sizeof *growth);
  size_t i, query;
  for (i = 0; i < 4; i++) {
    ascribe_attributor *attributor = attributor_of(model, methods[i], NULL);
    ascribe_attribution *found;
    must(ascribe_attributor_explain(attributor, queries, functional, NULL, &found, &error));
    for (query = 0; query < count; query++) must(ascribe_attribution_growth(found, query, &growth[query], &error));
    attribution(name, methods[i], found);
    if (i == 0) results(name, "growth", growth, count);
    ascribe_attributor_free(attributor);
  }
  free(growth);
}

static void removal(const char *name, const ascribe_model *model, const ascribe_dataset *queries, const char *functional) {
  static const uint64_t examples[] = {3, 2, 9};
  static const size_t offsets[] = {0, 1, 3};
  const size_t count = ascribe_dataset_len(queries);
  double *changes = room(2 * count, sizeof *changes);
  must(ascribe_retraining_changes(NULL, model, queries, functional, examples, offsets, 2, NULL, changes, 2 * count, &error));
  table(name, "removal", changes, 2, count);
  free(changes);
}

static void triples(const char *name, const char *precision, const char *folder) {
  static const uint64_t first[] = {0, 1, 2};
  char files[3][1024];
  const char *const paths[] = {files[0], files[1], files[2]};
  double values[3];
  ascribe_dataset *data, *test, *queries;
  ascribe_model *model;
  snprintf(files[0], sizeof files[0], "%s/nations/train.tsv", folder);
  snprintf(files[1], sizeof files[1], "%s/nations/valid.tsv", folder);
  snprintf(files[2], sizeof files[2], "%s/nations/test.tsv", folder);
  must(ascribe_dataset_load("triples", paths, 3, NULL, &data, &error));
  must(ascribe_dataset_part(data, "test", &test, &error));
  must(ascribe_dataset_select(test, first, 3, &queries, &error));
  model = model_of("distmult", data, options_of("dimension=6;negatives=5;precision=%s;seed=11", precision));
  fit(model, data, options_of("optimizer=sgd;learning_rate=0.05;batch=1;epochs=3;seed=3"));
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
                      const char *functional) {
  static const uint64_t two[] = {2, 3};
  const size_t count = ascribe_dataset_len(queries), p = ascribe_model_dimension(model);
  const ascribe_change remove[] = {change("remove", 3, 0.0, NULL, 0)};
  const ascribe_change several[] = {change("reweight", 4, 2.0, NULL, 0), change("replace", 5, 0.0, extra, 0), change("add", 0, 1.0, extra, 1)};
  ascribe_options *until = options_of("until=retrained");
  ascribe_attributor *attributor = attributor_of(model, "influence", options_of("curvature=hessian"));
  ascribe_attribution *found;
  ascribe_diagnostics diagnostics;
  double *directions = room(2 * p, sizeof *directions), *products = room(2 * p, sizeof *products);
  double *some = room(2 * count, sizeof *some), leverages[2], *selves;
  ascribe_matrix matrix;
  size_t examples, i, way;
  diagnostics.struct_size = sizeof diagnostics;
  must(ascribe_attributor_diagnostics(attributor, &diagnostics, &error));
  result(diagnostics.value, "%s.objective", name);
  result(diagnostics.gradient_norm, "%s.gradient", name);
  must(ascribe_attributor_explain(attributor, queries, functional, NULL, &found, &error));
  attribution(name, "influence", found);
  examples = ascribe_attributor_examples(attributor);
  selves = room(examples, sizeof *selves);
  must(ascribe_attributor_self(attributor, NULL, 0, NULL, selves, examples, &error));
  results(name, "self", selves, examples);
  for (i = 0; i < count; i++) {
    const uint64_t place = i;
    ascribe_dataset *alone;
    must(ascribe_dataset_select(queries, &place, 1, &alone, &error));
    must(ascribe_attributor_leave_one_out(attributor, alone, functional, two, 2, NULL, some + 2 * i, 2, leverages, 2, &error));
    ascribe_dataset_free(alone);
  }
  table(name, "leave_one_out", some, count, 2);
  results(name, "leverage", leverages, 2);
  for (i = 0; i < 2 * p; i++) directions[i] = ((double)((3 * (i / p) + 5 * (i % p) + 1) % 7) - 3.0) / 4.0;
  matrix.data = directions;
  matrix.rows = 2;
  matrix.cols = matrix.row_stride = (int64_t)p;
  matrix.col_stride = 1;
  must(ascribe_attributor_products(attributor, "curvature", &matrix, NULL, products, 2 * p, &error));
  table(name, "products", products, 2, p);
  must(ascribe_attributor_products(attributor, "inverse", &matrix, NULL, products, 2 * p, &error));
  table(name, "inverse", products, 2, p);
  for (way = 0; way < 2; way++) {
    ascribe_what_if *answer;
    must(ascribe_attributor_what_if(attributor, queries, functional, way ? several : remove, way ? 3 : 1, until, NULL, &answer, &error));
    for (i = 0; i < ascribe_what_if_levels(answer); i++) {
      char word[32];
      size_t query, length;
      must(ascribe_what_if_level_name(answer, i, word, sizeof word, &length, &error));
      must(ascribe_what_if_changes(answer, i, some, NULL, count, NULL, NULL, &error));
      for (query = 0; query < count; query++)
        result(some[query], "%s.%s.%s.%zu", name, way ? "several" : "remove", word, query);
    }
    ascribe_what_if_free(answer);
  }
  ascribe_options_free(until);
  ascribe_attributor_free(attributor);
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

static void rows(const char *name, const char *kind, const char *precision) {
  static const uint64_t places[] = {1, 7};
  const int classes = strcmp(kind, "softmax") == 0;
  double features[72], more[6];
  ascribe_dataset *data = rows_of(0, 24, classes, features), *extra = rows_of(100, 2, classes, more), *queries;
  ascribe_model *model;
  must(ascribe_dataset_select(data, places, 2, &queries, &error));
  model = model_of(kind, data, options_of("l2=0.05;precision=%s", precision));
  fit(model, data, options_of("optimizer=minimize;gradient_tolerance=%s", strcmp(precision, "f32") == 0 ? "1e-5" : "1e-10"));
  parameters(name, model);
  predict(name, model, more);
  influence(name, model, queries, extra, "loss");
  removal(name, model, queries, "loss");
  gradients(name, model, queries, "loss");
  ascribe_model_free(model);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(extra);
  ascribe_dataset_free(data);
}

static void layers(const char *name, const char *precision) {
  double features[72], more[6];
  ascribe_dataset *data = rows_of(0, 24, 1, features), *extra = rows_of(100, 2, 1, more);
  ascribe_model *model = model_of("mlp", data, options_of("loss=softmax;l2=0.01;layers=dense:4,tanh;precision=%s;seed=11", precision));
  fit(model, data, options_of("optimizer=adam;learning_rate=0.01;epochs=4;batch=5;seed=3"));
  parameters(name, model);
  predict(name, model, more);
  removal(name, model, extra, "loss");
  gradients(name, model, extra, "loss");
  along(name, model, extra, "loss");
  ascribe_model_free(model);
  ascribe_dataset_free(extra);
  ascribe_dataset_free(data);
}

static void graph(const char *name, const char *precision) {
  static const int64_t sizes[4][2] = {{30, 0}, {20, 0}, {30, 4}, {20, 4}};
  static const char *const names[4] = {"user_bias", "item_bias", "users", "items"};
  static const size_t ranks[4] = {1, 1, 2, 2};
  static const uint64_t places[] = {0, 5};
  uint32_t users[240], items[240];
  double ratings[240], values[4], mean_rest;
  const ascribe_matrix matrix = {ratings, 240, 1, 1, 1};
  ascribe_graph *made;
  ascribe_node user, item, mean, table_of[4], rating, row[4], prediction, d, loss, penalty, square;
  ascribe_dataset *data, *queries;
  ascribe_options *options;
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
  must(ascribe_dataset_select(data, places, 2, &queries, &error));
  must(ascribe_graph_new(&made, &error));
  must(ascribe_graph_leaf(made, "indices", "user", NULL, 0, &user, &error));
  must(ascribe_graph_leaf(made, "indices", "item", NULL, 0, &item, &error));
  must(ascribe_graph_leaf(made, "parameter", "mean", NULL, 0, &mean, &error));
  for (i = 0; i < 4; i++) must(ascribe_graph_leaf(made, "parameter", names[i], sizes[i], ranks[i], &table_of[i], &error));
  must(ascribe_graph_leaf(made, "input", "rating", NULL, 0, &rating, &error));
  for (i = 0; i < 4; i++) must(ascribe_graph_gather(made, "rows", table_of[i], i % 2 ? item : user, &row[i], &error));
  must(ascribe_graph_binary(made, "add", mean, row[0], &prediction, &error));
  must(ascribe_graph_binary(made, "add", prediction, row[1], &prediction, &error));
  must(ascribe_graph_binary(made, "mul", row[2], row[3], &d, &error));
  must(ascribe_graph_unary(made, "sum_all", d, &d, &error));
  must(ascribe_graph_binary(made, "add", prediction, d, &prediction, &error));
  must(ascribe_graph_binary(made, "sub", prediction, rating, &d, &error));
  must(ascribe_graph_binary(made, "mul", d, d, &loss, &error));
  must(ascribe_graph_with_constant(made, "scale", loss, 0.5, &loss, &error));
  must(ascribe_graph_binary(made, "mul", mean, mean, &penalty, &error));
  for (i = 0; i < 4; i++) {
    must(ascribe_graph_binary(made, "mul", table_of[i], table_of[i], &square, &error));
    must(ascribe_graph_unary(made, "sum_all", square, &square, &error));
    must(ascribe_graph_binary(made, "add", penalty, square, &penalty, &error));
  }
  must(ascribe_graph_with_constant(made, "scale", penalty, 0.05, &penalty, &error));
  must(ascribe_graph_functional(made, "prediction", prediction, &error));
  must(ascribe_graph_own(made, table_of[2], user, &error));
  must(ascribe_graph_own(made, table_of[3], item, &error));
  must(ascribe_graph_own(made, table_of[0], user, &error));
  must(ascribe_graph_own(made, table_of[1], item, &error));
  options = options_of("precision=%s;seed=7", precision);
  must(ascribe_model_custom(NULL, made, loss, penalty, prediction, options, &model, &error));
  ascribe_options_free(options);
  fit(model, data, options_of("optimizer=sgd;learning_rate=0.02;batch=1;epochs=5"));
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
  along(name, model, queries, "prediction");
  if (strcmp(precision, "f64") == 0) {
    fit(model, data, options_of("optimizer=minimize"));
    influence("graph.minimized", model, queries, data, "prediction");
    removal("graph.minimized", model, queries, "prediction");
    gradients("graph.minimized", model, queries, "prediction");
  }
  ascribe_ledger_free(ledger);
  ascribe_model_free(model);
  ascribe_graph_free(made);
  ascribe_dataset_free(queries);
  ascribe_dataset_free(data);
}

/* A member of a JSON object that is a text, which begins behind `from`. */
static const char *member(const char *from, const char *name, char *text, size_t capacity) {
  char key[32];
  const char *place;
  snprintf(key, sizeof key, "\"%s\":\"", name);
  place = strstr(from, key);
  if (place == NULL) return NULL;
  place += strlen(key);
  snprintf(text, capacity, "%.*s", (int)strcspn(place, "\""), place);
  return place;
}

/* Every option of every table with its default; of the members of an option, "default" stands before "name". */
static void options(void) {
  char tables[1024], *table, *rest = tables;
  size_t length;
  must(ascribe_options_describe(NULL, tables, sizeof tables, &length, &error));
  while ((table = strtok(rest, "[\",]")) != NULL) {
    char text[65536], name[64], preset[64];
    const char *place = text;
    rest = NULL;
    must(ascribe_options_describe(table, text, sizeof text, &length, &error));
    while ((place = member(place, "default", preset, sizeof preset)) != NULL && member(place, "name", name, sizeof name) != NULL)
      printf("options %s %s %s\n", table, name, preset);
  }
}

int main(int count, char **arguments) {
  const char *folder = count > 1 ? arguments[1] : "data";
  triples("triples.f64", "f64", folder);
  triples("triples.f32", "f32", folder);
  rows("rows.squared.f64", "linear", "f64");
  rows("rows.softmax.f64", "softmax", "f64");
  rows("rows.softmax.f32", "softmax", "f32");
  layers("rows.layers.f64", "f64");
  layers("rows.layers.f32", "f32");
  graph("graph.f64", "f64");
  graph("graph.f32", "f32");
  options();
  return 0;
}
