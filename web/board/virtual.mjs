// The virtual board: a worker that runs the Pico's image. Bytes of the serial line go both ways as messages; the first one, empty,
// says that it is switched on; `{failed: reason}` that it cannot be.
import * as rp2040js from "rp2040js";
import { Pico, readUf2 } from "./pico.mjs";

const channel = new MessageChannel();
let pico;
let scheduled = false;
let timer;

function run(asleep = 0) {
  scheduled = false;
  clearTimeout(timer);
  const sent = pico.run(asleep);
  if (sent.length > 0) self.postMessage(sent, [sent.buffer]);
  const nanos = pico.sleeps;
  if (nanos === 0) schedule();
  else timer = setTimeout(() => run(nanos), nanos / 1e6);
}

function schedule() {
  // A message to oneself lets those from the page in between, and waits for no timer.
  if (!scheduled) channel.port2.postMessage(null);
  scheduled = true;
}

channel.port1.onmessage = () => run();
self.onmessage = ({ data }) => {
  pico.receive(data);
  schedule();
};

try {
  const answer = await fetch("pico.uf2");
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  pico = new Pico(rp2040js, readUf2(new Uint8Array(await answer.arrayBuffer())));
  self.postMessage(new Uint8Array());
  schedule();
} catch (fault) {
  self.postMessage({ failed: `its image pico.uf2 could not be loaded: ${fault.message}` });
}
