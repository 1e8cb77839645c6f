"""Arrays are read where they lie, or converted by one copy, and the same numbers give the same bytes from any layout."""

import array
import unittest

import numpy as np

from ascribe import Dataset, Model
from ascribe._arrays import lent
from fixtures import numbers


class Lending(unittest.TestCase):
    def test_what_is_not_copied(self):
        wide = np.arange(700.0).reshape(100, 7)
        for name, x in {
            "C": wide, "Fortran": np.asfortranarray(wide), "transposed": wide.T, "steps": wide[::3, 1::2], "single": wide.astype(np.float32),
            "a column": wide[:, 2], "read-only": np.frombuffer(wide.tobytes()).reshape(100, 7), "one row": wide[5:6],
        }.items():  # fmt: skip
            with self.subTest(name):
                found = lent(x, "x")
                self.assertTrue(np.shares_memory(found.owner, x))
                self.assertEqual((found.struct.rows, found.struct.cols), x.shape if x.ndim == 2 else (len(x), 1))
                self.assertEqual(found.single, x.dtype == np.float32)
        buffer = array.array("d", [1.0, 2.0, 3.0])
        self.assertTrue(np.shares_memory(lent(buffer, "x").owner, np.asarray(buffer)))

    def test_what_is_copied_once(self):
        wide = np.arange(700.0).reshape(100, 7)
        packed = np.zeros(100, dtype=[("flag", "i1"), ("x", "f8")])
        packed["x"] = wide[:, 1]
        for name, x in {
            "backwards": wide[::-1], "repeated": np.broadcast_to(wide[:1], (4, 7)), "whole": wide.astype(int), "bools": wide > 3,
            "half": (wide / 700).astype(np.float16), "other bytes": wide.astype(">f8"), "unaligned": packed["x"],
            "lists": [[1, 2.5], [3, 4]],
        }.items():  # fmt: skip
            with self.subTest(name):
                found = lent(x, "x")
                self.assertFalse(isinstance(x, np.ndarray) and np.shares_memory(found.owner, x))
                np.testing.assert_array_equal(found.owner.reshape(np.shape(x)), np.asarray(x, dtype=np.float64))

    def test_the_same_bytes_from_any_layout(self):
        x, y = numbers()
        model = Model("linear", x, y, l2=0.1)
        expected = model.predict(x)
        wide = np.full((80, 9), np.nan)
        wide[::2, 1::3] = x
        for other in (np.asfortranarray(x), wide[::2, 1::3], x[::-1][::-1], x.tolist(), x.astype(">f8"), np.repeat(x, 2, axis=0)[::2]):
            np.testing.assert_array_equal(model.predict(other), expected)
            np.testing.assert_array_equal(Model("linear", other, y, l2=0.1).parameter(0), model.parameter(0))
        np.testing.assert_allclose(model.predict(x.astype(np.float32)), expected, atol=1e-5)
        np.testing.assert_array_equal(model.predict(x[::-1]), expected[::-1])
        self.assertEqual(model.predict(np.empty((0, 3))).shape, (0, 1))
        p = model.dimension
        directions = np.arange(2.0 * p).reshape(2, p)
        np.testing.assert_array_equal(model.products(np.asfortranarray(directions)), model.products(directions))
        np.testing.assert_array_equal(model.products(directions[1]), model.products(directions)[1])
        np.testing.assert_allclose(model.products(directions.astype(np.float32)), model.products(directions))

    def test_the_library_keeps_a_copy(self):
        x, y = numbers()
        data = Dataset(x, y)
        before = data.targets
        y[:] = 0
        np.testing.assert_array_equal(data.targets, before)


if __name__ == "__main__":
    unittest.main()
