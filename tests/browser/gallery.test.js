// The start page: every experiment as a card, found by words, by room, by keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { experiments, gallery, phase, start } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

const titles = (page) => page.locator(".card h2").allTextContents();

test("the start page shows every experiment with its picture, and loads no room", async () => {
  const asked = [];
  const page = await gallery(lab, { prepare: (page) => page.on("request", (request) => asked.push(request.url())) });
  const table = await experiments();
  assert.deepEqual(await titles(page), table.map((entry) => entry.title));
  const drawn = await page.locator(".card-picture").evaluateAll((pictures) =>
    pictures.map((picture) => [...picture.querySelectorAll("path")].filter((path) => /L/.test(path.getAttribute("d"))).length));
  assert.deepEqual(drawn, table.map((entry) => entry.contenders.length), "a line a contender");
  assert.equal(await page.locator("#found").textContent(), `${table.length} experiments`);
  assert.ok(asked.every((url) => !/room-|worker/.test(url)), asked.join("\n"));
  assert.equal(await page.title(), "Habit lab");
  assert.deepEqual(page.faults, []);
});

test("words and rooms find experiments", async () => {
  const page = await gallery(lab);
  await page.locator("#search").fill("SARSA cliff");
  await page.locator("#found").filter({ hasText: /^\d of \d+ experiments$/ }).waitFor();
  assert.ok((await titles(page)).includes("Cliff walking"));
  await page.locator("#search").fill("no such thing");
  await page.locator("#found").filter({ hasText: "No experiment has all of these words." }).waitFor();
  assert.deepEqual(await titles(page), []);
  await page.locator("#search").fill("");
  await page.getByRole("radio", { name: "bandit" }).check();
  const bandits = (await experiments()).filter((entry) => entry.room === "bandit").map((entry) => entry.title);
  await page.locator("#found").filter({ hasText: `${bandits.length} of ` }).waitFor();
  assert.deepEqual(await titles(page), bandits);
});

test("a card leads to its experiment and the mark leads back", async () => {
  const page = await gallery(lab);
  const card = page.getByRole("link", { name: "Dynamical linear bandit" });
  await card.focus();
  await page.keyboard.press("Enter");
  await phase(page, /^Ready to run$/);
  await page.locator("#step").click();
  await phase(page, /^Paused/);
  await page.getByRole("link", { name: "Habit lab, all experiments" }).click();
  await page.locator(".card").first().waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Dynamical linear bandit" }).waitFor();
  await phase(page, /^(Ready to run|Paused)/);
  assert.deepEqual(page.faults, []);
});
