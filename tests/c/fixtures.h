/* Data and models that several programs use. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include "check.h"

#include <stdarg.h>

#define TRAIN "data/nations/train.tsv"
#define VALID "data/nations/valid.tsv"
#define TEST "data/nations/test.tsv"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Numbers between -1 and 1 that look like chance and are the same everywhere. */
static inline double chance(uint32_t *state) {
  *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
  return (double)(int32_t)(*state >> 8) / 8388608.0 - 1.0;
}

static inline void fill(double *values, size_t count, uint32_t seed) {
  size_t i;
  for (i = 0; i < count; i++) values[i] = chance(&seed);
}

static inline double *numbers(size_t count) {
  double *memory = calloc(count ? count : 1, sizeof *memory);
  if (memory == NULL) exit(2);
  return memory;
}

static inline ascribe_matrix matrix_of(const double *data, int64_t rows, int64_t cols) {
  ascribe_matrix matrix;
  matrix.data = data;
  matrix.rows = rows;
  matrix.cols = matrix.row_stride = cols;
  matrix.col_stride = 1;
  return matrix;
}

/* Rows with numbers as targets, or without targets. */
static inline ascribe_dataset *rows_of(const double *features, size_t rows, size_t columns, const double *targets) {
  const ascribe_matrix matrix = matrix_of(features, (int64_t)rows, (int64_t)columns);
  ascribe_dataset *data = NULL;
  CHECK_OK(ascribe_dataset_from_matrix(&matrix, targets, targets == NULL ? 0 : rows, &data, &error));
  return data;
}

/* Rows with classes as targets. */
static inline ascribe_dataset *classes_of(const double *features, size_t rows, size_t columns, const uint32_t *labels, uint32_t classes) {
  ascribe_dataset *data = rows_of(features, rows, columns, NULL);
  CHECK_OK(ascribe_dataset_set_labels(data, labels, rows, classes, &error));
  return data;
}

static inline ascribe_dataset *selected(const ascribe_dataset *data, uint64_t first, size_t count) {
  uint64_t examples[64];
  ascribe_dataset *result = NULL;
  size_t i;
  for (i = 0; i < count && i < 64; i++) examples[i] = first + i;
  CHECK_OK(ascribe_dataset_select(data, examples, count, &result, &error));
  return result;
}

/* Options by text, "optimizer=sgd; epochs=3"; what stands for itself is `%s`, `%d` and the like. They live until many more were made. */
static ascribe_options *options_kept[32];

static inline void options_forget(void) {
  size_t i;
  for (i = 0; i < COUNT(options_kept); i++) ascribe_options_free(options_kept[i]), options_kept[i] = NULL;
}

static inline ascribe_options *options_of(const char *format, ...) {
  static size_t next = 0;
  char text[1024], *name, *rest = text;
  ascribe_options **place = &options_kept[next++ % COUNT(options_kept)];
  va_list arguments;
  if (next == 1) atexit(options_forget);
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  ascribe_options_free(*place);
  *place = NULL;
  CHECK_OK(ascribe_options_new(place, &error));
  while ((name = strtok(rest, ";")) != NULL) {
    char *value = strchr(name, '=');
    rest = NULL;
    NEED(value != NULL);
    *value++ = '\0';
    CHECK_OK(ascribe_options_set_text(*place, name + strspn(name, " "), value, &error));
  }
  return *place;
}

/* A number as text that gives it back bit for bit. */
#define NUMBER_FORMAT "%.17g"

/* The text that a call gets: TEXT_OF(ascribe_model_describe, model). It is valid until the next one. */
static char text_of_[65536];
static size_t text_length_;
#define TEXT_OF(function, ...)                                                                  \
  (check_text_of_(__FILE__, __LINE__, function(__VA_ARGS__, NULL, 0, &text_length_, &error), 0), \
   check_text_of_(__FILE__, __LINE__, function(__VA_ARGS__, text_of_, sizeof text_of_, &text_length_, &error), 1), text_of_)

