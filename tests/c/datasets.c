/* Datasets from memory and from files, and what they tell of themselves. */
#include "fixtures.h"

#include <unistd.h>

static char folder[64] = "/tmp/ascribe-datasets-XXXXXX";

static const char *in_folder(const char *name) {
  static char paths[4][128];
  static int next = 0;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
  return paths[next];
}

static const char *written(const char *name, const void *bytes, size_t count) {
  const char *path = in_folder(name);
  FILE *file = fopen(path, "wb");
  NEED(file != NULL && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
  return path;
}

static const char *described(const ascribe_dataset *data, uint64_t example) {
  static char text[256];
  size_t length = 0, again = 0;
  CHECK_OK(ascribe_dataset_describe(data, example, NULL, 0, &length, &error));
  CHECK_OK(ascribe_dataset_describe(data, example, text, sizeof text, &again, &error));
  CHECK(length == again && strlen(text) == length);
  return text;
}

static const char *class_name(const ascribe_dataset *data, uint32_t label) {
  static char text[64];
  size_t length = 0;
  CHECK_OK(ascribe_dataset_class_name(data, label, text, sizeof text, &length, &error));
  CHECK(strlen(text) == length);
  return text;
}

static void triples_from_memory(void) {
  static const uint32_t ids[] = {0, 1, 2, 3, 0, 0, 2, 1, 2};
  static const uint64_t places[] = {2, 0, 2};
  uint32_t found[10];
  ascribe_dataset *data = NULL, *some = NULL, *asked = NULL, *part = NULL;
  CHECK_OK(ascribe_dataset_from_triples(ids, 3, 4, 2, &data, &error));
  CHECK(ascribe_dataset_len(data) == 3 && ascribe_dataset_features(data) == 0 && ascribe_dataset_classes(data) == 0);
  memset(found, 0xaa, sizeof found);
  CHECK_OK(ascribe_dataset_triples(data, found, 10, &error));
  CHECK(memcmp(found, ids, sizeof ids) == 0 && found[9] == 0xaaaaaaaa);
  CHECK(strstr(described(data, 1), "3") != NULL);
  CHECK_OK(ascribe_dataset_select(data, places, 3, &some, &error));
  CHECK_OK(ascribe_dataset_triples(some, found, 9, &error));
  CHECK(memcmp(found, ids + 6, 12) == 0 && memcmp(found + 3, ids, 12) == 0 && memcmp(found + 6, ids + 6, 12) == 0);
  CHECK_OK(ascribe_dataset_query(data, "3", "1", "0", &asked, &error));
  CHECK_OK(ascribe_dataset_triples(asked, found, 3, &error));
  CHECK(found[0] == 3 && found[1] == 1 && found[2] == 0 && ascribe_dataset_len(asked) == 1);
  CHECK_OK(ascribe_dataset_part(data, "test", &part, &error));
  CHECK(ascribe_dataset_len(part) == 0);
  ascribe_dataset_free(data);
  /* A part and a query live without what they were taken from. */
  CHECK_OK(ascribe_dataset_triples(asked, found, 3, &error));
  ascribe_dataset_free(part);
  ascribe_dataset_free(asked);
  ascribe_dataset_free(some);
}

/* A text takes two calls: a buffer that is too small by however much is left alone, and one that is larger beyond its end. */
static void texts(const ascribe_dataset *data) {
  char buffer[256], expected[256], room[64];
  size_t length = 99, needed = 0, capacity;
  snprintf(expected, sizeof expected, "%s", described(data, 2));
  memset(buffer, 0x7f, sizeof buffer);
  CHECK_OK(ascribe_dataset_describe(data, 2, NULL, SIZE_MAX, &needed, &error));
  CHECK(needed == strlen(expected));
  snprintf(room, sizeof room, "expected room for %u", (unsigned)needed + 1);
  for (capacity = 1; capacity <= needed; capacity++) {
    CHECK_FAILS(ascribe_dataset_describe(data, 2, buffer, capacity, &length, &error), ASCRIBE_INVALID_ARGUMENT, room);
    CHECK(buffer[0] == 0x7f && buffer[capacity - 1] == 0x7f && length == 99);
  }
  CHECK_OK(ascribe_dataset_describe(data, 2, buffer, 0, &length, &error));
  CHECK(buffer[0] == 0x7f && length == needed);
  CHECK_OK(ascribe_dataset_describe(data, 2, buffer, needed + 1, &length, &error));
  CHECK_TEXT(buffer, expected);
  CHECK(buffer[needed + 1] == 0x7f && length == needed);
  CHECK_FAILS(ascribe_dataset_describe(data, 2, buffer, SIZE_MAX, &length, &error), ASCRIBE_INVALID_ARGUMENT, "memory can hold");
  CHECK_FAILS(ascribe_dataset_describe(data, 2, (char *)&length, 8, &length, &error), ASCRIBE_INVALID_ARGUMENT, "buffer and length overlap");
}

static void triples_from_files(void) {
  static const char lines[] = "ann\tknows\tbob\nbob\tknows\tcarl\n\xc3\x84nne\tlikes\tann\n";
  uint32_t ids[9];
  const char *path;
  ascribe_dataset *data = nations(), *part = NULL, *asked = NULL;
  CHECK(ascribe_dataset_len(data) == 1592);
  CHECK_OK(ascribe_dataset_part(data, "valid", &part, &error));
  CHECK(ascribe_dataset_len(part) == 199);
  ascribe_dataset_free(part);
  CHECK_OK(ascribe_dataset_part(data, "test", &part, &error));
  CHECK(ascribe_dataset_len(part) == 201);
  ascribe_dataset_free(part);
  CHECK_OK(ascribe_dataset_part(data, "train", &part, &error));
  CHECK(ascribe_dataset_len(part) == 1592);
  ascribe_dataset_free(part);
  {
    char first[256], line[256];
    FILE *file = fopen(TRAIN, "r");
    char *head, *relation, *tail;
    NEED(file != NULL && fgets(line, sizeof line, file) != NULL);
    fclose(file);
    head = strtok(line, "\t");
    relation = strtok(NULL, "\t");
    tail = strtok(NULL, "\r\n");
    snprintf(first, sizeof first, "%s", described(data, 0));
    CHECK(strstr(first, head) != NULL && strstr(first, relation) != NULL && strstr(first, tail) != NULL);
    CHECK_OK(ascribe_dataset_query(data, head, relation, tail, &asked, &error));
    CHECK_OK(ascribe_dataset_triples(asked, ids, 3, &error));
    CHECK(ids[0] == 0);
    ascribe_dataset_free(asked);
  }
  ascribe_dataset_free(data);
  path = written("small.tsv", lines, sizeof lines - 1);
  CHECK_OK(load_files("triples", path, NULL, NULL, NULL, &data));
  CHECK(ascribe_dataset_len(data) == 3);
  CHECK_OK(ascribe_dataset_triples(data, ids, 9, &error));
  CHECK(ids[0] == 0 && ids[2] == ids[3] && ids[8] == 0 && ids[6] == 3 && ids[1] == ids[4] && ids[1] != ids[7]);
  CHECK(strstr(described(data, 2), "\xc3\x84nne") != NULL);
  texts(data);
  ascribe_dataset_free(data);
}

/* The same numbers in every order of memory make the same model. */
static void rows_in_every_order(void) {
  enum { ROWS = 9, COLUMNS = 4 };
  double features[ROWS * COLUMNS], columns[ROWS * COLUMNS], sparse[4 * ROWS * COLUMNS], targets[ROWS], found[ROWS];
  float single[ROWS * COLUMNS];
  ascribe_matrix views[3];
  ascribe_matrix_f32 view;
  ascribe_dataset *datasets[4];
  ascribe_model *models[4];
  size_t i, j;
  fill(features, ROWS * COLUMNS, 1);
  fill(targets, ROWS, 2);
  memset(sparse, 0xff, sizeof sparse);
  for (i = 0; i < ROWS; i++)
    for (j = 0; j < COLUMNS; j++) {
      features[i * COLUMNS + j] = (double)(float)features[i * COLUMNS + j];
      single[i * COLUMNS + j] = (float)features[i * COLUMNS + j];
      columns[j * ROWS + i] = features[i * COLUMNS + j];
      sparse[i * 2 * COLUMNS * 2 + j * 2] = features[i * COLUMNS + j];
    }
  views[0] = matrix_of(features, ROWS, COLUMNS);
  views[1] = views[2] = views[0];
  views[1].data = columns;
  views[1].row_stride = 1;
  views[1].col_stride = ROWS;
  views[2].data = sparse;
  views[2].row_stride = 4 * COLUMNS;
  views[2].col_stride = 2;
  view.data = single;
  view.rows = ROWS;
  view.cols = view.row_stride = COLUMNS;
  view.col_stride = 1;
  for (i = 0; i < 3; i++) CHECK_OK(ascribe_dataset_from_matrix(&views[i], targets, ROWS, &datasets[i], &error));
  CHECK_OK(ascribe_dataset_from_matrix_f32(&view, targets, ROWS, &datasets[3], &error));
  for (i = 0; i < 4; i++) {
    CHECK(ascribe_dataset_len(datasets[i]) == ROWS && ascribe_dataset_features(datasets[i]) == COLUMNS);
    CHECK_OK(ascribe_dataset_targets(datasets[i], found, ROWS, &error));
    CHECK(memcmp(found, targets, sizeof targets) == 0);
    models[i] = minimized(datasets[i], "linear", 0.1, "f64");
    CHECK(same_parameters(models[0], models[i]));
  }
  /* What is given is copied. */
  memset(features, 0, sizeof features);
  memset(targets, 0, sizeof targets);
  models[0] = (ascribe_model_free(models[0]), minimized(datasets[0], "linear", 0.1, "f64"));
  CHECK(same_parameters(models[0], models[1]));
  for (i = 0; i < 4; i++) {
    ascribe_model_free(models[i]);
    ascribe_dataset_free(datasets[i]);
  }
}

/* Any strides are read where the matrix lies, in either precision: outputs are the products with weights. */
static void matrices_of_any_strides(void) {
  static const int64_t all[][4] = {{4, 6, 6, 1}, {6, 4, 1, 6}, {2, 3, 12, 2}, {1, 24, 0, 1}, {24, 1, 1, 0}, {12, 1, 2, 1}, {3, 4, 2, 1}};
  double elements[24], weights[24], found[24], found_single[24];
  float single[24];
  size_t which, i, j;
  fill(weights, 24, 5);
  for (i = 0; i < 24; i++) elements[i] = (double)(single[i] = (float)i + 0.5f);
  for (which = 0; which < COUNT(all); which++) {
    const int64_t *of = all[which];
    const size_t rows = (size_t)of[0], columns = (size_t)of[1];
    ascribe_dataset *data = rows_of(elements, 1, columns, elements);
    ascribe_model *model = NULL;
    ascribe_matrix view;
    ascribe_matrix_f32 view_f32;
    view.data = elements, view_f32.data = single;
    view.rows = view_f32.rows = of[0];
    view.cols = view_f32.cols = of[1];
    view.row_stride = view_f32.row_stride = of[2];
    view.col_stride = view_f32.col_stride = of[3];
    CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("intercept=0"), &model, &error));
    CHECK_OK(ascribe_model_set_parameter(model, 0, weights, columns, &error));
    CHECK_OK(ascribe_model_predict(model, NULL, &view, found, rows, &error));
    CHECK_OK(ascribe_model_predict_f32(model, NULL, &view_f32, found_single, rows, &error));
    for (i = 0; i < rows; i++) {
      double expected = 0.0;
      for (j = 0; j < columns; j++) expected += weights[j] * elements[i * (size_t)of[2] + j * (size_t)of[3]];
      CHECK_CLOSE(found[i], expected, 1e-12);
      CHECK_CLOSE(found_single[i], expected, 1e-12);
    }
    ascribe_model_free(model);
    ascribe_dataset_free(data);
  }
}

