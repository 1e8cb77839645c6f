"""DistMult that this script trains in its own loop, with NumPy: what each fact moved is recorded, and rollback explains the result."""

import sys

import numpy as np

import ascribe

DIMENSION, EPOCHS, RATE = 10, 10, 0.03
data = ascribe.Dataset.load("triples", sys.argv[1] + "/nations")
facts = data.triples
entities, relations = facts[:, [0, 2]].max() + 1, facts[:, 1].max() + 1


def softmax(scores):
    chances = np.exp(scores - scores.max())
    return chances / chances.sum()


def train(without=None, ledger=None):
    """Gradient descent on -log p(tail | head, relation) among all entities, a fact at a time."""
    random = np.random.default_rng(7)
    e, r = (random.uniform(-0.5, 0.5, (rows, DIMENSION)) for rows in (entities, relations))
    for _ in range(EPOCHS):
        for fact, (head, relation, tail) in enumerate(facts):
            if fact == without:
                continue
            product = e[head] * r[relation]
            chances = softmax(e @ product)
            slopes = chances.copy()
            slopes[tail] -= 1.0  # of the loss by each score
            # The slopes of all scores by the rows of relation and head, which is also a candidate.
            of_relation, of_head = e * e[head], e * r[relation]
            of_head[head] += product
            move_relation, moves = -RATE * (slopes @ of_relation), -RATE * np.outer(slopes, product)
            moves[head] = -RATE * (slopes @ of_head)
            if ledger is not None:
                # The diagonal of the Gauss-Newton matrix: how the slopes vary under the chances.
                curvature = np.outer(chances * (1.0 - chances), product**2)
                curvature[head] = chances @ of_head**2 - (chances @ of_head) ** 2
                curved = chances @ of_relation**2 - (chances @ of_relation) ** 2
                ledger.record(fact, 1, relation, move_relation, np.maximum(curved, 0.0))
                for entity in range(entities):
                    ledger.record(fact, 0, entity, moves[entity], np.maximum(curvature[entity], 0.0))
                ledger.end_step(RATE)
            r[relation] += move_relation
            e += moves
    return e, r


model = ascribe.Model("distmult", data, dimension=DIMENSION)
ledger = ascribe.LedgerBuilder(model, data, "refill")
for place, values in enumerate(train(ledger=ledger)):
    model.set_parameter(place, values)
model.set_ledger(ledger)

head, relation, tail = facts[0]
found = model.attribution(data[0], method="rollback")
print(f"probability {found.value():+.6f}")
for example, score in found.top(k=3):
    e, r = train(without=example)
    truth = softmax(e @ (e[head] * r[relation]))[tail] - found.value()
    print(f"without fact {example}: predicted {score:+.6f}, truly {truth:+.6f}")
