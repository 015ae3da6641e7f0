// After the first load the lab needs no network, and a new build replaces the old one as a whole.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, phase, runToTheEnd, start } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

/** Waits until a service worker keeps the site for this page. */
const kept = (page) => page.evaluate(() => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  navigator.serviceWorker.addEventListener("controllerchange", () => resolve());
}));

test("without a network the page reloads, and rooms that were never opened run", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=5&steps=30", serviceWorkers: "allow" });
  await kept(page);
  // Chromium's switch does not reach service workers, so the server goes too.
  await lab.stop();
  await page.context().setOffline(true);
  await page.reload();
  await phase(page, /^Ready to run$/);
  await runToTheEnd(page);
  assert.equal(await digest(page), await digestOfCommand("cliff-walking", "--seed", "5", "--steps", "30"));
  await page.evaluate(() => { location.hash = "#dynlin-ucb?seed=5&steps=50"; });
  await page.getByRole("heading", { level: 1, name: "Dynamical linear bandit" }).waitFor();
  await phase(page, /^Ready to run$/);
  await runToTheEnd(page);
  assert.equal(await digest(page), await digestOfCommand("dynlin-ucb", "--seed", "5", "--steps", "50"));
  // The virtual board too.
  await page.getByRole("button", { name: "Virtual board" }).click();
  await page.getByText("The run on this page is the board’s.").waitFor();
  await lab.resume();
  assert.deepEqual(page.faults, []);
});

test("a new build waits until it is asked for, and then comes whole", async () => {
  const page = await lab.open({ serviceWorkers: "allow" });
  await kept(page);
  const caches = () => page.evaluate(() => caches.keys());
  const [old] = await caches();
  lab.replace("service-worker.js", (text) => text.replace(/"version":"\w+"/, '"version":"another"'));
  lab.replace("experiments/index.json", (text) => text.replace("Cliff walking", "Another cliff"));
  await page.reload();
  await phase(page, /^Ready to run$/);
  // The old build is still what is shown.
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()));
  const notice = page.locator("#update");
  await notice.waitFor();
  const list = page.getByRole("navigation", { name: "Experiments" });
  assert.equal(await list.getByRole("link", { name: "Another cliff" }).count(), 0);
  await notice.getByRole("button", { name: "Load it" }).click();
  await list.getByRole("link", { name: "Another cliff" }).waitFor();
  await phase(page, /^Ready to run$/);
  await page.waitForFunction(async (old) => !(await caches.keys()).includes(old), old);
  assert.equal((await caches()).length, 1);
  assert.deepEqual(page.faults, []);
});
