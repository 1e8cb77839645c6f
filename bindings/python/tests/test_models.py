"""Models are trained, asked, changed, saved: rows, networks, triples, graphs."""

import math
import tempfile
import unittest

import numpy as np

import ascribe
from ascribe import Attributor, Context, Dataset, Model, Trainer
from fixtures import NATIONS, hidden_model, numbers, own_linear, small_data, two_classes, world_model


class Training(unittest.TestCase):
    def test_at_once_and_in_two_steps(self):
        x, y = two_classes()
        at_once = Model("logistic", x, y, l2=0.01, gradient_tolerance=1e-10)
        data = Dataset(x, y)
        in_two = Model("logistic", data, l2=0.01).fit(data, gradient_tolerance=1e-10)
        np.testing.assert_array_equal(at_once.parameter(0), in_two.parameter("weights 1"))
        self.assertTrue(at_once.training.converged and at_once.training.finished)
        self.assertEqual((at_once.outputs, at_once.dimension), (1, 4))
        self.assertEqual(len(at_once.data), len(x))
        self.assertEqual(at_once.describe()["kind"], "logistic")
        self.assertRaises(TypeError, Model, "logistic", data, y)
        self.assertRaises(TypeError, Model, "logistic", data, cancel=ascribe.Cancel())

    def test_step_by_step(self):
        data = Dataset(*two_classes())
        expected = hidden_model(data).fit(data, epochs=4).parameter(0)
        trainer = Trainer(hidden_model(data), data, epochs=4)
        while trainer.step(3):
            pass
        np.testing.assert_array_equal(trainer.model.parameter(0), expected)
        self.assertEqual((trainer.training.epochs, trainer.training.finished, trainer.step()), (4, True, False))
        whole = Trainer(hidden_model(data), data, epochs=4).run()
        np.testing.assert_array_equal(whole.model.parameter(0), expected)

    def test_contexts_change_no_bit(self):
        with Context(threads=3, seed=5) as context, Context(seed=5) as alone:
            self.assertEqual((context.threads, repr(context)), (3, "Context(3 threads)"))
            found = [world_model(context=where)[0] for where in (context, alone)]
            np.testing.assert_array_equal(found[0].parameter(0), found[1].parameter(0))
            np.testing.assert_array_equal(*(model.explain((1, 1, 2)).values for model in found))
        self.assertRaisesRegex(ValueError, "this Context is closed", found[0].evaluate, (1, 1, 3))
        found[0].context = None
        self.assertEqual(len(found[0].evaluate((1, 1, 3))), 1)
        self.assertRaises(ascribe.InvalidArgumentError, Context, threads=0)
        self.assertRaises(ValueError, Context, seed=-1)

    def test_smoothness_and_calibration(self):
        model, data = world_model()
        self.assertTrue(-1 <= model.smoothness() <= 1)
        self.assertIs(model.calibrate(3), model)
        with Attributor(model) as attributor:
            attributor.explain(data[0])
            self.assertIn("verdict", attributor.describe()["calibration"])

    def test_the_ledger_adds_up(self):
        model, data = world_model(epochs=3)
        start = Model("distmult", data, dimension=4, negatives=5, seed=3)
        ledger = model.ledger
        self.assertEqual(len(ledger), len(data))
        total = [ledger.remainder(place) for place in range(2)]
        for example in range(len(ledger)):
            for slot, row in enumerate(ledger.slots(example)):
                self.assertEqual(row.width, 4)
                total[row.parameter][row.row] += ledger.change(example, slot)
        for place in range(2):
            np.testing.assert_allclose(total[place], model.parameter(place) - start.parameter(place), atol=1e-5)
        for wrong in (lambda: ledger.slots(24), lambda: ledger.change(0, 3), lambda: ledger.remainder(2)):
            self.assertRaises(IndexError, wrong)


