/* The same training as the Rust bench, written plainly for one model: DistMult, dimension 10, softmax over the true tail
 * and 13 sampled ones drawn once, dense Adam, batch 1, double precision, no ledger. It is what the general graph is
 * measured against. Prints steps per second. Usage: nations TRAIN.tsv EPOCHS */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { D = 10, K = 14, MAX_NAMES = 256, MAX_TRIPLES = 4096 };

static char names[2][MAX_NAMES][64];
static int counts[2];
static int triples[MAX_TRIPLES][3], candidates[MAX_TRIPLES][K], order[MAX_TRIPLES];
static double w[2][MAX_NAMES * D], g[2][MAX_NAMES * D], m[2][MAX_NAMES * D], v[2][MAX_NAMES * D];
static uint64_t state = 42;

static uint32_t draw(uint32_t below) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(((state >> 32) * below) >> 32);
}

static int intern(int kind, const char *name) {
  for (int i = 0; i < counts[kind]; i++)
    if (strcmp(names[kind][i], name) == 0) return i;
  strncpy(names[kind][counts[kind]], name, 63);
  return counts[kind]++;
}

static void adam(double *w, double *g, double *m, double *v, int n, double eta, double correction) {
  for (int i = 0; i < n; i++) {
    m[i] = 0.9 * m[i] + 0.1 * g[i];
    v[i] = 0.999 * v[i] + 0.001 * (g[i] * g[i]);
    w[i] += eta / (sqrt(v[i] * correction) + 1e-8) * m[i];
    g[i] = 0;
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  FILE *file = fopen(argv[1], "r");
  if (!file) return 1;
  char head[64], relation[64], tail[64];
  int n = 0;
  while (n < MAX_TRIPLES && fscanf(file, "%63s %63s %63s", head, relation, tail) == 3) {
    triples[n][0] = intern(0, head);
    triples[n][1] = intern(1, relation);
    triples[n++][2] = intern(0, tail);
  }
  fclose(file);
  for (int i = 0; i < n; i++) {
    candidates[i][0] = triples[i][2];
    for (int k = 1; k < K; k++) {
      int other = (int)draw((uint32_t)counts[0] - 1);
      candidates[i][k] = other + (other >= triples[i][2]);
    }
    order[i] = i;
  }
  for (int kind = 0; kind < 2; kind++)
    for (int i = 0; i < counts[kind] * D; i++) w[kind][i] = (draw(1000001) / 1e6 - 0.5);
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  int epochs = atoi(argv[2]), step = 0;
  double total = 0;
  for (int epoch = 0; epoch < epochs; epoch++) {
    for (int i = n - 1; i > 0; i--) {
      int j = (int)draw((uint32_t)i + 1), other = order[i];
      order[i] = order[j];
      order[j] = other;
    }
    for (int i = 0; i < n; i++) {
      const int *t = triples[order[i]], *c = candidates[order[i]];
      const double *h = w[0] + t[0] * D, *r = w[1] + t[1] * D;
      double *gh = g[0] + t[0] * D, *gr = g[1] + t[1] * D, q[D], gq[D] = {0}, s[K], highest = -INFINITY, sum = 0;
      for (int d = 0; d < D; d++) q[d] = h[d] * r[d];
      for (int k = 0; k < K; k++) {
        const double *e = w[0] + c[k] * D;
        s[k] = 0;
        for (int d = 0; d < D; d++) s[k] += q[d] * e[d];
        if (s[k] > highest) highest = s[k];
      }
      double first = s[0];
      for (int k = 0; k < K; k++) sum += s[k] = exp(s[k] - highest);
      total += highest + log(sum) - first;
      for (int k = 0; k < K; k++) {
        double p = s[k] / sum - (k == 0), *ge = g[0] + c[k] * D;
        const double *e = w[0] + c[k] * D;
        for (int d = 0; d < D; d++) {
          ge[d] += p * q[d];
          gq[d] += p * e[d];
        }
      }
      for (int d = 0; d < D; d++) {
        gh[d] += gq[d] * r[d];
        gr[d] += gq[d] * h[d];
      }
      step++;
      double eta = -0.003 / (1 - pow(0.9, step)), correction = 1 / (1 - pow(0.999, step));
      for (int kind = 0; kind < 2; kind++) adam(w[kind], g[kind], m[kind], v[kind], counts[kind] * D, eta, correction);
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  printf("%.0f %.6f\n", step / seconds, total / step);
  return 0;
}
