/**
 * `deno task check:timing`: whether times hold still. Six contenders that are
 * all the baseline, one of which carries out 3 % more I/Os than are counted, are
 * timed as layouts are. A run more is added to the file as soon as it is done,
 * so that it can be interrupted, and goes on where it stood.
 *
 * @module
 */
import { defined } from "../../layouts/defined.ts";
import { Command } from "commander";
import { countOption, nameList, seconds } from "../shell/command.ts";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { writeWhole } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { Contender } from "../contender/contender.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { captureEnvironment } from "../machine/environment.ts";
import { readIfPossible } from "../machine/read_if_possible.ts";
import { medianOf } from "../statistics/median.ts";
import type { Sample } from "../statistics/sample.ts";
import { openCase, SPEED_CASES } from "../targets/speed_cases.ts";
import { plainTable } from "../text/plain_table.ts";
import { timeBuilds } from "../run/time_builds.ts";
import { timeCell } from "../run/time_cell.ts";
import type { TimedCell } from "../run/timed_cell.ts";
import {
  PLANTED,
  PLANTED_SHARE,
  type TimingFigures,
  timingFigures,
  type TimingRecord,
  timingRecordSchema,
  type TimingRun,
} from "./timing_record.ts";

const FILE = "bench/results/timing.json";
const BASELINE = "page_offset";
const TWINS = ["twin 1", "twin 2", "twin 3", "twin 4"];
const WORKLOADS = ["4k-hot", "128k-scattered", "64k-mixed"];
const WINDOW_IOS = 4096;
const LANES = 2;

interface TimingOptions {
  readonly json: string;
  readonly engine?: string[];
  readonly workload?: string[];
  readonly births: number;
  readonly rounds: number;
  readonly budget: number;
  readonly runs: number;
  readonly quiet: boolean;
}

/**
 * Runs the experiment.
 *
 * @param args The words of the command line.
 * @param context The outside world.
 * @returns 0 when done, 2 on wrong use, 130 if interrupted.
 */
export async function main(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("check:timing")
    .description("How far identical code seems to differ, and a planted 3 %")
    .option(
      "--engine <names>",
      "native, js or both (default: native)",
      nameList(),
    )
    .option(
      "--workload <names>",
      `workloads (default: ${WORKLOADS.join(",")})`,
      nameList(),
    )
    .option("--births <n>", "builds of each run", countOption(6, 200), 20)
    .option(
      "--rounds <n>",
      "rounds of each build, at most",
      countOption(3, 1000),
      24,
    )
    .option("--budget <s>", "time of each run", seconds(0.1, 86400), 18)
    .option(
      "--runs <n>",
      "runs of each workload in the file",
      countOption(1, 1e4),
      5,
    )
    .option("--json <file>", "where it is kept, or - for stdout", FILE)
    .option("--quiet", "no progress", false)
    .action((options: TimingOptions) => measure(options, context));
  const status = await runToStatus(command, { args, context });
  return context.signal.aborted ? EXIT.interrupted : status;
}

async function measure(
  options: TimingOptions,
  context: CommandContext,
): Promise<void> {
  const { json, runs, signal } = { ...options, signal: context.signal };
  const record = await readTimingRecord(json) ?? {
    schemaVersion: 1,
    machine: { ...await captureEnvironment(readIfPossible) },
    runs: [],
  };
  for (let seed = 1; seed <= runs; seed++) {
    for (const engine of enginesOf(options.engine ?? ["native"])) {
      for (const workload of options.workload ?? WORKLOADS) {
        const isThere = record.runs.some((one) =>
          one.seed === seed && one.engine === engine &&
          one.workload === workload
        );
        if (isThere || signal?.aborted) continue;
        const run = await timeOnce({ engine, workload, seed }, options, signal);
        if (signal?.aborted) continue;
        record.runs.push(run);
        await keepTimingRecord(json, record);
        if (!options.quiet) {
          context.writeError(
            `${engine} ${workload} ${seed}: ${run.seconds.toFixed(0)} s\n`,
          );
        }
      }
    }
  }
  context.writeOut(json === "-" ? textOf(record) : timingTable(record));
}

/** Times one workload on one engine, the baseline against itself. */
async function timeOnce(
  of: Pick<TimingRun, "engine" | "workload" | "seed">,
  options: TimingOptions,
  signal: AbortSignal | undefined,
): Promise<TimingRun> {
  const { engine, workload, seed } = of;
  const [plain] = SPEED_CASES;
  if (plain === undefined) throw new RangeError("no case");
  const { window, windowIos, setup } = await openCase({
    ...plain,
    workload,
    ios: WINDOW_IOS,
    submitter: "user",
    batch: 1,
  });
  const names = [BASELINE, ...TWINS, PLANTED];
  const before = loadNow();
  const start = performance.now();
  const shared = {
    window,
    ...{ births: options.births, rounds: options.rounds, seed },
    budgetNs: options.budget * 1e9,
    clock: () => performance.now() * 1e6,
    planted: new Map([[PLANTED, PLANTED_SHARE]]),
    ...defined({ signal }),
  };
  const timed = engine === "native"
    ? await timedInC({ ...setup, engine: { name: "native" } }, names, shared)
    : await timedInJs(setup, names, { ...shared, windowIos });
  return {
    ...of,
    seconds: Math.round(performance.now() - start) / 1000,
    load: [before, loadNow()],
    clock: timed.clock ?? "",
    rounds: Math.max(...timed.samples.map(({ round }) => round + 1)),
    builds: Object.fromEntries(
      names.slice(1).map((name) => [name, buildRatios(timed.samples, name)]),
    ),
  };
}

