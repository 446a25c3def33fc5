import { PATCHED_KERNELS } from "../../../bench/report/recorded_instructions.ts";
import { assertEquals } from "@std/assert";
import { answerGroups } from "../../../bench/report/answer_figures.ts";
import { answerSentences } from "../../../bench/report/answer_sentences.ts";
import type { ResultCell, ResultLayout } from "../../../bench/result/result.ts";
import {
  fixedCell,
  fixedLayout,
  fixedMachineCode,
  fixedResult,
} from "./fixed_result.ts";

const counts = (lines: number) => ({
  ...fixedLayout().counts,
  linesPerIo: lines,
});

/** A baseline of 70 lines beside one other layout. */
function cellOf(
  other: Partial<ResultLayout>,
  change: Partial<ResultCell> = {},
): ResultCell {
  return fixedCell({
    layouts: [
      fixedLayout({ counts: counts(70) }),
      fixedLayout({ name: "phys_packed", counts: counts(68), ...other }),
    ],
    ...change,
  });
}

const machineCode = (instructionsPerIo: number) => ({
  machineCode: fixedMachineCode(instructionsPerIo),
});

function said(...cells: ResultCell[]): Record<string, string> {
  return Object.fromEntries(
    answerSentences(answerGroups(fixedResult({ cells })))
      .map(({ key, text }) => [key, text]),
  );
}

Deno.test("answerSentences() of a clear win says by how much, and its interval", () => {
  const found = said(cellOf({
    verdict: "faster",
    ratio: { median: 0.75, low: 0.7, high: 0.8 },
  }));

  // 68 of 70 lines; 0.7 - 1 and 0.8 - 1.
  assertEquals(found, {
    lines: "Cache lines per I/O vs page_offset: fewer with phys_packed " +
      "(up to -2 of 70 in rand4k-hot).",
    time: "Time in JavaScript: faster with phys_packed -25% (-30% to -20%) " +
      "in rand4k-hot.",
  });
});

Deno.test("answerSentences() says which path was timed", () => {
  const timeOf = (...engines: readonly ("js" | "native")[]) =>
    said(
      ...engines.map((engine, i) => cellOf({}, { engine, workload: `w${i}` })),
    ).time?.replace(/:.*/, "");
  assertEquals(timeOf("js"), "Time in JavaScript");
  assertEquals(timeOf("native"), "Time in C");
  assertEquals(timeOf("js", "native"), "Time on this machine");
});

Deno.test("answerSentences() says what would have been shown where nothing is", () => {
  const found = said(
    cellOf({ detectable: 0.02, ratio: { median: 1, low: 0.98, high: 1.02 } }),
    cellOf({ detectable: 0.05, ratio: { median: 1, low: 0.95, high: 1.05 } }, {
      workload: "128k",
    }),
  );

  assertEquals(
    found["time"],
    "Time in JavaScript: no difference shown (one of 2.0% to 5.0% would " +
      "have been).",
  );
});

Deno.test("answerSentences() of a noisy run claims nothing of time", () => {
  const noisy = {
    detectable: 0.45,
    ratio: { median: 0.8, low: 0.5, high: 1.3 },
  };

  assertEquals(
    said(cellOf(noisy))["time"],
    "Time in JavaScript: nothing shown, too noisy or too short to tell.",
  );
  // One measurement each is no better.
  assertEquals(
    said(cellOf({
      ...{ ratio: { median: 0.8, low: null, high: null }, detectable: 0.02 },
    }))["time"],
    "Time in JavaScript: nothing shown, too noisy or too short to tell.",
  );
});

Deno.test("answerSentences() tells counts that the clock contradicts", () => {
  const slower = {
    verdict: "slower" as const,
    ratio: { median: 1.1, low: 1.05, high: 1.2 },
  };
  const found = said(cellOf(slower));

  assertEquals(
    found["contradiction"],
    "Contradiction: phys_packed takes fewer lines than page_offset in " +
      "rand4k-hot, but is slower. Cite neither without the other.",
  );
  // More lines and slower agree.
  assertEquals(
    said(cellOf({ ...slower, counts: counts(72) }))["contradiction"],
    undefined,
  );
});

Deno.test("answerSentences() tells engines that contradict each other", () => {
  const agreement = {
    engines: ["js", "native"],
    tau: -1,
    opposed: ["phys_packed"],
    oneSided: [],
    words: "the engines disagree",
    layouts: [],
  };
  const found = said(
    cellOf({}),
    cellOf({}, { engine: "native", agreement }),
  );

  assertEquals(
    found["contradiction"],
    "Contradiction: the engines disagree on phys_packed in rand4k-hot. Cite " +
      "neither without the other.",
  );
});

Deno.test("answerSentences() says how near kernels are to the path's instructions", () => {
  const layouts = [
    fixedLayout({ counts: counts(70), ...machineCode(1000) }),
    fixedLayout({ name: "phyr", counts: counts(70), ...machineCode(750) }),
    fixedLayout({ name: "rlist_16", counts: counts(70), ...machineCode(1250) }),
  ];

  assertEquals(
    said(fixedCell({ layouts }))["instructions"],
    "Instructions of the path in C: fewer with phyr (up to -25%); more with " +
      "rlist_16 (up to +25%). Patched kernels (Linux 7.2.13, " +
      `${PATCHED_KERNELS.changes} changes), used to tune the path, ` +
      "agree within " +
      `${PATCHED_KERNELS.mostPointsOff.toFixed(1)} points.`,
  );
});

Deno.test("answerSentences() of counts alone says that nothing was timed", () => {
  const untimed = { nsPerIo: null, ratio: null, verdict: null };
  const found = said(cellOf({ ...untimed, counts: counts(70) }));

  assertEquals(found, {
    lines:
      "Cache lines per I/O: the same with every layout as with page_offset.",
    time: "Nothing was timed: the answer rests on counts alone.",
  });
});

Deno.test("answerSentences() of a layout alone compares nothing", () => {
  assertEquals(said(fixedCell({ layouts: [fixedLayout()] })), {
    lines: "Nothing to compare: page_offset is the only layout.",
  });
  assertEquals(said(), {
    lines: "Nothing to compare: the result has no cells.",
  });
});
