/*
 * Ascribe: which training examples is a prediction due to, and what would it be without them?
 *
 * This header is the manual of the C interface. A program includes it, links with -lascribe, and needs nothing else:
 *
 *     #include <ascribe.h>
 *     #include <stdio.h>
 *
 *     int main(void) {
 *       const char *path = "data/tables/breast_cancer.csv";
 *       const uint64_t query = 10;
 *       uint64_t examples[5];
 *       double scores[5];
 *       size_t found = 0, i;
 *       ascribe_error *error = NULL;
 *       ascribe_options *options = NULL;
 *       ascribe_dataset *data = NULL, *queries = NULL;
 *       ascribe_model *model = NULL;
 *       ascribe_attributor *attributor = NULL;
 *       ascribe_attribution *attribution = NULL;
 *
 *       if (ascribe_options_new(&options, &error) ||
 *           ascribe_options_set_flag(options, "standardize", 1, &error) ||
 *           ascribe_dataset_load("table", &path, 1, options, &data, &error) ||
 *           ascribe_model_new(NULL, "logistic", data, NULL, &model, &error) ||
 *           ascribe_model_fit(model, NULL, data, NULL, NULL, &error) ||
 *           ascribe_attributor_new(NULL, model, "influence", NULL, NULL, NULL, &attributor, &error) ||
 *           ascribe_dataset_select(data, &query, 1, &queries, &error) ||
 *           ascribe_attributor_explain(attributor, queries, "probability", NULL, &attribution, &error) ||
 *           ascribe_attribution_top(attribution, 0, "largest", examples, scores, 5, &found, &error))
 *         fprintf(stderr, "%s\n", ascribe_error_message(error));
 *       for (i = 0; i < found; i++)
 *         printf("without example %d the probability would change by %+.6f\n", (int)examples[i], scores[i]);
 *
 *       ascribe_attribution_free(attribution);
 *       ascribe_attributor_free(attributor);
 *       ascribe_model_free(model);
 *       ascribe_dataset_free(queries);
 *       ascribe_dataset_free(data);
 *       ascribe_options_free(options);
 *       ascribe_error_free(error);
 *       return found == 0;
 *     }
 *
 * So it always goes: a dataset, a model, its training, an attributor, an attribution.
 *
 *   ascribe_dataset      examples to train on, and queries: read by ascribe_dataset_load(), or made of arrays by ascribe_dataset_from_...
 *   ascribe_model        a model by name, ascribe_model_new(), or of a graph of one's own, ascribe_graph and ascribe_model_custom()
 *   ascribe_model_fit()  trains it at once; an ascribe_trainer does step by step
 *   ascribe_attributor   the model with a method: "influence", "rollback", "replay" and others
 *   ascribe_attribution  the scores: of each query, for each training example
 *   ascribe_what_if      predictions for other changes of the training data; ascribe_retraining_changes() trains again and compares
 *   ascribe_ledger       what a training wrote down for rollback
 *   ascribe_ledger_builder   the same of a training that the host runs itself; ascribe_model_set_data() is for values without one
 *   ascribe_options      settings by name, of all of them
 *   ascribe_context      threads, seed and log; NULL stands for one thread and seed 42
 *   ascribe_monitor      progress and cancellation of long calls; NULL stands for neither
 *
 *
 * ERRORS
 *
 * A function that can fail returns an ascribe_status: ASCRIBE_OK, which is 0, or why it failed. Its last parameter, `error`, may be NULL or
 * point to an ascribe_error pointer, which then receives an object with the same status and a sentence that names the argument, what was
 * found and what was expected. What the pointer was before is not read; it is written only on failure, and the object must then be freed
 * with ascribe_error_free(). This holds for every function and is not repeated below. Outputs are written only on success: after a failure
 * they are as they were, all of them. Functions that return a number or a text directly cannot fail; they say what they return for NULL.
 *
 * No argument crashes the library but pointers to memory that is not there. NULL where something must be, texts that are not UTF-8, sizes
 * below zero or beyond memory, unknown words: each is a status. A fault of the library itself becomes ASCRIBE_INTERNAL, and an object that
 * the call was changing refuses to be used afterwards (ASCRIBE_INTERNAL again) but can be freed. Rust prints a line to the standard error
 * stream when that happens; nothing else ever prints. What cannot be promised: where the system has no memory left in the middle of work
 * whose size could not be known before, the process ends.
 *
 *
 * OWNERSHIP
 *
 * Objects live behind handles: pointers to structs that only the library knows, one type for each kind of thing. A function that
 * makes an object puts its handle into an output; the caller owns it and gives it back to the _free function of its type, once. Every
 * _free takes NULL, may be called on any thread, and returns nothing. The order does not matter: an object keeps what it needs of
 * others alive by itself (a trainer the threads of its context, an attributor the model it is about).
 *
 * Everything a function is given, texts, arrays, structs and what they point to, is the caller's, is only read during the call, and is
 * copied where the library needs it longer. The exceptions are callbacks of a context, with their data: they must live as long as the
 * context and what was made with it. Results are written to memory of the caller's, or are objects. The library never gives out memory
 * to be freed by other means than a _free function, and never takes any over. Texts it returns directly are its own; each function says
 * how long they are valid.
 *
 * A handle that was freed, is of another type, or is none at all fails with ASCRIBE_INVALID_HANDLE where memory still allows to see it.
 * That is a help in finding mistakes, not a promise. An object that is freed while a call on another thread uses it is destroyed when that
 * call returns.
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
 * A child of fork() has the objects of its parent and none of its threads: calls work on the calling thread, with the same bytes,
 * and objects are freed as anywhere; threads of its own come with a context of its own. What another thread of the parent was
 * using at the moment of the fork is not to be touched, nor freed, in the child.
 *
 *
 * OPTIONS
 *
 * Settings are set by name in an ascribe_options; NULL in its place stands for the defaults, and so does every option that is not set.
 * Options come in tables: "training" has those of ascribe_model_fit(), and so on; each function says which tables it reads. An option of
 * another table is refused where it is given, as are values out of range, with a sentence that says what would be accepted.
 * ascribe_options_describe() gets every table with types, defaults, ranges and descriptions.
 *
 *     ascribe_options_set_integer(options, "epochs", 20, &error);
 *     ascribe_options_set_number(options, "learning_rate", 0.01, &error);
 *     ascribe_options_set_text(options, "optimizer", "adam", &error);
 *
 * Every value may be given as text as well: "20", "0.01", "true". "auto" leaves a choice to the library where that is the default.
 *
 *
 * FUNCTIONALS AND SCORES
 *
 * A functional is the number that is explained, by its name; NULL stands for the first there is.
 *
 *   of triples   "probability" p of the tail: the softmax of the scores of all entities as the tail; "log-probability", ln p; "score", that
 *                of the triple before the softmax; "head-probability", "head-log-probability", "head-score" of the head likewise.
 *                Queries are triples of head, relation and tail.
 *   of networks  "loss" against the query's target, without the penalty.
 *                Of a squared loss "prediction", the number that is predicted, in the units of the targets.
 *                Of logistic and softmax models "probability", p of the target, and "log-probability", ln p, which is minus the loss.
 *                Of classes "margin", by how much the target is preferred: with two y times the output, y = 1 for the second class and -1
 *                for the first; of a softmax ln(p / (1 - p)), the log-odds of the target against all other classes together.
 *                Of models with one output "output", which of a squared loss is the prediction.
 *                All but "prediction" and "output" need queries with targets. What a loss does not have is ASCRIBE_UNSUPPORTED.
 *   of graphs    "loss", without penalty, and what ascribe_graph_functional() has named.
 *
 * A score is, of "influence", "rollback" and "replay", the predicted change of the functional if the training example were removed and the
 * model trained again. Where there is a penalty every example's loss carries it, and a removed example takes its share along, so scores of
 * all methods hold that share; the functional does not. ascribe_attribution_unit() says what a score is. How predictions agree with the truth is measured: of rollback on triples
 * by ascribe_model_calibrate(), of any method by ascribe_retraining_changes() and ascribe_retraining_fidelity().
 *
 *
 * TEXTS AND ARRAYS
 *
 * Texts are UTF-8 and end with a zero. Choices are words, such as "largest"; each parameter lists them. A function that gets a text takes a
 * buffer, its capacity in bytes, and a place for the length without the zero. With a buffer of NULL or a capacity of 0 it puts the length
 * alone, so a caller calls twice: for the length, and with a buffer of one more. A buffer that is too small is ASCRIBE_INVALID_ARGUMENT, and
 * nothing is put. Descriptions are JSON; members may be added, so readers ignore those they do not know.
 *
 * Arrays are a pointer and a count of elements; the pointer is ignored when the count is 0. Matrices are an ascribe_matrix, which has
 * strides, so that arrays in any order are read in place. An array for results comes with its capacity in elements, which may be larger
 * than needed but not smaller. Results must not overlap each other, nor the arrays they are made of. Indices count from 0. Sizes of values
 * are int64_t, counts of buffers size_t, truth values int32_t (0 or 1), results double whatever precision a model has.
 *
 *
 * STRUCTS
 *
 * Structs that may grow begin with struct_size, the caller's sizeof. Those that are filled by an _init function are then changed:
 *
 *     ascribe_context_options options;
 *     ascribe_context_options_init(&options, sizeof options);
 *     options.threads = 4;
 *
 * A struct for results is given with struct_size set; the fields it has are filled. Structs only ever grow at the end, so programs that
 * were compiled with an older header keep working, and newer ones work with an older library as long as it knows what they set
 * (ASCRIBE_UNSUPPORTED otherwise). Structs without struct_size never change.
 *
 *
 * VERSIONS
 *
 * ASCRIBE_ABI_VERSION counts incompatible changes of this interface and is part of the shared library's name; a program that loads the
 * library by hand should compare it with ascribe_abi_version(). Until version 1.0 any minor version may raise it. A function came with
 * version 0.1 where it does not name a later one by "since". Numbers of constants are never used again.
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
 * For each query the scores of training examples. Of "influence", "rollback", "replay" and "dvemb" a score is the predicted change of the
 * functional if the example were removed and the model trained again (a fact that supports a probability has a negative score); of other methods it
 * is something else: ascribe_attribution_unit() says what.
 */
typedef struct ascribe_attribution ascribe_attribution;

/**
 * A trained model with a method of attribution, ready to explain. It keeps model and data as they were. With "influence", calls with the
 * same handle from several threads are answered one after the other.
 */
typedef struct ascribe_attributor ascribe_attributor;

/**
 * A flag that ends long calls: given to them in an ascribe_monitor, set by ascribe_cancel_request() from anywhere. One flag may
 * serve many calls.
 */
typedef struct ascribe_cancel ascribe_cancel;

/**
 * Where calls run: a pool of threads, the seed of random numbers, and a log callback. NULL in its place means one thread (the
 * caller's), seed 42 and no messages. What is made with a context keeps its threads alive: it may be freed at any time.
 */
typedef struct ascribe_context ascribe_context;

/**
 * Examples to train on, or queries: triples, rows of numbers with or without targets, or the inputs of a graph. What it is made of is
 * copied. Models and attributors that were made with it keep it as it was.
 */
typedef struct ascribe_dataset ascribe_dataset;

/**
 * Why a call failed: a status and a sentence that names the argument, what was found and what was expected. A call makes one
 * only when it fails and was given somewhere to put it.
 */
typedef struct ascribe_error ascribe_error;

/**
 * A model as its user writes it: values, from parameters and inputs to a loss, with the rows that examples own and the functionals. A
 * value is per-example (inputs, ids and what depends on them) or shared by all examples (parameters, constants); shapes never
 * mention the examples. A function that adds a value finds an equal one where there is one. A graph can be added to as long as
 * one likes; models that were made of it keep it as it was.
 */
typedef struct ascribe_graph ascribe_graph;