type Shared = Omit<
  Parameters<typeof timeBuilds>[0],
  "contenders" | "baseline" | "workers"
>;

async function timedInC(
  setup: ContenderSetup,
  names: readonly string[],
  shared: Shared,
): Promise<TimedCell> {
  const workers: Contender[] = [];
  try {
    while (workers.length < LANES) workers.push(await Contender.start(setup));
    return await timeBuilds({
      ...shared,
      contenders: new Map(names.map((name) => [name, setup])),
      baseline: BASELINE,
      workers,
    });
  } finally {
    for (const worker of workers) worker.stop();
  }
}

async function timedInJs(
  setup: ContenderSetup,
  names: readonly string[],
  shared: Shared & { readonly windowIos: number },
): Promise<TimedCell> {
  const isolates = new Map<string, Promise<Contender>>();
  const end = async () => {
    for (const one of isolates.values()) (await one).stop();
    isolates.clear();
  };
  try {
    return await timeCell({
      ...shared,
      contenders: names,
      isolate: (name, birth) => {
        const scatterSeed = (shared.seed * shared.births + birth) *
            names.length + names.indexOf(name);
        const found = isolates.get(`${name} ${birth}`) ??
          Contender.start({ ...setup, scatterSeed });
        isolates.set(`${name} ${birth}`, found);
        return found;
      },
      endBirth: end,
    });
  } finally {
    await end();
  }
}

/** The median of within-round ratios to the baseline, of each build. */
function buildRatios(samples: readonly Sample[], name: string): number[] {
  const key = ({ birth, round }: Sample) => `${birth} ${round}`;
  const base = new Map(
    samples.filter(({ contender }) => contender === BASELINE)
      .map((one) => [key(one), one.nsPerIo]),
  );
  const ratios = new Map<number, number[]>();
  for (const one of samples) {
    const other = base.get(key(one));
    if (one.contender !== name || other === undefined) continue;
    const own = ratios.get(one.birth) ?? [];
    ratios.set(one.birth, own);
    own.push(one.nsPerIo / other);
  }
  return [...ratios.values()].map((own) => Number(medianOf(own).toFixed(5)));
}

function enginesOf(names: readonly string[]): ("js" | "native")[] {
  return [
    ...new Set(
      names.flatMap((name) => name === "both" ? ["native", "js"] : [name]),
    ),
  ].map((name) => {
    if (name === "js" || name === "native") return name;
    throw new RangeError(
      `Cannot use engine "${name}", expected native, js or both`,
    );
  });
}

/**
 * Writes the file anew: what it held before is in the record.
 *
 * @param path The file; `-` is written at the end instead.
 * @param record What has been found so far.
 */
export async function keepTimingRecord(
  path: string,
  record: TimingRecord,
): Promise<void> {
  if (path !== "-") await writeWhole(path, textOf(record), { force: true });
}

/**
 * Reads the file, if there is one.
 *
 * @param path The file.
 * @returns What was found so far; nothing if there is no file.
 * @throws {SyntaxError} If it is not what `check:timing` writes.
 */
export async function readTimingRecord(
  path: string,
): Promise<TimingRecord | undefined> {
  if (path === "-") return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return timingRecordSchema.parse(JSON.parse(text));
  } catch {
    throw new SyntaxError(
      `Cannot read "${path}": it is not what check:timing writes, expected ` +
        "such a file or a new path",
    );
  }
}

function textOf(record: TimingRecord): string {
  return JSON.stringify(record, null, 1) + "\n";
}

/** Load from which on runs are summed up apart: ten times what CPUs do. */
const VERY_BUSY = 20;

/**
 * Sums a record up, a line for each engine and workload; runs on a very busy
 * machine have a line of their own.
 *
 * @param record The record.
 * @returns The table, with a line feed at its end.
 */
export function timingTable({ runs }: TimingRecord): string {
  const isVeryBusy = ({ load }: TimingRun) =>
    load.some((one) => one !== null && one > VERY_BUSY);
  const groups = Map.groupBy(
    [...runs.filter((run) => !isVeryBusy(run)), ...runs.filter(isVeryBusy)],
    (run) => `${run.engine} ${run.workload} ${isVeryBusy(run)}`,
  );
  const rows = [...groups.values()].map(timingFigures);
  const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
  return plainTable<TimingFigures>(
    [
      { header: "engine", left: true, cell: ({ engine }) => engine },
      { header: "workload", left: true, cell: ({ workload }) => workload },
      { header: "runs", cell: (row) => `${row.runs}` },
      { header: "builds", cell: (row) => `${row.builds}` },
      { header: "s at most", cell: (row) => row.mostSeconds.toFixed(0) },
      { header: "load", cell: (row) => row.mostLoad?.toFixed(0) ?? "-" },
      { header: "A/A worst", cell: (row) => percent(row.worstTwin) },
      { header: "95 of 100", cell: (row) => percent(row.mostTwins) },
      { header: "half width", cell: (row) => percent(row.halfWidths[0]) },
      { header: "95 of 100", cell: (row) => percent(row.halfWidths[1]) },
      { header: "planted 3%", cell: (row) => `${row.planted.toFixed(3)}` },
      { header: "found", cell: (row) => `${row.found}` },
      { header: "false alarms", cell: (row) => percent(row.falseAlarms) },
    ],
    rows,
    { maxWidth: 150 },
  ).join("\n") + "\n";
}

function loadNow(): number | null {
  try {
    return Deno.loadavg()[0] ?? null;
  } catch {
    return null;
  }
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
