/* Which labels are wrong? Give every tenth digit a wrong label, train, and look among the examples whose own loss depends
 * most on themselves. */
#include "helpers.h"

enum { MOST = 2000 };

static uint32_t labels[MOST];
static double influences[MOST];

/* Rows by their influence on themselves, largest first; of equal ones the first. */
static int by_influence(const void *a, const void *b) {
  const size_t one = *(const size_t *)a, other = *(const size_t *)b;
  if (influences[one] != influences[other]) return influences[one] > influences[other] ? -1 : 1;
  return one < other ? -1 : 1;
}

int main(int count, char **arguments) {
  char path[512];
  snprintf(path, sizeof path, "%s/tables/digits.csv", count > 1 ? arguments[1] : "data");
  const char *const paths[] = {path};
  ascribe_options *table = options_of("task=classes"), *shape = options_of("l2=0.01"), *training = options_of("optimizer=minimize");
  ascribe_options *how = options_of("curvature=hessian");
  ascribe_dataset *data;
  must(ascribe_dataset_load("table", paths, 1, table, &data, &error));
  must(ascribe_dataset_labels(data, labels, MOST, &error));
  const size_t rows = ascribe_dataset_len(data);
  for (size_t row = 0; row < rows; row += 10) labels[row] = (labels[row] + 1) % 10;
  must(ascribe_dataset_set_labels(data, labels, rows, 10, &error));

  ascribe_model *model;
  must(ascribe_model_new(NULL, "softmax", data, shape, &model, &error));
  must(ascribe_model_fit(model, NULL, data, training, NULL, &error));
  ascribe_attributor *influence;
  must(ascribe_attributor_new(NULL, model, "influence", NULL, how, NULL, &influence, &error));
  must(ascribe_attributor_self(influence, NULL, 0, NULL, influences, MOST, &error));

  size_t order[MOST];
  for (size_t row = 0; row < rows; row++) order[row] = row;
  qsort(order, rows, sizeof *order, by_influence);
  for (size_t percent = 10, found = 0, place = 0; percent <= 30; percent += 10) {
    for (; place < rows * percent / 100; place++) found += order[place] % 10 == 0;
    printf("%zu %%: %zu of %zu\n", percent, found, (rows + 9) / 10);
  }
  for (size_t i = 0; i < 5; i++) printf("%+.12f row %zu\n", influences[order[i]], order[i]);
  ascribe_attributor_free(influence), ascribe_model_free(model), ascribe_dataset_free(data);
  ascribe_options_free(table), ascribe_options_free(shape), ascribe_options_free(training), ascribe_options_free(how);
}
