// Boards beside the page: the micro:bit's image in QEMU behind Web Serial, and the Pico in the page itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { after, before, test } from "node:test";
import { digest, digestOfCommand, flatOut, phase, start, violations } from "./harness.js";

const IMAGE = process.env.HABIT_BOARD;
const RUN = ["--seed", "3", "--steps", "12"];
const HASH = "#tabular-td.cliff-walking?seed=3&steps=12";

let lab;
before(async () => {
  if (!IMAGE) throw new Error("HABIT_BOARD is not set: it must be the image that `cargo xtask firmware` writes for microbit-v1");
  await access(IMAGE);
  lab = await start();
});
after(() => lab?.close());

/** In the page: `navigator.serial` with one port, whose bytes go through `serialWrite` and come through `serialPush`. */
function fakeSerial() {
  let source = null;
  const port = {
    readable: null,
    writable: null,
    getInfo: () => ({ usbVendorId: 0x0d28, usbProductId: 0x0204 }),
    async open({ baudRate }) {
      if (baudRate !== 115200) throw new Error("another rate");
      if (!(await window.serialOpen())) throw new DOMException("Failed to open serial port.", "NetworkError");
      port.readable = new ReadableStream({ start: (controller) => { source = controller; }, cancel() {} });
      port.writable = new WritableStream({ write: (bytes) => window.serialWrite([...bytes]) });
    },
    async close() {
      port.readable = port.writable = source = null;
    },
  };
  window.serialPush = (bytes) => source?.enqueue(Uint8Array.from(bytes));
  window.serialUnplug = () => {
    const gone = source;
    port.readable = port.writable = source = null;
    gone?.error(new DOMException("The device has been lost.", "NetworkError"));
  };
  const serial = { requestPort: async () => port, getPorts: async () => [port], addEventListener() {} };
  Object.defineProperty(Navigator.prototype, "serial", { get: () => serial, configurable: true });
}

/** A page whose serial port leads to `device`: `open` says whether it can be opened, `write` takes bytes, `page` is filled in. */
async function withPort(device, options = {}) {
  return lab.open({
    hash: HASH,
    ...options,
    prepare: async (page) => {
      device.page = page;
      await page.exposeFunction("serialOpen", () => device.open());
      await page.exposeFunction("serialWrite", (bytes) => device.write(Buffer.from(bytes)));
      await page.addInitScript(fakeSerial);
    },
  });
}

/** Bytes for the page, in order. */
const push = (device, bytes) => {
  const send = () => device.page.evaluate((numbers) => window.serialPush(numbers), [...bytes]).catch(() => {});
  device.pushed = (device.pushed ?? Promise.resolve()).then(send);
  return device.pushed;
};

/** The board in QEMU. */
function emulated() {
  const device = {
    program: null,
    open() {
      device.program ??= spawn("qemu-system-arm", [
        "-machine", "microbit", "-nographic", "-monitor", "none", "-serial", "stdio", "-kernel", IMAGE,
      ], { stdio: ["pipe", "pipe", "inherit"] }).on("error", (fault) => { throw fault; });
      device.program.stdout.removeAllListeners("data").on("data", (bytes) => push(device, bytes));
      return true;
    },
    write: (bytes) => { device.program.stdin.write(bytes); },
    async off() {
      device.program?.kill();
      device.program = null;
    },
  };
  return device;
}

const panel = (page) => page.locator(".board");
const connect = async (page, name) => {
  await panel(page).getByRole("button", { name }).click();
  await panel(page).getByText("The run on this page is the board’s.").waitFor();
  await phase(page, /^Ready to run$/);
};
const equal = (page, after) => panel(page).locator(".verdict").filter({ hasText: `Equal after ${after}` }).waitFor();

test("a board over Web Serial learns before one's eyes, with every control", async () => {
  const device = emulated();
  const page = await withPort(device);
  try {
    await connect(page, "Connect a board");
    await equal(page, "0 episodes");
    assert.match(await panel(page).textContent(), /Kernel \d+\.\d+\.\d+, libm; a run takes/);
    assert.equal(await panel(page).getByRole("link").textContent(), "Dynamical linear bandit");

    await page.locator("#step").click();
    await phase(page, /^Paused after 1 episode$/);
    await equal(page, "1 episode");
    await page.locator("#tick").click();
    await page.locator("#tick").click();
    await phase(page, /^Paused after 1 episode$/);
    await equal(page, "1 episode");

    await flatOut(page);
    await page.locator("#run").click();
    await phase(page, /^Finished after 12 episodes$/);
    await equal(page, "12 episodes");
    assert.equal(await digest(page), await digestOfCommand("cliff-walking", ...RUN));
    assert.equal(await page.locator("#digest-board").textContent(), await digest(page));
    assert.equal(await page.locator("#digest-browser").textContent(), await digest(page));
    // The curves are those of its samples, the grid that of the checkpoint that was fetched from it.
    assert.match(await page.locator(".curve .raw0").first().getAttribute("d"), /^M.+L/);
    await page.locator(".grids .tile0 .arrows[d^='M']").waitFor({ state: "attached" });

    // At a pace, and halted on the way.
    await page.locator("#pace").fill("7");
    await page.locator("#reset").click();
    await phase(page, /^Ready to run$/);
    await page.locator("#run").click();
    await page.locator(".count").filter({ hasNotText: /^episode 0 / }).waitFor();
    await page.locator("#run").click();
    await phase(page, /^Paused after \d+ episodes?$/);
    await equal(page, "");

    // Back: this browser runs again, to the same digest.
    await panel(page).getByRole("button", { name: "Leave the board" }).click();
    await phase(page, /^Ready to run$/);
    await flatOut(page);
    await page.locator("#run").click();
    await phase(page, /^Finished after 12 episodes$/);
    assert.equal(await digest(page), await digestOfCommand("cliff-walking", ...RUN));
    assert.deepEqual(page.faults, []);
  } finally {
    await device.off();
  }
});

