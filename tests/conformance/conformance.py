"""The results of README.md beside this file, in Python: every line is a name and the bits of a number."""

import os
import struct
import sys

import numpy as np

import ascribe


def result(name, value):
    print(name, struct.pack(">d", value).hex())


def results(name, values):
    for i, value in enumerate(np.ravel(values)):
        result(f"{name}.{i}", value)


def table(name, values):
    for i, row in enumerate(values):
        results(f"{name}.{i}", row)


def all_parameters(name, model):
    for place in range(len(model.parameters)):
        results(f"{name}.parameter.{place}", model.parameter(place))


def attributed(name, found):
    for query in range(len(found)):
        result(f"{name}.value.{query}", found.value(query))
        for example, score in found.scores(query):
            result(f"{name}.{query}.{example}", score)


def rolled_back(name, model, queries, functional):
    for word, effort in ("exact", "exact"), ("linear", "linear"), ("hybrid", ("hybrid", 3)):
        found = model.attribution(queries, method="rollback", effort=effort, functional=functional)
        attributed(f"{name}.{word}", found)
    without = model.what_if(queries, method="rollback", remove=[0, 5, 17], functional=functional)
    results(f"{name}.without", without.changes)


def by_gradients(name, model, queries, functional):
    for method in "graddot", "gradcos":
        attributed(f"{name}.{method}", model.attribution(queries, method=method, functional=functional))
        results(f"{name}.{method}.self", model.self_scores(method=method).values)


def along(name, model, queries, functional):
    for method in "replay", "tracin", "tracincp", "gas":
        found = model.attribution(queries, method=method, functional=functional)
        attributed(f"{name}.{method}", found)
        if method == "replay":
            results(f"{name}.growth", [found.growth(query) for query in range(len(found))])


def removed(name, model, queries, functional):
    table(f"{name}.removal", model.retraining_changes(queries, [[3], [2, 9]], functional=functional))


def of_triples(name, precision, folder):
    paths = [os.path.join(folder, "nations", part + ".tsv") for part in ("train", "valid", "test")]
    data = ascribe.Dataset.load("triples", *paths)
    queries = data.part("test")[:3]
    model = ascribe.Model("distmult", data, dimension=6, negatives=5, precision=precision, seed=11)
    model.fit(data, optimizer="sgd", learning_rate=0.05, batch=1, epochs=3, seed=3)
    all_parameters(name, model)
    results(f"{name}.evaluate", model.evaluate(queries, functional="log-probability"))
    rolled_back(name, model, queries, "probability")
    removed(name, model, queries, "probability")


def influenced(name, model, queries, extra, functional):
    influence = ascribe.Attributor(model, "influence", curvature="hessian")
    known = influence.diagnostics
    result(f"{name}.objective", known.value)
    result(f"{name}.gradient", known.gradient_norm)
    attributed(f"{name}.influence", influence.attribution(queries, functional=functional))
    results(f"{name}.self", influence.self_scores().values)
    found = [influence.leave_one_out(query, [2, 3], functional=functional) for query in queries]
    for query, one in enumerate(found):
        results(f"{name}.leave_one_out.{query}", one.scores)
    results(f"{name}.leverage", found[0].leverages)
    directions = [[((3 * row + 5 * column + 1) % 7 - 3) / 4 for column in range(model.dimension)] for row in range(2)]
    table(f"{name}.products", influence.products(directions))
    table(f"{name}.inverse", influence.inverse_products(directions))
    asked = dict(until="retrained", functional=functional)
    remove = influence.what_if(queries, remove=3, **asked)
    several = influence.what_if(queries, reweight={4: 2.0}, replace={5: extra[0]}, add=extra[1], **asked)
    for word, answer in ("remove", remove), ("several", several):
        for step in answer.levels:
            results(f"{name}.{word}.{step.level}", step.changes)


def table_rows(which):
    return np.array([[((7 * i + 11 * j + i * j) % 13 - 6) / 8 for j in range(3)] for i in which])


