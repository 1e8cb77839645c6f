// Errors: codes, messages that name what is wrong, and nothing changed by what failed.
#include <array>

#include "check.hpp"

using namespace ascribe;

static void codes() {
  const Line line;
  CHECK(name(Code::invalid_argument) == "invalid argument");
  CHECK_ERROR(io, "nowhere.tsv", Dataset::load_triples("nowhere.tsv"));
  CHECK_ERROR(invalid_argument, "20", Dataset::from_matrix(line.view(), std::vector<double>(3)));
  CHECK_ERROR(invalid_argument, "threads", [] {
    ContextOptions options;
    options.threads = 0;
    return Context(options);
  }());
  CHECK_ERROR(invalid_argument, "astrology", line.fitted().evaluate(line.data(), "astrology"));
  CHECK_ERROR(invalid_argument, "entropy", [] {
    TripleOptions options;
    options.kind = "entropy";
    return Model::triples(facts(), options);
  }());
  CHECK_ERROR(unsupported, "", Rollback(line.fitted()));
  CHECK_ERROR(unsupported, "", Rollback(fitted_facts()).explain(facts().select({0})).certificate());
  CHECK_ERROR(invalid_argument, "", facts().select({24}));
  CHECK_ERROR(not_finite, "", [&] {
    auto features = line.features;
    features[7] = NAN;
    return Dataset::from_matrix(MatrixView::row_major(features, 2));
  }());
}

// What the wrapper sees by itself, before C does.
static void own() {
  const Line line;
  CHECK_ERROR(invalid_argument, "NUL", Dataset::load_triples(std::string("a\0b", 3)));
  CHECK_ERROR(invalid_argument, "three for each", Dataset::from_triples(std::vector<std::uint32_t>(4), 2, 2));
  CHECK_ERROR(invalid_argument, "39 values", MatrixView::row_major(ArrayView<double>(line.features.data(), 39), 2));
  CHECK_ERROR(invalid_argument, "", MatrixView::col_major(line.features, 0));
  CHECK_ERROR(invalid_argument, "predicted", fidelity({1.0, 2.0}, {1.0}));
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
  CHECK_ERROR(invalid_argument, "without a value", Model::graph(Expr()));
  CHECK_ERROR(invalid_argument, "two graphs", [&] {
    GraphOptions options;
    options.penalty = b;
    return Model::graph(a, options);
  }());
  CHECK_ERROR(shape, "", sum(a, 3));

  // To C no examples are all of them; to a vector they are none.
  CHECK(Influence(line.fitted()).self(std::vector<std::uint64_t>()).empty());
}

// A call that fails leaves things as they were.
static void unchanged() {
  const Line line;
  auto model = line.fitted();
  const auto values = model.parameter(0);
  CHECK_ERROR(invalid_argument, "", model.set_parameter(0, std::vector<double>(7)));
  CHECK_ERROR(invalid_argument, "", model.set_parameter(5, values));
  CHECK_ERROR(invalid_argument, "epochs", [&] {
    TrainingOptions options;
    options.epochs = -1;
    model.fit(line.data(), options);
  }());
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
    own();
    unchanged();
    abi();
    // An error is a standard one.
    try {
      Dataset::load_messages("nowhere.tsv");
    } catch (const std::runtime_error &error) {
      CHECK(std::string(error.what()).find("nowhere.tsv") != std::string::npos);
    }
  });
}
