// Agents and bandits of any size. Each is an instance of a small WebAssembly module of its own, which goes when nobody holds it.
// The order of kinds and parameters is that of `start` in the modules' sources, web/package/src/.
import { arms, linear, tabular, thompson } from "./modules.js";

/** Why a learner refused a call, which changed nothing. `code` is stable. */
export class HabitError extends Error {
  constructor(code) {
    super(code.replaceAll("_", " "));
    this.name = "HabitError";
    this.code = code;
  }
}

const compiled = new Map();

/** Compiles a module once; modules are text, so that a page needs no second file and a bundler no setting. */
function module(text) {
  if (!compiled.has(text)) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    compiled.set(text, new WebAssembly.Module(bytes));
  }
  return compiled.get(text);
}

function whole(value, name) {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(`${name} must be a whole number from 0 to 4294967295, not ${value}`);
  }
  return value;
}

class Learner {
  #exports;

  constructor(text, kind, [first, second], seed, parameters) {
    this.#exports = new WebAssembly.Instance(module(text)).exports;
    const count = this._give(parameters);
    this._check(this.#exports.start(kind, whole(first.value, first.name), whole(second.value, second.name),
      whole(seed, "seed"), count));
  }

  /** The module's functions. */
  get _exports() {
    return this.#exports;
  }

  /** Puts numbers where the module finds them; returns how many. */
  _give(numbers) {
    const at = this.#exports.exchange(numbers.length * 4);
    new Float32Array(this.#exports.memory.buffer, at, numbers.length).set(numbers);
    return numbers.length;
  }

  /** What a call returned, or why it failed. */
  _check(number) {
    if (number >= 0) return number;
    const length = this.#exports.message();
    throw new HabitError(String.fromCharCode(...this._take(length)));
  }

  _take(length) {
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.exchange(length), length);
  }

  /** Everything learned as a checkpoint, which boards, the command line and other languages read too. */
  save() {
    return this._take(this._check(this.#exports.save())).slice();
  }

  /** Takes a checkpoint of a learner of this kind and size over, or refuses it and changes nothing. */
  load(bytes) {
    const at = this.#exports.exchange(bytes.length);
    new Uint8Array(this.#exports.memory.buffer, at, bytes.length).set(bytes);
    this._check(this.#exports.load(bytes.length));
  }

  /** FNV-1a 64 of what was learned: equal digests mean equal bits. */
  get digest() {
    return BigInt.asUintN(64, this.#exports.digest()).toString(16).padStart(16, "0");
  }
}

const NONE = { value: 0, name: "" };

class Agent extends Learner {
  constructor(kind, { states, actions, seed = 1, stepSize = 0.1, discount = 1, epsilon = 0.1, initial = 0 }) {
    const sizes = [{ value: states, name: "states" }, { value: actions, name: "actions" }];
    super(tabular, kind, sizes, seed, [stepSize, discount, epsilon, initial]);
  }

  act(state) {
    return this._check(this._exports.act(whole(state, "state")));
  }

  learn({ state, action, reward, nextState, terminated = false, truncated = false }) {
    const outcome = terminated ? 1 : truncated ? 2 : 0;
    this._check(this._exports.learn(
      whole(state, "state"), whole(action, "action"), reward, whole(nextState, "nextState"), outcome));
  }

  value(state, action) {
    return this._exports.estimate(whole(state, "state"), whole(action, "action"));
  }
}

export class QLearning extends Agent {
  constructor(options) { super(0, options); }
}

export class Sarsa extends Agent {
  constructor(options) { super(1, options); }
}

export class ExpectedSarsa extends Agent {
  constructor(options) { super(2, options); }
}

class Bandit extends Learner {
  /** With which probability the last arm was chosen; `null` where that has no closed form. */
  get propensity() {
    const propensity = this._exports.propensity();
    return Number.isNaN(propensity) ? null : propensity;
  }

  act() {
    return this._check(this._exports.act(0));
  }

  learn(arm, reward) {
    this._check(this._exports.reward(whole(arm, "arm"), reward, 0, false));
  }

  mean(arm) {
    return this._exports.estimate(whole(arm, "arm"), 0);
  }
}

class ArmsBandit extends Bandit {
  constructor(text, kind, { arms: count, seed = 1 }, parameters) {
    super(text, kind, [{ value: count, name: "arms" }, NONE], seed, parameters);
  }
}

export class EpsilonGreedy extends ArmsBandit {
  constructor(options) {
    const { epsilon = 0.1, stepSize = 0, initial = 0 } = options;
    super(arms, 0, options, [epsilon, stepSize, initial]);
  }
}

export class Ucb1 extends ArmsBandit {
  constructor(options) { super(arms, 1, options, [options.confidence ?? 2]); }
}

export class ThompsonBeta extends ArmsBandit {
  constructor(options) { super(thompson, 0, options, []); }
}

export class ThompsonGaussian extends ArmsBandit {
  constructor(options) { super(thompson, 1, options, [options.deviation ?? 1]); }
}

export class LinUcb extends Learner {
  constructor({ arms: count, features, radius = 1, regularization = 1, seed = 1 }) {
    const sizes = [{ value: count, name: "arms" }, { value: features, name: "features" }];
    super(linear, 0, sizes, seed, [radius, regularization]);
  }

  act(context) {
    return this._check(this._exports.act(this._give(context)));
  }

  learn(context, arm, reward) {
    this._check(this._exports.reward(whole(arm, "arm"), reward, this._give(context), false));
  }

  replay(context, arm, reward) {
    this._check(this._exports.reward(whole(arm, "arm"), reward, this._give(context), true));
  }

  predict(context, arm) {
    return Array.from(context).reduce((sum, number, i) => sum + number * this._exports.estimate(whole(arm, "arm"), i), 0);
  }
}

export class DynLinUcb extends Bandit {
  #arms;

  constructor({ arms: vectors, radius = 1, regularization = 1, spectralRadius = 0.5, seed = 1 }) {
    const features = vectors[0]?.length ?? 0;
    if (vectors.some((vector) => vector.length !== features)) throw new HabitError("length_mismatch");
    const sizes = [{ value: vectors.length, name: "arms" }, { value: features, name: "features" }];
    super(linear, 1, sizes, seed, [radius, regularization, spectralRadius, ...vectors.flatMap((vector) => Array.from(vector))]);
    this.#arms = vectors.map((vector) => Float32Array.from(vector));
  }

  mean(arm) {
    return this.#arms[arm]?.reduce((sum, number, i) => sum + number * this._exports.estimate(0, i), 0) ?? NaN;
  }
}
