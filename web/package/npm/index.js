export * from "./lab.js";
export * from "./learners.js";
