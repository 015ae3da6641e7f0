// The package for other people's pages: types, a bundler, static servers, another origin.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { digestOfCommand, serve, start, violations } from "./harness.js";

const call = promisify(execFile);
const WEB = new URL("../../web/", import.meta.url);
const web = createRequire(new URL("package.json", WEB));
const PACKAGE = process.env.HABIT_PACKAGE;

let lab;
let server;
let other;
let folder;
before(async () => {
  if (!PACKAGE) throw new Error("HABIT_PACKAGE is not set: it must be the folder that `cargo xtask package` writes");
  lab = await start();
  folder = await mkdtemp(join(tmpdir(), "habit-package-"));
  // What npm would install: the tarball, unpacked.
  const tarball = (await readdir(join(PACKAGE, ".."))).find((name) => name.endsWith(".tgz"));
  await call("tar", ["-xzf", join(PACKAGE, "..", tarball), "-C", folder]);
  await cp(join(folder, "package"), join(folder, "node_modules/habit-lab"), { recursive: true });
  server = await serve(folder);
  other = await serve(folder, { "access-control-allow-origin": "*" });
});
after(async () => {
  await lab?.close();
  await server?.close();
  await other?.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (path, options = {}) => lab.open({ address: server.address + path, hash: "", ready: false, ...options });
const text = async (page, selector, pattern) =>
  (await page.locator(selector).filter({ hasText: pattern }).textContent()).trim();
const DIGEST = /^[0-9a-f]{16}$/;

test("the package holds what it says, and its types hold for those who use it", async () => {
  const { exports } = JSON.parse(await readFile(join(folder, "package/package.json"), "utf8"));
  const files = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)));
  for (const file of [...files, "README.md", "LICENSE-MIT"]) await readFile(join(folder, "package", file));
  const sound = `
    import { QLearning, LinUcb, DynLinUcb, Ucb1, HabitError, run, describe, type RunResult } from "habit-lab";
    import "habit-lab/element";
    const agent = new QLearning({ states: 2, actions: 2 });
    const action: number = agent.act(0);
    agent.learn({ state: 0, action, reward: 1, nextState: 1, terminated: true });
    const bytes: Uint8Array = agent.save();
    agent.load(bytes);
    const arm: number = new LinUcb({ arms: 2, features: 2 }).act(new Float32Array(2));
    const propensity: number | null = new Ucb1({ arms: 2 }).propensity;
    new DynLinUcb({ arms: [[1, 0], [0, 1]] }).learn(arm, 0.5);
    const result: RunResult = await run("x", { params: { epsilon: 0.1, system: "a" }, onSample: ({ values }) => values["return"] });
    const element: HTMLElement = document.createElement("habit-lab");
    element.addEventListener("habit-done", ({ detail }) => detail.digest);
    const code: string = new HabitError().code;
    export { propensity, result, code, describe };
  `.replace("new HabitError()", "({} as HabitError)");
  const wrong = `
    import { QLearning } from "habit-lab/learners";
    new QLearning({ states: 2 });
    new QLearning({ states: 2, actions: 2 }).act("left");
    new QLearning({ states: 2, actions: 2 }).learn({ state: 0, action: 0, reward: 1 });
  `;
  await writeFile(join(folder, "sound.ts"), sound);
  await writeFile(join(folder, "wrong.ts"), wrong);
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const compiled = call("node", [
    web.resolve("typescript/bin/tsc"), "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom",
    // TypeScript's own need no check.
    "--skipDefaultLibCheck", "sound.ts", "wrong.ts",
  ], { cwd: folder }).then(() => "", ({ stdout }) => stdout);
  const faults = (await compiled).split("\n").filter((line) => line.includes("error TS"));
  assert.deepEqual(faults.map((line) => line.split("(")[0]), Array(3).fill("wrong.ts"), faults.join("\n"));
});

