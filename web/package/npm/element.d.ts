import type { RunResult } from "./lab.js";

/** `<habit-lab experiment="tabular-td.cliff-walking" seed="1">`. */
export interface HabitLabElement extends HTMLElement {}

declare global {
  interface HTMLElementTagNameMap {
    "habit-lab": HabitLabElement;
  }
  interface HTMLElementEventMap {
    /** A run came to its end. */
    "habit-done": CustomEvent<RunResult>;
  }
}
