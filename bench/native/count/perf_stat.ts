/** Counting by the CPU's own counters, as `perf stat` reads them. */
import type { InstructionFigures } from "./figures.ts";

/** Events, and the figures that they are. All of user space alone. */
const EVENTS = [
  ["instructions:u", "instructions"],
  ["branches:u", "branches"],
  ["L1-dcache-loads:u", "loads"],
  ["L1-dcache-stores:u", "stores"],
] as const;

export type PerfFigures = Pick<
  InstructionFigures,
  "instructions" | "loads" | "stores" | "branches"
>;

export function perfArguments(command: readonly string[]): string[] {
  return [
    ...["stat", "-x", ",", "-e", EVENTS.map(([event]) => event).join(",")],
    ...["--", ...command],
  ];
}

/**
 * Reads what `perf stat -x ,` says (perf-stat(1), "CSV FORMAT").
 *
 * @param text What it printed on standard error.
 * @returns The figures; nothing where the CPU or the kernel gives no count of
 *   instructions, or where counters had to take turns, so that the count is an
 *   estimate.
 */
export function readPerfStat(text: string): PerfFigures | undefined {
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [value = "", , event = "", , share = "100"] = line.split(",");
    if (!/^\d+$/.test(value) || Number(share) < 100) continue;
    // Some versions leave the modifier out.
    counts.set(event.replace(/:u$/, ""), Number(value));
  }
  const figures = Object.fromEntries(
    EVENTS.map((
      [event, name],
    ) => [name, counts.get(event.replace(/:u$/, "")) ?? null]),
  ) as unknown as PerfFigures;
  return figures.instructions === null ? undefined : figures;
}

/**
 * Tells why there are no counts.
 *
 * @param text What `perf stat` printed on standard error.
 * @returns The reason in a few words.
 */
export function perfRefusal(text: string): string {
  const paranoid = /perf_event_paranoid[^\d-]*(-?\d+)?/.exec(text);
  if (paranoid !== null) {
    return "the kernel refuses counters (perf_event_paranoid" +
      `${paranoid[1] === undefined ? "" : ` is ${paranoid[1]}`}), expected 2 ` +
      "or less";
  }
  if (/<not supported>|<not counted>/.test(text)) {
    return "this machine has no counters, expected a CPU that gives them";
  }
  const line = text.split("\n").find((one) => one.trim() !== "") ?? "nothing";
  return `it says "${line.trim().slice(0, 120)}", expected counts`;
}
