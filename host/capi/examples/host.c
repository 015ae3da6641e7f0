/* Prints what every learner comes to. */

#include "learners.h"
#include <stdio.h>

static void say(const char *name, uint64_t digest, uint64_t after)
{
    printf("%s %08lx%08lx %08lx%08lx\n", name, (unsigned long)(digest >> 32), (unsigned long)(digest & 0xffffffffu),
           (unsigned long)(after >> 32), (unsigned long)(after & 0xffffffffu));
}

int main(void)
{
    habit_status status = learners(say);
    if (status != HABIT_STATUS_OK)
        fprintf(stderr, "%s\n", habit_error_message(status));
    return status != HABIT_STATUS_OK;
}
