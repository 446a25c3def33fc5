/** A result that has whatever a run can have, and what is shown of it. */
import { assert } from "@std/assert";
import { type Block, tableOf } from "../../../bench/report/blocks.ts";
import {
  breakdownDocument,
  cellDocument,
} from "../../../bench/report/document.ts";
import { exporters } from "../../../bench/report/registry.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import { fixedCell, fixedLayout } from "./fixed_result.ts";

/** A result with whatever a run can have; where from: tests/data/README.md. */
export const FULL: LabResult = JSON.parse(
  await Deno.readTextFile(
    new URL("../../data/report/full_result.json", import.meta.url),
  ),
);

/** A cell in which the baseline recognises otherwise than the layout. */
export const SEGMENT = fixedCell({
  workload: "64k-mixed",
  recognition: "segment",
  layouts: [
    fixedLayout({
      counts: { ...fixedLayout().counts, biosPerIo: 8.5, mapBranchesPerIo: 3 },
    }),
    fixedLayout({
      name: "phys_flags",
      recognition: "segment",
      ratio: { median: 0.4, low: 0.38, high: 0.42 },
      verdict: "faster",
      counts: { ...fixedLayout().counts, biosPerIo: 1, mapBranchesPerIo: 2 },
    }),
  ],
});

/** Both, as a run that was interrupted. */
export const ALL: LabResult = {
  ...FULL,
  environment: { ...FULL.environment, date: "2026-11-29T08:41:07Z" },
  interrupted: true,
  cells: [...FULL.cells, SEGMENT],
};

/** What the footprint is broken down by. */
export const BY = "structure" as const;

/** A format by its name. */
export const exporterOf = (name: string) => {
  const found = exporters.find((exporter) => exporter.name === name);
  assert(found !== undefined, name);
  return found;
};

/** All that a report says of a cell. */
export const blocksOf = (cell: ResultCell): Block[] => [
  ...cellDocument(cell).flat(),
  ...breakdownDocument(cell, BY).flat(),
];

/** All its tables, charts as such, too. */
export const tablesOf = (cell: ResultCell) =>
  blocksOf(cell).flatMap((block) => tableOf(block) ?? []);

/** One space between words, without what only draws a table or escapes. */
export function bare(text: string): string {
  return text.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, "").replaceAll("|", " ")
    .replaceAll(/[\s]+/g, " ");
}
