// What a run does, from the first click to the digest.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, experiments, flatOut, phase, runToTheEnd, start } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

const lines = (page, selector = ".curve .raw") =>
  page.locator(selector).evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
const count = (page) => page.locator(".count").textContent();

test("the page loads without a fault and lists every experiment", async () => {
  const page = await lab.open();
  const table = await experiments();
  const listed = await page.locator(".list-wide").getByRole("link").allTextContents();
  assert.deepEqual(listed.sort(), table.map((entry) => entry.title).sort());
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), table[0].title);
  assert.deepEqual(page.faults, []);
});

test("only the room that is shown is loaded", async () => {
  const asked = [];
  const page = await lab.open({ prepare: (page) => page.on("request", (request) => asked.push(request.url())) });
  const table = await experiments();
  const rooms = () => new Set(asked.map((url) => /room-(\w+)_bg\.wasm/.exec(url)?.[1]).filter(Boolean));
  assert.deepEqual([...rooms()], [table[0].room]);
  const other = table.find((entry) => entry.room !== table[0].room);
  await page.getByRole("link", { name: other.title }).click();
  await page.getByRole("heading", { level: 1, name: other.title }).waitFor();
  await phase(page, /^Ready to run$/);
  assert.deepEqual([...rooms()], [table[0].room, other.room]);
  assert.deepEqual(page.faults, []);
});

for (const { id, title, contenders, steps: { minimum, maximum, conformance } } of await experiments()) {
  // A length that is cheap, and long enough for a line, also of a reference that takes 20 steps to compute.
  const steps = String(Math.min(Math.max(conformance, minimum, 25), maximum));
  test(`${id}: a run moves the curves and ends with the command line's digest`, async () => {
    const page = await lab.open({ hash: `#${id}?seed=3&steps=${steps}` });
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), title);
    const fresh = await lines(page);
    assert.ok(fresh.length > 0 && fresh.every((path) => path === ""));
    await runToTheEnd(page);
    for (const contender of contenders.keys()) {
      const drawn = await lines(page, `.curve .raw${contender}`);
      assert.ok(drawn.some((path) => /^M.+L/.test(path)), `${contenders[contender]} has a line`);
      const readings = await page.locator(".readings tbody tr").nth(contender).locator("td").allTextContents();
      assert.ok(readings.some((text) => /\d/.test(text)), `${contenders[contender]} has a reading`);
    }
    assert.equal(await digest(page), await digestOfCommand(id, "--seed", "3", "--steps", steps));
    const command = await page.locator("#command").textContent();
    assert.equal(command, `habit run ${id} --seed 3 --steps ${steps}`);
    assert.equal(await digest(page), await digestOfCommand(...command.split(" ").slice(2)));
    assert.deepEqual(page.faults, []);
  });
}

test("the same digest whatever the pace and however often it is halted", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=9&steps=60" });
  await page.locator("#step").click();
  await phase(page, /^Paused after 1 episode$/);
  await page.locator("#tick").click();
  await page.locator("#tick").click();
  await phase(page, /^Paused/);
  await page.locator("#run").click();
  await phase(page, /^(Running|Finished)/);
  await flatOut(page);
  await phase(page, /^Finished after 60 episodes$/);
  assert.equal(await digest(page), await digestOfCommand("cliff-walking", "--seed", "9", "--steps", "60"));
});

test("pause, step, tick, resume and reset do what they say", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=1000000" });
  const run = page.locator("#run");
  const start = await digest(page);
  await run.click();
  await phase(page, /^Running$/);
  assert.equal(await run.textContent(), "Pause");
  await page.locator(".count").filter({ hasNotText: /^episode 0 / }).waitFor();
  await run.click();
  await phase(page, /^Paused after/);
  assert.equal(await run.textContent(), "Resume");
  const paused = await digest(page);
  assert.notEqual(paused, start);

  const before = Number(/^episode ([\d\u2009]+) /.exec(await count(page))[1].replaceAll("\u2009", ""));
  await page.locator("#step").click();
  await phase(page, new RegExp(`^Paused after ${before + 1} episodes?$`));
  const stepped = await digest(page);
  assert.notEqual(stepped, paused);

  await page.locator("#tick").click();
  await page.locator("#digest").filter({ hasNotText: stepped }).filter({ hasText: /[0-9a-f]{16}/ }).waitFor();
  await phase(page, new RegExp(`^Paused after ${before + 1} episodes?$`));

  await run.click();
  await phase(page, /^Running$/);
  await page.locator("#reset").click();
  await phase(page, /^Ready to run$/);
  assert.equal(await digest(page), start);
  assert.match(await count(page), /^episode 0 of/);
  assert.ok((await lines(page)).every((path) => path === ""));
  assert.deepEqual(page.faults, []);
});

test("what is drawn follows the contenders that are shown and the cursor", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=100" });
  await runToTheEnd(page);
  const tiles = page.locator(".grids .tile:not(.key, .gone)");
  assert.equal(await tiles.count(), 3);
  const toggle = page.getByRole("button", { name: "Q-learning", exact: true });
  await toggle.click();
  assert.equal(await toggle.getAttribute("aria-pressed"), "false");
  assert.equal(await tiles.count(), 2);
  await page.locator(".curve .raw.c1[d='']").first().waitFor({ state: "attached" });
  await toggle.click();
  assert.equal(await tiles.count(), 3);

  const plot = page.getByRole("slider", { name: "Return of each episode: cursor" });
  await plot.focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowRight");
  assert.match(await plot.getAttribute("aria-valuetext"), /^return at episode 3: SARSA −\d+, Q-learning −\d+/);
  assert.equal(await page.locator(".moment").textContent(), "at episode 3");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".moment").textContent(), "latest");
  await plot.hover();
  await page.locator(".moment").filter({ hasText: /^at episode/ }).waitFor();

  const world = page.getByRole("group", { name: /^SARSA: grid/ });
  await world.focus();
  await page.keyboard.press("ArrowUp");
  const told = page.locator(".grids .tile").first().locator(".told");
  assert.match(await told.textContent(), /^row 3, column 1: value −/);
});

test("the plane of two objectives shows the front, the policies, and where their weights pull them", async () => {
  const page = await lab.open({ hash: "#dynamic-reward-weighting.alignment?seed=1&steps=20" });
  await runToTheEnd(page);
  const front = page.locator(".front");
  const dots = async (of) => (await front.locator(`path.${of}`).getAttribute("d")).match(/M/g)?.length ?? 0;
  await front.locator(".policy0[d^='M']").waitFor({ state: "attached" });
  // Three runs, and what has stayed of the points that they leave every five updates.
  assert.equal(await dots("policy0"), 3);
  assert.equal(await dots("pull0"), 3);
  assert.ok((await dots("stay0")) > 0);
  assert.match(await front.locator(".words").textContent(), /^fixed: \d+ points on the front; policies: accuracy 0\.\d+/);
  await page.getByRole("button", { name: "fixed", exact: true }).click();
  await front.locator(".policy0[d='']").waitFor({ state: "attached" });
  assert.deepEqual(page.faults, []);
});
