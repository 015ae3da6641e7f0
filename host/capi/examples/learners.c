/*
 * Every learner of the interface plays the rounds of tests/golden/checkpoints/README.md, is saved, loaded into a new one and
 * goes on. Needs no standard library: a chip runs it as it is.
 */

#include "learners.h"

enum { STATES = 5, ACTIONS = 3, ARMS = 4, FEATURES = 3 };

#define TRY(call)                      \
    do {                               \
        habit_status status_ = (call); \
        if (status_ != HABIT_STATUS_OK) \
            return status_;            \
    } while (0)

/* One learner at a time; the largest decides. */
static HABIT_MEMORY(memory, HABIT_DISJOINT_LIN_UCB_SIZE(ARMS, FEATURES));
static uint8_t checkpoint[HABIT_CHECKPOINT_OVERHEAD + 4 * ARMS * FEATURES * (FEATURES + 2)];

static const float fixed_arms[ARMS * FEATURES] = {
    1.0f, 0.0f, 0.0f, 1.0f, 0.25f, 0.5f, 1.0f, 0.5f, 0.5f, 1.0f, 0.75f, 0.0f,
};

/* What arm `arm` pays in round `t`. */
static float pays(uint32_t t, size_t arm)
{
    return (float)(t * (uint32_t)(arm + 1) % 8) / 8.0f;
}

static habit_status live(void *handle, uint32_t t, habit_rng *rng)
{
    habit_td *td = (habit_td *)handle;
    size_t state = t % STATES, action;
    uint8_t outcome = t % 10 == 4   ? HABIT_OUTCOME_TERMINATED
                      : t % 10 == 9 ? HABIT_OUTCOME_TRUNCATED
                                    : HABIT_OUTCOME_CONTINUE;
    TRY(habit_td_act(td, state, rng, &action));
    return habit_td_learn(td, state, action, (float)(state * action) * 0.25f - 1.0f, (state + 1) % STATES, outcome, rng,
                          NULL);
}

static habit_status pull(void *handle, uint32_t t, habit_rng *rng)
{
    habit_bandit *bandit = (habit_bandit *)handle;
    habit_choice choice;
    TRY(habit_bandit_select(bandit, rng, &choice));
    return habit_bandit_update(bandit, choice.arm, pays(t, choice.arm));
}

static habit_status flip(void *handle, uint32_t t, habit_rng *rng)
{
    habit_bandit *bandit = (habit_bandit *)handle;
    habit_choice choice;
    TRY(habit_bandit_select(bandit, rng, &choice));
    return habit_bandit_update(bandit, choice.arm, pays(t, choice.arm) >= 0.5f ? 1.0f : 0.0f);
}

static habit_status serve(void *handle, uint32_t t, habit_rng *rng, size_t length)
{
    habit_contextual *bandit = (habit_contextual *)handle;
    float context[ARMS * FEATURES];
    habit_choice choice;
    size_t j;
    for (j = 0; j < length; j++)
        context[j] = (float)((t + 3 * (uint32_t)j) % 8) / 8.0f;
    TRY(habit_contextual_select(bandit, context, length, rng, &choice));
    return habit_contextual_update(bandit, context, length, choice.arm, pays(t, choice.arm));
}

static habit_status serve_shared(void *handle, uint32_t t, habit_rng *rng)
{
    return serve(handle, t, rng, ARMS * FEATURES);
}

static habit_status serve_disjoint(void *handle, uint32_t t, habit_rng *rng)
{
    return serve(handle, t, rng, FEATURES);
}

static const habit_td_settings settings = {0.5f, 0.875f, 0.25f, 0.0f};
static const habit_confidence confidence = {0.0f, 1.0f, 0.01f, 1.5f, 1000};

static habit_status q_learning(void **handle)
{
    habit_td *td;
    TRY(habit_q_learning_init(memory, sizeof memory, STATES, ACTIONS, &settings, &td));
    *handle = td;
    return HABIT_STATUS_OK;
}

