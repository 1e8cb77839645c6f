"""Trains models with other libraries and writes what they end at to expected.json, for libraries.rs.

`pip install scikit-learn statsmodels`, then `python make.py`. Every model is trained to far below its library's default tolerance, so that
objectives are compared and not where somebody stopped.
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import SVC, LinearSVC

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
TABLES = HERE.parents[2] / "data" / "tables"
C, TIGHT = 0.5, 1e-13


def table(name):
    values = np.loadtxt(TABLES / f"{name}.csv", delimiter=",", skiprows=1)
    return values[:, :-1], values[:, -1]


def beside_ones(x):
    return np.c_[x, np.ones(len(x))]


def listed(*arrays):
    return [float(value) for array in arrays for value in np.ravel(array)]


cancer, grown = table("breast_cancer")
cancer = (cancer - cancer.mean(0)) / cancer.std(0)
iris, kind = table("iris")
sepal, others = iris[:, 0], iris[:, 1:]
two, which = iris[kind > 0][:, :2], kind[kind > 0] == 2


def logistic(x, y, c=C):
    return LogisticRegression(C=c, solver="newton-cholesky", tol=TIGHT, max_iter=1000).fit(x, y)


def descended(x, y, decay, rate=0.3, steps=400_000):
    """Gradient descent on the mean logistic loss with the weight decay of torch.optim.SGD: the decay is added to the gradient, of the
    intercept as well."""
    theta, y = np.zeros(x.shape[1]), np.where(y, 1.0, -1.0)
    for _ in range(steps):
        gradient = x.T @ (-y / (1 + np.exp(y * (x @ theta)))) / len(y) + decay * theta
        theta -= rate * gradient
    assert np.abs(gradient).max() < 1e-12, np.abs(gradient).max()
    return theta


model = logistic(cancer, grown)
found = {"scikit-learn LogisticRegression": listed(model.coef_, model.intercept_)}
model = LogisticRegression(C=C, solver="liblinear", tol=TIGHT, max_iter=100_000).fit(cancer, grown)
found["liblinear -s 0 -B 1"] = listed(model.coef_, model.intercept_)
model = LinearSVC(C=C, loss="squared_hinge", dual=False, tol=TIGHT, max_iter=100_000).fit(cancer, grown)
found["liblinear -s 2 -B 1"] = listed(model.coef_, model.intercept_)
model = SVC(C=C, kernel="linear", tol=1e-10).fit(cancer, grown)
found["LIBSVM -s 0 -t 0"] = listed(model.coef_, model.intercept_)
model = logistic(iris, kind)
found["scikit-learn LogisticRegression, three classes"] = listed(model.coef_, model.intercept_)
model = Ridge(alpha=2.0, solver="cholesky").fit(others, sepal)
found["scikit-learn Ridge"] = listed(model.coef_, model.intercept_)
model = sm.OLS(sepal, beside_ones(others)).fit()
found["statsmodels OLS"] = listed(model.params)
model = sm.Logit(which.astype(float), beside_ones(two)).fit(disp=0, method="newton", tol=TIGHT, maxiter=200)
found["statsmodels Logit"] = listed(model.params)
found["weight decay of torch.optim.SGD"] = listed(descended(beside_ones(two - two.mean(0)), which, 0.05))

# The output for row 0 without each row in turn, less that with all: with C, and with the penalty in the mean, whose share goes too.
n = len(cancer)
with_all = logistic(cancer, grown).decision_function(cancer[:1])[0]
without = {"sum": [], "mean": []}
for row in range(n):
    kept = np.arange(n) != row
    for objective, c in ("sum", C), ("mean", C * n / (n - 1)):
        without[objective].append(float(logistic(cancer[kept], grown[kept], c).decision_function(cancer[:1])[0] - with_all))

versions = {"scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__}
text = json.dumps({"versions": versions, "parameters": found, "without": without}, indent=1)
(HERE / "expected.json").write_text(text + "\n")