test("agents and bandits work from a static server, refuse what is wrong, and go on from a checkpoint", async () => {
  const page = await open("package/examples/learners.html");
  assert.equal(await text(page, "#steps", /\d/), "7");
  assert.ok(Number(await text(page, "#clicks", /\d/)) > 90);
  assert.match(await text(page, "#agent", DIGEST), DIGEST);
  assert.match(await text(page, "#bandit", DIGEST), DIGEST);
  const told = await page.evaluate(async () => {
    const all = await import("../learners.js");
    const codes = [
      () => new all.QLearning({ states: 0, actions: 2 }),
      () => new all.Sarsa({ states: 2, actions: 2, epsilon: 7 }),
      () => new all.ExpectedSarsa({ states: 2, actions: 2 }).act(2),
      () => new all.QLearning({ states: 1e9, actions: 9 }),
      () => new all.Ucb1({ arms: 1.5 }),
      () => new all.EpsilonGreedy({ arms: 2 }).learn(0, 1),
      () => new all.LinUcb({ arms: 2, features: 2 }).act([1]),
      () => new all.LinUcb({ arms: 2, features: 2 }).act([NaN, 1]),
      () => new all.DynLinUcb({ arms: [[1], [1, 2]] }),
      () => new all.ThompsonBeta({ arms: 2 }).load(new Uint8Array(8)),
      () => new all.ThompsonGaussian({ arms: 2 }).load(new all.Ucb1({ arms: 2 }).save()),
    ].map((attempt) => {
      try {
        attempt();
        return "no error";
      } catch (fault) {
        return fault.code ?? fault.name;
      }
    });
    const first = new all.ThompsonGaussian({ arms: 3, seed: 4 });
    for (let i = 0; i < 20; i += 1) first.learn(first.act(), i % 3);
    const second = new all.ThompsonGaussian({ arms: 3, seed: 9 });
    second.load(first.save());
    const choices = (bandit) => Array.from({ length: 50 }, () => {
      const arm = bandit.act();
      bandit.learn(arm, arm);
      return arm;
    });
    return { codes, same: choices(first).join() === choices(second).join() && first.digest === second.digest };
  });
  assert.deepEqual(told, {
    codes: [
      "empty_range", "epsilon_out_of_range", "state_out_of_range", "buffer_too_small", "RangeError", "not_selected", "length_mismatch",
      "non_finite", "length_mismatch", "not_a_checkpoint", "other_kind",
    ],
    same: true,
  });
});

test("an experiment gives the command line's digest, and says what is wrong", async () => {
  const page = await open("package/examples/run.html");
  const expected = await digestOfCommand("cliff-walking", "--seed", "7", "--steps", "200", "--set", "epsilon=0.2");
  assert.equal(await text(page, "#digest", DIGEST), expected);
  assert.match(await text(page, "#progress", /^Episode/), /^Episode 200: Expected SARSA returned -\d+$/);
  const faults = await page.evaluate(async () => {
    const { run } = await import("../lab.js");
    const of = (...words) => run(...words).then(() => "no error", (fault) => fault.message);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 300);
    return [
      await of("no-such-thing"),
      await of("tabular-td.cliff-walking", { params: { epsilon: 9 } }),
      await of("tabular-td.cliff-walking", { steps: 1_000_000, signal: abort.signal }),
    ];
  });
  assert.match(faults[0], /there is no experiment “no-such-thing”/);
  assert.match(faults[1], /range|value/);
  assert.equal(faults[2], "enough");
  assert.deepEqual(page.faults, []);
});

test("a bundler takes the learners in whole, and experiments with the folder beside it", async () => {
  const { build } = web("esbuild");
  await writeFile(join(folder, "entry.js"), `
    import { QLearning, run } from "habit-lab";
    const agent = new QLearning({ states: 2, actions: 2 });
    agent.learn({ state: 0, action: agent.act(0), reward: 1, nextState: 1, terminated: true });
    const { digest } = await run("tabular-td.cliff-walking", { seed: 2, steps: 20 });
    document.body.textContent = digest;
  `);
  await build({
    entryPoints: [join(folder, "entry.js")], outfile: join(folder, "site/bundle.js"), bundle: true, format: "esm", minify: true,
    target: "es2022",
  });
  await cp(join(folder, "package/lab"), join(folder, "site/lab"), { recursive: true });
  await writeFile(join(folder, "site/index.html"), '<!doctype html><body><script type="module" src="bundle.js"></script>');
  const page = await open("site/");
  assert.equal(await text(page, "body", DIGEST), await digestOfCommand("cliff-walking", "--seed", "2", "--steps", "20"));
  assert.deepEqual(page.faults, []);
});

