/* Every operation of the graph builder, by the shapes it gives. */
#include "check.h"

static ascribe_graph *graph = NULL;

/* The shape of a value as a text, for example "[2, 3]". */
static const char *shape(ascribe_node node) {
  static char text[256];
  int64_t sizes[16];
  size_t rank = 99, known = 99, i;
  int used;
  CHECK_OK(ascribe_graph_shape(graph, node, NULL, 0, &rank, &error));
  CHECK_OK(ascribe_graph_shape(graph, node, sizes, 16, &known, &error));
  CHECK(rank == known && rank <= 16);
  used = snprintf(text, sizeof text, "[");
  for (i = 0; i < rank && i < 16; i++)
    used += snprintf(text + used, sizeof text - (size_t)used, "%s%lld", i > 0 ? ", " : "", (long long)sizes[i]);
  snprintf(text + used, sizeof text - (size_t)used, "]");
  return text;
}

/* A call that adds a value of this shape, which is then called `made`. */
#define MAKES(call, expected) \
  do {                        \
    CHECK_OK(call);           \
    CHECK_TEXT(shape(made), expected); \
  } while (0)

int main(void) {
  const int64_t four_three[] = {4, 3}, three[] = {3}, two[] = {2}, image_sizes[] = {6, 5, 2}, weight_sizes[] = {7, 3, 2, 2};
  const int64_t swapped[] = {1, 0}, two_two_three[] = {2, 2, 3};
  ascribe_node table, x, y, id, ids, image, weights, constant, pair, made = 0, loss, gradients[3];
  size_t rank = 99;
  int64_t sizes[2] = {-5, -5};

  CHECK_OK(ascribe_graph_new(&graph, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "parameter", "table", four_three, 2, &table, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "parameter", "weights", weight_sizes, 4, &weights, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "input", "x", three, 1, &x, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "input", "y", NULL, 0, &y, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "input", "image", image_sizes, 3, &image, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "indices", "id", NULL, 0, &id, &error));
  CHECK_OK(ascribe_graph_leaf(graph, "indices", "ids", two, 1, &ids, &error));
  CHECK_OK(ascribe_graph_fill(graph, 2.5, three, 1, &constant, &error));
  CHECK_TEXT(shape(table), "[4, 3]");
  CHECK_TEXT(shape(y), "[]");
  CHECK_TEXT(shape(ids), "[2]");
  CHECK_TEXT(shape(constant), "[3]");

  MAKES(ascribe_graph_unary(graph, "exp", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "log", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "tanh", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "sigmoid", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "softplus", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "relu", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "step", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "erf", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "sin", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "cos", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "abs", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "sign", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "gelu", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "gelu_tanh", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "neg", x, &made, &error), "[3]");
  MAKES(ascribe_graph_with_constant(graph, "scale", x, 2.0, &made, &error), "[3]");
  MAKES(ascribe_graph_with_constant(graph, "shift", x, 2.0, &made, &error), "[3]");
  MAKES(ascribe_graph_with_constant(graph, "power", x, 2.0, &made, &error), "[3]");
  MAKES(ascribe_graph_binary(graph, "add", table, x, &made, &error), "[4, 3]");
  MAKES(ascribe_graph_binary(graph, "sub", x, table, &made, &error), "[4, 3]");
  MAKES(ascribe_graph_binary(graph, "mul", x, y, &made, &error), "[3]");
  MAKES(ascribe_graph_binary(graph, "div", y, x, &made, &error), "[3]");

  MAKES(ascribe_graph_along_axis(graph, "sum", table, 0, &made, &error), "[3]");
  MAKES(ascribe_graph_along_axis(graph, "log_sum_exp", table, 1, &made, &error), "[4]");
  MAKES(ascribe_graph_along_axis(graph, "max", table, 1, &made, &error), "[4]");
  MAKES(ascribe_graph_along_axis(graph, "softmax", table, 1, &made, &error), "[4, 3]");
  MAKES(ascribe_graph_along_axis(graph, "argmax_mask", table, 0, &made, &error), "[4, 3]");
  MAKES(ascribe_graph_unary(graph, "sum_all", table, &made, &error), "[]");
  MAKES(ascribe_graph_expand(graph, x, 1, 5, &made, &error), "[3, 5]");
  MAKES(ascribe_graph_reshape(graph, table, two_two_three, 3, &made, &error), "[2, 2, 3]");
  MAKES(ascribe_graph_permute(graph, table, swapped, 2, &made, &error), "[3, 4]");
  MAKES(ascribe_graph_resize(graph, "slice", table, 0, 1, 2, &made, &error), "[2, 3]");
  MAKES(ascribe_graph_resize(graph, "pad", table, 1, 2, 9, &made, &error), "[4, 9]");
  MAKES(ascribe_graph_concatenate(graph, x, constant, 0, &made, &error), "[6]");
  MAKES(ascribe_graph_einsum(graph, "cd,d->c", table, x, 0, &made, &error), "[4]");
  MAKES(ascribe_graph_einsum(graph, "cd,d->c", table, x, 1, &made, &error), "[4]");
  MAKES(ascribe_graph_unary(graph, "batch_sum", x, &made, &error), "[3]");
  MAKES(ascribe_graph_unary(graph, "broadcast_batch", table, &made, &error), "[4, 3]");
  MAKES(ascribe_graph_gather(graph, "rows", table, ids, &made, &error), "[2, 3]");
  pair = made;
  MAKES(ascribe_graph_scatter(graph, "rows", pair, ids, 6, &made, &error), "[6, 3]");
  MAKES(ascribe_graph_scatter(graph, "rows_over_batch", pair, ids, 6, &made, &error), "[6, 3]");
  MAKES(ascribe_graph_gather(graph, "elements", x, id, &made, &error), "[]");
  MAKES(ascribe_graph_scatter(graph, "elements", y, id, 8, &made, &error), "[8]");
  MAKES(ascribe_graph_windows(graph, "unfold", image, 3, 2, 1, 2, &made, &error), "[4, 2, 3, 2, 2]");
  pair = made;
  MAKES(ascribe_graph_windows(graph, "fold", pair, 6, 5, 1, 2, &made, &error), "[6, 5, 2]");
  MAKES(ascribe_graph_convolve2d(graph, image, weights, 1, 2, 1, 0, &made, &error), "[6, 2, 7]");
  MAKES(ascribe_graph_windows(graph, "max_pool2d", image, 2, 5, 2, 1, &made, &error), "[3, 1, 2]");
  MAKES(ascribe_graph_windows(graph, "average_pool2d", image, 2, 5, 2, 1, &made, &error), "[3, 1, 2]");

  /* Derivatives are values of the shapes of what they are taken by. */
  CHECK_OK(ascribe_graph_gather(graph, "rows", table, id, &made, &error));
  CHECK_OK(ascribe_graph_einsum(graph, "d,d->", made, x, 0, &loss, &error));
  gradients[0] = table;
  gradients[1] = weights;
  CHECK_FAILS(ascribe_graph_gradient(graph, loss, gradients, 2, gradients, &error), ASCRIBE_INVALID_ARGUMENT, "by and nodes overlap");
  gradients[2] = 77777;
  {
    const ascribe_node by[] = {table, weights};
    CHECK_OK(ascribe_graph_gradient(graph, loss, by, 2, gradients, &error));
  }
  CHECK(gradients[2] == 77777);
  CHECK_TEXT(shape(gradients[0]), "[4, 3]");
  CHECK_TEXT(shape(gradients[1]), "[7, 3, 2, 2]");
  CHECK_OK(ascribe_graph_gradient(graph, loss, NULL, 0, NULL, &error));

  CHECK_OK(ascribe_graph_own(graph, table, id, &error));
  CHECK_OK(ascribe_graph_functional(graph, "prediction", loss, &error));
  CHECK_OK(ascribe_graph_functional(graph, "Bürde", y, &error));

  /* Sizes that do not fit are not received, nor is the rank. */
  CHECK_FAILS(ascribe_graph_shape(graph, table, sizes, 1, &rank, &error), ASCRIBE_INVALID_ARGUMENT, "sizes has room for 1 elements, expected room for 2");
  CHECK(rank == 99 && sizes[0] == -5);
  CHECK_OK(ascribe_graph_shape(graph, table, sizes, 2, &rank, &error));
  CHECK(rank == 2 && sizes[0] == 4 && sizes[1] == 3);
  CHECK_OK(ascribe_graph_shape(graph, table, NULL, SIZE_MAX, &rank, &error));
  CHECK_FAILS(ascribe_graph_shape(graph, table, sizes, SIZE_MAX, &rank, &error), ASCRIBE_INVALID_ARGUMENT, "more than memory can hold");
  CHECK_FAILS(ascribe_graph_shape(graph, table, (int64_t *)&rank, 2, &rank, &error), ASCRIBE_INVALID_ARGUMENT, "sizes and rank overlap");

  ascribe_graph_free(graph);
  return checks_done();
}