test("a board that is unplugged says so and goes on when it is back; one that talks nonsense is shown as such", async () => {
  const device = emulated();
  const page = await withPort(device);
  try {
    await connect(page, "Connect a board");
    await push(device, Buffer.from("\u0007\u00ff zzz ### \r\n[1]\r\n"));
    const noise = panel(page).locator(".noise");
    assert.match(await noise.textContent(), /^The board talks nonsense: .*\[1\]$/);
    assert.deepEqual(await violations(page), []);

    await page.locator("#run").click();
    await page.evaluate(() => window.serialUnplug());
    const alert = page.locator("main > .alert");
    assert.match(await alert.textContent(), /^The board stopped: it was unplugged\./);
    const { open } = device;
    device.open = () => false;
    await alert.getByRole("button", { name: "Start it again" }).click();
    await alert.filter({ hasText: "The serial port cannot be opened. Is the board plugged in" }).waitFor();
    device.open = open;
    await alert.getByRole("button", { name: "Start it again" }).click();
    await phase(page, /^Ready to run$/);
    await flatOut(page);
    await page.locator("#run").click();
    await phase(page, /^Finished after 12 episodes$/);
    await equal(page, "12 episodes");
    assert.deepEqual(page.faults, []);
  } finally {
    await device.off();
  }
});

test("what is no board of ours is refused with the reason, and the run in the browser stays", async () => {
  let answer = "";
  const device = {
    open: () => true,
    write: () => { if (answer) push(device, Buffer.from(answer)); },
  };
  const page = await withPort(device);
  const fault = panel(page).getByRole("alert");
  for (const [said, reason] of [
    ["MicroPython v1.20 on nRF51\r\n>>> ", /^The board talks, but not the protocol: “(>>> )?MicroPython v1\.20 on nRF51”/],
    ["", /^The board does not answer\. Is an image of Habit on it\?$/],
    ['{"event":"hello","protocol":2,"kernel":"9","numerics":"libm","experiments":[]}\n', /speaks version 2 of the protocol/],
  ]) {
    answer = said;
    await panel(page).getByRole("button", { name: "Connect a board" }).click();
    await fault.filter({ hasText: reason }).waitFor();
    await phase(page, /^Ready to run$/);
  }
  assert.deepEqual(page.faults, []);
});

test("a browser without Web Serial says so, and the virtual board's digest agrees", async () => {
  const asked = [];
  const page = await lab.open({
    hash: HASH,
    prepare: async (page) => {
      page.on("request", (request) => asked.push(request.url()));
      await page.addInitScript(() => { delete Navigator.prototype.serial; });
    },
  });
  assert.match(await page.locator("#no-serial").textContent(), /^This browser has no Web Serial/);
  assert.equal(await panel(page).getByRole("button", { name: "Connect a board" }).count(), 0);
  const ofBoard = () => asked.filter((url) => /pico|virtual/.test(url)).length;
  assert.equal(ofBoard(), 0, "the image and the emulator are loaded on demand only");
  await connect(page, "Virtual board");
  assert.ok(ofBoard() >= 2);
  await flatOut(page);
  await page.locator("#run").click();
  await phase(page, /^Finished after 12 episodes$/);
  await equal(page, "12 episodes");
  const expected = await digestOfCommand("cliff-walking", ...RUN);
  assert.equal(await page.locator("#digest-board").textContent(), expected);
  assert.equal(await page.locator("#digest-browser").textContent(), expected);
  await page.locator(".grids .tile0 .arrows[d^='M']").waitFor({ state: "attached" });

  assert.deepEqual(await violations(page), []);

  // An experiment that its image does not hold runs in the browser; one that it holds, there.
  await page.evaluate(() => { location.hash = "#tabular-td.windy-grid?seed=1&steps=5"; });
  await panel(page).getByText("Its image does not hold this experiment, which runs in this browser.").waitFor();
  await phase(page, /^Ready to run$/);
  await panel(page).getByRole("link", { name: "Dynamical linear bandit" }).click();
  await panel(page).getByText("The run on this page is the board’s.").waitFor();
  await phase(page, /^Ready to run$/);
  await page.evaluate(() => { location.hash = "#dynlin-ucb?seed=2&steps=40"; });
  await page.locator(".count").filter({ hasText: "of 40" }).waitFor();
  await phase(page, /^Ready to run$/);
  await page.locator("#run").click();
  await phase(page, /^Finished after 40 rounds$/);
  await equal(page, "40 rounds");
  assert.equal(await digest(page), await digestOfCommand("dynlin-ucb", "--seed", "2", "--steps", "40"));
  assert.deepEqual(page.faults, []);
});
