/*
 * Bad input of every kind is refused with its status, and nothing changes. Golden checkpoints load and go on; cut, damaged
 * and newer ones are refused. Prints `name digest after` for every golden file: refusals FOLDER
 */

#include "learners.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define EXPECT(condition)                                                        \
    do {                                                                         \
        if (!(condition)) {                                                      \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);      \
            failures++;                                                          \
        }                                                                        \
    } while (0)
#define REFUSED(call, why) EXPECT((call) == (why))
#define DONE(call) REFUSED(call, HABIT_STATUS_OK)

static HABIT_MEMORY(memory, HABIT_TD_SIZE(5, 3));
static HABIT_MEMORY(other, HABIT_LINEAR_BANDIT_SIZE(2));

static const habit_td_settings good = {0.5f, 0.9f, 0.1f, 0.0f};
static const habit_confidence confidence = {0.0f, 1.0f, 0.01f, 1.5f, 1000};

static uint64_t digest_of(const void *handle)
{
    uint64_t digest = 0;
    DONE(habit_digest(handle, &digest));
    return digest;
}

static void sizes(void)
{
    EXPECT(habit_td_size(48, 4) == HABIT_TD_SIZE(48, 4));
    EXPECT(habit_bandit_size(7) == HABIT_BANDIT_SIZE(7));
    EXPECT(habit_linear_bandit_size(8) == HABIT_LINEAR_BANDIT_SIZE(8));
    EXPECT(habit_shared_lin_ucb_size(8) == HABIT_SHARED_LIN_UCB_SIZE(8));
    EXPECT(habit_disjoint_lin_ucb_size(4, 8) == HABIT_DISJOINT_LIN_UCB_SIZE(4, 8));
    EXPECT(habit_td_size(0, 4) == 0 && habit_td_size(4, 0) == 0 && habit_td_size(SIZE_MAX, 2) == 0);
    EXPECT(habit_td_size(SIZE_MAX / 8, 4) == 0 && habit_bandit_size(SIZE_MAX) == 0);
    EXPECT(habit_disjoint_lin_ucb_size(4, SIZE_MAX) == 0 && habit_linear_bandit_size(0) == 0);
    EXPECT(habit_td_align() == 8 && habit_bandit_align() == 8 && habit_contextual_align() == 8);
}