static void labels_of_rows(void) {
  static const double features[] = {1, 2, 3, 4, 5, 6};
  static const uint32_t labels[] = {2, 0, 1};
  static const uint64_t places[] = {1, 1};
  uint32_t found[3] = {9, 9, 9};
  double numbers_found[3] = {9, 9, 9};
  ascribe_dataset *data = rows_of(features, 3, 2, NULL), *some = NULL;
  CHECK(ascribe_dataset_classes(data) == 0);
  CHECK_FAILS(ascribe_dataset_labels(data, found, 3, &error), ASCRIBE_INVALID_ARGUMENT, "targets");
  CHECK_FAILS(ascribe_dataset_targets(data, numbers_found, 3, &error), ASCRIBE_INVALID_ARGUMENT, "targets");
  CHECK_OK(ascribe_dataset_set_labels(data, labels, 3, 4, &error));
  CHECK(ascribe_dataset_classes(data) == 4);
  CHECK_TEXT(class_name(data, 3), "3");
  CHECK_OK(ascribe_dataset_labels(data, found, 3, &error));
  CHECK(memcmp(found, labels, sizeof labels) == 0);
  CHECK_FAILS(ascribe_dataset_targets(data, numbers_found, 3, &error), ASCRIBE_INVALID_ARGUMENT, "classes");
  CHECK(numbers_found[0] == 9);
  CHECK_OK(ascribe_dataset_select(data, places, 2, &some, &error));
  CHECK_OK(ascribe_dataset_labels(some, found, 2, &error));
  CHECK(found[0] == 0 && found[1] == 0 && found[2] == 1 && ascribe_dataset_classes(some) == 4);
  CHECK_TEXT(described(some, 1), "row 1: target 0");
  ascribe_dataset_free(some);
  ascribe_dataset_free(data);
}

