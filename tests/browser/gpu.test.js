// The browser's GPU keeps the promises of habit-gpu: the same bits where integers decide, its tolerance where floats do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { start } from "./harness.js";

/** What is compared with the kernel, as the report names it. */
const PASSES = [
  "generator words",
  "rollout of CliffWalking",
  "rollout of slippery CliffWalking",
  "rollout of CartPole",
  "rollout of MountainCar",
  "rollout of Acrobot",
  "rollout of Pendulum",
  "rollout of a Bernoulli bandit",
  "rollout of the testbed",
  "rollout of a linear system",
  "WGSL that does not compile",
  "training of CartPole",
  "discounted returns",
  "5-step returns",
  "97-step returns",
  "rewards to go",
  "GAE",
  "V-trace",
  "masked GAE",
  "turn-level GAE",
  "RLOO",
  "GRPO",
  "Dr. GRPO",
  "process-supervised GRPO",
];

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
    assert.ok(checks.length >= PASSES.length && checks.every((check) => check.startsWith("pass ")), report);
    for (const pass of PASSES) {
      assert.ok(checks.some((check) => check.startsWith(`pass ${pass}: `)), `${pass} is missing:\n${report}`);
    }
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
