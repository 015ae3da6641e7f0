/* Contenders of `cargo xtask bench policy` that are written in C: plain loops without a check, as one writes them by hand. */
#include "contenders.h"

static inline uint32_t below(uint32_t n, rng_t *rng) { /* Lemire */
    uint64_t m = (uint64_t)next_word(rng) * n;
    if ((uint32_t)m < n)
        for (uint32_t threshold = -n % n; (uint32_t)m < threshold;) m = (uint64_t)next_word(rng) * n;
    return m >> 32;
}

static inline int moved(int state, int action) {
    int row = state / 12, column = state % 12;
    switch (action) {
    case 0: if (row > 0) row--; break;
    case 1: if (column < 11) column++; break;
    case 2: if (row < 3) row++; break;
    default: if (column > 0) column--;
    }
    return 12 * row + column;
}

static inline float maximum(const float *q) {
    float best = q[0];
    for (int i = 1; i < 4; i++) if (q[i] > best) best = q[i];
    return best;
}

/* The lowest of the best actions. */
static inline int first_best(const float *q, rng_t *rng) {
    (void)rng;
    int best = 0;
    for (int i = 1; i < 4; i++) if (q[i] > q[best]) best = i;
    return best;
}

/* Any of the best actions; a draw only where there are several, as the kernel does. */
static inline int any_best(const float *q, rng_t *rng) {
    float best = maximum(q);
    int count = 0, first = 0;
    for (int i = 3; i >= 0; i--) if (q[i] == best) { count++; first = i; }
    if (count == 1) return first;
    for (int i = 0, skip = below(count, rng);; i++) if (q[i] == best && skip-- == 0) return i;
}

static inline report_t cliff(uint64_t steps, int (*best)(const float *, rng_t *)) {
    const float alpha = .5f, gamma = 1;
    const uint32_t epsilon = 429496736; /* of 2^32: the float .1f */
    static float q[48][4];
    memset(q, 0, sizeof q);
    rng_t rng = seeded(7);
    report_t report = {0};
    uint64_t episodes = 0;
    double start = now();
    while (report.steps < steps) {
        for (int state = 36; state != 47; report.steps++) {
            int action = next_word(&rng) < epsilon ? (int)below(4, &rng) : best(q[state], &rng);
            int next = moved(state, action);
            float reward = -1;
            if (next > 36 && next < 47) { next = 36; reward = -100; }
            float target = next == 47 ? reward : reward + gamma * maximum(q[next]);
            q[state][action] += alpha * (target - q[state][action]);
            state = next;
        }
        episodes++;
    }
    report.seconds = now() - start;
    int path = 0;
    for (int state = 36; state != 47 && path < 100; path++) {
        state = moved(state, first_best(q[state], &rng));
        if (state > 36 && state < 47) state = 36;
    }
    report.figures[0] = (double)report.steps / episodes;
    report.figures[1] = path;
    report.figures[2] = maximum(q[36]);
    return report;
}

static report_t cliff_any(uint64_t steps) { return cliff(steps, any_best); }
static report_t cliff_first(uint64_t steps) { return cliff(steps, first_best); }

/* Structure of arrays; sine and cosine by polynomials, as within an episode the pole leans by less than pi / 4. */
static inline report_t carts(uint64_t steps, const int n) {
    static float x[4096], v[4096], angle[4096], w[4096];
    static int32_t elapsed[4096], over[4096], action[4096];
    rng_t rng = seeded(8), choices = seeded(7);
    uint32_t bits = 0, left = 0;
    uint64_t episodes = 0;
    report_t report = {0};
    for (int i = 0; i < n; i++) over[i] = 1;
    double start = now();
    for (int begun = 0; report.steps < steps; begun = 1) {
        for (int i = 0; i < n; i++) {
            if (!over[i]) continue;
            x[i] = next_word(&rng) * (.1f / 4294967296.f) - .05f;
            v[i] = next_word(&rng) * (.1f / 4294967296.f) - .05f;
            angle[i] = next_word(&rng) * (.1f / 4294967296.f) - .05f;
            w[i] = next_word(&rng) * (.1f / 4294967296.f) - .05f;
            elapsed[i] = 0;
            episodes += begun;
        }
        if (n == 1) {
            if (left == 0) { bits = next_word(&choices); left = 32; }
            action[0] = bits & 1; bits >>= 1; left--;
        } else {
            for (int i = 0; i < n; i += 32) {
                uint32_t word = next_word(&choices);
                for (int bit = 0; bit < 32; bit++) action[i + bit] = (word >> bit) & 1;
            }
        }
        for (int i = 0; i < n; i++) {
            float a = angle[i], square = a * a;
            float sine = a + a * square * (-1.6666655e-1f + square * (8.332161e-3f - 1.9515296e-4f * square));
            float cosine = 1 - .5f * square + square * square * (4.1666646e-2f + square * (2.4433157e-5f * square - 1.3887316e-3f));
            float push = (action[i] ? 10.f : -10.f) / 1.1f + .05f / 1.1f * w[i] * w[i] * sine;
            float angular = (9.8f * sine - cosine * push) / (.5f * (4.f / 3.f - .1f / 1.1f * cosine * cosine));
            float linear = push - .05f / 1.1f * angular * cosine;
            x[i] += .02f * v[i]; v[i] += .02f * linear; angle[i] += .02f * w[i]; w[i] += .02f * angular;
            over[i] = (x[i] < -2.4f) | (x[i] > 2.4f) | (angle[i] < -.20943951f) | (angle[i] > .20943951f) | (++elapsed[i] >= 500);
        }
        report.steps += n;
    }
    report.seconds = now() - start;
    report.figures[0] = (double)report.steps / (episodes ? episodes : 1);
    return report;
}

static report_t carts_1(uint64_t steps) { return carts(steps, 1); }
static report_t carts_64(uint64_t steps) { return carts(steps, 64); }
static report_t carts_1024(uint64_t steps) { return carts(steps, 1024); }
static report_t carts_4096(uint64_t steps) { return carts(steps, 4096); }

static const contender_t contenders[] = {
    {"cliff c", "a plain loop, any of the best actions", 3, cliff_any},
    {"cliff c-lowest", "the same, the lowest of the best actions", 3, cliff_first},
    {"cart-1 c", "structure of arrays", 1, carts_1},
    {"cart-64 c", "structure of arrays", 1, carts_64},
    {"cart-1024 c", "structure of arrays", 1, carts_1024},
    {"cart-4096 c", "structure of arrays", 1, carts_4096},
};

int main(void) { speak(contenders, sizeof contenders / sizeof *contenders); }
