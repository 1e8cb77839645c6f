"""Options are the library's: by name, checked by it, and written here as Python has them."""

import pathlib
import unittest

import numpy as np

import ascribe
from ascribe import Dataset, Model
from ascribe._options import Options, divided, written
from fixtures import numbers, two_classes


class Tables(unittest.TestCase):
    def test_what_there_is(self):
        tables = ascribe.options()
        for table in ("training", "network", "triples", "custom", "what-if", "attack", "influence"):
            self.assertIn(table, tables)
        for table in tables:
            found = ascribe.options(table)
            self.assertEqual(len({option.name for option in found}), len(found))
            for option in found:
                self.assertTrue(option.name.isidentifier() and option.about and option.type, option)
        self.assertRaises(ascribe.Error, ascribe.options, "trainings")
        # Nobody's list is changed by another.
        ascribe.options().clear()
        self.assertTrue(ascribe.options())

    def test_no_option_hides_behind_an_argument(self):
        for table, function in (
            ("training", Model.fit), ("network", Model.__init__), ("triples", Model.__init__), ("custom", Model.custom.__func__),
            ("what-if", Model.what_if), ("attack", Model.attack), ("table", Dataset.load.__func__),
        ):  # fmt: skip
            names = {option.name for option in ascribe.options(table)}
            code = function.__code__
            arguments = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
            self.assertFalse(names & arguments, (table, names & arguments))

    def test_every_default_is_accepted(self):
        for table in ascribe.options():
            for option in ascribe.options(table):
                with Options({option.name: option.default}):
                    pass

    def test_they_are_divided_by_their_tables(self):
        given = dict(epochs=3, l2=0.1, nonsense=0)
        own, others = divided(given, "training", but="network")
        self.assertEqual((own, others), (dict(epochs=3), dict(l2=0.1, nonsense=0)))


class Values(unittest.TestCase):
    def test_as_a_person_types_them(self):
        for value, text in (
            ("word", "word"), ([64, 32], "64,32"), ((64, 32), "64,32"), (np.array([3, 5]), "3,5"), (range(3), "0,1,2"),
            (("conv", 8, 5), "conv:8x5"), ([("conv", 8, 5), "tanh", ("max", 2)], "conv:8x5,tanh,max:2"), (("a", "b"), "a,b"),
            (np.float32, "f32"), (np.dtype("f8"), "f64"), (float, "f64"), (pathlib.Path("a/b"), "a/b"), (2**70, str(2**70)),
            ([0.5, True], "0.5,true"), (("cg", 50), "cg:50"), (("a",), "a"), ([], ""),
        ):  # fmt: skip
            self.assertEqual(written(value, "x"), text)
        for wrong in (object(), {"a": 1}, 1j, b"bytes", int):
            self.assertRaises(TypeError, written, wrong, "x")

    def test_numbers_of_numpy_and_bools(self):
        x, y = numbers()
        expected = Model("linear", x, y, l2=0.25, intercept=False)
        for given in (
            dict(l2=np.float64(0.25), intercept=np.bool_(False)), dict(l2="0.25", intercept="false"), dict(l2=np.float32(0.25), intercept=False),
        ):  # fmt: skip
            np.testing.assert_array_equal(Model("linear", x, y, **given).parameter(0), expected.parameter(0))
        self.assertEqual(expected.dimension, 3)
        np.testing.assert_array_equal(Model("linear", x, y, l2=None).parameter(0), Model("linear", x, y).parameter(0))
        data = Dataset(*two_classes())
        expected = Model("mlp", data, hidden=[4], seed="3").parameter(0)
        for seed in (np.int64(3), np.uint8(3), 3):
            np.testing.assert_array_equal(Model("mlp", data, hidden=4, seed=seed).parameter(0), expected)
        self.assertTrue(Model("mlp", data, hidden=4, seed=2**63 + 5).dimension)


if __name__ == "__main__":
    unittest.main()
