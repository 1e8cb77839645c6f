"""What several topics need: small data, small models, and where things are."""

import os
from pathlib import Path

import numpy as np

import ascribe

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"
HEADER = ROOT / "include" / "ascribe.h"
NATIONS = [DATA / "nations" / f"{part}.tsv" for part in ("train", "valid", "test")]
CI = os.environ.get("CI") in ("true", "1")


def numbers(n=40, seed=1):
    """Rows with numbers to predict: n × 3, and what a linear rule with noise says of them."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 3))
    return x, x @ [1.0, -2.0, 0.5] + 0.3 + 0.1 * random.normal(size=n)


def two_classes(n=60, seed=2):
    """Rows of two classes that overlap."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 3))
    return x, x[:, 0] + 0.5 * x[:, 1] + random.normal(size=n) > 0


def small_data():
    """Triples of a small world: entities in a ring, who is next and who is two further."""
    triples = [(head, relation, (head + relation + 1) % 12) for head in range(12) for relation in range(2)]
    return ascribe.Dataset.from_triples(triples, entities=12, relations=2)


def world_model(epochs=8, context=None, **options):
    """A model of the small world with a ledger, and its data."""
    data = small_data()
    model = ascribe.Model("distmult", data, dimension=4, negatives=5, seed=3, context=context, **options)
    return model.fit(data, optimizer="sgd", learning_rate=0.1, epochs=epochs), data


def own_linear(n=30):
    """A linear model of numbers as a graph, at its minimum, and its data."""
    x, y = numbers(n)
    g = ascribe.Graph()
    features, target = g.input("x", 3), g.input("y")
    weights, bias = g.parameter("weights", 3), g.parameter("bias")
    prediction = (weights * features).sum() + bias
    prediction.functional("prediction")
    loss, penalty = 0.5 * (prediction - target) ** 2, 0.05 * (weights**2).sum()
    model = ascribe.Model.custom(loss, penalty=penalty, outputs=prediction, seed=1)
    data = ascribe.Dataset({"x": x, "y": y})
    return model.fit(data, optimizer="minimize", gradient_tolerance=1e-10), data


def hidden_model(data, seed=1):
    """A model of two classes with a hidden layer, not trained."""
    return ascribe.Model("mlp", data, layers=[("dense", 4), "tanh"], seed=seed)
