/**
 * The result of `lab cache`: what was run, its counts before and after the
 * final copy-back, as JSON and as a table of at most 80 columns.
 */
import { plural } from "../../sim/text/plural.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import type {
  HierarchyCounts,
  LevelCounts,
  MissClassCounts,
} from "../../sim/cache/counts.ts";
import { stallCycles } from "../../sim/cache/stall.ts";
import { cycleUnit, inUnits } from "../report/modelled_figure.ts";

export interface CacheResult {
  readonly trace: string;
  readonly format: string;
  /** Whose counting rules were followed. */
  readonly mode: "dinero" | "cachegrind";
  /** The CPU whose hierarchy was run, if one was named. */
  readonly cpu: Cpu | undefined;
  readonly seed: number;
  /** Whether the trace was not read to its end. */
  readonly interrupted: boolean;
  readonly skippedLines: number;
  /** How often part of a reference was not taken literally. */
  readonly remarks: Readonly<Record<string, number>>;
  /** Counts before dirty lines are copied back. */
  readonly before: HierarchyCounts;
  /** Counts after it. */
  readonly after: HierarchyCounts;
}

const CACHE_SCHEMA_VERSION = 1;

/**
 * Gives a result as JSON; `levels` is before the final copy-back, and
 * `afterCopyBack` the same after it.
 */
export function cacheJson(result: CacheResult): Record<string, unknown> {
  const { before, after, cpu } = result;
  return {
    schemaVersion: CACHE_SCHEMA_VERSION,
    tool: "lab cache",
    trace: result.trace,
    format: result.format,
    mode: result.mode,
    cpu: cpu?.name ?? null,
    seed: result.seed,
    interrupted: result.interrupted,
    skippedLines: result.skippedLines,
    remarks: result.remarks,
    references: before.references,
    levels: before.levels,
    afterCopyBack: { levels: after.levels },
    modelledStallCycles: cpu ? stallCycles(cpu, before) : null,
  };
}

/**
 * Returns a result as a table.
 *
 * @returns The text, of lines of at most 80 columns.
 */
export function cacheTable(result: CacheResult): string {
  const { before, after, cpu } = result;
  const { reads, writes, instructions, ignored } = before.references;
  const lines = [
    `${result.trace}: ${plural(reads, "read")}, ${plural(writes, "write")}, ` +
    plural(instructions, "instruction fetch"),
  ];
  if (ignored > 0) {
    lines.push(
      `${plural(ignored, "reference")} left out: there is no first level for ` +
        (ignored === 1 ? "it" : "them"),
    );
  }
  if (result.interrupted) lines.push("Interrupted: the counts so far");
  lines.push(
    `Counted as ${result.mode} does` +
      (result.mode === "dinero" ? ", before the final copy-back" : ""),
    "",
    row(["level", "access", "accesses", "misses", "miss ratio"]),
  );
  for (const level of before.levels) lines.push(...levelRows(level));
  if (result.mode === "dinero") {
    lines.push("", ...trafficRows(before, after));
  }
  const classes = before.levels.flatMap(classRows);
  if (classes.length > 0) {
    lines.push(
      "",
      row(["level", "misses", "compulsory", "capacity", "conflict"]),
      ...classes,
    );
  }
  if (cpu) lines.push("", ...stallRows(cpu, before));
  return lines.map((line) => cut(line)).join("\n") + "\n";
}

function levelRows(level: LevelCounts): string[] {
  const kinds: [string, number, number][] = [
    ["read", level.readAccesses, level.readMisses],
    ["write", level.writeAccesses, level.writeMisses],
    ["fetch", level.instructionAccesses, level.instructionMisses],
  ];
  const used = kinds.filter(([, accesses]) => accesses > 0);
  if (used.length === 0) return [row([level.name, "none", "0", "0", "-"])];
  return used.map(([kind, accesses, misses], index) =>
    row([
      index === 0 ? level.name : "",
      kind,
      String(accesses),
      String(misses),
      `${(misses / accesses * 100).toFixed(3)} %`,
    ])
  );
}

function trafficRows(before: HierarchyCounts, after: HierarchyCounts) {
  const rows = [
    row(["level", "splits", "write-backs", "B from next", "B to next"]),
  ];
  before.levels.forEach((level, at) => {
    const flushed = after.levels[at] ?? level;
    const traffic = (name: string, counts: LevelCounts) =>
      row([
        name,
        String(counts.splits),
        String(counts.writebacks),
        String(counts.bytesFromNext),
        String(counts.bytesToNext),
      ]);
    rows.push(traffic(level.name, level));
    if (JSON.stringify(level) === JSON.stringify(flushed)) return;
    rows.push(traffic("  after copy-back", flushed));
    if (flushed.writeAccesses !== level.writeAccesses) {
      rows.push(
        `    with ${plural(flushed.writeAccesses, "write access")}, ${
          plural(flushed.writeMisses, "miss")
        }`,
      );
    }
  });
  return rows;
}

function classRows(level: LevelCounts): string[] {
  if (level.missClasses === null) return [];
  const kinds: [string, MissClassCounts][] = [
    ["read", level.missClasses.read],
    ["write", level.missClasses.write],
    ["fetch", level.missClasses.instruction],
  ];
  return kinds
    .filter(([, { compulsory, capacity, conflict }]) =>
      compulsory + capacity + conflict > 0
    )
    .map(([kind, { compulsory, capacity, conflict }]) =>
      row([level.name, kind, ...[compulsory, capacity, conflict].map(String)])
    );
}

function stallRows(cpu: Cpu, counts: HierarchyCounts): string[] {
  const found = stallCycles(cpu, counts);
  // No figure is finer than its model; JSON has all digits.
  const unit = cycleUnit([found.cycles]);
  const about = (value: number) => `${inUnits(value, unit)}`;
  const places = [
    ...cpu.levels.map(({ name, latency }) => ({ name, latency })),
    { name: "memory", latency: cpu.memory },
  ];
  return [
    cpu.title,
    `modelled stall cycles, no overlap, no prefetching: about ${
      about(found.cycles)
    }`,
    `assumed latencies 25 % lower or higher: ${about(found.low)} to ${
      about(found.high)
    }`,
    ...places.map(({ name, latency }) =>
      `  ${name.padEnd(8)}${String(latency.cycles).padStart(5)} cycles  ` +
      `${latency.basis}`
    ),
    ...cpu.notes,
  ];
}

function row(cells: readonly string[]): string {
  const [name = "", ...rest] = cells;
  return name.padEnd(18) + rest.map((cell) => ` ${cell.padStart(14)}`).join("");
}

function cut(line: string): string {
  return line.length <= 80 ? line : `${line.slice(0, 77)}...`;
}
