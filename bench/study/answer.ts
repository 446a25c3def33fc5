/**
 * The lab's answer to the mail of 26 June 2019, in ten sentences. Every figure
 * comes from the study; a sentence that would need a timing that the study
 * does not have says so.
 */
import { MIXED_TODAY } from "../report/mixing.ts";
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import { formatFigure, formatPercent } from "../text/figure.ts";
import { plural } from "../../sim/text/plural.ts";
import { BASELINE } from "../setup/baseline.ts";
import { RECORDED_KERNEL, RECORDED_LINES } from "../report/recorded_lines.ts";
import {
  type FigureName,
  findFigure,
  noiseFloors,
  timedCells,
} from "./figures.ts";
import { type MixedCell, mixedCell } from "./mixing_parts.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import type { Study, StudyTiming } from "./study_file.ts";
import { agreementWords } from "./agreement_lines.ts";
import { isRefused, type ThreeColumns, threeColumns } from "./three_columns.ts";
import { WITHDRAWN, withdrawnNote } from "./withdrawn.ts";
import { mostOf } from "../text/extremes.ts";

/** The proposal of the mail: flags in the hole after len. */
const PROPOSAL = "phys_flags";
/** The smallest of the later proposals. */
const PACKED = "phys_packed";
/** The smallest one with a flag. */
const PACKED_FLAG = "len31_p2p";

/** @returns Ten sentences, or groups of a few short ones. */
export function answerOf(
  study: Study,
  code?: MachineCodeRecord,
): string[] {
  const of = (name: FigureName) =>
    formatFigure(findFigure(study, name), 6).trim();
  const bytes = (layout: string, abi: string) =>
    of({ layout, abi, workload: "128k-scattered", column: "bytesPerSegment" });
  const lines = (layout: string, workload: string, recognition = "page") =>
    of({ layout, workload, recognition, column: "linesPerIo" });
  const vectors = (layout: string, workload: string) =>
    of({ layout, workload, column: "bvecLinesPerIo" });
  const bios = (layout: string, recognition: string) =>
    of({ layout, recognition, workload: "64k-mixed", column: "biosPerIo" });
  /** Lines of 64k-mixed that one way takes and another does not. */
  const saved = (
    from: { layout?: string },
    to: { layout: string; recognition?: string },
  ) => {
    const found = { workload: "64k-mixed", column: "linesPerIo" };
    const before = findFigure(study, { ...found, ...from });
    const after = findFigure(study, { ...found, ...to });
    return before === null || after === null
      ? "-"
      : formatFigure(before - after, 6);
  };
  const perAbi = (layout: string) =>
    `${bytes(layout, "lp64")}, ${bytes(layout, "ilp32")} and ${
      bytes(layout, "ilp32_pae")
    }`;
  return [
    `Size: on lp64, ilp32 and PAE mainline's ${BASELINE} takes ${
      perAbi(BASELINE)
    } bytes per segment, {phys, len} ${perAbi("phys_len")}, with flags ` +
    `(${PROPOSAL}) ${perAbi(PROPOSAL)}; packed (${PACKED}) ${perAbi(PACKED)}.`,
    `bio_vecs: 128 KiB in 32 pages touch ${
      vectors(BASELINE, "128k-scattered")
    }` +
    ` lines of them as ${BASELINE}, ${vectors(PROPOSAL, "128k-scattered")} ` +
    `as ${PROPOSAL}, ${vectors(PACKED, "128k-scattered")} packed; of all ` +
    `modelled structures the I/O touches ${
      lines(BASELINE, "128k-scattered")
    }, ${lines(PROPOSAL, "128k-scattered")} and ` +
    `${lines(PACKED, "128k-scattered")} lines${recorded("128k-scattered")}.`,
    `The flag itself: where half of a buffer is P2P memory (64k-mixed), ` +
    `${PROPOSAL} sends ${bios(PROPOSAL, "page")} bios per I/O and touches ` +
    `${lines(PROPOSAL, "64k-mixed")} lines when pages say what is P2P, ` +
    `${bios(PROPOSAL, "segment")} and ` +
    `${lines(PROPOSAL, "64k-mixed", "segment")} when segments do; ` +
    `${PACKED_FLAG} then ${lines(PACKED_FLAG, "64k-mixed", "segment")}. Of ` +
    `what ${PROPOSAL} by segment saves compared with ${BASELINE}, ${
      saved({ layout: PROPOSAL }, { layout: PROPOSAL, recognition: "segment" })
    } lines are due to the rule that a bio does not mix kinds of memory and ${
      saved({}, { layout: PROPOSAL })
    } the encoding. Both rules are proposals: ${MIXED_TODAY}.`,
    `Host memory alone: with pinned user pages (128k-scattered) a flag ` +
    `changes ${lines(PROPOSAL, "128k-scattered")} lines to ` +
    `${lines(PROPOSAL, "128k-scattered", "segment")}, with registered ` +
    `buffers (4k-1g-pool) ${lines(PROPOSAL, "4k-1g-pool")} to ` +
    `${lines(PROPOSAL, "4k-1g-pool", "segment")}, and with pages that ` +
    `nothing else touches, as a kernel user's own (128k-kernel), ` +
    `${lines(PROPOSAL, "128k-kernel")} to ` +
    `${lines(PROPOSAL, "128k-kernel", "segment")}${flagTimes(study)}.`,
    `P2P memory alone: for 1 MiB of it, ${PROPOSAL} touches ` +
    `${lines(PROPOSAL, "1m-p2p")} lines by page, ` +
    `${lines(PROPOSAL, "1m-p2p", "segment")} by segment, ` +
    `${lines(PROPOSAL, "1m-p2p", "bio")} with the flag on the bio and ` +
    `${lines(PROPOSAL, "1m-p2p", "range")} by a lookup of the address; ` +
    `by segment, ${
      of({
        layout: PROPOSAL,
        workload: "1m-p2p",
        recognition: "segment",
        column: "pageLinesPerIo",
      })
    } of them are of struct pages, which submit and completion pin and free.`,
    ...timedSentences(study, code),
    "Limits: counts are of a model that is checked against kernels 6.1, 6.12 " +
    `and 7.2, over the first ${study.exact[0]?.ios ?? 0} reads and writes of ` +
    "synthetic workloads and one log; lines of code, data and the device are " +
    "not counted.",
    "Times are of that model in the named engines on one machine, not of a " +
    `kernel; "not shown" means that this run could not have seen it.`,
  ];
}

