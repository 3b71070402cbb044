// --8<-- [start:forecast]
import { invoke } from "@millennium/api";

export const forecast = () => invoke("weather:forecast", { place: "Oslo" });
// --8<-- [end:forecast]
