// <habit-lab experiment="tabular-td.cliff-walking" seed="1">: an experiment in anybody's page.
//
// Attributes: `experiment`; `seed`; `steps`; `params` as `name=value,name=value`; `metric`, the name of the one that is drawn; `theme`,
// `light` or `dark`, else that of the system. Nothing is loaded before the element comes into sight.
import { describe, run } from "./lab.js";

const WIDTH = 600;
const HEIGHT = 220;
const COLOURS = {
  light: ["#0868ac", "#cf4f00", "#007f5c", "#a8457f", "#957000", "#2a8bc0", "#545b63", "#7547a8"],
  dark: ["#58a9ee", "#f58a4b", "#3fc39a", "#e48fc1", "#d9b13f", "#93d0f0", "#aab1b9", "#b798e4"],
};
const DASHES = ["none", "7 3", "2 3", "8 3 2 3", "12 4", "4 2", "1 2", "10 3 2 3 2 3"];
const colours = (theme) => COLOURS[theme].map((colour, i) => `--c${i}: ${colour};`).join(" ");

const STYLE = `
:host { display: block; --surface: #fff; --ink: #1d2126; --faint: #626970; --rule: #dedfd8; --fault: #b3261e; ${colours("light")}
  color: var(--ink); background: var(--surface); border: 1px solid var(--rule); border-radius: 10px; padding: 1rem;
  font: 400 0.875rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; min-height: 22rem; box-sizing: border-box; }
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { --surface: #191c1f; --ink: #eceded; --faint: #979da4; --rule: #2d3236;
  --fault: #ff9a90; ${colours("dark")} } }
:host([theme="dark"]) { --surface: #191c1f; --ink: #eceded; --faint: #979da4; --rule: #2d3236; --fault: #ff9a90; ${colours("dark")} }
p, ul { margin: 0; padding: 0; }
.title { font-size: 1rem; font-weight: 600; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; margin-block: 0.5rem; }
button { font: inherit; font-weight: 500; min-height: 2.25rem; min-width: 6rem; padding: 0 0.75rem; border: 1px solid var(--ink);
  border-radius: 6px; background: var(--ink); color: var(--surface); cursor: pointer; }
button:focus-visible, .plot:focus-visible { outline: 2px solid #4a8be8; outline-offset: 2px; }
.faint, .y { color: var(--faint); font-size: 0.75rem; }
.fault { color: var(--fault); }
ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-block: 0.5rem; list-style: none; font-size: 0.8125rem; }
li { display: flex; align-items: center; gap: 0.4rem; }
svg { display: block; width: 100%; }
.plot { height: 12rem; }
.swatch { width: 26px; }
path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.ground { stroke: var(--rule); stroke-width: 1; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
${DASHES.map((dash, i) => `.c${i} { stroke: var(--c${i}); stroke-dasharray: ${dash}; }`).join("\n")}
`;

// Not an element: a page's content-security policy may forbid those.
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);

/** As people write numbers. */
const number = (value) => (value === null ? "–" : Number(value.toPrecision(4)).toString().replace("-", "−"));

