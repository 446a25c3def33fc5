import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { answerOf } from "../../../bench/study/answer.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { exactCell, STUDY_IOS } from "../../../bench/study/exact_cell.ts";
import {
  compact,
  joinExact,
  missingFrom,
} from "../../../bench/study/exact_part.ts";
import { findCell, findFigure } from "../../../bench/study/figures.ts";
import {
  readStudy,
  type Study,
  type StudyTimed,
  type StudyTimedCell,
  writeStudy,
} from "../../../bench/study/study_file.ts";
import {
  findStudyBlock,
  renderStudyBlock,
  STUDY_BLOCKS,
  withStudy,
} from "../../../bench/study/study_page.ts";
import {
  exactTasks,
  STUDY_WORKLOADS,
  taskName,
  timedTasks,
} from "../../../bench/study/study_plan.ts";
import { machineCodeIfThere } from "../../../bench/study/study_pictures.ts";
import { timedPart } from "../../../bench/study/timed_part.ts";
import { withdrawnCells } from "../../../bench/study/withdrawn.ts";
import { timedTables } from "../../../bench/study/timed_tables.ts";
import { abis } from "../../../layouts/abi.ts";
import { recognitions } from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import "../spare_audits.ts";

const ROOT = new URL("../../../", import.meta.url);
const FILE = "bench/results/study.json";
const CODE = await machineCodeIfThere(
  new URL("bench/results/machine_code.json", ROOT),
);
const STUDY = readStudy(await Deno.readTextFile(new URL(FILE, ROOT)), FILE);

const at = (median: number) => ({
  median,
  low: median * 0.9,
  high: median * 1.1,
});

/** The study with one timed cell of known figures. */
function timedStudy(change: Partial<StudyTimedCell> = {}): Study {
  const timing = (
    ratio: number,
    verdict: "faster" | "no difference shown",
  ) => ({
    nsPerIo: at(100 * ratio),
    ratio: at(ratio),
    verdict,
    detectable: 0.04,
    betweenBirthSpread: 0.01,
  });
  return {
    ...STUDY,
    timed: {
      date: "2026-01-02",
      clock: "path",
      environment: { cpuModel: "Example 9000", cpuCount: 8, deno: "2.9.6" },
      warnings: [],
      cells: [{
        recognition: "segment",
        workload: "64k-mixed",
        submitter: "user",
        engine: "js",
        births: 3,
        rounds: 12,
        noiseFloor: 0.02,
        harnessNs: { noop: 1, null_path: 5 },
        layouts: {
          page_offset: timing(1, "no difference shown"),
          phys_flags: timing(0.75, "faster"),
          len31_p2p: timing(0.98, "no difference shown"),
        },
        warnings: [],
        ...change,
      }],
    },
  };
}

Deno.test("the page of results has the blocks that the committed study makes", async () => {
  const page = await Deno.readTextFile(
    new URL("bench/results/README.md", ROOT),
  );
  for (const block of STUDY_BLOCKS) {
    assertEquals(
      findStudyBlock(page, block),
      renderStudyBlock(block, STUDY, CODE),
    );
  }
});

Deno.test("exactCell() counts what the committed study says", async () => {
  const wanted = [
    ["ilp32", "page", "4k-hot"],
    ["lp64", "map_first", "64k-mixed"],
    ["lp64_be", "segment", "mixedbs"],
  ];
  for (const [abi = "", recognition = "", workload = ""] of wanted) {
    const task = exactTasks().find((task) =>
      task.abi.name === abi && task.recognition === recognition &&
      task.workload === workload
    );
    assert(task !== undefined);
    const cell = await exactCell(task, STUDY.seed);
    const { exact: [made], columns } = compact([task], [{ cell }]);
    const kept = findCell(STUDY, { abi, recognition, workload });
    assertEquals(columns, STUDY.columns);
    assertEquals(made?.layouts, kept?.layouts);
    assertEquals(made?.digest, kept?.digest);
  }
});

