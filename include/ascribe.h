/*
 * Ascribe: which training examples is a prediction owed to, and what would change without them?
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
 * prints a line to the standard error stream when that happens; nothing else ever prints.
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
   * What is being done, in one word: "training", "minimising", "solving", ...; always valid.
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
 * Is told how far a call has come; anything but 0 ends the call with ASCRIBE_CANCELLED. Called only on the thread that made the
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
#define ASCRIBE_CANCELLED 3

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
 * Sets a flag: calls that watch it end with ASCRIBE_CANCELLED within milliseconds, as does every later one until
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
ascribe_status ascribe_graph_peak(struct ascribe_graph *graph,
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
 * Adds the axes in another order: axis i of the result is axis axes[i] of `x`.
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
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
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
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
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
 * Fails with ASCRIBE_SHAPE when `x` holds ids.
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
 * Fails with ASCRIBE_INVALID_ARGUMENT when a size is not at least one, or memory could not hold that many elements.
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
ascribe_status ascribe_graph_contract(struct ascribe_graph *graph,
                                      const char *spec,
                                      ascribe_node a,
                                      ascribe_node b,
                                      ascribe_node *node,
                                      struct ascribe_error **error);

/**
 * Adds a sum of products over shared axes, as ascribe_graph_contract(), and over all examples.
 *
 * Fails with ASCRIBE_SHAPE as ascribe_graph_contract() does, and when neither value is per-example.
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
ascribe_status ascribe_graph_spread(struct ascribe_graph *graph,
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
ascribe_status ascribe_graph_lookup(struct ascribe_graph *graph,
                                    ascribe_node table,
                                    ascribe_node ids,
                                    ascribe_node *node,
                                    struct ascribe_error **error);

/**
 * Adds rows added up by id in a table of zeros, one table for each example. It is the transpose of
 * ascribe_graph_lookup().
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
ascribe_status ascribe_graph_scatter(struct ascribe_graph *graph,
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
ascribe_status ascribe_graph_pick(struct ascribe_graph *graph,
                                  ascribe_node x,
                                  ascribe_node ids,
                                  ascribe_node *node,
                                  struct ascribe_error **error);

/**
 * Adds a last axis of zeros in which each element stands at its label. It is the transpose of ascribe_graph_pick().
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
ascribe_status ascribe_graph_place(struct ascribe_graph *graph,
                                   ascribe_node x,
                                   ascribe_node ids,
                                   int64_t size,
                                   ascribe_node *node,
                                   struct ascribe_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ASCRIBE_H */
