/* Every learner of the interface at work, on a host and on a chip. */

#ifndef LEARNERS_H
#define LEARNERS_H

#include <habit.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a learner has come to: its digest after 100 rounds, and, saved and loaded into a new one, after 200. */
typedef void report(const char *name, uint64_t digest, uint64_t after);

/* Lets them learn one after the other, and stops at the first that refuses. */
habit_status learners(report *say);

#ifdef __cplusplus
}
#endif

#endif
