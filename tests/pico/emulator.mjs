// A Raspberry Pi Pico without a board, its serial line on standard input and output.
//
// It takes the options of QEMU that the tests use: `-kernel ELF`, and `-monitor tcp:HOST:PORT`, which it calls for the commands
// `memsave ADDRESS LENGTH "FILE"` and `quit`.

import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { RP2040 } from "rp2040js";
import { Pico, readElf } from "../../web/board/pico.mjs";

const RAM = 0x20000000;

const option = (name) => process.argv[process.argv.indexOf(name) + 1];

const pico = new Pico(RP2040, readElf(readFileSync(option("-kernel"))));

let scheduled = false;
function run() {
  scheduled = false;
  const sent = pico.run();
  if (sent.length > 0) process.stdout.write(sent);
  if (!pico.sleeps) schedule();
}

function schedule() {
  if (!scheduled) setImmediate(run);
  scheduled = true;
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
    if (command === "quit") process.exit();
  });
}
schedule();
