// Replaces all that frame and private world use, before the frame is there, and looks who uses it.
(() => {
  const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
  const { ownKeys, getOwnPropertyDescriptor: describe, defineProperty, apply } = Reflect;
  const used = {}, late = new Promise((done) => setTimeout(done, 3000, "NO ANSWER"));
  let counts = true;
  const poison = (name, owner) => {
    for (const key of ownKeys(owner)) {
      const found = describe(owner, key);
      if (!found.configurable || key === "constructor") continue;
      for (const part of ["value", "get", "set"]) {
        const real = found[part];
        if (typeof real !== "function") continue;
        found[part] = function (...args) {
          if (counts) used[`${name}.${String(key)}`] = 1;
          return apply(real, this, args);
        };
      }
      defineProperty(owner, key, found);
    }
  };
  const target = [
    "Set", "MutationObserver", "Document", "Element", "HTMLElement", "HTMLIFrameElement", "MessageEvent", "Uint8Array", "DataView",
    "TextEncoder", "TextDecoder", "SubtleCrypto", "Crypto",
  ];
  for (const name of target) poison(name, globalThis[name].prototype);
  for (const name of ["atob", "btoa", "setTimeout", "postMessage"]) {
    const real = window[name];
    window[name] = (...args) => { if (counts) used[name] = 1; return apply(real, window, args); };
  }
  for (const key of ["tagLength", "iv", "salt", "subtree", "id", "name", "plain", "then", "frame", "seal", "once"]) {
    defineProperty(Object.prototype, key, { __proto__: null, configurable: true, get() { if (counts) used[`{}.${key}`] = 1; }, set() {} });
  }
  Promise.race([late, invoke("echo", { text: "change me" })]).then((said) => {
    const result = { said, used: ownKeys(used).filter((key) => key !== "{}.then") };
    const root = document.documentElement; // the control
    result.control = [root.tagName, ...ownKeys(used)].includes("Document.documentElement");
    counts = false;
    for (const key of ownKeys(Object.prototype)) if (describe(Object.prototype, key).get && key !== "__proto__") delete Object.prototype[key];
    invoke("report", { result });
  });
})();