static void tables(void) {
  static const char text[] = "size,color,price\n1,red,2.5\n3,blue,3.5\n5,red,1.25\n";
  static const char more[] = "size,color,price\n3,blue,7\n";
  static const char wrong[] = "size,weight,price\n3,4,7\n";
  static const char kinds[] = "x,kind\n1,b\n2,a\n3,b\n";
  static const char kinds_more[] = "x,kind\n9,a\n", kinds_other[] = "x,kind\n9,zebra\n";
  const char *paths[1];
  double found[3] = {0, 0, 0};
  uint32_t labels[3];
  ascribe_dataset *data = NULL, *like = NULL, *digits = NULL;
  CHECK_OK(load_files("table", written("table.csv", text, sizeof text - 1), NULL, NULL, NULL, &data));
  CHECK(ascribe_dataset_len(data) == 3 && ascribe_dataset_classes(data) == 0);
  CHECK(ascribe_dataset_features(data) >= 2);
  CHECK_OK(ascribe_dataset_targets(data, found, 3, &error));
  CHECK(found[0] == 2.5 && found[1] == 3.5 && found[2] == 1.25);
  paths[0] = written("more.csv", more, sizeof more - 1);
  CHECK_OK(ascribe_dataset_load_like(data, paths, 1, &like, &error));
  CHECK(ascribe_dataset_len(like) == 1 && ascribe_dataset_features(like) == ascribe_dataset_features(data));
  CHECK_OK(ascribe_dataset_targets(like, found, 1, &error));
  CHECK(found[0] == 7.0);
  ascribe_dataset_free(like);
  paths[0] = written("wrong.csv", wrong, sizeof wrong - 1);
  REFUSED(like, ascribe_dataset_load_like(data, paths, 1, &like, &error), ASCRIBE_FORMAT, "color");
  ascribe_dataset_free(data);

  CHECK_TEXT(default_of("table", "label"), "auto");
  CHECK_TEXT(default_of("table", "task"), "auto");
  CHECK_TEXT(default_of("table", "standardize"), "false");
  CHECK_OK(load_files("table", in_folder("table.csv"), NULL, NULL, options_of("label=size; task=classes"), &data));
  CHECK(ascribe_dataset_classes(data) == 3);
  CHECK_OK(ascribe_dataset_labels(data, labels, 3, &error));
  CHECK_TEXT(class_name(data, labels[2]), "5");
  CHECK_TEXT(described(data, 2), "row 2: target 5");
  ascribe_dataset_free(data);
  CHECK_OK(load_files("table", in_folder("table.csv"), NULL, NULL, options_of("label=size; task=numbers"), &data));
  CHECK_OK(ascribe_dataset_targets(data, found, 3, &error));
  CHECK(found[0] == 1.0 && found[1] == 3.0 && found[2] == 5.0);
  ascribe_dataset_free(data);

  CHECK_OK(load_files("table", written("kinds.csv", kinds, sizeof kinds - 1), NULL, NULL, NULL, &data));
  CHECK(ascribe_dataset_classes(data) == 2);
  CHECK_OK(ascribe_dataset_labels(data, labels, 3, &error));
  CHECK(labels[0] == labels[2] && labels[0] != labels[1]);
  CHECK_TEXT(class_name(data, labels[1]), "a");
  /* In another file a class has the number that it has here. */
  paths[0] = written("kinds_more.csv", kinds_more, sizeof kinds_more - 1);
  CHECK_OK(ascribe_dataset_load_like(data, paths, 1, &like, &error));
  {
    uint32_t other = 77;
    CHECK_OK(ascribe_dataset_labels(like, &other, 1, &error));
    CHECK(other == labels[1] && ascribe_dataset_classes(like) == 2);
  }
  ascribe_dataset_free(like);
  paths[0] = written("kinds_other.csv", kinds_other, sizeof kinds_other - 1);
  REFUSED(like, ascribe_dataset_load_like(data, paths, 1, &like, &error), ASCRIBE_FORMAT, "zebra");
  ascribe_dataset_free(data);

  CHECK_OK(load_files("table", "data/tables/digits.csv", NULL, NULL, options_of("task=classes"), &digits));
  CHECK(ascribe_dataset_len(digits) == 1797 && ascribe_dataset_features(digits) == 64 && ascribe_dataset_classes(digits) == 10);
  ascribe_dataset_free(digits);

  /* Standardized columns have mean 0 and deviation 1: the least-squares weights scale accordingly. */
  {
    static const char line[] = "x,y\n1,3\n2,5\n3,7\n4,9\n";
    ascribe_model *model;
    double *found_parameters;
    CHECK_OK(load_files("table", written("line.csv", line, sizeof line - 1), NULL, NULL, options_of("standardize=1; task=numbers"), &data));
    model = minimized(data, "linear", 0.0, "f64");
    found_parameters = parameters_of(model, NULL);
    CHECK_CLOSE(found_parameters[0], 2.0 * sqrt(1.25), 1e-9);
    CHECK_CLOSE(found_parameters[1], 6.0, 1e-9);
    free(found_parameters);
    ascribe_model_free(model);
    ascribe_dataset_free(data);
  }
}

