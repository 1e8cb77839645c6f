// What the test programs share: checks that say where they failed, and small data.
#ifndef ASCRIBE_TESTS_CHECK_HPP
#define ASCRIBE_TESTS_CHECK_HPP

#include <ascribe.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

inline int &failures() {
  static int count = 0;
  return count;
}

inline void check(bool holds, const char *what, const char *file, int line) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: %s\n", file, line, what);
  ++failures();
}

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
// That something fails with a code and with a message that contains a text.
#define CHECK_ERROR(expected, text, ...)                                                              \
  do {                                                                                                \
    try {                                                                                             \
      static_cast<void>(__VA_ARGS__);                                                                 \
      check(false, "this throws nothing: " #__VA_ARGS__, __FILE__, __LINE__);                         \
    } catch (const ascribe::Error &error) {                                                           \
      const std::string said = error.what();                                                          \
      check(error.code() == ascribe::Code::expected && said.find(text) != std::string::npos,          \
            (#__VA_ARGS__ " says " + ascribe::name(error.code()) + ": " + said).c_str(), __FILE__,    \
            __LINE__);                                                                                \
    }                                                                                                 \
  } while (false)

inline bool close_to(double a, double b, double tolerance = 1e-9) {
  return std::fabs(a - b) <= tolerance * (1 + std::fabs(b));
}

// Twenty rows of two features with y = 2 a - b + 1, but for one that is off by one.
struct Line {
  std::vector<double> features, targets;
  Line() {
    for (int i = 0; i < 20; ++i) {
      const double a = i % 5, b = i % 7;
      features.insert(features.end(), {a, b});
      targets.push_back(2 * a - b + 1);
    }
    targets[1] += 1;
  }
  ascribe::MatrixView view() const { return ascribe::MatrixView::row_major(features, 2); }
  ascribe::Dataset data() const { return ascribe::Dataset::from_matrix(view(), targets); }
  ascribe::Model model() const {
    return ascribe::Model("linear", data(), {{"l2", 0.01}});
  }
  ascribe::Model fitted() const {
    auto model = this->model();
    model.fit(data());
    return model;
  }
};

// Twenty-four facts about six entities and two relations.
inline ascribe::Dataset facts() {
  std::vector<ascribe::Triple> triples;
  for (std::uint32_t i = 0; i < 24; ++i) triples.push_back({i % 6, i % 2, (i * i + 1) % 6});
  return ascribe::Dataset::from_triples(triples, 6, 2);
}

inline ascribe::Model model_of_facts() {
  return ascribe::Model("distmult", facts(), {{"dimension", 3}, {"negatives", 2}, {"seed", 1}});
}

inline ascribe::Model fitted_facts(std::int64_t epochs = 5) {
  auto model = model_of_facts();
  model.fit(facts(), {{"optimizer", "sgd"}, {"learning_rate", 0.1}, {"epochs", epochs}});
  return model;
}

// Runs what is tested; whatever it does not catch is a failure.
template <class Test>
int run(Test &&test) {
  try {
    test();
  } catch (const std::exception &error) {
    std::fprintf(stderr, "not caught: %s\n", error.what());
    ++failures();
  }
  return failures() == 0 ? 0 : 1;
}

#endif
