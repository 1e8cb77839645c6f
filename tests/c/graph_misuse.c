/* Whatever can be passed to the graph builder that is not plainly a wild pointer gives a status and a message. */
#include "check.h"

static ascribe_graph *graph = NULL;
static ascribe_node x = 0, id = 0, made = 4242;

#define INVALID ASCRIBE_INVALID_ARGUMENT

/* A call that fails and leaves its output as it was. */
#define REFUSES(call, expected, part)   \
  do {                                  \
    CHECK_FAILS(call, expected, part);  \
    CHECK(made == 4242);                \
  } while (0)

static void nulls(void) {
  const ascribe_node by[] = {0};
  const int64_t one[] = {1};
  static const char *const words[] = {"exp", "log", "tanh", "sigmoid", "softplus", "relu", "step", "erf",
                                      "sin", "cos", "abs", "sign", "gelu", "gelu_tanh", "neg", "sum_all", "batch_sum", "broadcast_batch"};
  size_t rank = 0, i;
  const char *no_graph = "graph is NULL, expected a handle of type ascribe_graph";
  const char *no_node = "node is NULL";

  for (i = 0; i < sizeof words / sizeof *words; i++) {
    REFUSES(ascribe_graph_unary(NULL, words[i], x, &made, &error), INVALID, no_graph);
    REFUSES(ascribe_graph_unary(graph, words[i], x, NULL, &error), INVALID, no_node);
    REFUSES(ascribe_graph_unary(graph, words[i], 9999, &made, &error), INVALID, "x is the number 9999, expected a value of this graph");
  }
  /* Words that no operation has: the message lists those there are, with the one that was meant. */
#define WORDS(parameter, call, unknown, meant)                                                                   \
  do {                                                                                                           \
    const char *word = NULL;                                                                                     \
    REFUSES(call, INVALID, parameter " is NULL");                                                                \
    word = "\xff";                                                                                               \
    REFUSES(call, INVALID, parameter " is not UTF-8");                                                           \
    word = "";                                                                                                   \
    REFUSES(call, INVALID, parameter " is \"\", expected one of \"");                                            \
    word = unknown;                                                                                              \
    REFUSES(call, INVALID, parameter " is \"" unknown "\", expected one of \"");                                 \
    REFUSES(call, INVALID, "; did you mean \"" meant "\"?");                                                     \
  } while (0)
  WORDS("operation", ascribe_graph_unary(graph, word, x, &made, &error), "gelu_tan", "gelu_tanh");
  WORDS("operation", ascribe_graph_with_constant(graph, word, x, 1.0, &made, &error), "scaled", "scale");
  WORDS("operation", ascribe_graph_binary(graph, word, x, x, &made, &error), "subb", "sub");
  WORDS("operation", ascribe_graph_along_axis(graph, word, x, 0, &made, &error), "logsumexp", "log_sum_exp");
  WORDS("operation", ascribe_graph_resize(graph, word, x, 0, 0, 1, &made, &error), "slize", "slice");
  WORDS("operation", ascribe_graph_gather(graph, word, x, id, &made, &error), "row", "rows");
  WORDS("operation", ascribe_graph_scatter(graph, word, x, id, 3, &made, &error), "rows-over-batch", "rows_over_batch");
  WORDS("operation", ascribe_graph_windows(graph, word, x, 1, 1, 1, 1, &made, &error), "maxpool2d", "max_pool2d");
  WORDS("kind", ascribe_graph_leaf(graph, word, "n", one, 1, &made, &error), "parameters", "parameter");
#undef WORDS
  REFUSES(ascribe_graph_unary(graph, NULL, x, &made, &error), INVALID, "operation is NULL");
  REFUSES(ascribe_graph_unary(graph, "", x, &made, &error), INVALID, "operation is \"\", expected one of \"exp\", \"log\"");
  REFUSES(ascribe_graph_unary(graph, "Exp", x, &made, &error), INVALID, "\"broadcast_batch\"; did you mean \"exp\"?");
  REFUSES(ascribe_graph_unary(graph, "\xff", x, &made, &error), INVALID, "operation is not UTF-8");
#define CONSTANT(name)                                                            \
  REFUSES(ascribe_graph_with_constant(NULL, name, x, 1.5, &made, &error), INVALID, no_graph);  \
  REFUSES(ascribe_graph_with_constant(graph, name, x, 1.5, NULL, &error), INVALID, no_node);   \
  REFUSES(ascribe_graph_with_constant(graph, name, ASCRIBE_NO_NODE, 1.5, &made, &error), INVALID, "x is the number 4294967295")
  CONSTANT("scale"); CONSTANT("shift"); CONSTANT("power");
#undef CONSTANT
#define BINARY(name)                                                              \
  REFUSES(ascribe_graph_binary(NULL, name, x, x, &made, &error), INVALID, no_graph);    \
  REFUSES(ascribe_graph_binary(graph, name, x, x, NULL, &error), INVALID, no_node);     \
  REFUSES(ascribe_graph_binary(graph, name, 9999, x, &made, &error), INVALID, "a is the number 9999"); \
  REFUSES(ascribe_graph_binary(graph, name, x, 9999, &made, &error), INVALID, "b is the number 9999")
  BINARY("add"); BINARY("sub"); BINARY("mul"); BINARY("div");
#undef BINARY
#define AXIS(name)                                                                \
  REFUSES(ascribe_graph_along_axis(NULL, name, x, 0, &made, &error), INVALID, no_graph);    \
  REFUSES(ascribe_graph_along_axis(graph, name, x, 0, NULL, &error), INVALID, no_node);     \
  REFUSES(ascribe_graph_along_axis(graph, name, 9999, 0, &made, &error), INVALID, "x is the number 9999"); \
  REFUSES(ascribe_graph_along_axis(graph, name, x, -1, &made, &error), INVALID, "axis is -1, expected at least 0"); \
  REFUSES(ascribe_graph_along_axis(graph, name, x, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "axis 9223372036854775807")
  AXIS("sum"); AXIS("log_sum_exp"); AXIS("max"); AXIS("softmax"); AXIS("argmax_mask");
#undef AXIS

  CHECK_FAILS(ascribe_graph_new(NULL, &error), INVALID, "graph is NULL, expected a place");
  ascribe_graph_free(NULL);
#define LEAF(name)                                                                      \
  REFUSES(ascribe_graph_leaf(NULL, name, "n", one, 1, &made, &error), INVALID, no_graph);   \
  REFUSES(ascribe_graph_leaf(graph, name, NULL, one, 1, &made, &error), INVALID, "name is NULL"); \
  REFUSES(ascribe_graph_leaf(graph, name, "n", NULL, 1, &made, &error), INVALID, "sizes is NULL, expected 1 elements"); \
  REFUSES(ascribe_graph_leaf(graph, name, "n", one, 1, NULL, &error), INVALID, no_node);    \
  REFUSES(ascribe_graph_leaf(graph, name, "\xff", one, 1, &made, &error), INVALID, "name is not UTF-8 at byte 0 (0xff)"); \
  REFUSES(ascribe_graph_leaf(graph, name, "ab\xc3", one, 1, &made, &error), INVALID, "name is not UTF-8 at byte 2"); \
  REFUSES(ascribe_graph_leaf(graph, name, "x", one, 1, &made, &error), INVALID, "\"x\", which is taken")
  LEAF("parameter"); LEAF("input"); LEAF("indices");
#undef LEAF
  REFUSES(ascribe_graph_fill(NULL, 1.0, one, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_fill(graph, 1.0, NULL, 1, &made, &error), INVALID, "sizes is NULL");
  REFUSES(ascribe_graph_fill(graph, 1.0, one, 1, NULL, &error), INVALID, no_node);
  CHECK_FAILS(ascribe_graph_shape(NULL, x, NULL, 0, &rank, &error), INVALID, no_graph);
  CHECK_FAILS(ascribe_graph_shape(graph, x, NULL, 0, NULL, &error), INVALID, "rank is NULL");
  CHECK_FAILS(ascribe_graph_shape(graph, 9999, NULL, 0, &rank, &error), INVALID, "node is the number 9999");
  REFUSES(ascribe_graph_expand(NULL, x, 0, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_expand(graph, x, 0, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_reshape(NULL, x, one, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_reshape(graph, x, NULL, 1, &made, &error), INVALID, "sizes is NULL");
  REFUSES(ascribe_graph_reshape(graph, x, one, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_permute(NULL, x, one, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_permute(graph, x, NULL, 1, &made, &error), INVALID, "axes is NULL");
  REFUSES(ascribe_graph_permute(graph, x, one, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_resize(NULL, "slice", x, 0, 0, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_resize(graph, "slice", x, 0, 0, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_resize(NULL, "pad", x, 0, 0, 9, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_resize(graph, "pad", x, 0, 0, 9, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_concatenate(NULL, x, x, 0, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_concatenate(graph, x, x, 0, NULL, &error), INVALID, no_node);
#define CONTRACTION(over_batch)                                                               \
  REFUSES(ascribe_graph_einsum(NULL, "d,d->", x, x, over_batch, &made, &error), INVALID, no_graph); \
  REFUSES(ascribe_graph_einsum(graph, NULL, x, x, over_batch, &made, &error), INVALID, "spec is NULL"); \
  REFUSES(ascribe_graph_einsum(graph, "d,d->", x, x, over_batch, NULL, &error), INVALID, no_node);  \
  REFUSES(ascribe_graph_einsum(graph, "\x80", x, x, over_batch, &made, &error), INVALID, "spec is not UTF-8"); \
  REFUSES(ascribe_graph_einsum(graph, "", x, x, over_batch, &made, &error), ASCRIBE_SHAPE, "einsum")
  CONTRACTION(0); CONTRACTION(1);
  REFUSES(ascribe_graph_einsum(graph, "d,d->", x, x, 2, &made, &error), INVALID, "over_batch is 2, expected 0 or 1");
#undef CONTRACTION
  REFUSES(ascribe_graph_gather(NULL, "rows", x, id, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_gather(graph, "rows", x, id, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_gather(graph, "rows", 9999, id, &made, &error), INVALID, "x is the number 9999");
  REFUSES(ascribe_graph_gather(graph, "rows", x, 9999, &made, &error), INVALID, "ids is the number 9999");
  REFUSES(ascribe_graph_scatter(NULL, "rows", x, id, 3, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_scatter(graph, "rows", x, id, 3, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_scatter(NULL, "rows_over_batch", x, id, 3, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_scatter(graph, "rows_over_batch", x, id, 3, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_gather(NULL, "elements", x, id, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_gather(graph, "elements", x, id, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_scatter(NULL, "elements", x, id, 3, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_scatter(graph, "elements", x, id, 3, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_windows(NULL, "unfold", x, 1, 1, 1, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_windows(graph, "unfold", x, 1, 1, 1, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_windows(graph, "unfold", x, 1, -1, 1, 1, &made, &error), INVALID, "size_width is -1");
  REFUSES(ascribe_graph_windows(NULL, "fold", x, 1, 1, 1, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_windows(graph, "fold", x, 1, 1, 1, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_convolve2d(NULL, x, x, 1, 1, 0, 0, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_convolve2d(graph, x, x, 1, 1, 0, 0, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_convolve2d(graph, x, x, 1, 1, -2, 0, &made, &error), INVALID, "padding_height is -2");
  REFUSES(ascribe_graph_windows(NULL, "max_pool2d", x, 1, 1, 1, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_windows(graph, "max_pool2d", x, 1, 1, 1, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_windows(NULL, "average_pool2d", x, 1, 1, 1, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_windows(graph, "average_pool2d", x, 1, 1, 1, 1, NULL, &error), INVALID, no_node);
  REFUSES(ascribe_graph_gradient(NULL, x, by, 1, &made, &error), INVALID, no_graph);
  REFUSES(ascribe_graph_gradient(graph, x, NULL, 1, &made, &error), INVALID, "by is NULL");
  REFUSES(ascribe_graph_gradient(graph, x, by, 1, NULL, &error), INVALID, "nodes is NULL");
  REFUSES(ascribe_graph_gradient(graph, x, by, SIZE_MAX, &made, &error), INVALID, "no more than memory can hold");
  CHECK_FAILS(ascribe_graph_own(NULL, x, id, &error), INVALID, no_graph);
  CHECK_FAILS(ascribe_graph_own(graph, 9999, id, &error), INVALID, "parameter is the number 9999");
  CHECK_FAILS(ascribe_graph_own(graph, x, 9999, &error), INVALID, "ids is the number 9999");
  CHECK_FAILS(ascribe_graph_functional(NULL, "f", x, &error), INVALID, no_graph);
  CHECK_FAILS(ascribe_graph_functional(graph, NULL, x, &error), INVALID, "name is NULL");
  CHECK_FAILS(ascribe_graph_functional(graph, "f", 9999, &error), INVALID, "node is the number 9999");
  /* Without a place for the error there is still the status. */
  CHECK(ascribe_graph_unary(NULL, "exp", x, &made, NULL) == INVALID);
}

static void sizes_that_are_none(void) {
  const int64_t zero[] = {0}, negative[] = {3, -1}, huge[] = {INT64_MAX}, wrapping[] = {INT64_C(1) << 32, INT64_C(1) << 32};
  const int64_t hidden[] = {0, INT64_MAX, INT64_MAX};
  static const int64_t ones[65] = {0};
#define LEAF(name)                                                                                       \
  REFUSES(ascribe_graph_leaf(graph, name, "n", zero, 1, &made, &error), INVALID, "sizes of at least one");   \
  REFUSES(ascribe_graph_leaf(graph, name, "n", negative, 2, &made, &error), INVALID, "sizes[1] is -1");      \
  REFUSES(ascribe_graph_leaf(graph, name, "n", huge, 1, &made, &error), INVALID, "memory can hold");         \
  REFUSES(ascribe_graph_leaf(graph, name, "n", wrapping, 2, &made, &error), INVALID, "memory can hold");     \
  REFUSES(ascribe_graph_leaf(graph, name, "n", hidden, 3, &made, &error), INVALID, "at least one");          \
  REFUSES(ascribe_graph_leaf(graph, name, "n", ones, 65, &made, &error), INVALID, "rank of sizes is 65");    \
  REFUSES(ascribe_graph_leaf(graph, name, "n", ones, SIZE_MAX, &made, &error), INVALID, "at most 64 axes")
  LEAF("parameter"); LEAF("input"); LEAF("indices");
#undef LEAF
#define FILL(sizes, rank, part) REFUSES(ascribe_graph_fill(graph, 1.0, sizes, rank, &made, &error), ASCRIBE_SHAPE, part)
  FILL(zero, 1, "sizes are at least one");
  REFUSES(ascribe_graph_fill(graph, 1.0, negative, 2, &made, &error), INVALID, "sizes[1] is -1");
  FILL(huge, 1, "memory can hold");
  FILL(wrapping, 2, "memory can hold");
#undef FILL
  REFUSES(ascribe_graph_expand(graph, x, 0, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "memory can hold");
  REFUSES(ascribe_graph_expand(graph, x, 0, 0, &made, &error), ASCRIBE_SHAPE, "expand");
  REFUSES(ascribe_graph_reshape(graph, x, wrapping, 2, &made, &error), ASCRIBE_SHAPE, "3 elements cannot become");
  REFUSES(ascribe_graph_reshape(graph, x, hidden, 3, &made, &error), ASCRIBE_SHAPE, "3 elements cannot become 0");
  REFUSES(ascribe_graph_reshape(graph, x, zero, 1, &made, &error), ASCRIBE_SHAPE, "cannot become 0");
  REFUSES(ascribe_graph_resize(graph, "slice", x, 0, INT64_MAX, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "slice");
  REFUSES(ascribe_graph_resize(graph, "pad", x, 0, INT64_MAX, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "pad");
  REFUSES(ascribe_graph_resize(graph, "pad", x, 0, 0, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "memory can hold");
  REFUSES(ascribe_graph_concatenate(graph, x, x, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "concatenate");
  REFUSES(ascribe_graph_scatter(graph, "rows", x, id, INT64_MAX, &made, &error), ASCRIBE_SHAPE, "memory can hold");
  REFUSES(ascribe_graph_scatter(graph, "rows_over_batch", x, id, 0, &made, &error), ASCRIBE_SHAPE, "sizes are at least one");
}

static void numbers_that_are_none(void) {
  const double none[] = {NAN, INFINITY, -INFINITY};
  int i;
  for (i = 0; i < 3; i++) {
    REFUSES(ascribe_graph_with_constant(graph, "scale", x, none[i], &made, &error), INVALID, "expected a finite number");
    REFUSES(ascribe_graph_with_constant(graph, "shift", x, none[i], &made, &error), INVALID, "expected a finite number");
    REFUSES(ascribe_graph_with_constant(graph, "power", x, none[i], &made, &error), INVALID, "expected a finite number");
    REFUSES(ascribe_graph_fill(graph, none[i], NULL, 0, &made, &error), INVALID, "expected a finite number");
  }
}

static void objects_of_other_kinds(void) {
  ascribe_context *context = NULL;
  ascribe_graph *other = NULL;
  uint64_t nothing[8] = {0};
  CHECK_OK(ascribe_context_new(NULL, &context, &error));
  REFUSES(ascribe_graph_unary((ascribe_graph *)context, "exp", x, &made, &error), ASCRIBE_INVALID_HANDLE,
          "graph is a handle of type ascribe_context, expected a handle of type ascribe_graph");
  REFUSES(ascribe_graph_unary((ascribe_graph *)nothing, "exp", x, &made, &error), ASCRIBE_INVALID_HANDLE, "graph is no handle, or one that was freed");
  REFUSES(ascribe_graph_unary((ascribe_graph *)((char *)nothing + 1), "exp", x, &made, &error), ASCRIBE_INVALID_HANDLE, "graph is no handle");
  ascribe_graph_free((ascribe_graph *)context);
  ascribe_graph_free((ascribe_graph *)nothing);
  ascribe_context_free((ascribe_context *)graph);
  CHECK(ascribe_context_threads(context) == 1);
  CHECK(ascribe_context_threads((const ascribe_context *)graph) == 0);
  ascribe_context_free(context);

  /* A value of another graph is a number that this one need not have. */
  CHECK_OK(ascribe_graph_new(&other, &error));
  REFUSES(ascribe_graph_unary(other, "exp", x, &made, &error), INVALID, "expected a value of this graph, which has 0 so far");
  ascribe_graph_free(other);
}

static void definitions_that_are_none(void) {
  const int64_t sizes[] = {4, 3};
  ascribe_node table, scalar, row;
  CHECK_OK(ascribe_graph_leaf(graph, "parameter", "table", sizes, 2, &table, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "parameter", "scalar", NULL, 0, &scalar, &error));
  CHECK_OK(ascribe_graph_gather(graph, "rows", table, id, &row, &error));
  CHECK_FAILS(ascribe_graph_own(graph, x, id, &error), INVALID, "expected a parameter with rows");
  CHECK_FAILS(ascribe_graph_own(graph, scalar, id, &error), INVALID, "expected a parameter with rows");
  CHECK_FAILS(ascribe_graph_own(graph, table, x, &error), INVALID, "expected an input of one id for each example");
  CHECK_OK(ascribe_graph_own(graph, table, id, &error));
  CHECK_FAILS(ascribe_graph_own(graph, table, id, &error), INVALID, "not given before");
  CHECK_FAILS(ascribe_graph_functional(graph, "row", row, &error), INVALID, "expected a per-example scalar");
  CHECK_FAILS(ascribe_graph_functional(graph, "shared", scalar, &error), INVALID, "expected a per-example scalar");
  CHECK_FAILS(ascribe_graph_functional(graph, "", row, &error), INVALID, "a name of its own");
  CHECK_FAILS(ascribe_graph_functional(graph, "loss", row, &error), INVALID, "\"loss\" is always there");
  CHECK_FAILS(ascribe_graph_gradient(graph, row, &table, 1, &made, &error), INVALID, "expected a scalar");
  CHECK(made == 4242);
  REFUSES(ascribe_graph_unary(graph, "exp", id, &made, &error), ASCRIBE_SHAPE, "ids can only be looked up or picked by");
}

/* A fault of the library, provoked by a name that builds with debug assertions know: it becomes a status, and the graph refuses to be
 * used further but can be freed. A build without them takes the name like any other. */
static void faults(void) {
  ascribe_graph *faulty = NULL;
  ascribe_node node = 4242;
  size_t rank = 4242;
  ascribe_status status;
  CHECK_OK(ascribe_graph_new(&faulty, &error));
  status = ascribe_graph_leaf(faulty, "input", "ascribe: panic", NULL, 0, &node, &error);
  if (status == ASCRIBE_OK) {
    CHECK(getenv("ASCRIBE_TEST_RELEASE") != NULL);
  } else {
    CHECK(status == ASCRIBE_INTERNAL && ascribe_error_code(error) == ASCRIBE_INTERNAL);
    CHECK(strstr(ascribe_error_message(error), "an input was called \"ascribe: panic\"") != NULL);
    ascribe_error_free(error);
    error = NULL;
    CHECK_FAILS(ascribe_graph_leaf(faulty, "input", "x", NULL, 0, &node, &error), ASCRIBE_INTERNAL, "graph was left half-changed");
    CHECK_FAILS(ascribe_graph_shape(faulty, 0, NULL, 0, &rank, &error), ASCRIBE_INTERNAL, "make a new ascribe_graph");
    CHECK(node == 4242 && rank == 4242);
  }
  ascribe_graph_free(faulty);
}

int main(void) {
  const int64_t three[] = {3};
  CHECK_OK(ascribe_graph_new(&graph, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "input", "x", three, 1, &x, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "indices", "id", NULL, 0, &id, &error));
  nulls();
  sizes_that_are_none();
  numbers_that_are_none();
  objects_of_other_kinds();
  definitions_that_are_none();
  faults();
  ascribe_graph_free(graph);
  return checks_done();
}
