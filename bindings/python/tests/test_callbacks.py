"""Progress, cancellation, interrupts, logs, and what callbacks raise."""

import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import numpy as np

import ascribe
from ascribe import Attributor, Cancel, CanceledError, Context, Dataset, Model, Progress, Trainer
from fixtures import hidden_model, own_linear, two_classes, world_model


class Mine(BaseException):
    """Nothing but this test knows it."""


def calls():
    """Every long call, given what monitors it."""
    data = Dataset(*two_classes())
    world, facts = world_model()
    linear, rows = own_linear()
    trained = Model("logistic", data, l2=0.01)

    def influence():
        return Attributor(linear, "influence")

    return {
        "fit": lambda **on: hidden_model(data).fit(data, epochs=6, **on),
        "at once": lambda **on: Model("logistic", *two_classes(), l2=0.01, **on),
        "minimize": lambda **on: trained.copy().fit(data, optimizer="minimize", **on),
        "run": lambda **on: Trainer(hidden_model(data), data, epochs=6).run(**on),
        "step": lambda **on: Trainer(hidden_model(data), data, epochs=6).step(9, **on),
        "rollback": lambda **on: Attributor(world, scope="all").explain(facts[0], **on),
        "replay": lambda **on: Attributor(world, "replay").explain(facts[0], **on),
        "smoothness": lambda **on: world.smoothness(**on),
        "calibrate": lambda **on: world.copy().calibrate(2, **on),
        "influence": lambda **on: Attributor(linear, "influence", **on),
        "explain": lambda **on: influence().explain(rows[0], **on),
        "attribution": lambda **on: influence().attribution(rows[:3], **on),
        "self": lambda **on: influence().self_scores(**on),
        "leave one out": lambda **on: influence().leave_one_out(rows[0], [1, 2], **on),
        "bounds": lambda **on: influence().error_bounds(rows[0], [1, 2], **on),
        "inputs": lambda **on: influence().input_effects(rows[0], [1, 2], input="x", **on),
        "attack": lambda **on: influence().attack(rows[0], [1, 2], input="x", rounds=2, **on),
        "what if": lambda **on: influence().what_if(rows[0], remove=1, until="retrained", **on),
        "products": lambda **on: influence().products(np.ones(linear.dimension), **on),
        "inverse": lambda **on: influence().inverse_products(np.ones(linear.dimension), **on),
        "plan": lambda **on: linear.plan(**on),
        "retraining": lambda **on: world.retraining_changes(facts[0], [1, 2], **on),
    }


class EveryCall(unittest.TestCase):
    def test_progress_stops_raises_and_cancels(self):
        for name, call in calls().items():
            with self.subTest(name):
                self.one(name, call)

    def one(self, name, call):
        seen = []
        call(progress=seen.append)
        for event in seen:
            self.assertIsInstance(event, Progress)
            self.assertTrue(event.phase and event.done >= 0 and (event.total == 0 or event.done <= event.total))
        if name in ("fit", "at once", "minimize", "run", "what if", "retraining"):
            self.assertTrue(seen)
        for index in sorted({*range(1, min(len(seen), 12) + 1), len(seen)} - {0}):
            count = 0

            def at(act):
                def progress(event):
                    nonlocal count
                    count += 1
                    return act() if count == index else None

                return progress

            with self.assertRaises(CanceledError):
                call(progress=at(lambda: False))
            self.assertEqual(count, index)
            count, mine = 0, Mine(index)

            def throw():
                raise mine

            with self.assertRaises(Mine) as thrown:
                call(progress=at(throw))
            self.assertIs(thrown.exception, mine)
            self.assertIsNone(thrown.exception.__context__)
            self.assertEqual(count, index)
            count, flag = 0, Cancel()
            try:
                call(progress=at(flag.request), cancel=flag)
                self.assertEqual(index, len(seen), "asked for in the midst of a call")
            except CanceledError:
                pass
        flag = Cancel()
        flag.request()
        self.assertTrue(flag.requested)
        try:
            call(cancel=flag)
            self.assertFalse(seen)
        except CanceledError as canceled:
            self.assertIs(canceled.status, ascribe.Status.CANCELED)
        flag.reset()
        call(cancel=flag)
        # Any answer but `False` goes on.
        call(progress=lambda event: 0)


