/*
 * Ascribe: which training examples is a prediction due to, and what would change without them?
 *
 * This header is the documentation of the C interface. The chapter below holds for every function; each function then says
 * the rest. A program includes this file, links with -lascribe, and needs nothing else.
 *
 *     ascribe_graph *graph = NULL;
 *     ascribe_error *error = NULL;
 *     if (ascribe_graph_new(&graph, &error) != ASCRIBE_OK) {
 *       fprintf(stderr, "%s\n", ascribe_error_message(error));
 *       ascribe_error_free(error);
 *       return 1;
 *     }
 *     ...
 *     ascribe_graph_free(graph);
 *
 *
 * OWNERSHIP
 *
 * Objects live behind handles: pointers to structs that only the library knows, one type for each kind of thing. A function that
 * makes an object puts its handle into an output; the caller owns it and gives it back to the _free function of its type, once. Every
 * _free takes NULL, may be called on any thread, and returns nothing. The order does not matter: an object keeps what it needs of
 * others alive by itself (a trainer the threads of its context, an explanation the model it is about).
 *
 * Everything a function is given, texts, arrays, structs and what they point to, is the caller's, is only looked at during the call,
 * and is copied where the library needs it longer. The exceptions are callbacks of a context, with their data: they must live as long
 * as the context and what was made with it. Results are written to memory of the caller's, or are objects. The library never gives out
 * memory to be freed by other means than a _free function, and never takes any over. Texts it returns directly are its own; each
 * function says how long they are valid.
 *
 * A handle that was freed, is of another type, or is none at all is answered with ASCRIBE_INVALID_HANDLE where memory still allows to
 * see it. That is a help in finding mistakes, not a promise. An object that is freed while a call on another thread uses it is
 * destroyed when that call returns.
 *
 *
 * ERRORS
 *
 * A function that can fail returns an ascribe_status: ASCRIBE_OK, which is 0, or why it failed. Its last parameter may be NULL or point to
 * an ascribe_error pointer, which then receives an object with the same status and a sentence that names the argument, what was found
 * and what was expected. What the pointer was before is not read; it is written only on failure, and the object must then be freed. Outputs
 * are written only on success: after a failure they are as they were, all of them. Functions that return a number or a text directly
 * cannot fail; they say what they return for NULL.
 *
 * No argument crashes the library but pointers to memory that is not there. NULL where something must be, texts that are not UTF-8, sizes
 * below zero or beyond memory, numbers that are no constant of this header: each is a status. A fault of the library itself becomes
 * ASCRIBE_INTERNAL, and an object that the call was changing refuses to be used afterwards (ASCRIBE_INTERNAL again) but can be freed. Rust
 * prints a line to the standard error stream when that happens; nothing else ever prints. What cannot be promised: where the system
 * has no memory left in the middle of work whose size could not be known before, the process ends.
 *
 *
 * THREADS
 *
 * Each function has one of three sentences.
 *
 *   "May be called from any thread at the same time." Whatever it is given as const may be in use by other calls of this kind.
 *   "Needs exclusive access to `x`." No other call may use x until it returns.
 *   "Safe from a signal handler." That, and from any thread at the same time.
 *
 * const in a signature says the same: an object that is given as const does not change. A call that would disturb another one (it needs an
 * object for itself that is in use, or uses one that is being changed) fails with ASCRIBE_INVALID_ARGUMENT instead.
 *
 * There is no state outside of objects, no environment variable is read, and no thread is started but by ascribe_context_new(). Callbacks
 * are called only on the thread that made the call. They must return: an exception or a jump through the library is not allowed.
 *
 * The same arguments give the same bytes, whatever the number of threads and whichever language calls.
 *
 *
 * TEXTS AND ARRAYS
 *
 * Texts are UTF-8 and end with a zero. A function that gives out a text takes a buffer, its capacity in bytes, and a place for the length
 * without the zero. With a buffer of NULL or a capacity of 0 it puts the length alone, so a caller asks twice: for the length, and with a
 * buffer of one more. A buffer that is too small is ASCRIBE_INVALID_ARGUMENT, and nothing is put.
 *
 * Arrays are a pointer and a count of elements; the pointer is not looked at when the count is 0. Matrices are an ascribe_matrix, which
 * has strides, so that arrays in any order are read in place. An array for results comes with its capacity in elements, which may be larger
 * than needed but not smaller. Results must not overlap each other, nor the arrays they are made of. Indices count from 0. Sizes of values are
 * int64_t, counts of buffers size_t, truth values int32_t (0 or 1), results double whatever precision a model has.
 *
 *
 * WHAT CAN BE ASKED
 *
 * A functional is the number that is explained, by its name; NULL stands for the first there is. A score is the predicted change of the
 * functional if the training example were removed and the model trained again.
 *
 *   of triples  "probability" of the tail among all entities, "log-probability", "score"; "head-probability", "head-log-probability",
 *               "head-score" of the head. Queries are triples of head, relation and tail.
 *   of rows     "loss" against the row's target, without penalty; "probability" and "log-probability" of the target; "margin", by how much
 *               the target is preferred; "output". All but the last need queries with targets.
 *   of graphs   "loss", without penalty, and what ascribe_graph_functional() has named.
 *
 *
 * OPTIONS AND RESULTS IN STRUCTS
 *
 * Structs that may grow begin with struct_size. Options are filled by the _init function of their type and then changed:
 *
 *     ascribe_context_options options;
 *     ascribe_context_options_init(&options, sizeof options);
 *     options.threads = 4;
 *
 * NULL in place of options means the defaults. A struct for results is given with struct_size set to its sizeof; the fields it has are
 * filled. Structs only ever grow at the end, so programs that were compiled with an older header keep working, and newer ones work with
 * an older library as long as what they ask for is known to it (ASCRIBE_UNSUPPORTED otherwise). Structs without struct_size never change.
 *
 *
 * VERSIONS
 *
 * ASCRIBE_ABI_VERSION counts incompatible changes of this interface and is part of the shared library's name; a program that loads the
 * library by hand should compare it with ascribe_abi_version(). Until version 1.0 any minor version may raise it. "since" says in which
 * version a function came. Numbers of constants are never used again.
 */

#ifndef ASCRIBE_H
#define ASCRIBE_H

/* Generated from src/capi; do not edit. */

#include <stddef.h>
#include <stdint.h>

/**
 * The number of the binary interface: programs and libraries with different numbers must not be used together. It is also
 * the number in the shared library's name.
 */
#define ASCRIBE_ABI_VERSION 0

/**
 * The major version of this header.
 */
#define ASCRIBE_VERSION_MAJOR 0

/**
 * The minor version of this header.
 */
#define ASCRIBE_VERSION_MINOR 1

/**
 * The patch version of this header.
 */
#define ASCRIBE_VERSION_PATCH 0

/**
 * Something failed.
 */
#define ASCRIBE_LOG_ERROR 1

/**
 * Something is doubtful, and results were made all the same.
 */
#define ASCRIBE_LOG_WARNING 2

/**
 * The large steps of the work.
 */
#define ASCRIBE_LOG_INFO 3

/**
 * Everything else.
 */
#define ASCRIBE_LOG_DEBUG 4

/**
 * Targets of a table are classes where they are text or few different whole numbers, otherwise numbers.
 */
#define ASCRIBE_TARGETS_AUTO 0

/**
 * Targets of a table are classes.
 */
#define ASCRIBE_TARGETS_CLASSES 1

/**
 * Targets of a table are numbers.
 */
#define ASCRIBE_TARGETS_NUMBERS 2

/**
 * The triples to train on.
 */
#define ASCRIBE_PART_TRAIN 0

/**
 * The triples to choose by, and to stop early by.
 */
#define ASCRIBE_PART_VALID 1

/**
 * The triples to judge by.
 */
#define ASCRIBE_PART_TEST 2

/**
 * Double precision.
 */
#define ASCRIBE_F64 0

/**
 * Single precision.
 */
#define ASCRIBE_F32 1

/**
 * Cross-entropy of a softmax over the true candidate and sampled ones.
 */
#define ASCRIBE_LOSS_SAMPLED_SOFTMAX 0

/**
 * Logistic losses of the true candidate against one and of sampled ones against zero.
 */
#define ASCRIBE_LOSS_BINARY_CROSS_ENTROPY 1

/**
 * Cross-entropy of a softmax over every entity.
 */
#define ASCRIBE_LOSS_FULL_SOFTMAX 2

/**
 * Tails are compared with other candidates.
 */
#define ASCRIBE_SIDES_TAILS 0

/**
 * Heads are compared with other candidates.
 */
#define ASCRIBE_SIDES_HEADS 1

/**
 * Both are; the losses are added.
 */
#define ASCRIBE_SIDES_BOTH 2

/**
 * Candidates are drawn anew in every epoch.
 */
#define ASCRIBE_CANDIDATES_EACH_EPOCH 0

/**
 * Candidates are drawn once.
 */
#define ASCRIBE_CANDIDATES_ONCE 1

/**
 * Half the square of output minus target.
 */
#define ASCRIBE_LOSS_SQUARED 0

/**
 * The logistic loss of two classes.
 */
#define ASCRIBE_LOSS_LOGISTIC 1

/**
 * The hinge of two classes, smoothed.
 */
#define ASCRIBE_LOSS_HINGE 2

/**
 * Cross-entropy of a softmax over the classes.
 */
#define ASCRIBE_LOSS_SOFTMAX 3

/**
 * The loss follows the targets: squared for numbers, logistic for two classes, softmax for more.
 */
#define ASCRIBE_LOSS_BY_TARGETS -1

/**
 * A matrix product; `a` is the number of outputs.
 */
#define ASCRIBE_LAYER_DENSE 0

/**
 * A convolution without padding; `a` is the channels out, `b` the side of the square window.
 */
#define ASCRIBE_LAYER_CONVOLUTION 1

/**
 * An elementwise function; `a` is one of the ASCRIBE_ACTIVATION_... constants.
 */
#define ASCRIBE_LAYER_ACTIVATION 2

/**
 * The largest value of each square window; `a` is its side. Windows do not overlap.
 */
#define ASCRIBE_LAYER_MAX_POOL 3

/**
 * The mean of each square window; `a` is its side. Windows do not overlap.
 */
#define ASCRIBE_LAYER_AVERAGE_POOL 4

/**
 * tanh x.
 */
#define ASCRIBE_ACTIVATION_TANH 0

/**
 * max(x, 0).
 */
#define ASCRIBE_ACTIVATION_RELU 1

/**
 * x times the normal distribution function of x.
 */
#define ASCRIBE_ACTIVATION_GELU 2

/**
 * ln(1 + exp x).
 */
#define ASCRIBE_ACTIVATION_SOFTPLUS 3

/**
 * 1 / (1 + exp -x).
 */
#define ASCRIBE_ACTIVATION_SIGMOID 4

/**
 * By size, the largest effect first.
 */
#define ASCRIBE_ORDER_LARGEST 0

/**
 * Scores above zero, the highest first: removal would raise the functional.
 */
#define ASCRIBE_ORDER_POSITIVE 1

/**
 * Scores below zero, the lowest first: removal would lower the functional.
 */
#define ASCRIBE_ORDER_NEGATIVE 2

/**
 * The Hessian at a minimum, the Gauss-Newton matrix elsewhere.
 */
#define ASCRIBE_CURVATURE_AUTO 0

/**
 * The Hessian; refused away from a minimum.
 */
#define ASCRIBE_CURVATURE_HESSIAN 1

/**
 * The generalized Gauss-Newton matrix.
 */
#define ASCRIBE_CURVATURE_GAUSS_NEWTON 2

/**
 * The empirical Fisher matrix.
 */
#define ASCRIBE_CURVATURE_FISHER 3

/**
 * What suits best.
 */
#define ASCRIBE_SOLVER_AUTO 0

/**
 * The assembled matrix, factored.
 */
#define ASCRIBE_SOLVER_DIRECT 1

/**
 * Conjugate gradients, query by query.
 */
#define ASCRIBE_SOLVER_CG 2

/**
 * Conjugate gradients, all queries together.
 */
#define ASCRIBE_SOLVER_BLOCK_CG 3

/**
 * Minimal residuals, which indefinite curvature does not stop.
 */
#define ASCRIBE_SOLVER_MINRES 4

/**
 * The stochastic series of Agarwal et al., with all examples in each step.
 */
#define ASCRIBE_SOLVER_LISSA 5

/**
 * Some eigenvectors by the method of Lanczos; see `rank`.
 */
#define ASCRIBE_SOLVER_LANCZOS 6

/**
 * A randomized low-rank approximation; see `rank`.
 */
#define ASCRIBE_SOLVER_NYSTROM 7

