// Threads: the same numbers for any number of them, one model used by many at once, two contexts at once.
#include <thread>

#include "check.hpp"

using namespace ascribe;

static std::vector<double> scores(const Attribution &attribution) {
  std::vector<double> values;
  for (std::size_t query = 0; query < attribution.queries(); ++query) {
    for (const auto &score : attribution.scores(query)) values.push_back(score.score);
  }
  return values;
}

template <class Ask>
static void by_many(const Ask &ask) {
  const auto alone = ask();
  CHECK(!alone.empty());
  std::vector<std::vector<double>> answers(8);
  std::vector<std::thread> threads;
  for (auto &answer : answers) {
    threads.emplace_back([&] {
      for (int i = 0; i < 3; ++i) answer = ask();
    });
  }
  for (auto &thread : threads) thread.join();
  for (const auto &answer : answers) CHECK(answer == alone);
}

static void at_once() {
  const Line line;
  const auto data = line.data(), query = data.select({0, 5});
  const auto model = line.fitted();
  const Attributor influence(model, "influence"), cosines(model, "gradcos");
  const auto triples = fitted_facts();
  const auto questions = facts().select({0, 7, 9});
  const Attributor rollback(triples, "rollback");
  by_many([&] { return model.predict(line.view()); });
  by_many([&] { return model.evaluate(query, "loss"); });
  by_many([&] { return model.parameter(0); });
  by_many([&] { return scores(rollback.explain(questions, "probability")); });
  by_many([&] { return rollback.what_if(questions, {}, {Change::remove(1), Change::remove(2)}).level(0).changes; });
  by_many([&] { return scores(influence.explain(query, "output")); });
  by_many([&] { return scores(cosines.explain(query, "output")); });
  by_many([&] { return influence.self_scores(); });
  by_many([&] { return influence.leave_one_out(query, "output", {1, 4}).scores; });
  by_many([&] { return triples.evaluate(questions, "score"); });
  by_many([&] { return model.clone().parameter(0); });
  by_many([&] { return triples.ledger().change(3, 0); });
}

static void contexts() {
  const auto train = [](std::int64_t threads) {
    ContextOptions options;
    options.threads = threads;
    const Context context(options);
    const Line line;
    const Options shape{{"hidden", "3"}, {"activation", "softplus"}, {"seed", 5}};
    Model model(context, "mlp", line.data(), shape);
    model.fit(line.data(), {{"epochs", 20}, {"batch", 4}}, {}, context);
    auto values = model.parameter(0);
    const Options damped{{"curvature", "gauss-newton"}, {"damping", 0.1}};
    const Attributor influence(context, model, "influence", damped);
    for (const double value : scores(influence.explain(line.data(), "output"))) values.push_back(value);
    return values;
  };
  const auto alone = train(1);
  std::vector<double> two, three;
  std::thread first([&] { two = train(2); });
  std::thread second([&] { three = train(3); });
  first.join();
  second.join();
  CHECK(alone == two && alone == three);
}

int main() {
  return run([] {
    at_once();
    contexts();
  });
}
