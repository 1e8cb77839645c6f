// Callbacks: what they are told, that stopping at any of their calls stops, that what they throw comes back unchanged, and
// that nothing keeps them beyond the call.
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "check.hpp"

using namespace ascribe;

// An exception that the library cannot know.
struct Mine {
  int number;
};

// Everything that takes a watch, by name. Each makes its question anew, for one that was stopped is not asked again.
struct Call {
  const char *name;
  std::function<void(const Watch &)> make;
};

static std::vector<Call> calls() {
  static const Line line;
  static const auto data = line.data();
  static const auto query = data.select({0, 3});
  static const auto model = line.fitted();
  static const auto triples = fitted_facts();
  static const auto fact = facts().select({0, 5});
  TrainingOptions training;
  training.epochs = 3;
  RowOptions wide;
  wide.layers = {layer::dense(2), layer::activation(Activation::tanh)};
  WhatIfOptions retrained;
  retrained.until = Level::retrained;
  return {
      {"fit triples", [=](const Watch &watch) { model_of_facts().fit(facts(), training, watch); }},
      {"fit rows", [=](const Watch &watch) { line.model().fit(data, {}, watch); }},
      {"fit layers", [=](const Watch &watch) { Model::rows(data, wide).fit(data, training, watch); }},
      {"step", [=](const Watch &watch) { Trainer(model_of_facts(), facts(), training).step(30, watch); }},
      {"run", [=](const Watch &watch) { Trainer(model_of_facts(), facts(), training).run(watch); }},
      {"rollback", [=](const Watch &watch) { Rollback(triples).explain(fact, {}, watch); }},
      {"influence", [=](const Watch &watch) { Influence(model, {}, watch); }},
      {"explain", [=](const Watch &watch) { Influence(model).explain(query, "output", watch); }},
      {"corrected", [=](const Watch &watch) { Influence(model).corrected(query, "output", {1, 2}, watch); }},
      {"self", [=](const Watch &watch) { Influence(model).self(watch); }},
      {"what if",
       [=](const Watch &watch) {
         Influence(model).what_if(query, "output", {Change::remove(1)}, retrained, watch);
       }},
      {"hvp",
       [=](const Watch &watch) {
         Influence(model).hvp(MatrixView::row_major(std::vector<double>(6, 1.0).data(), 2, 3), watch);
       }},
      {"inverse hvp",
       [=](const Watch &watch) {
         Influence(model).inverse_hvp(MatrixView::row_major(std::vector<double>(6, 1.0).data(), 2, 3), watch);
       }},
      {"verify", [=](const Watch &watch) { verify_removal(model, query, "output", {{1}, {2, 3}}, watch); }},
  };
}

static void each(const Call &call) {
  // How often it is told, and that what it is told makes sense.
  int times = 0;
  const auto thread = std::this_thread::get_id();
  call.make([&](const Progress &progress) {
    ++times;
    CHECK(!progress.phase.empty());
    CHECK(progress.total == 0 || progress.done <= progress.total);
    CHECK(std::this_thread::get_id() == thread);
  });
  if (times == 0) std::printf("%s never calls back\n", call.name);

  for (int stop = 0; stop < times; ++stop) {
    int told = 0;
    CHECK_ERROR(canceled, "", call.make([&](const Progress &) { return told++ < stop; }));
    CHECK(told == stop + 1);

    told = 0;
    try {
      call.make([&](const Progress &) -> bool {
        if (told++ == stop) throw Mine{stop};
        return true;
      });
      check(false, "the exception is lost", __FILE__, __LINE__);
    } catch (const Mine &mine) {
      CHECK(mine.number == stop);
    }
    CHECK(told == stop + 1);
  }

  // A flag that is raised stops before anything is done; lowered, it does not.
  Cancel flag;
  flag.request();
  CHECK(flag.requested());
  CHECK_ERROR(canceled, "", call.make(flag));
  flag.reset();
  CHECK(!flag.requested());
  call.make(flag);
  // Raised within, with both.
  if (times > 1) {
    CHECK_ERROR(canceled, "", call.make({[&](const Progress &) { flag.request(); }, flag}));
  }
}

