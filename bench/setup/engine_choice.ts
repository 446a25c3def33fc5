/** The names of the engines: what runs the path. */

export type EngineChoice = "js" | "native" | "both";

export const ENGINE_CHOICES: readonly EngineChoice[] = Object.freeze([
  "js",
  "native",
  "both",
]);

/** An engine that runs cells. */
export type Engine = "js" | "native";
