/*
 * Habit: a reinforcement-learning kernel that fits anywhere. Made from host/capi by cbindgen; do not edit.
 *
 * Memory. Nothing is allocated. A learner is made by an `_init` function in memory that the caller owns: as many bytes as
 * the `_size` function of the same name says, aligned as the `_align` function says; HABIT_MEMORY lays them out. The handle
 * that comes back is a pointer to that memory and is used until the memory is needed for something else; there is nothing
 * to free. A learner is not copied or moved by copying its memory (HABIT_STATUS_MOVED): save it and load it elsewhere.
 *
 * Errors. Every function that can fail answers a habit_status: HABIT_STATUS_OK, or why not, and then nothing has changed:
 * not the learner, not the generator, not what is written to. habit_error_message says it in words.
 *
 * Pointers. None may be NULL unless it is said. One that is given must be valid: as many values as are said, initialised
 * where they are read, and for learners a handle that an `_init` function has written. NULL, a wrong alignment, and memory
 * that holds no learner or one of another kind are found and refused; other wild pointers cannot be.
 *
 * Threads. There is no global state. Different learners and generators may be used by different threads at a time. One
 * learner or generator may be used by one thread at a time; functions that take it as `const` may look at it together, as
 * long as nobody changes it. An interrupt handler counts as a thread.
 *
 * The same calls give the same digest on every target and in every language.
 */


#ifndef HABIT_H
#define HABIT_H

#include <stddef.h>
#include <stdint.h>

/* Memory for a learner, `bytes` from one of the sizes below: HABIT_MEMORY(memory, HABIT_TD_SIZE(48, 4)); */
#define HABIT_MEMORY(name, bytes) uint64_t name[((bytes) + 7) / 8]

/* What the functions `habit_*_size` say, for memory that is laid out by the compiler. */
#define HABIT_TD_SIZE(states, actions) \
    (48 + 10 * sizeof(void *) + 4 * (size_t)(states) * (size_t)(actions))
#define HABIT_BANDIT_SIZE(arms) (64 + 10 * sizeof(void *) + 8 * (size_t)(arms))
#define HABIT_LINEAR_BANDIT_SIZE(features) \
    (96 + 16 * sizeof(void *) + 4 * (size_t)(features) * ((size_t)(features) + 2))
#define HABIT_SHARED_LIN_UCB_SIZE(features) \
    (40 + 14 * sizeof(void *) + 4 * (size_t)(features) * ((size_t)(features) + 2))
#define HABIT_DISJOINT_LIN_UCB_SIZE(arms, features) \
    (40 + 14 * sizeof(void *) + \
     (size_t)(arms) * (8 * sizeof(void *) + 4 * (size_t)(features) * ((size_t)(features) + 2)))

/* Bytes of the checkpoint of a generator, and of those of learners besides what CHECKPOINT.md counts as payload. */
#define HABIT_RNG_CHECKPOINT_SIZE 52
#define HABIT_CHECKPOINT_OVERHEAD 36


/**
 * What a function answers. Whatever is refused has changed nothing. Numbers keep their meaning for ever.
 */
