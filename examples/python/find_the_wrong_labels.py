"""Which labels are wrong? Give every tenth digit a wrong label, train, and look among the examples whose own loss depends most on
themselves.
"""

import sys
from pathlib import Path

import numpy as np

from ascribe import Dataset, Model

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
data = Dataset.load("table", folder / "tables" / "digits.csv", task="classes")

digits = data.labels
flipped = np.arange(0, len(digits), 10)
digits[flipped] = (digits[flipped] + 1) % 10
data.set_labels(digits, classes=10)

model = Model("softmax", data, l2=0.01)
model.fit(data, optimizer="minimize")

# The rows by influence on themselves, largest first; of equal ones the first.
suspects = model.self_scores(method="influence", curvature="hessian", k=len(data))
for percent in 10, 20, 30:
    looked_at = suspects.examples[: len(suspects) * percent // 100]
    print(f"{percent} %: {np.isin(looked_at, flipped).sum()} of {len(flipped)}")
for example, score in suspects[:5]:
    print(f"{score:+.12f} row {example}")
