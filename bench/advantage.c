/* Contenders of `cargo xtask bench advantage` that are written in C: loops without a check, as one writes them by hand. */
#include "contenders.h"

/* As in src/worlds.rs. */
enum { LARGEST = 128 * 4096, VALUES = 1 << 20, NEXT_VALUES = 2 << 20, OUTCOMES = 3 << 20 };

static float number(uint32_t x) {
    x ^= x >> 16; x *= 0x85ebca6bu; x ^= x >> 13; x *= 0xc2b2ae35u; x ^= x >> 16;
    return (x >> 8) / 8388608.f - 1;
}

static const float gamma_ = .99f, decay = .99f * .95f;

static _Alignas(64) float rewards[LARGEST], values[LARGEST], next_values[LARGEST], advantages[LARGEST];
/* 0: goes on, 1: terminated, 2: truncated. */
static _Alignas(64) uint8_t outcomes[LARGEST];
/* The same as factors: 0 at a terminated step, and 0 at any end. */
static _Alignas(64) float lives[LARGEST], goes_on[LARGEST];

/* Time-major; what is carried stays in a register where there is one lane. */
static inline void loop(const int steps, const int lanes, const float *restrict r, const float *restrict v,
                         const float *restrict w, const uint8_t *restrict o, float *restrict a) {
    if (lanes == 1) {
        float carried = 0;
        for (int t = steps - 1; t >= 0; t--) {
            float error = r[t] + gamma_ * (o[t] == 1 ? 0 : w[t]) - v[t];
            carried = error + (o[t] ? 0 : decay * carried);
            a[t] = carried;
        }
        return;
    }
    for (int n = 0, i = (steps - 1) * lanes; n < lanes; n++, i++) a[i] = r[i] + gamma_ * (o[i] == 1 ? 0 : w[i]) - v[i];
    for (int t = steps - 2; t >= 0; t--) {
        const float *later = a + (t + 1) * lanes;
        for (int n = 0, i = t * lanes; n < lanes; n++, i++)
            a[i] = r[i] + gamma_ * (o[i] == 1 ? 0 : w[i]) - v[i] + (o[i] ? 0 : decay * later[n]);
    }
}

/* As a library has it: a function that learns the shape when it is called. */
__attribute__((noipa)) static void plain(const int steps, const int lanes, const float *restrict r, const float *restrict v,
                                         const float *restrict w, const uint8_t *restrict o, float *restrict a) {
    loop(steps, lanes, r, v, w, o, a);
}

/* The same with factors in place of outcomes, as most libraries have it: 7 bytes an element more. Compiled for its shape. */
static inline void factors(const int steps, const int lanes, const float *restrict r, const float *restrict v,
                           const float *restrict w, const float *restrict l, const float *restrict g, float *restrict a) {
    if (lanes == 1) {
        float carried = 0;
        for (int t = steps - 1; t >= 0; t--) a[t] = carried = r[t] + gamma_ * l[t] * w[t] - v[t] + decay * g[t] * carried;
        return;
    }
    for (int n = 0, i = (steps - 1) * lanes; n < lanes; n++, i++) a[i] = r[i] + gamma_ * l[i] * w[i] - v[i];
    for (int t = steps - 2; t >= 0; t--) {
        const float *later = a + (t + 1) * lanes;
        for (int n = 0, i = t * lanes; n < lanes; n++, i++)
            a[i] = r[i] + gamma_ * l[i] * w[i] - v[i] + decay * g[i] * later[n];
    }
}

enum way { PLAIN, FIXED, FACTORS };

