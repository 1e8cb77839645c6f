/*
 * How long it takes until the library answers: loading it and asking for its version, in a new process each time, for what
 * is loaded once is loaded. Prints the median and the largest of some processes, in microseconds.
 *
 *     cc -O2 benches/startup.c -ldl -o startup && ./startup /usr/local/lib/libascribe.so.0
 */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 51

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e6 * (double)time.tv_sec + 1e-3 * (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The time in this process, or a negative number. */
static double load(const char *library) {
  const double start = now();
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  const char *(*version)(void);
  if (!handle) {
    fprintf(stderr, "%s\n", dlerror());
    return -1;
  }
  *(void **)&version = dlsym(handle, "ascribe_version");
  return version && version()[0] ? now() - start : -1;
}

int main(int count, char **arguments) {
  const char *library = count > 1 ? arguments[1] : "libascribe.so.0";
  double times[PROCESSES];
  int i;
  for (i = 0; i < PROCESSES; ++i) {
    int ends[2], status;
    pid_t child;
    if (pipe(ends) != 0 || (child = fork()) < 0) return 1;
    if (child == 0) {
      const double time = load(library);
      _exit(time >= 0 && write(ends[1], &time, sizeof time) == (ssize_t)sizeof time ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &times[i], sizeof times[i]) != (ssize_t)sizeof times[i]) return 1;
    close(ends[0]);
    waitpid(child, &status, 0);
  }
  qsort(times, PROCESSES, sizeof times[0], ascending);
  printf("loading and ascribe_version(): median %.0f us, largest %.0f us\n", times[PROCESSES / 2], times[PROCESSES - 1]);
  return 0;
}
