// What the RP2040's ROM does to the flash (datasheet, sections 2.8.3.1.3 and 4.10), in the place of a ROM that rp2040js does not have.
//
// The functions are found as in the ROM, and done here when the core arrives at one. Between the one that takes the flash from the
// memory map and the code that gives it back, whoever fetches from flash is wrong, and so is another order than the datasheet's.

const [TABLE, LOOKUP, FUNCTIONS, STEP] = [0x100, 0x200, 0x300, 0x10];
const [SSI, SSIENR, SPI_CTRLR0] = [0x18000, 0x08, 0xf4];
const SECTOR = 4096;
const PAGE = 256;

export class BootRom {
  #chip;
  // How far the order has come: "mapped", "connected", "open", "flushed", "opening".
  #stage = "mapped";
  #functions;

  constructor(chip) {
    this.#chip = chip;
    this.#functions = [
      ["IF", () => this.#go("mapped", "connected")],
      ["EX", () => this.#exit()],
      ["RE", (offset, count, block, command) => this.#erase(offset, count, block, command)],
      ["RP", (offset, data, count) => this.#program(offset, data, count)],
      ["FC", () => this.#go("open", "flushed")],
    ];
    const view = new DataView(chip.bootrom.buffer);
    view.setUint16(0x14, TABLE, true);
    view.setUint16(0x18, LOOKUP | 1, true);
    this.#functions.forEach(([code], index) => {
      view.setUint16(TABLE + 4 * index, code.charCodeAt(0) | (code.charCodeAt(1) << 8), true);
      view.setUint16(TABLE + 4 * index + 2, (FUNCTIONS + STEP * index) | 1, true);
    });
    const ssi = chip.peripherals[SSI];
    const write = ssi.writeUint32.bind(ssi);
    ssi.writeUint32 = (offset, value) => {
      if (offset === SPI_CTRLR0 && this.#stage === "flushed") this.#stage = "opening";
      if (offset === SSIENR && value === 1 && this.#stage === "opening") this.#map();
      write(offset, value);
    };
  }

  // Does the function that the core has arrived at, and returns from it; false where there is none.
  call(core) {
    if (core.PC >= 0x4000) return false;
    const [a, b, c, d] = core.registers;
    const index = (core.PC - FUNCTIONS) / STEP;
    let result = 0xdeadbeef;
    if (core.PC === LOOKUP) result = this.#find(a, b);
    else if (this.#functions[index] !== undefined) this.#functions[index][1](a, b, c, d);
    else this.#wrong(`no function at 0x${core.PC.toString(16)}`);
    core.registers.set([result, 0xdeadbeef, 0xdeadbeef, 0xdeadbeef]);
    core.registers[12] = 0xdeadbeef;
    core.PC = core.LR & ~1;
    return true;
  }

  #wrong(why) {
    throw new Error(`the ROM: ${why}, while the flash is ${this.#stage}`);
  }

  #go(from, to) {
    if (this.#stage !== from) this.#wrong(`out of order, expected ${from}`);
    this.#stage = to;
  }

  #find(table, code) {
    for (let at = table; this.#chip.readUint16(at) !== 0; at += 4) {
      if (this.#chip.readUint16(at) === code) return this.#chip.readUint16(at + 2);
    }
    return 0;
  }

  #exit() {
    this.#go("connected", "open");
    for (const name of ["readUint8", "readUint16", "readUint32"]) {
      const read = this.#chip[name];
      this.#chip[name] = (address) => {
        if (address >>> 26 === 4) this.#wrong(`0x${address.toString(16)} is read`);
        return read.call(this.#chip, address);
      };
    }
  }

  #map() {
    for (const name of ["readUint8", "readUint16", "readUint32"]) delete this.#chip[name];
    this.#stage = "mapped";
  }

  #erase(offset, count, block, command) {
    if (this.#stage !== "open" || offset % SECTOR !== 0 || count % SECTOR !== 0 || block !== 65536 || command !== 0xd8) {
      this.#wrong(`${count} bytes erased at ${offset}`);
    }
    this.#chip.flash.fill(0xff, offset, offset + count);
  }

  #program(offset, data, count) {
    if (this.#stage !== "open" || offset % PAGE !== 0 || count % PAGE !== 0) this.#wrong(`${count} bytes programmed at ${offset}`);
    for (let at = 0; at < count; at++) this.#chip.flash[offset + at] &= this.#chip.readUint8(data + at);
  }
}
