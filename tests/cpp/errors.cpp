// Errors: codes, messages that name what is wrong, and nothing changed by what failed.
#include <array>

#include "check.hpp"

using namespace ascribe;

static void codes() {
  const Line line;
  CHECK(name(Code::invalid_argument) == "invalid argument");
  CHECK_ERROR(io, "nowhere.tsv", Dataset::load("triples", {"nowhere.tsv"}));
  CHECK_ERROR(invalid_argument, "20", Dataset::from_matrix(line.view(), std::vector<double>(3)));
  CHECK_ERROR(invalid_argument, "threads", [] {
    ContextOptions options;
    options.threads = 0;
    return Context(options);
  }());
  CHECK_ERROR(invalid_argument, "astrology", line.fitted().evaluate(line.data(), "astrology"));
  CHECK_ERROR(invalid_argument, "entropy", Model("entropy", facts()));
  CHECK_ERROR(invalid_argument, "xml", Dataset::load("xml", {"nowhere.tsv"}));
  CHECK_ERROR(invalid_argument, "middle", facts().part("middle"));
  CHECK_ERROR(invalid_argument, "astrology", Attributor(line.fitted(), "astrology"));
  CHECK_ERROR(unsupported, "", Attributor(line.fitted(), "rollback"));
  const auto explanation = Attributor(fitted_facts(), "rollback").explain(facts().select({0}));
  CHECK_ERROR(unsupported, "", explanation.certificate());
  CHECK_ERROR(invalid_argument, "sideways", explanation.top(1, "sideways"));
  CHECK_ERROR(invalid_argument, "", facts().select({24}));
  CHECK_ERROR(not_finite, "", [&] {
    auto features = line.features;
    features[7] = NAN;
    return Dataset::from_matrix(MatrixView::row_major(features, 2));
  }());
}

// A regression by a network, and a training of one that ends far above its beginning.
static void regression() {
  const Line line;
  Model model("mlp", line.data(), {{"hidden", "3"}, {"seed", 1}});
  model.fit(line.data(), {{"epochs", 1}});
  CHECK(model.evaluate(line.data(), "prediction").size() == line.data().size());
  CHECK_ERROR(unsupported, "loss, prediction, output", model.evaluate(line.data(), "margin"));
  CHECK_ERROR(not_converged, "learning_rate",
              model.fit(line.data(), {{"optimizer", "sgd"}, {"learning_rate", 40.0}, {"epochs", 2}, {"batch", 20}}));
}

// What the wrapper sees by itself, before C does.
static void own() {
  const Line line;
  CHECK_ERROR(invalid_argument, "NUL", Dataset::load("triples", {std::string("a\0b", 3)}));
  CHECK_ERROR(invalid_argument, "three for each", Dataset::from_triples(std::vector<std::uint32_t>(4), 2, 2));
  CHECK_ERROR(invalid_argument, "39 values", MatrixView::row_major(ArrayView<double>(line.features.data(), 39), 2));
  CHECK_ERROR(invalid_argument, "", MatrixView::col_major(line.features, 0));
  CHECK_ERROR(invalid_argument, "predicted", retraining_fidelity({1.0, 2.0}, {1.0}));
  CHECK_ERROR(invalid_argument, "for each example", Dataset(2).set_ids("user", {1, 2, 3}, 2));
  CHECK_ERROR(invalid_argument, "for each example", Dataset(2).set_ids("user", {1, 2, 3}, 0));
  CHECK_ERROR(not_found, "bias", line.model().find_parameter("biases"));

  Graph one, two;
  const auto a = one.parameter("a"), b = two.parameter("b");
  CHECK_ERROR(invalid_argument, "two graphs", a + b);
  CHECK_ERROR(invalid_argument, "two graphs", gather_rows(a, b));
  CHECK_ERROR(invalid_argument, "two graphs", gradient(a, {a, b}));
  CHECK_ERROR(invalid_argument, "two graphs", one.own(a, b));
  CHECK_ERROR(invalid_argument, "two graphs", two.functional("a", a));
  CHECK_ERROR(invalid_argument, "without a value", a * Expr());
  CHECK_ERROR(invalid_argument, "without a value", exp(Expr()));
  CHECK_ERROR(invalid_argument, "without a value", Model::custom(Expr()));
  CHECK_ERROR(invalid_argument, "two graphs", Model::custom(a, b));
  CHECK_ERROR(invalid_argument, "two graphs", Model::custom(a, {}, b));
  CHECK_ERROR(shape, "", sum(a, 3));

  // To C no examples are all of them; to a vector they are none.
  CHECK(Attributor(line.fitted(), "influence").self_scores(std::vector<std::uint64_t>()).empty());
}

