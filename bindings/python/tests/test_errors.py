"""What Python sees beforehand is one of its own exceptions, what the library says an `ascribe.Error`."""

import pickle
import unittest

import numpy as np

import ascribe
from ascribe import Attributor, Dataset, Graph, Model
from fixtures import NATIONS, numbers, small_data


class OfTheLibrary(unittest.TestCase):
    def test_every_status_has_a_class(self):
        from ascribe._errors import CLASSES

        self.assertEqual(set(CLASSES), {int(status) for status in ascribe.Status} - {0})
        self.assertEqual(len(set(CLASSES.values())), len(CLASSES))

    def test_message_status_and_built_in_exception(self):
        data = small_data()
        rows = Dataset(*numbers())
        model = Model("linear", rows).fit(rows)
        cases = (
            (lambda: Dataset.load("table", "/nowhere/table.csv"), ascribe.IoError, OSError, "/nowhere/table.csv"),
            (lambda: Model.load("/nowhere/model"), ascribe.IoError, OSError, "/nowhere"),
            (lambda: Model("linear", rows, dimension=3), ascribe.InvalidArgumentError, ValueError, "dimension"),
            (lambda: Model("linear", rows, l3=1.0), ascribe.InvalidArgumentError, ValueError, "l2"),
            (lambda: model.fit(rows, optimizer="newton"), ascribe.InvalidArgumentError, ValueError, "newton"),
            (lambda: model.explain(rows[0], functional="margin"), ascribe.UnsupportedError, NotImplementedError, "margin"),
            (lambda: Model("distmult", data).ledger, ascribe.Error, Exception, ""),
            (lambda: Graph().input("x", 2) + Graph().input("x", 3), ValueError, ValueError, "different graphs"),
            (lambda: Model("linear", [[1.0, np.nan], [2.0, 3.0]], [1.0, 2.0]), ascribe.NotFiniteError, ArithmeticError, "NaN"),
        )
        for call, kind, built_in, part in cases:
            with self.subTest(part), self.assertRaises(kind) as found:
                call()
            self.assertIsInstance(found.exception, built_in)
            self.assertIn(part, str(found.exception))
        with self.assertRaises(LookupError) as unknown:
            Dataset.load("triples", *NATIONS).query("chinna", "treaties", "usa")
        self.assertIs(type(unknown.exception), ascribe.NotFoundError)
        self.assertIs(unknown.exception.status, ascribe.Status.NOT_FOUND)
        self.assertIn('did you mean "china"', unknown.exception.message)

    def test_shapes_of_graphs(self):
        g = Graph()
        with self.assertRaises(ascribe.ShapeError):
            g.input("x", 2) + g.input("y", 3)

    def test_they_are_pickled(self):
        error = ascribe.NotFoundError("no such name", ascribe.Status.NOT_FOUND)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.message, again.status), (type(error), error.message, error.status))

    def test_a_status_of_a_newer_library(self):
        from ascribe._errors import ERROR, taken

        error = taken(4711, ERROR())
        self.assertEqual((type(error), error.status, str(error)), (ascribe.Error, 4711, "unknown status"))


class SeenBeforehand(unittest.TestCase):
    def test_values_types_and_indices(self):
        x, y = numbers()
        data = Dataset(x, y)
        model = Model("linear", data).fit(data)
        attributor = Attributor(model)
        for kind, part, call in (
            (ValueError, "y has shape (39,), expected (40,)", lambda: Dataset(x, y[1:])),
            (ValueError, "X has shape (2, 2, 2)", lambda: Dataset(np.zeros((2, 2, 2)))),
            (ValueError, "classes is 3", lambda: Dataset(x, y, classes=3)),
            (ValueError, "input 'b' has 3 examples and input 'a' has 2", lambda: Dataset({"a": [1.0, 2.0], "b": [1, 2, 3]})),
            (ValueError, "triples has -1", lambda: Dataset.from_triples([[0, -1, 0]], entities=1, relations=1)),
            (ValueError, "expected (triples, 3)", lambda: Dataset.from_triples([[0, 0]], entities=1, relations=1)),
            (ValueError, "without zeros", lambda: Dataset.load("table", "a\0b")),
            (ValueError, "values has shape (4,)", lambda: model.set_parameter(0, np.ones(4))),
            (ValueError, "directions has shape (5,)", lambda: model.products(np.ones(5))),
            (ValueError, "expected one: attribution takes several", lambda: model.explain((x, y))),
            (ValueError, "k is -1", lambda: model.explain((x[0], y[0]), k=-1)),
            (ValueError, "truth has shape (2,)", lambda: ascribe.fidelity([1.0], [1.0, 2.0])),
            (ValueError, "steps is -1", lambda: ascribe.Trainer(model, data).step(-1)),
            (TypeError, "X has dtype <U1", lambda: Dataset([["a"], ["b"]])),
            (TypeError, "X has dtype complex128", lambda: Dataset(np.ones((2, 2)) * 1j)),
            (TypeError, "y has dtype <U1", lambda: Dataset(x[:2], ["a", "b"])),
            (TypeError, "format is of type int", lambda: Dataset.load(3, "x")),
            (TypeError, "option l2 is of type object", lambda: Model("linear", data, l2=object())),
            (TypeError, "options (damping)", lambda: attributor.explain(data[0], damping=0.1)),
            (TypeError, "a query is 'a question'", lambda: model.explain("a question")),
            (TypeError, "y is missing", lambda: Model("linear", x)),
            (IndexError, "the index has example 40 of 40", lambda: data[40]),
            (IndexError, "examples has example -41 of 40", lambda: model.retraining_changes(data[0], [-41])),
            (IndexError, "mask of shape (2,)", lambda: data[[True, False]]),
            (IndexError, "query is 40", lambda: model.attribution((x, y)).value(40)),
            (IndexError, "parameter is 7", lambda: model.parameter(7)),
            (IndexError, "reweight names example 40 of 40", lambda: attributor.what_if(data[0], reweight={40: 2.0})),
            (KeyError, "no parameter 'no such name'", lambda: model.parameter("no such name")),
        ):  # fmt: skip
            with self.subTest(part), self.assertRaises(kind) as found:
                call()
            self.assertIn(part, str(found.exception))
            self.assertNotIsInstance(found.exception, ascribe.Error)


if __name__ == "__main__":
    unittest.main()