static inline void check_text_of_(const char *file, int line, ascribe_status status, int there) {
  static size_t asked;
  check_status_(file, line, "a call that gets a text", status, ASCRIBE_OK, NULL);
  checks++;
  if (there && (asked != text_length_ || strlen(text_of_) != text_length_)) check_failed(file, line, "the lengths of a text differ");
  asked = text_length_;
}

/* Whether JSON has a member with a text somewhere. */
static inline int has_member(const char *json, const char *name, const char *value) {
  char pair[256];
  snprintf(pair, sizeof pair, "\"%s\":\"%s\"", name, value);
  return strstr(json, pair) != NULL;
}

/* The member of an option in the description of its table, as text without quotes. */
static inline const char *option_member(const char *table, const char *name, const char *member) {
  static char found[256];
  char key[80], *object, *end, *place;
  TEXT_OF(ascribe_options_describe, table);
  snprintf(key, sizeof key, "\"name\":\"%s\"", name);
  object = strstr(text_of_, key);
  if (object == NULL) return NULL;
  end = strchr(object, '}');
  while (object > text_of_ && *object != '{') object--;
  if (end != NULL) *end = '\0';
  snprintf(key, sizeof key, "\"%s\":", member);
  place = strstr(object, key);
  if (place == NULL) return NULL;
  place += strlen(key);
  snprintf(found, sizeof found, "%s", *place == '"' ? place + 1 : place);
  found[strcspn(found, *place == '"' ? "\"" : ",")] = '\0';
  return found;
}

static inline const char *default_of(const char *table, const char *name) { return option_member(table, name, "default"); }

/* Options of a training by steps. */
static inline ascribe_options *steps_of(const char *optimizer, double rate, int epochs, int batch) {
  return options_of("optimizer=%s; learning_rate=" NUMBER_FORMAT "; epochs=%d; batch=%d", optimizer, rate, epochs, batch);
}

/* A generalized linear model, minimized. */
static inline ascribe_model *minimized(const ascribe_dataset *data, const char *kind, double l2, const char *precision) {
  ascribe_model *model = NULL;
  CHECK_OK(ascribe_model_new(NULL, kind, data, options_of("l2=" NUMBER_FORMAT "; precision=%s", l2, precision), &model, &error));
  CHECK_OK(ascribe_model_fit(model, NULL, data,
                             options_of("optimizer=minimize; gradient_tolerance=%s", strcmp(precision, "f32") ? "1e-11" : "1e-5"), NULL,
                             &error));
  return model;
}

/* A small model of triples on the first facts of Nations. */
static inline ascribe_model *triples_model(const ascribe_dataset *data, const char *precision) {
  ascribe_model *model = NULL;
  CHECK_OK(ascribe_model_new(NULL, "distmult", data, options_of("dimension=4; negatives=3; precision=%s; seed=5", precision), &model, &error));
  return model;
}

/* An attributor of the data that a model was trained on. */
static inline ascribe_attributor *attributor_of(const ascribe_model *model, const char *method, const ascribe_options *options) {
  ascribe_attributor *attributor = NULL;
  CHECK_OK(ascribe_attributor_new(NULL, model, method, NULL, options, NULL, &attributor, &error));
  return attributor;
}

/* A dataset from files; NULL ends their list. */
static inline ascribe_status load_files(const char *format, const char *one, const char *two, const char *three,
                                        const ascribe_options *options, ascribe_dataset **data) {
  const char *const paths[] = {one, two, three};
  const size_t count = one == NULL ? 0 : two == NULL ? 1 : three == NULL ? 2 : 3;
  return ascribe_dataset_load(format, paths, count, options, data, &error);
}

static inline ascribe_change change_of(const char *kind, uint64_t example, double weight, const ascribe_dataset *data, uint64_t row) {
  ascribe_change change;
  change.struct_size = sizeof change;
  change.kind = kind;
  change.example = example;
  change.data = data;
  change.row = row;
  change.weight = weight;
  return change;
}