static habit_status sarsa(void **handle)
{
    habit_td *td;
    TRY(habit_sarsa_init(memory, sizeof memory, STATES, ACTIONS, &settings, &td));
    *handle = td;
    return HABIT_STATUS_OK;
}

static habit_status expected_sarsa(void **handle)
{
    habit_td *td;
    TRY(habit_expected_sarsa_init(memory, sizeof memory, STATES, ACTIONS, &settings, &td));
    *handle = td;
    return HABIT_STATUS_OK;
}

static habit_status shared_lin_ucb(void **handle)
{
    habit_contextual *bandit;
    TRY(habit_shared_lin_ucb_init(memory, sizeof memory, ARMS, FEATURES, 1.0f, 0.5f, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status disjoint_lin_ucb(void **handle)
{
    habit_contextual *bandit;
    TRY(habit_disjoint_lin_ucb_init(memory, sizeof memory, ARMS, FEATURES, 1.0f, 0.5f, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status lin_ucb(void **handle)
{
    habit_bandit *bandit;
    TRY(habit_lin_ucb_init(memory, sizeof memory, fixed_arms, ARMS, FEATURES, 1.0f, &confidence, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status dyn_lin_ucb(void **handle)
{
    habit_bandit *bandit;
    TRY(habit_dyn_lin_ucb_init(memory, sizeof memory, fixed_arms, ARMS, FEATURES, 1.0f, 0.5f, &confidence, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status ucb1(void **handle)
{
    habit_bandit *bandit;
    TRY(habit_ucb1_init(memory, sizeof memory, ARMS, 2.0f, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status discounted_ucb(void **handle)
{
    habit_bandit *bandit;
    TRY(habit_discounted_ucb_init(memory, sizeof memory, ARMS, 2.0f, 0.96875f, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status thompson_beta(void **handle)
{
    habit_bandit *bandit;
    TRY(habit_thompson_beta_init(memory, sizeof memory, ARMS, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

static habit_status exp3(void **handle)
{
    habit_bandit *bandit;
    TRY(habit_exp3_init(memory, sizeof memory, ARMS, 0.25f, 0.0f, 1.0f, &bandit));
    *handle = bandit;
    return HABIT_STATUS_OK;
}

const learner kinds[LEARNERS] = {
    {"q-learning", q_learning, live},
    {"sarsa", sarsa, live},
    {"expected-sarsa", expected_sarsa, live},
    {"shared-lin-ucb", shared_lin_ucb, serve_shared},
    {"disjoint-lin-ucb", disjoint_lin_ucb, serve_disjoint},
    {"lin-ucb", lin_ucb, pull},
    {"dyn-lin-ucb", dyn_lin_ucb, pull},
    {"ucb1", ucb1, pull},
    {"discounted-ucb", discounted_ucb, pull},
    {"thompson-beta", thompson_beta, flip},
    {"exp3", exp3, pull},
};

habit_status play(const learner *kind, void *handle, uint32_t from, uint64_t *digest)
{
    habit_rng rng;
    uint32_t t;
    TRY(habit_rng_init(&rng, 7, from / ROUNDS));
    for (t = from; t < from + ROUNDS; t++)
        TRY(kind->play(handle, t, &rng));
    return habit_digest(handle, digest);
}

habit_status learners(report *say)
{
    size_t k, length;
    for (k = 0; k < LEARNERS; k++) {
        void *handle;
        uint64_t digest, after;
        TRY(kinds[k].make(&handle));
        TRY(play(&kinds[k], handle, 0, &digest));
        TRY(habit_save(handle, checkpoint, sizeof checkpoint, &length));
        TRY(kinds[k].make(&handle));
        TRY(habit_load(handle, checkpoint, length));
        TRY(play(&kinds[k], handle, ROUNDS, &after));
        say(kinds[k].name, digest, after);
    }
    return HABIT_STATUS_OK;
}
