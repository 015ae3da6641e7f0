/* Contenders of `cargo xtask bench bandit` that are written in C: loops without a check, as one writes them by hand. */
#include "contenders.h"

/* As in src/worlds.rs. */
enum { ARMS = 10, CYCLE = 256, LARGEST = 64 };
enum { THETAS = 1 << 16, NOISE = 2 << 16, VECTORS = 3 << 16, EFFECTS = 4 << 16 };

static float number(uint32_t x) {
    x ^= x >> 16; x *= 0x85ebca6bu; x ^= x >> 13; x *= 0xc2b2ae35u; x ^= x >> 16;
    return (x >> 8) / 8388608.f - 1;
}

static inline float dot(const float *a, const float *b, const int d) {
    float sum = 0;
    for (int i = 0; i < d; i++) sum += a[i] * b[i];
    return sum;
}

/* out = M x; M is symmetric, so that its rows can be added. */
static inline void plain_product(const float *restrict m, const float *restrict x, float *restrict out, const int d) {
    float sums[LARGEST] = {0};
    for (int j = 0; j < d; j++)
        for (int i = 0; i < d; i++) sums[i] += x[j] * m[j * d + i];
    for (int i = 0; i < d; i++) out[i] = sums[i];
}

/* Eight numbers side by side: left to itself, gcc does some of these sizes one by one. */
typedef float eight_t __attribute__((vector_size(32), aligned(4)));

static inline eight_t at(const float *numbers) { return *(const eight_t *)numbers; }

/* The same by strips of columns, whose sums stay in registers. */
static inline void product(const float *restrict m, const float *restrict x, float *restrict out, const int d) {
    const int strip = d < 32 ? d : 32;
    for (int first = 0; first < d; first += strip) {
        eight_t sums[4] = {{0}};
        for (int j = 0; j < d; j++)
            for (int i = 0; i < strip / 8; i++) sums[i] += x[j] * at(m + j * d + first + 8 * i);
        for (int i = 0; i < strip / 8; i++) *(eight_t *)(out + first + 8 * i) = sums[i];
    }
}

/* x^T M x of what is above the diagonal, by strips of columns: what is above their diagonal block counts twice. */
static inline float form(const float *restrict m, const float *restrict x, const int d) {
    eight_t lanes = {0};
    for (int first = 0; first < d; first += 16) {
        eight_t sums[2] = {{0}}, above[2] = {{0}};
        for (int j = 0; j < first; j++)
            for (int i = 0; i < 2; i++) above[i] += x[j] * at(m + j * d + first + 8 * i);
        for (int j = first; j < first + 16; j++)
            for (int i = 0; i < 2; i++) sums[i] += x[j] * at(m + j * d + first + 8 * i);
        for (int i = 0; i < 2; i++) lanes += at(x + first + 8 * i) * (sums[i] + 2 * above[i]);
    }
    float sum = 0;
    for (int i = 0; i < 8; i++) sum += lanes[i];
    return sum;
}

enum way { PLAIN, STRIPS, HALVES };

