/*! @millennium/api */
// The window this page lives in. Sizes and positions in CSS pixels are Logical…, in device pixels
// Physical….
import { invoke } from "./core.js";

/** A width and a height in device pixels. */
export class PhysicalSize {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }
  /** @param {number} scaleFactor device pixels per CSS pixel @returns {LogicalSize} */
  toLogical(scaleFactor) {
    return new LogicalSize(this.width / scaleFactor, this.height / scaleFactor);
  }
}

/** A width and a height in CSS pixels. */
export class LogicalSize {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }
}

/** A point in device pixels, from the top left of the primary monitor. */
export class PhysicalPosition {
  /** @param {number} x @param {number} y */
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  /** @param {number} scaleFactor device pixels per CSS pixel @returns {LogicalPosition} */
  toLogical(scaleFactor) {
    return new LogicalPosition(this.x / scaleFactor, this.y / scaleFactor);
  }
}

/** A point in CSS pixels. */
export class LogicalPosition {
  /** @param {number} x @param {number} y */
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}

/**
 * @typedef {object} Monitor
 * @property {string} name model; empty when unknown
 * @property {PhysicalPosition} position
 * @property {PhysicalSize} size
 * @property {number} scaleFactor
 * @property {boolean} isPrimary
 */

/** @param {LogicalSize | PhysicalSize} size */
const sizeArgs = (size) => ({ width: size.width, height: size.height, unit: size instanceof PhysicalSize ? "physical" : "logical" });
/** @param {{width: number, height: number}} size */
const toSize = (size) => new PhysicalSize(size.width, size.height);
/** @param {{x: number, y: number}} position */
const toPosition = (position) => new PhysicalPosition(position.x, position.y);

/** @returns {Promise<string>} the label of this window */
export const label = () => invoke("window.label");
/** @returns {Promise<string>} the title bar's text */
export const title = () => invoke("window.title");
/** @param {string} title @returns {Promise<void>} */
export const setTitle = (title) => invoke("window.set_title", { title });

/** @returns {Promise<number>} device pixels per CSS pixel */
export const scaleFactor = () => invoke("window.scale_factor");
/** @returns {Promise<PhysicalSize>} the size of the content area */
export const innerSize = async () => toSize(await invoke("window.inner_size"));
/** @returns {Promise<PhysicalSize>} the size with title bar and borders */
export const outerSize = async () => toSize(await invoke("window.outer_size"));
/** @returns {Promise<PhysicalPosition>} the top left of the content area */
export const innerPosition = async () => toPosition(await invoke("window.inner_position"));
/** @returns {Promise<PhysicalPosition>} the top left with title bar and borders */
export const outerPosition = async () => toPosition(await invoke("window.outer_position"));
/** @returns {Promise<Monitor | null>} the monitor it is on */
export const currentMonitor = async () => {
  const found = await invoke("window.current_monitor");
  if (found === null) return null;
  const { name, position, size, scale_factor: scaleFactor, is_primary: isPrimary } = found;
  return { name, position: toPosition(position), size: toSize(size), scaleFactor, isPrimary };
};

/** @param {LogicalSize | PhysicalSize} size @returns {Promise<void>} */
export const setSize = (size) => invoke("window.set_size", sizeArgs(size));
/** @param {LogicalSize | PhysicalSize | null} size null removes the limit @returns {Promise<void>} */
export const setMinSize = (size) => invoke("window.set_min_size", size ? sizeArgs(size) : {});
/** @param {LogicalSize | PhysicalSize | null} size null removes the limit @returns {Promise<void>} */
export const setMaxSize = (size) => invoke("window.set_max_size", size ? sizeArgs(size) : {});
/** @param {LogicalPosition | PhysicalPosition} position of the outer top left @returns {Promise<void>} */
export const setPosition = (position) =>
  invoke("window.set_position", { x: position.x, y: position.y, unit: position instanceof PhysicalPosition ? "physical" : "logical" });
/** Move to the middle of the monitor. @returns {Promise<void>} */
export const center = () => invoke("window.center");

/** @returns {Promise<boolean>} */
export const isVisible = () => invoke("window.is_visible");
/** @returns {Promise<void>} */
export const show = () => invoke("window.show");
/** Hide it; it lives on. @returns {Promise<void>} */
export const hide = () => invoke("window.hide");
/** @returns {Promise<boolean>} whether it has the keyboard */
export const isFocused = () => invoke("window.is_focused");
/** Bring it to the front and give it the keyboard. @returns {Promise<void>} */
export const setFocus = () => invoke("window.set_focus");
/** @returns {Promise<boolean>} */
export const isMinimized = () => invoke("window.is_minimized");
/** @returns {Promise<void>} */
export const minimize = () => invoke("window.minimize");
/** @returns {Promise<void>} */
export const unminimize = () => invoke("window.unminimize");
/** @returns {Promise<boolean>} */
export const isMaximized = () => invoke("window.is_maximized");
/** @returns {Promise<void>} */
export const maximize = () => invoke("window.maximize");
/** @returns {Promise<void>} */
export const unmaximize = () => invoke("window.unmaximize");
/** Maximise it, or bring it back. @returns {Promise<void>} */
export const toggleMaximize = async () => ((await isMaximized()) ? unmaximize() : maximize());
/** @returns {Promise<boolean>} */
export const isFullscreen = () => invoke("window.is_fullscreen");
/** @param {boolean} fullscreen @returns {Promise<void>} */
export const setFullscreen = (fullscreen) => invoke("window.set_fullscreen", { fullscreen });
/** @returns {Promise<boolean>} whether the user may resize it */
export const isResizable = () => invoke("window.is_resizable");
/** @param {boolean} resizable @returns {Promise<void>} */
export const setResizable = (resizable) => invoke("window.set_resizable", { resizable });
/** @returns {Promise<boolean>} whether it has a title bar and borders */
export const isDecorated = () => invoke("window.is_decorated");
/** @param {boolean} decorations @returns {Promise<void>} */
export const setDecorations = (decorations) => invoke("window.set_decorations", { decorations });
/** @param {boolean} alwaysOnTop @returns {Promise<void>} */
export const setAlwaysOnTop = (alwaysOnTop) => invoke("window.set_always_on_top", { always_on_top: alwaysOnTop });
/** @param {boolean} skip @returns {Promise<void>} */
export const setSkipTaskbar = (skip) => invoke("window.set_skip_taskbar", { skip });
/** @param {boolean} [critical] @returns {Promise<void>} */
export const requestUserAttention = (critical = false) => invoke("window.request_user_attention", { critical });
/** Let the pointer move the window until its button is released. @returns {Promise<void>} */
export const startDragging = () => invoke("window.start_dragging");
/** @returns {Promise<"light" | "dark">} */
export const theme = () => invoke("window.theme");
/** Ask it to close; the app's Python code may prevent that. @returns {Promise<void>} */
export const close = () => invoke("window.close");

/**
 * @typedef {object} NewWindow
 * @property {string} label 1 to 64 of letters, digits and / : _ -
 * @property {string} [url] a path of the app
 * @property {string} [title] default: the app's name
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [minWidth]
 * @property {number} [minHeight]
 * @property {number} [x]
 * @property {number} [y]
 * @property {boolean} [center]
 * @property {boolean} [resizable]
 * @property {boolean} [visible]
 * @property {boolean} [decorations]
 * @property {boolean} [focus]
 */

/**
 * Make a window that shows a page of the app. What that page may do depends on its label.
 * @param {NewWindow} options
 * @returns {Promise<string>} its label
 */
export const create = (options) => invoke("window.create", { options });
