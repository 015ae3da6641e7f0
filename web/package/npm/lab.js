// Experiments of the lab, run in a worker: the same kernel, the same bits as the command line and the boards.

let base = new URL("./lab/", import.meta.url).href;

/** Where the folder `lab` of this package lies, when it is not beside this script: a bundler does not take it along. */
export function setBase(url) {
  base = new URL(url, globalThis.location?.href ?? import.meta.url).href;
}

async function json(name) {
  const address = new URL(`experiments/${encodeURIComponent(name)}.json`, base);
  let answer;
  try {
    answer = await fetch(address);
  } catch {
    throw new Error(`${address} cannot be loaded: is the folder lab of the package served?`);
  }
  if (!answer.ok) throw new Error(`${address} cannot be loaded: the server answers ${answer.status}`);
  return answer.json();
}

/** The experiments that there are. */
export const experiments = () => json("index");

/** What an experiment is: parameters, contenders, metrics, steps, claims. */
export async function describe(id) {
  const table = await experiments();
  if (!table.some((entry) => entry.id === id)) throw new Error(`there is no experiment “${id}”`);
  return json(id);
}

/** A room's worker, also when this package lies on another server than the page. */
function start(room) {
  const script = new URL(`worker.js?room=${room}`, base);
  if (script.origin === location.origin) return new Worker(script, { type: "module" });
  // A worker must come from the page's own server; what it imports need not.
  const text = new Blob([`import ${JSON.stringify(script.href)};`], { type: "text/javascript" });
  const address = URL.createObjectURL(text);
  const worker = new Worker(address, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}

/**
 * Runs an experiment to its end; the promise is of its digest and the metrics at the end. It fails with the reason when the kernel does
 * not take the settings, or with the signal's when it is ended.
 */
export async function run(id, options = {}) {
  const { seed = 1, steps, params = {}, every, onSample, signal } = options;
  signal?.throwIfAborted();
  const { room, steps: limits, contenders, metrics } = await describe(id);
  const length = steps ?? limits.default;
  const set = Object.entries(params).map(([name, value]) => `${name}=${value}`).join(",");
  const line = {
    cmd: "run", id, seed, steps: length, every: every ?? Math.max(1, Math.ceil(length / 600)),
    ...(set && { set }),
  };
  signal?.throwIfAborted();
  const worker = start(room);
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`the kernel's worker stopped: ${event.message || "it could not be loaded"}`));
      };
      worker.onmessage = ({ data }) => {
        if (data.failed) return reject(new Error(`the kernel's worker stopped: ${data.failed}`));
        if (data === "") return worker.postMessage(JSON.stringify(line));
        for (const text of data.split("\n").filter(Boolean)) {
          const event = JSON.parse(text);
          if (event.event === "error") {
            return reject(new Error(event.message));
          } else if (event.done) {
            const values = Object.fromEntries(contenders.map((contender) => [
              contender,
              Object.fromEntries(metrics.map(({ name }) => [name, event.summary[contender]?.[name]?.mean ?? null])),
            ]));
            return resolve({ id, seed, steps: length, digest: event.digest, summary: values });
          } else if ("contender" in event) {
            const { t, contender, seed: _, ...numbers } = event;
            onSample?.({ t, contender, values: numbers });
          }
        }
      };
    });
  } finally {
    worker.terminate();
  }
}
