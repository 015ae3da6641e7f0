// A board on a serial line, a real one or the virtual one, spoken to as if it were a room's worker: see `Runner`.

/** So many greetings, one a second, before a board is given up. */
const GREETINGS = 6;
/** A board that owes an answer for so long is lost. */
const PATIENCE = 60_000;
/** While a run goes on, this share of its time goes into fetching what was learned: a line of 115200 baud is slow. */
const SHARE = 0.2;
/** While a run goes on, views are shown at most so often. */
const GLANCE = 200;

const command = (cmd, fields = {}) => JSON.stringify({ cmd, ...fields });

/** Whether this browser lets a page talk to boards. */
export function hasSerial() {
  return "serial" in navigator;
}

/** A line refused: `line` is the event that says so. */
class Refusal extends Error {
  constructor(line, message) {
    super(message);
    this.line = line;
  }
}

/** Asks a kernel, one line at a time, and hears what it says besides. */
class Kernel {
  #pending = null;
  #write;
  /** Called with every event that answers nothing, and its line. */
  heard = () => {};

  constructor(write) {
    this.#write = write;
  }

  /** Sends a line; the promise is of the event that ends the answer. `each` takes those before it. */
  ask(line, ends, each) {
    clearTimeout(this.#pending?.timer);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`it has not answered for ${PATIENCE / 1000} seconds`), PATIENCE);
      this.#pending = { resolve, reject, ends, each, timer };
      this.#write(line);
    });
  }

  /** Takes an event in. */
  hear(event, line) {
    const kind = event.done ? "done" : "contender" in event ? "sample" : event.event;
    const asked = this.#pending;
    // These come whether they are asked for or not.
    if (kind === "sample" || kind === "done") this.heard(kind, event, line);
    if (asked?.ends.includes(kind)) {
      this.#settle();
      asked.resolve({ ...event, line });
    } else if (asked && kind === "error") {
      this.#settle();
      asked.reject(new Refusal(line, event.message));
    } else if (asked?.each && kind === "chunk") {
      asked.each(event);
    } else if (kind !== "sample" && kind !== "done") {
      this.heard(kind, event, line);
    }
  }

  /** Nothing more will be heard. */
  fail(reason) {
    const asked = this.#pending;
    this.#settle();
    asked?.reject(new Error(reason));
    this.heard("lost", { reason }, "");
  }

  #settle() {
    clearTimeout(this.#pending?.timer);
    this.#pending = null;
  }
}

/** A room's worker with the same run, paused, that never moves but when it is told to. */
class Room extends Kernel {
  #worker;
  #ready;
  #views = new Map();

  constructor(room) {
    super((line) => this.#worker.postMessage(line));
    this.#worker = new Worker(`./worker.js?room=${room}`, { type: "module" });
    this.#ready = new Promise((resolve) => {
      this.#worker.onmessage = ({ data }) => {
        if (data === "") return resolve();
        if (typeof data !== "string") return data.failed ? this.fail(data.failed) : this.#views.get(data.view)?.(data);
        for (const line of data.split("\n").filter(Boolean)) this.hear(JSON.parse(line), line);
      };
    });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.fail("its worker could not be started");
    };
  }

  async ask(...words) {
    await this.#ready;
    return super.ask(...words);
  }

  view(message) {
    return new Promise((resolve) => {
      this.#views.set(message.view, resolve);
      this.#worker.postMessage(message);
    });
  }

  end() {
    this.#worker.terminate();
  }
}

/** The bytes of a serial port. */
class SerialLine {
  #port;
  #reader;

  /** Asks the user which. */
  async open(heard, lost) {
    try {
      this.#port = this.#port ? await this.#again() : await navigator.serial.requestPort();
    } catch {
      throw new Error("No serial port was chosen.");
    }
    try {
      await this.#port.open({ baudRate: 115200 });
    } catch (fault) {
      throw new Error(`The serial port cannot be opened. Is the board plugged in, and no other program using it? (${fault.message})`);
    }
    this.#read(heard, lost);
  }

