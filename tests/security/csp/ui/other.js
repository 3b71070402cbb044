globalThis.mark?.("script of another host");
