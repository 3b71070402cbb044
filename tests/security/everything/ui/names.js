// Commands that Millennium, Tauri, pywebview, Neutralino, Wails or Electron have or had elsewhere.
export const absent = [
  "updater.check", "updater.install", "updater.download_and_install", "plugin:updater|check", "updater:check",
  "shell.open", "shell.execute", "shell.kill", "shell.stdin_write", "shell.sidecar", "plugin:shell|open", "shell:execute",
  "opener.open_url", "opener.open_path", "opener.reveal",
  "process.exit", "process.relaunch", "process.restart", "app.restart", "app.relaunch", "app.reexec", "app.current_exe",
  "http.request", "http.fetch", "http.client", "plugin:http|fetch",
  "notification.notify", "notification.request_permission", "notification.is_permission_granted",
  "clipboard.read_text", "clipboard.write_text", "global_shortcut.register", "menu.create", "tray.create",
  "window.open_devtools", "window.close_devtools", "window.toggle_devtools", "window.eval", "window.evaluate", "window.evaluate_js",
  "window.navigate", "window.load_url", "window.print", "app.verify", "protocol.register", "asset.read",
  "fs.copy_file", "fs.rename", "fs.remove_file", "fs.create_dir", "fs.remove_dir", "fs.extract", "resource.load", "resource.close",
  "__call__", "__class__", "__init__", "__globals__", "echo.__globals__", "app.__init__", "window.__class__", "os.system", "builtins.eval",
  "pywebview._bridge", "pywebview.token", "expose", "js_api", "api", "tauri", "tauri_invoke", "__TAURI_INVOKE__", "Neutralino.os.execCommand",
  "constructor", "prototype", "hasOwnProperty", "echo ", " echo", "Echo", "ECHO", "echo.", "app.Name", "app..name", "app:echo", "app:*", "*",
];

// Names that would begin a line of the log of their own, or paint one.
export const forging = ["a\nwindow main: granted: fs.read_text", "b\r\nFORGED", "c\u001b[31mred", "d\u2028FORGED", "e\u0085FORGED", "f\u0007\b\b"];

const outer = "$HOME/secret.txt", folder = "$HOME/allowed";
export const outside = [
  outer, `${folder}/../secret.txt`, `${folder}/./../secret.txt`, `${folder}/deep/../../secret.txt`, `${folder}//../secret.txt`,
  `${folder}/%2e%2e/secret.txt`, `${folder}/..%2fsecret.txt`, `${folder}/..\\secret.txt`, `${folder}\\..\\secret.txt`,
  `${folder}/link`, `${folder}/folder/secret.txt`, `${folder}/loop/loop/loop/folder/secret.txt`, `${folder}/.hidden`,
  `${folder}/ok.txt\0`, `${folder}/ok.txt\0/../../secret.txt`, `${folder}/ok.txt\n`, "ok.txt", "./ok.txt", "../secret.txt", "", "/", ".",
  "/etc/passwd", "//etc/passwd", "/proc/self/environ", "/proc/self/mem", "/dev/zero", "/dev/stdin", "~/secret.txt", "$HOME", "$HOME/", "$NOTHING/x", "${HOME}/secret.txt",
  "file:///etc/passwd", "millennium://localhost/index.html", "\\\\server\\share\\x", "\\\\?\\C:\\x", "C:\\Windows\\win.ini", "C:x", "CON", "NUL", "ok.txt:stream",
  `${folder}/` + "a/".repeat(3000), `$HOME/Allowed/ok.txt`, `$HOME/allowed-not/ok.txt`, `$HOME/allowe\u0301d/ok.txt`, `$HOME/\uff41llowed/ok.txt`,
];
export const inside = [
  `${folder}/ok.txt`, `${folder}/deep/ok.txt`, `${folder}/loop/ok.txt`, `${folder}//ok.txt`,
  ...["*", "**", "[a-z]", "?", "{a,b}", "!x", "a..b"].map((name) => `${folder}/${name}`),
];
export const unwritable = [
  outer, `${folder}/link`, `${folder}/folder/secret.txt`, `${folder}/folder/new.txt`, `${folder}/../new.txt`, `${folder}/deep/`, folder, `${folder}/.hidden`, "/etc/millennium", "$HOME/.bashrc",
];

// Options that nobody but the app's Python code decides.
export const options = {
  "window with devtools": ["window.create", { options: { label: "a", devtools: true } }],
  "window with a user agent": ["window.create", { options: { label: "a", userAgent: "x" } }],
  "window with permissions": ["window.create", { options: { label: "a", permissions: ["camera"] } }],
  "window of another origin": ["window.create", { options: { label: "a", url: "https://example.invalid/" } }],
  "window of a script": ["window.create", { options: { label: "a", url: "javascript:alert(1)" } }],
  "window of a network path": ["window.create", { options: { label: "a", url: "//example.invalid/" } }],
  "window with an attribute of Python": ["window.create", { options: { label: "a", __class__: { __init__: {} } } }],
  "window with an injected label": ["window.create", { options: { label: "a\"});alert(1)//" } }],
  "window with a label of two lines": ["window.create", { options: { label: "a\nb" } }],
  "window with a taken label": ["window.create", { options: { label: "main" } }],
  "window of impossible size": ["window.create", { options: { label: "a", width: 1e300 } }],
  "dialog that grants all below": ["dialog.open", { options: { directory: true, recursive: true } }],
  "dialog that grants for ever": ["dialog.save", { options: { persist: true } }],
  "arguments with __class__": ["number", { value: 1, __class__: { __init__: { __globals__: {} } } }],
  "an attribute for an argument": ["number", { "value.__class__": 1 }],
  "an injected argument": ["window.set_title", { title: "x", window: "other" }],
  "a scope of its own": ["fs.read_text", { path: "$HOME/secret.txt", scope: { allow: ["/**"] } }],
  "an event of the framework": ["event.emit", { name: "millennium://window-created", payload: {} }],
  "an event named as the framework's": ["event.emit", { name: "millennium:closed", payload: {} }],
  "an event of another line": ["event.emit", { name: "a\nb", payload: {} }],
  "an event with colours": ["event.emit", { name: "\u001b[31m", payload: {} }],
  "an event without end": ["event.emit", { name: "a".repeat(65), payload: {} }],
};