  /** A board that is plugged in again may be another port. */
  async #again() {
    const known = ({ usbVendorId, usbProductId }) => `${usbVendorId} ${usbProductId}`;
    const here = known(this.#port.getInfo());
    const ports = await navigator.serial.getPorts();
    return ports.findLast((port) => known(port.getInfo()) === here) ?? this.#port;
  }

  async #read(heard, lost) {
    // A line that was damaged goes on in another stream; one that was unplugged has none.
    while (this.#port.readable) {
      this.#reader = this.#port.readable.getReader();
      try {
        for (;;) {
          const { value, done } = await this.#reader.read();
          if (done) return;
          heard(value);
        }
      } catch {
        // The loop looks whether there is more.
      } finally {
        this.#reader.releaseLock();
      }
    }
    lost("it was unplugged");
  }

  async send(bytes) {
    const writer = this.#port.writable?.getWriter();
    // What cannot be sent is not answered; the reader says why.
    try {
      await writer?.write(bytes);
    } catch {
      return;
    } finally {
      writer?.releaseLock();
    }
  }

  async close() {
    try {
      await this.#reader?.cancel();
      await this.#port?.close();
    } catch {
      // It is gone.
    }
  }
}

/** The bytes of the Pico in a worker of this page. */
class VirtualLine {
  #worker;

  open(heard, lost) {
    return new Promise((resolve, reject) => {
      const worker = new Worker("./virtual.js", { type: "module" });
      this.#worker = worker;
      worker.onmessage = ({ data }) => {
        if (data.failed) {
          reject(new Error(`The virtual board cannot start: ${data.failed}.`));
        } else if (data.length === 0) {
          resolve();
        } else {
          heard(data);
        }
      };
      worker.onerror = (event) => {
        event.preventDefault();
        const reason = event.message || "its script could not be loaded";
        reject(new Error(`The virtual board cannot start: ${reason}.`));
        lost(reason);
      };
    });
  }

  send(bytes) {
    this.#worker.postMessage(bytes);
  }

  close() {
    this.#worker?.terminate();
  }
}

/** A board: its kernel, and what it says that is no line of the protocol. */
class Board extends Kernel {
  #line;
  #say;
  #text = "";
  #noise = 0;
  #greeted = false;
  #decoder;
  hello = null;
  lost = null;

