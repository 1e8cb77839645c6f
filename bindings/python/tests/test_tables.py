"""Tables with named columns, and what scikit-learn makes, where these packages are."""

import unittest

import numpy as np

from ascribe import Dataset, Model, Trainer
from fixtures import numbers, two_classes

try:
    import pandas
except ImportError:
    pandas = None
try:
    import sklearn.datasets
    import sklearn.linear_model
except ImportError:
    sklearn = None


@unittest.skipIf(pandas is None, "no pandas: tables are not tried")
class Pandas(unittest.TestCase):
    def setUp(self):
        x, y = numbers()
        self.x, self.y = x, y
        self.frame = pandas.DataFrame(x, columns=["area", "rooms", "age"])
        self.frame["price"] = y
        self.model = Model("linear", self.frame, "price", l2=0.1)
        self.rows = self.frame.drop(columns="price")

    def test_a_target_by_its_name(self):
        expected = Model("linear", self.x, self.y, l2=0.1)
        np.testing.assert_array_equal(self.model.parameter(0), expected.parameter(0))
        self.assertEqual(self.model.data.columns, ("area", "rooms", "age"))
        self.assertEqual(Dataset(self.frame, "price")[2:4].columns, ("area", "rooms", "age"))
        self.assertRaisesRegex(ValueError, "'cost'", Dataset, self.frame, "cost")
        series = Dataset(self.rows, self.frame["price"])
        np.testing.assert_array_equal(series.targets, self.y)

    def test_columns_are_taken_by_name(self):
        expected = self.model.predict(self.x)
        turned = self.frame[["age", "price", "area", "rooms"]]
        np.testing.assert_array_equal(self.model.predict(turned), expected)
        np.testing.assert_array_equal(self.model.copy().predict(turned), expected)
        by_array = list(self.model.explain((self.x[3], self.y[3])))
        self.assertEqual(list(self.model.explain((turned.iloc[3], self.y[3]))), by_array)
        self.assertEqual(list(self.model.explain((turned.iloc[3:4], turned["price"].iloc[3:4]))), by_array)
        self.assertRaisesRegex(ValueError, "lacks the columns.*'age'", self.model.predict, self.frame[["area", "rooms"]])
        trained = Trainer(self.model, self.model.data).run().model
        np.testing.assert_allclose(trained.predict(turned), expected, atol=1e-6)

    def test_what_is_not_a_number_is_named(self):
        frame = self.rows.assign(color=["red", "blue"] * 20, kind=pandas.Categorical(["a", "b"] * 20))
        self.assertRaisesRegex(TypeError, "column 'color' of X has dtype.*get_dummies", Dataset, frame)
        self.assertRaisesRegex(TypeError, "column 'kind' of X has dtype category", Dataset, frame.drop(columns="color"))
        encoded = pandas.get_dummies(frame)
        self.assertEqual(Dataset(encoded).features, 7)
        self.assertRaisesRegex(TypeError, "y has dtype", Dataset, self.rows, frame["color"])
        codes = Dataset(self.rows, frame["kind"].cat.codes)
        self.assertEqual((codes.classes, codes.labels[:2].tolist()), (2, [0, 1]))

    def test_columns_of_one_type_are_not_copied(self):
        from ascribe._arrays import lent

        values = np.asarray(self.rows)
        self.assertTrue(np.shares_memory(lent(self.rows, "X").owner, values) or not np.shares_memory(np.asarray(self.rows), values))
        self.assertTrue(Dataset(self.rows.astype("float32")).features == 3)
        mixed = self.rows.assign(whole=np.arange(40), mark=self.y > 0, maybe=pandas.array([1, 2] * 20, dtype="Int64"))
        self.assertEqual(Dataset(mixed).features, 6)

    def test_scores_become_a_table(self):
        scores = self.model.explain((self.x[3], self.y[3]), k=4)
        table = pandas.DataFrame(scores)
        self.assertEqual((list(table.columns), len(table)), (["example", "score"], 4))
        np.testing.assert_array_equal(table["score"], scores.values)

    def test_inputs_of_a_graph(self):
        data = Dataset(dict(self.rows))
        self.assertEqual(len(data), 40)


@unittest.skipIf(sklearn is None, "no scikit-learn: its data and models are not tried")
class ScikitLearn(unittest.TestCase):
    def test_its_data(self):
        x, y = sklearn.datasets.load_iris(return_X_y=True)
        model = Model("softmax", x, y, l2=0.01)
        self.assertEqual((model.outputs, model.data.classes), (3, 3))
        if pandas is not None:
            x, y = sklearn.datasets.load_iris(return_X_y=True, as_frame=True)
            named = Model("softmax", x, y, l2=0.01)
            self.assertEqual(named.data.columns[0], "sepal length (cm)")
            np.testing.assert_array_equal(named.parameter(0), model.parameter(0))

    def test_the_same_minimum(self):
        x, y = two_classes()
        theirs = sklearn.linear_model.LogisticRegression(C=10.0, tol=1e-10, max_iter=1000).fit(x, y)
        ours = Model("logistic", x, y, objective="sum", l2=1 / 10.0, gradient_tolerance=1e-10)
        np.testing.assert_allclose(ours.parameter(0), theirs.coef_, rtol=1e-4)
        np.testing.assert_allclose(ours.parameter(1), theirs.intercept_, rtol=1e-4)

    def test_sparse_matrices_are_refused_in_words(self):
        import scipy.sparse

        self.assertRaisesRegex(TypeError, "X is a sparse .*toarray", Dataset, scipy.sparse.eye(3, format="csr"))


if __name__ == "__main__":
    unittest.main()
