// What the other programs do not touch: every remaining method once, with numbers that are known. The first argument is the
// repository's data folder, the second a folder to write to.
#include <fstream>

#include "check.hpp"

using namespace ascribe;

static std::string data_folder, work_folder;

static void write(const std::string &path, const std::string &text) { std::ofstream(path) << text; }

static void datasets() {
  const auto nations = Dataset::load_triples(data_folder + "/nations/train.tsv", data_folder + "/nations/valid.tsv",
                                             data_folder + "/nations/test.tsv");
  CHECK(nations.size() == 1592 && nations.part(Part::train).size() == 1592);
  CHECK(nations.part(Part::valid).size() == 199 && nations.part(Part::test).size() == 201);
  CHECK(nations.features() == 0 && nations.classes() == 0);
  const std::string first = nations.describe(0);
  const auto triple = nations.triples().at(0);
  const std::string head = first.substr(0, first.find(' ')), tail = first.substr(first.rfind(' ') + 1);
  const auto query = nations.query(head, first.substr(head.size() + 1, first.rfind(' ') - head.size() - 1), tail);
  CHECK(query.size() == 1 && query.describe(0) == first);
  CHECK(query.triples().at(0).head == triple.head && query.triples().at(0).tail == triple.tail);
  CHECK_ERROR(not_found, "usb", nations.query("usb", "treaties", "china"));
  CHECK(nations.select({5, 5, 2}).describe(1) == nations.describe(5));
  CHECK(Dataset::from_triples(std::vector<std::uint32_t>{0, 0, 1, 1, 0, 0}, 2, 1).size() == 2);

  const auto iris = Dataset::load_table(data_folder + "/tables/iris.csv");
  CHECK(iris.size() == 150 && iris.features() == 4 && iris.classes() == 3);
  CHECK(iris.labels().size() == 150 && !iris.class_name(iris.labels().at(0)).empty());
  TableOptions options;
  options.standardize = true;
  CHECK(Dataset::load_table(data_folder + "/tables/iris.csv", options).features() == 4);
  write(work_folder + "/table.csv", "a,b,c\n1,2,3\n4,5,6\n7,8,10\n");
  options.target = "b";
  options.standardize = false;
  options.targets = Targets::numbers;
  const auto table = Dataset::load_table(work_folder + "/table.csv", options);
  CHECK((table.targets() == std::vector<double>{2, 5, 8}) && table.features() == 2);
  write(work_folder + "/other.csv", "a,b,c\n0,1,0\n");
  CHECK((table.load_like({work_folder + "/other.csv"}).targets() == std::vector<double>{1}));

  write(work_folder + "/messages.tsv", "ham\tsee you\nspam\twin money money\n");
  const auto messages = Dataset::load_messages(work_folder + "/messages.tsv");
  CHECK(messages.size() == 2 && messages.classes() == 2 && messages.features() > 0);

  // Two images of two by two, and their labels.
  const std::string images("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\x01\x02\x03\x04\x05\x06\x07\x08", 24);
  write(work_folder + "/images.idx", images);
  write(work_folder + "/labels.idx", std::string("\0\0\x08\x01\0\0\0\x02\x01\0", 10));
  CHECK(Dataset::load_images(work_folder + "/images.idx", work_folder + "/labels.idx").labels().at(0) == 1);
  CHECK(Dataset::load_images(work_folder + "/images.idx").features() == 4);

  const Line line;
  auto labeled = Dataset::from_matrix(line.view());
  CHECK_ERROR(invalid_argument, "classes", labeled.labels());
  labeled.set_labels(std::vector<std::uint32_t>(20, 2), 3);
  CHECK(labeled.classes() == 3 && labeled.labels().at(19) == 2 && labeled.class_name(2) == "2");
  const std::vector<float> floats(line.features.begin(), line.features.end());
  CHECK(Dataset::from_matrix(MatrixViewF32::row_major(floats, 2), line.targets).targets() == line.targets);
}

