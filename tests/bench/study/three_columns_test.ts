/** Contradictions that are planted, and what becomes of them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { answerOf } from "../../../bench/study/answer.ts";
import type { MachineCodeRecord } from "../../../bench/study/machine_code.ts";
import { readRecord } from "../../../bench/study/machine_code.ts";
import {
  readStudy,
  type Study,
  type StudyTimedCell,
  type StudyTiming,
} from "../../../bench/study/study_file.ts";
import { timedTables } from "../../../bench/study/timed_tables.ts";
import { threeColumns } from "../../../bench/study/three_columns.ts";
import { FIGURES } from "../../../bench/native/count/figures.ts";

const STUDY_PATH = new URL(
  "../../../bench/results/study.json",
  import.meta.url,
);
const COMMITTED = readStudy(await Deno.readTextFile(STUDY_PATH), "study.json");

/** A time of so much of the baseline's, shown as what it is if it is given. */
function timing(
  median: number,
  verdict: StudyTiming["verdict"] = "no difference shown",
): StudyTiming {
  return {
    nsPerIo: { median: 100 * median, low: 99 * median, high: 101 * median },
    ratio: { median, low: 0.99 * median, high: 1.01 * median },
    verdict,
    detectable: 0.02,
    betweenBuildSpread: 0.01,
  };
}

function cell(
  engine: "js" | "native",
  layouts: Record<string, StudyTiming>,
): StudyTimedCell {
  return {
    ...{ recognition: "page", workload: "128k-scattered", submitter: "user" },
    ...{ engine, builds: 20, rounds: 3, noiseFloor: 0.005, warnings: [] },
    harnessNs: {},
    layouts: { page_offset: timing(1), ...layouts },
  };
}

/** A study with one layout in C and in JavaScript. */
function studyOf(layout: string, native: StudyTiming, js?: StudyTiming): Study {
  return {
    ...COMMITTED,
    timed: {
      ...{ date: "2026-01-02", clock: "path", environment: {}, warnings: [] },
      cells: [
        ...(js === undefined ? [] : [cell("js", { [layout]: js })]),
        cell("native", { [layout]: native }),
      ],
    },
  };
}

/** Counts of gcc and clang, relative to 1000 instructions of the baseline. */
function codeOf(layout: string, ratios: readonly number[]): MachineCodeRecord {
  const totals = (ratio: number) => [
    Math.round(1000 * ratio),
    ...FIGURES.slice(1).map(() => 1),
    1,
  ];
  const rowOf = (name: string, own: readonly number[]) => [
    ...["lp64", 64, "128k-scattered", "page", name],
    own.map(totals),
  ];
  return readRecord(JSON.stringify({
    ...{ schemaVersion: 1, kernel: "7.2", seed: 1, ios: 1, figures: FIGURES },
    builds: {
      lp64: ["gcc", "clang"].map((name) => ({
        ...{ compiler: `${name}: ${name} 1`, build: "-O2", flags: ["-O2"] },
      })),
    },
    rows: [
      rowOf("page_offset", ratios.map(() => 1)),
      rowOf(layout, ratios),
    ],
  }));
}

const SLOWER = timing(1.1, "slower");
const FASTER = timing(0.9, "faster");
const SAME = timing(1);

/** What is said of one layout: phys_flags touches as many lines as mainline. */
function judged(
  columns: {
    readonly layout?: string;
    readonly counts?: readonly number[];
    readonly native: StudyTiming;
    readonly js?: StudyTiming;
  },
) {
  const { layout = "phys_flags", counts, native, js } = columns;
  const [row] = threeColumns(
    studyOf(layout, native, js),
    counts && codeOf(layout, counts),
  );
  return row && [row.contradiction, row.explanation, row.refused];
}

