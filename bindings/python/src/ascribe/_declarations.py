"""Generated from include/ascribe.h; do not edit. To generate it again: python3 bindings/python/gen/declarations.py"""

from ctypes import CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double, c_float, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any, Optional

from ._function import Function

ASCRIBE_ABI_VERSION = 0
ASCRIBE_VERSION_MAJOR = 0
ASCRIBE_VERSION_MINOR = 1
ASCRIBE_VERSION_PATCH = 0


class ascribe_attribution(Structure):
    """Known to the library alone."""


class ascribe_attributor(Structure):
    """Known to the library alone."""


class ascribe_cancel(Structure):
    """Known to the library alone."""


class ascribe_context(Structure):
    """Known to the library alone."""


class ascribe_dataset(Structure):
    """Known to the library alone."""


class ascribe_error(Structure):
    """Known to the library alone."""


class ascribe_graph(Structure):
    """Known to the library alone."""


class ascribe_ledger(Structure):
    """Known to the library alone."""


class ascribe_ledger_builder(Structure):
    """Known to the library alone."""


class ascribe_model(Structure):
    """Known to the library alone."""


class ascribe_options(Structure):
    """Known to the library alone."""


class ascribe_trainer(Structure):
    """Known to the library alone."""


class ascribe_what_if(Structure):
    """Known to the library alone."""


ascribe_status = c_int32
ascribe_log_fn = CFUNCTYPE(None, c_char_p, c_char_p, c_char_p, c_void_p)
ascribe_log_free_fn = CFUNCTYPE(None, c_void_p)


class ascribe_context_options(Structure):
    struct_size: int
    threads: int
    seed: int
    log: Any
    log_data: Optional[int]
    log_level: Optional[bytes]
    log_free: Any


ascribe_context_options._fields_ = [
    ("struct_size", c_size_t),
    ("threads", c_int64),
    ("seed", c_uint64),
    ("log", ascribe_log_fn),
    ("log_data", c_void_p),
    ("log_level", c_char_p),
    ("log_free", ascribe_log_free_fn),
]


class ascribe_progress(Structure):
    struct_size: int
    phase: Optional[bytes]
    done: int
    total: int
    value: float
    quality: float


ascribe_progress._fields_ = [
    ("struct_size", c_size_t),
    ("phase", c_char_p),
    ("done", c_uint64),
    ("total", c_uint64),
    ("value", c_double),
    ("quality", c_double),
]
ascribe_progress_fn = CFUNCTYPE(c_int32, POINTER(ascribe_progress), c_void_p)


class ascribe_monitor(Structure):
    struct_size: int
    progress: Any
    progress_data: Optional[int]
    cancel: Any


ascribe_monitor._fields_ = [
    ("struct_size", c_size_t),
    ("progress", ascribe_progress_fn),
    ("progress_data", c_void_p),
    ("cancel", POINTER(ascribe_cancel)),
]


class ascribe_matrix(Structure):
    data: Any
    rows: int
    cols: int
    row_stride: int
    col_stride: int


ascribe_matrix._fields_ = [
    ("data", POINTER(c_double)),
    ("rows", c_int64),
    ("cols", c_int64),
    ("row_stride", c_int64),
    ("col_stride", c_int64),
]


class ascribe_matrix_f32(Structure):
    data: Any
    rows: int
    cols: int
    row_stride: int
    col_stride: int


ascribe_matrix_f32._fields_ = [
    ("data", POINTER(c_float)),
    ("rows", c_int64),
    ("cols", c_int64),
    ("row_stride", c_int64),
    ("col_stride", c_int64),
]
ascribe_node = c_uint32


class ascribe_training(Structure):
    struct_size: int
    steps: int
    epochs: int
    loss: float
    objective: float
    gradient_norm: float
    converged: int
    finished: int
    best_epoch: int
    clamped: float
    given: int


ascribe_training._fields_ = [
    ("struct_size", c_size_t),
    ("steps", c_uint64),
    ("epochs", c_uint64),
    ("loss", c_double),
    ("objective", c_double),
    ("gradient_norm", c_double),
    ("converged", c_int32),
    ("finished", c_int32),
    ("best_epoch", c_int64),
    ("clamped", c_double),
    ("given", c_int32),
]


