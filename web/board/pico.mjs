// A Raspberry Pi Pico without a board: an image on rp2040js, its serial line as bytes in and out. The chip's ROM is not there:
// the image is entered as the ROM would enter it.

const FLASH = 0x10000000;
const VECTORS = FLASH + 0x100;
// The offset of AIRCR, where a program asks for a reset, among the core's own registers.
const AIRCR = 0xd0c;
// So many instructions between two bytes that arrive: the receiver's queue is never full.
const PACE = 300;

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
  #waiting = [];
  #sent = [];
  #restarts = false;

  /** Switched on with an image in its flash; `RP2040` is the class of rp2040js. */
  constructor(RP2040, segments) {
    this.#chip = new RP2040();
    for (const [address, bytes] of segments) this.#chip.flash.set(bytes, address - FLASH);
    // rp2040js knows no such reset.
    const { ppb, uart: [uart] } = this.#chip;
    const write = ppb.writeUint32.bind(ppb);
    ppb.writeUint32 = (offset, value) => {
      if (offset === AIRCR) this.#restarts = true;
      else write(offset, value);
    };
    uart.onByte = (byte) => this.#sent.push(byte);
    this.#enter();
  }

  /** Its RAM. */
  get memory() {
    return this.#chip.sram;
  }

  /** Whether nothing happens until a byte arrives. */
  get sleeps() {
    return this.#chip.core.waiting && this.#waiting.length === 0;
  }

  /** Bytes for its line. */
  receive(bytes) {
    for (const byte of bytes) this.#waiting.push(byte);
  }

  /** Runs for some hundred thousand instructions, or until it sleeps; returns what its line has sent. */
  run() {
    const { core, uart: [uart] } = this.#chip;
    for (let slice = 0; slice < 1000; slice++) {
      if (this.#waiting.length > 0) uart.feedByte(this.#waiting.shift());
      // Nothing but the line wakes it.
      if (core.waiting) break;
      for (let instruction = 0; instruction < PACE && !core.waiting; instruction++) core.executeInstruction();
      if (this.#restarts) {
        this.#restarts = false;
        this.#enter();
      }
    }
    const sent = Uint8Array.from(this.#sent);
    this.#sent = [];
    return sent;
  }

  #enter() {
    const { core } = this.#chip;
    core.reset();
    core.VTOR = VECTORS;
    core.SP = this.#chip.readUint32(VECTORS);
    core.PC = this.#chip.readUint32(VECTORS + 4) & ~1;
  }
}
