// A Raspberry Pi Pico without a board, its serial line on standard input and output.
//
// It takes the options of QEMU that the tests use: `-kernel ELF`, and `-monitor tcp:HOST:PORT`, which it calls for the commands
// `memsave ADDRESS LENGTH "FILE"`, `system_reset` and `quit`.

import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import * as rp2040js from "rp2040js";
import { Pico, readElf } from "../../web/board/pico.mjs";

const RAM = 0x20000000;

const option = (name) => process.argv[process.argv.indexOf(name) + 1];

const pico = new Pico(rp2040js, readElf(readFileSync(option("-kernel"))));

// What to undo where something comes before what was to come next.
let scheduled = () => {};
function run(asleep = 0) {
  const sent = pico.run(asleep);
  if (sent.length > 0) process.stdout.write(sent);
  schedule();
}

function schedule() {
  scheduled();
  const nanos = pico.sleeps;
  if (nanos > 0) {
    const timer = setTimeout(() => run(nanos), nanos / 1e6);
    scheduled = () => clearTimeout(timer);
  } else {
    const now = setImmediate(() => run());
    scheduled = () => clearImmediate(now);
  }
}

process.stdin.on("data", (bytes) => {
  pico.receive(bytes);
  schedule();
});
process.stdin.on("end", () => process.exit());

const [, host, port] = (option("-monitor") ?? "").split(":");
if (port !== undefined) {
  createInterface({ input: connect(Number(port), host) }).on("line", (line) => {
    const [command, address, length, file] = line.split(" ");
    if (command === "memsave") {
      const start = Number(address) - RAM;
      writeFileSync(JSON.parse(file), pico.memory.subarray(start, start + Number(length)));
    }
    if (command === "system_reset") {
      pico.reset();
      schedule();
    }
    if (command === "quit") process.exit();
  });
}
schedule();
