/* What a C program writes once for itself: an end on errors, and operations of a graph that give their result. */
#ifndef HELPERS_H
#define HELPERS_H

#include <ascribe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ascribe_error *error;

/* Ends the program with the message of a call that failed; the system frees what it had. */
static inline void must(ascribe_status status) {
  if (status == ASCRIBE_OK) return;
  fprintf(stderr, "%s\n", ascribe_error_message(error));
  ascribe_error_free(error);
  exit(1);
}

/* Options by text, options_of("epochs=20;seed=7"): every value may be given as text. */
static inline ascribe_options *options_of(const char *list) {
  char text[256], *rest = text, *name;
  ascribe_options *options;
  must(ascribe_options_new(&options, &error));
  snprintf(text, sizeof text, "%s", list);
  for (; (name = strtok(rest, "=")) != NULL; rest = NULL)
    must(ascribe_options_set_text(options, name, strtok(NULL, ";"), &error));
  return options;
}

/* ascribe_graph_binary() with "add" as add(graph, a, b), and so on. */
#define OPERATION(name, function, word, type)                                     \
  static inline ascribe_node name(ascribe_graph *graph, ascribe_node a, type b) { \
    ascribe_node node;                                                            \
    must(ascribe_graph_##function(graph, word, a, b, &node, &error));             \
    return node;                                                                  \
  }
OPERATION(add, binary, "add", ascribe_node)
OPERATION(sub, binary, "sub", ascribe_node)
OPERATION(mul, binary, "mul", ascribe_node)
OPERATION(gather_rows, gather, "rows", ascribe_node)
OPERATION(scale, with_constant, "scale", double)
#undef OPERATION

/* The inner product of two values. */
static inline ascribe_node product(ascribe_graph *graph, ascribe_node a, ascribe_node b) {
  ascribe_node node;
  must(ascribe_graph_unary(graph, "sum_all", mul(graph, a, b), &node, &error));
  return node;
}

/* Prints the three largest scores of a query; `examples` receives theirs. */
static inline void print_largest(const char *what, const ascribe_attribution *found, uint64_t examples[3]) {
  double scores[3];
  size_t count;
  must(ascribe_attribution_top(found, 0, "largest", examples, scores, 3, &count, &error));
  for (size_t i = 0; i < count; i++) printf("%s %+.12f example %d\n", what, scores[i], (int)examples[i]);
}

#endif