enum habit_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It is done.
   */
  HABIT_STATUS_OK = 0,
  /**
   * A pointer is null.
   */
  HABIT_STATUS_NULL_POINTER = 1,
  /**
   * A pointer is not aligned to what it points to.
   */
  HABIT_STATUS_MISALIGNED = 2,
  /**
   * The memory is smaller than the size that the learner asks for.
   */
  HABIT_STATUS_MEMORY_TOO_SMALL = 3,
  /**
   * A size is 0, or too great for the memory of this machine.
   */
  HABIT_STATUS_SIZE_OUT_OF_RANGE = 4,
  /**
   * There is no learner of this kind in this memory.
   */
  HABIT_STATUS_WRONG_HANDLE = 5,
  /**
   * The learner's memory was copied elsewhere: save and load it instead.
   */
  HABIT_STATUS_MOVED = 6,
  /**
   * An array that is written overlaps another one.
   */
  HABIT_STATUS_OVERLAP = 7,
  /**
   * An outcome is one of 0, 1 and 2.
   */
  HABIT_STATUS_OUTCOME_OUT_OF_RANGE = 8,
  /**
   * The text is not UTF-8.
   */
  HABIT_STATUS_NOT_TEXT = 9,
  /**
   * The generator has not been started.
   */
  HABIT_STATUS_UNSEEDED = 10,
  /**
   * The kernel says something that this interface has no number for.
   */
  HABIT_STATUS_OTHER = 99,
  /**
   * The state is not below the number of states.
   */
  HABIT_STATUS_STATE_OUT_OF_RANGE = 100,
  /**
   * The action is not below the number of actions.
   */
  HABIT_STATUS_ACTION_OUT_OF_RANGE = 101,
  /**
   * A number is infinite or not a number.
   */
  HABIT_STATUS_NON_FINITE = 102,
  /**
   * The step size must be above 0 and at most 1.
   */
  HABIT_STATUS_STEP_SIZE_OUT_OF_RANGE = 103,
  /**
   * The discount must be between 0 and 1.
   */
  HABIT_STATUS_DISCOUNT_OUT_OF_RANGE = 104,
  /**
   * Epsilon must be between 0 and 1.
   */
  HABIT_STATUS_EPSILON_OUT_OF_RANGE = 105,
  /**
   * A probability must be between 0 and 1, and one must be above 0.
   */
  HABIT_STATUS_PROBABILITY_OUT_OF_RANGE = 106,
  /**
   * A parameter is outside its range.
   */
  HABIT_STATUS_PARAMETER_OUT_OF_RANGE = 107,
  /**
   * The reward is outside the range that was stated.
   */
  HABIT_STATUS_REWARD_OUT_OF_RANGE = 108,
  /**
   * There is nothing to choose from.
   */
  HABIT_STATUS_EMPTY_RANGE = 109,
  /**
   * There must be at least one arm.
   */
  HABIT_STATUS_NO_ARMS = 110,
  /**
   * The lengths of two arrays do not fit.
   */
  HABIT_STATUS_LENGTH_MISMATCH = 111,
  /**
   * The matrix is no longer positive definite.
   */
  HABIT_STATUS_NOT_POSITIVE_DEFINITE = 112,
  /**
   * This arm was not the one selected last.
   */
  HABIT_STATUS_NOT_SELECTED = 113,
  /**
   * Nothing has been started.
   */
  HABIT_STATUS_NOT_STARTED = 114,
  /**
   * The bytes end too early.
   */
  HABIT_STATUS_TRUNCATED = 115,
  /**
   * The bytes do not hold a valid state.
   */
  HABIT_STATUS_MALFORMED = 116,
  /**
   * The bytes are not a checkpoint.
   */
  HABIT_STATUS_NOT_A_CHECKPOINT = 117,
  /**
   * The checkpoint was written by a newer version.
   */
  HABIT_STATUS_NEWER_VERSION = 118,
  /**
   * The checkpoint is damaged: its checksum does not fit.
   */
  HABIT_STATUS_CORRUPT = 119,
  /**
   * The checkpoint is of another kind of learner.
   */
  HABIT_STATUS_OTHER_KIND = 120,
  /**
   * The checkpoint was computed with other functions.
   */
  HABIT_STATUS_OTHER_NUMERICS = 121,
  /**
   * The checkpoint is of another size.
   */
  HABIT_STATUS_OTHER_DIMENSIONS = 122,
  /**
   * The buffer is too small.
   */
  HABIT_STATUS_BUFFER_TOO_SMALL = 123,
  /**
   * No experiment has this id.
   */
  HABIT_STATUS_UNKNOWN_EXPERIMENT = 124,
  /**
   * The experiment has no such parameter.
   */
  HABIT_STATUS_UNKNOWN_PARAMETER = 125,
  /**
   * The parameter has no such option.
   */
  HABIT_STATUS_UNKNOWN_CHOICE = 126,
  /**
   * The value is not a number.
   */
  HABIT_STATUS_NOT_A_NUMBER = 127,
  /**
   * The number of steps is outside the experiment's limits.
   */
  HABIT_STATUS_STEPS_OUT_OF_RANGE = 128,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum habit_status habit_status;
