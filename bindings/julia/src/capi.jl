"""
The C interface as it is: every function, constant and struct of `ascribe.h` under its own name, nothing renamed and
nothing hidden. Indices count from 0 here, handles are plain pointers, and statuses are numbers. The rest of the package
stands on this module; use it directly only for what the rest does not offer.
"""
module CAPI

using Libdl: dlopen, dlsym, dlext, RTLD_LAZY, RTLD_LOCAL

const ascribe_status = Int32
const ascribe_node = UInt32

# The number of the interface this package was written for; the library says its own.
const ASCRIBE_ABI_VERSION = UInt32(0)

# Statuses.
const ASCRIBE_OK = Int32(0)
const ASCRIBE_INVALID_ARGUMENT = Int32(1)
const ASCRIBE_SHAPE = Int32(2)
const ASCRIBE_CANCELED = Int32(3)
const ASCRIBE_IO = Int32(4)
const ASCRIBE_FORMAT = Int32(5)
const ASCRIBE_WRONG_VERSION = Int32(6)
const ASCRIBE_NOT_CONVERGED = Int32(7)
const ASCRIBE_NOT_FINITE = Int32(8)
const ASCRIBE_UNSUPPORTED = Int32(9)
const ASCRIBE_OUT_OF_RESOURCES = Int32(10)
const ASCRIBE_INVALID_HANDLE = Int32(11)
const ASCRIBE_INTERNAL = Int32(12)
const ASCRIBE_NOT_FOUND = Int32(13)
const ASCRIBE_NOT_STATIONARY = Int32(14)
const ASCRIBE_CURVATURE = Int32(15)

# Levels of log messages.
const ASCRIBE_LOG_ERROR = Int32(1)
const ASCRIBE_LOG_WARNING = Int32(2)
const ASCRIBE_LOG_INFO = Int32(3)
const ASCRIBE_LOG_DEBUG = Int32(4)

# Element types.
const ASCRIBE_F64 = Int32(0)
const ASCRIBE_F32 = Int32(1)

# Losses of triples, the sides they compare, and when candidates are drawn.
const ASCRIBE_LOSS_SAMPLED_SOFTMAX = Int32(0)
const ASCRIBE_LOSS_BINARY_CROSS_ENTROPY = Int32(1)
const ASCRIBE_LOSS_FULL_SOFTMAX = Int32(2)
const ASCRIBE_SIDES_TAILS = Int32(0)
const ASCRIBE_SIDES_HEADS = Int32(1)
const ASCRIBE_SIDES_BOTH = Int32(2)
const ASCRIBE_CANDIDATES_EACH_EPOCH = Int32(0)
const ASCRIBE_CANDIDATES_ONCE = Int32(1)

# Losses of rows.
const ASCRIBE_LOSS_SQUARED = Int32(0)
const ASCRIBE_LOSS_LOGISTIC = Int32(1)
const ASCRIBE_LOSS_HINGE = Int32(2)
const ASCRIBE_LOSS_SOFTMAX = Int32(3)
const ASCRIBE_LOSS_BY_TARGETS = Int32(-1)

# Layers and activations.
const ASCRIBE_LAYER_DENSE = Int32(0)
const ASCRIBE_LAYER_CONVOLUTION = Int32(1)
const ASCRIBE_LAYER_ACTIVATION = Int32(2)
const ASCRIBE_LAYER_MAX_POOL = Int32(3)
const ASCRIBE_LAYER_AVERAGE_POOL = Int32(4)
const ASCRIBE_ACTIVATION_TANH = Int32(0)
const ASCRIBE_ACTIVATION_RELU = Int32(1)
const ASCRIBE_ACTIVATION_GELU = Int32(2)
const ASCRIBE_ACTIVATION_SOFTPLUS = Int32(3)
const ASCRIBE_ACTIVATION_SIGMOID = Int32(4)

