// Many seeds: a sweep and its digest, claims measured here, cancelled midway, and a worker that dies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { digestOfCommand, experiments, start, violations } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

const swept = (page, pattern) => page.locator("#swept").filter({ hasText: pattern }).waitFor();

/** Workers of the pool can be killed: `window.workers` holds all that were started. */
const keepWorkers = (page) => page.addInitScript(() => {
  const Native = window.Worker;
  window.workers = [];
  window.Worker = class extends Native {
    constructor(...words) {
      super(...words);
      window.workers.push(this);
    }
  };
});

test("a sweep draws a band and ends with the command line's digest", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=3&steps=60&epsilon=0.2" });
  await page.locator("#seeds").fill("12");
  await page.locator("#sweep").click();
  await swept(page, /^12 seeds, in \d+ workers? on this machine’s processor$/);
  const words = ["--seed", "3", "--steps", "60", "--set", "epsilon=0.2", "--seeds", "12"];
  assert.equal(await page.locator("#sweep-digest").textContent(), await digestOfCommand("tabular-td.cliff-walking", ...words));
  assert.equal(await page.locator("#sweep-command").textContent(), `habit run tabular-td.cliff-walking ${words.join(" ")}`);
  await page.locator(".curve .band0[d^='M']").first().waitFor({ state: "attached" });
  assert.match(await page.locator(".note-mean").first().textContent(), /band of 12 seeds/);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator(".curve .band0[d='']").first().waitFor({ state: "attached" });
  assert.deepEqual(page.faults, []);
});

test("a sweep can be cancelled midway and started again", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=20000" });
  await page.locator("#seeds").fill("500");
  await page.locator("#sweep").click();
  await swept(page, /^[1-9]\d* of 500 seeds/);
  await page.locator("#sweep").click();
  await swept(page, /^Cancelled after \d+ of 500 seeds$/);
  assert.equal(await page.locator("#sweep-digest").count(), 0);
  await page.locator("#seeds").fill("1");
  await page.locator("#seeds-hint").filter({ hasText: "Enter a whole number from 2 to 1000." }).waitFor();
  await page.locator("#seeds").fill("2");
  await page.locator("#sweep").click();
  await swept(page, /^2 seeds/);
});

test("claims are measured in the page, beside what is recorded", async () => {
  const page = await lab.open();
  const { claims } = (await experiments()).find(({ id }) => id === "tabular-td.cliff-walking");
  assert.equal(await page.getByText("Recorded: holds").count(), claims.filter((claim) => claim.recorded).length);
  await page.locator("#measure-all").click();
  await page.locator("#claims-told").filter({ hasText: `${claims.length} of ${claims.length} measured here hold` }).waitFor();
  assert.match(await page.locator(".verdicts").first().textContent(), /Here: −2\d\.\d+, holds/);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.faults, []);
});

test("a worker of the pool that dies is told of, the run goes on, and the next sweep works", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=20000", prepare: keepWorkers });
  await page.locator("#seeds").fill("500");
  await page.locator("#sweep").click();
  await swept(page, /^[1-9]\d* of 500 seeds/);
  await page.evaluate(() => window.workers.at(-1).dispatchEvent(new ErrorEvent("error", { message: "unreachable" })));
  await swept(page, /^The sweep stopped: unreachable\.$/);
  await page.locator("#seeds").fill("3");
  await page.locator("#sweep").click();
  await swept(page, /^3 seeds/);
  assert.equal(await page.locator("#sweep-digest").textContent(), await digestOfCommand("cliff-walking", "--steps", "20000", "--seeds", "3"));
  await page.locator("#step").click();
  await page.locator(".phase [role=status]").filter({ hasText: /^Paused/ }).waitFor();
});
