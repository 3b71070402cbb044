import { invoke } from "@millennium/api";

// Media starts GStreamer in the web process; a canvas starts its graphics.
new Audio().canPlayType("audio/ogg; codecs=vorbis");
document.createElement("canvas").getContext("webgl");
await invoke("walk");
