// A room's worker: loads the room's module and lets it listen.
const room = new URL(self.location.href).searchParams.get("room");
try {
  const module = await import(`./room-${room}.js`);
  await module.default();
  module.serve();
} catch {
  self.postMessage({ failed: `its module room-${room} could not be loaded` });
}
