// A factorization that this program trains in its own loop: what each rating moved is recorded, and rollback explains the result.
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <ascribe.hpp>

using namespace ascribe;

constexpr std::size_t users = 30, items = 20, width = 4, ratings = 240, epochs = 30;
constexpr double rate = 0.05;

struct Factors {
  std::vector<double> user = start(users, 1), item = start(items, 2);
  static std::vector<double> start(std::size_t rows, std::uint32_t seed) {
    std::vector<double> values(rows * width);
    for (double &value : values) value = (seed = seed * 1664525 + 1013904223) / 4294967296.0 - 0.5;
    return values;
  }
  double dot(std::size_t u, std::size_t i) const {
    double sum = 0;
    for (std::size_t d = 0; d < width; ++d) sum += user[u * width + d] * item[i * width + d];
    return sum;
  }
};

static std::uint32_t user_of(std::size_t k) { return static_cast<std::uint32_t>(7 * k % users); }
static std::uint32_t item_of(std::size_t k) { return static_cast<std::uint32_t>((11 * k + k / users) % items); }
static double rating_of(std::size_t k) { return (3 * user_of(k) + 5 * item_of(k) + user_of(k) * item_of(k)) % 5 / 4.0 - 0.5; }

// Gradient descent, a rating at a time; one may be left out, and what each moves is written down.
static Factors train(std::size_t left_out, LedgerBuilder *ledger) {
  Factors now;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    for (std::size_t k = 0; k < ratings; ++k) {
      if (k == left_out) continue;
      double *u = &now.user[user_of(k) * width], *i = &now.item[item_of(k) * width];
      const double error = now.dot(user_of(k), item_of(k)) - rating_of(k);
      std::array<double, width> moves_u, moves_i, curves_u, curves_i;
      for (std::size_t d = 0; d < width; ++d) {
        moves_u[d] = -rate * error * i[d], moves_i[d] = -rate * error * u[d];
        curves_u[d] = i[d] * i[d], curves_i[d] = u[d] * u[d];
      }
      for (std::size_t d = 0; d < width; ++d) u[d] += moves_u[d], i[d] += moves_i[d];
      if (ledger == nullptr) continue;
      ledger->record(k, 0, user_of(k), moves_u, curves_u);
      ledger->record(k, 1, item_of(k), moves_i, curves_i);
      ledger->end_step(rate);
    }
  }
  return now;
}

int main() try {
  std::vector<std::uint32_t> user, item;
  for (std::size_t k = 0; k < ratings; ++k) user.push_back(user_of(k)), item.push_back(item_of(k));
  Dataset data(ratings);
  data.set_ids("user", user), data.set_ids("item", item);
  std::vector<double> rating;
  for (std::size_t k = 0; k < ratings; ++k) rating.push_back(rating_of(k));
  data.set_numbers("rating", rating);

  // What the factors predict, as a graph: nothing is trained by it.
  Graph graph;
  const auto u = graph.indices("user"), i = graph.indices("item");
  const auto of_users = graph.parameter("users", {users, width}), of_items = graph.parameter("items", {items, width});
  const auto prediction = sum(gather_rows(of_users, u) * gather_rows(of_items, i)), error = prediction - graph.input("rating");
  graph.own(of_users, u), graph.own(of_items, i), graph.functional("prediction", prediction);
  auto model = Model::custom(0.5 * (error * error));

  LedgerBuilder ledger(model, data, "refill");
  const Factors trained = train(ratings, &ledger);
  model.set_parameter(0, trained.user), model.set_parameter(1, trained.item);
  model.set_ledger(ledger);

  const auto found = Attributor(model, "rollback").explain(data.select({0}), "prediction");
  std::printf("prediction %+.12f\n", found.value());
  for (auto [k, score] : found.top(3)) {
    const double truth = train(static_cast<std::size_t>(k), nullptr).dot(user_of(0), item_of(0)) - found.value();
    std::printf("without rating %ju: predicted %+.12f, truly %+.12f\n", std::uintmax_t{k}, score, truth);
  }
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
