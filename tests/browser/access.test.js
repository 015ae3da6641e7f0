// Every pair of eyes and hands: axe, narrow screens, the keyboard alone, themes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, gallery, looks, phase, runToTheEnd, start, violations } from "./harness.js";

let lab;
before(async () => { lab = await start(); });
after(() => lab?.close());

const SCREENS = { phone: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } };

for (const { id } of await looks()) {
  for (const theme of ["light", "dark"]) {
    for (const [screen, size] of Object.entries(SCREENS)) {
      test(`${id}, ${theme}, ${screen}: axe finds nothing and nothing is cut off`, async () => {
        const page = await lab.open({ hash: `#${id}?seed=1&steps=60`, theme, ...size });
        assert.deepEqual(await violations(page), []);
        await runToTheEnd(page);
        assert.deepEqual(await violations(page), []);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= size.width, `${width} pixels wide on a screen of ${size.width}`);
      });
    }
  }
}

for (const theme of ["light", "dark"]) {
  for (const [screen, size] of Object.entries(SCREENS)) {
    test(`gallery, ${theme}, ${screen}: axe finds nothing and nothing is cut off`, async () => {
      const page = await gallery(lab, { theme, ...size });
      assert.deepEqual(await violations(page), []);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= size.width, `${width} pixels wide on a screen of ${size.width}`);
      await page.locator("#search").fill("no such words anywhere");
      assert.deepEqual(await violations(page), []);
    });
  }
}

test("messages and faults are accessible too", async () => {
  for (const theme of ["light", "dark"]) {
    const page = await lab.open({ hash: "#tabular-td.cliff-walking?epsilon=7", theme });
    await page.getByRole("textbox", { name: "Steps" }).fill("none");
    assert.deepEqual(await violations(page), []);
    const broken = await lab.open({
      theme,
      ready: false,
      prepare: (page) => page.route("**/room-*.js", (route) => route.abort()),
    });
    await broken.getByRole("alert").waitFor();
    assert.deepEqual(await violations(broken), []);
  }
});

test("the keyboard alone is enough", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=4&steps=30" });
  const here = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  const walk = async (target) => {
    for (let i = 0; i < 60 && (await here()) !== target; i += 1) await page.keyboard.press("Tab");
    assert.equal(await here(), target);
  };
  await page.keyboard.press("Tab");
  assert.equal(await here(), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await here(), "main");
  await page.keyboard.press("Tab");
  assert.equal(await here(), "run", "the first stop in an experiment is Run");
  await walk("step");
  await page.keyboard.press("Space");
  await phase(page, /^Paused after 1 episode$/);
  await walk("pace");
  await page.keyboard.press("End");
  await walk("seed");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("6");
  await page.keyboard.press("Enter");
  await phase(page, /^Finished after 30 episodes$/);
  assert.equal(await digest(page), await digestOfCommand("cliff-walking", "--seed", "6", "--steps", "30"));
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid", "the focus is visible");
});

test("a button that cannot be used keeps the keyboard where it is", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=4&steps=1" });
  await page.locator("#step").focus();
  await page.keyboard.press("Enter");
  await phase(page, /^Finished after 1 episode$/);
  assert.equal(await page.locator("#step").getAttribute("aria-disabled"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.id), "step");
  await page.keyboard.press("Enter");
  await phase(page, /^Finished after 1 episode$/);
});

test("the theme follows the system until it is chosen, and is remembered", async () => {
  const page = await lab.open({ theme: "dark" });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  assert.equal(await theme(), "dark");
  const toggle = page.getByRole("button", { name: "Dark theme" });
  assert.equal(await toggle.getAttribute("aria-pressed"), "true");
  await toggle.click();
  assert.equal(await theme(), "light");
  await page.reload();
  await phase(page, /^Ready to run$/);
  assert.equal(await theme(), "light");
  assert.equal(await toggle.getAttribute("aria-pressed"), "false");
});

test("nothing jumps while a run goes on", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=300", ...SCREENS.wide });
  const places = () => page.evaluate(() => {
    const parts = document.querySelectorAll(".transport > *, .transport button, .panel, .tile, .chart, .claims");
    return [...parts].map((part) => {
      const { x, y, width, height } = part.getBoundingClientRect();
      return [part.id || part.className, x, y + scrollY, width, height].join(" ");
    });
  });
  const before = await places();
  await runToTheEnd(page);
  assert.deepEqual(await places(), before);
});
