/**
 * The command that makes a result again: the one that the result carries, or
 * else one rebuilt from its options, in words that `lab run` takes.
 */
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { listedName } from "../command/command.ts";
import {
  DEVICE_NAMES,
  deviceLimits,
  type DeviceOptions,
  LIMITS,
} from "../command/device_option.ts";
import { machineWords } from "../machine_text.ts";
import { COUNT_CHOICES } from "../native/count/machine_code.ts";
import type { LabResult, ResultCell } from "../result.ts";
import { DEFAULT_LAYOUTS } from "../run/run_layouts.ts";
import { printable } from "./plain_table.ts";
import { isProgramName, repeatingWords } from "./repeating_words.ts";
import { splitWords } from "./shell_words.ts";
import { mostOf } from "./extremes.ts";

/** How a result is made again. */
export interface Repetition {
  /** The words of the command, unquoted, `deno task lab` first. */
  readonly words: readonly string[];
  /** What no option can say, each a sentence. */
  readonly notes: readonly string[];
}

/** Options that are a number, with the key of the run's options. */
const NUMBERS = [
  ["--ios", "ios"],
  ["--batch", "batch"],
  ["--depth", "depth"],
  ["--rounds", "rounds"],
  ["--births", "births"],
  ["--width", "widthPercent"],
  ["--budget", "budgetSeconds"],
] as const;

/**
 * Gives the command that repeats a run.
 *
 * @param result The result.
 * @returns Its words, and what they leave out.
 */
export function repeatCommand(result: LabResult): Repetition {
  const { config } = result;
  // C and what counts its machine code need more permissions.
  const counts = countsWords(config);
  const lab = [
    "deno",
    "task",
    isNative(config.engine) || counts.length > 0 ? "lab:native" : "lab",
  ];
  // Words that no run of the lab wrote are as good as none.
  const told = typeof config.command === "string"
    ? repeatingWords(splitWords(config.command))
    : undefined;
  if (told !== undefined) return { words: [...lab, ...told], notes: [] };
  const machine = queueWords(config);
  const cpu = cpuWords(config);
  const engine = engineWords(config);
  const placement = placementWords(config);
  return {
    words: [
      ...lab,
      "run",
      ...engine.words,
      ...counts,
      ...listWords(result),
      ...machine,
      ...placement.words,
      ...numberWords(result),
      ...workerWords(config),
      ...cpu.words,
      "--seed",
      String(result.seed),
    ],
    notes: [
      ...ownLayoutNotes(config),
      ...placement.notes,
      ...cpu.notes,
      ...engine.notes,
    ],
  };
}

/** Layouts that only the library takes. */
function ownLayoutNotes({ layouts }: LabResult["config"]): string[] {
  const names = (Array.isArray(layouts) ? layouts : [])
    .map((layout) => recordOf(layout).name)
    .filter((name) => typeof name === "string");
  return names.map((name) =>
    `No option gives layout ${quote(name)}: runLab() takes it from ` +
    `config.layouts of the result.`
  );
}

/** Groups of workers, where there was more than one. */
function workerWords(config: LabResult["config"]): string[] {
  const { workers, devices, poll, completeOn } = config;
  return [
    ...(typeof workers === "number" && workers > 1
      ? ["--workers", String(workers)]
      : []),
    ...(typeof devices === "number" && devices > 0
      ? ["--devices", String(devices)]
      : []),
    ...(poll === true ? ["--poll"] : []),
    ...(completeOn === "other" ? ["--complete-on", "other"] : []),
  ];
}

/** What counted machine code, if anything did. */
function countsWords({ counts }: LabResult["config"]): string[] {
  const known = COUNT_CHOICES.find((choice) => choice === counts);
  return known === undefined || known === "off" ? [] : ["--counts", known];
}

/** The engines, where they are not JavaScript alone. */
function engineWords({ engine, cc }: LabResult["config"]): Repetition {
  if (!isNative(engine)) return { words: [], notes: [] };
  const words = ["--engine", engine];
  if (typeof cc !== "string") return { words, notes: [] };
  return isProgramName(cc)
    ? { words: [...words, "--cc", cc], notes: [] }
    : { words, notes: [`Give the C compiler ${quote(cc)} with --cc, too.`] };
}

function isNative(engine: unknown): engine is string {
  return engine === "native" || engine === "both";
}

/** A name in a sentence, short enough to be seen as one. */
function quote(name: string): string {
  return `"${printable(name)}"`;
}