static void tables(void)
{
    habit_td *td = NULL, *untouched = NULL;
    habit_rng rng = {{0, 0, 0, 0}}, before;
    habit_td_settings bad;
    size_t action = 77, length = sizeof memory;
    float error = 7.0f, values[15];
    uint64_t digest;
    uint8_t bytes[36 + 60];

    REFUSED(habit_q_learning_init(NULL, length, 5, 3, &good, &td), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_q_learning_init((char *)memory + 4, length, 5, 3, &good, &td), HABIT_STATUS_MISALIGNED);
    REFUSED(habit_q_learning_init(memory, HABIT_TD_SIZE(5, 3) - 1, 5, 3, &good, &td), HABIT_STATUS_MEMORY_TOO_SMALL);
    REFUSED(habit_q_learning_init(memory, length, 0, 3, &good, &td), HABIT_STATUS_SIZE_OUT_OF_RANGE);
    REFUSED(habit_q_learning_init(memory, length, SIZE_MAX, 3, &good, &td), HABIT_STATUS_SIZE_OUT_OF_RANGE);
    REFUSED(habit_q_learning_init(memory, length, 5, 3, NULL, &td), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_q_learning_init(memory, length, 5, 3, &good, NULL), HABIT_STATUS_NULL_POINTER);
    EXPECT(td == NULL);
    REFUSED(habit_td_act((habit_td *)memory, 0, &rng, &action), HABIT_STATUS_WRONG_HANDLE);

    DONE(habit_q_learning_init(memory, length, 5, 3, &good, &td));
    REFUSED(habit_td_act(td, 0, &rng, &action), HABIT_STATUS_UNSEEDED);
    DONE(habit_rng_init(&rng, 7, 0));
    DONE(habit_td_learn(td, 0, 1, 1.0f, 2, HABIT_OUTCOME_CONTINUE, &rng, NULL));
    digest = digest_of(td);
    before = rng;

    /* What is running goes on when it is to be made anew with bad numbers. */
    bad = good, bad.step_size = 0.0f;
    REFUSED(habit_q_learning_init(memory, length, 5, 3, &bad, &untouched), HABIT_STATUS_STEP_SIZE_OUT_OF_RANGE);
    REFUSED(habit_td_set(td, &bad), HABIT_STATUS_STEP_SIZE_OUT_OF_RANGE);
    bad = good, bad.discount = 1.5f;
    REFUSED(habit_sarsa_init(memory, length, 5, 3, &bad, &untouched), HABIT_STATUS_DISCOUNT_OUT_OF_RANGE);
    bad = good, bad.epsilon = (float)NAN;
    REFUSED(habit_expected_sarsa_init(memory, length, 5, 3, &bad, &untouched), HABIT_STATUS_EPSILON_OUT_OF_RANGE);
    bad = good, bad.initial = (float)INFINITY;
    REFUSED(habit_q_learning_init(memory, length, 5, 3, &bad, &untouched), HABIT_STATUS_NON_FINITE);
    EXPECT(untouched == NULL);

    REFUSED(habit_td_act(NULL, 0, &rng, &action), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_td_act((habit_td *)((char *)td + 1), 0, &rng, &action), HABIT_STATUS_MISALIGNED);
    REFUSED(habit_td_act(td, 5, &rng, &action), HABIT_STATUS_STATE_OUT_OF_RANGE);
    REFUSED(habit_td_act(td, 0, NULL, &action), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_td_act(td, 0, &rng, NULL), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_td_learn(td, 5, 0, 0.0f, 0, 0, &rng, &error), HABIT_STATUS_STATE_OUT_OF_RANGE);
    REFUSED(habit_td_learn(td, 0, 3, 0.0f, 0, 0, &rng, &error), HABIT_STATUS_ACTION_OUT_OF_RANGE);
    REFUSED(habit_td_learn(td, 0, 0, 0.0f, 5, 0, &rng, &error), HABIT_STATUS_STATE_OUT_OF_RANGE);
    REFUSED(habit_td_learn(td, 0, 0, (float)NAN, 0, 0, &rng, &error), HABIT_STATUS_NON_FINITE);
    REFUSED(habit_td_learn(td, 0, 0, 0.0f, 0, 3, &rng, &error), HABIT_STATUS_OUTCOME_OUT_OF_RANGE);
    REFUSED(habit_td_values(td, values, 14), HABIT_STATUS_LENGTH_MISMATCH);
    REFUSED(habit_td_greedy(td, 9, &action), HABIT_STATUS_STATE_OUT_OF_RANGE);
    REFUSED(habit_bandit_update((habit_bandit *)td, 0, 0.0f), HABIT_STATUS_WRONG_HANDLE);
    REFUSED(habit_save(td, bytes, 36 + 59, &length), HABIT_STATUS_BUFFER_TOO_SMALL);
    REFUSED(habit_save(td, NULL, sizeof bytes, &length), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_load(td, NULL, 96), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_load(td, bytes, 0), HABIT_STATUS_NOT_A_CHECKPOINT);
    REFUSED(habit_digest(td, NULL), HABIT_STATUS_NULL_POINTER);
    EXPECT(action == 77 && error == 7.0f && length == sizeof memory && digest_of(td) == digest);
    EXPECT(memcmp(&rng, &before, sizeof rng) == 0);

    memcpy(other, memory, sizeof memory);
    REFUSED(habit_td_act((habit_td *)other, 0, &rng, &action), HABIT_STATUS_MOVED);
    REFUSED(habit_digest(other, &digest), HABIT_STATUS_MOVED);
    DONE(habit_td_values(td, values, 15));
    EXPECT(values[1] == 0.5f);
    DONE(habit_td_learn(td, 0, 1, 1.0f, 2, HABIT_OUTCOME_CONTINUE, &rng, &error));
    EXPECT(error == 0.5f);
}