  /** `say` takes what the page should show. */
  constructor(line, say) {
    const encoder = new TextEncoder();
    super((text) => this.#line.send(encoder.encode(`${text}\n`)));
    this.#line = line;
    this.#say = say;
  }

  /** Opens the line and waits until a kernel answers. */
  async open() {
    await this.#line.close();
    [this.#text, this.#noise, this.#greeted, this.#decoder] = ["", 0, false, new TextDecoder()];
    await this.#line.open((bytes) => this.#take(bytes), (reason) => this.lose(reason));
    this.lost = null;
    try {
      this.hello = await this.#greet();
    } catch (fault) {
      await this.close();
      throw fault;
    }
    if (this.hello.protocol !== 1) {
      await this.close();
      throw new Error(`The board speaks version ${this.hello.protocol} of the protocol, this page version 1.`);
    }
    this.#greeted = true;
    this.#noise = 0;
  }

  ask(...words) {
    return this.lost ? Promise.reject(new Error(this.lost)) : super.ask(...words);
  }

  /** Gives up what runs, and what was asked and not answered. */
  async drain() {
    for (;;) {
      try {
        await this.ask(`${command("stop")}\n${command("hello")}`, ["hello"]);
        return;
      } catch (fault) {
        // The answer to an older line.
        if (!(fault instanceof Refusal)) throw fault;
      }
    }
  }

  /** What is sent to a board that does not listen yet is lost, so it is asked again. */
  async #greet() {
    let last = "";
    const answered = new Promise((resolve, reject) => {
      this.heard = (kind, event) => {
        if (kind === "hello") resolve(event);
        if (kind === "noise") last = event.text;
        if (kind === "lost") reject(new Error(`The board is gone: ${event.reason}.`));
      };
    });
    // A board that runs something gives it up; what stands half written on its line ends here.
    const greet = () => this.#line.send(new TextEncoder().encode(`\n${command("stop")}\n${command("hello")}\n`));
    let asked = 0;
    let timer;
    const silence = new Promise((_, reject) => {
      timer = setInterval(() => {
        asked += 1;
        if (asked < GREETINGS) return greet();
        reject(new Error(last
          ? `The board talks, but not the protocol: “${last}”. Is an image of Habit on it, and its line at 115200 baud?`
          : "The board does not answer. Is an image of Habit on it?"));
      }, 1000);
    });
    greet();
    try {
      return await Promise.race([answered, silence]);
    } finally {
      clearInterval(timer);
      this.heard = () => {};
    }
  }

  /** The board is no more. */
  lose(reason) {
    this.lost ??= reason;
    this.fail(reason);
  }

  async close() {
    this.lost ??= "it was left";
    await this.#line.close();
  }

  #take(bytes) {
    const lines = (this.#text + this.#decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    this.#text = lines.pop();
    // No line is that long: it would only fill the memory.
    if (this.#text.length > 100_000) {
      lines.push(this.#text);
      this.#text = "";
    }
    for (const line of lines.filter(Boolean)) {
      let event;
      try {
        event = JSON.parse(line);
      } catch {
        // Said below.
      }
      if (event === null || typeof event !== "object" || Array.isArray(event)) {
        this.#hiss(line);
      } else if (event.event === "restart") {
        this.lose(`it started anew after a ${event.reason} at ${event.place}`);
      } else {
        this.hear(event, line);
      }
    }
  }

  #hiss(line) {
    // Whatever it is: one short line of it.
    const text = line.replace(/[^\x20-\x7e]/g, "\u00b7").slice(0, 60);
    this.#noise += 1;
    this.heard("noise", { text }, line);
    if (this.#greeted) this.#say({ noise: text, count: this.#noise });
  }

  say(what) {
    this.#say(what);
  }
}

/**
 * What the page takes for a room's worker: lines, paces and requests for views in; lines, views and failures out. The run is the
 * board's. Two rooms of this browser stand beside it: one makes the same run, for the digests to be compared, one is loaded with
 * the checkpoints that are fetched from the board, and draws the views from them.
 */
class Runner {
  onmessage = null;
  onerror = null;
  #board;
  #twin;
  #mirror;
  #jobs = Promise.resolve();
  #over = true;
  #going = false;
  #busy = false;
  #pace = { pace: 0, millis: 0 };
  #steps = 0;
  /** Finished steps, and ticks since then; the ticks are known whenever the run stands still. */
  #t = 0;
  #ticks = 0;
  /** Where the twin stands. */
  #there = { t: 0, ticks: 0 };
  #starting = false;
  /** Whether the mirror holds what the board has learned. */
  #fresh = false;
  /** Whether what it has learned cannot be fetched: then the twin is drawn. */
  #blind = false;
  /** When a fetch ended, and how long it took. */
  #fetched = { at: 0, took: 0 };
  #ended = false;

  constructor(board, room) {
    this.#board = board;
    this.#twin = new Room(room);
    this.#mirror = new Room(room);
    this.#job(async () => {
      if (board.lost) await board.open();
      await board.drain();
      board.heard = (kind, event, line) => this.#hear(kind, event, line);
      this.#tell("");
    });
  }