// What was watched is not told of any more, and works as if it had not been.
static void kept() {
  const Line line;
  const auto query = line.data().select({0});
  const auto model = line.fitted();
  auto told = std::make_unique<int>(0);
  auto influence = Influence(model, {}, [&](const Progress &) { ++*told; });
  told.reset();  // telling would now write where nothing is
  const auto scores = influence.explain(query, "output").scores();
  const auto others = Influence(model).explain(query, "output").scores();
  CHECK(scores.size() == others.size());
  for (std::size_t i = 0; i < scores.size(); ++i) CHECK(scores[i].score == others[i].score);
  // One that was stopped answers the next question.
  CHECK_ERROR(canceled, "", influence.explain(query, "output", [](const Progress &) { return false; }));
  CHECK(influence.explain(query, "output").scores().at(0).score == others.at(0).score);

  // A trainer that was stopped goes on to the same end.
  TrainingOptions options;
  options.epochs = 4;
  const auto start = model_of_facts();
  Trainer straight(start, facts(), options), broken(start, facts(), options);
  straight.run();
  int stops = 0;
  for (bool done = false; !done; ++stops) {
    int left = 2;
    try {
      broken.run([&](const Progress &) { return left-- > 0; });
      done = true;
    } catch (const Error &error) {
      CHECK(error.code() == Code::canceled);
    }
    if (stops > 1000) break;
  }
  CHECK(stops < 1000 && broken.training().finished);
  CHECK(straight.model().parameter(0) == broken.model().parameter(0));

  // A model whose training was stopped is as it was.
  auto stopped = line.fitted();
  const auto values = stopped.parameter(0);
  TrainingOptions longer;
  longer.method = Method::adam;
  longer.epochs = 100;
  CHECK_ERROR(canceled, "", stopped.fit(line.data(), longer, [](const Progress &) { return false; }));
  CHECK(stopped.parameter(0) == values);
}

static void from_another_thread() {
  TrainingOptions endless;
  endless.epochs = 100000000;
  Cancel flag;
  std::atomic<bool> begun{false};
  std::thread other([&] {
    while (!begun) std::this_thread::yield();
    flag.request();
  });
  CHECK_ERROR(canceled, "", model_of_facts().fit(facts(), endless, {[&](const Progress &) { begun = true; }, flag}));
  other.join();
}

static void logs() {
  const Line line;
  auto lines = std::make_shared<int>(0);
  ContextOptions options;
  options.log_level = LogLevel::debug;
  options.log = [lines](LogLevel level, std::string_view target, std::string_view message) {
    CHECK(level >= LogLevel::error && level <= LogLevel::debug && !target.empty() && !message.empty());
    ++*lines;
    throw Mine{0};  // swallowed
  };
  auto context = std::make_unique<Context>(options);
  options.log = nullptr;
  CHECK(lines.use_count() == 2);
  auto model = line.model();
  model.fit(line.data(), {}, {}, *context);
  {
    const Influence influence(model, {}, {}, *context);
    context.reset();
    influence.explain(line.data(), "output");
  }
  std::printf("%d lines of log\n", *lines);
  auto last = std::make_unique<Model>(std::move(model));
  last.reset();
  CHECK(lines.use_count() == 1);  // freed with the last that shared the context

  ContextOptions wrong;
  wrong.threads = 0;
  wrong.log = [lines](LogLevel, std::string_view, std::string_view) {};
  CHECK(lines.use_count() == 2);
  CHECK_ERROR(invalid_argument, "threads", Context(wrong));
  wrong.log = nullptr;
  CHECK(lines.use_count() == 1);
}

int main() {
  return run([] {
    for (const auto &call : calls()) {
      const int before = failures();
      each(call);
      if (failures() > before) std::fprintf(stderr, "  in %s\n", call.name);
    }
    kept();
    from_another_thread();
    logs();
  });
}
