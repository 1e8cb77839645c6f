"""One object asked by several threads at once, and the global lock, which other threads have meanwhile."""

import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import ascribe
from ascribe import Attributor, Cancel, CanceledError, Dataset
from fixtures import hidden_model, own_linear, two_classes, world_model


class Asking(unittest.TestCase):
    def test_the_same_answers(self):
        world, facts = world_model()
        linear, rows = own_linear()
        influence = Attributor(linear, "influence")

        def ask(place):
            by_rollback = world.explain(facts[place % 24], progress=lambda event: None)
            return list(by_rollback), list(influence.explain(rows[place % 30])), list(linear.self_scores(k=3))

        expected = [ask(place) for place in range(30)]
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(ask, list(range(30)) * 4))
        self.assertEqual(found, expected * 4)

    def test_a_model_prepares_once_for_all(self):
        linear, rows = own_linear()
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda place: linear.explain(rows[place]), range(30)))
        self.assertEqual(len(linear._attributors), 1)

    def test_failures_of_logs_stay_on_their_threads(self):
        def log(*message):
            raise KeyError(threading.get_ident())

        def work(place):
            try:
                with ascribe.Context(log=log, log_level="debug"):
                    self.fail("a context logs that it is made")
            except KeyError as failure:
                return failure.args == (threading.get_ident(),)

        with ThreadPoolExecutor(4) as pool:
            self.assertTrue(all(pool.map(work, range(40))))


class TheLock(unittest.TestCase):
    def test_other_threads_go_on_during_a_call(self):
        data, flag, counted = Dataset(*two_classes()), Cancel(), []

        def train():
            try:
                hidden_model(data).fit(data, epochs=10**7, cancel=flag)
            except CanceledError:
                counted.append("canceled")

        thread = threading.Thread(target=train)
        thread.start()
        # A call that held the lock would be over before this went on.
        time.sleep(0.05)
        flag.request()
        thread.join(60)
        self.assertEqual(counted, ["canceled"])


if __name__ == "__main__":
    unittest.main()
