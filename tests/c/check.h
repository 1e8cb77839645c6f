/* What the C programs of these tests share. A program includes it, checks, and ends with `return checks_done();`. */
#ifndef CHECK_H
#define CHECK_H

#include <ascribe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks = 0;
static int failures = 0;

static inline void check_failed(const char *file, int line, const char *what) {
  failures++;
  fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

/* Says at the end how much was checked; the program's exit code. */
static inline int checks_done(void) {
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 && checks > 0 ? 0 : 1;
}

/* A condition. */
#define CHECK(condition)                                                       \
  do {                                                                         \
    checks++;                                                                  \
    if (!(condition)) check_failed(__FILE__, __LINE__, "not true: " #condition); \
  } while (0)

static inline void check_text_(const char *file, int line, const char *found, const char *expected) {
  checks++;
  if (found == NULL || strcmp(found, expected) != 0) {
    char what[1024];
    snprintf(what, sizeof what, "found \"%.480s\", expected \"%.480s\"", found == NULL ? "(NULL)" : found, expected);
    check_failed(file, line, what);
  }
}

/* A text. */
#define CHECK_TEXT(found, expected) check_text_(__FILE__, __LINE__, (found), (expected))

static inline void check_close_(const char *file, int line, double found, double expected, double tolerance) {
  checks++;
  if (!(fabs(found - expected) <= tolerance)) {
    char what[256];
    snprintf(what, sizeof what, "found %.17g, expected %.17g within %g", found, expected, tolerance);
    check_failed(file, line, what);
  }
}

/* A number, within a tolerance. */
#define CHECK_CLOSE(found, expected, tolerance) check_close_(__FILE__, __LINE__, (found), (expected), (tolerance))

/* The error of the last call made by CHECK_OK, CHECK_STATUS or CHECK_FAILS: calls are written with `&error` as the last argument. */
static ascribe_error *error = NULL;

static inline void check_status_(const char *file, int line, const char *call, ascribe_status status, ascribe_status expected,
                                 const char *part) {
  const char *message = ascribe_error_message(error);
  char what[2048];
  checks++;
  if (status != expected) {
    snprintf(what, sizeof what, "%s: status %d (%s), expected %d (%s): %s", call, (int)status, ascribe_status_name(status),
             (int)expected, ascribe_status_name(expected), message);
    check_failed(file, line, what);
  } else if (ascribe_error_code(error) != status) {
    snprintf(what, sizeof what, "%s: status %d, but the error says %d", call, (int)status, (int)ascribe_error_code(error));
    check_failed(file, line, what);
  } else if (part != NULL && strstr(message, part) == NULL) {
    snprintf(what, sizeof what, "%s: the message \"%s\" does not hold \"%s\"", call, message, part);
    check_failed(file, line, what);
  }
  ascribe_error_free(error);
  error = NULL;
}

/* A call that succeeds: CHECK_OK(ascribe_graph_new(&graph, &error)); */
#define CHECK_OK(call)                                                               \
  do {                                                                               \
    ascribe_status status_ = (call);                                                 \
    check_status_(__FILE__, __LINE__, #call, status_, ASCRIBE_OK, NULL);             \
  } while (0)

/* A call that fails with a status, and a message that holds a text:
 * CHECK_FAILS(ascribe_graph_new(NULL, &error), ASCRIBE_INVALID_ARGUMENT, "graph is NULL"); */
#define CHECK_FAILS(call, expected, part)                                            \
  do {                                                                               \
    ascribe_status status_ = (call);                                                 \
    check_status_(__FILE__, __LINE__, #call, status_, (expected), (part));           \
  } while (0)

/* Ends the program when something without which the rest makes no sense is not there. */
#define NEED(condition)                                                              \
  do {                                                                               \
    CHECK(condition);                                                                \
    if (failures > 0) exit(checks_done() | 1);                                       \
  } while (0)

#endif