function make(name, attributes = {}, ...children) {
  const svg = ["svg", "path"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

class HabitLab extends HTMLElement {
  static observedAttributes = ["experiment", "seed", "steps", "params", "metric"];
  #seen = null;
  #abort = null;
  #turn = 0;

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    this.#seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.#seen.disconnect();
      this.#seen = null;
      this.#show();
    });
    this.#seen.observe(this);
  }

  disconnectedCallback() {
    this.#seen?.disconnect();
    this.#abort?.abort();
    this.#turn += 1;
  }

  attributeChangedCallback() {
    if (this.shadowRoot && this.isConnected && !this.#seen) this.#show();
  }

  /** The settings, or an error that says what is wrong with them. */
  #settings({ steps: limits, parameters, metrics }) {
    const whole = (name, minimum, maximum, fallback) => {
      const text = this.getAttribute(name);
      if (text === null || text === "") return fallback;
      const value = /^\d+$/.test(text) ? Number(text) : NaN;
      if (value >= minimum && value <= maximum) return value;
      throw new Error(`${name}="${text}" must be a whole number from ${minimum} to ${maximum}`);
    };
    const params = {};
    for (const pair of (this.getAttribute("params") ?? "").split(",").filter(Boolean)) {
      const [name, value] = pair.split("=").map((part) => part.trim());
      if (!value || !parameters.some((parameter) => parameter.name === name)) {
        const names = parameters.map((parameter) => parameter.name).join(", ");
        throw new Error(`params="${pair}" must be name=value, with one of: ${names}`);
      }
      params[name] = value;
    }
    const wanted = this.getAttribute("metric") ?? metrics[0].name;
    const metric = metrics.find(({ name }) => name === wanted);
    if (!metric) throw new Error(`metric="${wanted}" must be one of: ${metrics.map(({ name }) => name).join(", ")}`);
    return {
      seed: whole("seed", 0, 4294967295, 1),
      steps: whole("steps", limits.minimum, limits.maximum, limits.default),
      params,
      metric,
    };
  }

  async #show() {
    this.#abort?.abort();
    const turn = ++this.#turn;
    const root = this.shadowRoot;
    const id = this.getAttribute("experiment") ?? "";
    root.adoptedStyleSheets = [SHEET];
    root.replaceChildren(make("p", { role: "status", class: "faint" }, "Loading the experiment"));
    try {
      const experiment = await describe(id);
      const settings = this.#settings(experiment);
      if (turn === this.#turn) this.#draw(id, experiment, settings);
    } catch (fault) {
      if (turn === this.#turn) root.replaceChildren(make("p", { role: "alert", class: "fault" }, `habit-lab: ${fault.message}.`));
    }
  }

  #draw(id, experiment, settings) {
    const { title, contenders, step } = experiment;
    const { metric, seed, steps, params } = settings;
    const words = metric.name.replaceAll("_", " ");
    const button = make("button", { type: "button" }, "Run");
    const status = make("span", { role: "status", class: "faint" }, `Seed ${seed}, ${steps} ${step}s`);
    const lines = contenders.map((_, i) => make("path", { class: `c${i % 8}` }));
    const values = contenders.map(() => make("span", {}, "–"));
    const legend = contenders.map((name, i) => make("li", {},
      make("svg", { viewBox: "0 0 26 4", class: "swatch", "aria-hidden": "true" }, make("path", { class: `c${i % 8}`, d: "M0 2H26" })),
      `${name}: `, values[i]));
    const plot = make("svg", {
      class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-label": `${words} over ${step}s`,
    }, make("path", { class: "ground", d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }), ...lines);
    const range = make("p", { class: "y" }, `${words}${metric.unit && metric.unit !== words ? `, ${metric.unit}` : ""}`);
    const digest = make("code", {}, "");
    // No heading: nobody knows of which level it would be in the page.
    this.shadowRoot.replaceChildren(make("section", { "aria-label": title },
      make("p", { class: "title" }, title), make("div", { class: "row" }, button, status), range, plot,
      make("ul", {}, ...legend), make("p", { class: "faint" }, "Digest ", digest)));

    let samples = contenders.map(() => []);
    let drawn = false;
    const paint = () => {
      drawn = false;
      const numbers = samples.flat().map(([, value]) => value).filter((value) => value !== null);
      if (numbers.length === 0) return;
      const sorted = Float64Array.from(numbers).sort();
      const within = [sorted[Math.floor(sorted.length * 0.02)], sorted[Math.ceil(sorted.length * 0.98) - 1]];
      const all = [sorted[0], sorted.at(-1)];
      // What a few outliers do must not flatten the rest.
      const [low, high] = all[1] - all[0] > 3 * (within[1] - within[0]) ? within : all;
      const span = high - low || 1;
      const place = ([t, value]) => {
        const y = Math.min(1.2, Math.max(-0.2, (value - low) / span));
        return `${((t / steps) * WIDTH).toFixed(1)} ${((1 - y) * (HEIGHT - 8) + 4).toFixed(1)}`;
      };
      lines.forEach((line, i) => {
        const points = samples[i].filter(([, value]) => value !== null);
        line.setAttribute("d", points.length > 1 ? `M${points.map(place).join("L")}` : "");
        values[i].textContent = number(points.at(-1)?.[1] ?? null);
      });
      range.textContent = `${words}: ${number(low)} to ${number(high)}${metric.unit ? ` ${metric.unit}` : ""}`;
    };
    const begin = async () => {
      const abort = new AbortController();
      this.#abort = abort;
      samples = contenders.map(() => []);
      digest.textContent = "";
      button.textContent = "Stop";
      status.className = "faint";
      status.textContent = "Running";
      try {
        const onSample = ({ t, contender, values: all }) => {
          samples[contenders.indexOf(contender)]?.push([t, all[metric.name] ?? null]);
          if (!drawn) requestAnimationFrame(paint);
          drawn = true;
        };
        const result = await run(id, { seed, steps, params, onSample, signal: abort.signal });
        digest.textContent = result.digest;
        status.textContent = `Finished after ${steps} ${step}${steps === 1 ? "" : "s"}`;
        this.dispatchEvent(new CustomEvent("habit-done", { detail: result, bubbles: true, composed: true }));
      } catch (fault) {
        const stopped = abort.signal.aborted;
        status.className = stopped ? "faint" : "fault";
        status.textContent = stopped ? "Stopped" : `habit-lab: ${fault.message}.`;
      }
      if (this.#abort === abort) this.#abort = null;
      button.textContent = "Run";
    };
    button.addEventListener("click", () => (this.#abort ? this.#abort.abort() : begin()));
  }
}

customElements.define("habit-lab", HabitLab);