class Elsewhere(unittest.TestCase):
    def test_a_ledger_that_is_recorded(self):
        model, data = world_model()
        kept = model.ledger
        given = Model("distmult", data, dimension=4, negatives=5, seed=9)
        builder = ascribe.LedgerBuilder(given, data)
        for example in range(len(kept)):
            for slot, row in enumerate(kept.slots(example)):
                builder.record(example, row.parameter, row.row, kept.change(example, slot))
        self.assertRaisesRegex(ascribe.InvalidArgumentError, "end the step first", given.set_ledger, builder)
        builder.end_step(0.1)
        builder.end_epoch()
        for place in range(2):
            given.set_parameter(place, model.parameter(place))
        self.assertIs(given.set_ledger(builder), given)
        self.assertEqual((given.training.given, given.training.steps, given.training.epochs), (True, 1, 1))
        self.assertFalse(model.training.given)
        np.testing.assert_array_equal(given.explain(data[0]).values, model.explain(data[0]).values)
        self.assertRaisesRegex(ascribe.UnsupportedError, "elsewhere", given.retraining_changes, data[0], [[1]])
        refill = ascribe.LedgerBuilder(given, data, "refill")
        for error, arguments in [
            (ascribe.InvalidArgumentError, (0, 0, 0, np.zeros(4))),
            (ascribe.InvalidArgumentError, (24, 0, 0, np.zeros(4), np.zeros(4))),
            (ValueError, (0, 0, 0, np.zeros(4), np.zeros(3))),
            (ValueError, (0, 0, 0, np.zeros((2, 2)))),
        ]:
            self.assertRaises(error, refill.record, *arguments)
        self.assertRaisesRegex(ascribe.InvalidArgumentError, "rule", ascribe.LedgerBuilder, given, data, "all")

    def test_values_of_a_host(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.1)
        with Dataset(x, y) as data:
            given = Model("linear", data, l2=0.1)
            # The minimum in closed form: half the mean square, and half of 0.1 times the square of the weights.
            a = np.c_[x, np.ones(len(x))]
            theta = np.linalg.solve(a.T @ a / len(x) + np.diag([0.1, 0.1, 0.1, 0]), a.T @ y / len(x))
            given.set_parameter(0, theta[None, :3])
            given.set_parameter(1, theta[3:])
            self.assertRaises(ascribe.UnsupportedError, lambda: given.training)
            given.set_data(data)
            self.assertTrue(given.training.given and given.training.converged and given.training.gradient_norm < 1e-12)
            np.testing.assert_allclose(given.explain((x[0], y[0])).values, model.explain((x[0], y[0])).values, rtol=1e-7)
            given.set_parameter(1, [2.5])
            self.assertFalse(given.set_data(data).training.converged)
            self.assertRaisesRegex(ascribe.InvalidArgumentError, "elsewhere", given.set_data, data, epochs=3)


class Asking(unittest.TestCase):
    def test_other_examples_are_other_questions(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.1)
        with Dataset(x[:20], y[:20]) as one, Dataset(x[20:], y[20:]) as other:
            found = [model.explain((x[0], y[0]), data=data, k=None).values for data in (one, other, one)]
        self.assertFalse(np.array_equal(found[0], found[1]))
        np.testing.assert_array_equal(found[0], found[2])

    def test_preparing_is_canceled_too(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.1)
        with ascribe.Cancel() as flag:
            flag.request()
            self.assertRaises(ascribe.CanceledError, model.explain, (x[0], y[0]), method="influence", cancel=flag)
            self.assertEqual(len(model._attributors), 0)

    def test_what_is_masked_is_refused(self):
        x, y = numbers()
        masked = np.ma.masked_greater(x, 0)
        self.assertRaisesRegex(TypeError, "masked values", Dataset, masked, y)
        self.assertRaisesRegex(TypeError, "masked values", Dataset, x, np.ma.masked_greater(y, 0))
        with Dataset(np.ma.array(x), y) as data:
            self.assertEqual(len(data), len(x))


class Parameters(unittest.TestCase):
    def test_set_and_forget(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.1)
        name = model.parameters[0].name
        self.assertEqual([one.shape for one in model.parameters], [(1, 3), (1,)])
        other = model.copy()
        before = model.explain((x[0], y[0])).values
        other.set_parameter(name, np.zeros((1, 3)))
        other.set_parameter(-1, [2.5])
        self.assertTrue((other.predict(x) == 2.5).all())
        np.testing.assert_array_equal(model.explain((x[0], y[0])).values, before)
        self.assertRaises(ascribe.Error, lambda: other.data)

    def test_saved_and_loaded(self):
        model, data = world_model()
        linear, rows = own_linear()
        with tempfile.TemporaryDirectory() as folder:
            model.save(f"{folder}/world")
            self.assertEqual(ascribe.inspect(f"{folder}/world")["kind"], "distmult")
            again = Model.load(f"{folder}/world")
            np.testing.assert_array_equal(again.explain(data[0]).values, model.explain(data[0]).values)
            linear.save(f"{folder}/linear")
            fresh, _ = own_linear(n=20)
            self.assertIs(fresh.restore(f"{folder}/linear"), fresh)
            np.testing.assert_array_equal(fresh.parameter("weights"), linear.parameter("weights"))
            self.assertRaises(ascribe.Error, model.restore, f"{folder}/linear")