/* Keeps the products of the selection, unless only halves of the matrices are read then. */
static inline report_t lin_ucb(uint64_t steps, const int d, const enum way way) {
    const float alpha = 1, lambda = 1;
    static _Alignas(64) float contexts[CYCLE * LARGEST], rewards[CYCLE][ARMS];
    static _Alignas(64) float inverse[ARMS][LARGEST * LARGEST], theta[ARMS][LARGEST], products[ARMS][LARGEST];
    float directions[ARMS * LARGEST];
    for (int i = 0; i < CYCLE * d; i++) contexts[i] = number(i);
    for (int i = 0; i < ARMS * d; i++) directions[i] = number(THETAS + i);
    for (int c = 0; c < CYCLE; c++)
        for (int a = 0; a < ARMS; a++)
            rewards[c][a] = dot(directions + a * d, contexts + c * d, d) / sqrtf(d) + .1f * number(NOISE + c * ARMS + a);
    memset(inverse, 0, sizeof inverse);
    memset(theta, 0, sizeof theta);
    for (int a = 0; a < ARMS; a++)
        for (int i = 0; i < d; i++) inverse[a][i * d + i] = 1 / lambda;
    report_t report = {.steps = steps};
    double sum = 0, start = now();
    for (uint64_t step = 0; step < steps; step++) {
        const float *x = contexts + step % CYCLE * d;
        float best = -INFINITY, square = 0, mean = 0;
        int arm = 0;
        for (int a = 0; a < ARMS; a++) {
            float own;
            if (way == HALVES) {
                own = form(inverse[a], x, d);
            } else {
                if (way == PLAIN) plain_product(inverse[a], x, products[a], d);
                else product(inverse[a], x, products[a], d);
                own = dot(x, products[a], d);
            }
            float predicted = dot(theta[a], x, d), bound = predicted + alpha * sqrtf(own);
            if (bound > best) { best = bound; arm = a; square = own; mean = predicted; }
        }
        float reward = rewards[step % CYCLE][arm], scale = 1 / (1 + square), *v = products[arm], *m = inverse[arm];
        if (way == HALVES) product(m, x, v, d);
        for (int i = 0; i < d; i++) {
            float factor = v[i] * scale;
            for (int j = 0; j < d; j++) m[i * d + j] -= factor * v[j];
        }
        for (int i = 0; i < d; i++) theta[arm][i] += (reward - mean) * scale * v[i];
        sum += reward;
    }
    report.seconds = now() - start;
    report.figures[0] = sum / steps;
    report.figures[1] = dot(theta[0], contexts, d);
    return report;
}

static report_t lin_ucb_8(uint64_t steps) { return lin_ucb(steps, 8, PLAIN); }
static report_t lin_ucb_16(uint64_t steps) { return lin_ucb(steps, 16, PLAIN); }
static report_t lin_ucb_32(uint64_t steps) { return lin_ucb(steps, 32, PLAIN); }
static report_t lin_ucb_64(uint64_t steps) { return lin_ucb(steps, 64, PLAIN); }
static report_t strips_8(uint64_t steps) { return lin_ucb(steps, 8, STRIPS); }
static report_t strips_16(uint64_t steps) { return lin_ucb(steps, 16, STRIPS); }
static report_t strips_32(uint64_t steps) { return lin_ucb(steps, 32, STRIPS); }
static report_t strips_64(uint64_t steps) { return lin_ucb(steps, 64, STRIPS); }
static report_t halves_32(uint64_t steps) { return lin_ucb(steps, 32, HALVES); }
static report_t halves_64(uint64_t steps) { return lin_ucb(steps, 64, HALVES); }

static inline report_t dyn_lin_ucb(uint64_t steps, const float rho) {
    enum { D = 8 };
    const float lambda = 1, transient = .05f, bias = .1f, variance = 2 * .01f, horizon = 1e6f;
    static float arms[ARMS][D], push[ARMS], pay[ARMS], noise[CYCLE];
    float effects[2 * D], inverse[D * D] = {0}, theta[D] = {0}, v[D];
    for (int i = 0; i < 2 * D; i++) effects[i] = number(EFFECTS + i);
    for (int a = 0; a < ARMS; a++) {
        for (int i = 0; i < D; i++) arms[a][i] = number(VECTORS + D * a + i) / sqrtf(D);
        push[a] = (1 - rho) * dot(arms[a], effects, D);
        pay[a] = dot(arms[a], effects + D, D);
    }
    for (int i = 0; i < CYCLE; i++) noise[i] = .1f * number(NOISE + i);
    for (int i = 0; i < D; i++) inverse[i * D + i] = 1 / lambda;
    float state = 0, power = 1;
    uint32_t epochs = 0, hold = 0, remaining = 0;
    int arm = 0;
    report_t report = {.steps = steps};
    double sum = 0, start = now();
    for (uint64_t step = 0; step < steps; step++) {
        if (remaining == 0) {
            float t = step, best = -INFINITY;
            float radius = transient * (1 + logf(t + 1)) + bias
                + sqrtf(variance * (logf(horizon) + D / 2 * logf(1 + t / (D * lambda))));
            for (int a = 0; a < ARMS; a++) {
                product(inverse, arms[a], v, D);
                float bound = dot(theta, arms[a], D) + radius * sqrtf(dot(v, arms[a], D));
                if (bound > best + 1e-6f * fmaxf(1, fabsf(best)) || a == 0) { best = bound; arm = a; }
            }
            for (epochs++; power <= epochs * (1 + 1e-6f) * rho; hold++) power /= rho;
            remaining = 1 + hold;
        }
        float reward = state + pay[arm] + noise[step % CYCLE];
        state = rho * state + push[arm];
        if (--remaining == 0) {
            product(inverse, arms[arm], v, D);
            float scale = 1 / (1 + dot(v, arms[arm], D)), error = reward - dot(theta, arms[arm], D);
            for (int i = 0; i < D; i++)
                for (int j = 0; j < D; j++) inverse[i * D + j] -= v[i] * scale * v[j];
            for (int i = 0; i < D; i++) theta[i] += error * scale * v[i];
        }
        sum += reward;
    }
    report.seconds = now() - start;
    report.figures[0] = sum / steps;
    report.figures[1] = epochs;
    return report;
}