static void models() {
  const Line line;
  const auto data = line.data();
  auto model = line.fitted();
  CHECK(model.outputs() == 1 && model.dimension() == 3 && model.training().converged && model.training().finished);
  CHECK(model.data().size() == 20);
  const auto values = model.parameter(0);
  auto copy = model.clone();
  copy.set_parameter(0, {0.0, 0.0});
  CHECK(model.parameter(0) == values && (copy.parameter(0) == std::vector<double>{0, 0}));
  const std::vector<float> floats(line.features.begin(), line.features.end());
  CHECK(model.predict(MatrixViewF32::row_major(floats, 2)) == model.predict(line.view()));
  const auto outputs = model.evaluate(data, "output");
  CHECK(outputs == model.predict(line.view()));
  CHECK(close_to(model.evaluate(data, "loss").at(3), 0.5 * std::pow(outputs[3] - line.targets[3], 2)));

  model.save(work_folder + "/rows");
  CHECK(Model::load(work_folder + "/rows").parameter(0) == values);

  const auto make = [] {
    Graph graph;
    const auto difference = graph.parameter("mean") - graph.input("value");
    graph.functional("distance", abs(difference));
    return Model::graph(difference * difference);
  };
  auto mean = make();
  Dataset numbers(4);
  numbers.set_numbers("value", ArrayView<double>({1, 2, 3, 6}));
  TrainingOptions minimize;
  minimize.method = Method::minimize;
  mean.fit(numbers, minimize);
  CHECK(close_to(mean.parameter(0).at(0), 3, 1e-7));
  CHECK(close_to(mean.evaluate(numbers, "distance").at(3), 3, 1e-7));
  mean.save(work_folder + "/graph");
  auto restored = make();
  restored.restore(work_folder + "/graph");
  CHECK(restored.parameter(0) == mean.parameter(0));
  CHECK_ERROR(unsupported, "", Model::load(work_folder + "/graph"));

  // What is loaded answers as what was saved, and saving again replaces it.
  const auto triples = fitted_facts(20);
  triples.save(work_folder + "/triples");
  fitted_facts(3).save(work_folder + "/triples");
  triples.save(work_folder + "/triples");
  const auto loaded = Model::load(work_folder + "/triples");
  CHECK(loaded.training().epochs == 20 && loaded.data().size() == 24);
  const auto before = Rollback(triples).explain(facts().select({3})).scores();
  const auto after = Rollback(loaded).explain(facts().select({3})).scores();
  CHECK(!before.empty() && before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i].score == after[i].score);
  CHECK_ERROR(invalid_argument, "NUL", triples.save(std::string("a\0b", 3)));
  CHECK_ERROR(io, "nowhere", Model::load(work_folder + "/nowhere"));
  CHECK_ERROR(unsupported, "", model_of_facts().save(work_folder + "/untrained"));

  const auto ranking = triples.ranking(facts(), facts());
  CHECK(ranking.queries == 48 && ranking.mean_reciprocal_rank > 0 && ranking.mean_reciprocal_rank <= 1);
  CHECK(ranking.hits_at_1 <= ranking.hits_at_3 && ranking.hits_at_3 <= ranking.hits_at_10 && ranking.hits_at_10 <= 1);

  for (const Precision precision : {Precision::f64, Precision::f32}) {
    RowOptions options;
    options.loss = RowLoss::squared;
    options.intercept = false;
    options.layers = {layer::dense(3), layer::activation(Activation::gelu)};
    options.precision = precision;
    options.seed = 3;
    auto network = Model::rows(data, options);
    TrainingOptions training;
    training.method = Method::adam;
    training.epochs = 2;
    training.schedule = Schedule::linear;
    training.schedule_value = 0.5;
    training.batch = 5;
    training.seed = 4;
    network.fit(data, training);
    CHECK(network.training().epochs == 2 && network.training().steps == 8 && !network.training().best_epoch);
    CHECK(std::isfinite(network.training().loss) && std::isnan(network.training().objective));
  }
}

