/** Merged cells with figures that a test chooses. */
import type { ResultLayout } from "../../../bench/result/result.ts";
import type { SweepFacts } from "../../../bench/sweep/sweep_document.ts";
import type { MergedCell } from "../../../bench/sweep/sweep_result.ts";
import { fixedCell } from "../report/fixed_result.ts";

/** Makes a cell whose layouts have some lines per I/O each. */
export function cellOf(
  axes: Readonly<Record<string, string>>,
  lines: Readonly<Record<string, number>>,
): MergedCell {
  const cell = fixedCell({});
  const [first] = cell.layouts;
  return {
    id: Object.values(axes).join("-"),
    axes,
    machine: null,
    setup: {},
    cell: {
      ...cell,
      baseline: "page_offset",
      layouts: Object.entries(lines).map(([name, linesPerIo]) => {
        const { modelled: _, machineCode: __, ...layout } =
          first as ResultLayout;
        return {
          ...layout,
          name,
          ratio: null,
          counts: { ...layout.counts, linesPerIo },
        };
      }),
    },
  };
}

/** What is known of a sweep without a folder. */
export function factsOf(cells: readonly MergedCell[]): SweepFacts {
  return {
    manifest: {
      schemaVersion: 1,
      tool: { name: "bvec-lab", version: "0.1.0" },
      kind: "sweep plan",
      name: "a <plan>",
      digest: "0123456789abcdef",
      axes: Object.keys(cells[0]?.axes ?? {}),
      cells: cells.map(({ id, axes }) => ({
        ...{ id, axes: { ...axes } },
        jobs: ["exact" as const],
      })),
      ...{ leftOut: [], dropped: 0, repeated: 0, plan: {} },
    },
    made: { version: "0.1.0", commit: null, codeDigest: null },
    ...{ machines: [], missing: [], repeated: 0 },
  };
}