#else
typedef int32_t habit_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a step left the episode: a byte, as the numbers are.
 */
enum habit_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The episode goes on.
   */
  HABIT_OUTCOME_CONTINUE = 0,
  /**
   * The environment reached a terminal state: no value lies beyond.
   */
  HABIT_OUTCOME_TERMINATED = 1,
  /**
   * The episode was cut from outside, by a time limit say: the next state still has its value.
   */
  HABIT_OUTCOME_TRUNCATED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum habit_outcome habit_outcome;
#else
typedef uint8_t habit_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A bandit: one arm a round, one reward back.
 */
typedef struct habit_bandit habit_bandit;

/**
 * A contextual bandit: features are seen before an arm is chosen, and rewards may come late, in any order, or never.
 */
typedef struct habit_contextual habit_contextual;

/**
 * A tabular learner: Q-learning, SARSA or Expected SARSA, with epsilon-greedy exploration.
 */
typedef struct habit_td habit_td;

/**
 * What the radius of a confidence set is computed from; `habit::bandit::Confidence` in the kernel's documentation.
 */
typedef struct habit_confidence {
  /**
   * `c1`, what the transient of a system may add; 0 where arms have no memory.
   */
  float transient;
  /**
   * `c2`, a bound on the norm of the parameters.
   */
  float bias;
  /**
   * `s2`, the variance proxy of a reward.
   */
  float variance;
  /**
   * A bound on the norm of an arm.
   */
  float arm_norm;
  /**
   * Rounds that will be played, at least 1.
   */
  uint32_t horizon;
} habit_confidence;

/**
 * A generator, xoshiro128++. It may be copied; the copies draw the same numbers.
 */
typedef struct habit_rng {
  /**
   * All 0 before it is started.
   */
  uint32_t state[4];
} habit_rng;

/**
 * An arm, and how likely it was.
 */
typedef struct habit_choice {
  /**
   * Counted from 0.
   */
  size_t arm;
  /**
   * The probability with which the arm was chosen, above 0 and at most 1; 0 where it has no closed form (Thompson sampling).
   */
  float propensity;
} habit_choice;

/**
 * What a checkpoint is of.
 */
typedef struct habit_checkpoint {
  /**
   * The learner's name in `kernel/CHECKPOINT.md`, "" for one that cannot be made from C.
   */
  const char *name;
  /**
   * FNV-1a 32 of the learner's name.
   */
  uint32_t kind;
  /**
   * FNV-1a 32 of the name of the functions that it was computed with.
   */
  uint32_t numerics;
  /**
   * States and actions, or arms and features, and so on; 0 where there are fewer.
   */
  uint32_t dimensions[3];
} habit_checkpoint;

/**
 * What a tabular learner starts with.
 */
typedef struct habit_td_settings {
  /**
   * Above 0, at most 1.
   */
  float step_size;
  /**
   * From 0 to 1.
   */
  float discount;
  /**
   * With which probability any action is taken, from 0 to 1.
   */
  float epsilon;
  /**
   * The value of every action at first.
   */
  float initial;
} habit_td_settings;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Generalized advantage estimation over `steps` steps of each of `lanes` lanes: step `t` of lane `n` is at `t * lanes + n` of
 * every array.
 *
 * `values` are of the states acted in, `next_values` of the true next states before any reset, `outcomes` are bytes as
 * `habit_outcome` numbers them. A truncated step, and the last one, is valued by its next state; a terminated one is not.
 * Writes advantages and, unless `targets` is NULL, value targets. An array that is written must not overlap another one.
 */
habit_status habit_gae(const float *rewards,
                       const float *values,
                       const float *next_values,
                       const uint8_t *outcomes,
                       size_t steps,
                       size_t lanes,
                       float discount,
                       float lambda,
                       float *advantages,
                       float *targets);