/**
 * The ledger of a training: for every example and every row that it owns, how much of the row's movement is credited to the example. What
 * counts for that, the option "attribution" of the table "training" says: what is left of the example's updates after later steps have
 * answered to them ("refill", the default of models of triples), or what its own steps moved.
 */
typedef struct ascribe_ledger ascribe_ledger;

/**
 * A ledger that is written step by step while the host trains a model's parameters with code of its own: what
 * ascribe_model_set_ledger() gives the model, which rollback then explains.
 */
typedef struct ascribe_ledger_builder ascribe_ledger_builder;

/**
 * A model: what it is, the values of its parameters and, once it is trained, its data and ledger. Attributors, trainers and copies
 * that were made of it keep it as it was.
 */
typedef struct ascribe_model ascribe_model;

/**
 * Options by name: what a model is, how it is trained, how it is explained. One object may hold options of several functions only where
 * all of them know the names; NULL stands for the defaults everywhere. ascribe_options_describe() lists what there is.
 */
typedef struct ascribe_options ascribe_options;

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
 * Receives a message: its level ("error", "warning", "info" or "debug"), the part of the library it comes from, and a sentence. The
 * texts are valid until it returns. Called only on the thread whose call the message belongs to; must not throw or jump out.
 */
typedef void (*ascribe_log_fn)(const char *level,
                               const char *target,
                               const char *message,
                               void *user_data);

/**
 * Frees what a log callback was passed, when nothing can log any more. Called on the thread that frees the last object that could log; must
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
   * Receives messages; NULL (the default) for none. It and `log_data` must live as long as the context and what was made with it.
   */
  ascribe_log_fn log;
  /**
   * Passed to `log`.
   */
  void *log_data;
  /**
   * The last level that `log` receives, in the order "error", "warning", "info", "debug"; NULL (the default) for "info".
   */
  const char *log_level;
  /**
   * NULL (the default), or called once with `log_data` when the context and everything that was made with it are freed, or when
   * ascribe_context_new() fails after it has read these options; at once where `log` is NULL.
   */
  ascribe_log_free_fn log_free;
} ascribe_context_options;

/**
 * How far a long call has come. Passed to a callback and valid until it returns; a later library may append fields.
 */
typedef struct ascribe_progress {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The phase of the work, in a word or two: "training", "minimizing", "solving", ...; always valid.
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
 * Called as a long call makes progress; anything but 0 ends that call with ASCRIBE_CANCELED. Called only on the thread that made the
 * call; must not throw or jump out. It may make other calls, also with objects the call was given as const, but a call that needs
 * exclusive access to an object in use fails.
 */
typedef int32_t (*ascribe_progress_fn)(const struct ascribe_progress *event, void *user_data);

/**
 * Progress and cancellation of a long call; fill it with ascribe_monitor_init(). NULL in its place stands for neither.
 */
typedef struct ascribe_monitor {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * Called as the call makes progress; NULL (the default) for no callback.
   */
  ascribe_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *progress_data;
  /**
   * Ends the call when it is set; NULL (the default) for none.
   */
  const struct ascribe_cancel *cancel;
} ascribe_monitor;

/**
 * A matrix of numbers in the caller's memory, which is read during a call and not kept. The element in row i and column j stands
 * at data[i * row_stride + j * col_stride], so row-major, column-major and transposed arrays and parts of larger ones are all
 * read where they lie. A stride may be 0 only along a size of at most 1, and must not be negative. `data` and the strides
 * are ignored when there are no elements.
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
 * A value of one graph, by its number. It means nothing to another graph.
 */
typedef uint32_t ascribe_node;

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
   * The objective where minimizing ended, with its penalty; NaN where there was none.
   */
  double objective;
  /**
   * The relative gradient there; NaN where there was none.
   */
  double gradient_norm;
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
  /**
   * With a ledger by refill: the share of shrinking factors that had to be clamped above zero, from 0 to 1; where it is not
   * small, steps were too large for the ledger to follow. NaN without such a ledger.
   */
  double clamped;
  /**
   * 1 if the training happened elsewhere: the values were given, see ascribe_model_set_data().
   */
  int32_t given;
} ascribe_training;

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
   * The share at which the solver was to stop.
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
 * What influence functions found at the model, and how solves went since.
 */
typedef struct ascribe_diagnostics {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * The number of examples.
   */
  uint64_t examples;
  /**
   * p: how many numbers all parameters have together.
   */
  uint64_t parameters;
  /**
   * The damping: what is added to the curvature's diagonal.
   */
  double damping;
  /**
   * The objective, with its penalty: of losses their mean, or where the option objective says so their sum.
   */
  double value;
  /**
   * The relative gradient.
   */
  double gradient_norm;
  /**
   * The Euclidean length of its gradient.
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
   * 1 if the model is at a minimum.
   */
  int32_t at_minimum;
  /**
   * 1 if every solve since reached its tolerance.
   */
  int32_t converged;
  /**
   * 1 if the curvature was factored, so that every further solve is cheap and exact but for rounding.
   */
  int32_t factored;
} ascribe_diagnostics;

/**
 * One change of the training set, an element of an array whose elements all have the same struct_size.
 */
typedef struct ascribe_change {
  /**
   * The size of this struct in bytes.
   */
  size_t struct_size;
  /**
   * "remove" (the example is not there), "reweight" (it has another weight), "replace" (it is another one: `row` of `data`) or "add"
   * (there is one more: `row` of `data`, with `weight`).
   */
  const char *kind;
  /**
   * The example that changes, counted from 0; ignored for one more.
   */
  uint64_t example;
  /**
   * The dataset of the new example; ignored where the kind has none.
   */
  const struct ascribe_dataset *data;
  /**
   * The new example by its place in `data`, counted from 0; ignored where the kind has none.
   */
  uint64_t row;
  /**
   * The new weight; ignored where the kind has none. Examples have weight 1 otherwise.
   */
  double weight;
} ascribe_change;

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
   * The number of pairs that were compared.
   */
  uint64_t count;
} ascribe_fidelity;

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
 * An iteration or a training diverged.
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
 * The curvature is indefinite or singular, or a changed training set leaves no minimum.
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
 * May be called from any thread at the same time.
 *
 * @return a text that is always valid
 */
const char *ascribe_version(void);

/**
 * Returns the number of the loaded library's binary interface, to be compared with ASCRIBE_ABI_VERSION.
 * May be called from any thread at the same time.
 *
 * @return the number
 */
uint32_t ascribe_abi_version(void);

/**
 * Returns a status in words, for example "invalid argument".
 * May be called from any thread at the same time.
 *
 * @param status any number
 * @return a text that is always valid; "unknown status" for a number that this library does not know
 */
const char *ascribe_status_name(ascribe_status status);

/**
 * Returns the status of an error.
 * May be called from any thread at the same time.
 *
 * @param error the error, or NULL
 * @return the status the failed call returned; ASCRIBE_OK for NULL
 */
ascribe_status ascribe_error_code(const struct ascribe_error *error);

/**
 * Returns the message of an error: a sentence in English, without an end of line.
 * May be called from any thread at the same time.
 *
 * @param error the error, or NULL
 * @return a text that is valid until the error is freed; an empty one for NULL
 */
const char *ascribe_error_message(const struct ascribe_error *error);

/**
 * Frees an error.
 * Needs exclusive access to `error`.
 *
 * @param error the error; NULL is fine
 */
void ascribe_error_free(struct ascribe_error *error);

/**
 * Makes a flag that is not set.
 * May be called from any thread at the same time.
 *
 * @param cancel receives the flag; free it with ascribe_cancel_free()
 */
ascribe_status ascribe_cancel_new(struct ascribe_cancel **cancel, struct ascribe_error **error);

/**
 * Sets a flag: calls that have it end with ASCRIBE_CANCELED within milliseconds, as does every later one until
 * ascribe_cancel_reset(). NULL and invalid handles are left alone.
 * Safe from a signal handler.
 *
 * @param cancel the flag
 */
void ascribe_cancel_request(const struct ascribe_cancel *cancel);

/**
 * Clears a flag. NULL and invalid handles are left alone.
 * Safe from a signal handler.
 *
 * @param cancel the flag
 */
void ascribe_cancel_reset(const struct ascribe_cancel *cancel);

/**
 * Returns whether a flag is set.
 * Safe from a signal handler.
 *
 * @param cancel the flag
 * @return 1 when it is set, else 0, also for NULL and invalid handles
 */
int32_t ascribe_cancel_requested(const struct ascribe_cancel *cancel);

/**
 * Frees a flag. Calls that have it go on, and cannot be ended by it any more.
 * Needs exclusive access to `cancel`.
 *
 * @param cancel the flag; NULL is fine
 */
void ascribe_cancel_free(struct ascribe_cancel *cancel);

/**
 * Fills options of a context with the defaults.
 * Needs exclusive access to `options`.
 *
 * @param options receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_context_options), as the caller was compiled; no more bytes are written
 */
void ascribe_context_options_init(struct ascribe_context_options *options,
                                  size_t size);

/**
 * Makes a context and starts its threads.
 * May be called from any thread at the same time.
 *
 * @param options NULL for the defaults
 * @param context receives the context; free it with ascribe_context_free()
 */
ascribe_status ascribe_context_new(const struct ascribe_context_options *options,
                                   struct ascribe_context **context,
                                   struct ascribe_error **error);

/**
 * Returns the number of threads of a context.
 * May be called from any thread at the same time.
 *
 * @param context the context, or NULL
 * @return the number; 1 for NULL, 0 for an invalid handle
 */
int64_t ascribe_context_threads(const struct ascribe_context *context);

/**
 * Frees a context. Its threads end when nothing that was made with it is left.
 * Needs exclusive access to `context`.
 *
 * @param context the context; NULL is fine
 */
void ascribe_context_free(struct ascribe_context *context);

/**
 * Fills a monitor with the defaults: no callback, and no flag that ends the call.
 * Needs exclusive access to `monitor`.
 *
 * @param monitor receives the defaults; NULL is left alone
 * @param size    sizeof(ascribe_monitor), as the caller was compiled; no more bytes are written
 */
void ascribe_monitor_init(struct ascribe_monitor *monitor, size_t size);

/**
 * Makes a set of options that are all at their defaults.
 * May be called from any thread at the same time.
 *
 * @param options receives the options; free them with ascribe_options_free()
 */
ascribe_status ascribe_options_new(struct ascribe_options **options, struct ascribe_error **error);

/**
 * Sets an option to a number. Whole numbers are set this way as well.
 * Needs exclusive access to `options`.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for a name that no function knows, and says the nearest that is known. Whether the function that is
 * given the options knows the name, and whether the value is within the range, is checked there.
 *
 * @param options the options
 * @param name    the option's name; copied
 * @param value   its value
 */
ascribe_status ascribe_options_set_number(struct ascribe_options *options,
                                          const char *name,
                                          double value,
                                          struct ascribe_error **error);

/**
 * Sets an option to a whole number.
 * Needs exclusive access to `options`.
 *
 * Fails as ascribe_options_set_number() does.
 *
 * @param options the options
 * @param name    the option's name; copied
 * @param value   its value
 */
ascribe_status ascribe_options_set_integer(struct ascribe_options *options,
                                           const char *name,
                                           int64_t value,
                                           struct ascribe_error **error);

/**
 * Sets an option that is on or off.
 * Needs exclusive access to `options`.
 *
 * Fails as ascribe_options_set_number() does.
 *
 * @param options the options
 * @param name    the option's name; copied
 * @param value   1 for on, 0 for off
 */
ascribe_status ascribe_options_set_flag(struct ascribe_options *options,
                                        const char *name,
                                        int32_t value,
                                        struct ascribe_error **error);

/**
 * Sets an option to a word, a text or a list; numbers and flags may be given as text as well: "0.01", "2G", "true", "auto".
 * Needs exclusive access to `options`.
 *
 * Fails as ascribe_options_set_number() does.
 *
 * @param options the options
 * @param name    the option's name; copied
 * @param value   its value; copied
 */
