// What an explanation costs through the C++ headers and through the C functions they call: the same explanation in turns,
// and the median time of each. Built against an installed library:
//
//     c++ -std=c++17 -O2 benches/explain.cpp $(pkg-config --cflags --libs ascribe) -o explain && ./explain data
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <ascribe.hpp>

using namespace ascribe;

static constexpr std::size_t top = 10;

// The time since some moment, in nanoseconds.
static double now() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

static void must(ascribe_status status) {
  if (status != ASCRIBE_OK) std::exit(1);
}

// As a program in C does it: the explanation, and the first of its scores.
static double by_c(const ascribe_attributor *attributor, const ascribe_dataset *query) {
  ascribe_attribution *attribution = nullptr;
  std::uint64_t examples[top];
  double scores[top];
  std::size_t found = 0;
  must(ascribe_attributor_explain(attributor, query, "probability", nullptr, &attribution, nullptr));
  must(ascribe_attribution_top(attribution, 0, "largest", examples, scores, top, &found, nullptr));
  ascribe_attribution_free(attribution);
  return scores[found - 1];
}

static double by_cpp(const Attributor &attributor, const Dataset &query) {
  return attributor.explain(query, "probability").top(top).back().score;
}

int main(int count, char **arguments) try {
  const std::string nations = std::string(count > 1 ? arguments[1] : "data") + "/nations";
  const int turns = count > 2 ? std::atoi(arguments[2]) : 4000;
  const auto data = Dataset::load("triples", {nations});
  Model model("distmult", data, {{"dimension", 10}, {"seed", 7}});
  model.fit(data, {{"optimizer", "sgd"}, {"learning_rate", 0.03}, {"epochs", 20}});
  const auto query = data.part("test").select({0});
  const Attributor rollback(model, "rollback");
  if (by_c(rollback.get(), query.get()) != by_cpp(rollback, query)) return 1;

  std::vector<double> c, cpp;
  for (int turn = 0; turn < turns; ++turn) {
    // Neither is always the first.
    for (int half = 0; half < 2; ++half) {
      const bool plain = (turn + half) % 2 == 0;
      const double start = now();
      const double last = plain ? by_c(rollback.get(), query.get()) : by_cpp(rollback, query);
      (plain ? c : cpp).push_back(last == 0 ? 0 : now() - start);
    }
  }
  const double direct = median(c), wrapped = median(cpp);
  std::printf("%s\nC    %.0f ns\nC++  %.0f ns (%+.2f %%)\n", query.describe(0).c_str(), direct, wrapped,
              100 * (wrapped / direct - 1));
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
