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
  for (const std::string effort : {"exact", "linear", "hybrid:3"}) {
    const Attributor attributor(model, "rollback", {{"effort", effort}});
    attribution(name + "." + effort.substr(0, effort.find(':')), attributor.explain(queries, functional));
  }
  const auto without = Attributor(model, "rollback").what_if(queries, functional, {Change::remove(0), Change::remove(5), Change::remove(17)});
  results(name + ".without", without.level(0).changes);
}

static void removal(const std::string &name, const Model &model, const Dataset &queries, const std::string &functional) {
  table(name + ".removal", retraining_changes(model, queries, functional, {{3}, {2, 9}}), queries.size());
}

static void gradients(const std::string &name, const Model &model, const Dataset &queries, const std::string &functional) {
  for (const std::string method : {"graddot", "gradcos"}) {
    const Attributor attributor(model, method);
    attribution(name + "." + method, attributor.explain(queries, functional));
    results(name + "." + method + ".self", attributor.self_scores());
  }
}

static void along(const std::string &name, const Model &model, const Dataset &queries, const std::string &functional) {
  for (const std::string method : {"replay", "tracin", "tracincp", "gas"}) {
    const auto found = Attributor(model, method).explain(queries, functional);
    attribution(name + "." + method, found);
    for (size_t query = 0; query < found.queries(); ++query) {
      if (const auto growth = found.growth(query)) result(name + ".growth" + number(query), *growth);
    }
  }
}

// A member of a JSON object that is a text, searched for from a place on; false where there is none.
static bool member(const std::string &json, const std::string &name, size_t &place, std::string &text) {
  const auto key = "\"" + name + "\":\"";
  place = json.find(key, place);
  if (place == std::string::npos) return false;
  place += key.size();
  text = json.substr(place, json.find('"', place) - place);
  return true;
}

// Every option of every table with its default; of the members of an option, "default" stands before "name".
static void options() {
  const auto tables = Options::describe();
  for (size_t from = tables.find('"'); from != std::string::npos; from = tables.find('"', from + 1)) {
    const auto to = tables.find('"', from + 1);
    const auto table = tables.substr(from + 1, to - from - 1);
    const auto json = Options::describe(table);
    std::string preset, name;
    for (size_t place = 0; member(json, "default", place, preset) && member(json, "name", place, name);)
      std::printf("options %s %s %s\n", table.c_str(), name.c_str(), preset.c_str());
    from = to;
  }
}

static void triples(const std::string &name, const std::string &precision, const std::string &folder) {
  const std::string nations = folder + "/nations/";
  const auto data = Dataset::load("triples", {nations + "train.tsv", nations + "valid.tsv", nations + "test.tsv"});
  const auto queries = data.part("test").select({0, 1, 2});
  Model model("distmult", data, {{"dimension", 6}, {"negatives", 5}, {"precision", precision}, {"seed", 11}});
  model.fit(data, {{"optimizer", "sgd"}, {"learning_rate", 0.05}, {"batch", 1}, {"epochs", 3}, {"seed", 3}});
  parameters(name, model);
  results(name + ".evaluate", model.evaluate(queries, "log-probability"));
  rollback(name, model, queries, "probability");
  removal(name, model, queries, "probability");
}

