/* A stranger's program in C: fits y = 2 a - b + 1, asks what a prediction is due to, and prints both. */
#include <ascribe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void check(ascribe_status status, ascribe_error *error) {
  if (status == ASCRIBE_OK) return;
  fprintf(stderr, "%s: %s\n", ascribe_status_name(status), ascribe_error_message(error));
  exit(1);
}

int main(void) {
  double rows[20][2], targets[20], prediction, change;
  ascribe_matrix features = {rows[0], 20, 2, 2, 1}, question = {rows[0], 1, 2, 2, 1};
  ascribe_dataset *data = NULL, *query = NULL;
  ascribe_model *model = NULL;
  ascribe_options *options = NULL;
  ascribe_attributor *influence = NULL;
  ascribe_attribution *attribution = NULL;
  ascribe_error *error = NULL;
  uint64_t example;
  size_t found;
  int i;

  for (i = 0; i < 20; ++i) {
    rows[i][0] = i % 5;
    rows[i][1] = i % 7;
    targets[i] = 2 * rows[i][0] - rows[i][1] + 1;
  }
  targets[1] += 1; /* one of them is off */
  check(ascribe_dataset_from_matrix(&features, targets, 20, &data, &error), error);
  check(ascribe_options_new(&options, &error), error);
  check(ascribe_options_set_number(options, "l2", 0, &error), error);
  check(ascribe_model_new(NULL, "linear", data, options, &model, &error), error);
  check(ascribe_model_fit(model, NULL, data, NULL, NULL, &error), error);
  check(ascribe_model_predict(model, NULL, &question, &prediction, 1, &error), error);

  check(ascribe_dataset_from_matrix(&question, NULL, 0, &query, &error), error);
  check(ascribe_attributor_new(NULL, model, "influence", NULL, NULL, NULL, &influence, &error), error);
  check(ascribe_attributor_explain(influence, query, "output", NULL, &attribution, &error), error);
  check(ascribe_attribution_top(attribution, 0, "largest", &example, &change, 1, &found, &error), error);

  printf("ascribe %s: predicts %.3f, due most to example %d\n", ascribe_version(), prediction, (int)example);
  ascribe_attribution_free(attribution);
  ascribe_attributor_free(influence);
  ascribe_dataset_free(query);
  ascribe_model_free(model);
  ascribe_options_free(options);
  ascribe_dataset_free(data);
  return found == 1 && example == 1 && fabs(prediction - 1.1606695976) < 1e-6 ? 0 : 1;
}