class Explaining(unittest.TestCase):
    def test_scores(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.01)
        query = (x[3], y[3])
        everything = model.explain(query, k=None)
        self.assertEqual((len(everything), everything.examples.tolist()), (40, list(range(40))))
        top = model.explain(query, k=4)
        by_size = sorted(everything, key=lambda one: -abs(one.score))
        self.assertEqual(list(top), by_size[:4])
        self.assertEqual((top[0], top[-1].example, list(top[1:3])), (by_size[0], by_size[3].example, by_size[1:3]))
        for order, sign in ("positive", 1), ("negative", -1):
            found = model.explain(query, k=40, order=order)
            self.assertEqual(len(found), (sign * everything.values > 0).sum())
            self.assertTrue((sign * found.values > 0).all() and (np.diff(sign * found.values) <= 0).all())
        self.assertEqual(len(model.explain(query, k=0)), 0)
        self.assertIn("40 examples", repr(everything))

    def test_scores_are_close_to_retraining(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.01)
        query = (x[3], y[3])
        scores = model.explain(query, k=None)
        truth = model.retraining_changes(query, slice(None))
        found = ascribe.fidelity(scores.values, truth)
        self.assertEqual((truth.shape, found.count), ((40, 1), 40))
        self.assertGreater(found.pearson, 0.99)
        together = model.retraining_changes(query, [[0, 1], [], [-1]])
        self.assertEqual((together.shape, together[1, 0]), ((3, 1), 0.0))
        self.assertEqual(together[2, 0], truth[39, 0])
        exact = model.leave_one_out(query, [0, 39])
        np.testing.assert_allclose(exact.scores[0], truth[[0, 39], 0], rtol=0.05, atol=1e-7)
        self.assertEqual(exact.leverages.shape, (2,))
        self.assertEqual(model.error_bounds((x[:3], y[:3]), [0, 1]).shape, (3, 2))

    def test_several_queries(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.01)
        found = model.attribution((x[:3], y[:3]))
        self.assertEqual((len(found), found.unit, repr(found)), (3, "removal", "Attribution(3 queries)"))
        np.testing.assert_allclose(found.scores(2).values, model.explain((x[2], y[2]), k=None).values)
        self.assertEqual(found.value(-1), found.value(2))
        self.assertTrue(found.certificate().converged)
        self.assertIsNone(found.growth())
        self.assertIsInstance(found.upper_tail(count=3), float)
        self.assertEqual(len(found.top(1, k=7)), 7)

    def test_every_method(self):
        data = Dataset(*two_classes())
        model = hidden_model(data).fit(data, optimizer="sgd", learning_rate=0.05, epochs=4)
        for method in "influence", "graddot", "gradcos", "replay", "dvemb", "tracin", "tracincp", "gas":
            with self.subTest(method), Attributor(model, method) as attributor:
                self.assertEqual(attributor.describe()["method"], method)
                found = attributor.attribution(data[0])
                self.assertTrue(np.isfinite(found.scores().values).all())
                self.assertEqual(found.growth() is not None, method == "replay")
        world, facts = world_model()
        self.assertIn("rollback of 24", repr(Attributor(world)))
        self.assertEqual(list(world.explain(facts[0])), list(world.explain(facts[0], method="rollback")))

    def test_what_is_prepared_is_kept_until_values_change(self):
        model, data = world_model()
        model.explain(data[0])
        model.explain(data[1], k=3)
        self.assertEqual(len(model._attributors), 1)
        model.explain(data[1], scope="all")
        self.assertEqual(len(model._attributors), 2)
        kept = list(model._attributors.values())
        before = model.explain(data[0]).values
        model.fit(data, optimizer="sgd", epochs=2)
        self.assertTrue(all(one.closed for one in kept) and not model._attributors)
        self.assertFalse(np.array_equal(model.explain(data[0]).values, before))

    def test_self_scores(self):
        x, y = two_classes()
        wrong = y.copy()
        wrong[7] = not wrong[7]
        model = Model("logistic", x, wrong, l2=0.01)
        found = model.self_scores()
        self.assertEqual(len(found), 60)
        top = model.self_scores(k=6)
        self.assertEqual(list(top), sorted(found, key=lambda one: -one.score)[:6])
        np.testing.assert_array_equal(model.self_scores([5, -1]).values, found.values[[5, 59]])

    def test_curvature(self):
        model, _ = own_linear()
        influence = Attributor(model, "influence", damping=0.1)
        v = np.arange(4.0)
        np.testing.assert_allclose(influence.inverse_products(influence.products(v) + 0.1 * v), v, atol=1e-9)
        matrix = influence.products(np.eye(4))
        np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
        found = influence.diagnostics
        self.assertTrue(found.at_minimum and found.factored)
        self.assertEqual((found.parameters, found.damping), (4, 0.1))
        self.assertIn("candidates", model.plan())