test("the element runs under a strict policy, by keyboard, and loads nothing before it is seen", async () => {
  const asked = [];
  const page = await open("package/examples/element.html", {
    height: 500,
    prepare: (page) => page.on("request", (request) => asked.push(request.url())),
  });
  const [cliff, bandit] = [page.locator("habit-lab").nth(0), page.locator("habit-lab").nth(1)];
  await cliff.getByRole("button", { name: "Run" }).waitFor();
  assert.ok(!asked.some((url) => url.includes("room-")), "a room is loaded when a run starts");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await cliff.getByRole("status").filter({ hasText: /^Finished after 200 episodes$/ }).waitFor();
  const expected = await digestOfCommand("cliff-walking", "--seed", "1", "--steps", "200");
  assert.equal(await cliff.locator("code").textContent(), expected);
  assert.match(await cliff.locator(".plot path.c0").getAttribute("d"), /^M.+L/);
  assert.match(await cliff.getByRole("listitem").first().textContent(), /^SARSA: −\d/);

  await bandit.scrollIntoViewIfNeeded();
  await bandit.getByRole("button", { name: "Run" }).click();
  await bandit.getByRole("status").filter({ hasText: /^Finished after 3000 rounds$/ }).waitFor();
  assert.equal(
    await bandit.locator("code").textContent(),
    await digestOfCommand("dynlin-ucb", "--seed", "5", "--steps", "3000", "--set", "sigma=0.05"),
  );
  const ground = (element) => element.evaluate((host) => getComputedStyle(host).backgroundColor);
  assert.deepEqual([await ground(cliff), await ground(bandit)], ["rgb(255, 255, 255)", "rgb(25, 28, 31)"]);

  assert.deepEqual(await violations(page), []);

  // A long run is stopped; what is wrong is said.
  await cliff.evaluate((element) => element.setAttribute("steps", "1000000"));
  const stop = cliff.getByRole("button");
  await stop.click();
  await cliff.getByRole("status").filter({ hasText: /^Running$/ }).waitFor();
  await stop.click();
  await cliff.getByRole("status").filter({ hasText: /^Stopped$/ }).waitFor();
  for (const [name, value, reason] of [
    ["steps", "many", /^habit-lab: steps="many" must be a whole number from 1 to 1000000\.$/],
    ["params", "colour=red", /^habit-lab: params="colour=red" must be name=value, with one of: step_size, epsilon, discount\.$/],
    ["metric", "joy", /^habit-lab: metric="joy" must be one of: /],
    ["experiment", "no-such-thing", /^habit-lab: there is no experiment “no-such-thing”\.$/],
  ]) {
    await cliff.evaluate((element, [name, value]) => element.setAttribute(name, value), [name, value]);
    await cliff.getByRole("alert").filter({ hasText: reason }).waitFor();
    if (name !== "experiment") await cliff.evaluate((element, name) => element.removeAttribute(name), name);
  }
  assert.deepEqual(page.faults, []);
});

test("the element works in a page of another origin", async () => {
  await writeFile(join(folder, "foreign.html"), `<!doctype html><html lang="en"><title>Elsewhere</title>
    <habit-lab experiment="tabular-td.cliff-walking" seed="3" steps="20"></habit-lab>
    <script type="module" src="${other.address}package/element.js"></script>`);
  const page = await open("foreign.html");
  await page.locator("habit-lab").getByRole("button", { name: "Run" }).click();
  await page.locator("habit-lab").getByRole("status").filter({ hasText: /^Finished/ }).waitFor();
  const expected = await digestOfCommand("cliff-walking", "--seed", "3", "--steps", "20");
  assert.equal(await page.locator("habit-lab code").textContent(), expected);
  assert.deepEqual(page.faults, []);
});