ascribe_status ascribe_options_set_text(struct ascribe_options *options,
                                        const char *name,
                                        const char *value,
                                        struct ascribe_error **error);

/**
 * Gets a description of options as JSON: {"table": "training", "about": "...", "options": [{"name": "epochs", "type": "integer", "default":
 * "auto", "range": "1 or more", "words": null, "about": "..."}, ...]}.
 * May be called from any thread at the same time.
 *
 * @param table    the name of a table of options, or NULL to get the list of their names
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_options_describe(const char *table,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *length,
                                        struct ascribe_error **error);

/**
 * Frees options. What was made with them stays as it is.
 * Needs exclusive access to `options`.
 *
 * @param options the options; NULL is fine
 */
void ascribe_options_free(struct ascribe_options *options);

/**
 * Reads a dataset from files. A file whose name ends in .gz is compressed. Options are of the table of the format's name, and "select"
 * for all but triples.
 * May be called from any thread at the same time.
 *
 *   "triples"   a folder with train.tsv, valid.tsv and test.tsv, or one to three such files in this order; one triple a line: head,
 *               relation and tail with tabs between them. The dataset has the triples to train on; ascribe_dataset_part() gets the others.
 *   "table"     a table: values separated by commas, with a line of names; columns of text become indicators
 *   "images"    images and, as a second file, their labels, in the idx format of MNIST
 *   "npy"       features and, as a second file, labels, each an .npy file of NumPy; or one .npz archive of both
 *   "messages"  messages with their classes, one a line (class, tab, message), as counts of their words
 *
 * @param format  the format: "triples", "table", "images", "npy" or "messages"
 * @param paths   the paths of the files, in UTF-8
 * @param count   the number of paths
 * @param options NULL for the defaults
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_load(const char *format,
                                    const char *const *paths,
                                    size_t count,
                                    const struct ascribe_options *options,
                                    struct ascribe_dataset **dataset,
                                    struct ascribe_error **error);

/**
 * Reads examples from files as those of another dataset were read: the same columns, levels, scaling, words and classes. For
 * test data.
 * May be called from any thread at the same time.
 *
 * @param like    a dataset that was read from a table, images, arrays or messages
 * @param paths   the paths of the files, in UTF-8: one table, or images or arrays and labels, or messages
 * @param count   the number of paths
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_load_like(const struct ascribe_dataset *like,
                                         const char *const *paths,
                                         size_t count,
                                         struct ascribe_dataset **dataset,
                                         struct ascribe_error **error);

/**
 * Makes a dataset of triples by ids. Entities and relations are named by their numbers.
 * May be called from any thread at the same time.
 *
 * @param triples   head, relation and tail of each triple, row-major: 3 * count ids; copied
 * @param count     the number of triples
 * @param entities  the number of entities; heads and tails are below it
 * @param relations the number of relations; every relation is below it
 * @param dataset   receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_from_triples(const uint32_t *triples,
                                            size_t count,
                                            uint32_t entities,
                                            uint32_t relations,
                                            struct ascribe_dataset **dataset,
                                            struct ascribe_error **error);

/**
 * Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
 * May be called from any thread at the same time.
 *
 * @param features     a row for each example; copied
 * @param targets      a number for each row, or NULL; copied
 * @param target_count how many targets there are: the number of rows, or 0 without targets
 * @param dataset      receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_from_matrix(const struct ascribe_matrix *features,
                                           const double *targets,
                                           size_t target_count,
                                           struct ascribe_dataset **dataset,
                                           struct ascribe_error **error);

/**
 * Makes a dataset of rows. For classes, give no targets and call ascribe_dataset_set_labels().
 * May be called from any thread at the same time.
 *
 * @param features     a row for each example; copied
 * @param targets      a number for each row, or NULL; copied
 * @param target_count how many targets there are: the number of rows, or 0 without targets
 * @param dataset      receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_from_matrix_f32(const struct ascribe_matrix_f32 *features,
                                               const double *targets,
                                               size_t target_count,
                                               struct ascribe_dataset **dataset,
                                               struct ascribe_error **error);

/**
 * Makes a dataset for a model of a graph: so many examples, whose inputs are then to be set by ascribe_dataset_set_numbers()
 * and ascribe_dataset_set_ids().
 * May be called from any thread at the same time.
 *
 * @param count   the number of examples, at least 1
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_new(size_t count,
                                   struct ascribe_dataset **dataset,
                                   struct ascribe_error **error);

/**
 * Sets an input of numbers of every example.
 * Needs exclusive access to `dataset`.
 *
 * @param dataset a dataset of inputs
 * @param input   the input's name in the graph
 * @param values  a row for each example, with the elements of the input in row-major order; copied
 */
ascribe_status ascribe_dataset_set_numbers(struct ascribe_dataset *dataset,
                                           const char *input,
                                           const struct ascribe_matrix *values,
                                           struct ascribe_error **error);

/**
 * Sets an input of numbers of every example.
 * Needs exclusive access to `dataset`.
 *
 * @param dataset a dataset of inputs
 * @param input   the input's name in the graph
 * @param values  a row for each example, with the elements of the input in row-major order; copied
 */
ascribe_status ascribe_dataset_set_numbers_f32(struct ascribe_dataset *dataset,
                                               const char *input,
                                               const struct ascribe_matrix_f32 *values,
                                               struct ascribe_error **error);

/**
 * Sets an input of ids of every example.
 * Needs exclusive access to `dataset`.
 *
 * @param dataset a dataset of inputs
 * @param input   the input's name in the graph
 * @param ids     the ids of all examples, row-major: count * width ids; copied
 * @param count   the number of examples
 * @param width   the number of ids of one example
 */
ascribe_status ascribe_dataset_set_ids(struct ascribe_dataset *dataset,
                                       const char *input,
                                       const uint32_t *ids,
                                       size_t count,
                                       size_t width,
                                       struct ascribe_error **error);

/**
 * Gets every row a class. Names are kept where there are that many; otherwise classes are named by their numbers.
 * Needs exclusive access to `dataset`.
 *
 * @param dataset a dataset of rows
 * @param labels  the class of each row; copied
 * @param count   the number of labels: that of rows
 * @param classes the number of classes, at least 2; every label is below it
 */
ascribe_status ascribe_dataset_set_labels(struct ascribe_dataset *dataset,
                                          const uint32_t *labels,
                                          size_t count,
                                          uint32_t classes,
                                          struct ascribe_error **error);

/**
 * Returns the number of examples.
 * May be called from any thread at the same time.
 *
 * @param dataset the dataset, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_dataset_len(const struct ascribe_dataset *dataset);

/**
 * Gets another part of triples that were read together, with the same names.
 * May be called from any thread at the same time.
 *
 * @param dataset a dataset of triples
 * @param part    "train" (to train on), "valid" (to stop early by) or "test" (to judge by)
 * @param result  receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_part(const struct ascribe_dataset *dataset,
                                    const char *part,
                                    struct ascribe_dataset **result,
                                    struct ascribe_error **error);

/**
 * Gets some of the examples, in the order given; one may be taken several times.
 * May be called from any thread at the same time.
 *
 * @param dataset  the dataset
 * @param examples the examples, counted from 0
 * @param count    how many they are
 * @param result   receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_select(const struct ascribe_dataset *dataset,
                                      const uint64_t *examples,
                                      size_t count,
                                      struct ascribe_dataset **result,
                                      struct ascribe_error **error);

/**
 * Makes a dataset of one triple by names: a query.
 * May be called from any thread at the same time.
 *
 * @param dataset  a dataset of triples, which knows the names
 * @param head     the head's name
 * @param relation the relation's name
 * @param tail     the tail's name
 * @param result   receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_dataset_query(const struct ascribe_dataset *dataset,
                                     const char *head,
                                     const char *relation,
                                     const char *tail,
                                     struct ascribe_dataset **result,
                                     struct ascribe_error **error);

/**
 * Gets the ids of all triples.
 * May be called from any thread at the same time.
 *
 * @param dataset  a dataset of triples
 * @param triples  receives head, relation and tail of each triple, row-major
 * @param capacity how many ids fit, at least 3 * ascribe_dataset_len()
 */