/** What layout and flag do to 128 KiB, where its pages are pinned and not. */
function flagTimes(study: Study): string {
  // Before that, the clock of some cells held more than the path.
  if (study.timed?.clock !== "path") return "";
  const ratioOf = (workload: string, recognition: string, isCold: boolean) => {
    const own = timedCells(study, { engine: "native", recognition })
      .find((cell) => cell.workload === workload)?.layouts[PROPOSAL];
    return (isCold ? own?.cold : own?.ratio)?.median.toFixed(2);
  };
  const said = [false, true].flatMap((isCold) => {
    const found = [["pinned", "128k-scattered"], ["not pinned", "128k-kernel"]]
      .flatMap(([word = "", workload = ""]) => {
        const layout = ratioOf(workload, "page", isCold);
        const whole = ratioOf(workload, "segment", isCold);
        return whole === undefined || layout === undefined
          ? []
          : [`${layout} and ${whole} ${word}`];
      });
    if (found.length === 0) return [];
    return [`${isCold ? "with cold caches " : ""}${found.join(", ")}`];
  });
  return said.length === 0
    ? ""
    : `; time of ${PROPOSAL} in C by page and by segment, relative to ` +
      `${BASELINE}: ${said.join("; ")}`;
}

/** What a real kernel touched where the model has fewer lines. */
function recorded(workload: string): string {
  const own = RECORDED_LINES.filter((one) => one.workload === workload);
  // The study submits as a run does without options.
  const found = own.find(({ api }) => api === DEFAULT_API) ?? own[0];
  return found === undefined ? "" : `, where ${RECORDED_KERNEL} was recorded ` +
    `touching ${found.lines} by ${found.api}`;
}

