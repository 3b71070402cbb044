// Ends the app when the attack itself breaks.
import { invoke } from "@millennium/api";
import("./index.js").catch((error) => invoke("report", { result: { error: `${error} ${error.stack}` } }));