// What is taken back and what is left make up the training (slots plus remainder are the movement).
static void ledgers() {
  TripleOptions shape;
  shape.dimension = 3;
  shape.negatives = 2;
  shape.seed = 1;
  auto model = Model::triples(facts(), shape);
  std::vector<std::vector<double>> start;
  for (std::size_t i = 0; i < model.parameters(); ++i) start.push_back(model.parameter(i));
  TrainingOptions training;
  training.method = Method::sgd;
  training.attribution = AttributionRule::step;
  training.epochs = 4;
  model.fit(facts(), training);
  const auto ledger = model.ledger();
  CHECK(ledger.examples() == 24 && ledger.slots(0) == 3);
  for (std::size_t parameter = 0; parameter < model.parameters(); ++parameter) {
    const auto now = model.parameter(parameter);
    auto sum = ledger.remainder(parameter, now.size());
    for (std::uint64_t example = 0; example < ledger.examples(); ++example) {
      for (std::size_t place = 0; place < ledger.slots(example); ++place) {
        const auto slot = ledger.slot(example, place);
        if (slot.parameter != parameter) continue;
        const auto change = ledger.change(example, place);
        for (std::size_t i = 0; i < slot.width; ++i) sum[slot.row * slot.width + i] += change[i];
      }
    }
    for (std::size_t i = 0; i < now.size(); ++i) CHECK(close_to(start[parameter][i] + sum[i], now[i], 1e-12));
  }

  const Rollback rollback(model, "score");
  const auto query = facts().select({3});
  RollbackOptions options;
  options.effort = Effort::exact;
  options.scope = Scope::all;
  const auto attribution = rollback.explain(query, options);
  CHECK(attribution.queries() == 1 && attribution.size() == 24);
  CHECK(close_to(attribution.value(), model.evaluate(query, "score").at(0)));
  const auto scores = attribution.scores();
  for (const std::uint64_t example : {std::uint64_t{3}, std::uint64_t{9}}) {
    CHECK(close_to(rollback.without(query, {example}).at(0), attribution.value() + scores[example].score));
  }
  const auto largest = attribution.top(100);
  for (std::size_t i = 1; i < largest.size(); ++i) {
    CHECK(std::fabs(largest[i - 1].score) >= std::fabs(largest[i].score));
  }
  for (const auto &[example, score] : attribution.top(100, Order::positive)) CHECK(score > 0 && example < 24);
  for (const auto &[example, score] : attribution.top(100, Order::negative)) CHECK(score < 0 && example < 24);
  CHECK(attribution.top(2).size() == 2 && attribution.top(0).empty());
}

