// What the other programs do not touch: every remaining method once, with numbers that are known. The first argument is the
// repository's data folder, the second a folder to write to.
#include <fstream>

#include "check.hpp"

using namespace ascribe;

static std::string data_folder, work_folder;

static void write(const std::string &path, const std::string &text) { std::ofstream(path) << text; }

static void datasets() {
  const std::string folder = data_folder + "/nations";
  const auto nations = Dataset::load("triples", {folder + "/train.tsv", folder + "/valid.tsv", folder + "/test.tsv"});
  CHECK(nations.size() == 1592 && nations.part("train").size() == 1592);
  CHECK(nations.part("valid").size() == 199 && nations.part("test").size() == 201);
  CHECK(Dataset::load("triples", {folder}).part("test").describe(0) == nations.part("test").describe(0));
  CHECK(Dataset::load("triples", {folder + "/train.tsv"}).size() == 1592);
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

  const auto iris = Dataset::load("table", {data_folder + "/tables/iris.csv"});
  CHECK(iris.size() == 150 && iris.features() == 4 && iris.classes() == 3);
  CHECK(iris.labels().size() == 150 && !iris.class_name(iris.labels().at(0)).empty());
  CHECK(Dataset::load("table", {data_folder + "/tables/iris.csv"}, {{"standardize", true}}).features() == 4);
  CHECK(Dataset::load("table", {data_folder + "/tables/iris.csv"}, {{"rows", "0-99,149"}}).size() == 101);
  write(work_folder + "/table.csv", "a,b,c\n1,2,3\n4,5,6\n7,8,10\n");
  const Options numbers{{"label", "b"}, {"task", "numbers"}, {"standardize", false}};
  const auto table = Dataset::load("table", {work_folder + "/table.csv"}, numbers);
  CHECK((table.targets() == std::vector<double>{2, 5, 8}) && table.features() == 2);
  write(work_folder + "/other.csv", "a,b,c\n0,1,0\n");
  CHECK((table.load_like({work_folder + "/other.csv"}).targets() == std::vector<double>{1}));

  write(work_folder + "/messages.tsv", "ham\tsee you\nspam\twin money money\n");
  const auto messages = Dataset::load("messages", {work_folder + "/messages.tsv"});
  CHECK(messages.size() == 2 && messages.classes() == 2 && messages.features() > 0);

  // Two images of two by two, and their labels.
  const std::string images("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\x01\x02\x03\x04\x05\x06\x07\x08", 24);
  write(work_folder + "/images.idx", images);
  write(work_folder + "/labels.idx", std::string("\0\0\x08\x01\0\0\0\x02\x01\0", 10));
  CHECK(Dataset::load("images", {work_folder + "/images.idx", work_folder + "/labels.idx"}).labels().at(0) == 1);
  CHECK(Dataset::load("images", {work_folder + "/images.idx"}).features() == 4);

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
  for (const auto &words : {model.describe(), Model::inspect(work_folder + "/rows")}) {
    CHECK(words.find("\"linear\"") != std::string::npos && words.find("\"l2\"") != std::string::npos);
  }
  CHECK_ERROR(io, "nowhere", Model::inspect(work_folder + "/nowhere"));

  const auto make = [] {
    Graph graph;
    const auto difference = graph.parameter("mean") - graph.input("value");
    graph.functional("distance", abs(difference));
    return Model::custom(difference * difference);
  };
  auto mean = make();
  Dataset numbers(4);
  numbers.set_numbers("value", ArrayView<double>({1, 2, 3, 6}));
  mean.fit(numbers, {{"optimizer", "minimize"}});
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
  const auto before = Attributor(triples).explain(facts().select({3})).scores();
  const auto after = Attributor(loaded).explain(facts().select({3})).scores();
  CHECK(!before.empty() && before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i].score == after[i].score);
  CHECK_ERROR(invalid_argument, "NUL", triples.save(std::string("a\0b", 3)));
  CHECK_ERROR(io, "nowhere", Model::load(work_folder + "/nowhere"));
  CHECK_ERROR(unsupported, "", model_of_facts().save(work_folder + "/untrained"));

  const auto ranking = triples.ranking(facts(), facts());
  CHECK(ranking.queries == 48 && ranking.mean_reciprocal_rank > 0 && ranking.mean_reciprocal_rank <= 1);
  CHECK(ranking.hits_at_1 <= ranking.hits_at_3 && ranking.hits_at_3 <= ranking.hits_at_10 && ranking.hits_at_10 <= 1);

  // A context is the first argument of what makes things, and may be left out.
  ContextOptions seeded;
  seeded.seed = 5;
  const Context context(seeded);
  const Options small{{"dimension", 3}};
  const Model here(context, "distmult", facts(), small), there("distmult", facts(), {{"dimension", 3}, {"seed", 5}});
  CHECK(here.parameter(0) == there.parameter(0));
  CHECK(here.parameter(0) != Model("distmult", facts(), small).parameter(0));

  for (const std::string precision : {"f64", "f32"}) {
    Model network("mlp", data, {{"loss", "squared"}, {"intercept", false}, {"hidden", "3"}, {"activation", "gelu"},
                                {"precision", precision}, {"seed", 3}});
    const Options training{{"optimizer", "adam"}, {"epochs", 2}, {"schedule", "linear"}, {"batch", 5}, {"seed", 4}};
    network.fit(data, training);
    CHECK(network.training().epochs == 2 && network.training().steps == 8 && network.training().best_epoch == -1);
    CHECK(std::isfinite(network.training().loss) && std::isnan(network.training().objective));
  }
}