Deno.test("columns that agree, or show nothing, contradict nothing", () => {
  const none = [undefined, undefined, undefined];
  assertEquals(
    judged({ counts: [1.1, 1.1], native: SLOWER, js: SLOWER }),
    none,
  );
  assertEquals(judged({ counts: [0.9, 0.9], native: FASTER }), none);
  assertEquals(judged({ native: SAME, js: SAME }), none);
  // Instructions that differ by compiler, or by less than 2 %, decide nothing.
  assertEquals(judged({ counts: [0.9, 1.1], native: SLOWER }), none);
  assertEquals(judged({ counts: [0.99, 0.99], native: SLOWER }), none);
  // One engine alone shows a difference that the other's interval allows.
  const wide = { ...SAME, ratio: { median: 1, low: 0.8, high: 1.2 } };
  assertEquals(judged({ native: wide, js: FASTER }), none);
  assertEquals(judged({ native: SLOWER, js: SAME }), none);
});

Deno.test("engines that contradict each other: the one without the counts is refused", () => {
  const what = "C and JavaScript";
  assertEquals(
    judged({ counts: [1.01, 1.02], native: SLOWER, js: FASTER }),
    [what, undefined, "js"],
  );
  // Counts on the side of JavaScript, on neither, and none.
  assertEquals(
    judged({ counts: [0.98, 0.97], native: SLOWER, js: FASTER }),
    [what, undefined, "both"],
  );
  assertEquals(
    judged({ counts: [0.98, 1.02], native: SLOWER, js: FASTER }),
    [what, undefined, "both"],
  );
  assertEquals(judged({ native: FASTER, js: SLOWER }), [
    what,
    undefined,
    "both",
  ]);
  // C has no room for what JavaScript shows.
  assertEquals(judged({ native: SAME, js: FASTER }), [what, undefined, "js"]);
});

Deno.test("times that contradict counts are explained by lines, or refused", () => {
  const what = "counts and C";
  assertEquals(judged({ counts: [0.9, 0.9], native: SLOWER }), [
    what,
    undefined,
    "both",
  ]);
  assertEquals(judged({ counts: [1.1, 1.1], native: FASTER }), [
    what,
    undefined,
    "both",
  ]);
  // phys_packed touches 4 lines fewer of 128 KiB: fewer lines may be faster.
  assertEquals(
    judged({ layout: "phys_packed", counts: [1.1, 1.1], native: FASTER }),
    [what, "by 4.0 lines fewer of memory", undefined],
  );
  assertEquals(
    judged({ layout: "phys_packed", counts: [0.9, 0.9], native: SLOWER }),
    [what, undefined, "both"],
  );
  assertEquals(
    judged({ counts: [1.1, 1.1], native: SAME, js: timing(0.995, "faster") }),
    ["counts and JavaScript", undefined, "js"],
  );
});

Deno.test("what is refused is marked in tables, and counted in the answer", () => {
  const study = studyOf("phys_flags", SLOWER, FASTER);
  const code = codeOf("phys_flags", [1.05, 1.04]);
  const lines = timedTables(study, code);
  // In the table of JavaScript and in the three columns.
  assertEquals(lines.filter((line) => line.includes("0.90!")).length, 2);
  assertEquals(lines.filter((line) => line.includes("1.10+")).length, 2);
  assert(lines.every((line) => line.length <= 80));
  assertStringIncludes(
    lines.join(" "),
    "phys_flags: C and JavaScript contradict each other: JavaScript is refused.",
  );
  const answer = answerOf(study, code);
  assertStringIncludes(
    answer[5] ?? "",
    "with engine js, of 1 comparison with page_offset 0 were faster, 0 slower, " +
      "0 showed no difference, 1 are refused (!)",
  );
  assertStringIncludes(
    answer[7] ?? "",
    "JavaScript contradicts C in 1 of 1 comparison (128k by page: phys_flags): " +
      "what is not explained is refused.",
  );
});

Deno.test("a layout that neither was counted nor checked has no row", () => {
  assertEquals(judged({ native: SLOWER }), undefined);
});
