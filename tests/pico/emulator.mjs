// A Raspberry Pi Pico without a board: runs an image in rp2040js, its serial line on standard input and output.
//
// It takes the options of QEMU that the tests use: `-kernel ELF`, and `-monitor tcp:HOST:PORT`, which it calls for the commands
// `memsave ADDRESS LENGTH "FILE"`, `system_reset` and `quit`. The chip's ROM is not there: the image is entered as the ROM would enter it,
// and the functions that it has for the flash are done in `boot_rom.mjs`.

import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { ConsoleLogger, LogLevel, RP2040 } from "rp2040js";
import { BootRom } from "./boot_rom.mjs";

const FLASH = 0x10000000;
const RAM = 0x20000000;
const VECTORS = FLASH + 0x100;
// The offset of AIRCR, where a program asks for a reset, among the core's own registers.
const AIRCR = 0xd0c;
// The number of the watchdog's page of registers.
const WATCHDOG = 0x40058;
// So many instructions between two bytes that arrive: the receiver's queue is never full. The clock goes with the line, on which a byte
// of ten bits takes so many nanoseconds: timers and the watchdog see a core of 3.5 MHz.
const PACE = 300;
const NANOS = 10e9 / 115200;

const option = (name) => process.argv[process.argv.indexOf(name) + 1];

function load(chip, path) {
  const elf = readFileSync(path);
  const [start, size, count] = [elf.readUInt32LE(28), elf.readUInt16LE(42), elf.readUInt16LE(44)];
  for (let at = start; at < start + size * count; at += size) {
    const [type, offset, , address, length] = [0, 4, 8, 12, 16].map((field) => elf.readUInt32LE(at + field));
    if (type === 1 && length > 0) chip.flash.set(elf.subarray(offset, offset + length), address - FLASH);
  }
}

function enter(chip) {
  chip.core.reset();
  // rp2040js goes on where it is: asleep, or with an interrupt that nobody is ready for.
  Object.assign(chip.core, { waiting: false, PM: false, enabledInterrupts: 0, pendingInterrupts: 0 });
  chip.core.VTOR = VECTORS;
  chip.core.SP = chip.readUint32(VECTORS);
  chip.core.PC = chip.readUint32(VECTORS + 4) & ~1;
}

const chip = new RP2040();
// What it does not model is read as ones, and every look at it would be a line.
chip.logger = new ConsoleLogger(LogLevel.Error);
load(chip, option("-kernel"));
enter(chip);
const rom = new BootRom(chip);

// rp2040js knows no such reset.
let restarts = false;
const watchdog = chip.peripherals[WATCHDOG];
watchdog.onWatchdogTrigger = () => {
  restarts = true;
  // A reset switches it off, which rp2040js leaves to us.
  watchdog.alarm.enable = false;
};
const { ppb } = chip;
const write = ppb.writeUint32.bind(ppb);
ppb.writeUint32 = (offset, value) => {
  if (offset === AIRCR) restarts = true;
  else write(offset, value);
};

const [uart] = chip.uart;
const waiting = [];
let sent = [];
uart.onByte = (byte) => sent.push(byte);

let scheduled = null;
let asleep = 0;
function run() {
  const { core, clock } = chip;
  scheduled = null;
  clock.tick(asleep);
  asleep = 0;
  for (let slice = 0; slice < 1000; slice++) {
    if (restarts) {
      restarts = false;
      enter(chip);
    }
    if (waiting.length > 0) uart.feedByte(waiting.shift());
    // The line wakes it, or its timer, of which rp2040js does not tell it.
    if (core.waiting && core.pendingSystick && core.checkForInterrupts()) core.waiting = false;
    if (core.waiting) break;
    for (let instruction = 0; instruction < PACE && !core.waiting; instruction++) {
      if (!rom.call(core)) core.executeInstruction();
    }
    clock.tick(NANOS);
  }
  if (sent.length > 0) process.stdout.write(Buffer.from(sent));
  sent = [];
  schedule();
}

function schedule() {
  if (scheduled) scheduled();
  if (chip.core.waiting && waiting.length === 0 && !restarts) {
    const nanos = chip.clock.nanosToNextAlarm;
    const timer = setTimeout(() => ((asleep = nanos), run()), nanos / 1e6);
    scheduled = () => clearTimeout(timer);
  } else {
    const now = setImmediate(run);
    scheduled = () => clearImmediate(now);
  }
}

process.stdin.on("data", (bytes) => {
  for (const byte of bytes) waiting.push(byte);
  schedule();
});
process.stdin.on("end", () => process.exit());

const [, host, port] = (option("-monitor") ?? "").split(":");
if (port !== undefined) {
  createInterface({ input: connect(Number(port), host) }).on("line", (line) => {
    const [command, address, length, file] = line.split(" ");
    if (command === "memsave") {
      const start = Number(address) - RAM;
      writeFileSync(JSON.parse(file), chip.sram.subarray(start, start + Number(length)));
    }
    if (command === "system_reset") {
      restarts = true;
      schedule();
    }
    if (command === "quit") process.exit();
  });
}
schedule();
