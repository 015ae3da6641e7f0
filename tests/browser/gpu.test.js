// The browser's GPU keeps the promises of habit-gpu: the same bits where integers decide, its tolerance where floats do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { start } from "./harness.js";

/** Loads the module that checks the GPU, which the page itself never does, and returns what it says. */
function selfCheck(page) {
  return page.evaluate(async () => {
    const gpu = await import("./gpu.js");
    await gpu.default();
    return gpu.self_check().catch((error) => `refused: ${error.message}`);
  });
}

test("WebGPU gives the kernel's streams, rollouts, training and advantages", async () => {
  const lab = await start("--enable-unsafe-webgpu");
  try {
    const report = await selfCheck(await lab.open());
    const [adapter, ...checks] = report.split("\n");
    assert.match(adapter, /webgpu/, report);
    assert.ok(checks.length >= 14 && checks.every((check) => check.startsWith("pass ")), report);
  } finally {
    await lab.close();
  }
});

test("a browser without a GPU says so in a sentence", async () => {
  const lab = await start("--disable-gpu", "--disable-features=WebGPU");
  try {
    assert.match(await selfCheck(await lab.open()), /^refused: no GPU adapter/);
  } finally {
    await lab.close();
  }
});
