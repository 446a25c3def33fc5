/**
 * Instructions of the path in C that are on record in
 * `bench/results/machine_code.json`: the same on every machine with that
 * compiler, so that a run that may start no compiler can show them.
 */
import record from "../results/machine_code.json" with { type: "json" };
import type { ResultCell } from "../result/result.ts";

/** Struct pages of 64 bytes, as lp64 has them by default. */
const PAGE_STRUCT_BYTES = 64;

/** A row: ABI, struct page bytes, workload, detection, layout, totals. */
type Row = readonly [string, number, string, string, string, number[][]];

export const RECORDED_CODE: {
  readonly ios: number;
  readonly file: string;
} = { ios: record.ios, file: "bench/results/machine_code.json" };

/**
 * Finds the recorded instructions of a cell's layouts.
 *
 * @param cell A cell of the default machine and queue.
 * @returns Instructions per I/O by layout, of the first build; nothing if the
 *   baseline's are not on record.
 */
export function recordedCode(
  cell: ResultCell,
): ReadonlyMap<string, number> | undefined {
  if (cell.kernel !== record.kernel) return undefined;
  const instructions = record.figures.indexOf("instructions");
  const found = new Map<string, number>();
  for (const layout of cell.layouts) {
    const row = (record.rows as unknown as Row[]).find((
      [abi, pageBytes, workload, recognition, name],
    ) =>
      abi === cell.abi && pageBytes === PAGE_STRUCT_BYTES &&
      workload === cell.workload && name === layout.name &&
      recognition === (layout.recognition ?? cell.recognition)
    );
    const total = row?.[5][0]?.[instructions];
    if (total !== undefined) found.set(layout.name, total / record.ios);
  }
  return found.size < 2 ? undefined : found;
}

/**
 * Names the build that the recorded figures are of.
 *
 * @returns Compiler and flags in a few words; empty where none is on record.
 */
export function recordedBuild(abi: string): string {
  const builds: Readonly<
    Record<string, readonly { compiler: string; build: string }[]>
  > = record.builds;
  const [first] = builds[abi] ?? [];
  if (first === undefined) return "";
  const version = /\d+\.\d+(?:\.\d+)?$/.exec(first.compiler)?.[0] ?? "";
  return `${first.compiler.split(":")[0]} ${version} ${first.build}`;
}
