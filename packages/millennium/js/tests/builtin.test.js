// The modules for built-in APIs: which command each function calls, and what it makes of the answer.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import * as app from "../src/app.js";
import * as dialog from "../src/dialog.js";
import * as fs from "../src/fs.js";
import * as page from "../src/window.js";

let calls, answer;

beforeEach(() => {
  calls = [];
  answer = null;
  globalThis.__MILLENNIUM_INTERNALS__ = {
    invoke: async (name, args) => (calls.push([name, args]), answer),
  };
});

afterEach(() => delete globalThis.__MILLENNIUM_INTERNALS__);

const plain = [
  [app.name, [], "app.name", undefined],
  [app.version, [], "app.version", undefined],
  [app.identifier, [], "app.identifier", undefined],
  [app.millenniumVersion, [], "app.millennium_version", undefined],
  [app.show, [], "app.show", undefined],
  [app.hide, [], "app.hide", undefined],
  [app.exit, [3], "app.exit", { code: 3 }],
  [app.exit, [], "app.exit", { code: 0 }],
  [dialog.open, [{ multiple: true }], "dialog.open", { options: { multiple: true } }],
  [dialog.open, [], "dialog.open", { options: {} }],
  [dialog.save, [], "dialog.save", { options: {} }],
  [dialog.message, ["Hi", { kind: "error" }], "dialog.message", { options: { kind: "error", message: "Hi" } }],
  [dialog.ask, ["Sure?"], "dialog.ask", { options: { message: "Sure?" } }],
  [dialog.confirm, ["Go on?"], "dialog.confirm", { options: { message: "Go on?" } }],
  [fs.readText, ["/a"], "fs.read_text", { path: "/a" }],
  [fs.writeText, ["/a", "b"], "fs.write_text", { path: "/a", text: "b" }],
  [fs.list, ["/a"], "fs.list", { path: "/a" }],
  [fs.exists, ["/a"], "fs.exists", { path: "/a" }],
  [page.label, [], "window.label", undefined],
  [page.title, [], "window.title", undefined],
  [page.setTitle, ["T"], "window.set_title", { title: "T" }],
  [page.scaleFactor, [], "window.scale_factor", undefined],
  [page.center, [], "window.center", undefined],
  [page.isVisible, [], "window.is_visible", undefined],
  [page.show, [], "window.show", undefined],
  [page.hide, [], "window.hide", undefined],
  [page.isFocused, [], "window.is_focused", undefined],
  [page.setFocus, [], "window.set_focus", undefined],
  [page.isMinimized, [], "window.is_minimized", undefined],
  [page.minimize, [], "window.minimize", undefined],
  [page.unminimize, [], "window.unminimize", undefined],
  [page.isMaximized, [], "window.is_maximized", undefined],
  [page.maximize, [], "window.maximize", undefined],
  [page.unmaximize, [], "window.unmaximize", undefined],
  [page.isFullscreen, [], "window.is_fullscreen", undefined],
  [page.setFullscreen, [true], "window.set_fullscreen", { fullscreen: true }],
  [page.isResizable, [], "window.is_resizable", undefined],
  [page.setResizable, [false], "window.set_resizable", { resizable: false }],
  [page.isDecorated, [], "window.is_decorated", undefined],
  [page.setDecorations, [false], "window.set_decorations", { decorations: false }],
  [page.setAlwaysOnTop, [true], "window.set_always_on_top", { always_on_top: true }],
  [page.setSkipTaskbar, [true], "window.set_skip_taskbar", { skip: true }],
  [page.requestUserAttention, [], "window.request_user_attention", { critical: false }],
  [page.startDragging, [], "window.start_dragging", undefined],
  [page.theme, [], "window.theme", undefined],
  [page.close, [], "window.close", undefined],
  [page.create, [{ label: "a" }], "window.create", { options: { label: "a" } }],
  [page.setSize, [new page.LogicalSize(3, 4)], "window.set_size", { width: 3, height: 4, unit: "logical" }],
  [page.setSize, [new page.PhysicalSize(3, 4)], "window.set_size", { width: 3, height: 4, unit: "physical" }],
  [page.setMinSize, [new page.LogicalSize(3, 4)], "window.set_min_size", { width: 3, height: 4, unit: "logical" }],
  [page.setMinSize, [null], "window.set_min_size", {}],
  [page.setMaxSize, [new page.LogicalSize(3, 4)], "window.set_max_size", { width: 3, height: 4, unit: "logical" }],
  [page.setMaxSize, [null], "window.set_max_size", {}],
  [page.setPosition, [new page.LogicalPosition(3, 4)], "window.set_position", { x: 3, y: 4, unit: "logical" }],
  [page.setPosition, [new page.PhysicalPosition(3, 4)], "window.set_position", { x: 3, y: 4, unit: "physical" }],
];

for (const [call, args, name, sent] of plain) {
  test(`${name} is called with ${JSON.stringify(sent)}`, async () => {
    answer = "result";
    assert.equal(await call(...args), "result");
    assert.deepEqual(calls, [[name, sent]]);
  });
}

test("bytes are an array of them", async () => {
  answer = new Uint8Array([1, 2]).buffer;
  assert.deepEqual(await fs.readBytes("/a"), new Uint8Array([1, 2]));
});

test("bytes go out as they are", async () => {
  const data = new Uint8Array([1, 2]);
  await fs.writeBytes("/a", data);
  assert.deepEqual(calls, [["fs.write_bytes", data]]);
});

test("sizes and positions know their unit", async () => {
  answer = { width: 6, height: 4, x: 6, y: 4 };
  assert.deepEqual((await page.innerSize()).toLogical(2), new page.LogicalSize(3, 2));
  assert.deepEqual(await page.outerSize(), new page.PhysicalSize(6, 4));
  assert.deepEqual((await page.innerPosition()).toLogical(2), new page.LogicalPosition(3, 2));
  assert.deepEqual(await page.outerPosition(), new page.PhysicalPosition(6, 4));
});

test("a monitor is described in JavaScript's words", async () => {
  answer = { name: "M", position: { x: 1, y: 2 }, size: { width: 3, height: 4 }, scale_factor: 2, is_primary: true };
  assert.deepEqual(await page.currentMonitor(), {
    name: "M",
    position: new page.PhysicalPosition(1, 2),
    size: new page.PhysicalSize(3, 4),
    scaleFactor: 2,
    isPrimary: true,
  });
  answer = null;
  assert.equal(await page.currentMonitor(), null);
});

test("a window is maximised, or brought back", async () => {
  answer = false;
  await page.toggleMaximize();
  answer = true;
  await page.toggleMaximize();
  assert.deepEqual(calls.map(([name]) => name), [
    "window.is_maximized", "window.maximize", "window.is_maximized", "window.unmaximize",
  ]);
});