static void images(void) {
  static const unsigned char pixels[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 51, 102, 153, 204, 255, 255, 0, 255, 0, 255, 0};
  static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 1, 0};
  const char *paths[2];
  uint32_t found[2];
  double predicted[2];
  ascribe_dataset *data = NULL, *like = NULL;
  ascribe_model *model = NULL;
  const double weights[] = {1, 10, 100, 1000, 10000, 100000};
  paths[0] = written("images.idx", pixels, sizeof pixels);
  paths[1] = written("labels.idx", labels, sizeof labels);
  CHECK_OK(load_files("images", paths[0], NULL, NULL, NULL, &data));
  CHECK(ascribe_dataset_len(data) == 2 && ascribe_dataset_features(data) == 6 && ascribe_dataset_classes(data) == 0);
  /* Pixels are divided by 255. */
  CHECK_OK(ascribe_model_new(NULL, "linear", data, options_of("intercept=0"), &model, &error));
  CHECK_OK(ascribe_model_set_parameter(model, 0, weights, 6, &error));
  CHECK_OK(ascribe_model_evaluate(model, NULL, data, "output", predicted, 2, &error));
  CHECK_CLOSE(predicted[0], 0.2 * 10 + 0.4 * 100 + 0.6 * 1000 + 0.8 * 10000 + 100000, 1e-6);
  CHECK_CLOSE(predicted[1], 1 + 100 + 10000, 1e-9);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
  CHECK_OK(load_files("images", paths[0], paths[1], NULL, NULL, &data));
  CHECK(ascribe_dataset_classes(data) == 2);
  CHECK_OK(ascribe_dataset_labels(data, found, 2, &error));
  CHECK(found[0] == 1 && found[1] == 0);
  CHECK_OK(ascribe_dataset_load_like(data, paths, 2, &like, &error));
  CHECK(ascribe_dataset_len(like) == 2 && ascribe_dataset_classes(like) == 2);
  ascribe_dataset_free(like);
  ascribe_dataset_free(data);
}