# Methods of training, schedules of the learning rate, attributions of Adam.
const ASCRIBE_METHOD_AUTO = Int32(0)
const ASCRIBE_METHOD_SGD = Int32(1)
const ASCRIBE_METHOD_ADAGRAD = Int32(2)
const ASCRIBE_METHOD_ADAM = Int32(3)
const ASCRIBE_METHOD_ADAM_DENSE = Int32(4)
const ASCRIBE_METHOD_MINIMIZE = Int32(5)
const ASCRIBE_SCHEDULE_CONSTANT = Int32(0)
const ASCRIBE_SCHEDULE_LINEAR = Int32(1)
const ASCRIBE_SCHEDULE_EXPONENTIAL = Int32(2)
const ASCRIBE_SCHEDULE_INVERSE_TIME = Int32(3)
const ASCRIBE_ATTRIBUTION_MOMENTUM = Int32(0)
const ASCRIBE_ATTRIBUTION_STEP = Int32(1)

# What a table's targets are.
const ASCRIBE_TARGETS_AUTO = Int32(0)
const ASCRIBE_TARGETS_CLASSES = Int32(1)
const ASCRIBE_TARGETS_NUMBERS = Int32(2)

# Parts of a dataset of triples.
const ASCRIBE_PART_TRAIN = Int32(0)
const ASCRIBE_PART_VALID = Int32(1)
const ASCRIBE_PART_TEST = Int32(2)

# Scopes and efforts of rollback.
const ASCRIBE_SCOPE_ALL_READ = Int32(0)
const ASCRIBE_SCOPE_ENTITIES = Int32(1)
const ASCRIBE_SCOPE_ALL = Int32(2)
const ASCRIBE_EFFORT_AUTO = Int32(0)
const ASCRIBE_EFFORT_EXACT = Int32(1)
const ASCRIBE_EFFORT_LINEAR = Int32(2)
const ASCRIBE_EFFORT_HYBRID = Int32(3)

# Curvatures and solvers of influence.
const ASCRIBE_CURVATURE_AUTO = Int32(0)
const ASCRIBE_CURVATURE_HESSIAN = Int32(1)
const ASCRIBE_CURVATURE_GAUSS_NEWTON = Int32(2)
const ASCRIBE_CURVATURE_FISHER = Int32(3)
const ASCRIBE_SOLVER_AUTO = Int32(0)
const ASCRIBE_SOLVER_DIRECT = Int32(1)
const ASCRIBE_SOLVER_CG = Int32(2)
const ASCRIBE_SOLVER_BLOCK_CG = Int32(3)
const ASCRIBE_SOLVER_MINRES = Int32(4)
const ASCRIBE_SOLVER_LISSA = Int32(5)
const ASCRIBE_SOLVER_LANCZOS = Int32(6)
const ASCRIBE_SOLVER_NYSTROM = Int32(7)

# Changes of a training set, and levels of a what-if.
const ASCRIBE_CHANGE_REMOVE = Int32(0)
const ASCRIBE_CHANGE_REWEIGHT = Int32(1)
const ASCRIBE_CHANGE_REPLACE = Int32(2)
const ASCRIBE_CHANGE_ADD = Int32(3)
const ASCRIBE_LEVEL_FIRST_ORDER = Int32(0)
const ASCRIBE_LEVEL_SECOND_ORDER = Int32(1)
const ASCRIBE_LEVEL_LEVERAGE = Int32(2)
const ASCRIBE_LEVEL_NEWTON = Int32(3)
const ASCRIBE_LEVEL_RETRAINED = Int32(4)

# Orders of the top of an attribution.
const ASCRIBE_ORDER_LARGEST = Int32(0)
const ASCRIBE_ORDER_POSITIVE = Int32(1)
const ASCRIBE_ORDER_NEGATIVE = Int32(2)

# No node of a graph.
const ASCRIBE_NO_NODE = typemax(UInt32)

# What the handles point to is known to the library alone; a type for each keeps them apart.
for name in (:error, :context, :cancel, :graph, :dataset, :model, :trainer, :ledger, :rollback, :influence,
             :attribution, :what_if)
    @eval mutable struct $(Symbol(:ascribe_, name)) end
end

include("capi/structs.jl")
include("capi/functions.jl")
include("capi/library.jl")

# Everything of the C interface, for the rest of the package.
for name in names(@__MODULE__; all=true)
    startswith(lowercase(string(name)), "ascribe_") && @eval export $name
end

end