static void influence(const std::string &name, const Model &model, const Dataset &queries, const Dataset &extra,
                      const std::string &functional) {
  const Attributor attributor(model, "influence", {{"curvature", "hessian"}});
  result(name + ".objective", attributor.diagnostics().value);
  result(name + ".gradient", attributor.diagnostics().gradient_norm);
  attribution(name + ".influence", attributor.explain(queries, functional));
  results(name + ".self", attributor.self_scores());
  std::vector<double> leverages;
  for (size_t query = 0; query < queries.size(); ++query) {
    const auto one_out = attributor.leave_one_out(queries.select({query}), functional, {2, 3});
    results(name + ".leave_one_out" + number(query), one_out.scores);
    leverages = one_out.leverages;
  }
  results(name + ".leverage", leverages);
  const size_t p = model.dimension();
  std::vector<double> directions;
  for (size_t i = 0; i < 2 * p; ++i) directions.push_back((static_cast<double>((3 * (i / p) + 5 * (i % p) + 1) % 7) - 3) / 4);
  const auto view = MatrixView::row_major(directions.data(), 2, static_cast<std::int64_t>(p));
  table(name + ".products", attributor.products(view), p);
  table(name + ".inverse", attributor.inverse_products(view), p);
  const std::vector<Change> remove{Change::remove(3)};
  const std::vector<Change> several{Change::reweight(4, 2), Change::replace(5, extra, 0), Change::add(extra, 1, 1)};
  const std::vector<std::pair<const char *, const std::vector<Change> *>> ways{{".remove", &remove}, {".several", &several}};
  const Options until{{"until", "retrained"}};
  for (const auto &[word, changes] : ways) {
    for (const auto &step : attributor.what_if(queries, functional, *changes, until).steps()) {
      results(name + word + "." + std::string(step.level), step.changes);
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

static void rows(const std::string &name, const std::string &kind, const std::string &precision) {
  std::vector<double> features, more;
  const auto data = rows_of(0, 24, kind == "softmax", features);
  const auto extra = rows_of(100, 2, kind == "softmax", more);
  const auto queries = data.select({1, 7});
  const bool single = precision == "f32";
  Model model(kind, data, {{"l2", 0.05}, {"precision", precision}});
  model.fit(data, {{"optimizer", "minimize"}, {"gradient_tolerance", single ? 1e-5 : 1e-10}});
  parameters(name, model);
  predict(name, model, more);
  influence(name, model, queries, extra, "loss");
  removal(name, model, queries, "loss");
  gradients(name, model, queries, "loss");
}

static void layers(const std::string &name, const std::string &precision) {
  std::vector<double> features, more;
  const auto data = rows_of(0, 24, true, features), extra = rows_of(100, 2, true, more);
  const Options options{{"loss", "softmax"}, {"l2", 0.01}, {"hidden", "4"}, {"activation", "tanh"}, {"precision", precision}, {"seed", 11}};
  Model model("mlp", data, options);
  model.fit(data, {{"optimizer", "adam"}, {"learning_rate", 0.01}, {"epochs", 4}, {"batch", 5}, {"seed", 3}});
  parameters(name, model);
  predict(name, model, more);
  removal(name, model, extra, "loss");
  gradients(name, model, extra, "loss");
  along(name, model, extra, "loss");
}

static void graph(const std::string &name, const std::string &precision) {
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
  const auto penalty = scale(squares, 0.05);
  made.functional("prediction", prediction);
  made.own(user_table, user), made.own(item_table, item), made.own(user_bias, user), made.own(item_bias, item);
  auto model = Model::custom(loss, penalty, prediction, {{"precision", precision}, {"seed", 7}});
  model.fit(data, {{"optimizer", "sgd"}, {"learning_rate", 0.02}, {"batch", 1}, {"epochs", 5}});
  parameters(name, model);
  const auto ledger = model.ledger();
  for (size_t slot = 0; slot < ledger.slots(6); ++slot) results(name + ".change" + number(slot), ledger.change(6, slot));
  result(name + ".remainder", ledger.remainder(0, 1).at(0));
  rollback(name, model, queries, "prediction");
  removal(name, model, queries, "prediction");
  along(name, model, queries, "prediction");
  if (precision == "f64") {
    model.fit(data, {{"optimizer", "minimize"}});
    influence("graph.minimized", model, queries, data, "prediction");
    removal("graph.minimized", model, queries, "prediction");
    gradients("graph.minimized", model, queries, "prediction");
  }
}

int main(int count, char **arguments) try {
  const std::string folder = count > 1 ? arguments[1] : "data";
  triples("triples.f64", "f64", folder);
  triples("triples.f32", "f32", folder);
  rows("rows.squared.f64", "linear", "f64");
  rows("rows.softmax.f64", "softmax", "f64");
  rows("rows.softmax.f32", "softmax", "f32");
  layers("rows.layers.f64", "f64");
  layers("rows.layers.f32", "f32");
  graph("graph.f64", "f64");
  graph("graph.f32", "f32");
  options();
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
