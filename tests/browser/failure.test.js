// What the page says when something is missing, and how it goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, phase, runToTheEnd, start } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

/** Opens the page while `pattern` cannot be fetched; what ends that is returned too. */
async function without(pattern, options = {}) {
  const page = await lab.open({
    ready: false,
    prepare: (page) => page.route(pattern, (route) => route.abort()),
    ...options,
  });
  return [page, () => page.unroute(pattern)];
}

for (const [what, pattern] of [
  ["its script", "**/worker.js*"],
  ["its module", "**/room-learn.js"],
  ["its code", "**/room-learn_bg.wasm"],
]) {
  test(`a worker that lacks ${what} says so and can be started again`, async () => {
    const [page, mend] = await without(pattern);
    const alert = page.getByRole("alert");
    assert.match(await alert.textContent(), /^The kernel’s worker stopped: .+\./);
    await page.locator("#run").click({ force: true });
    await phase(page, /^Stopped$/);
    await mend();
    await page.getByRole("button", { name: "Start it again" }).click();
    await phase(page, /^Ready to run$/);
    assert.equal(await alert.count(), 0);
    await page.getByRole("textbox", { name: "Steps" }).fill("40");
    await runToTheEnd(page);
    assert.equal(await digest(page), await digestOfCommand("cliff-walking", "--seed", "1", "--steps", "40"));
  });
}

test("a worker that dies during a run says so and can be started again", async () => {
  const page = await lab.open({
    hash: "#tabular-td.cliff-walking?seed=1&steps=1000000",
    prepare: (page) => page.addInitScript(() => {
      const Native = window.Worker;
      window.Worker = class extends Native {
        constructor(...words) {
          super(...words);
          window.lastWorker = this;
        }
      };
    }),
  });
  await page.locator("#run").click();
  await phase(page, /^Running$/);
  await page.evaluate(() => window.lastWorker.dispatchEvent(new ErrorEvent("error", { message: "unreachable" })));
  assert.match(await page.getByRole("alert").textContent(), /worker stopped: unreachable/);
  await page.getByRole("button", { name: "Start it again" }).click();
  await phase(page, /^Ready to run$/);
  await page.locator("#step").click();
  await phase(page, /^Paused after 1 episode$/);
});

test("without the table of experiments the page says so in one sentence, and tries again", async () => {
  const [page, mend] = await without("**/experiments/index.json");
  const alert = page.getByRole("alert");
  const sentence = "experiments/index.json could not be loaded: the server does not answer.";
  assert.equal(await alert.locator("p").textContent(), sentence);
  await mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await phase(page, /^Ready to run$/);
});

test("without a network another experiment cannot be opened, and the page says so", async () => {
  const page = await lab.open();
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Dynamical linear bandit" }).click();
  const alert = page.getByRole("alert");
  assert.match(await alert.textContent(), /^experiments\/dynlin-ucb\.json could not be loaded: the server does not/);
  await page.context().setOffline(false);
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { level: 1, name: "Dynamical linear bandit" }).waitFor();
  await phase(page, /^Ready to run$/);
});

test("a descriptor that is broken or missing is refused with the reason", async () => {
  for (const [answer, reason] of [
    [{ status: 200, body: "{" }, /could not be read: it is damaged/],
    [{ status: 404, body: "" }, /the server answers 404\./],
  ]) {
    const page = await lab.open({
      ready: false,
      prepare: (page) => page.route("**/experiments/tabular*.json", (route) => route.fulfill(answer)),
    });
    assert.match(await page.getByRole("alert").textContent(), reason);
  }
});

test("a page whose own module is missing says so", async () => {
  const [page, mend] = await without("**/shell_bg.wasm");
  assert.match(await page.getByRole("alert").textContent(), /^The lab could not be loaded: the server does/);
  await mend();
  await page.getByRole("button", { name: "Try again" }).click();
  await phase(page, /^Ready to run$/);
});
