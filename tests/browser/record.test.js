// What can be taken away and brought back: a step of the past, a link that promises a digest, files, checkpoints.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, phase, runToTheEnd, start } from "./harness.js";

let lab;
let folder;
before(async () => {
  lab = await start();
  folder = await mkdtemp(join(tmpdir(), "habit-files-"));
});
after(async () => {
  await lab?.close();
  await rm(folder, { recursive: true, force: true });
});

const command = (...words) => execFileSync(process.env.HABIT_BIN, words, { encoding: "utf8", stdio: "pipe" });

async function saved(page, press) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return [download.suggestedFilename(), await readFile(await download.path())];
}

test("a run can be scrubbed back and on, to the bit", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=4&steps=300" });
  await runToTheEnd(page);
  const end = await digest(page);
  const line = () => page.locator(".curve .raw0").first().getAttribute("d");
  const whole = await line();
  await page.locator("#scrub").fill("120");
  await phase(page, /^Paused after 120 episodes$/);
  assert.equal(await digest(page), await digestOfCommand("cliff-walking", "--seed", "4", "--steps", "120"));
  assert.equal(await page.locator(".moment").textContent(), "at episode 120");
  assert.equal(await line(), whole, "the curve keeps what it has shown");
  await page.locator("#scrub").focus();
  await page.keyboard.press("ArrowRight");
  await phase(page, /^Paused after 121 episodes$/);
  await page.locator("#run").click();
  await phase(page, /^Finished/);
  assert.equal(await digest(page), end);
  await page.locator("#scrub").fill("0");
  await phase(page, /^Ready to run$/);
  assert.deepEqual(page.faults, []);
});

test("a link leads to a step and says whether the digest is the same", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=4&steps=300" });
  await page.locator("#scrub").fill("50");
  await phase(page, /^Paused after 50 episodes$/);
  await digest(page);
  const link = await page.locator("#link").getAttribute("href");
  assert.match(link, /&at=50&digest=[0-9a-f]{16}$/);
  for (const [hash, verdict] of [[link, /every bit is the same/], [link.replace(/.$/, (d) => (d === "0" ? "1" : "0")), /The link promises/]]) {
    const other = await lab.open({ hash, ready: false });
    await phase(other, /^Paused after 50 episodes$/);
    assert.match(await other.locator("#agreement").textContent(), verdict);
  }
  const far = await lab.open({ hash: "#tabular-td.cliff-walking?seed=4&steps=30&at=31&digest=x" });
  assert.equal(await far.locator(".notice li").count(), 2);
});

test("what is shown leaves as CSV, JSON, SVG and PNG", async () => {
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=2&steps=40" });
  await runToTheEnd(page);
  const [name, csv] = await saved(page, () => page.getByRole("button", { name: "CSV" }).click());
  assert.equal(name, "tabular-td.cliff-walking-2.csv");
  assert.equal(csv.toString(), command("run", "cliff-walking", "--seed", "2", "--steps", "40", "--format", "csv"));
  const [, json] = await saved(page, () => page.getByRole("button", { name: "JSON" }).click());
  const all = JSON.parse(json);
  assert.equal(all.digest, await digest(page));
  assert.equal(all.samples.SARSA.return.length, 40);
  const [, svg] = await saved(page, () => page.getByRole("button", { name: "SVG" }).click());
  assert.match(svg.toString(), /^<svg xmlns[^]*stroke="#0868ac"[^]*<\/svg>$/);
  const [, png] = await saved(page, () => page.getByRole("button", { name: "PNG" }).click());
  assert.deepEqual([...png.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  assert.deepEqual(page.faults, []);
});

test("a checkpoint of the command is loaded, one of the page is the same file, and a broken one is refused", async () => {
  const file = join(folder, "learned.habit");
  command("run", "cliff-walking", "--seed", "9", "--steps", "80", "--save", file);
  const learned = await digestOfCommand("cliff-walking", "--seed", "9", "--steps", "80");
  const page = await lab.open({ hash: "#tabular-td.cliff-walking?seed=1&steps=80" });
  const fresh = await digest(page);
  const kept = (pattern) => page.locator("#kept").filter({ hasText: pattern }).waitFor();
  const bytes = await readFile(file);
  for (const [place, reason] of [[0, /refused: .*checkpoint/], [bytes.length - 5, /refused: /]]) {
    const broken = Buffer.from(bytes);
    broken[place] ^= 1;
    await writeFile(join(folder, "broken.habit"), broken);
    await page.locator("#load").setInputFiles(join(folder, "broken.habit"));
    await kept(reason);
    assert.equal(await digest(page), fresh, "a refusal changes nothing");
  }
  await writeFile(join(folder, "empty.habit"), "");
  await page.locator("#load").setInputFiles(join(folder, "empty.habit"));
  await kept(/refused: it is no checkpoint, by its size/);
  await page.locator("#load").setInputFiles(file);
  await kept(/^Loaded\./);
  assert.equal(await digest(page), learned);
  const [name, again] = await saved(page, () => page.locator("#save").click());
  assert.equal(name, "tabular-td.cliff-walking.habit");
  assert.deepEqual(again, bytes);

  // As any other.
  command("run", "dyna-maze", "--seed", "1", "--steps", "2", "--save", file);
  const maze = await lab.open({ hash: "#tabular-td.dyna-maze?seed=1&steps=2" });
  await runToTheEnd(maze);
  const [, ofMaze] = await saved(maze, () => maze.locator("#save").click());
  assert.deepEqual(ofMaze, await readFile(file));
});
