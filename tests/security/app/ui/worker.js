importScripts("/probe.js");