// Options: every type of value, names that are not known, and names of something else.
static void options() {
  const Line line;
  const auto data = line.data();
  const auto model = line.fitted();
  const auto parameters = [&](const Options &given) {
    auto trained = line.model();
    trained.fit(data, given);
    return trained.parameter(0);
  };
  // A number, an integer, a flag and a text, by the types that a program has them in.
  const std::string word = "adam";
  const auto expected =
      parameters({{"learning_rate", 0.5}, {"epochs", 3}, {"optimizer", "adam"}, {"batch", std::size_t{4}}});
  CHECK(expected != model.parameter(0));
  CHECK(parameters({{"learning_rate", 0.5f}, {"epochs", std::int64_t{3}}, {"optimizer", word}, {"batch", 4u}}) == expected);
  CHECK(parameters({{"learning_rate", "0.5"}, {"epochs", "3"}, {"optimizer", std::string_view(word)}, {"batch", "4"}}) ==
        expected);
  CHECK(parameters({{"epochs", 2}, {"batch", 4}, {"optimizer", word}, {"learning_rate", 0.5}, {"epochs", 3}}) == expected);
  const Options without{{"intercept", false}}, with{{"intercept", true}};
  CHECK(Model("linear", data, without).dimension() == 2 && Model("linear", data, with).dimension() == 3);
  CHECK(Model("linear", data, {{"intercept", "false"}}).dimension() == 2);
  CHECK(Model("linear", data, {{"intercept", 0}}).dimension() == 2);
  CHECK(parameters({{"epochs", "auto"}}) == parameters({}));

  // They are values: what is changed is a copy.
  Options some{{"epochs", 3}};
  Options more = some;
  more.set("optimizer", word).set("learning_rate", 0.5).set("batch", 4).set("epochs", 3);
  CHECK(some.size() == 1 && more.size() == 4 && parameters(more) == expected && Options().size() == 0);
  CHECK(some.find("epochs") != nullptr && some.find("batch") == nullptr && !Options().to_c());
  static_assert(!std::is_constructible_v<OptionValue, std::nullptr_t>);
  static_assert(std::is_same_v<std::decay_t<decltype(std::get<bool>(OptionValue(true).get()))>, bool>);
  CHECK(std::get<bool>(OptionValue(true).get()) && std::get<std::int64_t>(OptionValue(7u).get()) == 7);
  CHECK(std::get<std::string>(OptionValue("true").get()) == "true");
  CHECK_ERROR(invalid_argument, "18446744073709551615", OptionValue(~std::uint64_t{0}));

  // A name that nothing has comes with the nearest there is.
  CHECK_ERROR(invalid_argument, "damping", Attributor(model, "influence", {{"dampning", 0.1}}));
  CHECK_ERROR(invalid_argument, "epochs", line.model().fit(data, {{"epoch", 3}}));
  CHECK_ERROR(invalid_argument, "dimension", Model("distmult", facts(), {{"dimensions", 3}}));
  CHECK_ERROR(invalid_argument, "label", Dataset::load("table", {"nowhere.csv"}, {{"lable", "y"}}));
  // A name of something else comes with what has it.
  CHECK_ERROR(invalid_argument, "influence", Attributor(fitted_facts(), "rollback", {{"damping", 0.1}}));
  CHECK_ERROR(invalid_argument, "rollback", Attributor(model, "influence", {{"effort", "exact"}}));
  CHECK_ERROR(invalid_argument, "influence", Attributor(model, "graddot", {{"solver", "cg"}}));
  CHECK_ERROR(invalid_argument, "triples", Model("linear", data, {{"negatives", 5}}));
  CHECK_ERROR(invalid_argument, "training", Model("linear", data, {{"epochs", 5}}));
  // What does not go together, values of another type, and words there are not.
  CHECK_ERROR(invalid_argument, "hidden", Model("linear", data, {{"hidden", "3"}}));
  CHECK_ERROR(invalid_argument, "negatives", Model("distmult", facts(), {{"loss", "full-softmax"}, {"negatives", 5}}));
  CHECK_ERROR(invalid_argument, "l2", Model("linear", data, {{"l2", "much"}}));
  CHECK_ERROR(invalid_argument, "epochs", line.model().fit(data, {{"epochs", 2.5}}));
  CHECK_ERROR(invalid_argument, "gauss-newton", Attributor(model, "influence", {{"curvature", "gauss"}}));
  CHECK_ERROR(invalid_argument, "NUL", line.model().fit(data, {{std::string("a\0b", 3), 1}}));
  CHECK_ERROR(invalid_argument, "NUL", line.model().fit(data, {{"optimizer", std::string("a\0b", 3)}}));

  // What there is, in the library's own words.
  const auto tables = Options::describe(), training = Options::describe("training");
  for (const char *table : {"triples", "network", "custom", "training", "influence", "rollback", "replay", "tracin", "tracincp",
                            "gas", "graddot", "gradcos", "what-if", "attack", "table", "images", "messages", "select"}) {
    CHECK(tables.find('"' + std::string(table) + '"') != std::string::npos);
    CHECK(Options::describe(table).find("\"options\"") != std::string::npos);
  }
  CHECK(training.find("\"learning_rate\"") != std::string::npos && training.find("0.003") != std::string::npos);
  CHECK_ERROR(invalid_argument, "trainings", Options::describe("trainings"));
}