static report_t dyn_lin_ucb_2(uint64_t steps) { return dyn_lin_ucb(steps, .2f); }
static report_t dyn_lin_ucb_8(uint64_t steps) { return dyn_lin_ucb(steps, .8f); }

static report_t ucb1(uint64_t steps) {
    float counts[ARMS] = {0}, sums[ARMS] = {0}, bounds[ARMS];
    uint32_t thresholds[ARMS];
    for (int a = 0; a < ARMS; a++) thresholds[a] = (.05f + .1f * a) * 4294967296.;
    rng_t rng = seeded(7);
    report_t report = {.steps = steps};
    double sum = 0, start = now();
    for (uint64_t step = 0; step < steps; step++) {
        int arm = 0;
        if (step < ARMS) {
            arm = step;
        } else {
            float confidence = 2 * logf(step);
            for (int a = 0; a < ARMS; a++) bounds[a] = sums[a] / counts[a] + sqrtf(confidence / counts[a]);
            for (int a = 1; a < ARMS; a++) if (bounds[a] > bounds[arm]) arm = a;
        }
        float reward = next_word(&rng) < thresholds[arm];
        counts[arm]++;
        sums[arm] += reward;
        sum += reward;
    }
    report.seconds = now() - start;
    report.figures[0] = sum / steps;
    report.figures[1] = counts[ARMS - 1] / steps;
    return report;
}

static const contender_t contenders[] = {
    {"linucb-8 c", "plain loops, the products of the selection kept", 2, lin_ucb_8},
    {"linucb-8 c-strips", "the same by vectors of 8 written by hand", 2, strips_8},
    {"linucb-16 c", "plain loops, the products of the selection kept", 2, lin_ucb_16},
    {"linucb-16 c-strips", "the same by vectors of 8 written by hand", 2, strips_16},
    {"linucb-32 c", "plain loops, the products of the selection kept", 2, lin_ucb_32},
    {"linucb-32 c-strips", "the same by vectors of 8 written by hand", 2, strips_32},
    {"linucb-32 c-halves", "by vectors, what is above the diagonal", 2, halves_32},
    {"linucb-64 c", "plain loops, the products of the selection kept", 2, lin_ucb_64},
    {"linucb-64 c-strips", "the same by vectors of 8 written by hand", 2, strips_64},
    {"linucb-64 c-halves", "by vectors, what is above the diagonal", 2, halves_64},
    {"dynlin-0.2 c", "a plain loop", 2, dyn_lin_ucb_2},
    {"dynlin-0.8 c", "a plain loop", 2, dyn_lin_ucb_8},
    {"ucb1 c", "a plain loop", 2, ucb1},
};

int main(void) { speak(contenders, sizeof contenders / sizeof *contenders); }
