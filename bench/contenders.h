/* What contenders in C share. How they are spoken to stands in src/main.rs. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIGURES = 3 };

typedef struct { uint32_t s[4]; } rng_t;
typedef struct { uint64_t steps; double seconds, figures[FIGURES]; } report_t;
/* A workload and a name, a description, how many figures the workload has, and how to run it. */
typedef struct { const char *name, *text; int figures; report_t (*run)(uint64_t); } contender_t;

static inline uint32_t rotl(uint32_t x, int k) { return (x << k) | (x >> (32 - k)); }

static inline uint32_t next_word(rng_t *rng) { /* xoshiro128++ */
    uint32_t *s = rng->s, result = rotl(s[0] + s[3], 7) + s[0], t = s[1] << 9;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 11);
    return result;
}

static inline rng_t seeded(uint64_t seed) { /* SplitMix64, as the kernel seeds */
    rng_t rng;
    for (int i = 0; i < 4; i += 2) {
        uint64_t z = (seed += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        rng.s[i] = (uint32_t)z;
        rng.s[i + 1] = (uint32_t)(z >> 32);
    }
    return rng;
}

static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static inline void speak(const contender_t *contenders, int count) {
    char line[128], name[128];
    unsigned long long steps;
    for (int i = 0; i < count; i++) printf("%s: gcc " __VERSION__ ", %s\n", contenders[i].name, contenders[i].text);
    for (puts(""), fflush(stdout); fgets(line, sizeof line, stdin); fflush(stdout)) {
        int i = 0;
        if (sscanf(line, "%llu %127[^\n]", &steps, name) != 2) name[0] = 0;
        while (i < count && strcmp(contenders[i].name, name)) i++;
        if (i == count) { printf("cannot run: %s", line); continue; }
        report_t r = contenders[i].run(steps);
        printf("%llu %.9f", (unsigned long long)r.steps, r.seconds);
        for (int f = 0; f < contenders[i].figures; f++) printf(" %.6f", r.figures[f]);
        puts("");
    }
}
