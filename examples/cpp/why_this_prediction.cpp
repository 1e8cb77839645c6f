// Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
// training again without the fact it names.
#include <cstdio>
#include <string>

#include <ascribe.hpp>

using namespace ascribe;

int main(int count, char **arguments) try {
  const std::string folder = count > 1 ? arguments[1] : "data";
  const auto data = Dataset::load("triples", {folder + "/nations"});

  const Options shape{
      {"dimension", 10}, {"initial", 0.5}, {"loss", "sampled-softmax"}, {"negatives", 13}, {"seed", 7}};
  Model model("distmult", data, shape);
  model.fit(data, {{"optimizer", "sgd"}, {"learning_rate", 0.03}, {"batch", 1}, {"epochs", 20}, {"ledger", true}});

  // The question: the first fact of the test part. Which facts is its probability due to?
  const auto query = data.part("test").select({0});
  const auto explanation = Attributor(model, "rollback").explain(query, "probability");
  std::printf("%s: probability %+.12f\n", query.describe(0).c_str(), explanation.value());
  const auto facts = explanation.top(5, "negative");
  for (const auto &[example, score] : facts) std::printf("%+.12f %s\n", score, data.describe(example).c_str());

  // The truth: the probability after training again without the first of them, less the probability now.
  const auto change = retraining_changes(model, query, "probability", {{facts.at(0).example}});
  std::printf("true change %+.12f\n", change[0]);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
