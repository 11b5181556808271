// The learning of Soudry et al. 2015 computed directly, without a line of weft: online gradient
// descent with softmax and cross entropy (Secs. II, IV, VI-C), on splits and orders read from a
// file.
//
//   soudry TASK MODEL DATA ORDERS
//     TASK    iris (4-4-3, 1.7159 tanh(2/3 r) between the layers) or wdbc (30-1, logistic)
//     MODEL   algorithm   W += eta y x', eta = 0.1
//             trial       the same through the circuit's algebra: y becomes a pulse of b |y|,
//             rounded
//                         to clock cycles and clipped to the write phase (eqs. 24-28)
//             noisy       trial with 10 % noise on every column in every trial and g_hat between
//             0.5
//                         and 1.5 of its value (Sec. V)
//     ORDERS  what orders.c prints: for each repeat a line `split` (rows, training rows first) and
//     a
//             line `epoch` for each epoch (training rows in the order in which they are presented)
//
// Prints one line: the mean and the standard deviation over the repeats of the test error (0 .. 1),
// and the number of repeats. Initial weights come from a generator of its own (xorshift64).
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 600, FEATURES = 30, WIDE = FEATURES + 1, OUT = 4, EPOCHS = 200 };
enum { ALGORITHM, TRIAL, NOISY };

// Table I and II. One unit of y changes W by a^2 b c g_hat x = 5.04 x; eta = 0.1 = 5.04 alpha.
static const double GAIN = 0.1 * 0.1 * 28e-3 * 1e8 * 180e-6;
static const double ETA = 0.1;
static const double CYCLES_PER_Y = 28e-3 * 10e3; // b in cycles of 10 kHz: also the write phase

struct task {
    const char *name;
    int features, classes, train, test;
    double scale; // the inputs' standard deviation
};
static const struct task TASKS[] = {{"iris", 4, 3, 75, 75, 1}, {"wdbc", 30, 2, 284, 285, 0.25}};

struct grid {
    int n, m;
    double w[OUT][WIDE], g[OUT][WIDE]; // weight at nominal g_hat; g_hat over its nominal value
    double noise[WIDE];                // of each column in this trial
};

struct run {
    const struct task *task;
    int model, rows;
    double data[ROWS][FEATURES], x[ROWS][FEATURES];
    int class_of[ROWS];
    char labels[OUT][64];
    uint64_t random;
    struct grid g1, g2;
};

static double uniform(struct run *r) {
    r->random ^= r->random << 13;
    r->random ^= r->random >> 7;
    r->random ^= r->random << 17;
    return ((double)(r->random >> 11) + 0.5) * 0x1p-53;
}

static double normal(struct run *r) {
    double radius = sqrt(-2 * log(uniform(r)));
    return radius * cos(6.283185307179586 * uniform(r));
}

static void fail(const char *what, const char *name) {
    fprintf(stderr, "soudry: %s %s\n", what, name);
    exit(2);
}

static void read_data(struct run *r, const char *path) {
    FILE *file = fopen(path, "r");
    char line[4096];
    if (!file || !fgets(line, sizeof line, file)) fail("cannot read", path);
    while (fgets(line, sizeof line, file) && r->rows < ROWS) {
        char *at = line;
        for (int k = 0; k < r->task->features; k++) {
            r->data[r->rows][k] = strtod(at, &at);
            if (*at++ != ',') fail("bad row in", path);
        }
        at[strcspn(at, "\r\n")] = '\0';
        int c = 0;
        while (c < r->task->classes && r->labels[c][0] && strcmp(r->labels[c], at))
            c++;
        if (c == r->task->classes) fail("too many classes in", path);
        snprintf(r->labels[c], sizeof r->labels[c], "%s", at);
        r->class_of[r->rows++] = c;
    }
    fclose(file);
}

// Mean 0 and the task's deviation over the training rows.
static void scale_inputs(struct run *r, const int *split) {
    int n = r->task->train;
    for (int k = 0; k < r->task->features; k++) {
        double mean = 0, square = 0;
        for (int i = 0; i < n; i++)
            mean += r->data[split[i]][k] / n;
        for (int i = 0; i < n; i++) {
            double apart = r->data[split[i]][k] - mean;
            square += apart * apart / n;
        }
        for (int i = 0; i < r->rows; i++)
            r->x[i][k] = (r->data[i][k] - mean) / sqrt(square) * r->task->scale;
    }
}

static void start_grid(struct run *r, struct grid *g, int n, int m) {
    g->n = n;
    g->m = m;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            g->g[i][j] = r->model == NOISY ? 0.5 + uniform(r) : 1;
            g->w[i][j] = (uniform(r) - 0.5) / g->g[i][j];
        }
}

static void read_grid(struct run *r, struct grid *g, const double *x, double *out) {
    for (int j = 0; j < g->m; j++)
        g->noise[j] = r->model == NOISY ? 1 + 0.1 * normal(r) : 1;
    for (int i = 0; i < g->n; i++) {
        out[i] = 0;
        for (int j = 0; j < g->m; j++)
            out[i] += g->w[i][j] * g->g[i][j] * x[j] * g->noise[j];
    }
}