class Changing(unittest.TestCase):
    def test_what_if(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.05)
        queries = (x[:2], y[:2])
        answer = model.what_if(queries, remove=[3, 4], until="retrained")
        self.assertEqual([level.level for level in answer.levels], ["first-order", "second-order", "newton", "retrained"])
        np.testing.assert_allclose(answer.changes, model.retraining_changes(queries, [[3, 4]])[0], rtol=1e-6)
        np.testing.assert_array_equal(answer.before, model.evaluate(queries))
        self.assertTrue(answer.reached and answer.levels[-1].at_minimum)
        self.assertEqual((answer.parameters(-1).shape, len(answer)), ((4,), 2))
        self.assertIn("2 queries, up to retrained", repr(answer))
        self.assertRaises(IndexError, answer.parameters, 4)

    def test_all_changes_and_the_ways_to_write_them(self):
        x, y = numbers()
        data = Dataset(x, y)
        model = Model("linear", data, l2=0.05).fit(data)
        ways = (
            dict(remove=2, reweight={3: 2.0}, replace={4: data[7]}, add=data[8:10]),
            dict(remove=[2], reweight=[(3, 2.0)], replace=[(4, data[7])], add=[data[8], data[9]]),
            dict(remove=np.array([2]), reweight={3: 2}, replace={-36: data[7]}, add=[(data[8:10], 1.0)]),
            dict(remove=[2], reweight={3: 2.0}, replace={4: data[7]}, add=(data[8:10], 1.0)),
        )
        found = [model.what_if(data[0], until="retrained", **way).changes for way in ways]
        for one in found[1:]:
            np.testing.assert_array_equal(one, found[0])
        heavier = model.what_if(data[0], add=(data[8], 3.0), until="first-order").changes
        np.testing.assert_allclose(heavier, 3 * model.what_if(data[0], add=data[8], until="first-order").changes)
        self.assertRaises(ascribe.InvalidArgumentError, model.what_if, data[0])
        self.assertRaises(ValueError, model.what_if, data[0], replace={1: data[:2]})
        self.assertRaises(TypeError, model.what_if, data[0], add=[3])

    def test_inputs(self):
        model, data = own_linear()
        effects = model.input_effects(data[:2], [0, 1, 2], input="x", functional="prediction")
        self.assertEqual(effects.shape, (2, 3, 3))
        attacked = model.attack(data[0], [0, 1], input="x", functional="prediction", rounds=3, step=0.05, low=-9, high=9)
        self.assertEqual((len(attacked.values), len(attacked.perturbed)), (4, 2))
        self.assertGreater(attacked.values[-1], attacked.values[0])
        x, y = numbers()
        self.assertEqual(Model("linear", x, y, l2=0.1).input_effects((x[0], y[0]), 5).shape, (1, 1, 3))


class Triples(unittest.TestCase):
    def test_nations(self):
        data = Dataset.load("triples", *NATIONS)
        model = Model("distmult", data, dimension=10, seed=7).fit(data, optimizer="sgd", learning_rate=0.03, epochs=10)
        ranks = model.ranking(data, data.part("test"))
        self.assertTrue(0 < ranks.mean_reciprocal_rank < 1 and ranks.hits_at_1 <= ranks.hits_at_10)
        self.assertEqual(ranks.queries, 2 * 201)
        self.assertEqual(model._of_triples, (14, 55))
        ids = data.query("china", "treaties", "usa").triples
        self.assertEqual(list(model.explain(("china", "treaties", "usa"))), list(model.explain(ids)))
        self.assertEqual(model.evaluate(data.part("test")).shape, (201,))
        without = model.what_if(("china", "treaties", "usa"), remove=[0])
        self.assertEqual([level.level for level in without.levels], ["rollback"])
        self.assertTrue(math.isnan(without.levels[0].gradient_norm))
        self.assertRaises(ascribe.UnsupportedError, without.parameters, 0)
        self.assertEqual(small_data().triples.dtype, np.int64)


if __name__ == "__main__":
    unittest.main()
