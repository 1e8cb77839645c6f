"""Datasets: what they are made of, parts of them, files."""

import gzip
import tempfile
import unittest
from pathlib import Path

import numpy as np

from ascribe import Dataset, InvalidArgumentError, Model
from fixtures import DATA, NATIONS, numbers, small_data, two_classes


class Rows(unittest.TestCase):
    def test_numbers_classes_and_neither(self):
        x, y = numbers()
        data = Dataset(x, y)
        self.assertEqual((len(data), data.features, data.classes, repr(data)), (40, 3, 0, "Dataset(40 rows of 3 features)"))
        np.testing.assert_array_equal(data.targets, y)
        np.testing.assert_array_equal(Dataset(x, y[:, np.newaxis]).targets, y)
        x, y = two_classes()
        marked, counted = Dataset(x, y), Dataset(x, y.astype(np.int8))
        np.testing.assert_array_equal(marked.labels, y)
        np.testing.assert_array_equal(counted.labels, marked.labels)
        self.assertEqual((marked.classes, marked.class_names), (2, ["0", "1"]))
        self.assertEqual(Dataset(x, np.zeros(len(x), dtype=bool)).classes, 2)
        self.assertEqual(Dataset(x, y.astype(int), classes=5).classes, 5)
        self.assertEqual(Dataset(x).features, 3)
        self.assertRaises(InvalidArgumentError, Dataset, x, y.astype(int), classes=1)
        marked.set_labels(1 - marked.labels)
        np.testing.assert_array_equal(marked.labels, ~y)

    def test_parts(self):
        x, y = numbers()
        data = Dataset(x, y)
        for index, expected in (
            (3, y[3:4]), (-1, y[-1:]), (slice(2, 9, 3), y[2:9:3]), (slice(None, None, -1), y[::-1]), ([5, 5, 0], y[[5, 5, 0]]),
            (np.array([1, -2]), y[[1, -2]]), (y > 0, y[y > 0]), (np.uint64(4), y[4:5]),
        ):  # fmt: skip
            np.testing.assert_array_equal(data[index].targets, expected)
        self.assertEqual([one.targets[0] for one in data], y.tolist())
        self.assertEqual(data.describe(2), f"row 2: target {y[2]}")
        self.assertEqual(data.describe(-1)[:6], "row 39")
        self.assertRaises(TypeError, lambda: data["a"])
        self.assertRaises(TypeError, lambda: data[1.5])


class Triples(unittest.TestCase):
    def test_files_names_and_ids(self):
        data = Dataset.load("triples", *NATIONS)
        self.assertEqual((len(data), len(data.part("valid")), len(data.part("test"))), (1592, 199, 201))
        self.assertEqual(len(Dataset.load("triples", DATA / "nations")), 1592)
        self.assertEqual(data.describe(0), "netherlands militaryalliance uk")
        np.testing.assert_array_equal(data.triples[:2], [[0, 0, 1], [2, 1, 3]])
        asked = data.query("china", "treaties", "usa")
        self.assertEqual((len(asked), asked.describe(0)), (1, "china treaties usa"))
        self.assertRaises(InvalidArgumentError, data.part, "dev")
        ids = small_data()
        self.assertEqual((len(ids), ids.features), (24, 0))
        again = Dataset.from_triples(ids.triples, entities=12, relations=2)
        np.testing.assert_array_equal(again.triples, ids.triples)


class Files(unittest.TestCase):
    def test_tables(self):
        data = Dataset.load("table", DATA / "tables" / "iris.csv", task="classes", standardize=True)
        self.assertEqual((len(data), data.features, data.classes), (150, 4, 3))
        some = Dataset.load("table", DATA / "tables" / "iris.csv", task="classes", rows=[3, 5, 8])
        self.assertEqual(len(some), 3)
        again = data.load_like(DATA / "tables" / "iris.csv")
        np.testing.assert_array_equal(again.labels, data.labels)

    def test_arrays_of_numpy(self):
        x, y = two_classes()
        with tempfile.TemporaryDirectory() as folder:
            features, labels = Path(folder, "x.npy"), Path(folder, "y.npy")
            np.save(features, x)
            np.save(labels, y.astype(np.int64))
            data = Dataset.load("npy", features, labels)
            self.assertEqual((len(data), data.features), x.shape)
            np.testing.assert_array_equal(data.labels, y)

    def test_messages_and_compressed_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "messages.tsv.gz")
            with gzip.open(path, "wt") as file:
                file.write("ham\thello there\nspam\tfree money\n" * 5)
            data = Dataset.load("messages", path)
            self.assertEqual((len(data), sorted(data.class_names)), (10, ["ham", "spam"]))


class Inputs(unittest.TestCase):
    def test_numbers_and_ids_of_any_rank(self):
        data = Dataset({"ids": [1, 2, 3], "pairs": np.ones((3, 2), dtype=np.uint16), "x": [0.5, 1.5, 2.5], "image": np.ones((3, 2, 2, 1))})
        self.assertEqual((len(data), len(data[1:])), (3, 2))
        data.set_input("x", np.float32([1, 2, 3]))
        self.assertRaises(ValueError, data.set_input, "x", 1.0)
        self.assertRaises(ValueError, data.set_input, "ids", [-1, 0, 1])
        self.assertRaises(InvalidArgumentError, data.set_input, "x", [1.0, 2.0])
        self.assertRaises(ValueError, Dataset, {})
        self.assertRaises(TypeError, Dataset, {"x": [1.0]}, [1.0])


class Asking(unittest.TestCase):
    def test_the_ways_to_write_a_query_are_the_same(self):
        x, y = two_classes()
        data = Dataset(x, y)
        model = Model("logistic", data, l2=0.01).fit(data)
        expected = list(model.explain(data[4]))
        label = int(y[4])
        for query in ((x[4], label), (x[4:5], [label]), (x[4].tolist(), label), (x[4:5], np.array([y[4]]))):
            self.assertEqual(list(model.explain(query)), expected)
        np.testing.assert_array_equal(model.evaluate((x, y)), model.evaluate(data))
        self.assertEqual(model.evaluate(x[4], functional="output").shape, (1,))
        model = Model("distmult", small_data(), dimension=4).fit(small_data())
        expected = list(model.explain(small_data()[4]))
        for query in (tuple(small_data().triples[4]), small_data().triples[4:5], small_data().triples[4].tolist()):
            self.assertEqual(list(model.explain(query)), expected)
        self.assertEqual(len(model.evaluate(small_data().triples)), 24)
        self.assertRaises(ValueError, model.evaluate, (1, 2))


if __name__ == "__main__":
    unittest.main()
