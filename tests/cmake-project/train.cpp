// A stranger's program in C++: fits y = 2 a - b + 1, asks what a prediction is due to, and prints both.
#include <cmath>
#include <cstdio>
#include <vector>

#include <ascribe.hpp>

int main() {
  std::vector<double> rows, targets;
  for (int i = 0; i < 20; ++i) {
    const double a = i % 5, b = i % 7;
    rows.insert(rows.end(), {a, b});
    targets.push_back(2 * a - b + 1);
  }
  targets[1] += 1;  // one of them is off
  const auto question = ascribe::MatrixView::row_major(rows.data(), 1, 2);
  const auto data = ascribe::Dataset::from_matrix(ascribe::MatrixView::row_major(rows, 2), targets);
  ascribe::Model model("linear", data, {{"l2", 0}});
  model.fit(data);
  const double prediction = model.predict(question).at(0);

  const ascribe::Attributor influence(model, "influence");
  const auto top = influence.explain(ascribe::Dataset::from_matrix(question), "output").top(1);
  std::printf("ascribe %s: predicts %.3f, due most to example %d\n", ascribe::version().c_str(), prediction,
              static_cast<int>(top.at(0).example));
  return top[0].example == 1 && std::fabs(prediction - 1.1606695976) < 1e-6 ? 0 : 1;
}
