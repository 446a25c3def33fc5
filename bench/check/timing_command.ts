/**
 * `deno task check:timing`: whether times hold still. Six contenders that are
 * all the baseline, one of which runs 3 % more I/Os than are counted, are timed
 * as layouts are. Each run is added to the file as soon as it is done, so the
 * command can be interrupted and resumed.
 *
 * @module
 */
import { jsonValue } from "../files/parse_json.ts";
import { textIfThere } from "../files/if_there.ts";
import { Command } from "commander";
import { countOption, nameList, seconds } from "../shell/command.ts";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { writeWhole } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { captureEnvironment } from "../machine/environment.ts";
import { readIfPossible } from "../machine/read_if_possible.ts";
import { type TimingRecord, timingRecordSchema } from "./timing_record.ts";
import { timingTable } from "./timing_table.ts";
import { timeTwins } from "./time_twins.ts";

const FILE = "bench/results/timing.json";
const WORKLOADS = ["4k-hot", "128k-scattered", "64k-mixed"];
/** Builds of a run by default: what the targets are of. */
const BUILDS = { native: 20, js: 30 } as const;

interface TimingOptions {
  readonly json: string;
  readonly engine?: string[];
  readonly workload?: string[];
  readonly builds?: number;
  readonly rounds: number;
  readonly budget: number;
  readonly runs: number;
  readonly quiet: boolean;
}

/** @returns 0 when done, 2 on wrong use, 130 if interrupted. */
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
    .option(
      "--builds <n>",
      `builds of each run (default: ${BUILDS.native} in C, ${BUILDS.js} in ` +
        "JavaScript)",
      countOption(6, 200),
    )
    .option(
      "--rounds <n>",
      "rounds of each build, at most",
      countOption(3, 1000),
      24,
    )
    .option(
      "--budget <s>",
      "time of each workload of a run",
      seconds(0.1, 86400),
      18,
    )
    .option(
      "--runs <n>",
      "runs of each engine in the file",
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
  const workloads = options.workload ?? WORKLOADS;
  for (let seed = 1; seed <= runs; seed++) {
    for (const engine of enginesOf(options.engine ?? ["native"])) {
      const missing = workloads.filter((workload) =>
        record.runs.every((one) =>
          one.seed !== seed || one.engine !== engine ||
          one.workload !== workload
        )
      );
      if (missing.length === 0 || signal?.aborted) continue;
      const found = await timeTwins({
        ...{ engine, workloads: missing, seed },
        builds: options.builds ?? BUILDS[engine],
        rounds: options.rounds,
        budgetNs: options.budget * 1e9 * missing.length,
        signal,
      });
      if (signal?.aborted) continue;
      record.runs.push(...found);
      await keepTimingRecord(json, record);
      if (!options.quiet) {
        context.writeError(
          `${engine} ${missing.join(", ")}, seed ${seed}: ` +
            `${found[0]?.seconds.toFixed(0)} s\n`,
        );
      }
    }
  }
  context.writeOut(json === "-" ? textOf(record) : timingTable(record));
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
 * Writes the file again: what it held before is in the record.
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
 * @returns What was found so far; nothing if there is no file.
 * @throws {SyntaxError} If it is not what `check:timing` writes.
 */
export async function readTimingRecord(
  path: string,
): Promise<TimingRecord | undefined> {
  if (path === "-") return undefined;
  const text = await textIfThere(path);
  if (text === undefined) return undefined;
  try {
    return timingRecordSchema.parse(jsonValue(text));
  } catch {
    throw new SyntaxError(
      `Cannot read "${path}": it is not what check:timing writes, expected ` +
        "such a file or a new path",
    );
  }
}

/** A list of numbers is a line: they are thousands. */
function textOf(record: TimingRecord): string {
  const text = JSON.stringify(record, null, 1);
  return text.replace(/\[[^"[\]{}]+\]/g, (list) => list.replace(/\s+/g, "")) +
    "\n";
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