/**
 * Discounted returns, over arrays as `habit_gae` has them: what follows each step until its episode is over, and the value of
 * the next state where it was cut.
 */
habit_status habit_discounted_returns(const float *rewards,
                                      const float *next_values,
                                      const uint8_t *outcomes,
                                      size_t steps,
                                      size_t lanes,
                                      float discount,
                                      float *returns);

/**
 * Bytes of memory that UCB1, discounted UCB, Thompson sampling or Exp3 need for so many arms; 0 where there are none or
 * that is too much. `HABIT_BANDIT_SIZE` is the same for memory that is laid out by the compiler.
 */
size_t habit_bandit_size(size_t arms);

/**
 * Bytes of memory that LinUCB or DynLin-UCB need for arms of so many features; 0 where there are none or that is too much.
 * `HABIT_LINEAR_BANDIT_SIZE` is the same for memory that is laid out by the compiler.
 */
size_t habit_linear_bandit_size(size_t features);

/**
 * The alignment of that memory.
 */
size_t habit_bandit_align(void);

/**
 * Makes UCB1 in memory of `length` bytes: the greatest `mean + sqrt(confidence ln total / count)`. 2 is UCB1's confidence.
 */
habit_status habit_ucb1_init(void *memory,
                             size_t length,
                             size_t arms,
                             float confidence,
                             struct habit_bandit **bandit);

/**
 * Makes discounted UCB in memory of `length` bytes: as UCB1, but counts and rewards fade by a factor `discount` a round,
 * above 0 and at most 1.
 */
habit_status habit_discounted_ucb_init(void *memory,
                                       size_t length,
                                       size_t arms,
                                       float confidence,
                                       float discount,
                                       struct habit_bandit **bandit);

/**
 * Makes Thompson sampling for rewards of 0 or 1 in memory of `length` bytes.
 */
habit_status habit_thompson_beta_init(void *memory,
                                      size_t length,
                                      size_t arms,
                                      struct habit_bandit **bandit);

/**
 * Makes Exp3 in memory of `length` bytes, with a mixing rate above 0 and at most 1, for rewards from `low` to `high`.
 */
habit_status habit_exp3_init(void *memory,
                             size_t length,
                             size_t arms,
                             float rate,
                             float low,
                             float high,
                             struct habit_bandit **bandit);

/**
 * Makes LinUCB over fixed arms in memory of `length` bytes.
 *
 * `arms` holds the arms one after the other, `features` numbers each; the array must stay as it is for as long as the
 * bandit is used. `lambda` regularises, above 0.
 */
habit_status habit_lin_ucb_init(void *memory,
                                size_t length,
                                const float *arms,
                                size_t count,
                                size_t features,
                                float lambda,
                                const struct habit_confidence *confidence,
                                struct habit_bandit **bandit);

/**
 * Makes DynLin-UCB over fixed arms in memory of `length` bytes, for a system whose spectral radius is at most
 * `spectral_radius`, from 0 on and below 1. All else is as for `habit_lin_ucb_init`.
 */
habit_status habit_dyn_lin_ucb_init(void *memory,
                                    size_t length,
                                    const float *arms,
                                    size_t count,
                                    size_t features,
                                    float lambda,
                                    float spectral_radius,
                                    const struct habit_confidence *confidence,
                                    struct habit_bandit **bandit);

/**
 * Chooses the arm of this round.
 */
habit_status habit_bandit_select(struct habit_bandit *bandit, struct habit_rng *rng, struct habit_choice *choice);

/**
 * Takes the reward of the arm that was chosen last.
 */
habit_status habit_bandit_update(struct habit_bandit *bandit, size_t arm, float reward);

/**
 * Bytes of memory that shared LinUCB needs: one estimate, however many arms there are; 0 where a size is 0 or that is too
 * much. `HABIT_SHARED_LIN_UCB_SIZE` is the same for memory that is laid out by the compiler.
 */
size_t habit_shared_lin_ucb_size(size_t features);