/**
 * The example is not there.
 */
#define ASCRIBE_CHANGE_REMOVE 0

/**
 * The example has another weight: `weight`.
 */
#define ASCRIBE_CHANGE_REWEIGHT 1

/**
 * The example is another one: `row` of `with`.
 */
#define ASCRIBE_CHANGE_REPLACE 2

/**
 * An example more: `row` of `with`, with `weight`.
 */
#define ASCRIBE_CHANGE_ADD 3

/**
 * The sum of scores.
 */
#define ASCRIBE_LEVEL_FIRST_ORDER 0

/**
 * The same with what the changed examples do to the curvature, to its first order.
 */
#define ASCRIBE_LEVEL_SECOND_ORDER 1

/**
 * One example removed, with its own curvature taken out exactly.
 */
#define ASCRIBE_LEVEL_LEVERAGE 2

/**
 * One step of Newton's method on the changed training set.
 */
#define ASCRIBE_LEVEL_NEWTON 3

/**
 * The optimum of the changed training set.
 */
#define ASCRIBE_LEVEL_RETRAINED 4

/**
 * Lazy Adam for triples, graphs and rows with layers; other rows are minimized.
 */
#define ASCRIBE_METHOD_AUTO 0

/**
 * Stochastic gradient descent.
 */
#define ASCRIBE_METHOD_SGD 1

/**
 * Adagrad.
 */
#define ASCRIBE_METHOD_ADAGRAD 2

/**
 * Adam that moves only the rows of a step.
 */
#define ASCRIBE_METHOD_ADAM 3

/**
 * Adam that moves every row that was ever touched.
 */
#define ASCRIBE_METHOD_ADAM_DENSE 4

/**
 * Newton's method and L-BFGS to the optimum; for rows and graphs.
 */
#define ASCRIBE_METHOD_MINIMIZE 5

/**
 * The same learning rate throughout.
 */
#define ASCRIBE_SCHEDULE_CONSTANT 0

/**
 * Down to zero at the end.
 */
#define ASCRIBE_SCHEDULE_LINEAR 1

/**
 * Times `schedule_value` in each epoch.
 */
#define ASCRIBE_SCHEDULE_EXPONENTIAL 2

/**
 * Divided by 1 + `schedule_value` times the epochs so far.
 */
#define ASCRIBE_SCHEDULE_INVERSE_TIME 3

/**
 * Each example is credited with what its gradients move, now and through momentum later.
 */
#define ASCRIBE_ATTRIBUTION_MOMENTUM 0

/**
 * All movement of a row in an example's own step is the example's.
 */
#define ASCRIBE_ATTRIBUTION_STEP 1

/**
 * Examples that own any row the query reads.
 */
#define ASCRIBE_SCOPE_ALL_READ 0

/**
 * Examples that own a row of the first parameter that the query reads: of triples, an entity's.
 */
#define ASCRIBE_SCOPE_ENTITIES 1

/**
 * All examples.
 */
#define ASCRIBE_SCOPE_ALL 2

/**
 * Exactly up to twenty thousand examples, otherwise as ASCRIBE_EFFORT_HYBRID.
 */
#define ASCRIBE_EFFORT_AUTO 0

/**
 * The functional is evaluated without each example's changes.
 */
#define ASCRIBE_EFFORT_EXACT 1

/**
 * To first order: minus the inner product of the functional's gradient with the changes.
 */
#define ASCRIBE_EFFORT_LINEAR 2

/**
 * To first order, and then exactly for the examples of greatest effect.
 */
#define ASCRIBE_EFFORT_HYBRID 3

/**
 * For each query the scores of training examples. A score is the predicted change of the functional if the example were removed
 * and the model trained again: a fact that supports a probability has a negative score.
 */
typedef struct ascribe_attribution ascribe_attribution;

/**
 * A flag that ends long calls: given to them in an ascribe_watch, set by ascribe_cancel_request() from anywhere. One flag may
 * serve many calls.
 */
typedef struct ascribe_cancel ascribe_cancel;

/**
 * Where calls run: a pool of threads, the seed of random numbers, and who hears messages. NULL in its place means one thread (the
 * caller's), seed 42 and no messages. What is made with a context keeps its threads alive: it may be freed at any time.
 */
typedef struct ascribe_context ascribe_context;

/**
 * Examples to train on, or queries to ask about: triples, rows of numbers with or without targets, or the inputs of a graph. What
 * it is made of is copied. Models and explanations that were made with it keep it as it was.
 */
typedef struct ascribe_dataset ascribe_dataset;

/**
 * Why a call failed: a status and a sentence that names the argument, what was found and what was expected. A call makes one
 * only when it fails and was given somewhere to put it.
 */
typedef struct ascribe_error ascribe_error;

/**
 * A model as its user writes it: values, from parameters and inputs to a loss, with what examples own and what can be asked. A
 * value is per-example (inputs, ids and what depends on them) or shared by all examples (parameters, constants); shapes never
 * mention the examples. A function that adds a value finds an equal one where there is one. A graph can be added to as long as
 * one likes; models that were made of it keep it as it was.
 */
typedef struct ascribe_graph ascribe_graph;

/**
 * A model with the curvature of its objective, ready to be asked. It keeps model and data as they were. Calls with the same handle
 * from several threads are answered one after the other.
 */
typedef struct ascribe_influence ascribe_influence;

/**
 * The ledger of a training: for every example and every row that it owns, how much the example's own steps moved the row.
 */
typedef struct ascribe_ledger ascribe_ledger;

/**
 * A model: what it is, the values of its parameters and, once it is trained, its data and ledger. Explanations, trainers and copies
 * that were made of it keep it as it was.
 */
typedef struct ascribe_model ascribe_model;

/**
 * A functional of a trained model, ready to be explained by its ledger. It keeps the model as it was.
 */
typedef struct ascribe_rollback ascribe_rollback;

/**
 * A training under way.
 */
typedef struct ascribe_trainer ascribe_trainer;

/**
 * Predictions for a changed training set, level by level.
 */
typedef struct ascribe_what_if ascribe_what_if;

/**
 * What became of a call: ASCRIBE_OK or one of the other constants. Numbers are stable and never used again; a later library
 * may have more.
 */
typedef int32_t ascribe_status;

/**
 * Hears a message: its level (ASCRIBE_LOG_...), the part of the library it comes from, and a sentence. Both texts are valid until
 * it returns. Called only on the thread whose call the message belongs to; must not throw or jump out.
 */
typedef void (*ascribe_log_fn)(int32_t level,
                               const char *target,
                               const char *message,
                               void *user_data);

/**
 * Is told that a log callback and its data are needed no more. Called on the thread that frees the last object that could log; must
 * not throw or jump out, nor call this library.
 */
typedef void (*ascribe_log_free_fn)(void *user_data);

/**
 * Settings of a context; fill them with ascribe_context_options_init().
 */
typedef struct ascribe_context_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * How many threads work, 1 to 1024; with 1 (the default) it is the calling thread. Results are the same bytes for any number.
   */
  int64_t threads;
  /**
   * The seed of whatever is given none of its own; 42 by default.
   */
  uint64_t seed;
  /**
   * Hears messages; NULL (the default) for none. It and `log_data` must live as long as the context and what was made with it.
   */
  ascribe_log_fn log;
  /**
   * Handed to `log`.
   */
  void *log_data;
  /**
   * The last level that `log` hears; ASCRIBE_LOG_INFO by default.
   */
  int32_t log_level;
  /**
   * NULL (the default), or called once with `log_data` when the context and everything that was made with it are freed, or when
   * ascribe_context_new() fails after it has read these options; at once where `log` is NULL.
   */
  ascribe_log_free_fn log_free;
} ascribe_context_options;

/**
 * How far a long call has come. Given to a callback and valid until it returns; a later library may append fields.
 */
typedef struct ascribe_progress {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * What is being done, in one word: "training", "minimizing", "solving", ...; always valid.
   */
  const char *phase;
  /**
   * How much of it is done.
   */
  uint64_t done;
  /**
   * How much there is to do; 0 when that is not known.
   */
  uint64_t total;
  /**
   * The loss, objective or residual; NaN where there is none.
   */
  double value;
  /**
   * The quality that an evaluation found; NaN where there was none.
   */
  double quality;
} ascribe_progress;

/**
 * Is told how far a call has come; anything but 0 ends the call with ASCRIBE_CANCELED. Called only on the thread that made the
 * call; must not throw or jump out. It may make other calls, also with objects the call was given as const, but a call that needs
 * exclusive access to an object in use fails.
 */
typedef int32_t (*ascribe_progress_fn)(const struct ascribe_progress *event, void *user_data);

/**
 * What a long call obeys; fill it with ascribe_watch_init(). NULL in its place means nothing.
 */
typedef struct ascribe_watch {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * Is told how far the call has come; NULL for nobody.
   */
  ascribe_progress_fn progress;
  /**
   * Handed to `progress`.
   */
  void *progress_data;
  /**
   * Ends the call when it is set; NULL for none.
   */
  const struct ascribe_cancel *cancel;
} ascribe_watch;

/**
 * A value of one graph, by its number. It means nothing to another graph.
 */
typedef uint32_t ascribe_node;

/**
 * A matrix of numbers in the caller's memory, which is read during a call and not kept. The element in row i and column j stands
 * at data[i * row_stride + j * col_stride], so row-major, column-major and transposed arrays and parts of larger ones are all
 * read where they lie. A stride may be 0 only along a size of at most 1, and must not be negative. `data` and the strides
 * are not looked at when there are no elements.
 */
typedef struct ascribe_matrix {
  /**
   * The element in row 0 and column 0.
   */
  const double *data;
  /**
   * The number of rows.
   */
  int64_t rows;
  /**
   * The number of columns.
   */
  int64_t cols;
  /**
   * How many elements the next row lies further on.
   */
  int64_t row_stride;
  /**
   * How many elements the next column lies further on.
   */
  int64_t col_stride;
} ascribe_matrix;

/**
 * An ascribe_matrix of single-precision numbers.
 */
typedef struct ascribe_matrix_f32 {
  /**
   * The element in row 0 and column 0.
   */
  const float *data;
  /**
   * The number of rows.
   */
  int64_t rows;
  /**
   * The number of columns.
   */
  int64_t cols;
  /**
   * How many elements the next row lies further on.
   */
  int64_t row_stride;
  /**
   * How many elements the next column lies further on.
   */
  int64_t col_stride;
} ascribe_matrix_f32;

/**
 * How a table is read; fill it with ascribe_table_options_init().
 */
typedef struct ascribe_table_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The name of the column to be told from the others; NULL (the default) for the last.
   */
  const char *target;
  /**
   * What the target is: ASCRIBE_TARGETS_AUTO (the default), _CLASSES or _NUMBERS.
   */
  int32_t targets;
  /**
   * 1 to shift and scale numeric columns to mean 0 and deviation 1; 0 by default.
   */
  int32_t standardize;
} ascribe_table_options;

/**
 * What a model of triples is; fill it with ascribe_triple_options_init().
 */
typedef struct ascribe_triple_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The name of the model: "distmult" (NULL, the default), "complex" or "transe".
   */
  const char *kind;
  /**
   * The dimension of an embedding; 10 by default.
   */
  int64_t dimension;
  /**
   * Initial values are drawn uniformly from minus to plus this number; 0.5 by default.
   */
  double initial;
  /**
   * ASCRIBE_LOSS_SAMPLED_SOFTMAX (the default), _BINARY_CROSS_ENTROPY or _FULL_SOFTMAX.
   */
  int32_t loss;
  /**
   * Which places of a triple are compared with other candidates: ASCRIBE_SIDES_TAILS (the default), _HEADS or _BOTH.
   */
  int32_t sides;
  /**
   * When candidates are drawn: ASCRIBE_CANDIDATES_EACH_EPOCH (the default) or _ONCE.
   */
  int32_t candidates;
  /**
   * How many candidates are drawn, for losses that sample; 13 by default.
   */
  int64_t negatives;
  /**
   * ASCRIBE_F64 (the default) or ASCRIBE_F32.
   */
  int32_t precision;
  /**
   * The seed of initial values; -1 (the default) for the context's.
   */
  int64_t seed;
} ascribe_triple_options;

/**
 * One step from features to outputs. It is an element of an array and never grows.
 */
typedef struct ascribe_layer {
  /**
   * ASCRIBE_LAYER_...
   */
  int32_t kind;
  /**
   * What the kind says.
   */
  int64_t a;
  /**
   * What the kind says.
   */
  int64_t b;
} ascribe_layer;

/**
 * What a model of rows is; fill it with ascribe_row_options_init().
 */