Deno.test("joinExact() puts what is missing into its place", () => {
  const tasks = exactTasks().filter(({ abi, workload }) =>
    abi.name === "lp64" && findCell(STUDY, { workload }) !== undefined
  );
  const whole = {
    ...STUDY,
    exact: STUDY.exact.filter(({ abi }) => abi === "lp64"),
    gaps: [],
  };
  const isHot = ({ workload }: { workload: string }) => workload === "4k-hot";
  const without = {
    ...whole,
    exact: whole.exact.filter((cell) => !isHot(cell)),
  };
  assertEquals(missingFrom(tasks, without), tasks.filter(isHot));
  assertEquals(missingFrom(tasks, whole), []);
  // Reasons and columns in another order.
  const reasons = STUDY.reasons.toReversed();
  const columns = STUDY.columns.toReversed();
  const hot = {
    ...{ reasons, columns, gaps: [] },
    exact: whole.exact.filter(isHot).map((cell) => ({
      ...cell,
      layouts: Object.fromEntries(
        Object.entries(cell.layouts).map((
          [name, figures],
        ) => [name, figures.toReversed()]),
      ),
      leftOut: Object.fromEntries(
        Object.entries(cell.leftOut).map((
          [name, index],
        ) => [name, reasons.length - 1 - index]),
      ),
    })),
  };
  assertEquals(joinExact(without, hot, tasks).exact, whole.exact);
});

Deno.test("a row of the study is what lab run --ios 256 --rounds 0 prints", async () => {
  // The log has syncs between its reads and writes: 256 I/Os are 256 of those.
  const names = ["page_offset", "phys_packed", "rlist_24", "soa_phys_len"];
  const { result, failure } = await runLab({
    layouts: names,
    workloads: ["mixedbs"],
    recognitions: ["page"],
    ios: STUDY_IOS,
    rounds: 0,
    cpu: "none",
    seed: STUDY.seed,
  });
  assertEquals(failure, undefined);
  const [cell] = result.cells;
  const kept = findCell(STUDY, { workload: "mixedbs" });
  assertEquals(kept?.ios, STUDY_IOS);
  assertEquals(kept?.digest, cell?.digest);
  for (const name of names) {
    const layout = cell?.layouts.find((one) => one.name === name);
    const printed = STUDY.columns.map((column) =>
      column === "bytesPerSegment"
        ? layout?.bytesPerSegment
        : layout?.counts[column]
    );
    assertEquals(printed, [...kept?.layouts[name] ?? []], name);
  }
});

Deno.test("exactTasks() have every ABI and workload, and every layout once", () => {
  const tasks = exactTasks();
  const perAbi = STUDY_WORKLOADS.length * recognitions.length;
  assertEquals(tasks.length, abis.length * perAbi);
  // Two workloads are on P2P memory, which the four 32-bit ABIs do not have.
  assertEquals(STUDY.exact.length + 4 * 2 * recognitions.length, tasks.length);
  for (const cell of STUDY.exact) {
    const named = [...Object.keys(cell.layouts), ...Object.keys(cell.leftOut)];
    assertEquals(named.sort(), layouts.map(({ name }) => name).sort());
  }
});

