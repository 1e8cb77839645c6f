// A model of one's own: a factorization machine for ratings, written as a graph, and explained in both ways.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <ascribe.hpp>

using namespace ascribe;

int main() try {
  std::vector<std::uint32_t> user, item;
  std::vector<double> rating;
  for (std::uint32_t k = 0; k < 240; ++k) {
    const std::uint32_t u = 7 * k % 30, i = (11 * k + k / 30) % 20;
    user.push_back(u), item.push_back(i), rating.push_back(1 + (3 * u + 5 * i + u * i) % 5);
  }
  Dataset data(240);
  data.set_ids("user", user), data.set_ids("item", item), data.set_numbers("rating", rating);

  Graph graph;
  const auto u = graph.indices("user"), i = graph.indices("item"), mean = graph.parameter("mean");
  const auto user_bias = graph.parameter("user_bias", {30}), item_bias = graph.parameter("item_bias", {20});
  const auto users = graph.parameter("users", {30, 4}), items = graph.parameter("items", {20, 4});
  const auto bias = mean + gather_rows(user_bias, u) + gather_rows(item_bias, i);
  const auto prediction = bias + sum(gather_rows(users, u) * gather_rows(items, i));
  const auto error = prediction - graph.input("rating");
  Expr squares = mean * mean;
  for (const auto &parameter : {user_bias, item_bias, users, items}) squares += sum(parameter * parameter);
  graph.functional("prediction", prediction);
  graph.own(users, u), graph.own(items, i), graph.own(user_bias, u), graph.own(item_bias, i);

  const auto loss = 0.5 * (error * error), penalty = 0.05 * squares;
  auto model = Model::custom(loss, penalty, prediction, {{"initial", 0.1}, {"seed", 7}});
  model.fit(data, {{"optimizer", "sgd"}, {"learning_rate", 0.02}, {"batch", 1}, {"epochs", 30}});

  const auto query = data.select({0});
  const auto rollback = Attributor(model, "rollback").explain(query, "prediction");
  std::printf("prediction %+.12f\n", rollback.value());
  for (auto [k, score] : rollback.top(3)) std::printf("rollback %+.12f example %ju\n", score, std::uintmax_t{k});

  model.fit(data, {{"optimizer", "minimize"}, {"gradient_tolerance", 1e-8}});
  const Attributor influence(model, "influence", {{"curvature", "hessian"}});
  const auto top = influence.explain(query, "prediction").top(3);
  for (auto [k, score] : top) std::printf("influence %+.12f example %ju\n", score, std::uintmax_t{k});

  const Options levels{{"until", "retrained"}};
  const auto what_if = influence.what_if(query, "prediction", {Change::remove(top.at(0).example)}, levels);
  for (const auto &step : what_if.steps()) std::printf("%s %+.12f\n", step.level.c_str(), step.changes[0]);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
