/** What counts the machine code of the path in C. */

/** Tools that count, in the order in which they are preferred. */
export const COUNT_TOOLS = ["perf", "valgrind", "qemu"] as const;

export type CountToolName = typeof COUNT_TOOLS[number];

/** A choice of what counts: a tool, the best one that is there, or none. */
export type CountChoice = "auto" | "perf" | "valgrind" | "qemu" | "off";

export const COUNT_CHOICES: readonly CountChoice[] = Object.freeze([
  "auto",
  ...COUNT_TOOLS,
  "off",
]);
