// After the first load a service worker keeps the site. A new build waits until it is asked for, or until no page is open.

/** Says that a new build is there, once. */
function offer(registration) {
  if (document.getElementById("update")) return;
  const notice = document.createElement("div");
  notice.id = "update";
  notice.className = "alert notice update";
  notice.setAttribute("role", "status");
  const text = notice.appendChild(document.createElement("p"));
  text.textContent = "A new version of the lab is here.";
  const button = notice.appendChild(document.createElement("button"));
  button.className = "button";
  button.type = "button";
  button.textContent = "Load it";
  button.addEventListener("click", () => registration.waiting?.postMessage("take over"));
  document.querySelector(".top").after(notice);
}

export async function keep() {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const had = serviceWorker.controller !== null;
  // A page of the old build must not go on with parts of the new one; its address brings its run back.
  serviceWorker.addEventListener("controllerchange", () => {
    if (had) location.reload();
  });
  let registration;
  try {
    registration = await serviceWorker.register("./service-worker.js", { updateViaCache: "none" });
  } catch {
    // Where a browser keeps nothing, the lab works as long as there is a network.
    return;
  }
  if (!registration) return;
  const look = () => {
    if (registration.waiting && serviceWorker.controller) offer(registration);
  };
  look();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
}
