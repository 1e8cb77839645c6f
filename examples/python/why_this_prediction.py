"""Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by training again
without the fact it names.
"""

import sys
from pathlib import Path

from ascribe import Dataset, Model

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data", "nations")
data = Dataset.load("triples", folder / "train.tsv", folder / "valid.tsv", folder / "test.tsv")

model = Model("distmult", data, dimension=10, initial=0.5, loss="sampled-softmax", negatives=13, seed=7)
model.fit(data, optimizer="sgd", learning_rate=0.03, batch=1, epochs=20)

# The question: the first fact of the test part. Which facts is its probability due to?
question = data.part("test")[0]
[probability] = model.evaluate(question, functional="probability")
print(f"{question.describe(0)}: probability {probability:+.12f}")
facts = model.explain(question, method="rollback", functional="probability", k=5, order="negative")
for example, score in facts:
    print(f"{score:+.12f} {data.describe(example)}")

# The truth: the probability after training again without the first of them, less the probability now.
truth = model.retraining_changes(question, facts[0].example, functional="probability")
print(f"true change {truth.item():+.12f}")