// Least squares by hand: the score of an example is what its residual pulls, and the truth is near.
static void influences() {
  const Line line;
  const auto data = line.data(), query = data.select({0});
  const auto model = line.fitted();
  InfluenceOptions options;
  options.curvature = Curvature::hessian;
  options.solver = Solver::direct;
  const Influence influence(model, data, options);
  const auto standing = influence.standing();
  CHECK(standing.examples == 20 && standing.parameters == 3 && standing.curvature == Curvature::hessian);
  CHECK(standing.stationary && standing.converged && standing.factored && standing.gradient < 1e-6);
  CHECK(standing.lowest > 0 && standing.lowest <= standing.highest && !influence.solver().empty());

  const auto attribution = influence.explain(query, "output");
  CHECK(attribution.certificate().converged && attribution.certificate().relative_residual < 1e-8);
  const auto scores = attribution.scores();
  CHECK(scores.size() == 20 && attribution.top(1).at(0).example == 1);
  const auto corrected = influence.corrected(query, "output", {1, 4});
  CHECK(corrected.scores.size() == 2 && corrected.leverages.size() == 2);
  // Without a penalty its own curvature is all that a score of least squares lacks.
  RowOptions unpenalized;
  unpenalized.l2 = 0;
  auto plain = Model::rows(data, unpenalized);
  plain.fit(data);
  const Influence least_squares(plain, data, options);
  const auto lacking = least_squares.explain(query, "output").scores();
  const auto whole = least_squares.corrected(query, "output", {1, 4});
  CHECK(close_to(whole.scores[0], lacking[1].score / (1 - whole.leverages[0])));
  CHECK(close_to(whole.scores[1], lacking[4].score / (1 - whole.leverages[1])));
  CHECK(close_to(verify_removal(plain, query, "output", {{4}}).at(0), whole.scores[1], 1e-6));
  CHECK(influence.self().size() == 20 && influence.self({1}).at(0) == influence.self().at(1));

  const auto truth = verify_removal(model, query, "output", {{1}, {1, 4}});
  CHECK(truth.size() == 2 && close_to(truth[0], corrected.scores[0], 0.01));
  WhatIfOptions all;
  all.until = Level::retrained;
  const auto what_if = influence.what_if(query, "output", {Change::remove(1), Change::remove(4)}, all);
  const auto steps = what_if.steps();
  CHECK(what_if.queries() == 1 && what_if.levels() == steps.size() && what_if.reached() && !steps.empty());
  CHECK(what_if.before().at(0) == model.evaluate(query, "output").at(0));
  CHECK(steps.back().level == Level::retrained && close_to(steps.back().changes.at(0), truth[1], 1e-6));
  CHECK(steps.front().level == Level::first_order && steps.front().errors.size() == 1);
  CHECK(what_if.parameters(steps.size() - 1, model.dimension()).size() == 3);
  // Nothing is changed by weights and rows that are as they were.
  const auto same = influence.what_if(query, "output", {Change::reweight(1, 1), Change::replace(4, data, 4)});
  CHECK(close_to(same.steps().back().changes.at(0), 0, 1e-9));
  // An example twice is an example with weight two.
  const auto twice = influence.what_if(query, "output", {Change::add(data, 1)});
  const auto weight = influence.what_if(query, "output", {Change::reweight(1, 2)});
  CHECK(close_to(twice.steps().front().changes.at(0), weight.steps().front().changes.at(0), 1e-9));

  // H⁻¹ H v = v.
  const std::vector<double> directions{1, 2, 3, -1, 0, 1};
  const auto products = influence.hvp(MatrixView::row_major(directions, 3));
  const auto back = influence.inverse_hvp(MatrixView::row_major(products, 3));
  for (std::size_t i = 0; i < directions.size(); ++i) CHECK(close_to(back.at(i), directions[i], 1e-8));
  CHECK(influence.hvp(as_row(std::vector<double>{0, 0, 0})) == std::vector<double>(3));

  const auto agreement = fidelity({1, 2, 3}, {2, 4, 6});
  CHECK(close_to(agreement.pearson, 1) && close_to(agreement.spearman, 1) && close_to(agreement.slope, 2));
  CHECK(agreement.count == 3 && close_to(agreement.maximum_error, 3));
}

static void views() {
  const std::vector<double> x{1, 2, 3, 4, 5, 6};
  const auto rows = MatrixView::row_major(x, 3), columns = MatrixView::col_major(x, 3);
  CHECK(rows.rows() == 2 && rows.cols() == 3 && rows.row_stride() == 3 && rows.col_stride() == 1 && rows.size() == 6);
  CHECK(columns.rows() == 3 && columns.cols() == 2 && columns.row_stride() == 1 && columns.col_stride() == 3);
  CHECK(rows.transposed().rows() == 3 && rows.transposed().data() == columns.data() && MatrixView().size() == 0);
  const auto every_other = MatrixView::strided(x.data(), 2, 1, 3, 1);
  CHECK(every_other.get()->row_stride == 3 && every_other.get()->data == x.data());
  const Line line;
  std::vector<double> turned(40);
  for (std::size_t i = 0; i < 20; ++i) {
    turned[i] = line.features[2 * i];
    turned[20 + i] = line.features[2 * i + 1];
  }
  CHECK(line.fitted().predict(MatrixView::col_major(turned, 20)) == line.fitted().predict(line.view()));
  CHECK(line.fitted().predict(transposed(MatrixView::row_major(turned, 20))).size() == 20);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  data_folder = arguments[1];
  work_folder = arguments[2];
  return run([] {
    views();
    datasets();
    models();
    ledgers();
    influences();
  });
}
