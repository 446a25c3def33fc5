/** Where the figures of an answer come from. */
import { printableLine } from "../../sim/text/printable.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { mostOf } from "../text/extremes.ts";
import { plural } from "../../sim/text/plural.ts";
import { printableCell } from "../text/plain_table.ts";
import { type AnswerGroup, hasPlainMachine } from "./answer_figures.ts";
import { prose, type Section } from "./blocks.ts";
import type { Answer, AnswerOptions } from "./found_answer.ts";
import { machineWords } from "./machine_words.ts";
import { RECORDED_CODE, recordedBuild } from "./recorded_code.ts";

/**
 * Says where the figures come from.
 *
 * @returns What was counted and measured on what, the machine, the lab.
 */
export function originBlocks(
  result: LabResult,
  answer: Answer,
  { isBrief = false }: AnswerOptions = {},
): Section {
  const { cells } = result;
  const [cell] = cells;
  if (cell === undefined) return [];
  const { groups } = answer;
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.flatMap((value) => value ?? []))].join(", ");
  const kernels = distinct(cells.map(({ kernel }) => kernel));
  const setting = [
    `ABI ${distinct(cells.map(({ abi }) => abi))}`,
    `P2P detection ${distinct(cells.map(({ recognition }) => recognition))}`,
    ...(kernels === "" ? [] : [`kernel ${kernels}`]),
    // Default values go without saying; the details have them.
    ...(hasPlainMachine(result) || cell.setting === undefined
      ? []
      : [printableLine(cell.setting)]),
  ].join(", ");
  const traced = cells.flatMap(({ layouts }) =>
    layouts.flatMap(({ footprint }) => footprint?.tracedIos ?? [])
  );
  const timed = groups.flatMap(({ cells: [first] }) =>
    first.layouts.some(({ nsPerIo }) => nsPerIo !== null) ? [first] : []
  );
  const counted = groups.find((group) => group.instructionsFrom !== undefined);
  const parts = [
    `lines exact, over ${
      traced.length === 0 ? "the" : `the first ${mostOf(traced)}`
    } I/Os`,
    ...(counted === undefined
      ? ["no instructions (lab:native counts them)"]
      : [instructionOrigin(counted, isBrief)]),
    ...(timed[0] === undefined ? [] : [
      `time of engine ${distinct(timed.map(({ engine }) => engine))}, ${
        plural(timed[0].builds ?? 0, "build")
      }${earlierBuilds(timed[0])} x ${plural(timed[0].rounds ?? 0, "round")}`,
    ]),
  ];
  const { tool, seed, environment } = result;
  return [
    ...prose("setting", `From: ${setting}; ${parts.join("; ")}.`),
    ...prose(
      "machine",
      [
        `${tool.name} ${printableCell(tool.version)}` +
        (isBrief ? "" : `, seed ${seed}`),
        machineWords(shortEnvironment(environment, isBrief)),
      ].filter((part) => part !== "").join(", ") + ".",
    ),
  ];
}

/** How many of its builds are not builds of this run. */
function earlierBuilds({ timing }: ResultCell): string {
  const { earlierBuilds = 0 } = timing ?? {};
  return earlierBuilds === 0 ? "" : ` (${earlierBuilds} of an earlier run)`;
}

function instructionOrigin(group: AnswerGroup, isBrief: boolean): string {
  const [cell] = group.cells;
  if (group.instructionsFrom === "record") {
    const file = isBrief ? "on record" : RECORDED_CODE.file;
    return `instructions of ${recordedBuild(cell.abi)} (${file})`;
  }
  const code = group.cells.flatMap(({ layouts }) => layouts)
    .find(({ machineCode }) => machineCode)?.machineCode;
  const compiler = /^[\w.+-]{1,40}?(?=[:\s]|$)/.exec(code?.compiler ?? "")?.[0];
  return `instructions of ${
    [compiler ?? "C", code?.build ?? ""].map(printableCell).join(" ").trim()
  }`;
}

/** What a reader asks for first; the details have all of it. */
function shortEnvironment(
  environment: LabResult["environment"],
  isBrief: boolean,
): LabResult["environment"] {
  const { cpuModel, cpuCount, deno, commit, date } = environment;
  return isBrief
    ? { cpuModel, cpuCount, commit, date }
    : { cpuModel, cpuCount, deno, commit, date };
}