static void bandits(void)
{
    static const float arms[4] = {1.0f, 0.0f, 0.0f, 1.0f}, bad[4] = {1.0f, 0.0f, (float)NAN, 1.0f};
    habit_bandit *bandit = NULL;
    habit_contextual *contextual = NULL;
    habit_choice choice;
    habit_rng rng;
    habit_confidence none = confidence;
    uint64_t digest;
    float prediction = 7.0f;

    DONE(habit_rng_init(&rng, 1, 0));
    REFUSED(habit_ucb1_init(other, sizeof other, 0, 2.0f, &bandit), HABIT_STATUS_SIZE_OUT_OF_RANGE);
    REFUSED(habit_ucb1_init(other, sizeof other, 4, -1.0f, &bandit), HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    REFUSED(habit_discounted_ucb_init(other, sizeof other, 4, 2.0f, 0.0f, &bandit), HABIT_STATUS_DISCOUNT_OUT_OF_RANGE);
    REFUSED(habit_exp3_init(other, sizeof other, 4, 0.0f, 0.0f, 1.0f, &bandit), HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    REFUSED(habit_exp3_init(other, sizeof other, 400, 0.1f, 0.0f, 1.0f, &bandit), HABIT_STATUS_MEMORY_TOO_SMALL);
    REFUSED(habit_lin_ucb_init(other, sizeof other, bad, 2, 2, 1.0f, &confidence, &bandit), HABIT_STATUS_NON_FINITE);
    REFUSED(habit_lin_ucb_init(other, sizeof other, NULL, 2, 2, 1.0f, &confidence, &bandit), HABIT_STATUS_NULL_POINTER);
    REFUSED(habit_lin_ucb_init(other, sizeof other, arms, SIZE_MAX, 2, 1.0f, &confidence, &bandit),
            HABIT_STATUS_SIZE_OUT_OF_RANGE);
    none.horizon = 0;
    REFUSED(habit_lin_ucb_init(other, sizeof other, arms, 2, 2, 1.0f, &none, &bandit), HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    REFUSED(habit_dyn_lin_ucb_init(other, sizeof other, arms, 2, 2, 1.0f, 1.0f, &confidence, &bandit),
            HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    EXPECT(bandit == NULL);

    DONE(habit_lin_ucb_init(other, sizeof other, arms, 2, 2, 1.0f, &confidence, &bandit));
    REFUSED(habit_bandit_update(bandit, 0, 1.0f), HABIT_STATUS_NOT_SELECTED);
    DONE(habit_bandit_select(bandit, &rng, &choice));
    EXPECT(choice.arm == 0 && choice.propensity == 1.0f);
    digest = digest_of(bandit);
    REFUSED(habit_bandit_update(bandit, 1, 1.0f), HABIT_STATUS_NOT_SELECTED);
    REFUSED(habit_bandit_update(bandit, 0, (float)NAN), HABIT_STATUS_NON_FINITE);
    REFUSED(habit_lin_ucb_init(other, sizeof other, arms, 2, 2, 0.0f, &confidence, &bandit),
            HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    /* Above 0, but its reciprocal is infinite. */
    REFUSED(habit_lin_ucb_init(other, sizeof other, arms, 2, 2, 1e-44f, &confidence, &bandit),
            HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    REFUSED(habit_shared_lin_ucb_init(other, sizeof other, 2, 2, 1e-44f, 1.0f, &contextual),
            HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    REFUSED(habit_lin_ucb_init(other, sizeof other, (const float *)other, 2, 2, 1.0f, &confidence, &bandit),
            HABIT_STATUS_OVERLAP);
    EXPECT(digest_of(bandit) == digest);
    DONE(habit_bandit_update(bandit, 0, 1.0f));

    REFUSED(habit_shared_lin_ucb_init(other, sizeof other, 2, 2, 0.0f, 1.0f, &contextual),
            HABIT_STATUS_PARAMETER_OUT_OF_RANGE);
    REFUSED(habit_shared_lin_ucb_init(other, sizeof other, 0, 2, 1.0f, 1.0f, &contextual), HABIT_STATUS_SIZE_OUT_OF_RANGE);
    REFUSED(habit_disjoint_lin_ucb_init(other, sizeof other, 9, 2, 1.0f, 1.0f, &contextual),
            HABIT_STATUS_MEMORY_TOO_SMALL);
    DONE(habit_shared_lin_ucb_init(other, sizeof other, 2, 2, 1.0f, 1.0f, &contextual));
    digest = digest_of(contextual);
    REFUSED(habit_contextual_select(contextual, arms, 3, &rng, &choice), HABIT_STATUS_LENGTH_MISMATCH);
    REFUSED(habit_contextual_select(contextual, bad, 4, &rng, &choice), HABIT_STATUS_NON_FINITE);
    REFUSED(habit_contextual_update(contextual, arms, 4, 0, 1.0f), HABIT_STATUS_NOT_SELECTED);
    REFUSED(habit_contextual_learn(contextual, arms, 4, 2, 1.0f), HABIT_STATUS_ACTION_OUT_OF_RANGE);
    REFUSED(habit_contextual_predict(contextual, arms, 4, 2, &prediction), HABIT_STATUS_ACTION_OUT_OF_RANGE);
    EXPECT(prediction == 7.0f && digest_of(contextual) == digest);
    DONE(habit_contextual_learn(contextual, arms, 4, 1, 1.0f));
    DONE(habit_contextual_predict(contextual, arms, 4, 1, &prediction));
    EXPECT(prediction == 0.5f);
}

static void arrays(void)
{
    float rewards[4] = {1.0f, 0.0f, -1.0f, 2.0f}, values[4] = {0.5f, 0.25f, -0.5f, 1.0f};
    float next[4] = {0.25f, -0.5f, 1.0f, 0.75f}, advantages[4] = {9.0f, 9.0f, 9.0f, 9.0f}, targets[4], returns[4];
    uint8_t outcomes[4] = {0, 0, 0, HABIT_OUTCOME_TERMINATED}, bad[4] = {0, 0, 0, 3};
    REFUSED(habit_gae(rewards, values, next, bad, 4, 1, 0.9f, 0.8f, advantages, NULL), HABIT_STATUS_OUTCOME_OUT_OF_RANGE);
    REFUSED(habit_gae(rewards, values, next, outcomes, 4, 1, 1.1f, 0.8f, advantages, NULL),
            HABIT_STATUS_DISCOUNT_OUT_OF_RANGE);
    REFUSED(habit_gae(rewards, values, next, outcomes, 4, 1, 0.9f, 0.8f, rewards, NULL), HABIT_STATUS_OVERLAP);
    REFUSED(habit_gae(rewards, values, next, outcomes, 4, 1, 0.9f, 0.8f, advantages, advantages), HABIT_STATUS_OVERLAP);
    REFUSED(habit_gae(rewards, values, next, outcomes, SIZE_MAX, 2, 0.9f, 0.8f, advantages, NULL),
            HABIT_STATUS_SIZE_OUT_OF_RANGE);
    REFUSED(habit_gae(rewards, NULL, next, outcomes, 4, 1, 0.9f, 0.8f, advantages, NULL), HABIT_STATUS_NULL_POINTER);
    EXPECT(advantages[0] == 9.0f && rewards[0] == 1.0f);
    DONE(habit_gae(rewards, values, next, outcomes, 4, 1, 0.5f, 0.5f, advantages, targets));
    EXPECT(advantages[3] == 1.0f && targets[3] == 2.0f);
    DONE(habit_gae(rewards, values, next, outcomes, 0, 1, 0.5f, 0.5f, advantages, NULL));
    DONE(habit_discounted_returns(rewards, next, outcomes, 4, 1, 0.5f, returns));
    EXPECT(returns[3] == 2.0f && returns[2] == 0.0f && returns[1] == 0.0f && returns[0] == 1.0f);
}

static void generators(void)
{
    habit_rng rng, loaded = {{0, 0, 0, 0}};
    uint8_t bytes[HABIT_RNG_CHECKPOINT_SIZE];
    uint32_t word = 7;
    size_t written = 0;
    float unit;
    DONE(habit_rng_init(&rng, 42, 0));
    DONE(habit_rng_word(&rng, &word));
    EXPECT(word == 2643743425u);
    REFUSED(habit_rng_below(&rng, 0, &word), HABIT_STATUS_EMPTY_RANGE);
    REFUSED(habit_rng_word(&loaded, &word), HABIT_STATUS_UNSEEDED);
    EXPECT(word == 2643743425u);
    DONE(habit_rng_save(&rng, bytes, sizeof bytes, &written));
    EXPECT(written == HABIT_RNG_CHECKPOINT_SIZE);
    DONE(habit_rng_load(&loaded, bytes, written));
    EXPECT(memcmp(&rng, &loaded, sizeof rng) == 0);
    bytes[40] ^= 1;
    REFUSED(habit_rng_load(&loaded, bytes, written), HABIT_STATUS_CORRUPT);
    EXPECT(memcmp(&rng, &loaded, sizeof rng) == 0);
    DONE(habit_rng_unit(&rng, &unit));
    EXPECT(unit >= 0.0f && unit < 1.0f);
}

static void messages(void)
{
    EXPECT(strcmp(habit_error_message(HABIT_STATUS_NEWER_VERSION), "the checkpoint was written by a newer version") == 0);
    EXPECT(strcmp(habit_error_message(HABIT_STATUS_NULL_POINTER), "a pointer is null") == 0);
    EXPECT(strcmp(habit_error_message(-5), "there is no such status") == 0);
    EXPECT(strlen(habit_version()) >= 5);
}

/* Loads a golden file into the learner of its name, goes on, and then refuses every damage of it. */
static void golden(const char *folder, const learner *kind)
{
    char path[1024];
    static uint8_t bytes[4096], damaged[4096];
    size_t length, i;
    void *handle;
    uint64_t digest, after;
    habit_checkpoint info;
    habit_status status;
    FILE *file;
    snprintf(path, sizeof path, "%s/%s.habit", folder, kind->name);
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);

    DONE(habit_checkpoint_info(bytes, length, &info));
    EXPECT(info.name[0] != '\0' && info.dimensions[0] > 0);
    DONE(kind->make(&handle));
    DONE(habit_load(handle, bytes, length));
    digest = digest_of(handle);
    DONE(play(kind, handle, ROUNDS, &after));
    printf("%s %08lx%08lx %08lx%08lx\n", kind->name, (unsigned long)(digest >> 32), (unsigned long)(digest & 0xffffffffu),
           (unsigned long)(after >> 32), (unsigned long)(after & 0xffffffffu));

    for (i = 0; i < length; i++)
        EXPECT(habit_load(handle, bytes, i) == (i < 4 ? HABIT_STATUS_NOT_A_CHECKPOINT : HABIT_STATUS_TRUNCATED));
    for (i = 0; i < 8 * length; i++) {
        memcpy(damaged, bytes, length);
        damaged[i / 8] ^= (uint8_t)(1u << i % 8);
        status = habit_load(handle, damaged, length);
        EXPECT(status != HABIT_STATUS_OK && habit_checkpoint_info(damaged, length, &info) != HABIT_STATUS_OK);
    }
    memcpy(damaged, bytes, length);
    damaged[4]++;
    REFUSED(habit_load(handle, damaged, length), HABIT_STATUS_NEWER_VERSION);
    EXPECT(digest_of(handle) == after);

    /* A learner of another kind, or of another size, takes it no more than this one takes theirs. */
    {
        habit_td *td;
        DONE(habit_q_learning_init(memory, sizeof memory, 5, 2, &good, &td));
        digest = digest_of(td);
        status = habit_load(td, bytes, length);
        EXPECT(status == HABIT_STATUS_OTHER_KIND || status == HABIT_STATUS_OTHER_DIMENSIONS);
        EXPECT(digest_of(td) == digest);
    }
}

int main(int count, char **words)
{
    size_t k;
    if (count != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", words[0]);
        return 2;
    }
    sizes();
    tables();
    bandits();
    arrays();
    generators();
    messages();
    for (k = 0; k < LEARNERS; k++)
        golden(words[1], &kinds[k]);
    return failures != 0;
}
