// Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
// training again without the fact it names.
#include <cstdio>
#include <string>

#include <ascribe.hpp>

using namespace ascribe;

int main(int count, char **arguments) try {
  const std::string folder = count > 1 ? arguments[1] : "data";
  const std::string nations = folder + "/nations/";
  const auto data = Dataset::load_triples(nations + "train.tsv", nations + "valid.tsv", nations + "test.tsv");

  TripleOptions shape;
  shape.kind = "distmult";
  shape.dimension = 10;
  shape.initial = 0.5;
  shape.loss = TripleLoss::sampled_softmax;
  shape.negatives = 13;
  shape.seed = 7;
  auto model = Model::triples(data, shape);

  TrainingOptions training;
  training.method = Method::sgd;
  training.learning_rate = 0.03;
  training.batch = 1;
  training.epochs = 20;
  training.track = true;
  model.fit(data, training);

  // The question: the first fact of the test part. Which facts is its probability due to?
  const auto query = data.part(Part::test).select({0});
  const auto explanation = Rollback(model, "probability").explain(query);
  std::printf("%s: probability %+.12f\n", query.describe(0).c_str(), explanation.value());
  const auto facts = explanation.top(5, Order::negative);
  for (const auto &[example, score] : facts) std::printf("%+.12f %s\n", score, data.describe(example).c_str());

  // The truth: the probability after training again without the first of them, less the probability now.
  const auto change = verify_removal(model, query, "probability", {{facts.at(0).example}});
  std::printf("true change %+.12f\n", change[0]);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
