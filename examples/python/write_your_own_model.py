"""A model of one's own: a factorization machine for ratings, written as a graph, and asked both kinds of question."""

import numpy as np

from ascribe import Attributor, Dataset, Graph, Model

k = np.arange(240)
user_ids, item_ids = 7 * k % 30, (11 * k + k // 30) % 20
ratings = 1.0 + (3 * user_ids + 5 * item_ids + user_ids * item_ids) % 5
data = Dataset({"user": user_ids, "item": item_ids, "rating": ratings})

g = Graph()
user, item = g.indices("user"), g.indices("item")
mean, user_bias, item_bias = g.parameter("mean"), g.parameter("user_bias", 30), g.parameter("item_bias", 20)
users, items = g.parameter("users", 30, 4), g.parameter("items", 20, 4)
rating = g.input("rating")

prediction = mean + user_bias[user] + item_bias[item] + (users[user] * items[item]).sum()
loss = 0.5 * (prediction - rating) ** 2
penalty = 0.05 * (mean**2 + (user_bias**2).sum() + (item_bias**2).sum() + (users**2).sum() + (items**2).sum())
prediction.functional("prediction")
users.own(user)
items.own(item)
user_bias.own(user)
item_bias.own(item)

model = Model.custom(loss, penalty=penalty, outputs=prediction, initial=0.1, seed=7)
model.fit(data, optimizer="sgd", learning_rate=0.02, batch=1, epochs=30)

question = data[0]
[predicted] = model.evaluate(question, functional="prediction")
print(f"prediction {predicted:+.12f}")
for example, score in model.explain(question, method="rollback", functional="prediction", k=3):
    print(f"rollback {score:+.12f} example {example}")

model.fit(data, optimizer="minimize", gradient_tolerance=1e-8)
influence = Attributor(model, "influence", curvature="hessian")
due_to = influence.explain(question, functional="prediction", k=3)
for example, score in due_to:
    print(f"influence {score:+.12f} example {example}")

answer = influence.what_if(question, functional="prediction", remove=due_to[0].example, until="retrained")
for step in answer.levels:
    print(f"{step.level} {step.changes.item():+.12f}")