def table_data(which, classes):
    if classes:
        return ascribe.Dataset(table_rows(which), [(i * i + i // 4) % 3 for i in which], classes=3)
    return ascribe.Dataset(table_rows(which), [((5 * i + 3) % 11 - 5) / 4 for i in which])


def of_rows(name, kind, precision):
    data, extra = (table_data(which, kind == "softmax") for which in (range(24), (100, 101)))
    queries = data[[1, 7]]
    model = ascribe.Model(kind, data, l2=0.05, precision=precision)
    model.fit(data, optimizer="minimize", gradient_tolerance=1e-5 if precision == "f32" else 1e-10)
    all_parameters(name, model)
    table(f"{name}.predict", model.predict(table_rows((100, 101))))
    influenced(name, model, queries, extra, "loss")
    removed(name, model, queries, "loss")
    by_gradients(name, model, queries, "loss")


def of_layers(name, precision):
    data, extra = table_data(range(24), True), table_data((100, 101), True)
    layers = [("dense", 4), "tanh"]
    model = ascribe.Model("mlp", data, loss="softmax", l2=0.01, layers=layers, precision=precision, seed=11)
    model.fit(data, optimizer="adam", learning_rate=0.01, epochs=4, batch=5, seed=3)
    all_parameters(name, model)
    table(f"{name}.predict", model.predict(table_rows((100, 101))))
    removed(name, model, extra, "loss")
    by_gradients(name, model, extra, "loss")
    along(name, model, extra, "loss")


def of_graph(name, precision):
    users = np.array([7 * k % 30 for k in range(240)])
    items = np.array([(11 * k + k // 30) % 20 for k in range(240)])
    ratings = 1.0 + (3 * users + 5 * items + users * items) % 5
    data = ascribe.Dataset({"user": users, "item": items, "rating": ratings})
    queries = data[[0, 5]]
    g = ascribe.Graph()
    user, item = g.indices("user"), g.indices("item")
    mean, user_bias, item_bias = g.parameter("mean"), g.parameter("user_bias", 30), g.parameter("item_bias", 20)
    user_table, item_table = g.parameter("users", 30, 4), g.parameter("items", 20, 4)
    rating = g.input("rating")
    of_user, of_item, user_row, item_row = user_bias[user], item_bias[item], user_table[user], item_table[item]
    prediction = mean + of_user + of_item + (user_row * item_row).sum()
    d = prediction - rating
    loss = 0.5 * (d * d)
    squares = mean * mean
    for one in user_bias, item_bias, user_table, item_table:
        squares = squares + (one * one).sum()
    penalty = 0.05 * squares
    prediction.functional("prediction")
    user_table.own(user), item_table.own(item), user_bias.own(user), item_bias.own(item)
    model = ascribe.Model.custom(loss, penalty=penalty, outputs=prediction, precision=precision, seed=7)
    model.fit(data, optimizer="sgd", learning_rate=0.02, batch=1, epochs=5)
    all_parameters(name, model)
    ledger = model.ledger
    for slot in range(len(ledger.slots(6))):
        results(f"{name}.change.{slot}", ledger.change(6, slot))
    result(f"{name}.remainder", ledger.remainder(0))
    rolled_back(name, model, queries, "prediction")
    removed(name, model, queries, "prediction")
    along(name, model, queries, "prediction")
    if precision == "f64":
        model.fit(data, optimizer="minimize")
        influenced("graph.minimized", model, queries, data, "prediction")
        removed("graph.minimized", model, queries, "prediction")
        by_gradients("graph.minimized", model, queries, "prediction")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "data"
    of_triples("triples.f64", "f64", folder)
    of_triples("triples.f32", "f32", folder)
    of_rows("rows.squared.f64", "linear", "f64")
    of_rows("rows.softmax.f64", "softmax", "f64")
    of_rows("rows.softmax.f32", "softmax", "f32")
    of_layers("rows.layers.f64", "f64")
    of_layers("rows.layers.f32", "f32")
    of_graph("graph.f64", "f64")
    of_graph("graph.f32", "f32")
    for name in ascribe.options():
        for option in ascribe.options(name):
            print("options", name, option.name, option.default)


if __name__ == "__main__":
    main()