class ascribe_ranking(Structure):
    struct_size: int
    mean_reciprocal_rank: float
    hits_at_1: float
    hits_at_3: float
    hits_at_10: float
    queries: int


ascribe_ranking._fields_ = [
    ("struct_size", c_size_t),
    ("mean_reciprocal_rank", c_double),
    ("hits_at_1", c_double),
    ("hits_at_3", c_double),
    ("hits_at_10", c_double),
    ("queries", c_uint64),
]


class ascribe_certificate(Structure):
    struct_size: int
    residual: float
    relative_residual: float
    tolerance: float
    converged: int
    iterations: int
    products: int


ascribe_certificate._fields_ = [
    ("struct_size", c_size_t),
    ("residual", c_double),
    ("relative_residual", c_double),
    ("tolerance", c_double),
    ("converged", c_int32),
    ("iterations", c_uint64),
    ("products", c_uint64),
]


class ascribe_diagnostics(Structure):
    struct_size: int
    examples: int
    parameters: int
    damping: float
    value: float
    gradient_norm: float
    gradient_length: float
    lowest: float
    highest: float
    products: int
    worst_residual: float
    at_minimum: int
    converged: int
    factored: int


ascribe_diagnostics._fields_ = [
    ("struct_size", c_size_t),
    ("examples", c_uint64),
    ("parameters", c_uint64),
    ("damping", c_double),
    ("value", c_double),
    ("gradient_norm", c_double),
    ("gradient_length", c_double),
    ("lowest", c_double),
    ("highest", c_double),
    ("products", c_uint64),
    ("worst_residual", c_double),
    ("at_minimum", c_int32),
    ("converged", c_int32),
    ("factored", c_int32),
]


class ascribe_change(Structure):
    struct_size: int
    kind: Optional[bytes]
    example: int
    data: Any
    row: int
    weight: float


ascribe_change._fields_ = [
    ("struct_size", c_size_t),
    ("kind", c_char_p),
    ("example", c_uint64),
    ("data", POINTER(ascribe_dataset)),
    ("row", c_uint64),
    ("weight", c_double),
]


class ascribe_fidelity(Structure):
    struct_size: int
    pearson: float
    spearman: float
    slope: float
    maximum_error: float
    count: int


