/* Port your model: clicks of users on items, a logistic model with interactions that a program of one's own has trained. It
 * is written again as a graph, checked against the program, given the program's values, and asked. See
 * docs/port_your_model.md. Build: cc -std=c99 port_your_model.c -lascribe -lm */
#include <ascribe.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 120, USERS = 12, ITEMS = 8, FEATURES = 3, WIDTH = 2 };
static const double L2 = 0.01;

/* ---- The host: the model as its program has it. Nothing here knows of Ascribe. ---- */

typedef struct {
  double bias, weights[FEATURES], users[USERS][WIDTH], items[ITEMS][WIDTH];
} host_model;

enum { DIMENSION = sizeof(host_model) / sizeof(double) };

static uint32_t user[EXAMPLES], item[EXAMPLES];
static double x[EXAMPLES][FEATURES], clicked[EXAMPLES];

static void host_data(void) {
  for (int k = 0; k < EXAMPLES; ++k) {
    user[k] = (uint32_t)(7 * k % USERS);
    item[k] = (uint32_t)((3 * k + k / USERS) % ITEMS);
    for (int j = 0; j < FEATURES; ++j) x[k][j] = sin(1.0 + 0.7 * k + 2.1 * j * k);
    clicked[k] = x[k][0] + (user[k] % 2 == item[k] % 2 ? 0.8 : -0.8) + 0.5 * x[k][1] * x[k][2] > 0;
  }
}

static double host_logit(const host_model *m, int k) {
  double z = m->bias;
  for (int j = 0; j < FEATURES; ++j) z += m->weights[j] * x[k][j];
  for (int j = 0; j < WIDTH; ++j) z += m->users[user[k]][j] * m->items[item[k]][j];
  return z;
}

static double host_probability(const host_model *m, int k) { return 1 / (1 + exp(-host_logit(m, k))); }

static double host_loss(const host_model *m, int k) {
  const double z = host_logit(m, k);
  return fmax(z, 0) + log1p(exp(-fabs(z))) - clicked[k] * z;
}

/* Descends to the minimum of the mean loss and (L2/2)|m|^2, without the example `without` (-1: with all). */
static void host_train(host_model *m, int without) {
  const double n = without < 0 ? EXAMPLES : EXAMPLES - 1;
  double largest = 1;
  for (int step = 0; step < 200000 && largest > 1e-10; ++step) {
    host_model slope = {0};
    double *p = (double *)m, *g = (double *)&slope;
    for (int i = 0; i < DIMENSION; ++i) g[i] = L2 * p[i];
    for (int k = 0; k < EXAMPLES; ++k) {
      if (k == without) continue;
      const double d = (host_probability(m, k) - clicked[k]) / n;
      slope.bias += d;
      for (int j = 0; j < FEATURES; ++j) slope.weights[j] += d * x[k][j];
      for (int j = 0; j < WIDTH; ++j) slope.users[user[k]][j] += d * m->items[item[k]][j];
      for (int j = 0; j < WIDTH; ++j) slope.items[item[k]][j] += d * m->users[user[k]][j];
    }
    largest = 0;
    for (int i = 0; i < DIMENSION; ++i) {
      p[i] -= 1.0 * g[i];
      largest = fmax(largest, fabs(g[i]));
    }
  }
}

/* ---- The port. ---- */

static ascribe_error *error;

/* Ends the program with the library's message unless a call went well. */
static void ok(ascribe_status status) {
  if (status == ASCRIBE_OK) return;
  fprintf(stderr, "%s: %s\n", ascribe_status_name(status), ascribe_error_message(error));
  exit(1);
}

