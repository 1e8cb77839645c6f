// Callbacks: what they receive, that stopping at any of their calls stops, that what they throw comes back unchanged, and
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

// Everything that takes a monitor, by name. Each makes its objects anew: one that was stopped is not used again.
struct Call {
  const char *name;
  std::function<void(const Monitor &)> make;
};

static std::vector<Call> calls() {
  static const Line line;
  static const auto data = line.data();
  static const auto query = data.select({0, 3});
  static const auto model = line.fitted();
  static const auto triples = fitted_facts();
  static const auto fact = facts().select({0, 5});
  const Options training{{"epochs", 3}};
  const Options wide{{"hidden", "2"}, {"activation", "tanh"}};
  const Options retrained{{"until", "retrained"}};
  const std::vector<double> directions(6, 1.0);
  return {
      {"fit triples", [=](const Monitor &monitor) { model_of_facts().fit(facts(), training, monitor); }},
      {"fit rows", [=](const Monitor &monitor) { line.model().fit(data, {}, monitor); }},
      {"fit layers", [=](const Monitor &monitor) { Model("mlp", data, wide).fit(data, training, monitor); }},
      {"step", [=](const Monitor &monitor) { Trainer(model_of_facts(), facts(), training).step(30, monitor); }},
      {"run", [=](const Monitor &monitor) { Trainer(model_of_facts(), facts(), training).run(monitor); }},
      {"rollback", [=](const Monitor &monitor) { Attributor(triples, "rollback").explain(fact, {}, monitor); }},
      {"without",
       [=](const Monitor &monitor) {
         Attributor(triples, "rollback").what_if(fact, {}, {Change::remove(1)}, {}, monitor);
       }},
      {"replay", [=](const Monitor &monitor) { Attributor(triples, "replay").explain(fact, {}, monitor); }},
      {"tracin", [=](const Monitor &monitor) { Attributor(triples, "tracin").explain(fact, {}, monitor); }},
      {"smoothness", [=](const Monitor &monitor) { triples.smoothness(monitor); }},
      {"calibrate", [=](const Monitor &monitor) { triples.clone().calibrate(2, monitor); }},
      {"graddot", [=](const Monitor &monitor) { Attributor(model, "graddot").explain(query, "output", monitor); }},
      {"gradcos", [=](const Monitor &monitor) { Attributor(model, "gradcos").self_scores(monitor); }},
      {"influence", [=](const Monitor &monitor) { Attributor(model, "influence", {}, monitor); }},
      {"explain", [=](const Monitor &monitor) { Attributor(model, "influence").explain(query, "output", monitor); }},
      {"leave one out",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").leave_one_out(query, "output", {1, 2}, monitor);
       }},
      {"error bounds",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").error_bounds(query, "output", {1, 2}, monitor);
       }},
      {"input effects",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").input_effects(query, "output", {}, {1, 2}, monitor);
       }},
      {"attack",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").attack(query, "loss", {}, {1, 2}, {{"rounds", 2}}, monitor);
       }},
      {"self scores", [=](const Monitor &monitor) { Attributor(model, "influence").self_scores(monitor); }},
      {"what if",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").what_if(query, "output", {Change::remove(1)}, retrained, monitor);
       }},
      {"products",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").products(MatrixView::row_major(directions, 3), monitor);
       }},
      {"inverse products",
       [=](const Monitor &monitor) {
         Attributor(model, "influence").inverse_products(MatrixView::row_major(directions, 3), monitor);
       }},
      {"retraining",
       [=](const Monitor &monitor) { retraining_changes(model, query, "output", {{1}, {2, 3}}, monitor); }},
  };
}

static void each(const Call &call) {
  // How often it is called, and that what it receives makes sense.
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
    int heard = 0;
    CHECK_ERROR(canceled, "", call.make([&](const Progress &) { return heard++ < stop; }));
    CHECK(heard == stop + 1);

    heard = 0;
    try {
      call.make([&](const Progress &) -> bool {
        if (heard++ == stop) throw Mine{stop};
        return true;
      });
      check(false, "the exception is lost", __FILE__, __LINE__);
    } catch (const Mine &mine) {
      CHECK(mine.number == stop);
    }
    CHECK(heard == stop + 1);
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

// A monitor is not called after its call, and what was made with one works as if it had not been.
static void kept() {
  const Line line;
  const auto query = line.data().select({0});
  const auto model = line.fitted();
  auto heard = std::make_unique<int>(0);
  const auto influence = Attributor(model, "influence", {}, [&](const Progress &) { ++*heard; });
  heard.reset();  // a call would now write where nothing is
  const auto scores = influence.explain(query, "output").scores();
  const auto others = Attributor(model, "influence").explain(query, "output").scores();
  CHECK(scores.size() == others.size());
  for (std::size_t i = 0; i < scores.size(); ++i) CHECK(scores[i].score == others[i].score);
  // One that was stopped answers the next call.
  CHECK_ERROR(canceled, "", influence.explain(query, "output", [](const Progress &) { return false; }));
  CHECK(influence.explain(query, "output").scores().at(0).score == others.at(0).score);

  // A trainer that was stopped goes on to the same end.
  const Options options{{"epochs", 4}};
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
  const Options longer{{"optimizer", "adam"}, {"epochs", 100}};
  CHECK_ERROR(canceled, "", stopped.fit(line.data(), longer, [](const Progress &) { return false; }));
  CHECK(stopped.parameter(0) == values);
}

static void from_another_thread() {
  const Options endless{{"epochs", 100000000}};
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
  options.log_level = "debug";
  options.log = [lines](std::string_view level, std::string_view target, std::string_view message) {
    CHECK(level == "error" || level == "warning" || level == "info" || level == "debug");
    CHECK(!target.empty() && !message.empty());
    ++*lines;
    throw Mine{0};  // swallowed
  };
  auto context = std::make_unique<Context>(options);
  options.log = nullptr;
  CHECK(lines.use_count() == 2);
  auto model = line.model();
  model.fit(line.data(), {}, {}, *context);
  {
    const Attributor influence(*context, model, "influence");
    context.reset();
    influence.explain(line.data(), "output");
  }
  std::printf("%d lines of log\n", *lines);
  auto last = std::make_unique<Model>(std::move(model));
  last.reset();
  CHECK(lines.use_count() == 1);  // freed with the last that shared the context

  ContextOptions wrong;
  wrong.threads = 0;
  wrong.log = [lines](std::string_view, std::string_view, std::string_view) {};
  CHECK(lines.use_count() == 2);
  CHECK_ERROR(invalid_argument, "threads", Context(wrong));
  wrong.threads = 1;
  wrong.log_level = "whisper";
  CHECK_ERROR(invalid_argument, "whisper", Context(wrong));
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