// A call that fails leaves things as they were.
static void unchanged() {
  const Line line;
  auto model = line.fitted();
  const auto values = model.parameter(0);
  CHECK_ERROR(invalid_argument, "", model.set_parameter(0, std::vector<double>(7)));
  CHECK_ERROR(invalid_argument, "", model.set_parameter(5, values));
  CHECK_ERROR(invalid_argument, "epochs", model.fit(line.data(), {{"epochs", -1}}));
  CHECK(model.parameter(0) == values);
  Graph graph;
  const auto a = graph.parameter("a", {2});
  CHECK_ERROR(invalid_argument, "taken", graph.parameter("a"));
  CHECK(sum(a).shape().empty() && a.shape() == std::vector<std::int64_t>{2});
}

// Which of the two is the older is said.
static void abi() {
  detail::compare_abi(3, 3, "1.0.0");
  CHECK_ERROR(wrong_version, "update the headers", detail::compare_abi(0, 1, "0.2.0"));
  CHECK_ERROR(wrong_version, "0.2.0", detail::compare_abi(0, 1, "0.2.0"));
  CHECK_ERROR(wrong_version, "update the library", detail::compare_abi(2, 1, "0.2.0"));
}

int main() {
  return run([] {
    codes();
    regression();
    own();
    options();
    unchanged();
    abi();
    // An error is a standard one.
    try {
      Dataset::load("messages", {"nowhere.tsv"});
    } catch (const std::runtime_error &error) {
      CHECK(std::string(error.what()).find("nowhere.tsv") != std::string::npos);
    }
  });
}