static void messages(void) {
  static const char text[] = "ham\thello you hello\nspam\twin win win\nham\tyou win hello\nspam\thello win\n";
  static const char more[] = "spam\twin unheard\n";
  const char *paths[1];
  uint32_t labels[4], other = 9;
  ascribe_dataset *data = NULL, *like = NULL;
  CHECK_OK(load_files("messages", written("messages", text, sizeof text - 1), NULL, NULL, NULL, &data));
  CHECK(ascribe_dataset_len(data) == 4 && ascribe_dataset_classes(data) == 2 && ascribe_dataset_features(data) >= 2);
  CHECK_OK(ascribe_dataset_labels(data, labels, 4, &error));
  CHECK(labels[0] == labels[2] && labels[1] == labels[3] && labels[0] != labels[1]);
  CHECK_TEXT(class_name(data, labels[1]), "spam");
  paths[0] = written("messages.more", more, sizeof more - 1);
  CHECK_OK(ascribe_dataset_load_like(data, paths, 1, &like, &error));
  CHECK_OK(ascribe_dataset_labels(like, &other, 1, &error));
  CHECK(other == labels[1] && ascribe_dataset_features(like) == ascribe_dataset_features(data));
  ascribe_dataset_free(like);
  ascribe_dataset_free(data);
}

