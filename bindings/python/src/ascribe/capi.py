"""The C interface as it is: every function, constant and struct of `ascribe.h` under its own name, for what the rest of the package,
which stands on this module, does not offer.

Functions take and return what ctypes makes of their types: handles are pointers that nothing frees by itself, statuses are numbers,
texts are `bytes`. The global lock is released during every call.
"""

from ._declarations import *  # noqa: F403
from ._library import LIBRARY as LIBRARY
