/* Every learner of the interface at work, on a host and on a chip. */

#ifndef LEARNERS_H
#define LEARNERS_H

#include <habit.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LEARNERS = 11, ROUNDS = 100 };

/* A kind of learner: how one is made, always in the same memory, and how it plays round `t`. */
typedef struct learner {
    const char *name;
    habit_status (*make)(void **handle);
    habit_status (*play)(void *handle, uint32_t t, habit_rng *rng);
} learner;

extern const learner kinds[LEARNERS];

/* Plays 100 rounds, counted from `from`, and says what the learner has come to. */
habit_status play(const learner *kind, void *handle, uint32_t from, uint64_t *digest);

/* What a learner has come to: its digest after 100 rounds, and, saved and loaded into a new one, after 200. */
typedef void report(const char *name, uint64_t digest, uint64_t after);

/* Lets them learn one after the other, and stops at the first that refuses. */
habit_status learners(report *say);

#ifdef __cplusplus
}
#endif

#endif