static void write_grid(struct run *r, struct grid *g, const double *x, const double *y) {
    for (int i = 0; i < g->n; i++) {
        double pulse = y[i];
        if (r->model != ALGORITHM) {
            double cycles = fmin(nearbyint(fabs(y[i]) * CYCLES_PER_Y), CYCLES_PER_Y);
            pulse = copysign(cycles / CYCLES_PER_Y, y[i]);
        }
        for (int j = 0; j < g->m; j++)
            g->w[i][j] += GAIN * pulse * x[j] * g->noise[j];
    }
}

// One sample through the 4-4-3 network; 1 when its class was missed.
static int present_iris(struct run *r, int row, int learn) {
    double x[WIDE], r1[OUT], x2[OUT + 1], r2[OUT], p[OUT], y2[OUT], y1[OUT], sum = 0;
    int n = r->task->classes, h = r->g1.n, best = 0;
    memcpy(x, r->x[row], sizeof r->x[row]);
    x[r->task->features] = 1;
    read_grid(r, &r->g1, x, r1);
    for (int i = 0; i < h; i++)
        x2[i] = 1.7159 * tanh(2. / 3 * r1[i]);
    x2[h] = 1;
    read_grid(r, &r->g2, x2, r2);
    for (int k = 0; k < n; k++)
        sum += p[k] = exp(r2[k]);
    for (int k = 0; k < n; k++) {
        y2[k] = ETA / GAIN * ((r->class_of[row] == k) - p[k] / sum);
        if (p[k] > p[best]) best = k;
    }
    if (learn) {
        for (int i = 0; i < h; i++) {
            double delta = 0, t = tanh(2. / 3 * r1[i]);
            for (int k = 0; k < n; k++)
                delta += r->g2.w[k][i] * r->g2.g[k][i] * y2[k];
            y1[i] = delta * 1.7159 * 2 / 3 * (1 - t * t);
        }
        write_grid(r, &r->g1, x, y1);
        write_grid(r, &r->g2, x2, y2);
    }
    return best != r->class_of[row];
}

// One sample through the single neuron; the file's first class is 1.
static int present_wdbc(struct run *r, int row, int learn) {
    double x[WIDE], out, y;
    memcpy(x, r->x[row], sizeof r->x[row]);
    x[r->task->features] = 1;
    read_grid(r, &r->g1, x, &out);
    int d = r->class_of[row] == 0;
    y = ETA / GAIN * (d - 1 / (1 + exp(-out)));
    if (learn) write_grid(r, &r->g1, x, &y);
    return (out > 0) != d;
}

// The next line: its first word must be `word`, then `count` row numbers. 0 at the end of the file.
static int read_rows(FILE *file, const char *word, int *rows, int count, int limit) {
    char found[16];
    if (fscanf(file, "%15s", found) != 1) return 0;
    if (strcmp(found, word)) fail("orders: another line than", word);
    for (int i = 0; i < count; i++)
        if (fscanf(file, "%d", &rows[i]) != 1 || rows[i] < 0 || rows[i] >= limit)
            fail("orders: bad row number in", word);
    return 1;
}

static double run_repeat(struct run *r, const int *split, FILE *orders, int epochs) {
    int order[ROWS], wrong = 0;
    int (*present)(struct run *, int, int) = r->task->features == 4 ? present_iris : present_wdbc;
    scale_inputs(r, split);
    if (r->task->features == 4) {
        start_grid(r, &r->g1, 4, 5);
        start_grid(r, &r->g2, 3, 5);
    } else {
        start_grid(r, &r->g1, 1, WIDE);
    }
    for (int e = 0; e < epochs; e++) {
        if (!read_rows(orders, "epoch", order, r->task->train, r->rows))
            fail("orders:", "too short");
        for (int i = 0; i < r->task->train; i++)
            present(r, order[i], 1);
    }
    for (int i = 0; i < r->task->test; i++)
        wrong += present(r, split[r->task->train + i], 0);
    return (double)wrong / r->task->test;
}

int main(int argc, char **argv) {
    static struct run r;
    static const char *const models[] = {"algorithm", "trial", "noisy"};
    if (argc != 5) fail("usage: soudry TASK MODEL DATA ORDERS;", "see soudry.c");
    for (int k = 0; k < 2; k++)
        if (!strcmp(TASKS[k].name, argv[1])) r.task = &TASKS[k];
    for (r.model = 0; r.model < 3 && strcmp(models[r.model], argv[2]); r.model++)
        continue;
    if (!r.task || r.model == 3) fail("no such task or model:", argv[1]);
    r.random = 88172645463325252u; // Marsaglia 2003's seed
    read_data(&r, argv[3]);
    FILE *orders = fopen(argv[4], "r");
    int split[ROWS], epochs, repeats = 0;
    if (!orders || fscanf(orders, "epochs %d", &epochs) != 1 || epochs > EPOCHS)
        fail("cannot read", argv[4]);
    double sum = 0, squares = 0;
    for (; read_rows(orders, "split", split, r.rows, r.rows); repeats++) {
        double error = run_repeat(&r, split, orders, epochs);
        sum += error;
        squares += error * error;
    }
    fclose(orders);
    if (repeats < 2) fail("orders: fewer than two repeats in", argv[4]);
    double mean = sum / repeats;
    printf("%.6f %.6f %d\n", mean, sqrt((squares - repeats * mean * mean) / (repeats - 1)),
           repeats);
    return 0;
}