/* The name of a level. */
static inline const char *level_of(const ascribe_what_if *what_if, size_t level) {
  return TEXT_OF(ascribe_what_if_level_name, what_if, level);
}

static inline ascribe_dataset *nations(void) {
  ascribe_dataset *data = NULL;
  CHECK_OK(load_files("triples", TRAIN, VALID, TEST, NULL, &data));
  return data;
}

/* A model of a graph: score = left[a] . right[b] + bias[a]; the loss is half the square of score - y, the penalty 0.02 times the sum of the
 * squares of all parameters, those of the second column of left times 1.7. Parameters: left [6, 2], right [5, 2], bias [6]; examples own
 * left and bias by a, right by b. */
typedef struct machine {
  ascribe_graph *graph;
  ascribe_node loss, penalty, score;
  ascribe_dataset *data;
  ascribe_model *model;
  uint32_t a[30], b[30];
  double y[30];
} machine;

static inline machine machine_of(const char *precision) {
  static const int64_t six[] = {6, 2}, five[] = {5, 2}, single[] = {1};
  machine m;
  ascribe_node a, b, y, left, right, bias, one, other;
  ascribe_matrix matrix;
  uint32_t state = 99;
  size_t i;
  memset(&m, 0, sizeof m);
  for (i = 0; i < 30; i++) {
    m.a[i] = (uint32_t)(i % 6);
    m.b[i] = (uint32_t)((i / 6 + 2 * i) % 5);
    m.y[i] = chance(&state);
  }
  CHECK_OK(ascribe_dataset_new(30, &m.data, &error));
  CHECK_OK(ascribe_dataset_set_ids(m.data, "a", m.a, 30, 1, &error));
  CHECK_OK(ascribe_dataset_set_ids(m.data, "b", m.b, 30, 1, &error));
  matrix = matrix_of(m.y, 30, 1);
  CHECK_OK(ascribe_dataset_set_numbers(m.data, "y", &matrix, &error));
  CHECK_OK(ascribe_graph_new(&m.graph, &error));
  CHECK_OK(ascribe_graph_leaf(m.graph, "indices", "a", NULL, 0, &a, &error));
  CHECK_OK(ascribe_graph_leaf(m.graph, "indices", "b", NULL, 0, &b, &error));
  CHECK_OK(ascribe_graph_leaf(m.graph, "input", "y", NULL, 0, &y, &error));
  CHECK_OK(ascribe_graph_leaf(m.graph, "parameter", "left", six, 2, &left, &error));
  CHECK_OK(ascribe_graph_leaf(m.graph, "parameter", "right", five, 2, &right, &error));
  CHECK_OK(ascribe_graph_leaf(m.graph, "parameter", "bias", six, 1, &bias, &error));
  CHECK_OK(ascribe_graph_gather(m.graph, "rows", left, a, &one, &error));
  CHECK_OK(ascribe_graph_gather(m.graph, "rows", right, b, &other, &error));
  CHECK_OK(ascribe_graph_einsum(m.graph, "d,d->", one, other, 0, &m.score, &error));
  CHECK_OK(ascribe_graph_gather(m.graph, "rows", bias, a, &one, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "add", m.score, one, &m.score, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "sub", m.score, y, &one, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "mul", one, one, &m.loss, &error));
  CHECK_OK(ascribe_graph_with_constant(m.graph, "scale", m.loss, 0.5, &m.loss, &error));
  /* The two columns count differently: with equal penalties any rotation of both would be as good, and no minimum isolated. */
  CHECK_OK(ascribe_graph_fill(m.graph, 1.0, single, 1, &one, &error));
  CHECK_OK(ascribe_graph_fill(m.graph, 1.7, single, 1, &other, &error));
  CHECK_OK(ascribe_graph_concatenate(m.graph, one, other, 0, &other, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "mul", left, left, &one, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "mul", one, other, &one, &error));
  CHECK_OK(ascribe_graph_unary(m.graph, "sum_all", one, &m.penalty, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "mul", right, right, &one, &error));
  CHECK_OK(ascribe_graph_unary(m.graph, "sum_all", one, &one, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "add", m.penalty, one, &m.penalty, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "mul", bias, bias, &one, &error));
  CHECK_OK(ascribe_graph_unary(m.graph, "sum_all", one, &one, &error));
  CHECK_OK(ascribe_graph_binary(m.graph, "add", m.penalty, one, &m.penalty, &error));
  CHECK_OK(ascribe_graph_with_constant(m.graph, "scale", m.penalty, 0.02, &m.penalty, &error));
  CHECK_OK(ascribe_graph_functional(m.graph, "score", m.score, &error));
  CHECK_OK(ascribe_graph_own(m.graph, left, a, &error));
  CHECK_OK(ascribe_graph_own(m.graph, right, b, &error));
  CHECK_OK(ascribe_graph_own(m.graph, bias, a, &error));
  CHECK_OK(ascribe_model_custom(NULL, m.graph, m.loss, m.penalty, m.score, options_of("initial=0.7; precision=%s; seed=3", precision),
                                &m.model, &error));
  return m;
}

