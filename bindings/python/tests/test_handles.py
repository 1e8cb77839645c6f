"""Lifetimes: closing, collecting, forking, showing."""

import copy
import gc
import os
import pickle
import random
import subprocess
import sys
import unittest
import weakref

import numpy as np

import ascribe
from ascribe import _context
from ascribe._handles import Handle
from ascribe._options import Options
from fixtures import own_linear, world_model


def every_type():
    """One object of every type."""
    model, data = world_model(epochs=2)
    linear, rows = own_linear()
    return [
        ascribe.Context(), ascribe.Cancel(), data, ascribe.Graph(), model, ascribe.Trainer(model, data, optimizer="sgd"), model.ledger,
        ascribe.LedgerBuilder(model, data), ascribe.Attributor(model), model.attribution(data[0]), linear.what_if(rows[0], remove=1, until="first-order"), Options({}),
    ]  # fmt: skip


class Closing(unittest.TestCase):
    def test_close_and_show(self):
        objects = every_type()
        self.assertEqual({type(one) for one in objects}, set(Handle.__subclasses__()))
        for one in objects:
            shown, name = repr(one), type(one).__name__
            self.assertTrue(shown.startswith(f"{name}(") and len(shown) < 150 and "\n" not in shown, shown)
            self.assertFalse(one.closed)
            one.close()
            one.close()
            self.assertTrue(one.closed)
            self.assertEqual(repr(one), f"{name}(closed)")

    def test_use_after_close(self):
        model, data = world_model(epochs=2)
        ledger = model.ledger
        model.close()
        for use in (lambda: model.training, lambda: model.dimension, lambda: model.explain((1, 1, 2)), model.__enter__):
            self.assertRaisesRegex(ValueError, "this Model is closed", use)
        self.assertEqual(len(ledger), len(data))
        data.close()
        self.assertRaisesRegex(ValueError, "this Dataset is closed", len, data)
        g = ascribe.Graph()
        x = g.input("x", 2)
        g.close()
        self.assertRaises(ValueError, lambda: -x)
        self.assertEqual(repr(x), f"Node(%{x.number})")

    def test_with(self):
        for one in every_type():
            with one as same:
                self.assertIs(one, same)
            self.assertTrue(one.closed)
        with self.assertRaises(KeyError), ascribe.Graph() as graph:
            raise KeyError
        self.assertTrue(graph.closed)

    def test_any_order(self):
        for seed in range(5):
            objects = every_type()
            random.Random(seed).shuffle(objects)
            for one in objects:
                one.close()

    def test_they_are_neither_copied_nor_pickled(self):
        for one in every_type():
            self.assertRaises(TypeError, pickle.dumps, one)
            if not isinstance(one, ascribe.Model):
                self.assertRaises(TypeError, copy.copy, one)
        model, _ = world_model(epochs=1)
        other = copy.deepcopy(model)
        other.set_parameter(0, np.zeros(other.parameters[0].shape))
        self.assertTrue(model.parameter(0).any())


class Collecting(unittest.TestCase):
    def test_what_nobody_has_is_freed(self):
        freed = []
        objects = every_type()
        while objects:
            finalizer = objects[-1]._finalizer
            weakref.finalize(objects[-1], freed.append, type(objects[-1]))
            objects.pop()
            gc.collect()
            self.assertFalse(finalizer.alive)
        self.assertEqual(len(freed), 12)

    def test_a_model_that_was_asked_goes_without_the_cycle_collector(self):
        model, data = world_model(epochs=1)
        model.explain(data[0])
        kept = next(iter(model._attributors.values()))._finalizer
        gone = weakref.ref(model)
        gc.disable()
        try:
            del model
            self.assertIsNone(gone())
            self.assertFalse(kept.alive)
        finally:
            gc.enable()

    def test_results_do_not_depend_on_when_the_rest_is_collected(self):
        def lonely():
            model, data = world_model(epochs=2)
            return ascribe.Attributor(model).attribution(data[0])

        expected = lonely().scores()
        for _ in range(10):
            found = lonely()
            gc.collect()
            np.testing.assert_array_equal(found.scores().values, expected.values)

    def test_a_log_is_forgotten_with_its_context(self):
        context = ascribe.Context(log=lambda *message: None)
        model, data = world_model(epochs=1, context=context)
        known = len(_context.callbacks)
        trainer = ascribe.Trainer(model, data, context=context, optimizer="sgd")
        context.close()
        # The trainer still logs.
        self.assertEqual(len(_context.callbacks), known)
        trainer.close()
        model.close()
        self.assertLess(len(_context.callbacks), known)

    def test_the_end_of_the_process(self):
        program = (
            "import ascribe, threading, numpy as np\n"
            "x = np.random.default_rng(0).normal(size=(50, 3))\n"
            "kept = ascribe.Model('linear', x, x[:, 0], context=ascribe.Context(threads=2, log=print, log_level='debug'))\n"
            "cycle = [kept]; cycle.append(cycle)\n"
            "class Late:\n"
            "    def __del__(self, model=kept): model.close()\n"
            "late = Late()\n"
            "def work():\n"
            "    while True: kept.explain((x[0], 1.0), progress=lambda event: None)\n"
            "threading.Thread(target=work, daemon=True).start()\n"
            "print('done')\n"
        )
        for _ in range(5):
            ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertIn("done", ended.stdout)


@unittest.skipUnless(hasattr(os, "fork"), "no fork here")
class Forking(unittest.TestCase):
    def test_a_child_frees_nothing_of_its_parent(self):
        program = (
            "import ascribe, os, gc, numpy as np\n"
            "x = np.random.default_rng(0).normal(size=(50, 3))\n"
            "context = ascribe.Context(threads=2)\n"
            "model = ascribe.Model('linear', x, x[:, 0], context=context)\n"
            "child = os.fork()\n"
            "context.close(); model.close(); del context, model; gc.collect()\n"
            "os.write(1, b'all is well\\n')\n"
            "if child: raise SystemExit(os.waitpid(child, 0)[1])\n"
        )
        ended = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60)
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "all is well\n" * 2, ""))

    def test_processes_share_a_model(self):
        program = (
            "import ascribe, multiprocessing, numpy as np\n"
            "x = np.random.default_rng(0).normal(size=(400, 30))\n"
            "context = ascribe.Context(threads=4)\n"
            "model = ascribe.Model('linear', x, x[:, 0] + x[:, 1] ** 2, l2=0.1, context=context)\n"
            "def scores(row): return model.explain((x[row], 1.0), k=None).values.tobytes()\n"
            "here = [scores(row) for row in range(8)]\n"
            "with multiprocessing.get_context('fork').Pool(2) as pool: there = pool.map(scores, range(8))\n"
            "print(here == there)\n"
        )
        ended = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=120)
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "True\n", ""))


if __name__ == "__main__":
    unittest.main()
