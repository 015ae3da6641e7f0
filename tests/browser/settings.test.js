// Fields and links: what they change, and what they refuse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, gallery, phase, runToTheEnd, start } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

const field = (page, label) => page.getByRole("textbox", { name: new RegExp(`^${label}`, "i") });

test("fields change the run, the command, the address and the digest", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking" });
  await field(page, "Seed").fill("42");
  await field(page, "Steps").fill("120");
  await field(page, "epsilon").fill("0.25");
  await phase(page, /^Ready to run$/);
  const command = page.locator("#command").filter({ hasText: "--set epsilon=0.25" });
  const words = ["--seed", "42", "--steps", "120", "--set", "epsilon=0.25"];
  assert.equal(await command.textContent(), ["habit run tabular-td.cliff-walking", ...words].join(" "));
  await runToTheEnd(page);
  const shown = await digest(page);
  assert.equal(shown, await digestOfCommand("tabular-td.cliff-walking", ...words));

  const link = new URL(page.url()).hash;
  assert.equal(link, "#tabular-td.cliff-walking?seed=42&steps=120&step_size=0.5&epsilon=0.25&discount=1");
  assert.equal(await page.locator("#link").getAttribute("href"), `${link}&digest=${shown}`);
  const other = await lab.open({ hash: link });
  assert.equal(await field(other, "epsilon").inputValue(), "0.25");
  await runToTheEnd(other);
  assert.equal(await digest(other), shown);
  assert.deepEqual([...page.faults, ...other.faults], []);
});

test("a link to the bandit reproduces its run", async () => {
  const hash = "#dynlin-ucb?seed=5&steps=3000&system=advertising&sigma=0.05&rho_bar=0.5";
  const page = await lab.open({ hash });
  assert.ok(await page.getByRole("radio", { name: "advertising" }).isChecked());
  await runToTheEnd(page);
  const set = ["system=advertising", "sigma=0.05", "rho_bar=0.5"].flatMap((value) => ["--set", value]);
  assert.equal(await digest(page), await digestOfCommand("dynlin-ucb", "--seed", "5", "--steps", "3000", ...set));
  assert.equal(new URL(page.url()).hash, hash);
});

test("choices, sliders, dice and defaults set their fields", async () => {
  const page = await lab.open({ hash: "#dynlin-ucb?seed=1&steps=100" });
  await page.getByRole("radio", { name: "advertising" }).check();
  await page.locator("#command").filter({ hasText: "--set system=advertising" }).waitFor();
  const slider = page.locator(".field").filter({ hasText: "sigma" }).locator(".slider");
  await slider.fill("200");
  assert.equal(await field(page, "sigma").inputValue(), "0.2");
  await page.getByRole("button", { name: "Any seed" }).click();
  assert.notEqual(await field(page, "Seed").inputValue(), "1");
  await page.getByRole("button", { name: "Defaults" }).click();
  assert.equal(await field(page, "sigma").inputValue(), "0.01");
  assert.equal(await field(page, "Steps").inputValue(), "30000");
  await page.locator("#command").filter({ hasText: /^habit run dynlin-ucb --seed 1 --steps 30000$/ }).waitFor();
});

test("a bad value says what is wrong and does not start", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking" });
  const cases = [
    ["Seed", "-1", "Enter a whole number from 0 to 4294967295."],
    ["Steps", "0", "Enter a whole number from 1 to 1000000."],
    ["epsilon", "2", "Enter a number from 0 to 1."],
    ["epsilon", "NaN", "Enter a number from 0 to 1."],
    ["step size", "", null],
    ["discount", "1,5", "Enter a number from 0 to 1."],
  ];
  for (const [label, text, message] of cases) {
    const input = field(page, label);
    const sound = await input.inputValue();
    await input.fill(text);
    const hint = page.locator(`#${await input.getAttribute("aria-describedby")}`);
    if (message === null) {
      assert.equal(await input.getAttribute("aria-invalid"), "false", "an empty field takes its default");
    } else {
      assert.equal(await hint.textContent(), message);
      assert.equal(await input.getAttribute("aria-invalid"), "true");
      for (const start of ["#run", "#step", "#tick"]) {
        await page.locator(start).click();
        assert.equal(await input.evaluate((element) => element === document.activeElement), true, `${start}, ${label}`);
        assert.match(await page.locator(".count").textContent(), /^episode 0 /);
      }
      await input.press("Enter");
      assert.match(await page.locator(".count").textContent(), /^episode 0 /);
    }
    await input.fill(sound);
    assert.equal(await input.getAttribute("aria-invalid"), "false");
  }
  await runToTheEnd(page);
});

test("fields changed during a run wait for the next one", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=50" });
  await runToTheEnd(page);
  const first = await digest(page);
  await field(page, "Seed").fill("2");
  await page.getByText("Not in use yet.").waitFor();
  assert.equal(await digest(page), first);
  assert.match(await page.locator("#command").textContent(), /--seed 1 /);
  await field(page, "Seed").press("Enter");
  await page.locator("#command").filter({ hasText: "--seed 2 " }).waitFor();
  await phase(page, /^Finished/);
  assert.equal(await digest(page), await digestOfCommand("cliff-walking", "--seed", "2", "--steps", "50"));
});

test("a link that cannot be used opens with a notice and defaults", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=x&steps=0&epsilon=7&colour=red" });
  const notices = await page.locator(".notice li").allTextContents();
  assert.equal(notices.length, 4);
  assert.match(notices.join("\n"), /seed = “x”[^]*steps = “0”[^]*epsilon = “7”[^]*“colour”/);
  assert.equal(await field(page, "epsilon").inputValue(), "0.1");
  await page.getByRole("button", { name: "Dismiss" }).click();
  assert.equal(await page.locator(".notice").count(), 0);

  const lost = await gallery(lab, { hash: "#no-such-thing?seed=1" });
  assert.match(await lost.locator(".notice").textContent(), /no experiment of this lab: “no-such-thing”/);
  for (const hash of ["#%", "#?&&=", "#%F0%9F?%=%", "#tabular-td.cliff-walking?seed=1&seed=2&&"]) {
    const open = hash.startsWith("#tabular") ? lab.open({ hash }) : gallery(lab, { hash });
    assert.deepEqual((await open).faults, [], hash);
  }
});

test("the address leads to other runs, and back", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=7&steps=30" });
  await page.getByRole("link", { name: "Dynamical linear bandit" }).click();
  await page.getByRole("heading", { level: 1, name: "Dynamical linear bandit" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Cliff walking" }).waitFor();
  assert.equal(await field(page, "Seed").inputValue(), "7");
  await page.evaluate(() => { location.hash = "#tabular-td.cliff-walking?seed=8&steps=30"; });
  await page.locator("#command").filter({ hasText: "--seed 8 " }).waitFor();
  await runToTheEnd(page);
  assert.deepEqual(page.faults, []);
});

test("digest, command and link can be copied", async () => {
  const page = await lab.open({
    hash: "#tabular-td.cliff-walking?seed=7&steps=30",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  for (const [what, selector] of [["digest", "#digest"], ["command", "#command"], ["link", "#link"]]) {
    const button = page.locator(".record").getByRole("button", { name: `Copy the ${what}` });
    await button.click();
    await button.filter({ hasText: "Copied" }).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const shown = (await page.locator(selector).textContent()).trim();
    assert.equal(text, selector === "#link" ? page.url() : shown);
  }
});
