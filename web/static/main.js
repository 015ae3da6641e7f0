// Loads the page's module, or says that it could not be loaded.
import { keep } from "./offline.js";

try {
  const shell = await import("./shell.js");
  await shell.default();
  shell.mount();
  // The page first: it needs the line.
  if (document.readyState === "complete") keep();
  else addEventListener("load", keep);
} catch (fault) {
  const reason = typeof WebAssembly === "object"
    ? "The lab could not be loaded: the server does not answer."
    : "The lab needs a browser with WebAssembly.";
  const alert = document.createElement("div");
  alert.className = "alert";
  alert.setAttribute("role", "alert");
  const text = alert.appendChild(document.createElement("p"));
  text.textContent = reason;
  const again = alert.appendChild(document.createElement("button"));
  again.className = "button";
  again.textContent = "Try again";
  again.addEventListener("click", () => location.reload());
  document.getElementById("lab").replaceChildren(alert);
  console.warn(fault);
}