typedef struct ascribe_row_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * ASCRIBE_LOSS_BY_TARGETS (the default), _SQUARED, _LOGISTIC, _HINGE or _SOFTMAX.
   */
  int32_t loss;
  /**
   * The temperature t of the hinge, t ln(1 + exp((1 - margin) / t)); 0.1 by default; 0 is the hinge itself, which has no curvature.
   */
  double smoothing;
  /**
   * lambda of the penalty (lambda/2)|w|^2 inside every example's loss, on weights and not on intercepts; 0.01 by default.
   */
  double l2;
  /**
   * 1 (the default) for an intercept in the last layer, or 0.
   */
  int32_t intercept;
  /**
   * The layers before the last, which is always dense; NULL (the default) for none: a generalized linear model.
   */
  const struct ascribe_layer *layers;
  /**
   * The number of layers.
   */
  size_t layer_count;
  /**
   * ASCRIBE_F64 (the default) or ASCRIBE_F32.
   */
  int32_t precision;
  /**
   * The seed of initial values, where there are layers; -1 (the default) for the context's.
   */
  int64_t seed;
} ascribe_row_options;

/**
 * What a model of a graph is, beside the graph; fill it with ascribe_graph_options_init().
 */
typedef struct ascribe_graph_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * Initial values are drawn uniformly from minus to plus this number; 0.1 by default.
   */
  double initial;
  /**
   * ASCRIBE_F64 (the default) or ASCRIBE_F32.
   */
  int32_t precision;
  /**
   * The seed of initial values; -1 (the default) for the context's.
   */
  int64_t seed;
} ascribe_graph_options;

/**
 * How a model ranks true triples among all candidates.
 */
typedef struct ascribe_ranking {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The mean of one over the rank.
   */
  double mean_reciprocal_rank;
  /**
   * The share of queries whose rank is 1.
   */
  double hits_at_1;
  /**
   * The share of queries whose rank is at most 3.
   */
  double hits_at_3;
  /**
   * The share of queries whose rank is at most 10.
   */
  double hits_at_10;
  /**
   * The number of queries: two for each triple.
   */
  uint64_t queries;
} ascribe_ranking;

/**
 * How the solve for a query went.
 */
typedef struct ascribe_certificate {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The length of what the solve left of the query's gradient.
   */
  double residual;
  /**
   * The same as a share of the gradient's length.
   */
  double relative_residual;
  /**
   * The share that was asked for.
   */
  double tolerance;
  /**
   * 1 if it was reached.
   */
  int32_t converged;
  /**
   * Steps of the solver, for all queries together.
   */
  uint64_t iterations;
  /**
   * Products with the curvature, for all queries together.
   */
  uint64_t products;
} ascribe_certificate;

/**
 * How influence is computed; fill it with ascribe_influence_options_init().
 */
typedef struct ascribe_influence_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * ASCRIBE_CURVATURE_AUTO (the default), _HESSIAN, _GAUSS_NEWTON or _FISHER.
   */
  int32_t curvature;
  /**
   * ASCRIBE_SOLVER_AUTO (the default) or another ASCRIBE_SOLVER_...
   */
  int32_t solver;
  /**
   * Added to the diagonal of the curvature; 0 by default.
   */
  double damping;
  /**
   * The relative residual wanted of every solve; 1e-8 by default.
   */
  double tolerance;
  /**
   * The most steps of an iterative solver; 2000 by default.
   */
  int64_t iterations;
  /**
   * The max-norm of the objective's gradient up to which the model counts as being at a minimum; 1e-4 by default.
   */
  double stationary;
  /**
   * The rank of ASCRIBE_SOLVER_LANCZOS and _NYSTROM; 50 by default.
   */
  int64_t rank;
  /**
   * The bytes that matrices, and what is kept between products, may take; 2 GiB by default.
   */
  uint64_t memory;
  /**
   * How many queries are expected at once, on which the choice of a solver depends; 1 by default.
   */
  int64_t queries;
  /**
   * The seed of probes and sketches; -1 (the default) for the context's.
   */
  int64_t seed;
} ascribe_influence_options;

/**
 * Where the objective of a model stands, and how solves went since.
 */
typedef struct ascribe_standing {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The number of examples.
   */
  uint64_t examples;
  /**
   * p: the number of parameters.
   */
  uint64_t parameters;
  /**
   * The curvature that is used: ASCRIBE_CURVATURE_...
   */
  int32_t curvature;
  /**
   * 1 if the model is at a minimum.
   */
  int32_t stationary;
  /**
   * What is added to the curvature's diagonal.
   */
  double damping;
  /**
   * The objective: mean loss and penalty.
   */
  double value;
  /**
   * The max-norm of its gradient.
   */
  double gradient;
  /**
   * The length of its gradient.
   */
  double gradient_length;
  /**
   * About the lowest eigenvalue of the curvature, without damping.
   */
  double lowest;
  /**
   * About the highest.
   */
  double highest;
  /**
   * Products with the curvature that were spent to prepare.
   */
  uint64_t products;
  /**
   * The worst relative residual of any solve since.
   */
  double worst_residual;
  /**
   * 1 if every solve since reached its tolerance.
   */
  int32_t converged;
  /**
   * 1 if the curvature was factored, so that every further solve is cheap and exact but for rounding.
   */
  int32_t factored;
} ascribe_standing;

/**
 * How far a what-if goes; fill it with ascribe_what_if_options_init().
 */
typedef struct ascribe_what_if_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The last level that is tried: ASCRIBE_LEVEL_NEWTON by default.
   */
  int32_t until;
  /**
   * The levels end at the first whose estimated error is within this for every query; 0 (the default) for none.
   */
  double tolerance;
  /**
   * The max-norm of the gradient at which training again ends; 1e-10 by default.
   */
  double gradient;
  /**
   * The most steps of training again; 200 by default.
   */
  int64_t iterations;
} ascribe_what_if_options;

/**
 * One change of the training set. It is an element of an array and never grows.
 */
typedef struct ascribe_change {
  /**
   * ASCRIBE_CHANGE_...
   */
  int32_t kind;
  /**
   * The example that changes, counted from 0; not looked at for one more.
   */
  uint64_t example;
  /**
   * The new weight, where the kind has one; examples have weight 1 otherwise.
   */
  double weight;
  /**
   * The dataset of the new example, where the kind has one.
   */
  const struct ascribe_dataset *with;
  /**
   * The place of the new example in it, counted from 0.
   */
  uint64_t row;
} ascribe_change;

/**
 * How a model is trained; fill it with ascribe_training_options_init().
 */
typedef struct ascribe_training_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * What moves the parameters: ASCRIBE_METHOD_AUTO (the default) or another ASCRIBE_METHOD_...
   */
  int32_t method;
  /**
   * How the learning rate develops: ASCRIBE_SCHEDULE_CONSTANT (the default), _LINEAR, _EXPONENTIAL or _INVERSE_TIME.
   */
  int32_t schedule;
  /**
   * Whose movement is whose under momentum: ASCRIBE_ATTRIBUTION_MOMENTUM (the default) or _STEP.
   */
  int32_t attribution;
  /**
   * The learning rate at the beginning: of an example for triples and graphs, of the mean of a batch for rows; 0.003 by
   * default.
   */
  double learning_rate;
  /**
   * What the schedule needs; 1 by default.
   */
  double schedule_value;
  /**
   * How often training goes through all examples; 10 by default.
   */
  int64_t epochs;
  /**
   * The examples in a batch; 0 (the default) for 1 with triples and graphs and 64 with rows.
   */
  int64_t batch;
  /**
   * 1 (the default) to keep a ledger of a graph whose examples own rows, or 0; of triples it is always kept.
   */
  int32_t track;
  /**
   * Evaluate the validation triples after so many epochs to stop early; 0 (the default) for never.
   */
  int64_t stop_every;
  /**
   * How many evaluations in a row may be no better than the best; 3 by default.
   */
  int64_t patience;
  /**
   * The max-norm of the gradient at which minimizing ends; 1e-8 by default.
   */
  double gradient;
  /**
   * The most steps of minimizing; 1000 by default.
   */
  int64_t iterations;
  /**
   * 1 to minimize a model of rows with layers after its epochs; 0 by default.
   */
  int32_t polish;
  /**
   * The seed of order and candidates; -1 (the default) for the model's.
   */
  int64_t seed;
} ascribe_training_options;

/**
 * How far a training has come, or how it went.
 */
typedef struct ascribe_training {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * Steps taken: batches, or steps of minimizing.
   */
  uint64_t steps;
  /**
   * Epochs that were completed.
   */
  uint64_t epochs;
  /**
   * The mean loss of the last completed epoch; NaN where there is none.
   */
  double loss;
  /**
   * The objective where minimizing ended: mean loss and penalty; NaN where there was none.
   */
  double objective;
  /**
   * The max-norm of its gradient there; NaN where there was none.
   */
  double gradient;
  /**
   * 1 if minimizing reached its tolerance.
   */
  int32_t converged;
  /**
   * 1 if nothing is left to do.
   */
  int32_t finished;
  /**
   * The epoch, counted from 1, whose weights early stopping kept; -1 where there was none.
   */
  int64_t best_epoch;
} ascribe_training;

/**
 * How well predicted changes agree with true ones. A correlation alone hides wrong sizes, so there is the slope too.
 */
typedef struct ascribe_fidelity {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * Pearson's correlation; NaN where one side does not vary.
   */
  double pearson;
  /**
   * Spearman's correlation of ranks; NaN where one side does not vary.
   */
  double spearman;
  /**
   * The slope of true by predicted change; NaN where predictions do not vary.
   */
  double slope;
  /**
   * The largest difference.
   */
  double maximum_error;
  /**
   * The number of pairs.
   */
  uint64_t count;
} ascribe_fidelity;

/**
 * How rollback explains; fill it with ascribe_rollback_options_init().
 */
typedef struct ascribe_rollback_options {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * Which examples are considered: ASCRIBE_SCOPE_ALL_READ (the default), _ENTITIES or _ALL.
   */
  int32_t scope;
  /**
   * How scores are computed: ASCRIBE_EFFORT_AUTO (the default), _EXACT, _LINEAR or _HYBRID.
   */
  int32_t effort;
  /**
   * How many are computed exactly by ASCRIBE_EFFORT_HYBRID; 500 by default.
   */
  int64_t rerank;
} ascribe_rollback_options;

/**
 * The call did what it says, and every output was received.
 */
#define ASCRIBE_OK 0

/**
 * An argument or option has a value that cannot be used; the message names it.
 */
#define ASCRIBE_INVALID_ARGUMENT 1

/**
 * The shapes of values of a graph do not fit.
 */
#define ASCRIBE_SHAPE 2

/**
 * A progress callback or a cancel token ended the call.
 */
#define ASCRIBE_CANCELED 3

/**
 * The operating system refused to read or write.
 */
#define ASCRIBE_IO 4

/**
 * A file's content is not what its format asks for.
 */
#define ASCRIBE_FORMAT 5

/**
 * A file was written in a version of its format that this library does not read.
 */
#define ASCRIBE_WRONG_VERSION 6

/**
 * An iteration diverged.
 */
#define ASCRIBE_NOT_CONVERGED 7

/**
 * A number became NaN or infinite.
 */
#define ASCRIBE_NOT_FINITE 8

/**
 * The mathematics or the library does not cover this case.
 */
#define ASCRIBE_UNSUPPORTED 9

/**
 * The system has not enough memory or threads.
 */
#define ASCRIBE_OUT_OF_RESOURCES 10

/**
 * A handle was freed, is of another type, or is none at all.
 */
#define ASCRIBE_INVALID_HANDLE 11

/**
 * The library has a fault: a panic was caught, or an object was left half-changed by one.
 */
#define ASCRIBE_INTERNAL 12

/**
 * A name or id is not known.
 */
#define ASCRIBE_NOT_FOUND 13

/**
 * The model is not at a minimum, which the method supposes.
 */
#define ASCRIBE_NOT_STATIONARY 14

/**
 * The curvature is indefinite or singular.
 */
#define ASCRIBE_CURVATURE 15

/**
 * No value, where one may be left out.
 */
#define ASCRIBE_NO_NODE UINT32_MAX

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the version of the loaded library, for example "0.1.0".
 *
 * May be called from any thread at the same time.
 *
 * @return a text that is always valid
 *
 * @since 0.1
 */
const char *ascribe_version(void);

/**
 * Returns the number of the loaded library's binary interface, to be compared with ASCRIBE_ABI_VERSION.
 *
 * May be called from any thread at the same time.
 *
 * @return the number
 *
 * @since 0.1
 */
uint32_t ascribe_abi_version(void);

