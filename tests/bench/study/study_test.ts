import {
  assert,
  assertEquals,
  assertNotEquals,
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
  type StudyTimed,
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
import { abis } from "../../../layouts/abi.ts";
import { recognitions } from "../../../sim/recognition/recognition_registry.ts";
import { layouts } from "../../../layouts/registry.ts";
import { STUDY, timedStudy } from "./committed_study.ts";
import "../spare_audits.ts";

const ROOT = new URL("../../../", import.meta.url);
const CODE = await machineCodeIfThere(
  new URL("bench/results/machine_code.json", ROOT),
);
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
    const [text, kind] of [
      ["", SyntaxError],
      [writeStudy(STUDY).slice(0, 1000), SyntaxError],
      ["[]", TypeError],
      ['{"schemaVersion": 2}', TypeError],
      [writeStudy({ ...STUDY, seed: 0.5 }), TypeError],
    ] as const
  ) {
    const error = assertThrows(() => readStudy(text, "a.json"), kind);
    assert(error.message.startsWith('Cannot read "a.json": '));
    assert(!error.message.includes("\n"));
  }
});