static inline report_t gae(uint64_t elements, const int steps, const int lanes, const enum way way) {
    const int length = steps * lanes;
    for (int i = 0; i < length; i++) {
        rewards[i] = number(i);
        values[i] = number(VALUES + i);
        next_values[i] = number(NEXT_VALUES + i);
        float drawn = number(OUTCOMES + i);
        outcomes[i] = drawn < -.96f ? 1 : drawn < -.92f ? 2 : 0;
        lives[i] = outcomes[i] != 1;
        goes_on[i] = !outcomes[i];
        advantages[i] = NAN;
    }
    report_t report = {0};
    double start = now();
    for (; report.steps < elements; report.steps += length) {
        if (way == PLAIN) plain(steps, lanes, rewards, values, next_values, outcomes, advantages);
        else if (way == FIXED) loop(steps, lanes, rewards, values, next_values, outcomes, advantages);
        else factors(steps, lanes, rewards, values, next_values, lives, goes_on, advantages);
        __asm__ volatile("" ::: "memory"); /* the numbers may have changed, and somebody reads the result */
    }
    report.seconds = now() - start;
    double sum = 0;
    for (int i = 0; i < length; i++) sum += fabsf(advantages[i]);
    report.figures[0] = sum / length;
    report.figures[1] = advantages[0];
    return report;
}

static report_t plain_128_8(uint64_t elements) { return gae(elements, 128, 8, PLAIN); }
static report_t plain_2048_1(uint64_t elements) { return gae(elements, 2048, 1, PLAIN); }
static report_t plain_128_1024(uint64_t elements) { return gae(elements, 128, 1024, PLAIN); }
static report_t plain_128_4096(uint64_t elements) { return gae(elements, 128, 4096, PLAIN); }
static report_t plain_2048_64(uint64_t elements) { return gae(elements, 2048, 64, PLAIN); }
static report_t fixed_128_8(uint64_t elements) { return gae(elements, 128, 8, FIXED); }
static report_t fixed_2048_1(uint64_t elements) { return gae(elements, 2048, 1, FIXED); }
static report_t fixed_128_1024(uint64_t elements) { return gae(elements, 128, 1024, FIXED); }
static report_t fixed_128_4096(uint64_t elements) { return gae(elements, 128, 4096, FIXED); }
static report_t fixed_2048_64(uint64_t elements) { return gae(elements, 2048, 64, FIXED); }
static report_t factors_128_8(uint64_t elements) { return gae(elements, 128, 8, FACTORS); }
static report_t factors_2048_1(uint64_t elements) { return gae(elements, 2048, 1, FACTORS); }
static report_t factors_128_1024(uint64_t elements) { return gae(elements, 128, 1024, FACTORS); }
static report_t factors_128_4096(uint64_t elements) { return gae(elements, 128, 4096, FACTORS); }
static report_t factors_2048_64(uint64_t elements) { return gae(elements, 2048, 64, FACTORS); }

#define PLAIN_TEXT "a plain loop in a function", 2
#define FIXED_TEXT "the same compiled for this shape alone", 2
#define FACTORS_TEXT "the same with ends as factors", 2

static const contender_t contenders[] = {
    {"gae-128x8 c", PLAIN_TEXT, plain_128_8},
    {"gae-128x8 c-fixed", FIXED_TEXT, fixed_128_8},
    {"gae-128x8 c-factors", FACTORS_TEXT, factors_128_8},
    {"gae-2048x1 c", PLAIN_TEXT, plain_2048_1},
    {"gae-2048x1 c-fixed", FIXED_TEXT, fixed_2048_1},
    {"gae-2048x1 c-factors", FACTORS_TEXT, factors_2048_1},
    {"gae-128x1024 c", PLAIN_TEXT, plain_128_1024},
    {"gae-128x1024 c-fixed", FIXED_TEXT, fixed_128_1024},
    {"gae-128x1024 c-factors", FACTORS_TEXT, factors_128_1024},
    {"gae-128x4096 c", PLAIN_TEXT, plain_128_4096},
    {"gae-128x4096 c-fixed", FIXED_TEXT, fixed_128_4096},
    {"gae-128x4096 c-factors", FACTORS_TEXT, factors_128_4096},
    {"gae-2048x64 c", PLAIN_TEXT, plain_2048_64},
    {"gae-2048x64 c-fixed", FIXED_TEXT, fixed_2048_64},
    {"gae-2048x64 c-factors", FACTORS_TEXT, factors_2048_64},
};

int main(void) { speak(contenders, sizeof contenders / sizeof *contenders); }
