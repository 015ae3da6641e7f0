/** Why a learner refused a call, which changed nothing. */
export declare class HabitError extends Error {
  /** A stable name in snake case, such as `action_out_of_range`. */
  readonly code: string;
}

/** What every learner has. */
declare abstract class Learner {
  /** Everything learned as a checkpoint. Random learners are saved with their generator and go on exactly where they stopped. */
  save(): Uint8Array;
  /** Takes over a checkpoint of a learner of this kind and size. Throws a {@link HabitError} and changes nothing when it is not one. */
  load(bytes: Uint8Array): void;
  /** FNV-1a 64 of what was learned, 16 hexadecimal digits. Equal digests mean equal bits. */
  readonly digest: string;
}

/** Sizes and parameters of an agent with a table of action values. */
export interface AgentOptions {
  states: number;
  actions: number;
  /** Of its random numbers, 0 to 4294967295. Default 1. */
  seed?: number;
  /** In (0, 1]. Default 0.1. */
  stepSize?: number;
  /** In [0, 1]. Default 1. */
  discount?: number;
  /** Probability of a random action, in [0, 1]. Default 0.1. */
  epsilon?: number;
  /** Every action value at the start. Default 0. */
  initial?: number;
}

/** One step of an environment. */
export interface Transition {
  state: number;
  action: number;
  reward: number;
  /** The state that followed, before any reset. */
  nextState: number;
  /** The environment ended the episode: nothing lies beyond. */
  terminated?: boolean;
  /** The episode was cut, by a time limit say: the next state still has its value. */
  truncated?: boolean;
}

declare abstract class Agent extends Learner {
  constructor(options: AgentOptions);
  /** Chooses an action, epsilon-greedily. */
  act(state: number): number;
  /** Learns from one step. */
  learn(transition: Transition): void;
  /** Q(s, a); NaN outside the table. */
  value(state: number, action: number): number;
}

/** Q-learning (Watkins 1989). */
export declare class QLearning extends Agent {}
/** Sarsa (Rummery, Niranjan 1994). The action of the next state is drawn when it learns. */
export declare class Sarsa extends Agent {}
/** Expected Sarsa (van Seijen et al. 2009). */
export declare class ExpectedSarsa extends Agent {}

declare abstract class Bandit extends Learner {
  /** Chooses an arm, counted from 0. */
  act(): number;
  /** Takes the reward of the arm chosen last. */
  learn(arm: number, reward: number): void;
  /** The mean that an arm is thought to pay. */
  mean(arm: number): number;
  /** With which probability the last arm was chosen; `null` where that has no closed form. */
  readonly propensity: number | null;
}

/** Sizes of a bandit that sees nothing before it chooses. */
export interface ArmsOptions {
  arms: number;
  /** Of its random numbers. Default 1. */
  seed?: number;
}

/** The best mean so far, and now and then any arm. */
export declare class EpsilonGreedy extends Bandit {
  /** `stepSize` 0, the default, is the mean of all rewards. */
  constructor(options: ArmsOptions & { epsilon?: number; stepSize?: number; initial?: number });
}
/** UCB1 (Auer, Cesa-Bianchi, Fischer 2002): mean + sqrt(confidence ln t / n). */
export declare class Ucb1 extends Bandit {
  constructor(options: ArmsOptions & { confidence?: number });
}
/** Thompson sampling for rewards of 0 or 1. */
export declare class ThompsonBeta extends Bandit {
  constructor(options: ArmsOptions);
}
/** Thompson sampling for rewards with normal noise of a known deviation. */
export declare class ThompsonGaussian extends Bandit {
  constructor(options: ArmsOptions & { deviation?: number });
}

/** LinUCB with an estimate an arm (Li et al. 2010). Rewards may come late and in any order, each with its context. */
export declare class LinUcb extends Learner {
  constructor(options: { arms: number; features: number; radius?: number; regularization?: number; seed?: number });
  /** Chooses an arm for a context of as many numbers as there are features; scale them to about 1. */
  act(context: ArrayLike<number>): number;
  /** Takes the reward of a choice made earlier. */
  learn(context: ArrayLike<number>, arm: number, reward: number): void;
  /** Learns from somebody else's choice: a line of a log. */
  replay(context: ArrayLike<number>, arm: number, reward: number): void;
  /** The reward that an arm is thought to pay in a context. */
  predict(context: ArrayLike<number>, arm: number): number;
}

/** DynLin-UCB (Mussi, Metelli, Restelli 2023): fixed arms, given as vectors, whose rewards have a memory. */
export declare class DynLinUcb extends Bandit {
  constructor(options: {
    arms: ArrayLike<number>[];
    radius?: number;
    regularization?: number;
    /** Bound on the system's spectral radius, in [0, 1). Default 0.5. */
    spectralRadius?: number;
    seed?: number;
  });
}