// What is taken back and what is left make up the training (slots plus remainder are the movement).
static void ledgers() {
  auto model = model_of_facts();
  std::vector<std::vector<double>> start;
  for (std::size_t i = 0; i < model.parameters(); ++i) start.push_back(model.parameter(i));
  model.fit(facts(), {{"optimizer", "sgd"}, {"attribution", "step"}, {"epochs", 4}});
  const auto ledger = model.ledger();
  LedgerBuilder builder(model, model.data());
  for (std::uint64_t example = 0; example < ledger.examples(); ++example) {
    for (std::size_t place = 0; place < ledger.slots(example); ++place) {
      const auto slot = ledger.slot(example, place);
      builder.record(example, slot.parameter, slot.row, ledger.change(example, place));
    }
  }
  auto elsewhere = model.clone();
  CHECK_ERROR(invalid_argument, "end the step first", elsewhere.set_ledger(builder));
  builder.end_step(0.1), builder.end_epoch();
  elsewhere.set_ledger(builder);
  CHECK(elsewhere.training().given == 1 && elsewhere.training().steps == 1 && model.training().given == 0);
  CHECK(elsewhere.ledger().change(3, 0) == ledger.change(3, 0));
  const std::vector<double> none(3), curved(2);
  CHECK_ERROR(invalid_argument, "curvature", LedgerBuilder(model, model.data(), "refill").record(0, 0, 0, none));
  CHECK_ERROR(invalid_argument, "curvature", builder.record(0, 0, 0, none, curved));
  CHECK_ERROR(invalid_argument, "rule", LedgerBuilder(model, model.data(), "all"));
  elsewhere.set_data(model.data());
  CHECK_ERROR(unsupported, "ledger", elsewhere.ledger());
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

  const Attributor rollback(model, "rollback", {{"effort", "exact"}, {"scope", "all"}});
  const auto query = facts().select({3});
  const auto attribution = rollback.explain(query, "score");
  CHECK(attribution.queries() == 1 && attribution.size() == 24 && attribution.unit() == "removal");
  CHECK(close_to(attribution.value(), model.evaluate(query, "score").at(0)));
  const auto scores = attribution.scores();
  for (const std::uint64_t example : {std::uint64_t{3}, std::uint64_t{9}}) {
    const auto without = rollback.what_if(query, "score", {Change::remove(example)});
    CHECK(without.levels() == 1 && without.level(0).level == "rollback");
    CHECK(close_to(without.before().at(0), attribution.value()));
    CHECK(close_to(without.level(0).changes.at(0), scores[example].score));
  }
  const auto largest = attribution.top(100);
  for (std::size_t i = 1; i < largest.size(); ++i) {
    CHECK(std::fabs(largest[i - 1].score) >= std::fabs(largest[i].score));
  }
  CHECK(attribution.top(100, "largest").size() == largest.size());
  for (const auto &[example, score] : attribution.top(100, "positive")) CHECK(score > 0 && example < 24);
  for (const auto &[example, score] : attribution.top(100, "negative")) CHECK(score < 0 && example < 24);
  CHECK(attribution.top(2).size() == 2 && attribution.top(0).empty());
}

