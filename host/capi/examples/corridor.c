/* A robot learns to leave a corridor: it starts anywhere, every step costs 1, and the right end is the way out. */

#include <habit.h>
#include <stdio.h>

enum { CELLS = 9, LEFT = 0, RIGHT = 1, EPISODES = 200, TIME_LIMIT = 200 };

/* Sizes that the compiler knows; on a host, malloc(habit_td_size(CELLS, 2)) does as well. */
static HABIT_MEMORY(memory, HABIT_TD_SIZE(CELLS, 2));

static habit_status learn(habit_td *agent, habit_rng *rng)
{
    int episode, step;
    for (episode = 0; episode < EPISODES; episode++) {
        uint8_t outcome = HABIT_OUTCOME_CONTINUE;
        uint32_t start;
        size_t cell;
        habit_status status = habit_rng_below(rng, CELLS - 1, &start);
        if (status != HABIT_STATUS_OK)
            return status;
        cell = start;
        for (step = 1; outcome == HABIT_OUTCOME_CONTINUE; step++) {
            size_t action, next;
            status = habit_td_act(agent, cell, rng, &action);
            if (status != HABIT_STATUS_OK)
                return status;
            next = action == RIGHT ? cell + 1 : cell - (cell > 0);
            if (next == CELLS - 1)
                outcome = HABIT_OUTCOME_TERMINATED;
            else if (step == TIME_LIMIT)
                outcome = HABIT_OUTCOME_TRUNCATED; /* Not an end: the next cell keeps its value. */
            status = habit_td_learn(agent, cell, action, -1.0f, next, outcome, rng, NULL);
            if (status != HABIT_STATUS_OK)
                return status;
            cell = next;
        }
    }
    return HABIT_STATUS_OK;
}

int main(void)
{
    habit_td_settings settings = {0.5f, 1.0f, 0.1f, 0.0f};
    habit_td *agent;
    habit_rng rng;
    size_t cell, action, length;
    uint64_t digest;
    uint8_t checkpoint[HABIT_CHECKPOINT_OVERHEAD + 4 * CELLS * 2];

    habit_status status = habit_rng_init(&rng, 7, 0);
    if (status == HABIT_STATUS_OK)
        status = habit_q_learning_init(memory, sizeof memory, CELLS, 2, &settings, &agent);
    if (status == HABIT_STATUS_OK)
        status = learn(agent, &rng);
    if (status == HABIT_STATUS_OK)
        status = habit_digest(agent, &digest);
    if (status == HABIT_STATUS_OK)
        status = habit_save(agent, checkpoint, sizeof checkpoint, &length);
    if (status != HABIT_STATUS_OK) {
        fprintf(stderr, "%s\n", habit_error_message(status));
        return 1;
    }
    printf("Habit %s: digest %08lx%08lx, checkpoint of %lu bytes\n", habit_version(),
           (unsigned long)(digest >> 32), (unsigned long)(digest & 0xffffffffu), (unsigned long)length);
    for (cell = 0; cell < CELLS - 1 && habit_td_greedy(agent, cell, &action) == HABIT_STATUS_OK; cell++)
        putchar(action == RIGHT ? '>' : '<');
    putchar('\n');
    return 0;
}
