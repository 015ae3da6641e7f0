// Runs before the page is drawn, so that it never shows in the other theme first.
const KEY = "habit-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  // A browser that keeps no data throws.
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function isDark() {
  return (chosen() ?? (system.matches ? "dark" : "light")) === "dark";
}

function apply() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  document.getElementById("theme")?.setAttribute("aria-pressed", String(isDark()));
}

apply();
system.addEventListener("change", apply);
addEventListener("storage", apply);
addEventListener("DOMContentLoaded", () => {
  apply();
  document.getElementById("theme").addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    try { localStorage.setItem(KEY, next); } catch { /* holds until the page is left */ }
    document.documentElement.dataset.theme = next;
    document.getElementById("theme").setAttribute("aria-pressed", String(next === "dark"));
  });
  // Not a link: what stands behind `#` in the address names a run.
  document.getElementById("skip").addEventListener("click", () => document.getElementById("main")?.focus());
});
