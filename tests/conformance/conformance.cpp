// The results of README.md beside this file, in C++: every line is a name and the bits of a number.
#include <ascribe.hpp>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

using namespace ascribe;
using std::size_t;

static std::string number(size_t i) { return "." + std::to_string(i); }

static void result(const std::string &name, double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  std::printf("%s %016" PRIx64 "\n", name.c_str(), bits);
}

static void results(const std::string &name, const std::vector<double> &values) {
  for (size_t i = 0; i < values.size(); ++i) result(name + number(i), values[i]);
}

static void table(const std::string &name, const std::vector<double> &values, size_t columns) {
  for (size_t i = 0; i < values.size(); ++i) result(name + number(i / columns) + number(i % columns), values[i]);
}

static void parameters(const std::string &name, const Model &model) {
  for (size_t place = 0; place < model.parameters(); ++place) results(name + ".parameter" + number(place), model.parameter(place));
}

static void attribution(const std::string &name, const Attribution &found) {
  for (size_t query = 0; query < found.queries(); ++query) {
    result(name + ".value" + number(query), found.value(query));
    for (const auto &[example, score] : found.scores(query)) result(name + number(query) + number(example), score);
  }
}

static void rollback(const std::string &name, const Model &model, const Dataset &queries, const std::string &functional) {
  const Rollback asked(model, functional);
  RollbackOptions options;
  options.rerank = 3;
  const std::vector<std::pair<const char *, Effort>> efforts{{"exact", Effort::exact}, {"linear", Effort::linear}, {"hybrid", Effort::hybrid}};
  for (const auto &[word, effort] : efforts) {
    options.effort = effort;
    attribution(name + "." + word, asked.explain(queries, options));
  }
  results(name + ".without", asked.without(queries, {0, 5, 17}));
}

static void removal(const std::string &name, const Model &model, const Dataset &queries, const std::string &functional) {
  table(name + ".removal", verify_removal(model, queries, functional, {{3}, {2, 9}}), queries.size());
}

static void triples(const std::string &name, Precision precision, const std::string &folder) {
  const std::string nations = folder + "/nations/";
  const auto data = Dataset::load_triples(nations + "train.tsv", nations + "valid.tsv", nations + "test.tsv");
  const auto queries = data.part(Part::test).select({0, 1, 2});
  TripleOptions options;
  options.dimension = 6, options.negatives = 5, options.precision = precision, options.seed = 11;
  auto model = Model::triples(data, options);
  TrainingOptions training;
  training.method = Method::sgd, training.learning_rate = 0.05, training.batch = 1, training.epochs = 3, training.seed = 3;
  model.fit(data, training);
  parameters(name, model);
  results(name + ".evaluate", model.evaluate(queries, "log-probability"));
  rollback(name, model, queries, "probability");
  removal(name, model, queries, "probability");
}

static void influence(const std::string &name, const Model &model, const Dataset &queries, const Dataset &extra,
                      const std::string &functional, bool single) {
  InfluenceOptions options;
  options.curvature = Curvature::hessian;
  const Influence asked(model, options);
  result(name + ".objective", asked.standing().value);
  result(name + ".gradient", asked.standing().gradient);
  attribution(name + ".influence", asked.explain(queries, functional));
  results(name + ".self", asked.self());
  std::vector<double> leverages;
  for (size_t query = 0; query < queries.size(); ++query) {
    const auto corrected = asked.corrected(queries.select({query}), functional, {2, 3});
    results(name + ".corrected" + number(query), corrected.scores);
    leverages = corrected.leverages;
  }
  results(name + ".leverage", leverages);
  const size_t p = model.dimension();
  std::vector<double> directions;
  for (size_t i = 0; i < 2 * p; ++i) directions.push_back((static_cast<double>((3 * (i / p) + 5 * (i % p) + 1) % 7) - 3) / 4);
  const auto view = MatrixView::row_major(directions.data(), 2, static_cast<std::int64_t>(p));
  table(name + ".hvp", asked.hvp(view), p);
  table(name + ".inverse", asked.inverse_hvp(view), p);
  WhatIfOptions until;
  until.until = Level::retrained;
  if (single) until.gradient = 1e-5;
  const std::vector<Change> remove{Change::remove(3)};
  const std::vector<Change> several{Change::reweight(4, 2), Change::replace(5, extra, 0), Change::add(extra, 1, 1)};
  const std::vector<std::pair<const char *, const std::vector<Change> *>> ways{{".remove", &remove}, {".several", &several}};
  for (const auto &[word, changes] : ways) {
    for (const auto &step : asked.what_if(queries, functional, *changes, until).steps()) {
      results(name + word + number(static_cast<size_t>(step.level)), step.changes);
    }
  }
}

// Rows `first` to `first + count` of the made-up table; the features stay in `features`.
static Dataset rows_of(size_t first, size_t count, bool classes, std::vector<double> &features) {
  std::vector<double> targets;
  std::vector<std::uint32_t> labels;
  for (size_t i = first; i < first + count; ++i) {
    for (size_t j = 0; j < 3; ++j) features.push_back((static_cast<double>((7 * i + 11 * j + i * j) % 13) - 6) / 8);
    targets.push_back((static_cast<double>((5 * i + 3) % 11) - 5) / 4);
    labels.push_back(static_cast<std::uint32_t>((i * i + i / 4) % 3));
  }
  const auto view = MatrixView::row_major(features, 3);
  if (!classes) return Dataset::from_matrix(view, targets);
  auto data = Dataset::from_matrix(view);
  data.set_labels(labels, 3);
  return data;
}

