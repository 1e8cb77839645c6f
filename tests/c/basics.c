/* Versions, statuses, errors, contexts, and flags that end calls. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static void versions(void) {
  char composed[32];
  snprintf(composed, sizeof composed, "%d.%d.%d", ASCRIBE_VERSION_MAJOR, ASCRIBE_VERSION_MINOR, ASCRIBE_VERSION_PATCH);
  CHECK_TEXT(ascribe_version(), composed);
  CHECK(ascribe_abi_version() == ASCRIBE_ABI_VERSION);
}

static void statuses(void) {
  int32_t one, other;
  CHECK_TEXT(ascribe_status_name(ASCRIBE_OK), "ok");
  CHECK_TEXT(ascribe_status_name(ASCRIBE_INVALID_ARGUMENT), "invalid argument");
  CHECK_TEXT(ascribe_status_name(ASCRIBE_CURVATURE), "indefinite or singular curvature");
  CHECK_TEXT(ascribe_status_name(16), "unknown status");
  CHECK_TEXT(ascribe_status_name(-1), "unknown status");
  CHECK_TEXT(ascribe_status_name(INT32_MAX), "unknown status");
  for (one = 0; one <= 15; one++)
    for (other = 0; other < one; other++) CHECK(strcmp(ascribe_status_name(one), ascribe_status_name(other)) != 0);
}

static void errors(void) {
  ascribe_graph *graph = NULL;
  ascribe_error *untouched = (ascribe_error *)&graph;
  CHECK(ascribe_error_code(NULL) == ASCRIBE_OK);
  CHECK_TEXT(ascribe_error_message(NULL), "");
  ascribe_error_free(NULL);

  /* The error is written on failure only, and may be left out. */
  CHECK(ascribe_graph_new(&graph, &untouched) == ASCRIBE_OK);
  CHECK(untouched == (ascribe_error *)&graph);
  CHECK(ascribe_graph_new(NULL, NULL) == ASCRIBE_INVALID_ARGUMENT);
  CHECK(ascribe_graph_new(NULL, &error) == ASCRIBE_INVALID_ARGUMENT);
  CHECK(ascribe_error_code(error) == ASCRIBE_INVALID_ARGUMENT);
  CHECK_TEXT(ascribe_error_message(error), "graph is NULL, expected a place to put the result");

  /* A graph is no error. */
  CHECK(ascribe_error_code((const ascribe_error *)graph) == ASCRIBE_INVALID_HANDLE);
  CHECK_TEXT(ascribe_error_message((const ascribe_error *)graph), "not an ascribe_error");
  ascribe_error_free((ascribe_error *)graph);
  ascribe_error_free(error);
  error = NULL;
  ascribe_graph_free(graph);
}

struct heard {
  int count;
  char level[16], target[64], message[256];
};

static void hear(const char *level, const char *target, const char *message, void *user_data) {
  struct heard *heard = user_data;
  heard->count++;
  snprintf(heard->level, sizeof heard->level, "%s", level);
  snprintf(heard->target, sizeof heard->target, "%s", target);
  snprintf(heard->message, sizeof heard->message, "%s", message);
}

static int released = 0;

static void release(void *user_data) {
  struct heard *heard = user_data;
  heard->count = -1;
  released++;
}