class Afterwards(unittest.TestCase):
    def test_a_model_whose_training_was_canceled_is_as_it_was(self):
        data = Dataset(*two_classes())
        expected, model = hidden_model(data).fit(data, epochs=3).parameter(0), hidden_model(data)
        start = model.parameter(0)
        self.assertRaises(CanceledError, model.fit, data, epochs=3, progress=lambda event: False)
        np.testing.assert_array_equal(model.parameter(0), start)
        np.testing.assert_array_equal(model.fit(data, epochs=3).parameter(0), expected)
        closed = Cancel()
        closed.close()
        self.assertRaises(ValueError, model.fit, data, cancel=closed)

    def test_a_callback_may_call_the_library(self):
        data = Dataset(*two_classes())
        world, facts = world_model(epochs=2)
        seen = []
        hidden_model(data).fit(data, epochs=3, progress=lambda event: seen.append(len(world.explain(facts[0], k=2))))
        self.assertTrue(seen and set(seen) == {2})
        model = hidden_model(data)
        self.assertRaises(ascribe.InvalidArgumentError, model.fit, data, progress=lambda event: model.fit(data))

    def test_nothing_is_kept_of_a_call(self):
        from ascribe import _context

        data = Dataset(*two_classes())
        before = dict(_context.callbacks)
        handler = signal.getsignal(signal.SIGINT)
        hidden_model(data).fit(data, epochs=2, progress=lambda event: None)
        self.assertRaises(CanceledError, hidden_model(data).fit, data, progress=lambda event: False)
        self.assertEqual(_context.callbacks, before)
        self.assertIs(signal.getsignal(signal.SIGINT), handler)


class Interrupts(unittest.TestCase):
    # An end for a call whose interrupt was lost; it takes minutes.
    LONG = 10**7

    def setUp(self):
        # A shell ignores interrupts for what it runs in the background.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))

    def test_an_interrupt_ends_the_call_and_is_raised(self):
        data = Dataset(*two_classes())
        for delay in np.linspace(0, 0.02, 25):
            timer = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT))
            # At any moment of the call, but not before it.
            with self.assertRaises(KeyboardInterrupt):
                hidden_model(data).fit(data, epochs=self.LONG, progress=lambda event: timer.start() if event.done == 1 else None)
            timer.join()

    def test_it_ends_calls_that_report_to_nobody(self):
        data = Dataset(*two_classes())
        for _ in range(10):
            started = threading.Event()

            def interrupt():
                started.wait()
                time.sleep(0.005)
                os.kill(os.getpid(), signal.SIGINT)

            thread = threading.Thread(target=interrupt)
            thread.start()
            trainer = Trainer(hidden_model(data), data, epochs=self.LONG)
            started.set()
            with self.assertRaises(KeyboardInterrupt):
                trainer.run()
            thread.join()

    def test_a_handler_of_ones_own_is_called(self):
        data, seen = Dataset(*two_classes()), []
        before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
        try:
            hidden_model(data).fit(data, epochs=3, progress=lambda event: os.kill(os.getpid(), signal.SIGINT))
        finally:
            signal.signal(signal.SIGINT, before)
        self.assertTrue(seen)

    def test_calls_within_callbacks_end_as_well(self):
        data = Dataset(*two_classes())

        def inner(event):
            timer = threading.Timer(0.005, os.kill, (os.getpid(), signal.SIGINT))
            hidden_model(data).fit(data, epochs=self.LONG, progress=lambda event: timer.start() if event.done == 1 else None)

        self.assertRaises(KeyboardInterrupt, hidden_model(data).fit, data, epochs=3, progress=inner)

    def test_a_callback_that_hangs_is_interrupted(self):
        data = Dataset(*two_classes())
        caught = []

        def hang(event):
            try:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(60)
            except KeyboardInterrupt:
                caught.append(event)
                raise

        began = time.monotonic()
        self.assertRaises(KeyboardInterrupt, hidden_model(data).fit, data, epochs=3, progress=hang)
        self.assertEqual(len(caught), 1)
        self.assertLess(time.monotonic() - began, 30)

    def test_the_process_can_be_ended_by_a_key(self):
        program = (
            "import ascribe, numpy as np, signal, sys\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "x = np.random.default_rng(0).normal(size=(50, 3))\n"
            "data = ascribe.Dataset(x, x[:, 0] > 0)\n"
            "model = ascribe.Model('mlp', data, layers=['dense:4', 'tanh'])\n"
            f"model.fit(data, epochs={self.LONG}, progress=lambda event: print('ready', flush=True) if event.done == 1 else None)\n"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=60)
        self.assertTrue(said.rstrip().endswith("KeyboardInterrupt"), said)
        self.assertNotIn("ignored", said)


class Logs(unittest.TestCase):
    def work(self, context):
        world_model(epochs=2, context=context)
        x, y = two_classes()
        Attributor(Model("logistic", x, y, l2=0.01, context=context))

    def test_messages(self):
        seen = []
        with Context(log=lambda *message: seen.append(message), log_level="debug") as context:
            self.assertIn("log", repr(context))
            self.work(context)
        self.assertTrue(seen)
        for level, target, message in seen:
            self.assertIn(level, ("error", "warning", "info", "debug"))
            self.assertTrue(target and message)
        self.assertRaises(ascribe.InvalidArgumentError, Context, log=print, log_level="loud")

    def test_what_a_log_raises(self):
        for index in range(1, 4):
            count, mine = 0, Mine(index)

            def log(*message):
                nonlocal count
                count += 1
                if count == index:
                    raise mine

            with self.assertRaises(Mine) as thrown:
                self.work(Context(log=log, log_level="debug"))
            self.assertIs(thrown.exception, mine)


if __name__ == "__main__":
    unittest.main()
