// Takes a picture of every experiment after a run: light and dark, phone and wide. `node screenshots.js FOLDER`.
// One of them, at the size for the README, is `readme.png`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { experiments, gallery, phase, runToTheEnd, start } from "./harness.js";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node screenshots.js FOLDER");
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const SCREENS = { phone: { width: 360, height: 740, deviceScaleFactor: 2 }, wide: { width: 1440, height: 900 } };

/** Nothing pointed at, nothing in focus. */
async function settle(page) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
}

const lab = await start();
try {
  for (const { id } of await experiments()) {
    for (const theme of ["light", "dark"]) {
      for (const [screen, size] of Object.entries(SCREENS)) {
        const page = await lab.open({ hash: `#${id}`, theme, ...size });
        await runToTheEnd(page);
        await settle(page);
        const path = join(folder, `${id}-${theme}-${screen}.png`);
        await page.screenshot({ path, fullPage: true });
        console.log(path);
        await page.context().close();
      }
    }
  }
  for (const theme of ["light", "dark"]) {
    for (const [screen, size] of Object.entries(SCREENS)) {
      const page = await gallery(lab, { theme, ...size });
      const path = join(folder, `gallery-${theme}-${screen}.png`);
      await page.screenshot({ path });
      console.log(path);
      await page.context().close();
    }
  }
  for (const [name, options, prepare] of [
    ["message", { hash: "#no-such-thing?seed=x", ready: false }, (page) => page.locator(".card").first().waitFor()],
    ["fault", {}, (page) => page.getByRole("textbox", { name: "Steps" }).fill("none")],
    ["paused", { hash: "#tabular-td.cliff-walking?seed=1&steps=500" }, async (page) => {
      await page.locator("#run").click();
      await page.locator(".count").filter({ hasText: /^\w+ [1-9]\d\d of/ }).waitFor();
      await page.locator("#run").click();
      await phase(page, /^Paused/);
    }],
  ]) {
    const page = await lab.open({ ...SCREENS.wide, ...options });
    await prepare(page);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.context().close();
  }
  const page = await lab.open({ width: 1360, height: 1160 });
  await runToTheEnd(page);
  await settle(page);
  await page.screenshot({ path: join(folder, "readme.png") });
} finally {
  await lab.close();
}
