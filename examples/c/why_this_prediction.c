/* Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
 * training again without the fact it names. */
#include "helpers.h"

int main(int count, char **arguments) {
  const char *folder = count > 1 ? arguments[1] : "data";
  char train[512], valid[512], test[512], fact[256];
  snprintf(train, sizeof train, "%s/nations/train.tsv", folder);
  snprintf(valid, sizeof valid, "%s/nations/valid.tsv", folder);
  snprintf(test, sizeof test, "%s/nations/test.tsv", folder);
  ascribe_dataset *data, *held_out, *query;
  must(ascribe_dataset_load("triples", (const char *[]){train, valid, test}, 3, NULL, &data, &error));

  ascribe_options *shape = options_of("dimension=10;initial=0.5;negatives=13;seed=7");
  ascribe_options *training = options_of("optimizer=sgd;learning_rate=0.03;batch=1;epochs=20");
  ascribe_model *model;
  must(ascribe_model_new(NULL, "distmult", data, shape, &model, &error));
  must(ascribe_model_fit(model, NULL, data, training, NULL, &error));

  /* The question: the first fact of the test part. Which facts is its probability due to? */
  const uint64_t first = 0;
  must(ascribe_dataset_part(data, "test", &held_out, &error));
  must(ascribe_dataset_select(held_out, &first, 1, &query, &error));
  ascribe_attributor *rollback;
  ascribe_attribution *found;
  must(ascribe_attributor_new(NULL, model, "rollback", NULL, NULL, NULL, &rollback, &error));
  must(ascribe_attributor_explain(rollback, query, "probability", NULL, &found, &error));
  double value, scores[5], change;
  uint64_t facts[5];
  size_t length, top;
  must(ascribe_attribution_value(found, 0, &value, &error));
  must(ascribe_dataset_describe(query, 0, fact, sizeof fact, &length, &error));
  printf("%s: probability %+.12f\n", fact, value);
  must(ascribe_attribution_top(found, 0, "negative", facts, scores, 5, &top, &error));
  for (size_t i = 0; i < top; i++) {
    must(ascribe_dataset_describe(data, facts[i], fact, sizeof fact, &length, &error));
    printf("%+.12f %s\n", scores[i], fact);
  }

  /* The truth: the probability after training again without the first of them, less the probability now. */
  const size_t offsets[] = {0, 1};
  must(ascribe_retraining_changes(NULL, model, query, "probability", facts, offsets, 1, NULL, &change, 1, &error));
  printf("true change %+.12f\n", change);
  ascribe_attribution_free(found), ascribe_attributor_free(rollback), ascribe_model_free(model);
  ascribe_dataset_free(query), ascribe_dataset_free(held_out), ascribe_dataset_free(data);
  ascribe_options_free(shape), ascribe_options_free(training);
}
