/* A model of one's own: a factorization machine for ratings, written as a graph, and asked both kinds of question. */
#include "helpers.h"

int main(void) {
  const char *const names[] = {"user", "item", "user_bias", "item_bias", "users", "items"};
  uint32_t id[2][240]; double ratings[240], value; uint64_t top[3]; char level[32]; size_t length;
  for (uint32_t k = 0; k < 240; k++) {
    const uint32_t user = id[0][k] = 7 * k % 30, item = id[1][k] = (11 * k + k / 30) % 20;
    ratings[k] = 1 + (3 * user + 5 * item + user * item) % 5;
  }
  ascribe_dataset *data, *query; ascribe_graph *g; ascribe_node ids[2], mean, table[4], rating;
  must(ascribe_dataset_new(240, &data, &error));
  must(ascribe_dataset_set_numbers(data, "rating", &(ascribe_matrix){ratings, 240, 1, 1, 1}, &error));
  for (int i = 0; i < 2; i++) must(ascribe_dataset_set_ids(data, names[i], id[i], 240, 1, &error));
  must(ascribe_dataset_select(data, (uint64_t[]){0}, 1, &query, &error));

  must(ascribe_graph_new(&g, &error));
  for (int i = 0; i < 2; i++) must(ascribe_graph_leaf(g, "indices", names[i], NULL, 0, &ids[i], &error));
  must(ascribe_graph_leaf(g, "parameter", "mean", NULL, 0, &mean, &error));
  for (int i = 0; i < 4; i++) /* [30], [20], [30, 4], [20, 4] */
    must(ascribe_graph_leaf(g, "parameter", names[2 + i], (int64_t[]){i % 2 ? 20 : 30, 4}, 1 + i / 2, &table[i], &error));
  must(ascribe_graph_leaf(g, "input", "rating", NULL, 0, &rating, &error));
  const ascribe_node biased = add(g, add(g, mean, gather_rows(g, table[0], ids[0])), gather_rows(g, table[1], ids[1]));
  const ascribe_node prediction = add(g, biased, product(g, gather_rows(g, table[2], ids[0]), gather_rows(g, table[3], ids[1])));
  const ascribe_node d = sub(g, prediction, rating), loss = scale(g, mul(g, d, d), 0.5);
  ascribe_node squares = mul(g, mean, mean);
  for (int i = 0; i < 4; i++) squares = add(g, squares, product(g, table[i], table[i]));
  must(ascribe_graph_functional(g, "prediction", prediction, &error));
  for (int i = 2; i < 6; i++) must(ascribe_graph_own(g, table[i % 4], ids[i % 2], &error));

  ascribe_options *shape = options_of("initial=0.1;seed=7"), *training = options_of("optimizer=sgd;learning_rate=0.02;batch=1;epochs=30");
  ascribe_options *minimize = options_of("optimizer=minimize;gradient_tolerance=1e-8"), *how = options_of("curvature=hessian");
  ascribe_options *until = options_of("until=retrained");
  ascribe_model *model; ascribe_attributor *rollback, *influence; ascribe_attribution *found, *scores; ascribe_what_if *answer;
  must(ascribe_model_custom(NULL, g, loss, scale(g, squares, 0.05), prediction, shape, &model, &error));
  must(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  must(ascribe_attributor_new(NULL, model, "rollback", NULL, NULL, NULL, &rollback, &error));
  must(ascribe_attributor_explain(rollback, query, "prediction", NULL, &found, &error));
  must(ascribe_attribution_value(found, 0, &value, &error));
  printf("prediction %+.12f\n", value), print_largest("rollback", found, top);

  must(ascribe_model_fit(model, NULL, data, minimize, NULL, &error));
  must(ascribe_attributor_new(NULL, model, "influence", NULL, how, NULL, &influence, &error));
  must(ascribe_attributor_explain(influence, query, "prediction", NULL, &scores, &error));
  print_largest("influence", scores, top);
  const ascribe_change change = {.struct_size = sizeof change, .kind = "remove", .example = top[0]};
  must(ascribe_attributor_what_if(influence, query, "prediction", &change, 1, until, NULL, &answer, &error));
  for (size_t i = 0; i < ascribe_what_if_levels(answer); i++) {
    must(ascribe_what_if_level_name(answer, i, level, sizeof level, &length, &error));
    must(ascribe_what_if_changes(answer, i, &value, NULL, 1, NULL, NULL, &error)), printf("%s %+.12f\n", level, value);
  }
  ascribe_what_if_free(answer), ascribe_attribution_free(scores), ascribe_attributor_free(influence), ascribe_attribution_free(found);
  ascribe_attributor_free(rollback), ascribe_model_free(model), ascribe_graph_free(g), ascribe_dataset_free(query), ascribe_dataset_free(data);
  for (int i = 0; i < 5; i++) ascribe_options_free((ascribe_options *[]){shape, training, minimize, how, until}[i]);
}