/** What the clock says, engine by engine. */
function timedSentences(
  study: Study,
  code: MachineCodeRecord | undefined,
): string[] {
  const cells = timedCells(study);
  if (cells.length === 0) {
    return [
      "Time: not part of this study; deno task study --timed --force adds " +
      "it, and lab:native times any single cell.",
    ];
  }
  const note = withdrawnNote(study);
  if (note !== undefined) {
    return [
      `Time: ${note}.`,
      `Where flags matter most (64k-mixed): ${WITHDRAWN} with it.`,
      `How counts and engines agree, what the harness takes and how identical ` +
      `code differs: ${WITHDRAWN} with it.`,
    ];
  }
  const engines = [...new Set(cells.map(({ engine }) => engine))];
  const rows = threeColumns(study, code);
  return [
    `Time: ${engines.map((engine) => tally(study, engine, rows)).join("; ")}.`,
    `Where flags matter most (64k-mixed), relative to mainline: ${
      engines.map((engine) => proposal(study, engine)).join("; ")
    }.`,
    `${agreementWords(rows)}${harness(study)}`,
  ];
}

/** Layouts of an engine's cells without the baseline. */
function timings(study: Study, engine: string) {
  return timedCells(study, { engine }).flatMap((cell) =>
    Object.entries(cell.layouts).filter(([name]) => name !== BASELINE)
      .map(([name, timing]) => ({ name, cell, timing }))
  );
}

function tally(
  study: Study,
  engine: string,
  rows: readonly ThreeColumns[],
): string {
  const all = timings(study, engine);
  const stands = all.filter(({ name, cell }) => !isRefused(rows, cell, name));
  const count = (verdict: StudyTiming["verdict"]) =>
    stands.filter(({ timing }) => timing.verdict === verdict).length;
  const seen = all.map(({ timing }) => timing.detectable ?? 0)
    .sort((a, b) => a - b);
  const middle = seen[seen.length >> 1] ?? 0;
  const refused = all.length - stands.length;
  return `with engine ${engine}, of ${plural(all.length, "comparison")} with ` +
    `${BASELINE} ${count("faster")} were faster, ${count("slower")} slower, ` +
    `${count("no difference shown")} showed no difference` +
    (refused === 0 ? "" : `, ${refused} are refused (!)`) +
    `; half of them could have shown ${formatPercent(middle)}`;
}

function proposal(study: Study, engine: string): string {
  const said = timings(study, engine)
    .filter(({ name, cell }) =>
      (name === PROPOSAL || name === PACKED_FLAG) &&
      cell.workload === "64k-mixed" && cell.recognition === "segment"
    ).map(({ name, cell, timing: { ratio, verdict } }) =>
      `${name} takes ${ratio.median.toFixed(2)} (` +
      (ratio.low === null || ratio.high === null
        ? ""
        : `95% CI ${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}, `) +
      `${verdict}${ruleWords(mixedCell(study, cell, name))})`
    );
  return said.length === 0
    ? `not timed with engine ${engine}`
    : `in engine ${engine}, ${said.join(", ")}`;
}

/** Whose doing a ratio is: the rule's on bios, and the layout's. */
function ruleWords(parts: MixedCell | undefined): string {
  if (parts === undefined) return "";
  const { byLayout, byRule, bios, baselineBios } = parts;
  const figure = (value: number) => formatFigure(value, 6);
  const rule = `the rule that a bio does not mix kinds of memory: ` +
    `${figure(bios)} ${bios === 1 ? "bio" : "bios"} per I/O, not ` +
    figure(baselineBios);
  return byLayout === null || byRule === null
    ? `, ${rule}`
    : `, of which ${byLayout.toFixed(2)} is the layout and ` +
      `${byRule.toFixed(2)} ${rule}`;
}

/** The dearest harness beside the shortest I/O. */
function harness(study: Study): string {
  const cells = timedCells(study);
  const shares = cells.flatMap(({ harnessNs, layouts }) => {
    const own = layouts[BASELINE]?.nsPerIo.median;
    return own === undefined
      ? []
      : Object.values(harnessNs).map((ns) => ns / own);
  });
  return `The harness alone took up to ${
    formatPercent(mostOf([0, ...shares]))
  } of the baseline's time; identical code differed by up to ${
    noiseFloors(cells)
  }.`;
}
