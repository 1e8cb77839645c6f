// Which labels are wrong? Give every tenth digit a wrong label, train, and look among the examples whose own loss depends
// most on themselves.
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include <ascribe.hpp>

using namespace ascribe;

int main(int count, char **arguments) try {
  const std::string folder = count > 1 ? arguments[1] : "data";
  auto data = Dataset::load("table", {folder + "/tables/digits.csv"}, {{"task", "classes"}});

  auto labels = data.labels();
  for (std::size_t row = 0; row < labels.size(); row += 10) labels[row] = (labels[row] + 1) % 10;
  data.set_labels(labels, 10);
  const std::size_t flipped = (labels.size() + 9) / 10;

  Model model("softmax", data, {{"l2", 0.01}});
  model.fit(data, {{"optimizer", "minimize"}});
  const auto influence = Attributor(model, "influence", {{"curvature", "hessian"}}).self_scores();

  // The rows by influence on themselves, largest first; of equal ones the first.
  std::vector<std::size_t> rows(influence.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return influence[a] > influence[b]; });

  for (const std::size_t percent : {10u, 20u, 30u}) {
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * percent / 100);
    const auto found = std::count_if(rows.begin(), end, [](auto row) { return row % 10 == 0; });
    std::printf("%zu %%: %td of %zu\n", percent, found, flipped);
  }
  for (std::size_t i = 0; i < 5; ++i) std::printf("%+.12f row %zu\n", influence.at(rows[i]), rows[i]);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