/**
 * Bytes of memory that disjoint LinUCB needs: an estimate an arm; 0 where a size is 0 or that is too much.
 * `HABIT_DISJOINT_LIN_UCB_SIZE` is the same for memory that is laid out by the compiler.
 */
size_t habit_disjoint_lin_ucb_size(size_t arms, size_t features);

/**
 * The alignment of that memory.
 */
size_t habit_contextual_align(void);

/**
 * Makes LinUCB with one estimate for all arms in memory of `length` bytes: a context holds the features of every arm, one
 * arm after the other.
 *
 * `lambda` regularises, above 0; `radius` is how many deviations of optimism, from 0 on.
 */
habit_status habit_shared_lin_ucb_init(void *memory,
                                       size_t length,
                                       size_t arms,
                                       size_t features,
                                       float lambda,
                                       float radius,
                                       struct habit_contextual **bandit);

/**
 * Makes LinUCB with an estimate an arm in memory of `length` bytes: all arms see the same `features` numbers. `lambda` and
 * `radius` are as for `habit_shared_lin_ucb_init`.
 */
habit_status habit_disjoint_lin_ucb_init(void *memory,
                                         size_t length,
                                         size_t arms,
                                         size_t features,
                                         float lambda,
                                         float radius,
                                         struct habit_contextual **bandit);

/**
 * Chooses an arm in a context of `length` numbers.
 */
habit_status habit_contextual_select(struct habit_contextual *bandit,
                                     const float *context,
                                     size_t length,
                                     struct habit_rng *rng,
                                     struct habit_choice *choice);

/**
 * Takes the reward of an earlier choice, with the context that it was made in.
 */
habit_status habit_contextual_update(struct habit_contextual *bandit,
                                     const float *context,
                                     size_t length,
                                     size_t arm,
                                     float reward);

/**
 * Learns from somebody else's choice: a line of a log.
 */
habit_status habit_contextual_learn(struct habit_contextual *bandit,
                                    const float *context,
                                    size_t length,
                                    size_t arm,
                                    float reward);

/**
 * Writes what an arm is thought to pay in a context.
 */
habit_status habit_contextual_predict(const struct habit_contextual *bandit,
                                      const float *context,
                                      size_t length,
                                      size_t arm,
                                      float *reward);

/**
 * Bytes of memory that the largest experiment needs. A library that was built without the feature `lab`, as one for a chip is,
 * has none of the functions `habit_experiment_*`.
 */
size_t habit_experiment_size(void);

/**
 * The alignment of that memory.
 */
size_t habit_experiment_align(void);

/**
 * Runs an experiment from its start to its end and writes its digest: the one that `habit run ID --seed SEED --steps STEPS`
 * shows.
 *
 * `memory` of `length` bytes is used until the call returns. `steps` 0 means as many as the experiment asks for.
 */
habit_status habit_experiment_run(void *memory,
                                  size_t length,
                                  const char *id,
                                  uint32_t seed,
                                  uint32_t steps,
                                  uint64_t *digest);

/**
 * Writes the digest of what a learner has learned: equal calls give equal digests, on every target and in every language.
 *
 * `learner` is a handle of any kind.
 */
habit_status habit_digest(const void *learner,
                          uint64_t *digest);

/**
 * Writes how many bytes the checkpoint of a learner takes.
 *
 * `learner` is a handle of any kind.
 */
habit_status habit_checkpoint_size(const void *learner, size_t *size);

/**
 * Saves what a learner has learned to the first bytes of a buffer, and writes how many that are.
 *
 * `learner` is a handle of any kind; `length` is that of the buffer.
 */
habit_status habit_save(const void *learner, uint8_t *buffer, size_t length, size_t *written);

/**
 * Takes over what a checkpoint of exactly `length` bytes holds; parameters stay as they are. A checkpoint of another
 * learner or of other sizes, of a newer version, damaged or cut, is refused, and the learner is as it was.
 *
 * `learner` is a handle of any kind.
 */
habit_status habit_load(void *learner,
                        const uint8_t *bytes,
                        size_t length);

