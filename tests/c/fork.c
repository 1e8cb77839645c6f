/* A child of fork() has its parent's objects and none of its threads: it works on its own thread, with the same bytes, frees
 * everything, and the parent goes on as before. */
#include "fixtures.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 24, COLUMNS = 3 };

static double x[ROWS * COLUMNS], y[ROWS];

typedef struct objects {
  ascribe_context *context;
  ascribe_dataset *data;
  ascribe_model *model;
  ascribe_attributor *influence;
} objects;

static objects make(int64_t threads) {
  objects made = {NULL, NULL, NULL, NULL};
  ascribe_context_options where;
  ascribe_context_options_init(&where, sizeof where);
  where.threads = threads;
  CHECK_OK(ascribe_context_new(&where, &made.context, &error));
  made.data = rows_of(x, ROWS, COLUMNS, y);
  made.model = minimized(made.data, "linear", 0.1, "f64");
  CHECK_OK(ascribe_attributor_new(made.context, made.model, "influence", NULL, NULL, NULL, &made.influence, &error));
  return made;
}

static void release(objects made) {
  ascribe_attributor_free(made.influence);
  ascribe_model_free(made.model);
  ascribe_dataset_free(made.data);
  ascribe_context_free(made.context);
}

static void score(objects made, double *scores) {
  ascribe_attribution *found = NULL;
  ascribe_trainer *trainer = NULL;
  CHECK_OK(ascribe_attributor_explain(made.influence, made.data, NULL, NULL, &found, &error));
  CHECK_OK(ascribe_attribution_copy(found, 1, NULL, scores, ROWS, &error));
  ascribe_attribution_free(found);
  /* Programs are made and run on the context's threads too. */
  CHECK_OK(ascribe_trainer_new(made.context, made.model, made.data, NULL, &trainer, &error));
  CHECK_OK(ascribe_trainer_step(trainer, 1, NULL, &error));
  ascribe_trainer_free(trainer);
}

/* Runs `work` in a child, which ends without looking for leaks: what belonged to the parent's threads is one. */
static void in_child(void (*work)(objects, const double *), objects made, const double *expected) {
  int ends[2], status = 0;
  char done = 0;
  pid_t child;
  NEED(pipe(ends) == 0);
  child = fork();
  NEED(child >= 0);
  if (child == 0) {
    /* A child that waits for threads that are not there ends by this signal, and the parent reads nothing. */
    alarm(120);
    work(made, expected);
    done = failures == 0;
    NEED(write(ends[1], &done, 1) == 1);
    kill(getpid(), SIGKILL);
  }
  close(ends[1]);
  CHECK(read(ends[0], &done, 1) == 1 && done == 1);
  close(ends[0]);
  NEED(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void only_free(objects made, const double *expected) {
  (void)expected;
  release(made);
}

static void work_again(objects made, const double *expected) {
  double scores[ROWS];
  score(made, scores);
  CHECK(memcmp(scores, expected, sizeof scores) == 0);
  release(made);
  /* It may have threads of its own. */
  made = make(2);
  score(made, scores);
  CHECK(memcmp(scores, expected, sizeof scores) == 0);
  release(made);
}

static void have_a_child(objects made, const double *expected) { in_child(work_again, made, expected); }

int main(void) {
  double expected[ROWS], scores[ROWS];
  int64_t threads;
  size_t i;
  for (i = 0; i < ROWS * COLUMNS; i++) x[i] = (double)((i * 7919 + 13) % 101) / 101.0;
  for (i = 0; i < ROWS; i++) y[i] = (double)(i % 5) + x[i * COLUMNS];
  for (threads = 1; threads <= 4; threads += 3) {
    objects made = make(threads);
    score(made, expected);
    in_child(work_again, made, expected);
    in_child(only_free, made, expected);
    in_child(have_a_child, made, expected);
    score(made, scores);
    CHECK(memcmp(scores, expected, sizeof scores) == 0);
    release(made);
  }
  return checks_done();
}
