// A room's worker: loads the room's module and lets it listen.
// Not the worker's own address: a page of another server imports this script.
const room = new URL(import.meta.url).searchParams.get("room");
try {
  const module = await import(`./room-${room}.js`);
  await module.default();
  module.serve();
} catch {
  self.postMessage({ failed: `its module room-${room} could not be loaded` });
}