/* Inputs of a graph, from both kinds of numbers and in any order of memory. */
static void inputs(void) {
  static const uint32_t ids[] = {0, 1, 2, 0, 1, 2};
  static const uint64_t two[] = {1, 2};
  static const int64_t pair[] = {2};
  static const double wide[] = {1, 10, 2, 20, 3, 30}, tall[] = {1, 2, 3, 10, 20, 30};
  static const float single[] = {1, 10, 2, 20, 3, 30};
  ascribe_matrix view = matrix_of(wide, 3, 2);
  ascribe_matrix_f32 view_f32 = {single, 3, 2, 2, 1};
  ascribe_graph *graph = NULL;
  ascribe_node x, i, table, sum, picked, loss;
  ascribe_dataset *data = NULL, *some = NULL;
  ascribe_model *model = NULL;
  const double values[] = {100, 200, 300};
  double found[3];
  int way;
  CHECK_OK(ascribe_graph_new(&graph, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "input", "x", pair, 1, &x, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "indices", "i", pair, 1, &i, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "parameter", "t", (const int64_t[]){3}, 1, &table, &error));
  CHECK_OK(ascribe_graph_gather(graph, "rows", table, i, &picked, &error));
  CHECK_OK(ascribe_graph_unary(graph, "sum_all", picked, &picked, &error));
  CHECK_OK(ascribe_graph_unary(graph, "sum_all", x, &sum, &error));
  CHECK_OK(ascribe_graph_binary(graph, "add", sum, picked, &loss, &error));
  CHECK_OK(ascribe_model_custom(NULL, graph, loss, ASCRIBE_NO_NODE, ASCRIBE_NO_NODE, NULL, &model, &error));
  CHECK_OK(ascribe_model_set_parameter(model, 0, values, 3, &error));
  CHECK_OK(ascribe_dataset_new(3, &data, &error));
  CHECK(ascribe_dataset_len(data) == 3 && ascribe_dataset_features(data) == 0);
  CHECK_OK(ascribe_dataset_set_ids(data, "i", ids, 3, 2, &error));
  for (way = 0; way < 3; way++) {
    if (way == 0) CHECK_OK(ascribe_dataset_set_numbers(data, "x", &view, &error));
    if (way == 1) CHECK_OK(ascribe_dataset_set_numbers_f32(data, "x", &view_f32, &error));
    view.data = tall;
    view.row_stride = 1;
    view.col_stride = 3;
    if (way == 2) CHECK_OK(ascribe_dataset_set_numbers(data, "x", &view, &error));
    CHECK_OK(ascribe_model_evaluate(model, NULL, data, "loss", found, 3, &error));
    CHECK(found[0] == 11 + 300 && found[1] == 22 + 400 && found[2] == 33 + 500);
  }
  CHECK_OK(ascribe_dataset_select(data, two, 2, &some, &error));
  CHECK_OK(ascribe_model_evaluate(model, NULL, some, NULL, found, 2, &error));
  CHECK(found[0] == 22 + 400 && found[1] == 33 + 500 && found[2] == 33 + 500);
  CHECK_TEXT(described(some, 1), "example 1");
  ascribe_dataset_free(some);
  ascribe_model_free(model);
  ascribe_dataset_free(data);
  ascribe_graph_free(graph);
}

int main(void) {
  static const char *const names[] = {"small.tsv", "table.csv", "more.csv", "wrong.csv", "kinds.csv", "kinds_more.csv",
                                      "kinds_other.csv", "line.csv", "images.idx", "labels.idx", "messages", "messages.more"};
  size_t i;
  NEED(mkdtemp(folder) != NULL);
  triples_from_memory();
  triples_from_files();
  rows_in_every_order();
  matrices_of_any_strides();
  labels_of_rows();
  tables();
  images();
  messages();
  inputs();
  for (i = 0; i < COUNT(names); i++) remove(in_folder(names[i]));
  CHECK(rmdir(folder) == 0);
  return checks_done();
}