// Least squares by hand: the score of an example is what its residual pulls, and the truth is near.
static void influences() {
  const Line line;
  const auto data = line.data(), query = data.select({0});
  const auto model = line.fitted();
  const Options options{{"curvature", "hessian"}, {"solver", "direct"}};
  const Attributor influence(model, "influence", data, options);
  const auto diagnostics = influence.diagnostics();
  CHECK(influence.examples() == 20 && diagnostics.examples == 20 && diagnostics.parameters == 3);
  CHECK(diagnostics.at_minimum && diagnostics.converged && diagnostics.factored && diagnostics.gradient_norm < 1e-6);
  CHECK(diagnostics.lowest > 0 && diagnostics.lowest <= diagnostics.highest);
  const auto words = influence.describe();
  for (const char *word : {"influence", "removal", "hessian", "direct"}) CHECK(words.find(word) != std::string::npos);

  const auto attribution = influence.explain(query, "output");
  CHECK(attribution.certificate().converged && attribution.certificate().relative_residual < 1e-8);
  const auto scores = attribution.scores();
  CHECK(scores.size() == 20 && attribution.top(1).at(0).example == 1 && attribution.unit() == "removal");
  const auto one_out = influence.leave_one_out(query, "output", {1, 4});
  CHECK(one_out.scores.size() == 2 && one_out.leverages.size() == 2);
  // Without a penalty its own curvature is all that a score of least squares lacks.
  Model plain("linear", data, {{"l2", 0}});
  plain.fit(data);
  const Attributor least_squares(plain, "influence", data, options);
  const auto lacking = least_squares.explain(query, "output").scores();
  const auto whole = least_squares.leave_one_out(query, "output", {1, 4});
  CHECK(close_to(whole.scores[0], lacking[1].score / (1 - whole.leverages[0])));
  CHECK(close_to(whole.scores[1], lacking[4].score / (1 - whole.leverages[1])));
  CHECK(close_to(retraining_changes(plain, query, "output", {{4}}).at(0), whole.scores[1], 1e-6));
  CHECK(influence.self_scores().size() == 20 && influence.self_scores({1}).at(0) == influence.self_scores().at(1));

  const auto truth = retraining_changes(model, query, "output", {{1}, {1, 4}});
  CHECK(truth.size() == 2 && close_to(truth[0], one_out.scores[0], 0.01));
  const Options all{{"until", "retrained"}};
  const auto what_if = influence.what_if(query, "output", {Change::remove(1), Change::remove(4)}, all);
  const auto steps = what_if.steps();
  CHECK(what_if.queries() == 1 && what_if.levels() == steps.size() && what_if.reached() && !steps.empty());
  CHECK(what_if.before().at(0) == model.evaluate(query, "output").at(0));
  CHECK(steps.back().level == "retrained" && close_to(steps.back().changes.at(0), truth[1], 1e-6));
  CHECK(steps.front().level == "first-order" && steps.front().errors.size() == 1);
  CHECK(what_if.parameters(steps.size() - 1, model.dimension()).size() == 3);
  // A target error ends the levels at the first that is good enough.
  const auto rough = influence.what_if(query, "output", {Change::remove(1)}, {{"target_error", 1e6}});
  CHECK(rough.levels() == 1 && rough.reached());
  // Nothing is changed by weights and rows that are as they were.
  const auto same = influence.what_if(query, "output", {Change::reweight(1, 1), Change::replace(4, data, 4)});
  CHECK(close_to(same.steps().back().changes.at(0), 0, 1e-9));
  // An example twice is an example with weight two.
  const auto twice = influence.what_if(query, "output", {Change::add(data, 1)});
  const auto weight = influence.what_if(query, "output", {Change::reweight(1, 2)});
  CHECK(close_to(twice.steps().front().changes.at(0), weight.steps().front().changes.at(0), 1e-9));

  // H⁻¹ H v = v.
  const std::vector<double> directions{1, 2, 3, -1, 0, 1};
  const auto products = influence.products(MatrixView::row_major(directions, 3));
  const auto back = influence.inverse_products(MatrixView::row_major(products, 3));
  for (std::size_t i = 0; i < directions.size(); ++i) CHECK(close_to(back.at(i), directions[i], 1e-8));
  CHECK(influence.products(as_row(std::vector<double>{0, 0, 0})) == std::vector<double>(3));

  const auto agreement = retraining_fidelity({1, 2, 3}, {2, 4, 6});
  CHECK(close_to(agreement.pearson, 1) && close_to(agreement.spearman, 1) && close_to(agreement.slope, 2));
  CHECK(agreement.count == 3 && close_to(agreement.maximum_error, 3));
}

