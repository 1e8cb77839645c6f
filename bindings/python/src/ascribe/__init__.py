"""Which training examples a prediction is due to, and what would change without them.

    import ascribe

    model = ascribe.Model("logistic", X, y, l2=0.01)        # rows of X, classes y; trains at once
    for example, score in model.explain((x, label), k=10):  # counted from 0
        print(example, score)                               # predicted change of the loss if the example were removed

:class:`Model` makes and trains models of triples, of rows and of graphs written with operators. :meth:`Model.explain`,
:meth:`Model.what_if`, :meth:`Model.self_scores` and all that an :class:`Attributor` answers as well ask about them;
:meth:`Model.retraining_changes` is the truth.

**Options** are keywords, named as the library names them and handed on to it; :func:`options` says what there is. **Units.** A score of
influence, rollback and replay is the predicted change of a functional (a probability, a loss ...) if the training example were removed
and the model trained again: positive says that removal raises the functional. **Indices** count from 0: examples, rows, entities,
relations, classes, axes. **Arrays**: examples are the rows of a matrix. Arrays of `float64` and `float32` with any strides that are not
negative are read where they are; what is something else is converted by one copy. DataFrames are taken by the names of their columns.
**Ownership**: every object frees itself when it is collected, at `close()`, or at the end of a `with` block, in any order, for each keeps
what it needs. **Threads**: what trains or changes an object needs it alone, everything else may be called from several threads at once on
the same object; Python's global lock is released during every call of the library. **Errors**: what Python can see beforehand is a
TypeError, ValueError or IndexError, what the library says an :class:`Error`, which is one of these too where that is natural.
"""

from . import capi, ops
from ._attribution import Attribution, Certificate, Score, Scores
from ._attributor import Attributor, Diagnostics
from ._context import Cancel, Context, Progress
from ._dataset import Dataset
from ._errors import (
    CanceledError,
    CurvatureError,
    Error,
    FormatError,
    InternalError,
    InvalidArgumentError,
    InvalidHandleError,
    IoError,
    NotConvergedError,
    NotFiniteError,
    NotFoundError,
    NotStationaryError,
    OutOfResourcesError,
    ShapeError,
    Status,
    UnsupportedError,
    WrongVersionError,
)
from ._graph import Graph, Node
from ._model import Model, Parameter, Ranking, inspect
from ._options import Option, options
from ._questions import Attack, LeaveOneOut, Questions
from ._training import Ledger, LedgerBuilder, Slot, Trainer, Training
from ._what_if import Fidelity, Level, WhatIf, fidelity

__version__: str = capi.ascribe_version().decode()
"""The version of the library that was loaded."""

__all__ = [
    "Attack", "Attribution", "Attributor", "Cancel", "CanceledError", "Certificate", "Context", "CurvatureError", "Dataset", "Diagnostics",
    "Error", "Fidelity", "FormatError", "Graph", "InternalError", "InvalidArgumentError", "InvalidHandleError", "IoError", "LeaveOneOut",
    "Ledger", "LedgerBuilder", "Level", "Model", "Node", "NotConvergedError", "NotFiniteError", "NotFoundError", "NotStationaryError", "Option",
    "OutOfResourcesError", "Parameter", "Progress", "Questions", "Ranking", "Score", "Scores", "ShapeError", "Slot", "Status", "Trainer",
    "Training", "UnsupportedError", "WhatIf", "WrongVersionError", "capi", "fidelity", "inspect", "ops", "options",
]  # fmt: skip

for _name in __all__:
    # Said in messages as it is imported.
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
