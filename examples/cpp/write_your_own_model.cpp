// A model of one's own: a factorization machine for ratings, written as a graph, and asked both kinds of question.
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

  GraphOptions shape;
  shape.penalty = 0.05 * squares, shape.outputs = prediction, shape.initial = 0.1, shape.seed = 7;
  auto model = Model::graph(0.5 * (error * error), shape);
  TrainingOptions training;
  training.method = Method::sgd, training.learning_rate = 0.02, training.batch = 1, training.epochs = 30;
  model.fit(data, training);

  const auto query = data.select({0});
  const auto rollback = Rollback(model, "prediction").explain(query);
  std::printf("prediction %+.12f\n", rollback.value());
  for (auto [k, score] : rollback.top(3)) std::printf("rollback %+.12f example %ju\n", score, std::uintmax_t{k});

  training.method = Method::minimize, training.gradient = 1e-8;
  model.fit(data, training);
  InfluenceOptions options;
  options.curvature = Curvature::hessian;
  const Influence influence(model, options);
  const auto top = influence.explain(query, "prediction").top(3);
  for (auto [k, score] : top) std::printf("influence %+.12f example %ju\n", score, std::uintmax_t{k});

  WhatIfOptions levels;
  levels.until = Level::retrained;
  const auto what_if = influence.what_if(query, "prediction", {Change::remove(top.at(0).example)}, levels);
  for (const auto &step : what_if.steps()) std::printf("level %d %+.12f\n", static_cast<int>(step.level), step.changes[0]);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