/**
 * Returns a status in words, for example "invalid argument".
 *
 * May be called from any thread at the same time.
 *
 * @param status any number
 *
 * @return a text that is always valid; "unknown status" for a number that this library does not know
 *
 * @since 0.1
 */
const char *ascribe_status_name(ascribe_status status);

/**
 * Returns the status of an error.
 *
 * May be called from any thread at the same time.
 *
 * @param error the error, or NULL
 *
 * @return the status the failed call returned; ASCRIBE_OK for NULL
 *
 * @since 0.1
 */
ascribe_status ascribe_error_code(const struct ascribe_error *error);

/**
 * Returns the message of an error: a sentence in English, without an end of line.
 *
 * May be called from any thread at the same time.
 *
 * @param error the error, or NULL
 *
 * @return a text that is valid until the error is freed; an empty one for NULL
 *
 * @since 0.1
 */
const char *ascribe_error_message(const struct ascribe_error *error);

/**
 * Frees an error.
 *
 * Needs exclusive access to `error`.
 *
 * @param error the error; NULL is fine
 *
 * @since 0.1
 */
void ascribe_error_free(struct ascribe_error *error);

/**
 * Makes a flag that is not set.
 *
 * @param cancel receives the flag; free it with ascribe_cancel_free()
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_cancel_new(struct ascribe_cancel **cancel, struct ascribe_error **error);

/**
 * Sets a flag: calls that watch it end with ASCRIBE_CANCELED within milliseconds, as does every later one until
 * ascribe_cancel_reset(). NULL and invalid handles are left alone.
 *
 * Safe from a signal handler.
 *
 * @param cancel the flag
 *
 * @since 0.1
 */
void ascribe_cancel_request(const struct ascribe_cancel *cancel);

/**
 * Clears a flag. NULL and invalid handles are left alone.
 *
 * Safe from a signal handler.
 *
 * @param cancel the flag
 *
 * @since 0.1
 */
void ascribe_cancel_reset(const struct ascribe_cancel *cancel);

/**
 * Returns whether a flag is set.
 *
 * Safe from a signal handler.
 *
 * @param cancel the flag
 *
 * @return 1 when it is set, else 0, also for NULL and invalid handles
 *
 * @since 0.1
 */
int32_t ascribe_cancel_requested(const struct ascribe_cancel *cancel);

/**
 * Frees a flag. Calls that watch it go on, and cannot be ended by it any more.
 *
 * Needs exclusive access to `cancel`.
 *
 * @param cancel the flag; NULL is fine
 *
 * @since 0.1
 */
void ascribe_cancel_free(struct ascribe_cancel *cancel);

/**
 * Fills options of a context with the defaults.
 *
 * Needs exclusive access to `options`.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_context_options), as the caller was compiled; no more bytes are written
 *
 * @since 0.1
 */
void ascribe_context_options_init(struct ascribe_context_options *options,
                                  size_t size);

/**
 * Makes a context and starts its threads.
 *
 * @param options NULL for the defaults
 * @param context receives the context; free it with ascribe_context_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_context_new(const struct ascribe_context_options *options,
                                   struct ascribe_context **context,
                                   struct ascribe_error **error);

/**
 * Returns the number of threads of a context.
 *
 * May be called from any thread at the same time.
 *
 * @param context the context, or NULL
 *
 * @return the number; 1 for NULL, 0 for an invalid handle
 *
 * @since 0.1
 */
int64_t ascribe_context_threads(const struct ascribe_context *context);

/**
 * Frees a context. Its threads end when nothing that was made with it is left.
 *
 * Needs exclusive access to `context`.
 *
 * @param context the context; NULL is fine
 *
 * @since 0.1
 */
void ascribe_context_free(struct ascribe_context *context);

/**
 * Fills a watch with the defaults: nobody is told, and nothing ends the call.
 *
 * Needs exclusive access to `watch`.
 *
 * @param watch receives the defaults; NULL is left alone
 * @param size  sizeof(ascribe_watch), as the caller was compiled; no more bytes are written
 *
 * @since 0.1
 */
void ascribe_watch_init(struct ascribe_watch *watch, size_t size);

/**
 * Makes a graph without values.
 *
 * @param graph receives the graph; free it with ascribe_graph_free()
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_new(struct ascribe_graph **graph, struct ascribe_error **error);

/**
 * Frees a graph. Models that were made of it stay as they are.
 *
 * Needs exclusive access to `graph`.
 *
 * @param graph the graph; NULL is fine
 *
 * @since 0.1
 */
void ascribe_graph_free(struct ascribe_graph *graph);

