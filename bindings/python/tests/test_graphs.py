"""Expressions compute what NumPy does with the numbers that they stand for."""

import unittest

import numpy as np

from ascribe import Dataset, Graph, Model, ops

EXAMPLES = 5


def computed(build, *arrays, ids=()):
    """What `build(graph, nodes...)` is for numbers that every example has its own of: an array with the examples first.

    A functional has one number for each example, so each element of the expression is one.
    """
    g = Graph()
    data = {f"x{i}": array for i, array in enumerate(arrays)}
    nodes = [g.input(name, *array.shape[1:]) for name, array in data.items()]
    data.update({f"i{i}": array for i, array in enumerate(ids)})
    nodes += [g.indices(f"i{i}", *array.shape[1:]) for i, array in enumerate(ids)]
    found = build(*nodes)
    shape = found.shape
    flat = found.reshape(-1)
    names = [f"f{place}" for place in range(flat.size)]
    # Asking for a number twice finds the same expression, which may have one name only.
    for place, name in enumerate(names):
        (flat[place] + 1e-300 * place).functional(name)
    loss = (g.parameter("w") - g.input("target")) ** 2
    model = Model.custom(loss)
    data["target"] = np.ones(len(arrays[0]))
    asked = Dataset(data)
    columns = [model.evaluate(asked, functional=name) for name in names]
    return np.stack(columns, axis=-1).reshape(len(arrays[0]), *shape)