/** Layouts, ABIs, workloads, recognitions and the kernel. */
function listWords({ config, cells }: LabResult): string[] {
  const names = (
    key: string,
    pick: (cell: ResultCell) => string | readonly string[],
  ) => {
    const value = config[key];
    const planned = typeof value === "string" ? [value] : value;
    return Array.isArray(planned) && planned.length > 0
      ? planned.filter((name) => typeof name === "string")
      : [...new Set(cells.flatMap(pick))];
  };
  const option = (word: string, list: readonly string[]) =>
    list.length === 0 ? [] : [word, list.map(listedName).join(",")];
  const layouts = names(
    "layouts",
    (cell) => cell.layouts.map(({ name }) => name),
  );
  return [
    ...(isDefault(layouts) ? [] : shortLists(layouts)).flatMap((list) =>
      option("--layout", list)
    ),
    ...option("--abi", names("abis", ({ abi }) => [abi])),
    ...names("workloads", ({ workload }) => [workload]).flatMap((name) =>
      option("--workload", [name])
    ),
    ...["events", "format"].flatMap((key) => {
      const value = config[key];
      return typeof value === "string" ? [`--${key}`, value] : [];
    }),
    ...option(
      "--recognise",
      names("recognitions", ({ recognition }) => [recognition]),
    ),
    ...option("--kernel", names("kernel", ({ kernel }) => kernel ?? [])),
  ];
}

/**
 * Whether these are the layouts of a run that names none: named, some of them
 * would bring their whole family.
 */
function isDefault(names: readonly string[]): boolean {
  return names.length === DEFAULT_LAYOUTS.length &&
    DEFAULT_LAYOUTS.every((name) => names.includes(name));
}

/** Lists that still fit a line of a mail; the option may be repeated. */
function shortLists(names: readonly string[]): string[][] {
  const lists: string[][] = [];
  for (const name of names) {
    const last = lists.at(-1);
    if (last === undefined || [...last, name].join(",").length > 48) {
      lists.push([name]);
    } else last.push(name);
  }
  return lists;
}

/** The queue, the controller, the buses and who submits. */
function queueWords(config: LabResult["config"]): string[] {
  const machine = recordOf(config.machine);
  return [
    ...deviceWords(recordOf(config.limits), {
      // A file of a stranger may say anything.
      kernel: kernelProfiles.find((known) => known === config.kernel) ??
        DEFAULT_KERNEL,
      sgl: machine.sgl === true,
      iommu: machine.iommu === true,
      metadataSgl: machine.metadataSgl === true,
    }),
    ...machineWords(machine),
    ...(typeof config.submitter === "string"
      ? ["--submitter", config.submitter]
      : []),
  ];
}

/** The named device that is nearest, and the limits that it has not. */
function deviceWords(
  limits: Readonly<Record<string, unknown>>,
  controller: Omit<DeviceOptions, "limits">,
): string[] {
  if (Object.keys(limits).length === 0) return [];
  const named = DEVICE_NAMES.filter((name) => name !== "nvme:MDTS");
  for (let mdts = 0; mdts <= 12; mdts++) named.push(`nvme:${mdts}`);
  let nearest: { name: string; settings: string[] } | undefined;
  for (const name of named) {
    const own: Readonly<Record<string, unknown>> = {
      ...deviceLimits(name, { limits: [], ...controller }),
    };
    const settings = [...LIMITS].flatMap(([word, key]) =>
      typeof limits[key] !== "number" || limits[key] === own[key]
        ? []
        : [`${word}=${limits[key]}`]
    );
    if (nearest === undefined || settings.length < nearest.settings.length) {
      nearest = { name, settings };
    }
  }
  if (nearest === undefined) return [];
  return [
    "--device",
    nearest.name,
    ...shortLists(nearest.settings).flatMap((list) => [
      "--limit",
      list.join(","),
    ]),
  ];
}

/** What was planned; the cells may hold less, such as no birth at all. */
function numberWords({ config, cells }: LabResult): string[] {
  const found: Readonly<Record<string, number[]>> = {
    rounds: cells.flatMap(({ rounds }) => rounds ?? []),
    births: cells.flatMap(({ births }) => births || []),
  };
  return NUMBERS.flatMap(([word, key]) => {
    const planned = config[key];
    if (typeof planned === "number") return [word, String(planned)];
    const values = found[key] ?? [];
    return values.length === 0 ? [] : [word, String(mostOf(values))];
  });
}

function cpuWords({ cpu }: LabResult["config"]): Repetition {
  const name = typeof cpu === "string" ? cpu : recordOf(cpu).name;
  if (typeof name !== "string") return { words: [], notes: [] };
  return name === "none" || cpuPresetNames.includes(name)
    ? { words: ["--cpu", name], notes: [] }
    : {
      words: [],
      notes: [`Give the file of the CPU ${quote(name)} with --cpu, too.`],
    };
}

function placementWords({ placement }: LabResult["config"]): Repetition {
  if (typeof placement === "string") {
    return { words: ["--placement", placement], notes: [] };
  }
  return {
    words: [],
    notes: placement === undefined
      ? []
      : [`No option gives the placement: ${placementText(placement)}.`],
  };
}

/** Its own settings are numbers; anything else is no placement. */
function placementText(placement: unknown): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(recordOf(placement)).filter(([name, value]) =>
        /^\w{1,24}$/.test(name) && typeof value === "number"
      ),
    ),
  );
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : {};
}