// Every question to every method: an answer of the right size, or a refusal, and which of them it is.
static void methods() {
  const Line line;
  const auto data = line.data(), query = data.select({0, 5});
  const auto model = line.fitted();
  const auto triples = fitted_facts();
  const auto questions = facts().select({3, 8});
  const auto direction = std::vector<double>(model.dimension(), 1.0);

  // Without a name: rollback where there is a ledger, and otherwise influence.
  CHECK(Attributor(model).describe().find("\"influence\"") != std::string::npos);
  CHECK(Attributor(triples).describe().find("\"rollback\"") != std::string::npos);

  const auto refused = [&](const Attributor &attributor, const Dataset &queries, const char *functional) {
    CHECK_ERROR(unsupported, "influence", attributor.diagnostics());
    CHECK_ERROR(unsupported, "influence", attributor.leave_one_out(queries, functional, {1}));
    CHECK_ERROR(unsupported, "influence", attributor.error_bounds(queries, functional, {1}));
    CHECK_ERROR(unsupported, "influence", attributor.input_effects(queries, functional, {}, {1}));
    CHECK_ERROR(unsupported, "influence", attributor.attack(queries, functional, {}, {1}));
    CHECK_ERROR(unsupported, "influence", attributor.products(as_row(direction)));
    CHECK_ERROR(unsupported, "influence", attributor.inverse_products(as_row(direction)));
  };

  // The inner products of gradients by hand: of half a squared error with output o, d (o, L) = r d o.
  const Attributor dots(model, "graddot"), cosines(model, "gradcos");
  const auto dot = dots.explain(query, "output"), cosine = cosines.explain(query, "output");
  CHECK(dot.unit() != cosine.unit() && dot.unit() != "removal" && cosine.unit() != "removal");
  CHECK(dots.examples() == 20 && cosines.examples() == 20);
  CHECK(dots.describe().find("graddot") != std::string::npos && cosines.describe().find("gradcos") != std::string::npos);
  for (std::size_t place = 0; place < 2; ++place) {
    CHECK(dot.size(place) == 20 && cosine.size(place) == 20);
    for (const auto &[example, score] : cosine.scores(place)) CHECK(std::fabs(score) <= 1 + 1e-12 && example < 20);
  }
  for (const Attributor *attributor : {&dots, &cosines}) {
    const auto self = attributor->self_scores();
    CHECK(self.size() == 20 && attributor->self_scores({7}).at(0) == self[7]);
    for (const double score : self) CHECK(std::isfinite(score));
    CHECK_ERROR(unsupported, "influence", attributor->what_if(query, "output", {Change::remove(1)}));
    refused(*attributor, query, "output");
  }
  // Some of the parameters, and other examples than those trained on.
  CHECK(Attributor(model, "graddot", {{"parameters", model.parameter_name(0)}}).explain(query, "output").size() == 20);
  CHECK(Attributor(model, "gradcos", query).explain(data, "output").size() == 2);
  CHECK(Attributor(Context(), model, "influence", query, {{"curvature", "gauss-newton"}}).examples() == 2);

  const Attributor rollback(triples, "rollback");
  CHECK(rollback.examples() == 24 && rollback.explain(questions, "probability").queries() == 2);
  for (const char *word : {"rollback", "removal"}) CHECK(rollback.describe().find(word) != std::string::npos);
  CHECK_ERROR(unsupported, "influence", rollback.self_scores());
  const auto without = rollback.what_if(questions, "score", {Change::remove(1), Change::remove(2)});
  CHECK(without.queries() == 2 && without.levels() == 1 && without.reached() && without.level(0).level == "rollback");
  CHECK(std::isnan(without.level(0).gradient_norm) && !without.level(0).at_minimum);
  CHECK(std::isnan(without.level(0).errors.at(1)) && std::isfinite(without.level(0).changes.at(1)));
  CHECK_ERROR(unsupported, "parameters", without.parameters(0, triples.dimension()));
  refused(rollback, questions, "score");
  CHECK_ERROR(unsupported, "", rollback.what_if(questions, "score", {Change::reweight(1, 2)}));
  CHECK_ERROR(unsupported, "", Attributor(triples, "rollback", facts()));

  // Influence answers everything. A bound covers what a loose solver is off by.
  const Attributor exact(model, "influence", {{"solver", "direct"}});
  const Attributor loose(model, "influence", {{"solver", "cg"}, {"tolerance", 0.1}});
  const std::vector<std::uint64_t> examples{1, 4, 9};
  const auto bounds = loose.error_bounds(query, "output", examples);
  const auto right = exact.explain(query, "output"), near = loose.explain(query, "output");
  CHECK(bounds.size() == 6);
  for (std::size_t place = 0; place < bounds.size(); ++place) {
    const auto example = examples[place % 3];
    const double off = right.scores(place / 3).at(example).score - near.scores(place / 3).at(example).score;
    CHECK(std::isnan(bounds[place]) || std::fabs(off) <= bounds[place] + 1e-9);
  }
  // The effect of an input is the slope of what a replaced example changes.
  const auto effects = exact.input_effects(query, "output", {}, examples);
  CHECK(effects.width == 2 && effects.values.size() == 2 * 3 * 2);
  const double h = 1e-4;
  for (std::size_t feature = 0; feature < 2; ++feature) {
    auto moved = line.features;
    moved[2 * 4 + feature] += h;
    const auto other = Dataset::from_matrix(MatrixView::row_major(moved, 2), line.targets);
    const auto change = exact.what_if(query, "output", {Change::replace(4, other, 4)}, {{"until", "retrained"}});
    CHECK(change.steps().back().at_minimum && change.steps().back().gradient_norm < 1e-6);
    for (std::size_t place = 0; place < 2; ++place) {
      const double slope = change.steps().back().changes.at(place) / h;
      CHECK(close_to(effects.values[(place * 3 + 1) * 2 + feature], slope, 1e-3));
    }
  }
  // An attack raises what it is after, within as many rounds as it has.
  const auto attack = exact.attack(query, "loss", {}, {1, 4}, {{"rounds", 3}, {"step", 0.01}, {"high", 10.0}});
  CHECK(attack.values.size() == 4 && attack.values.back() > attack.values.front());
  CHECK(attack.perturbed.size() == 2 && attack.perturbed.features() == 2);
  CHECK(attack.perturbed.targets() == data.select({1, 4}).targets());
  CHECK(model.evaluate(attack.perturbed, "output") != model.evaluate(data.select({1, 4}), "output"));
  // As many rounds as are given, in whichever way, or else the library's number of them.
  CHECK(exact.attack(query, "loss", {}, {1}, {{"rounds", "2"}, {"high", 10.0}}).values.size() == 3);
  CHECK(exact.attack(query, "loss", {}, {1}, {{"high", 10.0}}).values.size() == 11);
  CHECK(exact.attack(query, "loss", {}, {1}, {{"rounds", 0}, {"high", 10.0}}).values.size() == 1);

  // What each solver would cost is known before anything is solved.
  for (const auto &plan : {Attributor::plan(model), Attributor::plan(model, query, {{"queries", 100}})}) {
    CHECK(plan.find("\"candidates\"") != std::string::npos && plan.find("\"reason\"") != std::string::npos);
  }
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

// What does the training again; whether that can work; and what is measured of rollback.
static void trainings() {
  const Line line;
  const auto data = line.data(), query = data.select({0, 3});
  Model network("mlp", data, {{"hidden", "3"}, {"activation", "tanh"}, {"seed", 3}});
  const auto start = network.evaluate(query);
  CHECK_ERROR(unsupported, "not trained", network.smoothness());
  CHECK_ERROR(unsupported, "", network.calibrate(1));
  CHECK_ERROR(unsupported, "not trained", Attributor(network, "replay"));
  network.fit(data, {{"optimizer", "adam"}, {"learning_rate", 0.01}, {"epochs", 3}, {"batch", 6}});
  const auto end = network.evaluate(query);
  std::vector<std::string> units;
  for (const std::string method : {"replay", "tracin", "tracincp", "gas"}) {
    const auto found = Attributor(network, method).explain(query);
    CHECK(found.queries() == 2 && found.size(1) == 20 && close_to(found.value(1), end[1]));
    for (std::size_t place = 0; place < 2; ++place) {
      const auto growth = found.growth(place);
      CHECK(growth.has_value() == (method == "replay") && growth.value_or(1) >= 1);
    }
    CHECK_ERROR(invalid_argument, "query", found.growth(2));
    CHECK(found.upper_tail(0, 1).value() > 0 && found.upper_tail(0, 1) >= found.upper_tail(0, 2));
    CHECK_ERROR(invalid_argument, "query", found.upper_tail(2));
    units.push_back(found.unit());
    if (method != "tracin") continue;
    double sum = 0;
    for (const auto &[example, score] : found.scores(1)) sum += score;
    CHECK(close_to(sum, start[1] - end[1]));
  }
  CHECK(units[0] == "removal" && units[1] != units[2] && units[2] != units[3] && units[3] != units[0]);
  CHECK(!Attributor(line.fitted()).explain(query).growth());
  const Attributor replay(network, "replay", {{"memory", "64M"}});
  const auto scores = replay.explain(query).scores(1);
  const auto changed = replay.what_if(query, {}, {Change::remove(4), Change::reweight(5, 2)});
  CHECK(changed.levels() == 1 && changed.level(0).level == "replay");
  CHECK(close_to(changed.level(0).changes.at(1), scores[4].score - scores[5].score, 1e-12));

  ContextOptions two;
  two.threads = 2;
  const double smoothness = network.smoothness();
  CHECK(smoothness >= -1 && smoothness <= 1 && network.smoothness({}, Context(two)) == smoothness);
  CHECK_ERROR(unsupported, "minimized", line.fitted().smoothness());
  CHECK_ERROR(unsupported, "ledger", line.fitted().calibrate(1));

  auto triples = fitted_facts();
  const auto question = facts().select({3});
  const auto measured = [&](const Options &options) {
    const Attributor rollback(triples, "rollback", options);
    rollback.explain(question);
    const auto words = rollback.describe();
    CHECK((words.find("\"calibration\"") == std::string::npos) == (words.find("\"verdict\"") == std::string::npos));
    const auto place = words.find("\"removals\":");
    return place == std::string::npos ? -1 : std::stoi(words.substr(place + 11));
  };
  CHECK(measured({}) == 1 && measured({{"calibrate", 0}}) == -1);
  triples.calibrate(2);
  CHECK(measured({{"calibrate", 0}}) == 2 && measured({}) == 2);
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
    methods();
    trainings();
  });
}
