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
  ascribe_table_options table;
  ascribe_table_options_init(&table, sizeof table);
  table.targets = ASCRIBE_TARGETS_CLASSES;
  ascribe_dataset *data;
  must(ascribe_dataset_load_table(path, &table, &data, &error));
  must(ascribe_dataset_labels(data, labels, MOST, &error));
  const size_t rows = ascribe_dataset_len(data);
  for (size_t row = 0; row < rows; row += 10) labels[row] = (labels[row] + 1) % 10;
  must(ascribe_dataset_set_labels(data, labels, rows, 10, &error));

  ascribe_row_options shape;
  ascribe_row_options_init(&shape, sizeof shape);
  shape.loss = ASCRIBE_LOSS_SOFTMAX, shape.l2 = 0.01;
  ascribe_model *model;
  must(ascribe_model_rows(NULL, data, &shape, &model, &error));
  ascribe_training_options training;
  ascribe_training_options_init(&training, sizeof training);
  training.method = ASCRIBE_METHOD_MINIMIZE;
  must(ascribe_model_fit(model, NULL, data, &training, NULL, &error));
  ascribe_influence_options options;
  ascribe_influence_options_init(&options, sizeof options);
  options.curvature = ASCRIBE_CURVATURE_HESSIAN;
  ascribe_influence *influence;
  must(ascribe_influence_new(NULL, model, NULL, &options, NULL, &influence, &error));
  must(ascribe_influence_self(influence, NULL, 0, NULL, influences, MOST, &error));

  size_t order[MOST];
  for (size_t row = 0; row < rows; row++) order[row] = row;
  qsort(order, rows, sizeof *order, by_influence);
  for (size_t percent = 10, found = 0, place = 0; percent <= 30; percent += 10) {
    for (; place < rows * percent / 100; place++) found += order[place] % 10 == 0;
    printf("%zu %%: %zu of %zu\n", percent, found, (rows + 9) / 10);
  }
  for (size_t i = 0; i < 5; i++) printf("%+.12f row %zu\n", influences[order[i]], order[i]);
  ascribe_influence_free(influence), ascribe_model_free(model), ascribe_dataset_free(data);
}
