/** Whole processes of the lab: its start, its exact part, its first screen. */
import { medianOf } from "../statistics/median.ts";
import {
  atMost,
  type BySize,
  type Measured,
  type TargetGroup,
  type TargetSize,
} from "./target.ts";

const ROOT = new URL("../../", import.meta.url);
const THREE_WORKLOADS = "4k-hot,128k-scattered,64k-mixed";

export interface ProcessTime {
  readonly cpuSeconds: number;
  /** From its start to its end, in seconds. */
  readonly wallSeconds: number;
}

/**
 * @param words The words after `deno task lab`.
 * @throws {Error} If it failed, or may not be run.
 */
async function timeLab(words: readonly string[]): Promise<ProcessTime> {
  // The shell's own `times`: Deno does not report a child's CPU time.
  const script = '"$@" && times >&2';
  const start = performance.now();
  const { success, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      script,
      "sh",
      Deno.execPath(),
      "task",
      "--quiet",
      "lab",
      ...words,
    ],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const wallSeconds = (performance.now() - start) / 1e3;
  const told = new TextDecoder().decode(stderr).trimEnd();
  if (!success) {
    throw new Error(`Cannot time lab ${words.join(" ")}: ${told}`);
  }
  const children = told.split("\n").at(-1) ?? "";
  const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { cpuSeconds, wallSeconds };
}

/** A tiny run reads the help alone. */
const wordsOf = (size: TargetSize, words: readonly string[]) =>
  size === "tiny" ? ["--help"] : words;

/** Runs it several times and gives the median of something. */
async function medianOfRuns(
  runs: number,
  words: readonly string[],
  figure: (time: ProcessTime) => number,
): Promise<number> {
  const figures: number[] = [];
  while (figures.length < runs) figures.push(figure(await timeLab(words)));
  return medianOf(figures);
}

const cpu = ({ cpuSeconds }: ProcessTime) => cpuSeconds;
const wall = ({ wallSeconds }: ProcessTime) => wallSeconds;

const start: TargetGroup = {
  targets: [
    atMost("run/start", 0.5, "s of CPU time of lab --help"),
  ],
  measure: async (size) => [
    await medianOfRuns(size === "tiny" ? 1 : 5, ["--help"], cpu),
  ],
};

const RUNS: BySize<number> = { tiny: 1, quick: 3, full: 9 };
const WITHOUT_TIMES = ["--rounds", "0", "--quiet"];

/**
 * The seconds are those that a user waits: of a default run, which has
 * two workloads, and of three workloads by their names, as long as those are,
 * in all layouts. Other work on the machine lengthens them.
 */
const exact: TargetGroup = {
  targets: [
    atMost(
      "run/exact",
      3,
      "s until lab --rounds 0 has answered, but its start",
    ),
    atMost(
      "run/rounds-0",
      5,
      "s until it has for three whole workloads and --layout all",
    ),
  ],
  measure: async (size) => {
    const seconds = (words: readonly string[]) =>
      medianOfRuns(RUNS[size], wordsOf(size, words), wall);
    const started = await seconds(["--help"]);
    const usual = await seconds(WITHOUT_TIMES);
    const whole = await seconds([
      ...["--workload", THREE_WORKLOADS, "--layout", "all"],
      ...WITHOUT_TIMES,
    ]);
    return [Math.max(0, usual - started), whole];
  },
};

const screen: TargetGroup = {
  targets: [
    atMost("run/first-screen", 20, "s until lab has answered"),
    atMost("run/result-size", 100, "KB of a result of three cells, timed"),
  ],
  measure: async (size) => {
    const file = await Deno.makeTempFile({ suffix: ".json" });
    try {
      const words = ["--json", file, "--force", "--quiet"];
      const { wallSeconds } = await timeLab(wordsOf(size, words));
      return [
        wallSeconds,
        size === "tiny"
          ? "not in a tiny run"
          : kiloBytes(await Deno.readTextFile(file)),
      ];
    } finally {
      await Deno.remove(file);
    }
  },
};

/** Its size as if it had three cells. */
function kiloBytes(text: string): Measured {
  const { cells } = JSON.parse(text) as { cells: readonly unknown[] };
  return new TextEncoder().encode(text).length / 1e3 / cells.length * 3;
}

export const RUN_TARGETS: readonly TargetGroup[] = [start, exact, screen];
