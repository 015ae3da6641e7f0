// A server for the site, a browser, and the few things that every test does.
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

/** Waits end here only when something is broken, however busy the machine is. */
export const PATIENCE = 120_000;

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function setting(name, what) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it must be the path of ${what}`);
  return value;
}

/**
 * Serves a folder, with further headers if there are any, on a free port; returns its address and what ends it. `replace` has a file
 * answered with another text from then on.
 */
export async function serve(folder, headers = {}) {
  const replaced = new Map();
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const file = join(folder, name);
    const known = await stat(file).then((found) => found.isFile(), () => false);
    if (!known) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", ...headers });
    const change = replaced.get(name.slice(1));
    if (change) return response.end(change(await readFile(file, "utf8")));
    createReadStream(file).pipe(response);
  });
  const listen = (port) => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address();
  return {
    address: `http://127.0.0.1:${port}/`,
    replace: (name, change) => replaced.set(name, change),
    listen: () => listen(port),
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/**
 * Starts a server and a browser, with further flags if there are any. `open` gives a page in a context of its own; `close`
 * ends everything.
 */
export async function start(...flags) {
  const site = setting("HABIT_SITE", "the folder that `cargo xtask lab --build-only` writes");
  await stat(join(site, "index.html"));
  const server = await serve(site);
  const profile = await mkdtemp(join(tmpdir(), "habit-browser-"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...FLAGS, ...flags],
    env: { ...process.env, HOME: profile },
  });
  return {
    address: server.address,
    replace: server.replace,
    /** The server ends, and is there again. */
    stop: server.close,
    resume: server.listen,
    /** `hash` is the address from `#` on, empty for the gallery; `prepare` sees the page before it loads. */
    async open({ hash = "#tabular-td.cliff-walking", address = server.address, width = 1280, height = 900, theme = "light", prepare, ready = true, ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: "reduce",
        // What a test takes from the network it must not get from a cache.
        serviceWorkers: "block",
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      page.faults = [];
      page.on("console", (message) => {
        const ours = !message.text().startsWith("Service Worker registration blocked");
        if (ours && ["error", "warning"].includes(message.type())) page.faults.push(message.text());
      });
      page.on("pageerror", (error) => page.faults.push(error.message));
      page.on("requestfailed", (request) => page.faults.push(`${request.url()}: ${request.failure()?.errorText}`));
      page.on("response", (response) => {
        if (response.status() >= 400) page.faults.push(`${response.url()}: ${response.status()}`);
      });
      await prepare?.(page);
      await page.goto(address + hash);
      if (ready) await phase(page, /^Ready to run$/);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Waits until the run's state in words matches. */
export async function phase(page, pattern) {
  await page.locator(".phase [role=status]").filter({ hasText: pattern }).waitFor();
  // What belongs to a phase is drawn at the frame after it; at the second frame from here it has been.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** The digest on the page, once there is one. */
export async function digest(page) {
  const shown = page.locator("#digest").filter({ hasText: /^[0-9a-f]{16}$/ });
  return (await shown.textContent()).trim();
}

/** Sets the pace to the slider's last position: no pauses. */
export async function flatOut(page) {
  await page.locator("#pace").focus();
  await page.keyboard.press("End");
}

/** Runs to the end at full speed. */
export async function runToTheEnd(page) {
  await flatOut(page);
  await page.locator("#run").click();
  await phase(page, /^Finished/);
}

/** Opens the gallery and waits for its cards. */
export async function gallery(lab, options = {}) {
  const page = await lab.open({ hash: "", ready: false, ...options });
  await page.locator(".card").first().waitFor();
  return page;
}

/** What axe finds on a page. */
export async function violations(page) {
  await page.evaluate(await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8"));
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = (node) => `${node.target} ${node.failureSummary}`;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(told).join("; ")}`);
}

/** What the `habit` command prints as JSON lines. */
export async function habit(...words) {
  const program = setting("HABIT_BIN", "the `habit` program");
  const { stdout } = await promisify(execFile)(program, words, { maxBuffer: 1 << 28 });
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** The digest that the command line gives for a run. */
export async function digestOfCommand(id, ...words) {
  const lines = await habit("run", id, ...words, "--format", "json");
  return lines.at(-1).digest;
}

/** A JSON file of the site: `index` is the table of experiments, every other name an experiment's descriptor. */
async function data(name) {
  const site = setting("HABIT_SITE", "the folder that `cargo xtask lab --build-only` writes");
  return JSON.parse(await readFile(join(site, "experiments", `${name}.json`), "utf8"));
}

/** The descriptors of all experiments, in the table's order. */
export async function experiments() {
  const table = await data("index");
  return Promise.all(table.map((entry) => data(entry.id)));
}

/** One experiment for each look that a page can have: the kinds of its views and of its parameters. */
export async function looks() {
  const all = await experiments();
  const look = ({ views, parameters }) => [...views.map((view) => view.view), ...parameters.map((p) => p.kind)];
  const kinds = (experiment) => [...new Set(look(experiment))].sort().join(" ");
  return all.filter((experiment, i) => all.findIndex((other) => kinds(other) === kinds(experiment)) === i);
}
