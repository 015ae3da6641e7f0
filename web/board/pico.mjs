// A Raspberry Pi Pico without a board: an image on rp2040js, its serial line as bytes in and out. The chip's ROM is not there:
// the image is entered as the ROM would enter it, and the functions that it has for the flash are done in `boot_rom.mjs`.
import { BootRom } from "./boot_rom.mjs";

const FLASH = 0x10000000;
const VECTORS = FLASH + 0x100;
// The offset of AIRCR, where a program asks for a reset, among the core's own registers.
const AIRCR = 0xd0c;
// The number of the watchdog's page of registers.
const WATCHDOG = 0x40058;
// So many instructions between two bytes that arrive: the receiver's queue is never full. The clock goes with the line, on which a byte
// of ten bits takes so many nanoseconds: timers and the watchdog see a core of 3.5 MHz.
const PACE = 300;
const NANOS = 10e9 / 115200;
// So many are slept at least.
const MOMENT = 1e6;

/** What an image holds: addresses and bytes. */
export function readElf(elf) {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const [start, size, count] = [view.getUint32(28, true), view.getUint16(42, true), view.getUint16(44, true)];
  const segments = [];
  for (let at = start; at < start + size * count; at += size) {
    const [type, offset, , address, length] = [0, 4, 8, 12, 16].map((field) => view.getUint32(at + field, true));
    if (type === 1 && length > 0) segments.push([address, elf.subarray(offset, offset + length)]);
  }
  return segments;
}

/** The same from the file that the board's drive takes. */
export function readUf2(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const segments = [];
  for (let at = 0; at + 512 <= file.length; at += 512) {
    const [address, length] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
    segments.push([address, file.subarray(at + 32, at + 32 + length)]);
  }
  return segments;
}

export class Pico {
  #chip;
  #rom;
  #waiting = [];
  #sent = [];
  #restarts = false;

  /** Switched on with an image in its flash; the first argument is the module rp2040js. */
  constructor({ ConsoleLogger, LogLevel, RP2040 }, segments) {
    this.#chip = new RP2040();
    // What it does not model is read as ones, and every look at it would be a line.
    this.#chip.logger = new ConsoleLogger(LogLevel.Error);
    for (const [address, bytes] of segments) this.#chip.flash.set(bytes, address - FLASH);
    const { ppb, peripherals: { [WATCHDOG]: watchdog }, uart: [uart] } = this.#chip;
    // rp2040js knows no such resets.
    const write = ppb.writeUint32.bind(ppb);
    ppb.writeUint32 = (offset, value) => {
      if (offset === AIRCR) this.#restarts = true;
      else write(offset, value);
    };
    watchdog.onWatchdogTrigger = () => {
      this.#restarts = true;
      // A reset switches it off, which rp2040js leaves to us.
      watchdog.alarm.enable = false;
    };
    uart.onByte = (byte) => this.#sent.push(byte);
    this.#enter();
    this.#rom = new BootRom(this.#chip);
  }

  /** Its RAM. */
  get memory() {
    return this.#chip.sram;
  }

  /** For how many nanoseconds nothing happens unless a byte arrives; 0 while it runs. */
  get sleeps() {
    const idle = this.#chip.core.waiting && this.#waiting.length === 0 && !this.#restarts;
    return idle ? Math.max(this.#chip.clock.nanosToNextAlarm, MOMENT) : 0;
  }

  /** Bytes for its line. */
  receive(bytes) {
    for (const byte of bytes) this.#waiting.push(byte);
  }

  /** Starts it anew, as by its button. */
  reset() {
    this.#restarts = true;
  }

  /** Runs for some hundred thousand instructions, or until it sleeps, after it has slept for `asleep` nanoseconds; returns what its
   * line has sent. */
  run(asleep = 0) {
    const { clock, core, uart: [uart] } = this.#chip;
    clock.tick(asleep);
    for (let slice = 0; slice < 1000; slice++) {
      if (this.#restarts) {
        this.#restarts = false;
        this.#enter();
      }
      if (this.#waiting.length > 0) uart.feedByte(this.#waiting.shift());
      // The line wakes it, or its timer, of which rp2040js does not tell it.
      if (core.waiting && core.pendingSystick && core.checkForInterrupts()) core.waiting = false;
      if (core.waiting) break;
      for (let instruction = 0; instruction < PACE && !core.waiting; instruction++) {
        if (!this.#rom.call(core)) core.executeInstruction();
      }
      clock.tick(NANOS);
    }
    const sent = Uint8Array.from(this.#sent);
    this.#sent = [];
    return sent;
  }

  #enter() {
    const { core } = this.#chip;
    core.reset();
    // rp2040js goes on where it is: asleep, or with an interrupt that nobody is ready for.
    Object.assign(core, { waiting: false, PM: false, enabledInterrupts: 0, pendingInterrupts: 0 });
    core.VTOR = VECTORS;
    core.SP = this.#chip.readUint32(VECTORS);
    core.PC = this.#chip.readUint32(VECTORS + 4) & ~1;
  }
}
