import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { answerOf } from "../../../bench/study/answer.ts";
import { mixedCell } from "../../../bench/study/mixing_parts.ts";
import {
  readStudy,
  type Study,
  type StudyTimedCell,
} from "../../../bench/study/study_file.ts";
import { timedTables } from "../../../bench/study/timed_tables.ts";

const FILE = "bench/results/study.json";
const STUDY = readStudy(
  await Deno.readTextFile(new URL(`../../../${FILE}`, import.meta.url)),
  FILE,
);

const timing = (median: number) => ({
  nsPerIo: { median: 100 * median, low: 90 * median, high: 110 * median },
  ratio: { median, low: 0.9 * median, high: 1.1 * median },
  verdict: "faster" as const,
  detectable: 0.04,
  betweenBuildSpread: 0.01,
});

const cell = (
  recognition: string,
  ratio: number,
  change: Partial<StudyTimedCell> = {},
): StudyTimedCell => ({
  recognition,
  workload: "64k-mixed",
  submitter: "user",
  engine: "js",
  builds: 5,
  rounds: 12,
  noiseFloor: 0.02,
  harnessNs: {},
  layouts: { page_offset: timing(1), phys_flags: timing(ratio) },
  warnings: [],
  ...change,
});

const timed = (
  cells: readonly StudyTimedCell[],
  clock: { clock?: "path" } = { clock: "path" },
): Study => ({
  ...STUDY,
  timed: {
    ...{ date: "2026-01-02", environment: {}, warnings: [], cells },
    ...clock,
  },
});

Deno.test("mixedCell() splits a ratio into the layout's and the rule's", () => {
  const segment = cell("segment", 0.4);
  const study = timed([cell("page", 1.25), segment]);
  const parts = mixedCell(study, segment);
  assert(parts !== undefined);
  // 64 KiB of which each page is P2P or not: 8.5 changes of kind.
  assertEquals([parts.layout, parts.bios], ["phys_flags", 1]);
  assert(parts.baselineBios > 8 && parts.baselineBios < 9);
  assertEquals(parts.byLayout, 1.25);
  // 0.4 = 1.25 x 0.32
  assertAlmostEquals(parts.byRule ?? NaN, 0.32, 1e-12);
});

Deno.test("mixedCell() is nothing where both take the same bios", () => {
  const host = cell("segment", 0.6, { workload: "128k-scattered" });
  assertEquals(mixedCell(timed([host]), host), undefined);
  const page = cell("page", 1.1);
  assertEquals(mixedCell(timed([page]), page), undefined);
});

Deno.test("mixedCell() splits nothing that was not timed under one rule", () => {
  const segment = cell("segment", 0.4);
  const other = cell("page", 1.25, { engine: "native" });
  const parts = mixedCell(timed([other, segment]), segment);
  assertEquals([parts?.byLayout, parts?.byRule], [null, null]);
  assertEquals(parts?.bios, 1);
});

Deno.test("the study's table and answer say what the rule does", () => {
  const study = timed([cell("page", 1.25), cell("segment", 0.4)]);
  const lines = timedTables(study);
  const row = (label: string) =>
    lines.filter((line) => line.startsWith(label)).map((line) =>
      line.slice(label.length).trim()
    );
  assertEquals(row("phys_flags: layout"), ["1.25"]);
  assertEquals(row("phys_flags: rule"), ["0.32"]);
  assert(lines.join(" ").includes("that rule, not the encoding, makes these"));
  const answer = answerOf(study).join(" ");
  assert(
    answer.includes(
      "faster, of which 1.25 is the layout and 0.32 the rule that a bio does " +
        "not mix kinds of memory",
    ),
    answer,
  );
  assert(answer.includes("and 0 the encoding"), answer);
});