class Operators(unittest.TestCase):
    def setUp(self):
        random = np.random.default_rng(3)
        self.x, self.y = random.normal(size=(EXAMPLES, 2, 3)), random.normal(size=(EXAMPLES, 2, 3))
        self.v = random.normal(size=(EXAMPLES, 3))
        self.positive = np.abs(self.x) + 0.5

    def same(self, build, expected, *arrays, ids=()):
        np.testing.assert_allclose(computed(build, *arrays, ids=ids), expected, rtol=1e-12, atol=1e-14)

    def test_arithmetic(self):
        x, y, v, positive = self.x, self.y, self.v, self.positive
        for build, arrays in (
            (lambda a, b: a + b, (x, y)), (lambda a, b: a - b, (x, y)), (lambda a, b: a * b, (x, y)), (lambda a, b: a / b, (x, positive)),
            (lambda a, b: a**b, (positive, x)), (lambda a: a + 2, (x,)), (lambda a: 2 + a, (x,)), (lambda a: a - 2, (x,)),
            (lambda a: 2 - a, (x,)), (lambda a: a * 3, (x,)), (lambda a: 3 * a, (x,)), (lambda a: a / 4, (x,)), (lambda a: 4 / a, (positive,)),
            (lambda a: a**2, (x,)), (lambda a: a**3, (x,)), (lambda a: a**-0.5, (positive,)), (lambda a: 2**a, (x,)), (lambda a: -a, (x,)),
            (lambda a: +a, (x,)), (abs, (x,)), (lambda a: np.float64(2) * a, (x,)),
        ):  # fmt: skip
            self.same(build, build(*arrays), *arrays)
        # The shorter is repeated along leading axes.
        self.same(lambda a, b: a + b, x + v[:, np.newaxis], x, v)
        self.same(lambda a, b: a * b[:, None], x * v[:, :2, np.newaxis], x, v[:, :2])

    def test_products(self):
        x, v = self.x, self.v
        self.same(lambda a, b: a @ b, np.einsum("nd,nd->n", v, 2 * v), v, 2 * v)
        self.same(lambda a, b: a @ b, np.einsum("nij,nj->ni", x, v), x, v)
        self.same(lambda a, b: b @ a.T, np.einsum("nij,nj->ni", x, v), x, v)
        self.same(lambda a, b: a @ b.T, np.einsum("nij,nkj->nik", x, self.y), x, self.y)
        self.same(lambda a, b: ops.einsum("ij,j->i", a, b), np.einsum("nij,nj->ni", x, v), x, v)

    def test_functions(self):
        x, positive = self.x, self.positive
        for build, expected, array in (
            (ops.exp, np.exp, x), (ops.log, np.log, positive), (ops.tanh, np.tanh, x), (ops.sin, np.sin, x), (ops.cos, np.cos, x),
            (ops.sqrt, np.sqrt, positive), (ops.sign, np.sign, x), (ops.relu, lambda a: np.maximum(a, 0), x),
            (ops.step, lambda a: (a > 0) * 1.0, x), (ops.sigmoid, lambda a: 1 / (1 + np.exp(-a)), x),
            (ops.softplus, lambda a: np.log1p(np.exp(a)), x),
        ):  # fmt: skip
            self.same(build, expected(array), array)
        gelu = computed(ops.gelu, x)
        np.testing.assert_allclose(gelu, x * 0.5 * (1 + computed(ops.erf, x / np.sqrt(2))))
        np.testing.assert_allclose(computed(ops.gelu_tanh, x), gelu, atol=1e-3)

    def test_axes(self):
        x = self.x
        for axis in (None, 0, 1, -1, (0, 1)):
            over = tuple(a + 1 if a >= 0 else a for a in ((0, 1) if axis is None else axis if isinstance(axis, tuple) else (axis,)))
            for keepdims in (False, True):
                for build, expected in (
                    (lambda a: a.sum(axis, keepdims), x.sum(over, keepdims=keepdims)),
                    (lambda a: a.mean(axis, keepdims), x.mean(over, keepdims=keepdims)),
                    (lambda a: a.max(axis, keepdims), x.max(over, keepdims=keepdims)),
                    (lambda a: ops.log_sum_exp(a, axis, keepdims), np.log(np.exp(x).sum(over, keepdims=keepdims))),
                ):
                    self.same(build, expected, x)
        wide = np.random.default_rng(5).normal(size=(EXAMPLES, 2, 3, 4))
        self.same(lambda a: a.sum((0, 2)), wide.sum((1, 3)), wide)
        self.same(lambda a: a.max((-1, 0), keepdims=True), wide.max((1, 3), keepdims=True), wide)
        self.same(ops.softmax, np.exp(x) / np.exp(x).sum(-1, keepdims=True), x)
        self.same(lambda a: ops.softmax(a, axis=0), np.exp(x) / np.exp(x).sum(1, keepdims=True), x)
        self.same(ops.argmax_mask, (x == x.max(-1, keepdims=True)) * 1.0, x)
        self.same(lambda a: ops.expand(a, 0, 2), np.stack([x, x], 1), x)
        self.same(lambda a: ops.expand(a, -1, 2), np.stack([x, x], -1), x)
        self.same(lambda a: ops.pad(a, 1, 1, 5), np.pad(x, ((0, 0), (0, 0), (1, 1))), x)
        self.same(lambda a, b: ops.concatenate([a, b, a], axis=-1), np.concatenate([x, self.y, x], -1), x, self.y)

    def test_shapes_and_indices(self):
        x = self.x
        self.same(lambda a: a.reshape(3, 2), x.reshape(-1, 3, 2), x)
        self.same(lambda a: a.reshape(-1), x.reshape(-1, 6), x)
        self.same(lambda a: a.T, x.transpose(0, 2, 1), x)
        self.same(lambda a: a.transpose(1, 0), x.transpose(0, 2, 1), x)
        for index in (0, -1, slice(1, None), (slice(None), 2), (1, slice(0, 2)), (Ellipsis, 0), (None, 1), (slice(None), None, slice(1, 3)), (1, 2)):
            whole = (slice(None), *(index if isinstance(index, tuple) else (index,)))
            self.same(lambda a: a[index], x[whole], x)
        g = Graph()
        x = g.input("x", 2, 3)
        self.assertEqual((x.shape, x.ndim, x.size, len(x), len(list(x))), ((2, 3), 2, 6, 2, 2))
        for wrong in (2, -3, (0, 0, 0), slice(0, 0), slice(0, 2, 2), (Ellipsis, Ellipsis)):
            self.assertRaises(IndexError, lambda: x[wrong])
        self.assertRaises(ValueError, x.sum, 2)
        self.assertRaises(TypeError, bool, x)
        for wrong in (lambda: x + "a", lambda: np.ones(3) * x, lambda: x @ 2, lambda: x + np.ones(3)):
            self.assertRaises(TypeError, wrong)

    def test_rows_and_labels(self):
        ids = np.array([[0], [1], [2], [0], [1]]) % 2
        self.same(lambda a, i: a[i], np.stack([row[i] for row, i in zip(self.x, ids)]), self.x, ids=(ids,))
        labels = ids[:, 0] + np.array([0, 1, 0, 1, 0])
        self.same(ops.gather, np.array([row[i] for row, i in zip(self.v, labels)]), self.v, ids=(labels,))
        pairs = np.stack([labels, 2 - labels], -1).astype(np.uint8)
        self.same(ops.gather, np.take_along_axis(self.x, pairs[..., np.newaxis].astype(int), -1)[..., 0], self.x, ids=(pairs,))
        self.same(lambda a, i: ops.scatter(a, i, 3), np.eye(3)[labels] * self.v[:, :1], self.v[:, 0], ids=(labels,))
        self.same(lambda a, i: ops.scatter_rows(a, i, 3), np.einsum("nr,nd->nrd", np.eye(3)[labels], self.v), self.v, ids=(labels,))

    def test_images(self):
        image = np.random.default_rng(1).normal(size=(EXAMPLES, 4, 6, 2))
        windows = np.stack([[image[:, 2 * i : 2 * i + 2, 3 * j : 3 * j + 3] for j in range(2)] for i in range(2)])
        windows = windows.transpose(2, 0, 1, 3, 4, 5)
        self.same(lambda a: ops.unfold(a, (2, 3), (2, 3)), windows, image)
        self.same(lambda a: ops.fold(ops.unfold(a, (2, 3), (2, 3)), (4, 6), (2, 3)), image, image)
        self.same(lambda a: ops.max_pool2d(a, (2, 3)), windows.max((3, 4)), image)
        self.same(lambda a: ops.average_pool2d(a, (2, 3)), windows.mean((3, 4)), image)
        weights = np.ones((EXAMPLES, 1, 2, 2, 2))
        expected = sum(image[:, i : i + 3, j : j + 5].sum(-1) for i in range(2) for j in range(2))[..., np.newaxis]
        self.same(lambda a, w: ops.convolve2d(a, w), expected, image, weights)


class Derivatives(unittest.TestCase):
    def test_gradients_of_gradients(self):
        g = Graph()
        w, x = g.parameter("w", 3), g.input("x", 3)
        [gradient] = (w**3).sum().gradient([w])
        twice = (gradient @ g.constant(1.0, 3)).gradient(w)
        (ops.broadcast_batch(twice) @ x).functional("second")
        per_batch = ops.batch_sum((w @ x) ** 2)
        self.assertEqual((gradient.shape, twice.shape, per_batch.gradient(w).shape), ((3,), (3,), (3,)))
        model = Model.custom((w @ x) ** 2)
        rows = np.random.default_rng(0).normal(size=(4, 3))
        found = model.evaluate(Dataset({"x": rows}), functional="second")
        np.testing.assert_allclose(found, rows @ (6 * model.parameter("w")))

    def test_graphs_are_not_mixed(self):
        one, other = Graph().input("x"), Graph().input("x")
        for mixed in (lambda: one + other, lambda: one.own(other), lambda: one.gradient(other), lambda: Model.custom(one, penalty=other)):
            self.assertRaisesRegex(ValueError, "different graphs", mixed)


if __name__ == "__main__":
    unittest.main()
