/* A model of one's own: a factorisation machine for ratings, written as a graph, and asked both kinds of question. */
#include <ascribe.h>
#include <stdio.h>
#include <stdlib.h>

static ascribe_error *error;
static ascribe_graph *graph;

/* Ends the program with the message of a call that failed. */
static void must(ascribe_status status) {
  if (status != ASCRIBE_OK) exit((fprintf(stderr, "%s\n", ascribe_error_message(error)), ascribe_error_free(error), 1));
}

/* Operations that give their result: ascribe_graph_add() as add(a, b), and so on. */
#define OPERATION(name) static ascribe_node name(ascribe_node a, ascribe_node b) { \
  ascribe_node node; must(ascribe_graph_##name(graph, a, b, &node, &error)); return node; }
OPERATION(add) OPERATION(sub) OPERATION(mul) OPERATION(lookup)
static ascribe_node scale(ascribe_node x, double c) { must(ascribe_graph_scale(graph, x, c, &x, &error)); return x; }
static ascribe_node product(ascribe_node a, ascribe_node b) { must(ascribe_graph_sum_all(graph, a = mul(a, b), &a, &error)); return a; }

int main(void) {
  uint32_t users[240], items[240];
  double ratings[240];
  for (uint32_t k = 0; k < 240; k++) {
    const uint32_t u = users[k] = 7 * k % 30, i = items[k] = (11 * k + k / 30) % 20;
    ratings[k] = 1 + (3 * u + 5 * i + u * i) % 5;
  }
  ascribe_dataset *data, *query;
  must(ascribe_dataset_new(240, &data, &error));
  must(ascribe_dataset_set_ids(data, "user", users, 240, 1, &error));
  must(ascribe_dataset_set_ids(data, "item", items, 240, 1, &error));
  must(ascribe_dataset_set_numbers(data, "rating", &(ascribe_matrix){ratings, 240, 1, 1, 1}, &error));
  must(ascribe_dataset_select(data, (uint64_t[]){0}, 1, &query, &error));

  const char *names[] = {"user_bias", "item_bias", "users", "items"};
  ascribe_node id[2], mean, table[4], rating;
  must(ascribe_graph_new(&graph, &error));
  must(ascribe_graph_indices(graph, "user", NULL, 0, &id[0], &error));
  must(ascribe_graph_indices(graph, "item", NULL, 0, &id[1], &error));
  must(ascribe_graph_parameter(graph, "mean", NULL, 0, &mean, &error));
  for (int i = 0; i < 4; i++) /* [30], [20], [30, 4], [20, 4] */
    must(ascribe_graph_parameter(graph, names[i], (int64_t[]){i % 2 ? 20 : 30, 4}, i < 2 ? 1 : 2, &table[i], &error));
  must(ascribe_graph_input(graph, "rating", NULL, 0, &rating, &error));
  const ascribe_node biased = add(add(mean, lookup(table[0], id[0])), lookup(table[1], id[1]));
  const ascribe_node prediction = add(biased, product(lookup(table[2], id[0]), lookup(table[3], id[1])));
  const ascribe_node d = sub(prediction, rating);
  ascribe_node squares = mul(mean, mean);
  for (int i = 0; i < 4; i++) squares = add(squares, product(table[i], table[i]));
  must(ascribe_graph_functional(graph, "prediction", prediction, &error));
  for (int i = 2; i < 6; i++) must(ascribe_graph_own(graph, table[i % 4], id[i % 2], &error));

  ascribe_graph_options shape;
  ascribe_graph_options_init(&shape, sizeof shape);
  shape.initial = 0.1, shape.seed = 7;
  ascribe_model *model;
  must(ascribe_model_graph(NULL, graph, scale(mul(d, d), 0.5), scale(squares, 0.05), prediction, &shape, &model, &error));
  ascribe_training_options training;
  ascribe_training_options_init(&training, sizeof training);
  training.method = ASCRIBE_METHOD_SGD, training.learning_rate = 0.02, training.batch = 1, training.epochs = 30;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));

  ascribe_rollback *rollback;
  ascribe_influence *influence;
  ascribe_attribution *found;
  ascribe_what_if *what_if;
  double value, scores[3];
  uint64_t examples[3];
  size_t top;
  must(ascribe_rollback_new(NULL, model, "prediction", &rollback, &error));
  must(ascribe_rollback_explain(rollback, query, NULL, NULL, &found, &error));
  must(ascribe_attribution_value(found, 0, &value, &error));
  must(ascribe_attribution_top(found, 0, ASCRIBE_ORDER_LARGEST, examples, scores, 3, &top, &error));
  printf("prediction %+.12f\n", value);
  for (size_t i = 0; i < top; i++) printf("rollback %+.12f example %d\n", scores[i], (int)examples[i]);
  ascribe_attribution_free(found), ascribe_rollback_free(rollback);

  training.method = ASCRIBE_METHOD_MINIMISE, training.gradient = 1e-8;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  ascribe_influence_options options;
  ascribe_influence_options_init(&options, sizeof options);
  options.curvature = ASCRIBE_CURVATURE_HESSIAN;
  must(ascribe_influence_new(NULL, model, NULL, &options, NULL, &influence, &error));
  must(ascribe_influence_explain(influence, query, "prediction", NULL, &found, &error));
  must(ascribe_attribution_top(found, 0, ASCRIBE_ORDER_LARGEST, examples, scores, 3, &top, &error));
  for (size_t i = 0; i < top; i++) printf("influence %+.12f example %d\n", scores[i], (int)examples[i]);

  ascribe_what_if_options levels;
  ascribe_what_if_options_init(&levels, sizeof levels);
  levels.until = ASCRIBE_LEVEL_RETRAINED;
  const ascribe_change change = {.kind = ASCRIBE_CHANGE_REMOVE, .example = examples[0]};
  must(ascribe_influence_what_if(influence, query, "prediction", &change, 1, &levels, NULL, &what_if, &error));
  for (size_t i = 0; i < ascribe_what_if_levels(what_if); i++) {
    int32_t level;
    must(ascribe_what_if_level(what_if, i, &level, &value, NULL, 1, &error));
    printf("level %d %+.12f\n", level, value);
  }
  ascribe_what_if_free(what_if), ascribe_attribution_free(found), ascribe_influence_free(influence);
  ascribe_model_free(model), ascribe_graph_free(graph), ascribe_dataset_free(query), ascribe_dataset_free(data);
}
