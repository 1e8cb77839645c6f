// Handles: their size, moves, hand-over, ends in any order and on any thread, and the header included twice, here and in
// another file.
#include <ascribe.hpp>
#include <ascribe.hpp>

#include <thread>
#include <type_traits>

#include "check.hpp"

using namespace ascribe;

double mean_of_line();  // in handles_too.cpp

template <class T>
constexpr bool is_handle() {
  return sizeof(T) == sizeof(void *) && !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
         std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
         std::is_nothrow_destructible_v<T>;
}

static_assert(is_handle<Context>() && is_handle<Cancel>() && is_handle<Dataset>() && is_handle<Model>());
static_assert(is_handle<Trainer>() && is_handle<Ledger>() && is_handle<LedgerBuilder>() && is_handle<Attributor>());
static_assert(is_handle<Attribution>() && is_handle<WhatIf>());
static_assert(!std::is_default_constructible_v<Model> && !std::is_default_constructible_v<Dataset>);
static_assert(!std::is_copy_constructible_v<Graph> && std::is_nothrow_move_constructible_v<Graph>);
static_assert(std::is_copy_constructible_v<Expr>);
// A constant wrapper gives a constant handle.
static_assert(std::is_same_v<decltype(std::declval<const Model &>().get()), const ascribe_model *>);
static_assert(std::is_same_v<decltype(std::declval<Model &>().get()), ascribe_model *>);

static void moves() {
  const Line line;
  auto model = line.model();
  ascribe_model *raw = model.get();
  Model other = std::move(model);
  CHECK(other.get() == raw && other);
  CHECK(model.get() == nullptr && !model);  // NOLINT: what is left behind is tested
  CHECK(model.parameters() == 0 && model.dimension() == 0);
  CHECK_ERROR(invalid_argument, "model", model.fit(line.data()));
  CHECK_ERROR(invalid_argument, "", model.predict(line.view()));
  CHECK_ERROR(invalid_argument, "", Attributor(model, "rollback"));
  model = std::move(other);
  CHECK(model.get() == raw && other.get() == nullptr);
  auto &itself = model;
  model = std::move(itself);
  CHECK(model.get() == raw);

  // Handed over to C and back.
  raw = model.release();
  CHECK(!model);
  const size_t parameters = ascribe_model_parameters(raw);
  const auto adopted = Model::adopt(raw);
  CHECK(adopted.parameters() == parameters && parameters == 2);

  // The default context owns nothing and is as good after a move.
  Context context;
  CHECK(context.get() == nullptr && context.threads() == 1);
  ContextOptions options;
  options.threads = 2;
  Context two(options);
  CHECK(two.threads() == 2);
  context = std::move(two);
  CHECK(context.threads() == 2 && two.threads() == 1);

  Dataset data(3);
  const Dataset moved = std::move(data);
  CHECK(moved.size() == 3 && data.size() == 0 && data.features() == 0 && data.classes() == 0);
  CHECK_ERROR(invalid_argument, "", data.describe(0));
}

// Everything that is made of something else works on without it.
static void ends() {
  std::vector<double> before, after;
  {
    auto context = std::make_unique<Context>(ContextOptions{});
    auto data = std::make_unique<Dataset>(facts());
    auto model = std::make_unique<Model>(fitted_facts());
    auto query = std::make_unique<Dataset>(data->select({0}));
    auto ledger = std::make_unique<Ledger>(model->ledger());
    auto rollback = std::make_unique<Attributor>(*context, *model, "rollback");
    for (const auto &score : rollback->explain(*query, "score").scores()) before.push_back(score.score);
    auto trainer = std::make_unique<Trainer>(*context, *model, *data);
    context.reset();
    data.reset();
    model.reset();
    CHECK(ledger->examples() == 24 && ledger->change(0, 0).size() == 3);
    auto attribution = std::make_unique<Attribution>(rollback->explain(*query, "score"));
    rollback.reset();
    query.reset();
    for (const auto &score : attribution->scores()) after.push_back(score.score);
    trainer->step(3);
    auto trained = trainer->model();
    trainer.reset();
    CHECK(trained.training().steps == 3);
    CHECK(trained.data().size() == 24);
  }
  CHECK(!before.empty() && before == after);
  {
    const Line line;
    auto model = std::make_unique<Model>(line.fitted());
    auto influence = std::make_unique<Attributor>(*model, "influence");
    auto query = std::make_unique<Dataset>(line.data().select({0}));
    model.reset();
    auto what_if = std::make_unique<WhatIf>(influence->what_if(*query, "output", {Change::remove(1)}));
    influence.reset();
    query.reset();
    CHECK(what_if->levels() > 0 && what_if->before().size() == 1);
  }
  {
    // Expressions outlive their graph, and the model all of them.
    std::unique_ptr<Model> model;
    Expr loss;
    CHECK(!loss && loss.graph() == nullptr && loss.node() == ASCRIBE_NO_NODE);
    {
      Graph graph;
      const auto difference = graph.parameter("mean") - graph.input("value");
      loss = difference * difference;
    }
    model = std::make_unique<Model>(Model::custom(loss));
    loss = Expr();
    CHECK(model->parameter_name(0) == "mean" && model->dimension() == 1);
  }
}

static void other_threads() {
  const Line line;
  auto model = std::make_unique<Model>(line.fitted());
  auto influence = std::make_unique<Attributor>(*model, "influence");
  auto attribution = std::make_unique<Attribution>(influence->explain(line.data(), "output"));
  ContextOptions options;
  options.threads = 2;
  auto context = std::make_unique<Context>(options);
  Graph graph;
  auto expression = std::make_unique<Expr>(graph.parameter("a"));
  std::thread([&] {
    context.reset();
    model.reset();
    attribution.reset();
    influence.reset();
    expression.reset();
    const Graph gone = std::move(graph);
  }).join();
  CHECK(!graph.get());
}

int main() {
  return run([] {
    moves();
    ends();
    other_threads();
    CHECK(close_to(mean_of_line(), 2.2));
    // C's free functions take null, and so do wrappers that hold it.
    Model::adopt(nullptr);
    Cancel::adopt(nullptr);
    CHECK(version() == std::to_string(ASCRIBE_VERSION_MAJOR) + "." + std::to_string(ASCRIBE_VERSION_MINOR) + "." +
                           std::to_string(ASCRIBE_VERSION_PATCH));
    CHECK(abi_version() == ASCRIBE_ABI_VERSION);
  });
}