  postMessage(message) {
    if (typeof message === "string") {
      this.#job(() => this.#obey(message.split("\n").filter(Boolean)));
    } else if ("pace" in message) {
      this.#job(async () => {
        const flat = this.#pace.pace === 0;
        this.#pace = message;
        if (this.#going && flat !== (message.pace === 0)) {
          if (flat) await this.#board.ask(command("pause"), ["paused"]);
          await this.#go();
        }
      });
    } else {
      this.#job(() => this.#view(message));
    }
  }

  terminate() {
    this.#end();
    this.#board.drain().catch(() => {});
  }

  #end() {
    this.#ended = true;
    this.#going = false;
    this.#twin.end();
    this.#mirror.end();
    this.#board.heard = () => {};
  }

  #tell(data) {
    if (!this.#ended) this.onmessage?.({ data });
  }

  /** One after the other: a board answers in order. */
  #job(work) {
    this.#jobs = this.#jobs.then(() => (this.#ended ? undefined : work())).catch((fault) => {
      if (fault instanceof Refusal) {
        this.#tell(`${fault.line}\n`);
      } else {
        this.#die(fault.message);
      }
    });
  }

  #die(reason) {
    this.#tell({ failed: reason.replace(/\.$/, "") });
    this.#end();
  }

  #hear(kind, event, line) {
    // What came before the beginning; but not the end of the board.
    if (this.#starting && kind !== "lost") return;
    if (kind === "sample") {
      this.#t = event.t;
      this.#fresh = false;
      this.#tell(`${line}\n`);
    } else if (kind === "done") {
      this.#over = true;
      this.#going = false;
      this.#fresh = false;
      this.#t = this.#steps;
      this.#ticks = 0;
      this.#tell(`${line}\n`);
      this.#job(() => this.#compare(event.digest));
    } else if (kind === "lost") {
      this.#die(event.reason);
    } else if (kind === "error" || kind === "stopped") {
      this.#going = false;
      this.#tell(`${line}\n`);
    }
  }

  async #obey(lines) {
    const commands = lines.map((line) => JSON.parse(line));
    const [first] = commands;
    if (first.cmd === "run") return this.#run(lines[0], commands.length === 1);
    for (const [i, { cmd }] of commands.entries()) {
      if (cmd === "pause") {
        await this.#halt();
        if (i === commands.length - 1 && !this.#over) this.#tell(`${JSON.stringify({ event: "paused", t: this.#t })}\n`);
      } else if (cmd === "every") {
        await this.#board.ask(lines[i], ["every"]);
      } else if (cmd === "resume") {
        this.#tell(`${JSON.stringify({ event: "resumed", t: this.#t })}\n`);
        await this.#go();
      } else if (cmd === "step" || cmd === "tick") {
        const event = await this.#advance(lines[i], cmd);
        if (event.event === "paused") this.#tell(`${event.line}\n`);
      } else if (cmd === "digest") {
        const event = await this.#board.ask(lines[i], ["digest"]);
        this.#tell(`${event.line}\n`);
        await this.#compare(event.digest);
      }
    }
  }

  /** From the beginning. The board may have moved before it heard of a pause, so it is set back. */
  async #run(line, go) {
    this.#going = false;
    this.#starting = true;
    this.#board.say({ twin: null });
    try {
      await this.#begin(line);
    } finally {
      this.#starting = false;
    }
    if (go) return this.#go();
    this.#tell(`${JSON.stringify({ event: "paused", t: 0 })}\n`);
  }

  async #begin(line) {
    await this.#board.ask(line, ["started"]);
    const started = await this.#board.ask(command("reset"), ["started"]);
    await this.#board.ask(command("pause"), ["paused"]);
    for (const room of [this.#twin, this.#mirror]) {
      await room.ask(line, ["started"]);
      await room.ask(command("reset"), ["started"]);
      await room.ask(command("pause"), ["paused"]);
    }
    this.#steps = started.steps;
    [this.#over, this.#t, this.#ticks, this.#fresh, this.#blind] = [false, 0, 0, false, false];
    this.#there = { t: 0, ticks: 0 };
    this.#tell(`${started.line}\n`);
  }

  /** Runs on at the pace that is set. */
  async #go() {
    if (this.#over) return;
    this.#going = true;
    if (this.#pace.pace === 0) {
      await this.#board.ask(command("resume"), ["resumed"]);
    } else {
      this.#beat();
    }
  }

  /** At a pace below flat out: some ticks now, more in some milliseconds. */
  #beat() {
    if (this.#busy) return;
    this.#busy = true;
    const begun = performance.now();
    this.#job(async () => {
      const { pace, millis } = this.#pace;
      const goes = () => this.#going && !this.#over && this.#pace.pace > 0;
      if (goes()) {
        await this.#board.ask(command("tick", { n: pace }), ["paused", "done"]);
        // Where in a step it stands, nobody counts: a halt goes on to the step's end.
        this.#ticks = NaN;
      }
      this.#busy = false;
      if (goes()) setTimeout(() => this.#beat(), Math.max(0, begun + millis - performance.now()));
    });
  }

  /** Halts at the end of a step: there another kernel can be brought too. */
  async #halt() {
    if (!this.#going) return;
    this.#going = false;
    const { t } = await this.#board.ask(command("pause"), ["paused"]);
    this.#t = t;
    if (!this.#over) await this.#advance(command("step", { n: 1 }), "step");
  }

  async #advance(line, cmd) {
    const before = this.#t;
    const event = await this.#board.ask(line, ["paused", "done"]);
    this.#fresh = false;
    if (event.event === "paused") {
      this.#t = event.t;
      this.#ticks = cmd === "tick" && event.t === before ? this.#ticks + 1 : 0;
    }
    return event;
  }

  /** Brings the twin to where the board stands, and shows both digests. */
  async #compare(digest) {
    const there = this.#there;
    if (this.#t >= this.#steps) {
      if (there.t < this.#steps) await this.#twin.ask(command("resume"), ["done"]);
      there.ticks = 0;
    } else {
      for (let left = this.#t - there.t; left > 0; left -= 1_000_000) {
        await this.#twin.ask(command("step", { n: Math.min(left, 1_000_000) }), ["paused"]);
        there.ticks = 0;
      }
      const ticks = this.#ticks - there.ticks;
      if (ticks > 0) await this.#twin.ask(command("tick", { n: ticks }), ["paused"]);
      there.ticks = this.#ticks;
    }
    there.t = this.#t;
    const own = await this.#twin.ask(command("digest"), ["digest"]);
    this.#board.say({ twin: { t: this.#t, board: digest, browser: own.digest } });
  }

  /** What the board has learned, drawn by this browser. */
  async #view(message) {
    const { at, took } = this.#fetched;
    if (!this.#going || performance.now() - at > took / SHARE) await this.#reflect();
    const answer = await (this.#blind ? this.#twin : this.#mirror).view(message);
    setTimeout(() => this.#tell(answer), this.#going ? GLANCE : 0);
  }

  /** Fetches a checkpoint from the board into the mirror, unless nothing has changed. */
  async #reflect() {
    if (this.#fresh || this.#blind) return;
    const begun = performance.now();
    const pieces = [];
    try {
      await this.#board.ask(command("fetch"), ["fetched"], ({ at, size, crc, data }) => {
        pieces.push(command("put", { at, size, crc, data }));
      });
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      this.#blind = true;
      return;
    }
    for (const piece of pieces) await this.#mirror.ask(piece, ["received", "loaded"]);
    this.#fresh = !this.#going;
    const now = performance.now();
    this.#fetched = { at: now, took: now - begun };
  }
}

let board = null;

/**
 * Connects a board, `"serial"` or `"virtual"`; the promise is of its greeting. `said` takes what the page should show, as JSON:
 * `{noise, count}` or `{twin}`.
 */
export async function open(kind, said) {
  await close();
  const line = kind === "virtual" ? new VirtualLine() : new SerialLine();
  const opening = new Board(line, (what) => {
    if (board === opening) said(JSON.stringify(what));
  });
  board = opening;
  await opening.open();
  return JSON.stringify(opening.hello);
}

/** Leaves the board, if there is one. */
export async function close() {
  const left = board;
  board = null;
  await left?.close();
}

/** Something like a worker, whose runs are the board's. */
export function runner(room) {
  return new Runner(board, room);
}