static inline void machine_free(machine *m) {
  ascribe_model_free(m->model);
  ascribe_dataset_free(m->data);
  ascribe_graph_free(m->graph);
}

/* All parameters of a model, concatenated; `*count` receives how many. To be freed. */
static inline double *parameters_of(const ascribe_model *model, size_t *count) {
  const size_t p = ascribe_model_dimension(model);
  double *values = numbers(p);
  size_t place, at = 0;
  for (place = 0; place < ascribe_model_parameters(model); place++) {
    int64_t sizes[8];
    size_t rank = 0, i, length = 1;
    CHECK_OK(ascribe_model_parameter_shape(model, place, sizes, 8, &rank, &error));
    for (i = 0; i < rank; i++) length *= (size_t)sizes[i];
    CHECK_OK(ascribe_model_parameter(model, place, values + at, p - at, &error));
    at += length;
  }
  CHECK(at == p);
  if (count != NULL) *count = p;
  return values;
}

/* Whether two models have the same parameters, bit for bit. */
static inline int same_parameters(const ascribe_model *one, const ascribe_model *other) {
  size_t p, q;
  double *a = parameters_of(one, &p), *b = parameters_of(other, &q);
  const int same = p == q && memcmp(a, b, p * sizeof *a) == 0;
  free(a);
  free(b);
  return same;
}

/* Solves a symmetric positive definite system in place by Gauss's method with pivots: `a` is n by n, `b` becomes the solution. */
static inline void solve(double *a, double *b, size_t n) {
  size_t i, j, k;
  for (i = 0; i < n; i++) {
    size_t best = i;
    for (k = i + 1; k < n; k++)
      if (fabs(a[k * n + i]) > fabs(a[best * n + i])) best = k;
    for (j = 0; j < n; j++) {
      const double swap = a[i * n + j];
      a[i * n + j] = a[best * n + j];
      a[best * n + j] = swap;
    }
    {
      const double swap = b[i];
      b[i] = b[best];
      b[best] = swap;
    }
    for (k = i + 1; k < n; k++) {
      const double factor = a[k * n + i] / a[i * n + i];
      for (j = i; j < n; j++) a[k * n + j] -= factor * a[i * n + j];
      b[k] -= factor * b[i];
    }
  }
  for (i = n; i-- > 0;) {
    for (j = i + 1; j < n; j++) b[i] -= a[i * n + j] * b[j];
    b[i] /= a[i * n + i];
  }
}

/* A call that fails and leaves a handle as it was. */
#define REFUSED(handle, call, expected, part)             \
  do {                                                    \
    void *const kept_ = (void *)&checks;                  \
    (handle) = kept_;                                     \
    CHECK_FAILS(call, expected, part);                    \
    CHECK((void *)(handle) == kept_);                     \
    (handle) = NULL;                                      \
  } while (0)

#endif
