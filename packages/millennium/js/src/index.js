/*! @millennium/api */
// What `import { … } from "@millennium/api"` gives; the other modules have paths of their own.
export * from "./core.js";
