/** What is timed in a study: its tables, and what of it is withdrawn. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { answerOf } from "../../../bench/study/answer.ts";
import type { Study, StudyTimedCell } from "../../../bench/study/study_file.ts";
import { timedTables } from "../../../bench/study/timed_tables.ts";
import { withdrawnCells } from "../../../bench/study/withdrawn.ts";
import { at, STUDY, timedStudy } from "./committed_study.ts";

Deno.test("timedTables() mark verdicts and say what could be seen", () => {
  const lines = timedTables(timedStudy());

  assert(lines.some((line) => /^phys_flags +0\.75-$/.test(line)));
  assert(lines.some((line) => /^len31_p2p +0\.98$/.test(line)));
  assert(lines.some((line) => line.trim() === "(4%)"));
  assert(lines.every((line) => line.length <= 80));
});

Deno.test("timedTables() say how far identical code differed, by engine", () => {
  const [cell] = timedStudy().timed?.cells ?? [];
  assert(cell !== undefined);
  const { timed } = timedStudy();
  const lines = timedTables({
    ...STUDY,
    timed: timed && {
      ...timed,
      cells: [
        cell,
        { ...cell, recognition: "page", noiseFloor: 0.01 },
        { ...cell, engine: "native", noiseFloor: 0.005 },
      ],
    },
  });

  assertStringIncludes(
    lines.join(" "),
    "differed from itself by up to 2.0% in engine js and 0.50% in engine " +
      "native.",
  );
});

Deno.test("ratios on cold caches have a table and a part of the answer", () => {
  const [cell] = timedStudy().timed?.cells ?? [];
  assert(cell !== undefined);
  const flags = cell.layouts["phys_flags"];
  assert(flags !== undefined);
  const { timed } = timedStudy();
  const own = (recognition: string, cold: number): StudyTimedCell => ({
    ...{ ...cell, engine: "native", workload: "128k-kernel", recognition },
    layouts: { ...cell.layouts, phys_flags: { ...flags, cold: at(cold) } },
  });
  const study: Study = {
    ...STUDY,
    timed: timed && {
      ...timed,
      cells: [own("page", 0.9), own("segment", 0.4)],
    },
  };
  const lines = timedTables(study);

  const header = lines.findIndex((line) => line.startsWith("segment, cold"));
  assertMatch(lines[header] ?? "", /128k-krn$/);
  assertMatch(lines[header + 1] ?? "", /^phys_flags +0\.40$/);
  // No layout but that one was measured on cold caches.
  assertMatch(lines[header + 2] ?? "", /^len31_p2p +-$/);
  assertStringIncludes(
    answerOf(study)[3] ?? "",
    "0.75 and 0.75 not pinned; with cold caches 0.90 and 0.40 not pinned.",
  );
});

Deno.test("a study whose clock held more than the path is withdrawn in part", () => {
  const [cell] = timedStudy().timed?.cells ?? [];
  assert(cell !== undefined);
  const cells = (["js", "native"] as const).flatMap((engine) => [
    { ...cell, engine, workload: "4k-hot", submitter: "registered" },
    { ...cell, engine },
    { ...cell, engine, recognition: "map_first" },
  ]);
  const made = timedStudy();
  assert(made.timed !== null);
  const { clock: _, ...before } = made.timed;
  const old = { ...made, timed: { ...before, cells } };
  const anew = { ...made, timed: { ...before, clock: "path" as const, cells } };

  // What was registered or mapped ahead in engine js, and nothing of C.
  assertEquals(
    withdrawnCells(old).map(({ engine, workload, recognition }) => [
      engine,
      workload,
      recognition,
    ]),
    [["js", "4k-hot", "segment"], ["js", "64k-mixed", "map_first"]],
  );
  const lines = timedTables(old);
  assert(lines.some((line) => /^phys_flags +withdrawn +0\.75-$/.test(line)));
  assert(lines.some((line) => /^phys_flags +0\.75- +0\.75-$/.test(line)));
  assert(lines.every((line) => line.length <= 80));
  const answer = answerOf(old);
  assertEquals(answer.length, 10);
  for (const sentence of answer.slice(5, 8)) {
    assert(sentence.includes("withdrawn"), sentence);
    assertEquals(/\d\.\d/.test(sentence), false, sentence);
  }
  assert(
    answer[5]?.includes(
      "in engine js registered buffers (4k-hot) were registered and map_first " +
        "mapped its buffers inside the clock",
    ),
  );

  assertEquals(withdrawnCells(anew), []);
  assertEquals(timedTables(anew).join().includes("withdrawn"), false);
  assertEquals(answerOf(anew).join().includes("withdrawn"), false);
});