/**
 * Tells the shape of a value, without the examples.
 *
 * @param graph    the graph
 * @param node     a value of it
 * @param sizes    receives the sizes, outermost first; NULL, or a capacity of 0, to ask for the rank alone
 * @param capacity how many sizes there is room for; when fewer than the rank, nothing is received
 * @param rank     receives the number of sizes
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_shape(const struct ascribe_graph *graph,
                                   ascribe_node node,
                                   int64_t *sizes,
                                   size_t capacity,
                                   size_t *rank,
                                   struct ascribe_error **error);

/**
 * Adds the sum along an axis.
 *
 * Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `x` without the axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_sum(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 int64_t axis,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds ln Σ eˣ along an axis, without overflow.
 *
 * Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `x` without the axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_log_sum_exp(struct ascribe_graph *graph,
                                         ascribe_node x,
                                         int64_t axis,
                                         ascribe_node *node,
                                         struct ascribe_error **error);

/**
 * Adds the largest element along an axis. Of several that are equal the first has all of the derivative; a NaN along
 * the axis gives NaN, and so does an infinite element that is not the largest.
 *
 * Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `x` without the axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_max(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 int64_t axis,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the softmax along an axis: eˣ divided by its sum.
 *
 * Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_softmax(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     int64_t axis,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds 1 at the first largest place along an axis and 0 elsewhere. Its derivative is zero.
 *
 * Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_argmax_mask(struct ascribe_graph *graph,
                                         ascribe_node x,
                                         int64_t axis,
                                         ascribe_node *node,
                                         struct ascribe_error **error);

/**
 * Adds the sum of all elements of each example's value, or of a shared value.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a scalar
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_sum_all(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds a repetition along a new axis that stands before `axis`.
 *
 * Fails with ASCRIBE_SHAPE when the axis would lie beyond the last, the size is zero, memory could not hold the
 * result, or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  where the new axis stands, 0 to the rank of `x`
 * @param size  the size of the new axis
 * @param node  receives the result: the shape of `x` with the new axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_expand(struct ascribe_graph *graph,
                                    ascribe_node x,
                                    int64_t axis,
                                    int64_t size,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds the same elements in the same order in another shape.
 *
 * Fails with ASCRIBE_SHAPE when the number of elements differs or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param sizes the new sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives the result: a value of that shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_reshape(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     const int64_t *sizes,
                                     size_t rank,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds the axes in another order: axis i of the result is the axis of `x` that stands at place i of `axes`.
 *
 * Fails with ASCRIBE_SHAPE when `axes` does not name every axis of `x` once or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axes  for each axis of the result an axis of `x`; ignored when `rank` is 0
 * @param rank  how many axes there are
 * @param node  receives the result: the elements of `x` with the axes in that order
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_permute(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     const int64_t *axes,
                                     size_t rank,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds some places of an axis.
 *
 * Fails with ASCRIBE_SHAPE when the axis has not that many places, none are asked for, or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param start the first place kept
 * @param count how many places are kept, at least 1
 * @param node  receives the result: the shape of `x` with `count` places along the axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_slice(struct ascribe_graph *graph,
                                   ascribe_node x,
                                   int64_t axis,
                                   int64_t start,
                                   int64_t count,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

/**
 * Adds zeros around a value along an axis.
 *
 * Fails with ASCRIBE_SHAPE when the value does not fit there, memory could not hold the result, or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  the axis, counted from 0
 * @param start the place of the result where `x` begins
 * @param size  how many places the axis has then
 * @param node  receives the result: the shape of `x` with `size` places along the axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_pad(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 int64_t axis,
                                 int64_t start,
                                 int64_t size,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds two values one behind the other along an axis.
 *
 * Fails with ASCRIBE_SHAPE when other axes differ or a value holds ids.
 *
 * @param graph the graph to add to
 * @param a     the value that comes first
 * @param b     the value behind it
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `a` with the places of both along the axis
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_concatenate(struct ascribe_graph *graph,
                                         ascribe_node a,
                                         ascribe_node b,
                                         int64_t axis,
                                         ascribe_node *node,
                                         struct ascribe_error **error);

/**
 * Adds the derivatives of a scalar by shared values. Of a per-example scalar it is the sum over all examples. The results are values
 * like all others, so they have derivatives again.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when `of` is no scalar of numbers, or one of `by` is not shared.
 *
 * @param graph the graph to add to
 * @param of    the scalar to differentiate
 * @param by    what to differentiate it by; ignored when `count` is 0
 * @param count how many there are
 * @param nodes receives `count` shared values, each of the shape of its place in `by`; zeros where `of` does not depend on it
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_gradient(struct ascribe_graph *graph,
                                      ascribe_node of,
                                      const ascribe_node *by,
                                      size_t count,
                                      ascribe_node *nodes,
                                      struct ascribe_error **error);

/**
 * Says that an example owns the row of a parameter that its id names: a ledger keeps what the example's own training did to that
 * row. Slots of a ledger are in the order of these calls.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when `parameter` is no parameter with rows, `ids` is no input of one id for each example, or the
 * pair was given before.
 *
 * @param graph     the graph
 * @param parameter a parameter, from ascribe_graph_parameter()
 * @param ids       an input of rank 0, from ascribe_graph_indices()
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_own(struct ascribe_graph *graph,
                                 ascribe_node parameter,
                                 ascribe_node ids,
                                 struct ascribe_error **error);

/**
 * Names a per-example scalar that can be predicted and explained. The loss of a model can always be, under the name "loss".
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the name is empty or taken, or `node` is no per-example scalar of numbers.
 *
 * @param graph the graph
 * @param name  a name of its own; UTF-8
 * @param node  the scalar
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_functional(struct ascribe_graph *graph,
                                        const char *name,
                                        ascribe_node node,
                                        struct ascribe_error **error);

/**
 * Adds eˣ of each element.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_exp(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the natural logarithm of each element.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_log(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the hyperbolic tangent of each element.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_tanh(struct ascribe_graph *graph,
                                  ascribe_node x,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds 1 / (1 + e⁻ˣ) of each element.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_sigmoid(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds ln(1 + eˣ) of each element, without overflow.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_softplus(struct ascribe_graph *graph,
                                      ascribe_node x,
                                      ascribe_node *node,
                                      struct ascribe_error **error);

/**
 * Adds the larger of 0 and each element; its derivative at 0 is 0.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_relu(struct ascribe_graph *graph,
                                  ascribe_node x,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds 1 where an element is positive, else 0. Its derivative is zero.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_step(struct ascribe_graph *graph,
                                  ascribe_node x,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds the error function of each element, 2/√π times the integral of e^(−t²) for t from 0 to x.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_erf(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the sine of each element, in radians.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_sin(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the cosine of each element, in radians.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_cos(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the absolute value of each element; its derivative at 0 is 0.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_abs(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the sign of each element: −1, 0 or 1. Its derivative is zero.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_sign(struct ascribe_graph *graph,
                                  ascribe_node x,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds x·Φ(x) of each element, with the distribution function Φ of the normal distribution (Hendrycks and Gimpel
 * 2016).
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_gelu(struct ascribe_graph *graph,
                                  ascribe_node x,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds the approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) of ascribe_graph_gelu() of each element, from the
 * same paper.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_gelu_tanh(struct ascribe_graph *graph,
                                       ascribe_node x,
                                       ascribe_node *node,
                                       struct ascribe_error **error);

/**
 * Adds each element with its sign turned.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_neg(struct ascribe_graph *graph,
                                 ascribe_node x,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds c·x of each element.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids, and with ASCRIBE_INVALID_ARGUMENT when `c` is not finite.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param c     a constant
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_scale(struct ascribe_graph *graph,
                                   ascribe_node x,
                                   double c,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

/**
 * Adds x + c of each element.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids, and with ASCRIBE_INVALID_ARGUMENT when `c` is not finite.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param c     a constant
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_shift(struct ascribe_graph *graph,
                                   ascribe_node x,
                                   double c,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

/**
 * Adds each element to the power of c.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids, and with ASCRIBE_INVALID_ARGUMENT when `c` is not finite.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param c     a constant
 * @param node  receives the result: a value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_power(struct ascribe_graph *graph,
                                   ascribe_node x,
                                   double c,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

/**
 * Adds a + b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
 * value for every example.
 *
 * Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
 *
 * @param graph the graph to add to
 * @param a     the left value, of numbers
 * @param b     the right value, of numbers
 * @param node  receives the result: a value of the larger shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_add(struct ascribe_graph *graph,
                                 ascribe_node a,
                                 ascribe_node b,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds a − b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
 * value for every example.
 *
 * Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
 *
 * @param graph the graph to add to
 * @param a     the left value, of numbers
 * @param b     the right value, of numbers
 * @param node  receives the result: a value of the larger shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_sub(struct ascribe_graph *graph,
                                 ascribe_node a,
                                 ascribe_node b,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds a·b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
 * value for every example.
 *
 * Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
 *
 * @param graph the graph to add to
 * @param a     the left value, of numbers
 * @param b     the right value, of numbers
 * @param node  receives the result: a value of the larger shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_mul(struct ascribe_graph *graph,
                                 ascribe_node a,
                                 ascribe_node b,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds a / b, element by element. The smaller value is repeated along leading axes and axes of size one, and a shared
 * value for every example.
 *
 * Fails with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds ids.
 *
 * @param graph the graph to add to
 * @param a     the left value, of numbers
 * @param b     the right value, of numbers
 * @param node  receives the result: a value of the larger shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_div(struct ascribe_graph *graph,
                                 ascribe_node a,
                                 ascribe_node b,
                                 ascribe_node *node,
                                 struct ascribe_error **error);

/**
 * Adds the windows of an image, which lie wholly within it.
 *
 * Fails with ASCRIBE_SHAPE when `image` has not three axes, a window or stride is zero, the window is larger than the
 * image, or memory could not hold the windows.
 *
 * @param graph         the graph to add to
 * @param image         a value of shape [height, width, channels]
 * @param window_height the height of a window, at least 1
 * @param window_width  the width of a window, at least 1
 * @param stride_height how far the next window lies down, at least 1
 * @param stride_width  how far the next window lies along, at least 1
 * @param node          receives the result: the windows: [rows, columns, window height, window width, channels]
 * @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_unfold(struct ascribe_graph *graph,
                                    ascribe_node image,
                                    int64_t window_height,
                                    int64_t window_width,
                                    int64_t stride_height,
                                    int64_t stride_width,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds the image that overlapping windows sum to. It is the transpose of ascribe_graph_unfold().
 *
 * Fails with ASCRIBE_SHAPE when these are not the windows of an image of that size.
 *
 * @param graph         the graph to add to
 * @param windows       a value of shape [rows, columns, window height, window width, channels]
 * @param height        the height of the image
 * @param width         the width of the image
 * @param stride_height how far the next window lies down, at least 1
 * @param stride_width  how far the next window lies along, at least 1
 * @param node          receives the result: the image: [height, width, channels]
 * @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_fold(struct ascribe_graph *graph,
                                  ascribe_node windows,
                                  int64_t height,
                                  int64_t width,
                                  int64_t stride_height,
                                  int64_t stride_width,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds the convolution of an image with weights, in the sense of neural networks: the weights are not turned round.
 *
 * Fails with ASCRIBE_SHAPE when the channels differ, the axes are not these, a stride is zero, the window is larger
 * than the padded image, or memory could not hold the windows.
 *
 * @param graph          the graph to add to
 * @param image          a value of shape [height, width, channels]
 * @param weights        a value of shape [filters, window height, window width, channels]
 * @param stride_height  how far the next window lies down, at least 1
 * @param stride_width   how far the next window lies along, at least 1
 * @param padding_height how many rows of zeros stand above and below the image
 * @param padding_width  how many columns of zeros stand on either side of it
 * @param node           receives the result: an image with the filters as channels: [rows, columns, filters]
 * @param error          NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_convolve2d(struct ascribe_graph *graph,
                                        ascribe_node image,
                                        ascribe_node weights,
                                        int64_t stride_height,
                                        int64_t stride_width,
                                        int64_t padding_height,
                                        int64_t padding_width,
                                        ascribe_node *node,
                                        struct ascribe_error **error);

/**
 * Adds the largest element of each window and channel of an image; see ascribe_graph_max() for ties and for what is
 * not finite.
 *
 * Fails with ASCRIBE_SHAPE when `image` has not three axes, a window or stride is zero, the window is larger than the
 * image, or memory could not hold the windows.
 *
 * @param graph         the graph to add to
 * @param image         a value of shape [height, width, channels]
 * @param window_height the height of a window, at least 1
 * @param window_width  the width of a window, at least 1
 * @param stride_height how far the next window lies down, at least 1
 * @param stride_width  how far the next window lies along, at least 1
 * @param node          receives the result: an image: [rows, columns, channels]
 * @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_max_pool2d(struct ascribe_graph *graph,
                                        ascribe_node image,
                                        int64_t window_height,
                                        int64_t window_width,
                                        int64_t stride_height,
                                        int64_t stride_width,
                                        ascribe_node *node,
                                        struct ascribe_error **error);

/**
 * Adds the mean of each window and channel of an image.
 *
 * Fails with ASCRIBE_SHAPE when `image` has not three axes, a window or stride is zero, the window is larger than the
 * image, or memory could not hold the windows.
 *
 * @param graph         the graph to add to
 * @param image         a value of shape [height, width, channels]
 * @param window_height the height of a window, at least 1
 * @param window_width  the width of a window, at least 1
 * @param stride_height how far the next window lies down, at least 1
 * @param stride_width  how far the next window lies along, at least 1
 * @param node          receives the result: an image: [rows, columns, channels]
 * @param error         NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_average_pool2d(struct ascribe_graph *graph,
                                            ascribe_node image,
                                            int64_t window_height,
                                            int64_t window_width,
                                            int64_t stride_height,
                                            int64_t stride_width,
                                            ascribe_node *node,
                                            struct ascribe_error **error);

/**
 * Adds a trained parameter, which all examples share.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the name is taken, a size is not at least one, or memory could not hold
 * that many elements.
 *
 * @param graph the graph to add to
 * @param name  its name among parameters and inputs; UTF-8
 * @param sizes the sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives the parameter: a shared value of that shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_parameter(struct ascribe_graph *graph,
                                       const char *name,
                                       const int64_t *sizes,
                                       size_t rank,
                                       ascribe_node *node,
                                       struct ascribe_error **error);

/**
 * Adds an input of numbers of which every example has its own.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the name is taken, a size is not at least one, or memory could not hold
 * that many elements.
 *
 * @param graph the graph to add to
 * @param name  its name among parameters and inputs; UTF-8
 * @param sizes the sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives the input: a per-example value of that shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_input(struct ascribe_graph *graph,
                                   const char *name,
                                   const int64_t *sizes,
                                   size_t rank,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

/**
 * Adds an input of ids or labels of which every example has its own.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the name is taken, a size is not at least one, or memory could not hold
 * that many elements.
 *
 * @param graph the graph to add to
 * @param name  its name among parameters and inputs; UTF-8
 * @param sizes the sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives the input: per-example ids of that shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_indices(struct ascribe_graph *graph,
                                     const char *name,
                                     const int64_t *sizes,
                                     size_t rank,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds a shared value that is the same number everywhere; with a rank of 0 a constant.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the number is not finite, and with ASCRIBE_SHAPE when a size is not at least one or
 * memory could not hold that many elements.
 *
 * @param graph the graph to add to
 * @param value the number
 * @param sizes the sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives a shared value of that shape
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_fill(struct ascribe_graph *graph,
                                  double value,
                                  const int64_t *sizes,
                                  size_t rank,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds a sum of products over shared axes, written with one letter for each axis: "ij,jk->ik" is a product of
 * matrices, "d,d->" a product of vectors, "d,cd->c" a matrix times a vector. A letter that the result lacks is summed
 * over; every letter of one operand stands in the other operand or in the result. The batch is never written.
 *
 * Fails with ASCRIBE_SHAPE when the text or the shapes do not fit, memory could not hold the result, or a value holds
 * ids.
 *
 * @param graph the graph to add to
 * @param spec  which axes are multiplied and summed: a letter for each axis of `a`, a comma, those of `b`, "->", and those of the result
 * @param a     the left value, of numbers
 * @param b     the right value, of numbers
 * @param node  receives the result: the sum of products
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_einsum(struct ascribe_graph *graph,
                                    const char *spec,
                                    ascribe_node a,
                                    ascribe_node b,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds a sum of products over shared axes, as ascribe_graph_einsum(), and over all examples.
 *
 * Fails with ASCRIBE_SHAPE as ascribe_graph_einsum() does, and when neither value is per-example.
 *
 * @param graph the graph to add to
 * @param spec  which axes are multiplied and summed: a letter for each axis of `a`, a comma, those of `b`, "->", and those of the result
 * @param a     the left value, of numbers
 * @param b     the right value, of numbers
 * @param node  receives the result: the sum of products, shared
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_contract_over_batch(struct ascribe_graph *graph,
                                                 const char *spec,
                                                 ascribe_node a,
                                                 ascribe_node b,
                                                 ascribe_node *node,
                                                 struct ascribe_error **error);

/**
 * Adds the sum over all examples.
 *
 * Fails with ASCRIBE_SHAPE when `x` is shared, so that there is nothing to sum over, or holds ids.
 *
 * @param graph the graph to add to
 * @param x     a per-example value of numbers
 * @param node  receives the result: a shared value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_batch_sum(struct ascribe_graph *graph,
                                       ascribe_node x,
                                       ascribe_node *node,
                                       struct ascribe_error **error);

/**
 * Adds a shared value as one for each example.
 *
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param node  receives the result: a per-example value of the shape of `x`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_broadcast_batch(struct ascribe_graph *graph,
                                             ascribe_node x,
                                             ascribe_node *node,
                                             struct ascribe_error **error);

/**
 * Adds rows of a table by id: a table of shape [rows, ...] and ids of shape [...] give [ids..., row...]. Ids beyond
 * the table are found when data are given.
 *
 * Fails with ASCRIBE_SHAPE when the table has no rows, `ids` holds no ids, or memory could not hold the result.
 *
 * @param graph the graph to add to
 * @param table a value of numbers with at least one axis
 * @param ids   ids, from ascribe_graph_indices()
 * @param node  receives the result: the rows
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_gather_rows(struct ascribe_graph *graph,
                                         ascribe_node table,
                                         ascribe_node ids,
                                         ascribe_node *node,
                                         struct ascribe_error **error);

/**
 * Adds rows added up by id in a table of zeros, one table for each example. It is the transpose of
 * ascribe_graph_gather_rows().
 *
 * Fails with ASCRIBE_SHAPE when the leading axes of `values` are not those of `ids`, there are no rows, or memory
 * could not hold the table.
 *
 * @param graph  the graph to add to
 * @param values the rows: a value of shape [ids..., row...]
 * @param ids    ids, from ascribe_graph_indices()
 * @param rows   how many rows the table has
 * @param node   receives the result: a per-example table of shape [rows, row...]
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_scatter_rows(struct ascribe_graph *graph,
                                          ascribe_node values,
                                          ascribe_node ids,
                                          int64_t rows,
                                          ascribe_node *node,
                                          struct ascribe_error **error);

/**
 * Adds rows added up by id in one table of zeros, over all examples.
 *
 * Fails with ASCRIBE_SHAPE when the leading axes of `values` are not those of `ids`, there are no rows, or memory
 * could not hold the table.
 *
 * @param graph  the graph to add to
 * @param values the rows: a value of shape [ids..., row...]
 * @param ids    ids, from ascribe_graph_indices()
 * @param rows   how many rows the table has
 * @param node   receives the result: a shared table of shape [rows, row...]
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_scatter_over_batch(struct ascribe_graph *graph,
                                                ascribe_node values,
                                                ascribe_node ids,
                                                int64_t rows,
                                                ascribe_node *node,
                                                struct ascribe_error **error);

/**
 * Adds one element of the last axis by label: a value of shape [..., n] and labels of shape [...] give [...].
 *
 * Fails with ASCRIBE_SHAPE when the shape of `ids` is not that of `x` without its last axis, or `ids` holds no ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param ids   labels, from ascribe_graph_indices()
 * @param node  receives the result: a value of the shape of `ids`
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_gather(struct ascribe_graph *graph,
                                    ascribe_node x,
                                    ascribe_node ids,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds a last axis of zeros in which each element stands at its label. It is the transpose of ascribe_graph_gather().
 *
 * Fails with ASCRIBE_SHAPE when the shape of `ids` is not that of `x`, the size is zero, memory could not hold the
 * result, or `ids` holds no ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param ids   labels, from ascribe_graph_indices()
 * @param size  the size of the new axis
 * @param node  receives the result: a value of shape [..., size]
 * @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `graph`.
 *
 * @since 0.1
 */