static void predict(const std::string &name, const Model &model, const std::vector<double> &features) {
  table(name + ".predict", model.predict(MatrixView::row_major(features, 3)), model.outputs());
}

static void rows(const std::string &name, RowLoss loss, Precision precision) {
  std::vector<double> features, more;
  const auto data = rows_of(0, 24, loss == RowLoss::softmax, features);
  const auto extra = rows_of(100, 2, loss == RowLoss::softmax, more);
  const auto queries = data.select({1, 7});
  const bool single = precision == Precision::f32;
  RowOptions options;
  options.loss = loss, options.l2 = 0.05, options.precision = precision;
  auto model = Model::rows(data, options);
  TrainingOptions training;
  training.method = Method::minimize, training.gradient = single ? 1e-5 : 1e-10;
  model.fit(data, training);
  parameters(name, model);
  predict(name, model, more);
  influence(name, model, queries, extra, "loss", single);
  removal(name, model, queries, "loss");
}

static void layers(const std::string &name, Precision precision) {
  std::vector<double> features, more;
  const auto data = rows_of(0, 24, true, features), extra = rows_of(100, 2, true, more);
  RowOptions options;
  options.loss = RowLoss::softmax, options.l2 = 0.01, options.precision = precision, options.seed = 11;
  options.layers = {layer::dense(4), layer::activation(Activation::tanh)};
  auto model = Model::rows(data, options);
  TrainingOptions training;
  training.method = Method::adam, training.learning_rate = 0.01, training.epochs = 4, training.batch = 5, training.seed = 3;
  model.fit(data, training);
  parameters(name, model);
  predict(name, model, more);
  removal(name, model, extra, "loss");
}

static void graph(const std::string &name, Precision precision) {
  std::vector<std::uint32_t> users, items;
  std::vector<double> ratings;
  for (std::uint32_t k = 0; k < 240; ++k) {
    const std::uint32_t u = 7 * k % 30, v = (11 * k + k / 30) % 20;
    users.push_back(u), items.push_back(v), ratings.push_back(1 + (3 * u + 5 * v + u * v) % 5);
  }
  Dataset data(240);
  data.set_ids("user", users), data.set_ids("item", items), data.set_numbers("rating", ratings);
  const auto queries = data.select({0, 5});
  Graph made;
  const auto user = made.indices("user");
  const auto item = made.indices("item");
  const auto mean = made.parameter("mean");
  const auto user_bias = made.parameter("user_bias", {30});
  const auto item_bias = made.parameter("item_bias", {20});
  const auto user_table = made.parameter("users", {30, 4});
  const auto item_table = made.parameter("items", {20, 4});
  const auto rating = made.input("rating");
  // One value after the other: C++ does not say in which order the operands of an expression are made.
  const auto a = ascribe::gather_rows(user_bias, user), b = ascribe::gather_rows(item_bias, item);
  const auto c = ascribe::gather_rows(user_table, user), d = ascribe::gather_rows(item_table, item);
  const auto biased = mean + a + b;
  const auto inner = sum(c * d);
  const auto prediction = biased + inner;
  const auto off = prediction - rating;
  const auto loss = scale(off * off, 0.5);
  auto squares = mean * mean;
  for (const auto &parameter : {user_bias, item_bias, user_table, item_table}) squares = squares + sum(parameter * parameter);
  GraphOptions options;
  options.penalty = scale(squares, 0.05);
  made.functional("prediction", prediction);
  made.own(user_table, user), made.own(item_table, item), made.own(user_bias, user), made.own(item_bias, item);
  options.outputs = prediction, options.precision = precision, options.seed = 7;
  auto model = Model::graph(loss, options);
  TrainingOptions training;
  training.method = Method::sgd, training.learning_rate = 0.02, training.batch = 1, training.epochs = 5;
  model.fit(data, training);
  parameters(name, model);
  const auto ledger = model.ledger();
  for (size_t slot = 0; slot < ledger.slots(6); ++slot) results(name + ".change" + number(slot), ledger.change(6, slot));
  result(name + ".remainder", ledger.remainder(0, 1).at(0));
  rollback(name, model, queries, "prediction");
  removal(name, model, queries, "prediction");
  if (precision == Precision::f64) {
    training.method = Method::minimize;
    model.fit(data, training);
    influence("graph.minimized", model, queries, data, "prediction", false);
    removal("graph.minimized", model, queries, "prediction");
  }
}

int main(int count, char **arguments) try {
  const std::string folder = count > 1 ? arguments[1] : "data";
  triples("triples.f64", Precision::f64, folder);
  triples("triples.f32", Precision::f32, folder);
  rows("rows.squared.f64", RowLoss::squared, Precision::f64);
  rows("rows.softmax.f64", RowLoss::softmax, Precision::f64);
  rows("rows.softmax.f32", RowLoss::softmax, Precision::f32);
  layers("rows.layers.f64", Precision::f64);
  layers("rows.layers.f32", Precision::f32);
  graph("graph.f64", Precision::f64);
  graph("graph.f32", Precision::f32);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