ascribe_fidelity._fields_ = [
    ("struct_size", c_size_t),
    ("pearson", c_double),
    ("spearman", c_double),
    ("slope", c_double),
    ("maximum_error", c_double),
    ("count", c_uint64),
]
ASCRIBE_OK = 0
ASCRIBE_INVALID_ARGUMENT = 1
ASCRIBE_SHAPE = 2
ASCRIBE_CANCELED = 3
ASCRIBE_IO = 4
ASCRIBE_FORMAT = 5
ASCRIBE_WRONG_VERSION = 6
ASCRIBE_NOT_CONVERGED = 7
ASCRIBE_NOT_FINITE = 8
ASCRIBE_UNSUPPORTED = 9
ASCRIBE_OUT_OF_RESOURCES = 10
ASCRIBE_INVALID_HANDLE = 11
ASCRIBE_INTERNAL = 12
ASCRIBE_NOT_FOUND = 13
ASCRIBE_NOT_STATIONARY = 14
ASCRIBE_CURVATURE = 15
ASCRIBE_NO_NODE = 0xFFFFFFFF
ascribe_version = Function("ascribe_version", c_char_p)
ascribe_abi_version = Function("ascribe_abi_version", c_uint32)
ascribe_status_name = Function("ascribe_status_name", c_char_p, ascribe_status)
ascribe_error_code = Function("ascribe_error_code", ascribe_status, POINTER(ascribe_error))
ascribe_error_message = Function("ascribe_error_message", c_char_p, POINTER(ascribe_error))
ascribe_error_free = Function("ascribe_error_free", None, POINTER(ascribe_error))
ascribe_cancel_new = Function("ascribe_cancel_new", ascribe_status, POINTER(POINTER(ascribe_cancel)), POINTER(POINTER(ascribe_error)))
ascribe_cancel_request = Function("ascribe_cancel_request", None, POINTER(ascribe_cancel))
ascribe_cancel_reset = Function("ascribe_cancel_reset", None, POINTER(ascribe_cancel))
ascribe_cancel_requested = Function("ascribe_cancel_requested", c_int32, POINTER(ascribe_cancel))
ascribe_cancel_free = Function("ascribe_cancel_free", None, POINTER(ascribe_cancel))
ascribe_context_options_init = Function("ascribe_context_options_init", None, POINTER(ascribe_context_options), c_size_t)
ascribe_context_new = Function("ascribe_context_new", ascribe_status, POINTER(ascribe_context_options), POINTER(POINTER(ascribe_context)), POINTER(POINTER(ascribe_error)))
ascribe_context_threads = Function("ascribe_context_threads", c_int64, POINTER(ascribe_context))
ascribe_context_free = Function("ascribe_context_free", None, POINTER(ascribe_context))
ascribe_monitor_init = Function("ascribe_monitor_init", None, POINTER(ascribe_monitor), c_size_t)
ascribe_options_new = Function("ascribe_options_new", ascribe_status, POINTER(POINTER(ascribe_options)), POINTER(POINTER(ascribe_error)))
ascribe_options_set_number = Function("ascribe_options_set_number", ascribe_status, POINTER(ascribe_options), c_char_p, c_double, POINTER(POINTER(ascribe_error)))
ascribe_options_set_integer = Function("ascribe_options_set_integer", ascribe_status, POINTER(ascribe_options), c_char_p, c_int64, POINTER(POINTER(ascribe_error)))
ascribe_options_set_flag = Function("ascribe_options_set_flag", ascribe_status, POINTER(ascribe_options), c_char_p, c_int32, POINTER(POINTER(ascribe_error)))
ascribe_options_set_text = Function("ascribe_options_set_text", ascribe_status, POINTER(ascribe_options), c_char_p, c_char_p, POINTER(POINTER(ascribe_error)))
ascribe_options_describe = Function("ascribe_options_describe", ascribe_status, c_char_p, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_options_free = Function("ascribe_options_free", None, POINTER(ascribe_options))
ascribe_dataset_load = Function("ascribe_dataset_load", ascribe_status, c_char_p, POINTER(c_char_p), c_size_t, POINTER(ascribe_options), POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_load_like = Function("ascribe_dataset_load_like", ascribe_status, POINTER(ascribe_dataset), POINTER(c_char_p), c_size_t, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_from_triples = Function("ascribe_dataset_from_triples", ascribe_status, POINTER(c_uint32), c_size_t, c_uint32, c_uint32, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_from_matrix = Function("ascribe_dataset_from_matrix", ascribe_status, POINTER(ascribe_matrix), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_from_matrix_f32 = Function("ascribe_dataset_from_matrix_f32", ascribe_status, POINTER(ascribe_matrix_f32), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_new = Function("ascribe_dataset_new", ascribe_status, c_size_t, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_set_numbers = Function("ascribe_dataset_set_numbers", ascribe_status, POINTER(ascribe_dataset), c_char_p, POINTER(ascribe_matrix), POINTER(POINTER(ascribe_error)))
ascribe_dataset_set_numbers_f32 = Function("ascribe_dataset_set_numbers_f32", ascribe_status, POINTER(ascribe_dataset), c_char_p, POINTER(ascribe_matrix_f32), POINTER(POINTER(ascribe_error)))
ascribe_dataset_set_ids = Function("ascribe_dataset_set_ids", ascribe_status, POINTER(ascribe_dataset), c_char_p, POINTER(c_uint32), c_size_t, c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_dataset_set_labels = Function("ascribe_dataset_set_labels", ascribe_status, POINTER(ascribe_dataset), POINTER(c_uint32), c_size_t, c_uint32, POINTER(POINTER(ascribe_error)))
ascribe_dataset_len = Function("ascribe_dataset_len", c_size_t, POINTER(ascribe_dataset))
ascribe_dataset_part = Function("ascribe_dataset_part", ascribe_status, POINTER(ascribe_dataset), c_char_p, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_select = Function("ascribe_dataset_select", ascribe_status, POINTER(ascribe_dataset), POINTER(c_uint64), c_size_t, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_query = Function("ascribe_dataset_query", ascribe_status, POINTER(ascribe_dataset), c_char_p, c_char_p, c_char_p, POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_dataset_triples = Function("ascribe_dataset_triples", ascribe_status, POINTER(ascribe_dataset), POINTER(c_uint32), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_dataset_describe = Function("ascribe_dataset_describe", ascribe_status, POINTER(ascribe_dataset), c_uint64, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_dataset_features = Function("ascribe_dataset_features", c_size_t, POINTER(ascribe_dataset))
ascribe_dataset_classes = Function("ascribe_dataset_classes", c_size_t, POINTER(ascribe_dataset))
ascribe_dataset_class_name = Function("ascribe_dataset_class_name", ascribe_status, POINTER(ascribe_dataset), c_uint32, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_dataset_labels = Function("ascribe_dataset_labels", ascribe_status, POINTER(ascribe_dataset), POINTER(c_uint32), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_dataset_targets = Function("ascribe_dataset_targets", ascribe_status, POINTER(ascribe_dataset), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_dataset_free = Function("ascribe_dataset_free", None, POINTER(ascribe_dataset))
ascribe_graph_new = Function("ascribe_graph_new", ascribe_status, POINTER(POINTER(ascribe_graph)), POINTER(POINTER(ascribe_error)))
ascribe_graph_leaf = Function("ascribe_graph_leaf", ascribe_status, POINTER(ascribe_graph), c_char_p, c_char_p, POINTER(c_int64), c_size_t, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_fill = Function("ascribe_graph_fill", ascribe_status, POINTER(ascribe_graph), c_double, POINTER(c_int64), c_size_t, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_unary = Function("ascribe_graph_unary", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_with_constant = Function("ascribe_graph_with_constant", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, c_double, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_binary = Function("ascribe_graph_binary", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, ascribe_node, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_einsum = Function("ascribe_graph_einsum", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, ascribe_node, c_int32, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_gather = Function("ascribe_graph_gather", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, ascribe_node, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_scatter = Function("ascribe_graph_scatter", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, ascribe_node, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_along_axis = Function("ascribe_graph_along_axis", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_resize = Function("ascribe_graph_resize", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, c_int64, c_int64, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_expand = Function("ascribe_graph_expand", ascribe_status, POINTER(ascribe_graph), ascribe_node, c_int64, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_reshape = Function("ascribe_graph_reshape", ascribe_status, POINTER(ascribe_graph), ascribe_node, POINTER(c_int64), c_size_t, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_permute = Function("ascribe_graph_permute", ascribe_status, POINTER(ascribe_graph), ascribe_node, POINTER(c_int64), c_size_t, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_concatenate = Function("ascribe_graph_concatenate", ascribe_status, POINTER(ascribe_graph), ascribe_node, ascribe_node, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_windows = Function("ascribe_graph_windows", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, c_int64, c_int64, c_int64, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_convolve2d = Function("ascribe_graph_convolve2d", ascribe_status, POINTER(ascribe_graph), ascribe_node, ascribe_node, c_int64, c_int64, c_int64, c_int64, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_gradient = Function("ascribe_graph_gradient", ascribe_status, POINTER(ascribe_graph), ascribe_node, POINTER(ascribe_node), c_size_t, POINTER(ascribe_node), POINTER(POINTER(ascribe_error)))
ascribe_graph_own = Function("ascribe_graph_own", ascribe_status, POINTER(ascribe_graph), ascribe_node, ascribe_node, POINTER(POINTER(ascribe_error)))
ascribe_graph_functional = Function("ascribe_graph_functional", ascribe_status, POINTER(ascribe_graph), c_char_p, ascribe_node, POINTER(POINTER(ascribe_error)))
ascribe_graph_shape = Function("ascribe_graph_shape", ascribe_status, POINTER(ascribe_graph), ascribe_node, POINTER(c_int64), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_graph_free = Function("ascribe_graph_free", None, POINTER(ascribe_graph))
ascribe_model_new = Function("ascribe_model_new", ascribe_status, POINTER(ascribe_context), c_char_p, POINTER(ascribe_dataset), POINTER(ascribe_options), POINTER(POINTER(ascribe_model)), POINTER(POINTER(ascribe_error)))
ascribe_model_custom = Function("ascribe_model_custom", ascribe_status, POINTER(ascribe_context), POINTER(ascribe_graph), ascribe_node, ascribe_node, ascribe_node, POINTER(ascribe_options), POINTER(POINTER(ascribe_model)), POINTER(POINTER(ascribe_error)))
ascribe_model_fit = Function("ascribe_model_fit", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_dataset), POINTER(ascribe_options), POINTER(ascribe_monitor), POINTER(POINTER(ascribe_error)))
ascribe_model_training = Function("ascribe_model_training", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_training), POINTER(POINTER(ascribe_error)))
ascribe_model_smoothness = Function("ascribe_model_smoothness", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_monitor), POINTER(c_double), POINTER(POINTER(ascribe_error)))
ascribe_model_calibrate = Function("ascribe_model_calibrate", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), c_size_t, POINTER(ascribe_monitor), POINTER(POINTER(ascribe_error)))
ascribe_model_describe = Function("ascribe_model_describe", ascribe_status, POINTER(ascribe_model), POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_model_data = Function("ascribe_model_data", ascribe_status, POINTER(ascribe_model), POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_model_clone = Function("ascribe_model_clone", ascribe_status, POINTER(ascribe_model), POINTER(POINTER(ascribe_model)), POINTER(POINTER(ascribe_error)))
ascribe_model_parameters = Function("ascribe_model_parameters", c_size_t, POINTER(ascribe_model))
ascribe_model_dimension = Function("ascribe_model_dimension", c_size_t, POINTER(ascribe_model))
ascribe_model_parameter_name = Function("ascribe_model_parameter_name", ascribe_status, POINTER(ascribe_model), c_size_t, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_model_parameter_shape = Function("ascribe_model_parameter_shape", ascribe_status, POINTER(ascribe_model), c_size_t, POINTER(c_int64), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_model_parameter = Function("ascribe_model_parameter", ascribe_status, POINTER(ascribe_model), c_size_t, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_model_set_parameter = Function("ascribe_model_set_parameter", ascribe_status, POINTER(ascribe_model), c_size_t, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_model_outputs = Function("ascribe_model_outputs", c_size_t, POINTER(ascribe_model))
ascribe_model_predict = Function("ascribe_model_predict", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_matrix), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_model_predict_f32 = Function("ascribe_model_predict_f32", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_matrix_f32), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_model_evaluate = Function("ascribe_model_evaluate", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_dataset), c_char_p, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_model_ranking = Function("ascribe_model_ranking", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_dataset), POINTER(ascribe_dataset), POINTER(ascribe_ranking), POINTER(POINTER(ascribe_error)))
ascribe_model_free = Function("ascribe_model_free", None, POINTER(ascribe_model))
ascribe_trainer_new = Function("ascribe_trainer_new", ascribe_status, POINTER(ascribe_context), POINTER(ascribe_model), POINTER(ascribe_dataset), POINTER(ascribe_options), POINTER(POINTER(ascribe_trainer)), POINTER(POINTER(ascribe_error)))
ascribe_trainer_step = Function("ascribe_trainer_step", ascribe_status, POINTER(ascribe_trainer), c_uint64, POINTER(ascribe_monitor), POINTER(POINTER(ascribe_error)))
ascribe_trainer_training = Function("ascribe_trainer_training", ascribe_status, POINTER(ascribe_trainer), POINTER(ascribe_training), POINTER(POINTER(ascribe_error)))
ascribe_trainer_model = Function("ascribe_trainer_model", ascribe_status, POINTER(ascribe_trainer), POINTER(POINTER(ascribe_model)), POINTER(POINTER(ascribe_error)))
ascribe_trainer_free = Function("ascribe_trainer_free", None, POINTER(ascribe_trainer))
ascribe_attribution_queries = Function("ascribe_attribution_queries", c_size_t, POINTER(ascribe_attribution))
ascribe_attribution_len = Function("ascribe_attribution_len", c_size_t, POINTER(ascribe_attribution), c_size_t)
ascribe_attribution_unit = Function("ascribe_attribution_unit", ascribe_status, POINTER(ascribe_attribution), POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_attribution_value = Function("ascribe_attribution_value", ascribe_status, POINTER(ascribe_attribution), c_size_t, POINTER(c_double), POINTER(POINTER(ascribe_error)))
ascribe_attribution_copy = Function("ascribe_attribution_copy", ascribe_status, POINTER(ascribe_attribution), c_size_t, POINTER(c_uint64), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_attribution_top = Function("ascribe_attribution_top", ascribe_status, POINTER(ascribe_attribution), c_size_t, c_char_p, POINTER(c_uint64), POINTER(c_double), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_attribution_growth = Function("ascribe_attribution_growth", ascribe_status, POINTER(ascribe_attribution), c_size_t, POINTER(c_double), POINTER(POINTER(ascribe_error)))
ascribe_attribution_upper_tail = Function("ascribe_attribution_upper_tail", ascribe_status, POINTER(ascribe_attribution), c_size_t, c_size_t, POINTER(c_double), POINTER(POINTER(ascribe_error)))
ascribe_attribution_certificate = Function("ascribe_attribution_certificate", ascribe_status, POINTER(ascribe_attribution), c_size_t, POINTER(ascribe_certificate), POINTER(POINTER(ascribe_error)))
ascribe_attribution_free = Function("ascribe_attribution_free", None, POINTER(ascribe_attribution))
ascribe_attributor_new = Function("ascribe_attributor_new", ascribe_status, POINTER(ascribe_context), POINTER(ascribe_model), c_char_p, POINTER(ascribe_dataset), POINTER(ascribe_options), POINTER(ascribe_monitor), POINTER(POINTER(ascribe_attributor)), POINTER(POINTER(ascribe_error)))
ascribe_attributor_explain = Function("ascribe_attributor_explain", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_dataset), c_char_p, POINTER(ascribe_monitor), POINTER(POINTER(ascribe_attribution)), POINTER(POINTER(ascribe_error)))
ascribe_attributor_describe = Function("ascribe_attributor_describe", ascribe_status, POINTER(ascribe_attributor), POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_attributor_diagnostics = Function("ascribe_attributor_diagnostics", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_diagnostics), POINTER(POINTER(ascribe_error)))
ascribe_attributor_examples = Function("ascribe_attributor_examples", c_size_t, POINTER(ascribe_attributor))
ascribe_attributor_plan = Function("ascribe_attributor_plan", ascribe_status, POINTER(ascribe_context), POINTER(ascribe_model), POINTER(ascribe_dataset), POINTER(ascribe_options), POINTER(ascribe_monitor), POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_attributor_self = Function("ascribe_attributor_self", ascribe_status, POINTER(ascribe_attributor), POINTER(c_uint64), c_size_t, POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_attributor_leave_one_out = Function("ascribe_attributor_leave_one_out", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_dataset), c_char_p, POINTER(c_uint64), c_size_t, POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_attributor_error_bounds = Function("ascribe_attributor_error_bounds", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_dataset), c_char_p, POINTER(c_uint64), c_size_t, POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_attributor_input_effects = Function("ascribe_attributor_input_effects", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_dataset), c_char_p, c_char_p, POINTER(c_uint64), c_size_t, POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_attributor_attack = Function("ascribe_attributor_attack", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_dataset), c_char_p, c_char_p, POINTER(c_uint64), c_size_t, POINTER(ascribe_options), POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_dataset)), POINTER(POINTER(ascribe_error)))
ascribe_attributor_products = Function("ascribe_attributor_products", ascribe_status, POINTER(ascribe_attributor), c_char_p, POINTER(ascribe_matrix), POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_attributor_free = Function("ascribe_attributor_free", None, POINTER(ascribe_attributor))
ascribe_attributor_what_if = Function("ascribe_attributor_what_if", ascribe_status, POINTER(ascribe_attributor), POINTER(ascribe_dataset), c_char_p, POINTER(ascribe_change), c_size_t, POINTER(ascribe_options), POINTER(ascribe_monitor), POINTER(POINTER(ascribe_what_if)), POINTER(POINTER(ascribe_error)))
ascribe_what_if_queries = Function("ascribe_what_if_queries", c_size_t, POINTER(ascribe_what_if))
ascribe_what_if_levels = Function("ascribe_what_if_levels", c_size_t, POINTER(ascribe_what_if))
ascribe_what_if_reached = Function("ascribe_what_if_reached", c_int32, POINTER(ascribe_what_if))
ascribe_what_if_before = Function("ascribe_what_if_before", ascribe_status, POINTER(ascribe_what_if), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_what_if_level_name = Function("ascribe_what_if_level_name", ascribe_status, POINTER(ascribe_what_if), c_size_t, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_what_if_changes = Function("ascribe_what_if_changes", ascribe_status, POINTER(ascribe_what_if), c_size_t, POINTER(c_double), POINTER(c_double), c_size_t, POINTER(c_double), POINTER(c_int32), POINTER(POINTER(ascribe_error)))
ascribe_what_if_parameters = Function("ascribe_what_if_parameters", ascribe_status, POINTER(ascribe_what_if), c_size_t, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_what_if_free = Function("ascribe_what_if_free", None, POINTER(ascribe_what_if))
ascribe_retraining_changes = Function("ascribe_retraining_changes", ascribe_status, POINTER(ascribe_context), POINTER(ascribe_model), POINTER(ascribe_dataset), c_char_p, POINTER(c_uint64), POINTER(c_size_t), c_size_t, POINTER(ascribe_monitor), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_retraining_fidelity = Function("ascribe_retraining_fidelity", ascribe_status, POINTER(c_double), POINTER(c_double), c_size_t, POINTER(ascribe_fidelity), POINTER(POINTER(ascribe_error)))
ascribe_model_ledger = Function("ascribe_model_ledger", ascribe_status, POINTER(ascribe_model), POINTER(POINTER(ascribe_ledger)), POINTER(POINTER(ascribe_error)))
ascribe_ledger_examples = Function("ascribe_ledger_examples", c_size_t, POINTER(ascribe_ledger))
ascribe_ledger_slots = Function("ascribe_ledger_slots", c_size_t, POINTER(ascribe_ledger), c_uint64)
ascribe_ledger_slot = Function("ascribe_ledger_slot", ascribe_status, POINTER(ascribe_ledger), c_uint64, c_size_t, POINTER(c_size_t), POINTER(c_uint64), POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
ascribe_ledger_change = Function("ascribe_ledger_change", ascribe_status, POINTER(ascribe_ledger), c_uint64, c_size_t, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_ledger_remainder = Function("ascribe_ledger_remainder", ascribe_status, POINTER(ascribe_ledger), c_size_t, POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_ledger_free = Function("ascribe_ledger_free", None, POINTER(ascribe_ledger))
ascribe_ledger_builder_new = Function("ascribe_ledger_builder_new", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_dataset), c_char_p, POINTER(POINTER(ascribe_ledger_builder)), POINTER(POINTER(ascribe_error)))
ascribe_ledger_builder_record = Function("ascribe_ledger_builder_record", ascribe_status, POINTER(ascribe_ledger_builder), c_uint64, c_size_t, c_uint64, POINTER(c_double), POINTER(c_double), c_size_t, POINTER(POINTER(ascribe_error)))
ascribe_ledger_builder_end_step = Function("ascribe_ledger_builder_end_step", ascribe_status, POINTER(ascribe_ledger_builder), c_double, POINTER(POINTER(ascribe_error)))
ascribe_ledger_builder_end_epoch = Function("ascribe_ledger_builder_end_epoch", ascribe_status, POINTER(ascribe_ledger_builder), POINTER(POINTER(ascribe_error)))
ascribe_ledger_builder_free = Function("ascribe_ledger_builder_free", None, POINTER(ascribe_ledger_builder))
ascribe_model_set_data = Function("ascribe_model_set_data", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_context), POINTER(ascribe_dataset), POINTER(ascribe_options), POINTER(ascribe_monitor), POINTER(POINTER(ascribe_error)))
ascribe_model_set_ledger = Function("ascribe_model_set_ledger", ascribe_status, POINTER(ascribe_model), POINTER(ascribe_ledger_builder), POINTER(POINTER(ascribe_error)))
ascribe_model_save = Function("ascribe_model_save", ascribe_status, POINTER(ascribe_model), c_char_p, POINTER(POINTER(ascribe_error)))
ascribe_model_load = Function("ascribe_model_load", ascribe_status, c_char_p, POINTER(POINTER(ascribe_model)), POINTER(POINTER(ascribe_error)))
ascribe_model_restore = Function("ascribe_model_restore", ascribe_status, POINTER(ascribe_model), c_char_p, POINTER(POINTER(ascribe_error)))
ascribe_model_inspect = Function("ascribe_model_inspect", ascribe_status, c_char_p, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(POINTER(ascribe_error)))