/**
 * Writes what a checkpoint of exactly `length` bytes holds, once it has been found whole and undamaged.
 */
habit_status habit_checkpoint_info(const uint8_t *bytes, size_t length, struct habit_checkpoint *info);

/**
 * Starts stream `index` of `seed`. Streams of one seed do not overlap within 2^64 words; finding one costs as many steps of
 * the generator as 128 times its index.
 */
habit_status habit_rng_init(struct habit_rng *rng,
                            uint32_t seed,
                            uint32_t index);

/**
 * Draws a word of 32 bits.
 */
habit_status habit_rng_word(struct habit_rng *rng, uint32_t *word);

/**
 * Draws a number from 0 on and below 1: the upper 24 bits of a word, times 2^-24.
 */
habit_status habit_rng_unit(struct habit_rng *rng, float *number);

/**
 * Draws a whole number from 0 on and below `limit`, each as likely as every other.
 */
habit_status habit_rng_below(struct habit_rng *rng, uint32_t limit, uint32_t *number);

/**
 * Saves a generator to the first bytes of a buffer, and writes how many that are: 52.
 */
habit_status habit_rng_save(const struct habit_rng *rng, uint8_t *buffer, size_t length, size_t *written);

/**
 * Takes a generator over from a checkpoint of exactly `length` bytes; it need not have been started.
 */
habit_status habit_rng_load(struct habit_rng *rng, const uint8_t *bytes, size_t length);

/**
 * What a number means, in one clause, for people; of a number that means nothing, too. The text lasts for ever.
 */
const char *habit_error_message(int32_t status);

/**
 * The version of the library, as `0.1.0`. The text lasts for ever.
 */
const char *habit_version(void);

/**
 * Bytes of memory that a tabular learner of these sizes needs; 0 where a size is 0 or that is too much. `HABIT_TD_SIZE` is
 * the same for memory that is laid out by the compiler.
 */
size_t habit_td_size(size_t states,
                     size_t actions);

/**
 * The alignment of that memory.
 */
size_t habit_td_align(void);

/**
 * Makes a Q-learning agent in memory of `length` bytes.
 */
habit_status habit_q_learning_init(void *memory,
                                   size_t length,
                                   size_t states,
                                   size_t actions,
                                   const struct habit_td_settings *settings,
                                   struct habit_td **td);

/**
 * Makes a SARSA agent in memory of `length` bytes.
 */
habit_status habit_sarsa_init(void *memory,
                              size_t length,
                              size_t states,
                              size_t actions,
                              const struct habit_td_settings *settings,
                              struct habit_td **td);

/**
 * Makes an Expected SARSA agent in memory of `length` bytes.
 */
habit_status habit_expected_sarsa_init(void *memory,
                                       size_t length,
                                       size_t states,
                                       size_t actions,
                                       const struct habit_td_settings *settings,
                                       struct habit_td **td);

/**
 * Changes step size, discount and epsilon; `initial` is not used.
 */
habit_status habit_td_set(struct habit_td *td, const struct habit_td_settings *settings);

/**
 * Draws the action to take in a state.
 */
habit_status habit_td_act(struct habit_td *td, size_t state, struct habit_rng *rng, size_t *action);

/**
 * Learns from what followed an action: a reward, the true next state before any reset, and one of `habit_outcome`.
 *
 * Writes the temporal-difference error to `error`, which may be NULL. SARSA draws its next action here and takes it when it
 * acts in `next_state`.
 */
habit_status habit_td_learn(struct habit_td *td,
                            size_t state,
                            size_t action,
                            float reward,
                            size_t next_state,
                            uint8_t outcome,
                            struct habit_rng *rng,
                            float *error);

/**
 * Writes the best action of a state, the lowest where several are: no chance, nothing changes.
 */
habit_status habit_td_greedy(const struct habit_td *td, size_t state, size_t *action);

/**
 * Copies all action values, row by row, to an array of `length` numbers: as many as states times actions.
 */
habit_status habit_td_values(const struct habit_td *td, float *values, size_t length);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HABIT_H */