ascribe_status ascribe_dataset_triples(const struct ascribe_dataset *dataset,
                                       uint32_t *triples,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Gets an example in words: a triple by its names, a row by its number in the file and its target.
 * May be called from any thread at the same time.
 *
 * @param dataset  the dataset
 * @param example  the example, counted from 0
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_dataset_describe(const struct ascribe_dataset *dataset,
                                        uint64_t example,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *length,
                                        struct ascribe_error **error);

/**
 * Returns how many numbers a row has.
 * May be called from any thread at the same time.
 *
 * @param dataset the dataset, or NULL
 * @return the number; 0 for examples that are no rows, NULL and invalid handles
 */
size_t ascribe_dataset_features(const struct ascribe_dataset *dataset);

/**
 * Returns the number of classes.
 * May be called from any thread at the same time.
 *
 * @param dataset the dataset, or NULL
 * @return the number; 0 where targets are no classes, for NULL and invalid handles
 */
size_t ascribe_dataset_classes(const struct ascribe_dataset *dataset);

/**
 * Gets the name of a class.
 * May be called from any thread at the same time.
 *
 * @param dataset  a dataset of rows with classes
 * @param label    the class, below ascribe_dataset_classes()
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_dataset_class_name(const struct ascribe_dataset *dataset,
                                          uint32_t label,
                                          char *buffer,
                                          size_t capacity,
                                          size_t *length,
                                          struct ascribe_error **error);

/**
 * Gets the class of every row.
 * May be called from any thread at the same time.
 *
 * @param dataset  a dataset of rows with classes
 * @param labels   receives the classes, by their places among the names
 * @param capacity how many fit, at least ascribe_dataset_len()
 */
ascribe_status ascribe_dataset_labels(const struct ascribe_dataset *dataset,
                                      uint32_t *labels,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Gets the target of every row.
 * May be called from any thread at the same time.
 *
 * @param dataset  a dataset of rows whose targets are numbers
 * @param targets  receives the targets
 * @param capacity how many fit, at least ascribe_dataset_len()
 */
ascribe_status ascribe_dataset_targets(const struct ascribe_dataset *dataset,
                                       double *targets,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Frees a dataset.
 * Needs exclusive access to `dataset`.
 *
 * @param dataset the dataset; NULL is fine
 */
void ascribe_dataset_free(struct ascribe_dataset *dataset);

/**
 * Makes a graph without values.
 * May be called from any thread at the same time.
 *
 * @param graph receives the graph; free it with ascribe_graph_free()
 */
ascribe_status ascribe_graph_new(struct ascribe_graph **graph, struct ascribe_error **error);

/**
 * Adds a value with a name of its own.
 * Needs exclusive access to `graph`.
 *
 *   "parameter"  a trained parameter, which all examples share
 *   "input"      an input of numbers, of which every example has its own
 *   "indices"    an input of ids or labels, of which every example has its own
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and when the name is taken, a size is not at least one, or memory could not hold
 * that many elements.
 *
 * @param graph the graph to add to
 * @param kind  what is added, by its word
 * @param name  its name among parameters and inputs; UTF-8
 * @param sizes the sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives the result: a value of that shape, per-example for inputs
 */
ascribe_status ascribe_graph_leaf(struct ascribe_graph *graph,
                                  const char *kind,
                                  const char *name,
                                  const int64_t *sizes,
                                  size_t rank,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds a shared value that is the same number everywhere; with a rank of 0 a constant.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the number is not finite, and with ASCRIBE_SHAPE when a size is not at least one or
 * memory could not hold that many elements.
 *
 * @param graph the graph to add to
 * @param value the number
 * @param sizes the sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives a shared value of that shape
 */
ascribe_status ascribe_graph_fill(struct ascribe_graph *graph,
                                  double value,
                                  const int64_t *sizes,
                                  size_t rank,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds an operation on one value: a function of each element, which keeps the shape, or one of the last three.
 * Needs exclusive access to `graph`.
 *
 *   "exp"              eˣ
 *   "log"              the natural logarithm
 *   "tanh"             the hyperbolic tangent
 *   "sigmoid"          1 / (1 + e⁻ˣ)
 *   "softplus"         ln(1 + eˣ), without overflow
 *   "relu"             the larger of 0 and x; its derivative at 0 is 0
 *   "step"             1 where x is positive, else 0; its derivative is zero
 *   "erf"              the error function, 2/√π times the integral of e^(−t²) for t from 0 to x
 *   "sin"              the sine, in radians
 *   "cos"              the cosine, in radians
 *   "abs"              the absolute value; its derivative at 0 is 0
 *   "sign"             −1, 0 or 1; its derivative is zero
 *   "gelu"             x·Φ(x), with the distribution function Φ of the normal distribution (Hendrycks and Gimpel 2016)
 *   "gelu_tanh"        its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), from the same paper
 *   "neg"              −x
 *   "sum_all"          the sum of all elements of each example's value, or of a shared value: a scalar
 *   "batch_sum"        the sum of a per-example value over all examples: a shared value of its shape
 *   "broadcast_batch"  a shared value as one for each example: a per-example value of its shape
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when `x` holds ids or, with "batch_sum", is shared, so
 * that there is nothing to sum over.
 *
 * @param graph     the graph to add to
 * @param operation the operation, by its word
 * @param x         a value of numbers
 * @param node      receives the result
 */
ascribe_status ascribe_graph_unary(struct ascribe_graph *graph,
                                   const char *operation,
                                   ascribe_node x,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

/**
 * Adds an operation of each element with a constant.
 * Needs exclusive access to `graph`.
 *
 *   "scale"  c·x
 *   "shift"  x + c
 *   "power"  x to the power of c
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word or when `c` is not finite, and with ASCRIBE_SHAPE when `x` holds ids.
 *
 * @param graph     the graph to add to
 * @param operation the operation, by its word
 * @param x         a value of numbers
 * @param c         the constant
 * @param node      receives the result: a value of the shape of `x`
 */
ascribe_status ascribe_graph_with_constant(struct ascribe_graph *graph,
                                           const char *operation,
                                           ascribe_node x,
                                           double c,
                                           ascribe_node *node,
                                           struct ascribe_error **error);

/**
 * Adds an operation on two values, element by element. The smaller value is repeated along leading axes and axes of size one, and a
 * shared value for every example.
 * Needs exclusive access to `graph`.
 *
 *   "add"  a + b
 *   "sub"  a − b
 *   "mul"  a·b
 *   "div"  a / b
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when sizes differ and neither is one, or a value holds
 * ids.
 *
 * @param graph     the graph to add to
 * @param operation the operation, by its word
 * @param a         the left value, of numbers
 * @param b         the right value, of numbers
 * @param node      receives the result: a value of the larger shape
 */
ascribe_status ascribe_graph_binary(struct ascribe_graph *graph,
                                    const char *operation,
                                    ascribe_node a,
                                    ascribe_node b,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds a sum of products over shared axes, written with one letter for each axis: "ij,jk->ik" is a product of
 * matrices, "d,d->" a product of vectors, "d,cd->c" a matrix times a vector. A letter that the result lacks is summed
 * over; every letter of one operand stands in the other operand or in the result. The batch is never written.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_SHAPE when the text or the shapes do not fit, memory could not hold the result, a value holds ids, or `over_batch`
 * is 1 and neither value is per-example.
 *
 * @param graph      the graph to add to
 * @param spec       which axes are multiplied and summed: a letter for each axis of `a`, a comma, those of `b`, "->", and those of the
 *                   result
 * @param a          the left value, of numbers
 * @param b          the right value, of numbers
 * @param over_batch 1 to sum over all examples as well, which gives a shared value; otherwise 0
 * @param node       receives the result: the sum of products
 */
ascribe_status ascribe_graph_einsum(struct ascribe_graph *graph,
                                    const char *spec,
                                    ascribe_node a,
                                    ascribe_node b,
                                    int32_t over_batch,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds what ids name in a value. Ids beyond it are found when data are given.
 * Needs exclusive access to `graph`.
 *
 *   "rows"      rows of a table: a table of shape [rows, ...] and ids of shape [...] give [ids..., row...]
 *   "elements"  one element of the last axis by label: a value of shape [..., n] and labels of shape [...] give [...]
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when the table has no rows, the shape of labels is not
 * that of `x` without its last axis, memory could not hold the result, or `ids` holds no ids.
 *
 * @param graph     the graph to add to
 * @param operation what is gathered, by its word
 * @param x         a value of numbers with at least one axis
 * @param ids       ids or labels: "indices" of ascribe_graph_leaf()
 * @param node      receives the result
 */
ascribe_status ascribe_graph_gather(struct ascribe_graph *graph,
                                    const char *operation,
                                    ascribe_node x,
                                    ascribe_node ids,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds zeros to which values are added at the places that ids name: the transposes of ascribe_graph_gather().
 * Needs exclusive access to `graph`.
 *
 *   "rows"             rows of shape [ids..., row...] in a table of `size` rows for each example: [size, row...]
 *   "rows_over_batch"  the same in one table, shared, over all examples
 *   "elements"         a new last axis of `size` places, in which each element of `x` stands at its label: [..., size]
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when the leading axes of rows, or all axes with
 * "elements", are not those of `ids`, the size is zero, memory could not hold the result, or `ids` holds no ids.
 *
 * @param graph     the graph to add to
 * @param operation what is scattered, by its word
 * @param x         a value of numbers
 * @param ids       ids or labels: "indices" of ascribe_graph_leaf()
 * @param size      how many rows or places there are
 * @param node      receives the result
 */
ascribe_status ascribe_graph_scatter(struct ascribe_graph *graph,
                                     const char *operation,
                                     ascribe_node x,
                                     ascribe_node ids,
                                     int64_t size,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds an operation along an axis. The first three give the shape of `x` without the axis, the others that of `x`.
 * Needs exclusive access to `graph`.
 *
 *   "sum"          the sum
 *   "log_sum_exp"  ln Σ eˣ, without overflow
 *   "max"          the largest element. Of several that are equal the first has all of the derivative; a NaN along the axis gives NaN,
 *                  and so does an infinite element that is not the largest.
 *   "softmax"      eˣ divided by its sum
 *   "argmax_mask"  1 at the first largest place and 0 elsewhere; its derivative is zero
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
 *
 * @param graph     the graph to add to
 * @param operation the operation, by its word
 * @param x         a value of numbers
 * @param axis      the axis, counted from 0
 * @param node      receives the result
 */
ascribe_status ascribe_graph_along_axis(struct ascribe_graph *graph,
                                        const char *operation,
                                        ascribe_node x,
                                        int64_t axis,
                                        ascribe_node *node,
                                        struct ascribe_error **error);

/**
 * Adds a value with more or fewer places along an axis. The two are each other's transposes.
 * Needs exclusive access to `graph`.
 *
 *   "slice"  the `size` places of the axis from `start` on
 *   "pad"    zeros around `x`, so that the axis has `size` places and `x` begins at the place `start`
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when the places do not lie in the axis, or `x` not in the
 * padded one, when a slice is empty, memory could not hold the result, or `x` holds ids.
 *
 * @param graph     the graph to add to
 * @param operation the operation, by its word
 * @param x         a value of numbers
 * @param axis      the axis, counted from 0
 * @param start     a place of the axis, counted from 0: of that of `x`, or of the padded one
 * @param size      how many places the axis has then
 * @param node      receives the result: the shape of `x` with `size` places along the axis
 */
ascribe_status ascribe_graph_resize(struct ascribe_graph *graph,
                                    const char *operation,
                                    ascribe_node x,
                                    int64_t axis,
                                    int64_t start,
                                    int64_t size,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds a repetition along a new axis that stands before `axis`.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_SHAPE when the axis would lie beyond the last, the size is zero, memory could not hold the result, or `x` holds
 * ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axis  where the new axis stands, 0 to the rank of `x`
 * @param size  the size of the new axis
 * @param node  receives the result: the shape of `x` with the new axis
 */
ascribe_status ascribe_graph_expand(struct ascribe_graph *graph,
                                    ascribe_node x,
                                    int64_t axis,
                                    int64_t size,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds the same elements in the same order in another shape.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_SHAPE when the number of elements differs or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param sizes the new sizes, outermost first; ignored when `rank` is 0
 * @param rank  how many sizes there are; 0 for a scalar
 * @param node  receives the result: a value of that shape
 */
ascribe_status ascribe_graph_reshape(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     const int64_t *sizes,
                                     size_t rank,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds the axes in another order: axis i of the result is the axis of `x` that stands at place i of `axes`.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_SHAPE when `axes` does not name every axis of `x` once or `x` holds ids.
 *
 * @param graph the graph to add to
 * @param x     a value of numbers
 * @param axes  for each axis of the result an axis of `x`; ignored when `rank` is 0
 * @param rank  how many axes there are
 * @param node  receives the result: the elements of `x` with the axes in that order
 */
ascribe_status ascribe_graph_permute(struct ascribe_graph *graph,
                                     ascribe_node x,
                                     const int64_t *axes,
                                     size_t rank,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds the concatenation of two values along an axis.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_SHAPE when other axes differ or a value holds ids.
 *
 * @param graph the graph to add to
 * @param a     the value that comes first
 * @param b     the value that follows
 * @param axis  the axis, counted from 0
 * @param node  receives the result: the shape of `a` with the places of both along the axis
 */
ascribe_status ascribe_graph_concatenate(struct ascribe_graph *graph,
                                         ascribe_node a,
                                         ascribe_node b,
                                         int64_t axis,
                                         ascribe_node *node,
                                         struct ascribe_error **error);

/**
 * Adds an operation with the windows of an image, which lie wholly within it. An image is a value of shape [height, width, channels],
 * its windows one of shape [rows, columns, window height, window width, channels].
 * Needs exclusive access to `graph`.
 *
 *   "unfold"          the windows of an image
 *   "fold"            the image that overlapping windows sum to: the transpose of "unfold"
 *   "max_pool2d"      the largest element of each window and channel, as "max" of ascribe_graph_along_axis(): [rows, columns, channels]
 *   "average_pool2d"  the mean of each window and channel: [rows, columns, channels]
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when `x` has not these axes, a size or stride is zero,
 * the window is larger than the image, the windows are not those of an image of that size, or memory could not hold the result.
 *
 * @param graph         the graph to add to
 * @param operation     the operation, by its word
 * @param x             an image; with "fold" windows
 * @param size_height   the height of a window, at least 1; with "fold" that of the image
 * @param size_width    the width of a window, at least 1; with "fold" that of the image
 * @param stride_height how far the next window lies down, at least 1
 * @param stride_width  how far the next window lies along, at least 1
 * @param node          receives the result
 */
ascribe_status ascribe_graph_windows(struct ascribe_graph *graph,
                                     const char *operation,
                                     ascribe_node x,
                                     int64_t size_height,
                                     int64_t size_width,
                                     int64_t stride_height,
                                     int64_t stride_width,
                                     ascribe_node *node,
                                     struct ascribe_error **error);

/**
 * Adds the convolution of an image with weights, in the sense of neural networks: the weights are not turned round.
 * Needs exclusive access to `graph`.
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
 * Adds the derivatives of a scalar by shared values. Of a per-example scalar it is the sum over all examples. The results are values
 * like all others, so they have derivatives again.
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when `of` is no scalar of numbers, or one of `by` is not shared.
 *
 * @param graph the graph to add to
 * @param of    the scalar to differentiate
 * @param by    what to differentiate it by; ignored when `count` is 0
 * @param count how many there are
 * @param nodes receives `count` shared values, each of the shape of its place in `by`; zeros where `of` does not depend on it
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
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when `parameter` is no parameter with rows, `ids` is no input of one id for each example, or the
 * pair was given before.
 *
 * @param graph     the graph
 * @param parameter a "parameter" of ascribe_graph_leaf()
 * @param ids       "indices" of ascribe_graph_leaf(), of rank 0
 */
ascribe_status ascribe_graph_own(struct ascribe_graph *graph,
                                 ascribe_node parameter,
                                 ascribe_node ids,
                                 struct ascribe_error **error);

/**
 * Names a per-example scalar that can be predicted and explained. The loss of a model can always be, under the name "loss".
 * Needs exclusive access to `graph`.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT when the name is empty or taken, or `node` is no per-example scalar of numbers.
 *
 * @param graph the graph
 * @param name  a name of its own; UTF-8
 * @param node  the scalar
 */
ascribe_status ascribe_graph_functional(struct ascribe_graph *graph,
                                        const char *name,
                                        ascribe_node node,
                                        struct ascribe_error **error);

/**
 * Gets the shape of a value, without the examples.
 * May be called from any thread at the same time.
 *
 * @param graph    the graph
 * @param node     a value of it
 * @param sizes    receives the sizes, outermost first; NULL, or a capacity of 0, to get the rank alone
 * @param capacity how many sizes fit, at least the rank
 * @param rank     receives the number of sizes
 */
ascribe_status ascribe_graph_shape(const struct ascribe_graph *graph,
                                   ascribe_node node,
                                   int64_t *sizes,
                                   size_t capacity,
                                   size_t *rank,
                                   struct ascribe_error **error);

/**
 * Frees a graph. Models that were made of it stay as they are.
 * Needs exclusive access to `graph`.
 *
 * @param graph the graph; NULL is fine
 */
void ascribe_graph_free(struct ascribe_graph *graph);

/**
 * Makes a model for the examples of a dataset, which is not kept. Options are of the table "triples" for "distmult", "complex" and
 * "transe", and of the table "network" for the others.
 * May be called from any thread at the same time.
 *
 *   "distmult", "complex", "transe"                              models of triples
 *   "linear", "logistic", "softmax", "hinge", "squared-hinge"    models of rows whose outputs are linear in the features
 *   "mlp", "cnn"                                                 networks with hidden layers
 *
 * @param context NULL for the default one
 * @param kind    the kind of model, by its word
 * @param data    examples as the model is to have them: their entities and relations, or their features and classes
 * @param options NULL for the defaults
 * @param model   receives the model; free it with ascribe_model_free()
 */
ascribe_status ascribe_model_new(const struct ascribe_context *context,
                                 const char *kind,
                                 const struct ascribe_dataset *data,
                                 const struct ascribe_options *options,
                                 struct ascribe_model **model,
                                 struct ascribe_error **error);

/**
 * Makes a model of a graph, which is kept as it is now: training minimizes the mean of the loss over the examples, plus the penalty.
 * Options are of the table "custom".
 * May be called from any thread at the same time.
 *
 * @param context NULL for the default one
 * @param graph   the graph
 * @param loss    a per-example scalar
 * @param penalty a shared scalar that is added to every example's loss, or ASCRIBE_NO_NODE
 * @param outputs the per-example value through which the loss depends on the parameters, for Gauss-Newton curvature and
 *                leverage, or ASCRIBE_NO_NODE
 * @param options NULL for the defaults
 * @param model   receives the model; free it with ascribe_model_free()
 */
ascribe_status ascribe_model_custom(const struct ascribe_context *context,
                                    const struct ascribe_graph *graph,
                                    ascribe_node loss,
                                    ascribe_node penalty,
                                    ascribe_node outputs,
                                    const struct ascribe_options *options,
                                    struct ascribe_model **model,
                                    struct ascribe_error **error);

/**
 * Trains a model from the values that it has, and keeps the data and, where there is one, the ledger with it. A training
 * that fails, diverges (see ascribe_trainer_step()) or is canceled leaves the model as it was. Options are of the table "training".
 * Needs exclusive access to `model`.
 *
 * @param model   the model
 * @param context NULL for the default one
 * @param data    the examples
 * @param options NULL for the defaults
 * @param monitor progress and cancellation, or NULL
 */
ascribe_status ascribe_model_fit(struct ascribe_model *model,
                                 const struct ascribe_context *context,
                                 const struct ascribe_dataset *data,
                                 const struct ascribe_options *options,
                                 const struct ascribe_monitor *monitor,
                                 struct ascribe_error **error);

/**
 * Gets how the last training of a model went.
 * May be called from any thread at the same time.
 *
 * @param model    a model that was trained
 * @param training receives the result as far as its struct_size says
 */
ascribe_status ascribe_model_training(const struct ascribe_model *model,
                                      struct ascribe_training *training,
                                      struct ascribe_error **error);

/**
 * Gets how smooth a model's training is in the weights of its examples: the empirical metasmoothness, by training three times more with
 * weights that differ by a hundredth. 1: parameters move steadily with the weights, and derivatives can predict removal. Near 0: the
 * training is chaotic, and no attribution predicts it. What is found is kept with the model and its folder; ascribe_model_describe() and
 * ascribe_attributor_describe() have it under "smoothness".
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for a model that was not trained by steps of an optimizer alone, such as one that was minimized.
 *
 * @param model      a model that was trained
 * @param context    NULL for the default one
 * @param monitor    progress and cancellation, or NULL
 * @param smoothness receives the smoothness, from -1 to 1
 */
ascribe_status ascribe_model_smoothness(const struct ascribe_model *model,
                                        const struct ascribe_context *context,
                                        const struct ascribe_monitor *monitor,
                                        double *smoothness,
                                        struct ascribe_error **error);

/**
 * Measures what "rollback" predicts by removing some examples, each by a training without it, and keeps the result with the model, until
 * it is trained again; ascribe_attributor_describe() has it under "calibration" after the first explanation, which otherwise removes as
 * many as the option "calibrate" says. Nothing is measured of models that are not of triples. A call that fails or is canceled leaves the
 * model as it was.
 * Needs exclusive access to `model`.
 *
 * Fails with ASCRIBE_UNSUPPORTED for a model without a ledger.
 *
 * @param model    a model that was trained
 * @param context  NULL for the default one
 * @param removals how many examples are removed; the same ones for the same seed of the model
 * @param monitor  progress and cancellation, or NULL
 */
ascribe_status ascribe_model_calibrate(struct ascribe_model *model,
                                       const struct ascribe_context *context,
                                       size_t removals,
                                       const struct ascribe_monitor *monitor,
                                       struct ascribe_error **error);

/**
 * Gets a description of a model as JSON: its family and kind, its options, precision and seed, how it was trained, and its data.
 * May be called from any thread at the same time.
 *
 * @param model    the model
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_model_describe(const struct ascribe_model *model,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *length,
                                      struct ascribe_error **error);

/**
 * Gets the data that a model was trained on.
 * May be called from any thread at the same time.
 *
 * @param model   a model that was trained
 * @param dataset receives the dataset; free it with ascribe_dataset_free()
 */
ascribe_status ascribe_model_data(const struct ascribe_model *model,
                                  struct ascribe_dataset **dataset,
                                  struct ascribe_error **error);

/**
 * Copies a model; values are shared until one of the two changes.
 * May be called from any thread at the same time.
 *
 * @param model  the model
 * @param result receives the model; free it with ascribe_model_free()
 */
ascribe_status ascribe_model_clone(const struct ascribe_model *model,
                                   struct ascribe_model **result,
                                   struct ascribe_error **error);

/**
 * Returns the number of parameters: tables and arrays.
 * May be called from any thread at the same time.
 *
 * @param model the model, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_model_parameters(const struct ascribe_model *model);

/**
 * Returns p: how many numbers all parameters have together.
 * May be called from any thread at the same time.
 *
 * @param model the model, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_model_dimension(const struct ascribe_model *model);

/**
 * Gets the name of a parameter.
 * May be called from any thread at the same time.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param buffer    receives the text and a zero; NULL to get the length alone
 * @param capacity  how many bytes fit in the buffer, at least length + 1
 * @param length    receives the length in bytes, without the zero
 */
ascribe_status ascribe_model_parameter_name(const struct ascribe_model *model,
                                            size_t parameter,
                                            char *buffer,
                                            size_t capacity,
                                            size_t *length,
                                            struct ascribe_error **error);

/**
 * Gets the sizes of a parameter.
 * May be called from any thread at the same time.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param sizes     receives the sizes, outermost first; NULL, or a capacity of 0, to get the rank alone
 * @param capacity  how many sizes fit, at least the rank
 * @param rank      receives the number of sizes
 */
ascribe_status ascribe_model_parameter_shape(const struct ascribe_model *model,
                                             size_t parameter,
                                             int64_t *sizes,
                                             size_t capacity,
                                             size_t *rank,
                                             struct ascribe_error **error);

/**
 * Gets the values of a parameter.
 * May be called from any thread at the same time.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param values    receives the values in row-major order
 * @param capacity  how many fit, at least the product of the sizes
 */
ascribe_status ascribe_model_parameter(const struct ascribe_model *model,
                                       size_t parameter,
                                       double *values,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Sets the values of a parameter. Data and ledger of a training are dropped: they belong to the values before.
 * Needs exclusive access to `model`.
 *
 * @param model     the model
 * @param parameter the parameter, counted from 0
 * @param values    the values in row-major order; copied
 * @param count     how many they are
 */
ascribe_status ascribe_model_set_parameter(struct ascribe_model *model,
                                           size_t parameter,
                                           const double *values,
                                           size_t count,
                                           struct ascribe_error **error);

/**
 * Returns how many outputs a network has.
 * May be called from any thread at the same time.
 *
 * @param model the model, or NULL
 * @return the number; 0 for other models, NULL and invalid handles
 */
size_t ascribe_model_outputs(const struct ascribe_model *model);

/**
 * Gets the outputs of a network. Features that lie row by row in the precision of the model are read in place; others
 * are copied in small blocks.
 * May be called from any thread at the same time.
 *
 * @param model    a network
 * @param context  NULL for the default one
 * @param features a row for each example; borrowed for the call
 * @param outputs  receives the outputs of each row, row-major
 * @param capacity how many fit, at least rows * ascribe_model_outputs()
 */
ascribe_status ascribe_model_predict(const struct ascribe_model *model,
                                     const struct ascribe_context *context,
                                     const struct ascribe_matrix *features,
                                     double *outputs,
                                     size_t capacity,
                                     struct ascribe_error **error);

/**
 * Gets the outputs of a network. Features that lie row by row in the precision of the model are read in place; others
 * are copied in small blocks.
 * May be called from any thread at the same time.
 *
 * @param model    a network
 * @param context  NULL for the default one
 * @param features a row for each example; borrowed for the call
 * @param outputs  receives the outputs of each row, row-major
 * @param capacity how many fit, at least rows * ascribe_model_outputs()
 */
ascribe_status ascribe_model_predict_f32(const struct ascribe_model *model,
                                         const struct ascribe_context *context,
                                         const struct ascribe_matrix_f32 *features,
                                         double *outputs,
                                         size_t capacity,
                                         struct ascribe_error **error);

/**
 * Gets a functional of each query.
 * May be called from any thread at the same time.
 *
 * @param model      the model
 * @param context    NULL for the default one
 * @param queries    the queries
 * @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param values     receives a value for each query
 * @param capacity   how many fit, at least the number of queries
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
 * May be called from any thread at the same time.
 *
 * @param model   a model of triples
 * @param context NULL for the default one
 * @param known   a dataset of triples; those of all its parts count as true
 * @param queries the triples to rank
 * @param ranking receives the result as far as its struct_size says
 */
ascribe_status ascribe_model_ranking(const struct ascribe_model *model,
                                     const struct ascribe_context *context,
                                     const struct ascribe_dataset *known,
                                     const struct ascribe_dataset *queries,
                                     struct ascribe_ranking *ranking,
                                     struct ascribe_error **error);

/**
 * Frees a model.
 * Needs exclusive access to `model`.
 *
 * @param model the model; NULL is fine
 */
void ascribe_model_free(struct ascribe_model *model);

/**
 * Begins a training of a model from the values that it has. The model itself stays as it is; ascribe_trainer_model() gives
 * the trained one. Options are of the table "training".
 * May be called from any thread at the same time.
 *
 * @param context NULL for the default one
 * @param model   the model
 * @param data    the examples
 * @param options NULL for the defaults
 * @param trainer receives the training; free it with ascribe_trainer_free()
 */
ascribe_status ascribe_trainer_new(const struct ascribe_context *context,
                                   const struct ascribe_model *model,
                                   const struct ascribe_dataset *data,
                                   const struct ascribe_options *options,
                                   struct ascribe_trainer **trainer,
                                   struct ascribe_error **error);

/**
 * Takes some steps, or all that are left. With an optimizer the bytes do not depend on how a training is cut up; minimizing begins anew
 * with each call from where the last one ended. After ASCRIBE_CANCELED the training can go on.
 * A training that ends with a mean loss of many times that at its beginning has diverged: ASCRIBE_NOT_CONVERGED, of a loss that is not
 * finite ASCRIBE_NOT_FINITE, and the message names the learning rate. A loss that merely did not improve is no failure.
 * Needs exclusive access to `trainer`.
 *
 * @param trainer the training
 * @param steps   how many steps to take at most: batches, or steps of minimizing; UINT64_MAX to train to the end
 * @param monitor progress and cancellation, or NULL
 */
ascribe_status ascribe_trainer_step(struct ascribe_trainer *trainer,
                                    uint64_t steps,
                                    const struct ascribe_monitor *monitor,
                                    struct ascribe_error **error);

/**
 * Gets how far a training has come.
 * May be called from any thread at the same time.
 *
 * @param trainer  the training
 * @param training receives the result as far as its struct_size says
 */
ascribe_status ascribe_trainer_training(const struct ascribe_trainer *trainer,
                                        struct ascribe_training *training,
                                        struct ascribe_error **error);

/**
 * Gets the model as it is now, with the data and, where there is one, the ledger. The training can go on.
 * May be called from any thread at the same time.
 *
 * @param trainer the training
 * @param model   receives the model; free it with ascribe_model_free()
 */
ascribe_status ascribe_trainer_model(const struct ascribe_trainer *trainer,
                                     struct ascribe_model **model,
                                     struct ascribe_error **error);

/**
 * Frees a training. Models that it gave stay.
 * Needs exclusive access to `trainer`.
 *
 * @param trainer the training; NULL is fine
 */
void ascribe_trainer_free(struct ascribe_trainer *trainer);

/**
 * Returns the number of queries.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_attribution_queries(const struct ascribe_attribution *attribution);

/**
 * Returns how many examples have a score for a query.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores, or NULL
 * @param query       the query, counted from 0
 * @return the number; 0 for a query that is not there, NULL and invalid handles
 */
size_t ascribe_attribution_len(const struct ascribe_attribution *attribution, size_t query);

/**
 * Gets the unit of the scores.
 * May be called from any thread at the same time.
 *
 *   "removal"  of "influence", "rollback", "replay" and "dvemb": the predicted change of the functional if the example were removed
 *   "fall of the functional in the example's steps"
 *              of "tracin"
 *   "learning rate times inner product of gradients, summed over checkpoints"
 *              of "tracincp"
 *   "learning rate over batch size times cosine of gradients, summed over checkpoints"
 *              of "gas"
 *   "inner product of gradients", "cosine of gradients"
 *              of "graddot" and of "gradcos"
 *
 * @param attribution the scores
 * @param buffer      receives the text and a zero; NULL to get the length alone
 * @param capacity    how many bytes fit in the buffer, at least length + 1
 * @param length      receives the length in bytes, without the zero
 */
ascribe_status ascribe_attribution_unit(const struct ascribe_attribution *attribution,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *length,
                                        struct ascribe_error **error);

/**
 * Gets the functional of a query, as the model is.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param value       receives the value
 */
ascribe_status ascribe_attribution_value(const struct ascribe_attribution *attribution,
                                         size_t query,
                                         double *value,
                                         struct ascribe_error **error);

/**
 * Gets all scores of a query, in the order of the examples.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param examples    receives the examples, counted from 0; or NULL
 * @param scores      receives their scores; or NULL
 * @param capacity    how many fit in each, at least ascribe_attribution_len()
 */
ascribe_status ascribe_attribution_copy(const struct ascribe_attribution *attribution,
                                        size_t query,
                                        uint64_t *examples,
                                        double *scores,
                                        size_t capacity,
                                        struct ascribe_error **error);

/**
 * Gets the first scores of a query in an order; equal ones are ordered by example.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param order       "largest" (by size), "positive" (those above zero, the highest first) or "negative" (those below zero, the lowest
 *                    first); NULL for "largest"
 * @param examples    receives the examples, counted from 0
 * @param scores      receives their scores
 * @param capacity    how many are wanted, and fit in each
 * @param found       receives how many there are, at most capacity
 */
ascribe_status ascribe_attribution_top(const struct ascribe_attribution *attribution,
                                       size_t query,
                                       const char *order,
                                       uint64_t *examples,
                                       double *scores,
                                       size_t capacity,
                                       size_t *found,
                                       struct ascribe_error **error);

/**
 * Gets by how many times the derivative of a query's functional by the parameters grew, at its longest, on its way back through the
 * training; of scores by "replay". It says what the scores are worth.
 * May be called from any thread at the same time.
 *
 *   up to about 2  scores predict removal
 *   2 to 5         they rank examples; their sizes may be off
 *   5 to 50        they may be far off: compare with ascribe_retraining_changes()
 *   above 50       the training is chaotic, and no derivative predicts removal
 *
 * Before any attribution, ascribe_model_smoothness() says as much of the training as a whole.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param growth      receives the growth, at least 1; NaN for methods that do not walk through the training
 */
ascribe_status ascribe_attribution_growth(const struct ascribe_attribution *attribution,
                                          size_t query,
                                          double *growth,
                                          struct ascribe_error **error);

/**
 * Gets how heavy the upper tail of a query's scores is: the count-th largest score less the median, over a robust estimate of the
 * standard deviation (Q_n). Among queries the target of an attack on the training set may stand out by it, with scores of "gas" and a count
 * about as small as attacks are, such as 10.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param count       which of the largest scores, counted from 1; of fewer scores the smallest counts
 * @param tail        receives the tail; NaN where scores have no spread
 */
ascribe_status ascribe_attribution_upper_tail(const struct ascribe_attribution *attribution,
                                              size_t query,
                                              size_t count,
                                              double *tail,
                                              struct ascribe_error **error);

/**
 * Gets how the solve for a query went; of scores by influence functions.
 * May be called from any thread at the same time.
 *
 * @param attribution the scores
 * @param query       the query, counted from 0
 * @param certificate receives the result as far as its struct_size says
 */
ascribe_status ascribe_attribution_certificate(const struct ascribe_attribution *attribution,
                                               size_t query,
                                               struct ascribe_certificate *certificate,
                                               struct ascribe_error **error);

/**
 * Frees scores.
 * Needs exclusive access to `attribution`.
 *
 * @param attribution the scores; NULL is fine
 */
void ascribe_attribution_free(struct ascribe_attribution *attribution);

/**
 * Prepares a model to be explained by a method. Options are of the table of the method's name.
 * May be called from any thread at the same time.
 *
 *   "influence"  influence functions: what the optimum would be without an example, to first order. For models at a minimum; elsewhere
 *                with Gauss-Newton curvature or damping. Scores are predicted changes of the functional if the example were removed.
 *   "rollback"   gradient rollback: what each example's own steps did to the parameters, from the ledger of the training. Scores are
 *                predicted changes of the functional if the example were removed.
 *   "replay"     the exact derivative of the whole training by each example's weight. Scores are predicted changes of the functional if
 *                the example were removed; ascribe_attribution_growth() says how far they can be trusted.
 *   "dvemb"      data value embeddings: replay of a training by sgd with Fisher matrices for Hessians; scores as of replay, no growth
 *   "tracin"     TracIn, ideal: by how much the functional fell in the steps that the example took part in
 *   "tracincp"   TracInCP: inner products of the gradients of the functional and of each example's loss, at checkpoints of the training
 *   "gas"        GAS, also called CosIn: the cosines of the same
 *   "graddot"    inner products of the gradients of the functional and of each example's loss, where training ended
 *   "gradcos"    their cosines
 *
 * "replay", "dvemb", "tracin", "tracincp" and "gas" do the training again, and fail with ASCRIBE_UNSUPPORTED for a model that was not trained by
 * steps of an optimizer alone.
 *
 * @param context    NULL for the default one
 * @param model      a trained model
 * @param method     the method, by its word; NULL for "rollback" where the model has a ledger, otherwise "influence"
 * @param data       other examples than those the model was trained on (with "influence", "graddot" and "gradcos" only), or
 *                   NULL
 * @param options    NULL for the defaults
 * @param monitor    progress and cancellation, or NULL
 * @param attributor receives the attributor; free it with ascribe_attributor_free()
 */
ascribe_status ascribe_attributor_new(const struct ascribe_context *context,
                                      const struct ascribe_model *model,
                                      const char *method,
                                      const struct ascribe_dataset *data,
                                      const struct ascribe_options *options,
                                      const struct ascribe_monitor *monitor,
                                      struct ascribe_attributor **attributor,
                                      struct ascribe_error **error);

/**
 * Explains queries: for each, the scores of examples.
 * May be called from any thread at the same time.
 *
 * @param attributor  the attributor
 * @param queries     the queries
 * @param functional  the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param monitor     progress and cancellation, or NULL
 * @param attribution receives the scores; free them with ascribe_attribution_free()
 */
ascribe_status ascribe_attributor_explain(const struct ascribe_attributor *attributor,
                                          const struct ascribe_dataset *queries,
                                          const char *functional,
                                          const struct ascribe_monitor *monitor,
                                          struct ascribe_attribution **attribution,
                                          struct ascribe_error **error);

/**
 * Gets a description of an attributor as JSON: its method, the unit of its scores, what the
 * scores of examples for themselves measure ("self_scores": functional, unit, sign, whether they hold the penalty), the options in force and, of influence functions,
 * the curvature, the solver and, where a solve did not reach its tolerance, what to do about that. Of "rollback" on triples it has, after
 * the first explanation, how predicted changes agreed with true ones ("calibration") and what that says ("verdict").
 * May be called from any thread at the same time.
 *
 * @param attributor the attributor
 * @param buffer     receives the text and a zero; NULL to get the length alone
 * @param capacity   how many bytes fit in the buffer, at least length + 1
 * @param length     receives the length in bytes, without the zero
 */
ascribe_status ascribe_attributor_describe(const struct ascribe_attributor *attributor,
                                           char *buffer,
                                           size_t capacity,
                                           size_t *length,
                                           struct ascribe_error **error);

/**
 * Gets what influence functions found at the model, which decides what scores are worth, and how solves went since.
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for other methods.
 *
 * @param attributor  an attributor of the method "influence"
 * @param diagnostics receives the result as far as its struct_size says
 */
ascribe_status ascribe_attributor_diagnostics(const struct ascribe_attributor *attributor,
                                              struct ascribe_diagnostics *diagnostics,
                                              struct ascribe_error **error);

/**
 * Returns the number of examples that are scored.
 * May be called from any thread at the same time.
 *
 * @param attributor the attributor, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_attributor_examples(const struct ascribe_attributor *attributor);

/**
 * Gets a plan of influence functions as JSON: which solver would be chosen and why, and what each would cost in memory and products.
 * Nothing is solved.
 * May be called from any thread at the same time.
 *
 * @param context  NULL for the default one
 * @param model    a trained model
 * @param data     other examples than those the model was trained on, or NULL
 * @param options  of the table "influence"; NULL for the defaults
 * @param monitor  progress and cancellation, or NULL
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_attributor_plan(const struct ascribe_context *context,
                                       const struct ascribe_model *model,
                                       const struct ascribe_dataset *data,
                                       const struct ascribe_options *options,
                                       const struct ascribe_monitor *monitor,
                                       char *buffer,
                                       size_t capacity,
                                       size_t *length,
                                       struct ascribe_error **error);

/**
 * Gets the self-score of examples: the score of each for its own loss. Of influence functions it is the predicted rise of an example's
 * own loss, with its share of the penalty, if it were removed: its unit is "removal", and positive says that the loss rises. Of "graddot"
 * it is the squared length of the example's gradient times its weight, of "gradcos" 1. ascribe_attributor_describe() has it as
 * "self_scores". Wrong labels are found among the highest.
 * May be called from any thread at the same time.
 *
 * @param attributor the attributor
 * @param examples   the examples, counted from 0, or NULL for all
 * @param count      how many they are; ignored for all
 * @param monitor    progress and cancellation, or NULL
 * @param values     receives a value for each
 * @param capacity   how many fit
 */
ascribe_status ascribe_attributor_self(const struct ascribe_attributor *attributor,
                                       const uint64_t *examples,
                                       size_t count,
                                       const struct ascribe_monitor *monitor,
                                       double *values,
                                       size_t capacity,
                                       struct ascribe_error **error);

/**
 * Gets the scores of some examples with each one's own curvature taken out (with one output and no penalty, score / (1 - leverage)), and
 * their leverages. Above a leverage of 0.1 the first order is off by more than a tenth.
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for other methods than "influence".
 *
 * @param attributor         the attributor
 * @param queries            the queries
 * @param functional         the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param examples           the examples, counted from 0
 * @param count              how many they are
 * @param monitor            progress and cancellation, or NULL
 * @param scores             receives the scores, query by query: queries * count numbers
 * @param scores_capacity    how many fit
 * @param leverages          receives the leverages: count numbers; or NULL
 * @param leverages_capacity how many fit
 */
ascribe_status ascribe_attributor_leave_one_out(const struct ascribe_attributor *attributor,
                                                const struct ascribe_dataset *queries,
                                                const char *functional,
                                                const uint64_t *examples,
                                                size_t count,
                                                const struct ascribe_monitor *monitor,
                                                double *scores,
                                                size_t scores_capacity,
                                                double *leverages,
                                                size_t leverages_capacity,
                                                struct ascribe_error **error);

/**
 * Gets bounds of scores: by how much at most each can differ from that at the minimum of the objective, because solves
 * are not exact, training ended before the minimum, and numbers are rounded. With damping, with another curvature than
 * the Hessian, and of a model that is not at a minimum: because solves are not exact.
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for methods and models without such bounds.
 *
 * @param attributor the attributor
 * @param queries    the queries
 * @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param examples   the examples, counted from 0
 * @param count      how many they are
 * @param monitor    progress and cancellation, or NULL
 * @param bounds     receives the bounds, query by query: queries * count numbers; NaN where none is known
 * @param capacity   how many fit
 */
ascribe_status ascribe_attributor_error_bounds(const struct ascribe_attributor *attributor,
                                               const struct ascribe_dataset *queries,
                                               const char *functional,
                                               const uint64_t *examples,
                                               size_t count,
                                               const struct ascribe_monitor *monitor,
                                               double *bounds,
                                               size_t capacity,
                                               struct ascribe_error **error);

/**
 * Gets the effect of the inputs of training examples: the change of the functional per unit of each number of an example's input.
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for other methods than "influence".
 *
 * @param attributor the attributor
 * @param queries    the queries
 * @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param input      the input of a graph, by its name; NULL for the features
 * @param examples   the examples, counted from 0
 * @param count      how many they are
 * @param monitor    progress and cancellation, or NULL
 * @param effects    receives the effects, query by query and example by example: queries * count * width numbers; NULL to get the width
 *                   alone
 * @param capacity   how many fit
 * @param width      receives how many numbers the input of an example has
 */
ascribe_status ascribe_attributor_input_effects(const struct ascribe_attributor *attributor,
                                                const struct ascribe_dataset *queries,
                                                const char *functional,
                                                const char *input,
                                                const uint64_t *examples,
                                                size_t count,
                                                const struct ascribe_monitor *monitor,
                                                double *effects,
                                                size_t capacity,
                                                size_t *width,
                                                struct ascribe_error **error);

/**
 * Changes the inputs of training examples, step by step, so that the functional of the queries rises as far as it can after training
 * again, and gets the values it had on the way. Options are of the table "attack". There are as many values as rounds and one more: a
 * caller that does not know the rounds asks with NULL first.
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for other methods than "influence".
 *
 * @param attributor the attributor
 * @param queries    the queries
 * @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param input      the input of a graph, by its name; NULL for the features
 * @param examples   the examples that change, counted from 0
 * @param count      how many they are
 * @param options    NULL for the defaults
 * @param monitor    progress and cancellation, or NULL
 * @param values     receives the sum of the functional over the queries, before the first round and after each; NULL to get their number
 *                   alone, without an attack
 * @param capacity   how many fit
 * @param found      receives how many values there are: rounds + 1; or NULL
 * @param perturbed  receives the changed examples, in the order given; free it with ascribe_dataset_free(); left alone without an attack
 */
ascribe_status ascribe_attributor_attack(const struct ascribe_attributor *attributor,
                                         const struct ascribe_dataset *queries,
                                         const char *functional,
                                         const char *input,
                                         const uint64_t *examples,
                                         size_t count,
                                         const struct ascribe_options *options,
                                         const struct ascribe_monitor *monitor,
                                         double *values,
                                         size_t capacity,
                                         size_t *found,
                                         struct ascribe_dataset **perturbed,
                                         struct ascribe_error **error);

/**
 * Gets products of a matrix with directions.
 * May be called from any thread at the same time.
 *
 *   "curvature"  Hessian-vector products: those of the curvature, without damping
 *   "inverse"    those of the inverse of curvature and damping. Where a solve did not reach its tolerance,
 *                ascribe_attributor_diagnostics() says so.
 *
 * Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_UNSUPPORTED for other methods than "influence".
 *
 * @param attributor the attributor
 * @param by         the matrix, by its word
 * @param directions a direction in each row, with p columns; read in place, in blocks
 * @param monitor    progress and cancellation, or NULL
 * @param products   receives the product of each direction, row-major: rows * p numbers
 * @param capacity   how many fit
 */
ascribe_status ascribe_attributor_products(const struct ascribe_attributor *attributor,
                                           const char *by,
                                           const struct ascribe_matrix *directions,
                                           const struct ascribe_monitor *monitor,
                                           double *products,
                                           size_t capacity,
                                           struct ascribe_error **error);

/**
 * Frees an attributor. Its results stay.
 * Needs exclusive access to `attributor`.
 *
 * @param attributor the attributor; NULL is fine
 */
void ascribe_attributor_free(struct ascribe_attributor *attributor);

/**
 * Predicts the functional for queries on a changed training set, level by level, from the cheapest up to the option `until`. Options are of
 * the table "what-if". With "rollback", "replay" and "dvemb" there is one level, without options; with "rollback" examples can only be removed, with
 * "replay" removed or reweighted.
 * May be called from any thread at the same time.
 *
 * @param attributor an attributor of the method "influence", "rollback" or "replay"
 * @param queries    the queries
 * @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param changes    the changes, all together
 * @param count      how many they are, at least 1
 * @param options    NULL for the defaults
 * @param monitor    progress and cancellation, or NULL
 * @param what_if    receives the predictions; free them with ascribe_what_if_free()
 */
ascribe_status ascribe_attributor_what_if(const struct ascribe_attributor *attributor,
                                          const struct ascribe_dataset *queries,
                                          const char *functional,
                                          const struct ascribe_change *changes,
                                          size_t count,
                                          const struct ascribe_options *options,
                                          const struct ascribe_monitor *monitor,
                                          struct ascribe_what_if **what_if,
                                          struct ascribe_error **error);

/**
 * Returns the number of queries.
 * May be called from any thread at the same time.
 *
 * @param what_if the predictions, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_what_if_queries(const struct ascribe_what_if *what_if);

/**
 * Returns the number of levels that were tried.
 * May be called from any thread at the same time.
 *
 * @param what_if the predictions, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_what_if_levels(const struct ascribe_what_if *what_if);

/**
 * Returns whether the last level is within the tolerance.
 * May be called from any thread at the same time.
 *
 * @param what_if the predictions, or NULL
 * @return 1 if it is, or none was given; 0 otherwise, for NULL and invalid handles
 */
int32_t ascribe_what_if_reached(const struct ascribe_what_if *what_if);

/**
 * Gets the functional of each query as it is now.
 * May be called from any thread at the same time.
 *
 * @param what_if  the predictions
 * @param values   receives a value for each query
 * @param capacity how many fit
 */
ascribe_status ascribe_what_if_before(const struct ascribe_what_if *what_if,
                                      double *values,
                                      size_t capacity,
                                      struct ascribe_error **error);

/**
 * Gets the name of a level: "first-order", "second-order", "leave-one-out", "newton", "retrained" or, of the other methods, "rollback"
 * or "replay".
 * May be called from any thread at the same time.
 *
 * @param what_if  the predictions
 * @param level    the level by its place, cheapest first, counted from 0
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_what_if_level_name(const struct ascribe_what_if *what_if,
                                          size_t level,
                                          char *buffer,
                                          size_t capacity,
                                          size_t *length,
                                          struct ascribe_error **error);

/**
 * Gets the changes of the functional that a level predicts, estimates of their errors, and how near a minimum of the changed objective
 * its parameters are.
 * May be called from any thread at the same time.
 *
 * @param what_if       the predictions
 * @param level         the level by its place, cheapest first, counted from 0
 * @param changes       receives the predicted change for each query; or NULL
 * @param errors        receives the estimated error for each query, NaN where none is known; or NULL
 * @param capacity      how many fit in each, at least the number of queries
 * @param gradient_norm receives the relative gradient of the changed objective, NaN where it is not known; or NULL
 * @param at_minimum    receives 1 where that counts as a minimum, else 0; or NULL
 */
ascribe_status ascribe_what_if_changes(const struct ascribe_what_if *what_if,
                                       size_t level,
                                       double *changes,
                                       double *errors,
                                       size_t capacity,
                                       double *gradient_norm,
                                       int32_t *at_minimum,
                                       struct ascribe_error **error);

/**
 * Gets the parameters that a level predicts, all of them, concatenated.
 * May be called from any thread at the same time.
 *
 * Fails with ASCRIBE_UNSUPPORTED for "rollback", "replay" and "dvemb", which predict none.
 *
 * @param what_if  the predictions
 * @param level    the level by its place, cheapest first, counted from 0
 * @param values   receives p numbers
 * @param capacity how many fit
 */
ascribe_status ascribe_what_if_parameters(const struct ascribe_what_if *what_if,
                                          size_t level,
                                          double *values,
                                          size_t capacity,
                                          struct ascribe_error **error);

/**
 * Frees predictions.
 * Needs exclusive access to `what_if`.
 *
 * @param what_if the predictions; NULL is fine
 */
void ascribe_what_if_free(struct ascribe_what_if *what_if);

/**
 * Trains a model again without each of some sets of examples, with everything else as it was (initial values, order,
 * candidates), and gets the true changes of a functional. What was minimized is minimized again, from where one step of
 * Newton's method leads; where the objective is not convex that may be another minimum. Where there is no minimum without a set,
 * or it was not reached, its changes are NaN.
 * May be called from any thread at the same time.
 *
 * @param context    NULL for the default one
 * @param model      a model that was trained
 * @param queries    the queries
 * @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
 * @param examples   the examples of all sets, counted from 0, set by set
 * @param offsets    where each set begins among the examples, and where the last one ends: sets + 1 numbers, ascending from
 *                   0
 * @param sets       the number of sets
 * @param monitor    progress and cancellation, or NULL
 * @param changes    receives the change for each query of each set, set by set: sets * queries numbers
 * @param capacity   how many fit
 */
ascribe_status ascribe_retraining_changes(const struct ascribe_context *context,
                                          const struct ascribe_model *model,
                                          const struct ascribe_dataset *queries,
                                          const char *functional,
                                          const uint64_t *examples,
                                          const size_t *offsets,
                                          size_t sets,
                                          const struct ascribe_monitor *monitor,
                                          double *changes,
                                          size_t capacity,
                                          struct ascribe_error **error);

/**
 * Compares predicted changes with true ones; pairs whose true change is NaN are left out, and refused where all are.
 * May be called from any thread at the same time.
 *
 * @param predicted the predicted changes
 * @param truth     the true changes
 * @param count     how many pairs there are
 * @param fidelity  receives the result as far as its struct_size says
 */
ascribe_status ascribe_retraining_fidelity(const double *predicted,
                                           const double *truth,
                                           size_t count,
                                           struct ascribe_fidelity *fidelity,
                                           struct ascribe_error **error);

/**
 * Gets the ledger of a model.
 * May be called from any thread at the same time.
 *
 * @param model  a model that was trained with a ledger
 * @param ledger receives the ledger; free it with ascribe_ledger_free()
 */
ascribe_status ascribe_model_ledger(const struct ascribe_model *model,
                                    struct ascribe_ledger **ledger,
                                    struct ascribe_error **error);

/**
 * Returns the number of examples.
 * May be called from any thread at the same time.
 *
 * @param ledger the ledger, or NULL
 * @return the number; 0 for NULL and invalid handles
 */
size_t ascribe_ledger_examples(const struct ascribe_ledger *ledger);

/**
 * Returns how many rows an example owns. A row that it reads twice counts once.
 * May be called from any thread at the same time.
 *
 * @param ledger  the ledger, or NULL
 * @param example the example, counted from 0
 * @return the number; 0 for an example that is not there, NULL and invalid handles
 */
size_t ascribe_ledger_slots(const struct ascribe_ledger *ledger, uint64_t example);

/**
 * Gets which row an example owns.
 * May be called from any thread at the same time.
 *
 * @param ledger    the ledger
 * @param example   the example, counted from 0
 * @param slot      which of the rows it owns, counted from 0
 * @param parameter receives the parameter, counted from 0
 * @param row       receives the row of it, counted from 0
 * @param width     receives how many numbers the row has
 */
ascribe_status ascribe_ledger_slot(const struct ascribe_ledger *ledger,
                                   uint64_t example,
                                   size_t slot,
                                   size_t *parameter,
                                   uint64_t *row,
                                   size_t *width,
                                   struct ascribe_error **error);

/**
 * Gets how much an example's own steps moved a row that it owns.
 * May be called from any thread at the same time.
 *
 * @param ledger   the ledger
 * @param example  the example, counted from 0
 * @param slot     which of the rows it owns, counted from 0
 * @param values   receives the change of each number of the row
 * @param capacity how many fit, at least the width
 */
ascribe_status ascribe_ledger_change(const struct ascribe_ledger *ledger,
                                     uint64_t example,
                                     size_t slot,
                                     double *values,
                                     size_t capacity,
                                     struct ascribe_error **error);

/**
 * Gets how much of a parameter's movement no example owns: with all changes it adds up to the movement.
 * May be called from any thread at the same time.
 *
 * @param ledger    the ledger
 * @param parameter the parameter, counted from 0
 * @param values    receives the numbers in row-major order
 * @param capacity  how many fit, at least as many as the parameter has
 */
ascribe_status ascribe_ledger_remainder(const struct ascribe_ledger *ledger,
                                        size_t parameter,
                                        double *values,
                                        size_t capacity,
                                        struct ascribe_error **error);

/**
 * Frees a ledger. Models and explanations that use it stay.
 * Needs exclusive access to `ledger`.
 *
 * @param ledger the ledger; NULL is fine
 */
void ascribe_ledger_free(struct ascribe_ledger *ledger);

/**
 * Begins a ledger without changes. It has the rows that the examples own in the model: of triples those of head, relation and
 * tail, of a graph those that ascribe_graph_own() names.
 * May be called from any thread at the same time.
 *
 * @param model   a model made as that which is given the ledger; its values do not matter
 * @param data    the examples of the training, in the order of their numbers
 * @param rule    "step": changes of a row add up as they are recorded; "refill": each is recorded with its curvature, and later steps
 *                of other examples answer to it, which predicts far better (docs/fidelity.md); NULL for "step"
 * @param builder receives the ledger that is written; free it with ascribe_ledger_builder_free()
 */
ascribe_status ascribe_ledger_builder_new(const struct ascribe_model *model,
                                          const struct ascribe_dataset *data,
                                          const char *rule,
                                          struct ascribe_ledger_builder **builder,
                                          struct ascribe_error **error);

/**
 * Records that an example moved a row of a parameter in the step under way. A row that the example does not own is one that its loss
 * reads besides, such as that of a sampled candidate: it is recorded as well, for the sake of its curvature. After a failure nothing of
 * it is recorded, and all that was before stays. What an example does to one row in one step may come in parts, which are added.
 *
 * With the rule "refill" a change is the whole movement that a gradient g causes, now and later: −a g, and the step shrinks what others
 * did by 1 − a h, with the curvature h. Of gradient descent a is the learning rate; with momentum β it is the learning rate / (1 − β),
 * which is then the learning rate of the step. Optimizers with a rate for each number (Adagrad: the learning rate / (√G + ε); Adam: the
 * learning rate / (√v̂ + ε), v̂ being corrected) are recorded by changes −a g and curvatures a h, and steps of the learning rate 1.
 * Needs exclusive access to `builder`.
 *
 * @param builder   the ledger that is written
 * @param example   the example, counted from 0
 * @param parameter the parameter, counted from 0
 * @param row       the row of it, counted from 0
 * @param change    what the example added to each number of the row: of gradient descent, minus the learning rate times the gradient of
 *                  its loss; read before the call returns
 * @param curvature by the rule "refill" the curvature of the example's loss along each number: the diagonal of its Gauss-Newton matrix,
 *                  zero or more; with the rule "step" NULL
 * @param width     how many numbers the row has
 */
ascribe_status ascribe_ledger_builder_record(struct ascribe_ledger_builder *builder,
                                             uint64_t example,
                                             size_t parameter,
                                             uint64_t row,
                                             const double *change,
                                             const double *curvature,
                                             size_t width,
                                             struct ascribe_error **error);

/**
 * Ends the step under way: what was recorded since the last one were the changes of one batch.
 * Needs exclusive access to `builder`.
 *
 * @param builder       the ledger that is written
 * @param learning_rate the learning rate of the step, by which curvatures count; zero or more
 */
ascribe_status ascribe_ledger_builder_end_step(struct ascribe_ledger_builder *builder,
                                               double learning_rate,
                                               struct ascribe_error **error);

/**
 * Counts an epoch. No step may be under way.
 * Needs exclusive access to `builder`.
 *
 * @param builder the ledger that is written
 */
ascribe_status ascribe_ledger_builder_end_epoch(struct ascribe_ledger_builder *builder,
                                                struct ascribe_error **error);

/**
 * Frees a ledger that is written. Models that were given it keep what they were given.
 * Needs exclusive access to `builder`.
 *
 * @param builder the ledger that is written; NULL is fine
 */
void ascribe_ledger_builder_free(struct ascribe_ledger_builder *builder);

/**
 * Says that the values of a model are those that a training elsewhere ended at, on these examples. The model then has its data: it is
 * explained, saved, changed by what-ifs and compared with training again as one that was trained here, as far as that needs no step of
 * the training. Nothing is moved; where the objective is one that is minimized here, its gradient is measured, and
 * ascribe_model_training() says whether that is a minimum. A ledger that the model had is dropped. Set the values first.
 * Needs exclusive access to `model`.
 *
 * @param model   the model
 * @param context NULL for the default one
 * @param data    the examples that it was trained on
 * @param options NULL for the defaults; of the table "training" only "optimizer" ("minimize" where the values of a network or graph are to
 *                be a minimum) and, where they are to be one, "gradient_tolerance": training that ended early has a larger gradient
 * @param monitor progress and cancellation, or NULL
 */
ascribe_status ascribe_model_set_data(struct ascribe_model *model,
                                      const struct ascribe_context *context,
                                      const struct ascribe_dataset *data,
                                      const struct ascribe_options *options,
                                      const struct ascribe_monitor *monitor,
                                      struct ascribe_error **error);

/**
 * Gives a model the ledger that was recorded while its values were trained elsewhere, with the data it was begun for. Set the values
 * first: other values drop it. What ascribe_model_set_data() said before is dropped. The builder stays as it is, and may go on.
 * Needs exclusive access to `model`.
 *
 * @param model   a model made as that which the ledger was begun for
 * @param builder the ledger; no step may be under way
 */
ascribe_status ascribe_model_set_ledger(struct ascribe_model *model,
                                        const struct ascribe_ledger_builder *builder,
                                        struct ascribe_error **error);

/**
 * Saves a trained model with its data, its ledger and how it was trained, replacing what was saved there. A process that is
 * killed at any moment leaves the old or the new.
 * May be called from any thread at the same time.
 *
 * The folders are those of the command line: `ascribe explain`, `ascribe verify` and `ascribe info` read them too. Of a graph everything
 * but the graph is saved.
 *
 * @param model  a model that was trained
 * @param folder the path of the folder, in UTF-8; it is created where it is absent, and must otherwise be empty or hold what
 *               was saved before
 */
ascribe_status ascribe_model_save(const struct ascribe_model *model,
                                  const char *folder,
                                  struct ascribe_error **error);

/**
 * Loads a model that was saved, or trained by `ascribe train`, with its data and, where there is one, its
 * ledger. Every byte is checked. Models of graphs are restored with ascribe_model_restore() instead.
 * May be called from any thread at the same time.
 *
 * @param folder the path of the folder, in UTF-8
 * @param model  receives the model; free it with ascribe_model_free()
 */
ascribe_status ascribe_model_load(const char *folder,
                                  struct ascribe_model **model,
                                  struct ascribe_error **error);

/**
 * Restores a model of a graph: it gets the values, data, ledger and training that a model of the same graph was saved with. Where
 * parameters, inputs or owned rows differ, the error says which; the model is then what it was.
 * Needs exclusive access to `model`.
 *
 * @param model  a model made of the same graph, in the same precision
 * @param folder the path of the folder, in UTF-8
 */
ascribe_status ascribe_model_restore(struct ascribe_model *model,
                                     const char *folder,
                                     struct ascribe_error **error);

/**
 * Gets a description of a saved model as JSON, as ascribe_model_describe() does of one in memory, without reading its arrays.
 * May be called from any thread at the same time.
 *
 * @param folder   the path of the folder, in UTF-8
 * @param buffer   receives the text and a zero; NULL to get the length alone
 * @param capacity how many bytes fit in the buffer, at least length + 1
 * @param length   receives the length in bytes, without the zero
 */
ascribe_status ascribe_model_inspect(const char *folder,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *length,
                                     struct ascribe_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ASCRIBE_H */
