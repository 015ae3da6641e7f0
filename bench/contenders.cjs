// Lends standard input and output to the contenders of a WebAssembly module. How they are spoken to stands in src/main.rs.
const { greeting, answer } = require(process.argv[2]);

process.stdout.write(greeting());
require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => process.stdout.write(answer(line)));