static void contexts(void) {
  struct {
    ascribe_context_options options;
    unsigned char more[64];
  } large;
  ascribe_context_options options;
  ascribe_context *context = NULL, *other = NULL;
  struct heard heard = {0};
  size_t size;

  ascribe_context_options_init(&options, sizeof options);
  CHECK(options.struct_size == sizeof options);
  CHECK(options.threads == 1 && options.seed == 42);
  CHECK(options.log == NULL && options.log_data == NULL && options.log_free == NULL && options.log_level == NULL);
  ascribe_context_options_init(NULL, sizeof options);

  CHECK(ascribe_context_threads(NULL) == 1);
  CHECK_OK(ascribe_context_new(NULL, &context, &error));
  CHECK(ascribe_context_threads(context) == 1);
  options.threads = 3;
  CHECK_OK(ascribe_context_new(&options, &other, &error));
  CHECK(ascribe_context_threads(other) == 3);
  ascribe_context_free(context);
  ascribe_context_free(other);
  ascribe_context_free(NULL);

  context = other = NULL;
  CHECK_FAILS(ascribe_context_new(&options, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "context is NULL");
  options.threads = 0;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "threads is 0");
  options.threads = -1;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "options.threads is -1");
  options.threads = INT64_MAX;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "at most 1024");
  options.threads = 1;
  options.log_level = "loud";
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT,
              "log_level is \"loud\", expected one of \"error\", \"warning\", \"info\", \"debug\"");
  options.log_level = "\xff";
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "log_level is not UTF-8");
  CHECK(context == NULL);

  /* Messages reach who listens to their level. */
  options.log = hear;
  options.log_data = &heard;
  options.log_level = "info";
  CHECK_OK(ascribe_context_new(&options, &context, &error));
  CHECK(heard.count == 0);
  ascribe_context_free(context);
  options.log_level = NULL;
  CHECK_OK(ascribe_context_new(&options, &context, &error));
  CHECK(heard.count == 0);
  ascribe_context_free(context);
  options.log_level = "debug";
  options.seed = 7;
  CHECK_OK(ascribe_context_new(&options, &context, &error));
  CHECK(heard.count == 1);
  CHECK_TEXT(heard.level, "debug");
  CHECK_TEXT(heard.target, "context");
  CHECK_TEXT(heard.message, "1 threads, seed 7");
  ascribe_context_free(context);

  /* What the callback needs is released once, when the context goes or does not come to be. */
  options.log_free = release;
  CHECK_OK(ascribe_context_new(&options, &context, &error));
  CHECK(released == 0 && heard.count == 2);
  ascribe_context_free(context);
  CHECK(released == 1 && heard.count == -1);
  options.threads = 0;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "threads is 0");
  CHECK(released == 2);
  options.threads = 1;
  CHECK_FAILS(ascribe_context_new(&options, NULL, &error), ASCRIBE_INVALID_ARGUMENT, "context is NULL");
  CHECK(released == 3);
  options.log = NULL;
  CHECK_OK(ascribe_context_new(&options, &context, &error));
  CHECK(released == 4);
  ascribe_context_free(context);
  CHECK(released == 4);
  options.log_free = NULL;
  context = NULL;

  /* An older program's struct ends early: what it lacks is the default, and nothing is read or written behind it. */
  memset(&large, 0xff, sizeof large);
  size = offsetof(ascribe_context_options, seed);
  ascribe_context_options_init(&large.options, size);
  CHECK(large.options.struct_size == size && large.options.threads == 1);
  CHECK(((unsigned char *)&large)[size] == 0xff);
  large.options.threads = 2;
  CHECK_OK(ascribe_context_new(&large.options, &context, &error));
  CHECK(ascribe_context_threads(context) == 2);
  ascribe_context_free(context);
  /* A field that the size cuts is none. */
  large.options.struct_size = size - 1;
  CHECK_OK(ascribe_context_new(&large.options, &context, &error));
  CHECK(ascribe_context_threads(context) == 1);
  ascribe_context_free(context);

  /* A newer program's struct goes on: fine as long as it asks for nothing that is not known here. */
  memset(&large, 0xff, sizeof large);
  ascribe_context_options_init(&large.options, sizeof large);
  CHECK(large.options.struct_size == sizeof large && large.more[63] == 0);
  CHECK_OK(ascribe_context_new(&large.options, &context, &error));
  ascribe_context_free(context);
  large.more[63] = 1;
  CHECK_FAILS(ascribe_context_new(&large.options, &context, &error), ASCRIBE_UNSUPPORTED, "options is of a newer version");

  /* Sizes that are none. */
  ascribe_context_options_init(&options, 7);
  ascribe_context_options_init(&options, SIZE_MAX);
  options.struct_size = 0;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "options.struct_size is 0");
  options.struct_size = 7;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "options.struct_size is 7");
  options.struct_size = 4097;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "options.struct_size is 4097");
  options.struct_size = SIZE_MAX;
  CHECK_FAILS(ascribe_context_new(&options, &context, &error), ASCRIBE_INVALID_ARGUMENT, "options.struct_size is");
  CHECK_FAILS(ascribe_context_new((const ascribe_context_options *)((char *)&large + 1), &context, &error),
              ASCRIBE_INVALID_ARGUMENT, "multiple of 8");
}

static ascribe_cancel *stop = NULL;

static void on_signal(int number) {
  (void)number;
  ascribe_cancel_request(stop);
}

static void *request(void *cancel) {
  ascribe_cancel_request(cancel);
  return NULL;
}

static void *free_elsewhere(void *cancel) {
  ascribe_cancel_free(cancel);
  return NULL;
}

static void cancels(void) {
  pthread_t thread;
  ascribe_monitor monitor;
  ascribe_context *context = NULL;

  CHECK_FAILS(ascribe_cancel_new(NULL, &error), ASCRIBE_INVALID_ARGUMENT, "cancel is NULL");
  CHECK_OK(ascribe_cancel_new(&stop, &error));
  CHECK(ascribe_cancel_requested(stop) == 0);
  ascribe_cancel_request(stop);
  CHECK(ascribe_cancel_requested(stop) == 1);
  ascribe_cancel_reset(stop);
  CHECK(ascribe_cancel_requested(stop) == 0);

  NEED(pthread_create(&thread, NULL, request, stop) == 0);
  pthread_join(thread, NULL);
  CHECK(ascribe_cancel_requested(stop) == 1);
  ascribe_cancel_reset(stop);
  signal(SIGUSR1, on_signal);
  raise(SIGUSR1);
  CHECK(ascribe_cancel_requested(stop) == 1);
  NEED(pthread_create(&thread, NULL, free_elsewhere, stop) == 0);
  pthread_join(thread, NULL);

  /* NULL and other handles are left alone. */
  CHECK_OK(ascribe_context_new(NULL, &context, &error));
  ascribe_cancel_request((const ascribe_cancel *)context);
  ascribe_cancel_reset((const ascribe_cancel *)context);
  CHECK(ascribe_cancel_requested((const ascribe_cancel *)context) == 0);
  ascribe_cancel_free((ascribe_cancel *)context);
  CHECK(ascribe_context_threads(context) == 1);
  ascribe_context_free(context);
  ascribe_cancel_request(NULL);
  ascribe_cancel_reset(NULL);
  CHECK(ascribe_cancel_requested(NULL) == 0);
  ascribe_cancel_free(NULL);

  memset(&monitor, 0xff, sizeof monitor);
  ascribe_monitor_init(&monitor, sizeof monitor);
  CHECK(monitor.struct_size == sizeof monitor);
  CHECK(monitor.progress == NULL && monitor.progress_data == NULL && monitor.cancel == NULL);
  ascribe_monitor_init(NULL, sizeof monitor);
}

int main(void) {
  versions();
  statuses();
  errors();
  contexts();
  cancels();
  return checks_done();
}