ascribe_status ascribe_graph_scatter(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     ascribe_node ids,
                                     int64_t size,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Makes a dataset of triples by ids. Entities and relations are named by their numbers.
 *
 * @param triples   head, relation and tail of each triple, one triple behind the other: 3 * count ids; copied
 * @param count     the number of triples
 * @param entities  the number of entities; heads and tails are below it
 * @param relations the number of relations; every relation is below it
 * @param dataset   receives the dataset; free it with ascribe_dataset_free()
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_from_triples(const uint32_t *triples,
                                            size_t count,
                                            uint32_t entities,
                                            uint32_t relations,
                                            struct ascribe_dataset **dataset,
                                            struct ascribe_error **error);

/**
 * Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
 *
 * @param features     a row for each example; copied
 * @param targets      a number for each row, or NULL; copied
 * @param target_count how many targets there are: the number of rows, or 0 without targets
 * @param dataset      receives the dataset; free it with ascribe_dataset_free()
 * @param error        NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_from_matrix(const struct ascribe_matrix *features,
                                           const double *targets,
                                           size_t target_count,
                                           struct ascribe_dataset **dataset,
                                           struct ascribe_error **error);

/**
 * Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
 *
 * @param features     a row for each example; copied
 * @param targets      a number for each row, or NULL; copied
 * @param target_count how many targets there are: the number of rows, or 0 without targets
 * @param dataset      receives the dataset; free it with ascribe_dataset_free()
 * @param error        NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_from_matrix_f32(const struct ascribe_matrix_f32 *features,
                                               const double *targets,
                                               size_t target_count,
                                               struct ascribe_dataset **dataset,
                                               struct ascribe_error **error);

/**
 * Makes a dataset for a model of a graph: so many examples, whose inputs are then to be set by ascribe_dataset_set_numbers()
 * and ascribe_dataset_set_ids().
 *
 * @param count   the number of examples, at least 1
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_new(size_t count,
                                   struct ascribe_dataset **dataset,
                                   struct ascribe_error **error);

/**
 * Sets an input of numbers of every example.
 *
 * @param dataset a dataset of inputs
 * @param input   the input's name in the graph
 * @param values  a row for each example, with the elements of the input in row-major order; copied
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `dataset`.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_set_numbers(struct ascribe_dataset *dataset,
                                           const char *input,
                                           const struct ascribe_matrix *values,
                                           struct ascribe_error **error);

/**
 * Sets an input of numbers of every example.
 *
 * @param dataset a dataset of inputs
 * @param input   the input's name in the graph
 * @param values  a row for each example, with the elements of the input in row-major order; copied
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `dataset`.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_set_numbers_f32(struct ascribe_dataset *dataset,
                                               const char *input,
                                               const struct ascribe_matrix_f32 *values,
                                               struct ascribe_error **error);

/**
 * Sets an input of ids of every example.
 *
 * @param dataset a dataset of inputs
 * @param input   the input's name in the graph
 * @param ids     the ids of all examples, one example behind the other: count * width ids; copied
 * @param count   the number of examples
 * @param width   the number of ids of one example
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `dataset`.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_set_ids(struct ascribe_dataset *dataset,
                                       const char *input,
                                       const uint32_t *ids,
                                       size_t count,
                                       size_t width,
                                       struct ascribe_error **error);

/**
 * Gives every row a class. Names are kept where there are that many; otherwise classes are named by their numbers.
 *
 * @param dataset a dataset of rows
 * @param labels  the class of each row; copied
 * @param count   the number of labels: that of rows
 * @param classes the number of classes, at least 2; every label is below it
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `dataset`.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_set_labels(struct ascribe_dataset *dataset,
                                          const uint32_t *labels,
                                          size_t count,
                                          uint32_t classes,
                                          struct ascribe_error **error);

/**
 * Frees a dataset.
 *
 * @param dataset the dataset; NULL is fine
 *
 * Needs exclusive access to `dataset`.
 *
 * @since 0.1
 */
void ascribe_dataset_free(struct ascribe_dataset *dataset);

/**
 * Reads triples from files: one triple a line, head, relation and tail with tabs between them, in UTF-8; a name that ends in
 * .gz is compressed. The dataset has the triples to train on; ascribe_dataset_part() gives the others.
 *
 * @param train   the file of triples to train on
 * @param valid   the file of triples to stop early by, or NULL
 * @param test    the file of triples to judge by, or NULL
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_load_triples(const char *train,
                                            const char *valid,
                                            const char *test,
                                            struct ascribe_dataset **dataset,
                                            struct ascribe_error **error);

/**
 * Fills options of a table with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_table_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_table_options_init(struct ascribe_table_options *options,
                                size_t size);

/**
 * Reads rows from a table: values separated by commas, with a line of names; columns of text become indicators; a name that
 * ends in .gz is compressed.
 *
 * @param path    the file
 * @param options NULL for the defaults
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_load_table(const char *path,
                                          const struct ascribe_table_options *options,
                                          struct ascribe_dataset **dataset,
                                          struct ascribe_error **error);

/**
 * Reads images, and their labels, from files in the idx format of MNIST; values are divided by 255. A name that ends in .gz
 * is compressed.
 *
 * @param images  the file of images
 * @param labels  the file of labels, or NULL
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_load_images(const char *images,
                                           const char *labels,
                                           struct ascribe_dataset **dataset,
                                           struct ascribe_error **error);

/**
 * Reads messages with their classes, one a line (class, tab, message), as counts of their words.
 *
 * @param path    the file
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_load_messages(const char *path,
                                             struct ascribe_dataset **dataset,
                                             struct ascribe_error **error);

/**
 * Reads rows from files as those of another dataset were read: the same columns, levels, scaling, words and classes. For
 * test data.
 *
 * @param like    a dataset of rows that was read from files
 * @param paths   the files: one table, or images and labels, or messages
 * @param count   the number of files
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_load_like(const struct ascribe_dataset *like,
                                         const char *const *paths,
                                         size_t count,
                                         struct ascribe_dataset **dataset,
                                         struct ascribe_error **error);

/**
 * Returns the number of examples.
 *
 * @param dataset the dataset, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_dataset_len(const struct ascribe_dataset *dataset);

/**
 * Gives another part of triples that were read together, with the same names.
 *
 * @param dataset a dataset of triples
 * @param part    ASCRIBE_PART_TRAIN, _VALID or _TEST
 * @param result  receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_part(const struct ascribe_dataset *dataset,
                                    int32_t part,
                                    struct ascribe_dataset **result,
                                    struct ascribe_error **error);

/**
 * Gives some of the examples, in the order given; one may be taken several times.
 *
 * @param dataset  the dataset
 * @param examples the examples, counted from 0
 * @param count    how many they are
 * @param result   receives the dataset; free it with ascribe_dataset_free()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_select(const struct ascribe_dataset *dataset,
                                      const uint64_t *examples,
                                      size_t count,
                                      struct ascribe_dataset **result,
                                      struct ascribe_error **error);

/**
 * Makes a dataset of one triple by names, to ask about.
 *
 * @param dataset  a dataset of triples, which knows the names
 * @param head     the head's name
 * @param relation the relation's name
 * @param tail     the tail's name
 * @param result   receives the dataset; free it with ascribe_dataset_free()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_query(const struct ascribe_dataset *dataset,
                                     const char *head,
                                     const char *relation,
                                     const char *tail,
                                     struct ascribe_dataset **result,
                                     struct ascribe_error **error);

/**
 * Tells the ids of all triples.
 *
 * @param dataset  a dataset of triples
 * @param triples  receives head, relation and tail of each triple, one triple behind the other
 * @param capacity how many ids there is room for, at least 3 * ascribe_dataset_len()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_triples(const struct ascribe_dataset *dataset,
                                       uint32_t *triples,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Tells an example in words: a triple by its names, a row by its number in the file and its target.
 *
 * @param dataset  the dataset
 * @param example  the example, counted from 0
 * @param buffer   receives the text and a zero; NULL to ask for the length alone
 * @param capacity how many bytes there is room for, at least length + 1
 * @param length   receives the length in bytes, without the zero
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_describe(const struct ascribe_dataset *dataset,
                                        uint64_t example,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *length,
                                        struct ascribe_error **error);

/**
 * Returns how many numbers a row has.
 *
 * @param dataset the dataset, or NULL
 *
 * @return the number; 0 for examples that are no rows, NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_dataset_features(const struct ascribe_dataset *dataset);

/**
 * Returns the number of classes.
 *
 * @param dataset the dataset, or NULL
 *
 * @return the number; 0 where targets are no classes, for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_dataset_classes(const struct ascribe_dataset *dataset);

/**
 * Tells the name of a class.
 *
 * @param dataset  a dataset of rows with classes
 * @param label    the class, below ascribe_dataset_classes()
 * @param buffer   receives the text and a zero; NULL to ask for the length alone
 * @param capacity how many bytes there is room for, at least length + 1
 * @param length   receives the length in bytes, without the zero
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_class_name(const struct ascribe_dataset *dataset,
                                          uint32_t label,
                                          char *buffer,
                                          size_t capacity,
                                          size_t *length,
                                          struct ascribe_error **error);

/**
 * Tells the class of every row.
 *
 * @param dataset  a dataset of rows with classes
 * @param labels   receives the classes, by their places among the names
 * @param capacity how many there is room for, at least ascribe_dataset_len()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_labels(const struct ascribe_dataset *dataset,
                                      uint32_t *labels,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Tells the target of every row.
 *
 * @param dataset  a dataset of rows whose targets are numbers
 * @param targets  receives the targets
 * @param capacity how many there is room for, at least ascribe_dataset_len()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_dataset_targets(const struct ascribe_dataset *dataset,
                                       double *targets,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Fills options of a model of triples with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_triple_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_triple_options_init(struct ascribe_triple_options *options,
                                 size_t size);

/**
 * Makes a model of triples for the entities and relations of a dataset, which is not kept.
 *
 * @param context NULL for the default one
 * @param data    a dataset of triples
 * @param options NULL for the defaults
 * @param model   receives the model; free it with ascribe_model_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_triples(const struct ascribe_context *context,
                                     const struct ascribe_dataset *data,
                                     const struct ascribe_triple_options *options,
                                     struct ascribe_model **model,
                                     struct ascribe_error **error);

/**
 * Fills options of a model of rows with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_row_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_row_options_init(struct ascribe_row_options *options, size_t size);

/**
 * Makes a model of rows for the features, targets and classes of a dataset, which is not kept.
 *
 * @param context NULL for the default one
 * @param data    a dataset of rows
 * @param options NULL for the defaults
 * @param model   receives the model; free it with ascribe_model_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_rows(const struct ascribe_context *context,
                                  const struct ascribe_dataset *data,
                                  const struct ascribe_row_options *options,
                                  struct ascribe_model **model,
                                  struct ascribe_error **error);

/**
 * Fills options of a model of a graph with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_graph_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_graph_options_init(struct ascribe_graph_options *options,
                                size_t size);

/**
 * Makes a model of a graph, which is kept as it is now: training minimizes the mean of the loss over the examples, and the
 * penalty.
 *
 * @param context NULL for the default one
 * @param graph   the graph
 * @param loss    a per-example scalar
 * @param penalty a shared scalar that is added to every example's loss, or ASCRIBE_NO_NODE
 * @param outputs the per-example value through which the loss depends on the parameters, for Gauss-Newton curvature and
 *                leverage, or ASCRIBE_NO_NODE
 * @param options NULL for the defaults
 * @param model   receives the model; free it with ascribe_model_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_graph(const struct ascribe_context *context,
                                   const struct ascribe_graph *graph,
                                   ascribe_node loss,
                                   ascribe_node penalty,
                                   ascribe_node outputs,
                                   const struct ascribe_graph_options *options,
                                   struct ascribe_model **model,
                                   struct ascribe_error **error);

/**
 * Copies a model; values are shared until one of the two changes.
 *
 * @param model  the model
 * @param result receives the model; free it with ascribe_model_free()
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_clone(const struct ascribe_model *model,
                                   struct ascribe_model **result,
                                   struct ascribe_error **error);

/**
 * Returns the number of parameters: tables and arrays.
 *
 * @param model the model, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_model_parameters(const struct ascribe_model *model);

/**
 * Returns p: how many numbers all parameters have together.
 *
 * @param model the model, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_model_dimension(const struct ascribe_model *model);

/**
 * Tells the name of a parameter.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param buffer    receives the text and a zero; NULL to ask for the length alone
 * @param capacity  how many bytes there is room for, at least length + 1
 * @param length    receives the length in bytes, without the zero
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_parameter_name(const struct ascribe_model *model,
                                            size_t parameter,
                                            char *buffer,
                                            size_t capacity,
                                            size_t *length,
                                            struct ascribe_error **error);

/**
 * Tells the sizes of a parameter.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param sizes     receives the sizes, outermost first; NULL, or a capacity of 0, to ask for the rank alone
 * @param capacity  how many sizes there is room for; when fewer than the rank, nothing is received
 * @param rank      receives the number of sizes
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_parameter_shape(const struct ascribe_model *model,
                                             size_t parameter,
                                             int64_t *sizes,
                                             size_t capacity,
                                             size_t *rank,
                                             struct ascribe_error **error);

/**
 * Tells the values of a parameter.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param values    receives the values in row-major order
 * @param capacity  how many there is room for, at least the product of the sizes
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_parameter(const struct ascribe_model *model,
                                       size_t parameter,
                                       double *values,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Gives a parameter other values. Data and ledger of a training are forgotten: they belong to the values that were.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param values    the values in row-major order; copied
 * @param count     how many they are
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `model`.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_set_parameter(struct ascribe_model *model,
                                           size_t parameter,
                                           const double *values,
                                           size_t count,
                                           struct ascribe_error **error);

/**
 * Returns how many outputs a model of rows has.
 *
 * @param model the model, or NULL
 *
 * @return the number; 0 for other models, NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_model_outputs(const struct ascribe_model *model);

/**
 * Tells the outputs of a model of rows. Features that lie row by row in the precision of the model are read in place; others
 * are copied in small blocks.
 *
 * @param model    a model of rows
 * @param context  NULL for the default one
 * @param features a row for each example; borrowed for the call
 * @param outputs  receives the outputs of each row, one row behind the other
 * @param capacity how many there is room for, at least rows * ascribe_model_outputs()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_predict(const struct ascribe_model *model,
                                     const struct ascribe_context *context,
                                     const struct ascribe_matrix *features,
                                     double *outputs,
                                     size_t capacity,
                                     struct ascribe_error **error);

/**
 * Tells the outputs of a model of rows. Features that lie row by row in the precision of the model are read in place; others
 * are copied in small blocks.
 *
 * @param model    a model of rows
 * @param context  NULL for the default one
 * @param features a row for each example; borrowed for the call
 * @param outputs  receives the outputs of each row, one row behind the other
 * @param capacity how many there is room for, at least rows * ascribe_model_outputs()
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_predict_f32(const struct ascribe_model *model,
                                         const struct ascribe_context *context,
                                         const struct ascribe_matrix_f32 *features,
                                         double *outputs,
                                         size_t capacity,
                                         struct ascribe_error **error);

/**
 * Tells a functional of each query.
 *
 * @param model      the model
 * @param context    NULL for the default one
 * @param queries    the queries
 * @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
 * @param values     receives a value for each query
 * @param capacity   how many there is room for, at least the number of queries
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_evaluate(const struct ascribe_model *model,
                                      const struct ascribe_context *context,
                                      const struct ascribe_dataset *queries,
                                      const char *functional,
                                      double *values,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Ranks the tail of each triple among all tails and its head among all heads, passing over other true ones.
 *
 * @param model   a model of triples
 * @param context NULL for the default one
 * @param known   a dataset of triples; those of all its parts count as true
 * @param queries the triples to rank
 * @param ranking receives the result as far as its struct_size says
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_ranking(const struct ascribe_model *model,
                                     const struct ascribe_context *context,
                                     const struct ascribe_dataset *known,
                                     const struct ascribe_dataset *queries,
                                     struct ascribe_ranking *ranking,
                                     struct ascribe_error **error);

/**
 * Gives the data that a model was trained on.
 *
 * @param model   a model that was trained
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_data(const struct ascribe_model *model,
                                  struct ascribe_dataset **dataset,
                                  struct ascribe_error **error);

/**
 * Frees a model.
 *
 * @param model the model; NULL is fine
 *
 * Needs exclusive access to `model`.
 *
 * @since 0.1
 */
void ascribe_model_free(struct ascribe_model *model);

/**
 * Returns the number of queries.
 *
 * @param attribution the scores, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_attribution_queries(const struct ascribe_attribution *attribution);

/**
 * Returns how many examples have a score for a query.
 *
 * @param attribution the scores, or NULL
 * @param query       the query, counted from 0
 *
 * @return the number; 0 for a query that is not there, NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_attribution_len(const struct ascribe_attribution *attribution, size_t query);

/**
 * Tells the functional of a query, as the model is.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param value       receives the value
 * @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_attribution_value(const struct ascribe_attribution *attribution,
                                         size_t query,
                                         double *value,
                                         struct ascribe_error **error);

/**
 * Tells all scores of a query, in the order of the examples.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param examples    receives the examples, counted from 0; or NULL
 * @param scores      receives their scores; or NULL
 * @param capacity    how many there is room for in each, at least ascribe_attribution_len()
 * @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_attribution_copy(const struct ascribe_attribution *attribution,
                                        size_t query,
                                        uint64_t *examples,
                                        double *scores,
                                        size_t capacity,
                                        struct ascribe_error **error);

/**
 * Tells the first scores of a query in an order; equal ones are ordered by example.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param order       ASCRIBE_ORDER_LARGEST, _POSITIVE or _NEGATIVE
 * @param examples    receives the examples, counted from 0
 * @param scores      receives their scores
 * @param capacity    how many are wanted, and there is room for in each
 * @param found       receives how many there are, at most capacity
 * @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_attribution_top(const struct ascribe_attribution *attribution,
                                       size_t query,
                                       int32_t order,
                                       uint64_t *examples,
                                       double *scores,
                                       size_t capacity,
                                       size_t *found,
                                       struct ascribe_error **error);

/**
 * Tells how the solve for a query went; for explanations by influence.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param certificate receives the result as far as its struct_size says
 * @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_attribution_certificate(const struct ascribe_attribution *attribution,
                                               size_t query,
                                               struct ascribe_certificate *certificate,
                                               struct ascribe_error **error);

/**
 * Frees scores.
 *
 * @param attribution the scores; NULL is fine
 *
 * Needs exclusive access to `attribution`.
 *
 * @since 0.1
 */
void ascribe_attribution_free(struct ascribe_attribution *attribution);

/**
 * Gives the ledger of a model.
 *
 * @param model  a model that was trained with a ledger
 * @param ledger receives the ledger; free it with ascribe_ledger_free()
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_ledger(const struct ascribe_model *model,
                                    struct ascribe_ledger **ledger,
                                    struct ascribe_error **error);

/**
 * Returns the number of examples.
 *
 * @param ledger the ledger, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_ledger_examples(const struct ascribe_ledger *ledger);

/**
 * Returns how many rows an example owns. A row that it reads twice counts once.
 *
 * @param ledger  the ledger, or NULL
 * @param example the example, counted from 0
 *
 * @return the number; 0 for an example that is not there, NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_ledger_slots(const struct ascribe_ledger *ledger, uint64_t example);

/**
 * Tells which row an example owns.
 *
 * @param ledger    the ledger
 * @param example   the example, counted from 0
 * @param slot      which of the rows it owns, counted from 0
 * @param parameter receives the parameter, counted from 0
 * @param row       receives the row of it, counted from 0
 * @param width     receives how many numbers the row has
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_ledger_slot(const struct ascribe_ledger *ledger,
                                   uint64_t example,
                                   size_t slot,
                                   size_t *parameter,
                                   uint64_t *row,
                                   size_t *width,
                                   struct ascribe_error **error);

/**
 * Tells how much an example's own steps moved a row that it owns.
 *
 * @param ledger   the ledger
 * @param example  the example, counted from 0
 * @param slot     which of the rows it owns, counted from 0
 * @param values   receives the change of each number of the row
 * @param capacity how many there is room for, at least the width
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_ledger_change(const struct ascribe_ledger *ledger,
                                     uint64_t example,
                                     size_t slot,
                                     double *values,
                                     size_t capacity,
                                     struct ascribe_error **error);

/**
 * Tells how much of a parameter's movement no example owns: with all changes it adds up to the movement.
 *
 * @param ledger    the ledger
 * @param parameter the parameter, counted from 0
 * @param values    receives the numbers in row-major order
 * @param capacity  how many there is room for, at least as many as the parameter has
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_ledger_remainder(const struct ascribe_ledger *ledger,
                                        size_t parameter,
                                        double *values,
                                        size_t capacity,
                                        struct ascribe_error **error);

/**
 * Frees a ledger. Models and explanations that use it stay.
 *
 * @param ledger the ledger; NULL is fine
 *
 * Needs exclusive access to `ledger`.
 *
 * @since 0.1
 */
void ascribe_ledger_free(struct ascribe_ledger *ledger);

/**
 * Fills options of influence with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_influence_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_influence_options_init(struct ascribe_influence_options *options,
                                    size_t size);

/**
 * Looks at the objective of a model over a dataset, and prepares to solve with its curvature.
 *
 * @param context   NULL for the default one
 * @param model     the model
 * @param data      the examples, or NULL for those the model was trained on
 * @param options   NULL for the defaults
 * @param watch     what the call obeys, or NULL
 * @param influence receives what can be asked; free it with ascribe_influence_free()
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_new(const struct ascribe_context *context,
                                     const struct ascribe_model *model,
                                     const struct ascribe_dataset *data,
                                     const struct ascribe_influence_options *options,
                                     const struct ascribe_watch *watch,
                                     struct ascribe_influence **influence,
                                     struct ascribe_error **error);

/**
 * Tells where the objective stands, which decides what scores are worth, and how solves went since.
 *
 * @param influence what is asked
 * @param diagnostics  receives the result as far as its struct_size says
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_standing(const struct ascribe_influence *influence,
                                          struct ascribe_standing *diagnostics,
                                          struct ascribe_error **error);

/**
 * Tells in words how it solves and, where a solve did not reach its tolerance, what to do about that.
 *
 * @param influence what is asked
 * @param buffer    receives the text and a zero; NULL to ask for the length alone
 * @param capacity  how many bytes there is room for, at least length + 1
 * @param length    receives the length in bytes, without the zero
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_solver(const struct ascribe_influence *influence,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *length,
                                        struct ascribe_error **error);

/**
 * Frees what can be asked. Scores stay.
 *
 * @param influence what can be asked; NULL is fine
 *
 * Needs exclusive access to `influence`.
 *
 * @since 0.1
 */
void ascribe_influence_free(struct ascribe_influence *influence);

/**
 * Explains queries: for each, the scores of all examples, to the first order of their removal.
 *
 * @param influence   what is asked
 * @param queries     the queries
 * @param functional  what is asked for, by its name (see the opening chapter), or NULL for the first there is
 * @param watch       what the call obeys, or NULL
 * @param attribution receives the scores; free them with ascribe_attribution_free()
 * @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_explain(const struct ascribe_influence *influence,
                                         const struct ascribe_dataset *queries,
                                         const char *functional,
                                         const struct ascribe_watch *watch,
                                         struct ascribe_attribution **attribution,
                                         struct ascribe_error **error);

/**
 * Tells the scores of some examples with each one's own curvature taken out (with one output and no penalty, score / (1 - leverage)), and
 * their leverages. Above a leverage of 0.1 the first order is off by more than a tenth.
 *
 * @param influence  what is asked
 * @param queries    the queries
 * @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
 * @param examples   the examples, counted from 0
 * @param count      how many they are
 * @param watch      what the call obeys, or NULL
 * @param scores     receives the scores of all examples for each query, one query behind the other: queries * count numbers
 * @param leverages  receives the leverages: count numbers; or NULL
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_corrected(const struct ascribe_influence *influence,
                                           const struct ascribe_dataset *queries,
                                           const char *functional,
                                           const uint64_t *examples,
                                           size_t count,
                                           const struct ascribe_watch *watch,
                                           double *scores,
                                           double *leverages,
                                           struct ascribe_error **error);

/**
 * Tells the self-influence of examples: the predicted rise of an example's own loss and penalty if it were removed. Wrong
 * labels are found among the highest.
 *
 * @param influence what is asked
 * @param examples  the examples, counted from 0, or NULL for all
 * @param count     how many they are; not looked at for all
 * @param watch     what the call obeys, or NULL
 * @param values    receives a value for each
 * @param capacity  how many there is room for
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_self(const struct ascribe_influence *influence,
                                      const uint64_t *examples,
                                      size_t count,
                                      const struct ascribe_watch *watch,
                                      double *values,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Tells the products of the curvature with directions, without damping.
 *
 * @param influence  what is asked
 * @param directions a direction in each row, with p columns; read in place, in blocks
 * @param watch      what the call obeys, or NULL
 * @param products   receives the product of each direction, one behind the other: rows * p numbers
 * @param capacity   how many there is room for
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_hvp(const struct ascribe_influence *influence,
                                     const struct ascribe_matrix *directions,
                                     const struct ascribe_watch *watch,
                                     double *products,
                                     size_t capacity,
                                     struct ascribe_error **error);

/**
 * Tells the products of the inverse of curvature and damping with directions. Where a solve did not reach its tolerance,
 * ascribe_influence_standing() says so.
 *
 * @param influence  what is asked
 * @param directions a direction in each row, with p columns; read in place, in blocks
 * @param watch      what the call obeys, or NULL
 * @param products   receives the product of each direction, one behind the other: rows * p numbers
 * @param capacity   how many there is room for
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_inverse_hvp(const struct ascribe_influence *influence,
                                             const struct ascribe_matrix *directions,
                                             const struct ascribe_watch *watch,
                                             double *products,
                                             size_t capacity,
                                             struct ascribe_error **error);

/**
 * Fills options of a what-if with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_what_if_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_what_if_options_init(struct ascribe_what_if_options *options,
                                  size_t size);

/**
 * Predicts the functional for queries on a changed training set, from the cheapest level to the one asked for.
 *
 * @param influence  what is asked
 * @param queries    the queries
 * @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
 * @param changes    the changes, all together
 * @param count      how many they are, at least 1
 * @param options    NULL for the defaults
 * @param watch      what the call obeys, or NULL
 * @param what_if    receives the predictions; free them with ascribe_what_if_free()
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_influence_what_if(const struct ascribe_influence *influence,
                                         const struct ascribe_dataset *queries,
                                         const char *functional,
                                         const struct ascribe_change *changes,
                                         size_t count,
                                         const struct ascribe_what_if_options *options,
                                         const struct ascribe_watch *watch,
                                         struct ascribe_what_if **what_if,
                                         struct ascribe_error **error);

/**
 * Returns the number of queries.
 *
 * @param what_if the predictions, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_what_if_queries(const struct ascribe_what_if *what_if);

/**
 * Returns the number of levels that were tried.
 *
 * @param what_if the predictions, or NULL
 *
 * @return the number; 0 for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
size_t ascribe_what_if_levels(const struct ascribe_what_if *what_if);

/**
 * Returns whether the last level is within the tolerance.
 *
 * @param what_if the predictions, or NULL
 *
 * @return 1 if it is, or none was given; 0 otherwise, for NULL and invalid handles
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
int32_t ascribe_what_if_reached(const struct ascribe_what_if *what_if);

/**
 * Tells the functional of each query as it is now.
 *
 * @param what_if  the predictions
 * @param values   receives a value for each query
 * @param capacity how many there is room for
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_what_if_before(const struct ascribe_what_if *what_if,
                                      double *values,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Tells a level, the changes of the functional that it predicts, and estimates of their errors.
 *
 * @param what_if  the predictions
 * @param place    the level by its place, cheapest first, counted from 0
 * @param level    receives the level: ASCRIBE_LEVEL_...
 * @param changes  receives the predicted change for each query; or NULL
 * @param errors   receives the estimated error for each query; or NULL
 * @param capacity how many there is room for in each, at least the number of queries
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_what_if_level(const struct ascribe_what_if *what_if,
                                     size_t place,
                                     int32_t *level,
                                     double *changes,
                                     double *errors,
                                     size_t capacity,
                                     struct ascribe_error **error);

/**
 * Tells the parameters that a level predicts, all of them one behind the other.
 *
 * @param what_if  the predictions
 * @param place    the level by its place, cheapest first, counted from 0
 * @param values   receives p numbers
 * @param capacity how many there is room for
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_what_if_parameters(const struct ascribe_what_if *what_if,
                                          size_t place,
                                          double *values,
                                          size_t capacity,
                                          struct ascribe_error **error);

/**
 * Frees predictions.
 *
 * @param what_if the predictions; NULL is fine
 *
 * Needs exclusive access to `what_if`.
 *
 * @since 0.1
 */
void ascribe_what_if_free(struct ascribe_what_if *what_if);

/**
 * Fills options of a training with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_training_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_training_options_init(struct ascribe_training_options *options,
                                   size_t size);

/**
 * Trains a model from the values that it has, and keeps the data and, where there is one, the ledger with it. A training
 * that fails or is canceled leaves the model as it was.
 *
 * @param model   the model
 * @param context NULL for the default one
 * @param data    the examples
 * @param options NULL for the defaults
 * @param watch   what the call obeys, or NULL
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `model`.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_fit(struct ascribe_model *model,
                                 const struct ascribe_context *context,
                                 const struct ascribe_dataset *data,
                                 const struct ascribe_training_options *options,
                                 const struct ascribe_watch *watch,
                                 struct ascribe_error **error);

/**
 * Tells how the last training of a model went.
 *
 * @param model    a model that was trained
 * @param training receives the result as far as its struct_size says
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_training(const struct ascribe_model *model,
                                      struct ascribe_training *training,
                                      struct ascribe_error **error);

/**
 * Begins a training of a model from the values that it has. The model itself stays as it is; ascribe_trainer_model() gives
 * the trained one.
 *
 * @param context NULL for the default one
 * @param model   the model
 * @param data    the examples
 * @param options NULL for the defaults
 * @param trainer receives the training; free it with ascribe_trainer_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_trainer_new(const struct ascribe_context *context,
                                   const struct ascribe_model *model,
                                   const struct ascribe_dataset *data,
                                   const struct ascribe_training_options *options,
                                   struct ascribe_trainer **trainer,
                                   struct ascribe_error **error);

/**
 * Takes some steps. With an optimizer the bytes do not depend on how a training is cut up; minimizing begins anew with each
 * call from where the last one ended. After ASCRIBE_CANCELED the training can go on.
 *
 * @param trainer the training
 * @param steps   how many steps to take at most: batches, or steps of minimizing
 * @param watch   what the call obeys, or NULL
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `trainer`.
 *
 * @since 0.1
 */
ascribe_status ascribe_trainer_step(struct ascribe_trainer *trainer,
                                    uint64_t steps,
                                    const struct ascribe_watch *watch,
                                    struct ascribe_error **error);

/**
 * Trains to the end. After ASCRIBE_CANCELED the training can go on.
 *
 * @param trainer the training
 * @param watch   what the call obeys, or NULL
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `trainer`.
 *
 * @since 0.1
 */
ascribe_status ascribe_trainer_run(struct ascribe_trainer *trainer,
                                   const struct ascribe_watch *watch,
                                   struct ascribe_error **error);

/**
 * Tells how far a training has come.
 *
 * @param trainer  the training
 * @param training receives the result as far as its struct_size says
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_trainer_training(const struct ascribe_trainer *trainer,
                                        struct ascribe_training *training,
                                        struct ascribe_error **error);

/**
 * Gives the model as it is now, with the data and, where there is one, the ledger. The training can go on.
 *
 * @param trainer the training
 * @param model   receives the model; free it with ascribe_model_free()
 * @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_trainer_model(const struct ascribe_trainer *trainer,
                                     struct ascribe_model **model,
                                     struct ascribe_error **error);

/**
 * Frees a training. Models that it gave stay.
 *
 * @param trainer the training; NULL is fine
 *
 * Needs exclusive access to `trainer`.
 *
 * @since 0.1
 */
void ascribe_trainer_free(struct ascribe_trainer *trainer);

/**
 * Trains a model again without each of some sets of examples, with everything else as it was (initial values, order,
 * candidates), and tells the true changes of a functional. What was minimized is minimized again, from where one step of
 * Newton's method leads; where the objective is not convex that may be another minimum.
 *
 * @param context    NULL for the default one
 * @param model      a model that was trained
 * @param queries    the queries
 * @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
 * @param examples   the examples of all sets, counted from 0, one set behind the other
 * @param offsets    where each set begins among the examples, and where the last one ends: sets + 1 numbers, ascending from
 *                   0
 * @param sets       the number of sets
 * @param watch      what the call obeys, or NULL
 * @param changes    receives the change for each query of each set, one set behind the other: sets * queries numbers
 * @param capacity   how many there is room for
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_verify_removal(const struct ascribe_context *context,
                                      const struct ascribe_model *model,
                                      const struct ascribe_dataset *queries,
                                      const char *functional,
                                      const uint64_t *examples,
                                      const size_t *offsets,
                                      size_t sets,
                                      const struct ascribe_watch *watch,
                                      double *changes,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Compares predicted changes with true ones.
 *
 * @param predicted the predicted changes
 * @param truth     the true changes
 * @param count     how many pairs there are
 * @param fidelity  receives the result as far as its struct_size says
 * @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_verify_fidelity(const double *predicted,
                                       const double *truth,
                                       size_t count,
                                       struct ascribe_fidelity *fidelity,
                                       struct ascribe_error **error);

/**
 * Fills options of rollback with the defaults.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_rollback_options), as the caller was compiled; no more bytes are written
 *
 * Needs exclusive access to `options`.
 *
 * @since 0.1
 */
void ascribe_rollback_options_init(struct ascribe_rollback_options *options,
                                   size_t size);

/**
 * Prepares to explain a functional of a model by its ledger.
 *
 * @param context    NULL for the default one
 * @param model      a model of triples, or of a graph whose examples own rows, that was trained with a ledger
 * @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
 * @param rollback   receives what can be asked; free it with ascribe_rollback_free()
 * @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_rollback_new(const struct ascribe_context *context,
                                    const struct ascribe_model *model,
                                    const char *functional,
                                    struct ascribe_rollback **rollback,
                                    struct ascribe_error **error);

/**
 * Explains queries: for each, the change of the functional that taking back each example's own changes makes.
 *
 * @param rollback    what is asked
 * @param queries     the queries
 * @param options     NULL for the defaults
 * @param watch       what the call obeys, or NULL
 * @param attribution receives the scores; free them with ascribe_attribution_free()
 * @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_rollback_explain(const struct ascribe_rollback *rollback,
                                        const struct ascribe_dataset *queries,
                                        const struct ascribe_rollback_options *options,
                                        const struct ascribe_watch *watch,
                                        struct ascribe_attribution **attribution,
                                        struct ascribe_error **error);

/**
 * Tells the functional of each query with the changes of some examples taken back together.
 *
 * @param rollback what is asked
 * @param queries  the queries
 * @param examples the examples, counted from 0
 * @param count    how many they are
 * @param values   receives a value for each query
 * @param capacity how many there is room for, at least the number of queries
 * @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_rollback_without(const struct ascribe_rollback *rollback,
                                        const struct ascribe_dataset *queries,
                                        const uint64_t *examples,
                                        size_t count,
                                        double *values,
                                        size_t capacity,
                                        struct ascribe_error **error);

/**
 * Frees what can be asked. Scores stay.
 *
 * @param rollback what can be asked; NULL is fine
 *
 * Needs exclusive access to `rollback`.
 *
 * @since 0.1
 */
void ascribe_rollback_free(struct ascribe_rollback *rollback);

/**
 * Saves a trained model with its data, its ledger and how it was trained, replacing what was saved there. A process that is
 * killed at any moment leaves the old or the new.
 *
 * Models of triples and rows become runs, which `ascribe explain`, `ascribe verify` and `ascribe info` read too. Of a graph
 * everything but the graph is saved.
 *
 * @param model  a model that was trained
 * @param folder the path of the folder, in UTF-8; it is created where it is absent, and must otherwise be empty or hold what
 *               was saved before
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_save(const struct ascribe_model *model,
                                  const char *folder,
                                  struct ascribe_error **error);

/**
 * Loads a model of triples or rows that was saved, or trained by `ascribe train`, with its data and, where there is one, its
 * ledger. Every byte is checked. Models of graphs are restored, with ascribe_model_restore().
 *
 * @param folder the path of the folder, in UTF-8
 * @param model  receives the model; free it with ascribe_model_free()
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * May be called from any thread at the same time.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_load(const char *folder,
                                  struct ascribe_model **model,
                                  struct ascribe_error **error);

/**
 * Gives a model of a graph the values, data, ledger and training that a model of the same graph was saved with. Where
 * parameters, inputs or owned rows differ, the error says which; the model is then what it was.
 *
 * @param model  a model made of the same graph, in the same precision
 * @param folder the path of the folder, in UTF-8
 * @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
 *
 * Needs exclusive access to `model`.
 *
 * @since 0.1
 */
ascribe_status ascribe_model_restore(struct ascribe_model *model,
                                     const char *folder,
                                     struct ascribe_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ASCRIBE_H */