int main(void) {
  host_data();
  host_model host = {0};
  for (int i = 0; i < USERS * WIDTH; ++i) host.users[i / WIDTH][i % WIDTH] = 0.3 * sin(1 + i);
  for (int i = 0; i < ITEMS * WIDTH; ++i) host.items[i / WIDTH][i % WIDTH] = 0.3 * cos(1 + i);
  host_train(&host, -1);

  /* 1. The graph: what one example costs. */
  ascribe_graph *graph;
  ok(ascribe_graph_new(&graph, &error));
  const int64_t features = FEATURES, users_size[] = {USERS, WIDTH}, items_size[] = {ITEMS, WIDTH};
  ascribe_node u, i, input, y, bias, weights, users, items;
  ok(ascribe_graph_leaf(graph, "indices", "user", NULL, 0, &u, &error));
  ok(ascribe_graph_leaf(graph, "indices", "item", NULL, 0, &i, &error));
  ok(ascribe_graph_leaf(graph, "input", "x", &features, 1, &input, &error));
  ok(ascribe_graph_leaf(graph, "input", "clicked", NULL, 0, &y, &error));
  ok(ascribe_graph_leaf(graph, "parameter", "bias", NULL, 0, &bias, &error));
  ok(ascribe_graph_leaf(graph, "parameter", "weights", &features, 1, &weights, &error));
  ok(ascribe_graph_leaf(graph, "parameter", "users", users_size, 2, &users, &error));
  ok(ascribe_graph_leaf(graph, "parameter", "items", items_size, 2, &items, &error));

  ascribe_node p, q, linear, interaction, z, probability, soft, yz, loss;
  ok(ascribe_graph_gather(graph, "rows", users, u, &p, &error));                     /* [WIDTH] for each example */
  ok(ascribe_graph_gather(graph, "rows", items, i, &q, &error));
  ok(ascribe_graph_einsum(graph, "d,d->", p, q, 0, &interaction, &error));
  ok(ascribe_graph_einsum(graph, "d,d->", weights, input, 0, &linear, &error));
  ok(ascribe_graph_binary(graph, "add", linear, interaction, &z, &error));
  ok(ascribe_graph_binary(graph, "add", z, bias, &z, &error));
  ok(ascribe_graph_unary(graph, "sigmoid", z, &probability, &error));
  ok(ascribe_graph_unary(graph, "softplus", z, &soft, &error));                       /* ln(1 + e^z) - y z */
  ok(ascribe_graph_binary(graph, "mul", y, z, &yz, &error));
  ok(ascribe_graph_binary(graph, "sub", soft, yz, &loss, &error));

  /* The penalty is shared and stands beside the loss: (L2/2)|all parameters|^2. */
  ascribe_node penalty = ASCRIBE_NO_NODE;
  const ascribe_node all[] = {bias, weights, users, items};
  for (int k = 0; k < 4; ++k) {
    ascribe_node square, sum;
    ok(ascribe_graph_binary(graph, "mul", all[k], all[k], &square, &error));
    ok(ascribe_graph_unary(graph, "sum_all", square, &sum, &error));
    if (k == 0) penalty = sum;
    else ok(ascribe_graph_binary(graph, "add", penalty, sum, &penalty, &error));
  }
  ok(ascribe_graph_with_constant(graph, "scale", penalty, L2 / 2, &penalty, &error));
  ok(ascribe_graph_functional(graph, "probability", probability, &error));
  ok(ascribe_graph_own(graph, users, u, &error));                            /* for rollback, in step 5 */
  ok(ascribe_graph_own(graph, items, i, &error));

  /* 2. The data, read from where the host keeps them. */
  ascribe_dataset *data;
  const ascribe_matrix rows = {&x[0][0], EXAMPLES, FEATURES, FEATURES, 1}, labels = {clicked, EXAMPLES, 1, 1, 1};
  ok(ascribe_dataset_new(EXAMPLES, &data, &error));
  ok(ascribe_dataset_set_ids(data, "user", user, EXAMPLES, 1, &error));
  ok(ascribe_dataset_set_ids(data, "item", item, EXAMPLES, 1, &error));
  ok(ascribe_dataset_set_numbers(data, "x", &rows, &error));
  ok(ascribe_dataset_set_numbers(data, "clicked", &labels, &error));

  /* 3. The host's values, in the order in which parameters were added, row by row. */
  ascribe_model *model;
  ok(ascribe_model_custom(NULL, graph, loss, penalty, z, NULL, &model, &error));
  ok(ascribe_model_set_parameter(model, 0, &host.bias, 1, &error));
  ok(ascribe_model_set_parameter(model, 1, host.weights, FEATURES, &error));
  ok(ascribe_model_set_parameter(model, 2, host.users[0], USERS * WIDTH, &error));
  ok(ascribe_model_set_parameter(model, 3, host.items[0], ITEMS * WIDTH, &error));

  double losses[EXAMPLES], difference = 0;
  ok(ascribe_model_evaluate(model, NULL, data, "loss", losses, EXAMPLES, &error));
  for (int k = 0; k < EXAMPLES; ++k) difference = fmax(difference, fabs(losses[k] - host_loss(&host, k)));
  printf("losses agree to 1e-12: %s\n", difference < 1e-12 ? "yes" : "no");

  /* 4. Influence at the host's values, without training here. */
  ascribe_attributor *influence;
  ascribe_options *how, *until;
  ok(ascribe_options_new(&how, &error));
  /* Users and items can be rotated together: in that direction the curvature is zero. */
  ok(ascribe_options_set_number(how, "damping", 1e-3, &error));
  ok(ascribe_attributor_new(NULL, model, "influence", data, how, NULL, &influence, &error));
  ascribe_diagnostics diagnostics = {.struct_size = sizeof diagnostics};
  ok(ascribe_attributor_diagnostics(influence, &diagnostics, &error));
  char description[4096]; /* JSON */
  size_t length;
  ok(ascribe_attributor_describe(influence, description, sizeof description, &length, &error));
  printf("at a minimum: %s, curvature %s\n", diagnostics.at_minimum ? "yes" : "no",
         strstr(description, "\"curvature\":\"hessian\"") ? "Hessian" : "Gauss-Newton");

  const uint64_t first = 0;
  ascribe_dataset *query;
  ascribe_attribution *due_to;
  uint64_t examples[3];
  double scores[3];
  size_t found;
  ok(ascribe_dataset_select(data, &first, 1, &query, &error));
  ok(ascribe_attributor_explain(influence, query, "probability", NULL, &due_to, &error));
  ok(ascribe_attribution_top(due_to, 0, "largest", examples, scores, 3, &found, &error));
  ok(ascribe_options_new(&until, &error));
  ok(ascribe_options_set_text(until, "until", "retrained", &error));
  for (size_t k = 0; k < found; ++k) {
    ascribe_what_if *answer;
    const ascribe_change removal = {.struct_size = sizeof removal, .kind = "remove", .example = examples[k]};
    ok(ascribe_attributor_what_if(influence, query, "probability", &removal, 1, until, NULL, &answer, &error));
    double here;
    ok(ascribe_what_if_changes(answer, ascribe_what_if_levels(answer) - 1, &here, NULL, 1, NULL, NULL, &error));
    ascribe_what_if_free(answer);
    host_model again = host; /* the truth, by the host itself */
    host_train(&again, (int)examples[k]);
    printf("influence %+.6f example %d, trained without it: here %+.6f, by the host %+.6f\n", scores[k], (int)examples[k],
           here, host_probability(&again, 0) - host_probability(&host, 0));
  }

  /* 5. Training here, from small random values, with a ledger for rollback. */
  ascribe_model *trained;
  ascribe_options *training;
  ok(ascribe_options_new(&training, &error));
  ok(ascribe_options_set_text(training, "optimizer", "sgd", &error));
  ok(ascribe_options_set_number(training, "learning_rate", 0.03, &error));
  ok(ascribe_options_set_integer(training, "epochs", 50, &error));
  ok(ascribe_model_custom(NULL, graph, loss, penalty, z, NULL, &trained, &error));
  ok(ascribe_model_fit(trained, NULL, data, training, NULL, &error));
  ascribe_attributor *rollback;
  ascribe_attribution *moved;
  ok(ascribe_attributor_new(NULL, trained, "rollback", NULL, NULL, NULL, &rollback, &error));
  ok(ascribe_attributor_explain(rollback, query, "probability", NULL, &moved, &error));
  ok(ascribe_attribution_top(moved, 0, "largest", examples, scores, 3, &found, &error));
  const size_t sets[] = {0, 1, 2, 3}; /* each of the three is a set of its own */
  double truth[3];
  ok(ascribe_retraining_changes(NULL, trained, query, "probability", examples, sets, found, NULL, truth, 3, &error));
  for (size_t k = 0; k < found; ++k)
    printf("rollback %+.6f example %d, trained without it %+.6f\n", scores[k], (int)examples[k], truth[k]);

  ascribe_attribution_free(moved), ascribe_attribution_free(due_to);
  ascribe_attributor_free(rollback), ascribe_attributor_free(influence);
  ascribe_model_free(trained), ascribe_model_free(model);
  ascribe_dataset_free(query), ascribe_dataset_free(data), ascribe_graph_free(graph);
  ascribe_options_free(how), ascribe_options_free(until), ascribe_options_free(training);
  return 0;
}