Deno.test("timedTasks() time page and segment on every workload", () => {
  for (const recognition of ["page", "segment"]) {
    const names = timedTasks(false).filter((task) =>
      task.recognition === recognition
    ).map(({ workload }) => workload.name);
    assertEquals(names.sort(), STUDY_WORKLOADS.map(({ name }) => name).sort());
  }
  assertEquals(timedTasks(true).length, 2);
  // C has them all, JavaScript some.
  const engines = timedTasks(false).map(({ engine }) => engine);
  assertEquals(new Set(engines), new Set(["native", "both"]));
  const names = timedTasks(false).map(taskName);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("timedPart() times what is not kept, and tells of each cell", async () => {
  const [hot, , scattered] = timedTasks(false);
  assert(hot !== undefined && scattered !== undefined);
  const tasks = [hot, scattered].map((task) => ({
    ...task,
    engine: "js" as const,
  }));
  const run = {
    ...{ layouts: ["phys_flags"], rounds: 0, ios: 40, seed: 1 },
    cpu: "none" as const,
  };
  const told: number[] = [];
  const options = {
    ...{ run, date: "2026-11-29", cellSeconds: 0.2 },
    onApart: (error: Error) => {
      throw error;
    },
    onTask: (soFar: StudyTimed) => {
      told.push(soFar.cells.length);
      return Promise.resolve();
    },
  };
  const first = await timedPart(tasks, { ...options, only: ["page/4k-hot"] });
  assertEquals(first.cells.map(taskName), ["page/4k-hot"]);
  assertEquals(first.cells[0]?.submitter, "registered");
  assertEquals(typeof first.cells[0]?.codeDigest, "string");
  const all = await timedPart(tasks, { ...options, kept: first });
  assertEquals(all.cells.map(taskName), ["page/4k-hot", "page/128k-scattered"]);
  // What was kept was not timed again.
  assertEquals(all.cells[0], first.cells[0]);
  assertEquals([...new Set(told)], [1, 2]);
  const study = { ...STUDY, timed: all };
  assertEquals(readStudy(writeStudy(study), "a"), study);
});

Deno.test("a workload of the study may be another's I/Os on other memory", () => {
  const own = exactTasks().find(({ workload }) => workload === "128k-kernel");
  assertEquals([own?.preset, own?.submitter], ["128k-scattered", "kernel"]);
  const timed = timedTasks(false).find((task) =>
    taskName(task) === "segment/128k-kernel"
  );
  assertEquals(timed?.workload.preset, "128k-scattered");
});

Deno.test("findFigure() gives what lab run prints", () => {
  // 32 vectors of 16 bytes and 32 page pointers of 8 staged behind them are
  // 768 bytes or 12 lines; packed 384 and as many pointers across them, 512 or 8.
  const of = (layout: string, column: string) =>
    findFigure(STUDY, { layout, workload: "128k-scattered", column });

  assertEquals(of("page_offset", "bvecBytesPerIo"), 768);
  assertEquals(of("page_offset", "bvecLinesPerIo"), 12);
  assertEquals(of("phys_packed", "bvecLinesPerIo"), 8);
  assertEquals(of("no_such", "bvecLinesPerIo"), null);
});

Deno.test("answerOf() has ten sentences, each figure from the study", () => {
  const study = timedStudy();
  const answer = answerOf(study);

  assertEquals(answer.length, 10);
  assert(answer.some((text) => text.includes("phys_flags takes 0.75")));
  assert(answer.some((text) => text.includes("of 2 comparisons")));
  assert(answer.some((text) => text.includes("1 were faster, 0 slower")));
  assert(answer.some((text) => text.includes("up to 5.0% of the baseline")));
  // Any exact figure that moves moves the text.
  const column = STUDY.columns.indexOf("bvecLinesPerIo");
  const moved = {
    ...study,
    exact: study.exact.map((cell) => ({
      ...cell,
      layouts: Object.fromEntries(
        Object.entries(cell.layouts).map(([name, own]) => [
          name,
          own.map((figure, i) => i === column ? figure + 1000 : figure),
        ]),
      ),
    })),
  };
  assertNotEquals(answerOf(moved)[1], answer[1]);
  assertEquals(answerOf({ ...study, timed: null }).length, 8);
});

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
    "0.75 and 0.75 not pinned; on cold caches 0.90 and 0.40 not pinned.",
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

Deno.test("withStudy() lets no text of a study end its block or its fence", () => {
  const study = timedStudy();
  const { timed } = study;
  assert(timed !== null);
  const cpuModel = `${"x".repeat(80)}\n\`\`\`\` <script> ` +
    `${"x".repeat(80)} <!-- end study timed --> <i>`;
  const made = withStudy("<!-- study timed --><!-- end study timed -->", {
    ...study,
    timed: { ...timed, environment: { ...timed.environment, cpuModel } },
  });
  assertEquals(made.match(/<!-- end study timed -->/g)?.length, 1);
  assertEquals(made.match(/^`{5}/gm)?.length, 2);
  assertEquals(findStudyBlock(made, "timed"), made);
});

Deno.test("withStudy() replaces blocks and nothing else", () => {
  const page = "a\n<!-- study exact -->\nold\n<!-- end study exact -->\nb\n";
  const made = withStudy(page, STUDY);

  assertEquals(made, `a\n${renderStudyBlock("exact", STUDY)}\nb\n`);
  assertEquals(withStudy(made, STUDY), made);
});

Deno.test("writeStudy() writes what readStudy() reads", () => {
  for (const study of [STUDY, timedStudy(), { ...STUDY, timed: null }]) {
    assertEquals(readStudy(writeStudy(study), "a.json"), study);
  }
});

Deno.test("readStudy() has one line for what is no study", () => {
  for (
    const text of [
      "",
      writeStudy(STUDY).slice(0, 1000),
      "[]",
      '{"schemaVersion": 2}',
      writeStudy({ ...STUDY, seed: 0.5 }),
    ]
  ) {
    const error = assertThrows(() => readStudy(text, "a.json"), TypeError);
    assert(error.message.startsWith('Cannot read "a.json": '));
    assert(!error.message.includes("\n"));
  }
});
