/**
 * `deno task study:counts`: counts the machine code of the study with every
 * compiler that is there and writes `bench/results/machine_code.json`.
 *
 * What the file has of the same builds is kept and not counted again, so that
 * it can be interrupted, and machines with other compilers can add to it;
 * `--fresh` begins again, as a change of the path in C wants it.
 *
 * @module
 */
import { Command } from "commander";
import { abis } from "../../layouts/abi.ts";
import { nameList } from "../shell/command.ts";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { writeWhole } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { preparePath } from "../native/count/dump.ts";
import { MachineCodeCounter } from "../native/count/machine_code.ts";
import { NativeEngineError } from "../native/error.ts";
import { inParallel } from "../machine/in_parallel.ts";
import { machineCodeIfThere } from "./study_pictures.ts";
import {
  countedPath,
  countTasks,
  emptyRecord,
  type MachineCodeRow,
  recordText,
  rowOf,
} from "./machine_code.ts";

const FILE = "bench/results/machine_code.json";
/** Rows after which the file is written, so that little is lost. */
const ROWS_A_WRITE = 40;

interface CountsOptions {
  readonly json: string;
  readonly abi?: string[];
  readonly recognise?: string[];
  readonly fresh: boolean;
  readonly quiet: boolean;
}

/**
 * Counts the machine code of the study.
 *
 * @param args The words after `deno task study:counts`.
 */
export async function main(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("study:counts")
    .description("Counts the machine code of the study with every compiler")
    .option("--json <file>", "the file, added to", FILE)
    .option("--abi <names>", "ABIs, comma-separated (default: all)", nameList())
    .option("--recognise <names>", "P2P detections (default: all)", nameList())
    .option("--fresh", "discard what the file has", false)
    .option("--quiet", "no progress", false)
    .action((options: CountsOptions) => run(options, context));
  const status = await runToStatus(command, { args, context });
  return context.signal.aborted ? EXIT.interrupted : status;
}

async function run(
  options: CountsOptions,
  context: CommandContext,
): Promise<void> {
  const { signal } = context;
  const record = options.fresh
    ? emptyRecord()
    : await machineCodeIfThere(options.json) ?? emptyRecord();
  const rows = new Map(record.rows.map((row) => [keyOf(row), row]));
  const wanted = options.abi ?? abis.map(({ name }) => name);
  let unwritten = 0;
  const tasks = countTasks();
  const write = () =>
    writeWhole(
      options.json,
      recordText({ ...record, rows: inOrder(tasks, rows) }),
      { force: true },
    );
  for (const abi of abis.filter(({ name }) => wanted.includes(name))) {
    let counter: MachineCodeCounter;
    try {
      // One tool for all machines: two differ by the few instructions that
      // surround what they count.
      counter = await MachineCodeCounter.start({ choice: "qemu", abi, signal });
    } catch (error) {
      if (!(error instanceof NativeEngineError)) throw error;
      context.writeError(`${error.message}\n`);
      continue;
    }
    const builds = counter.variants.map(({ compiler, title, flags }) => ({
      compiler,
      build: title,
      flags: [...flags],
    }));
    if (JSON.stringify(record.builds[abi.name]) !== JSON.stringify(builds)) {
      for (const [key, row] of rows) if (row[0] === abi.name) rows.delete(key);
      record.builds[abi.name] = builds;
    }
    const missing = tasks.filter((task) =>
      task.abi.name === abi.name && !rows.has(taskKey(task)) &&
      (options.recognise?.includes(task.recognition) ?? true)
    );
    let done = 0;
    await inParallel(missing, async (task) => {
      signal.throwIfAborted();
      done++;
      const path = await countedPath(task);
      if (path === undefined) return;
      const { machineCode, complaints } = await counter.count(
        preparePath(path.options, path.window),
      );
      for (const line of complaints) context.writeError(`${line}\n`);
      const row = rowOf(task, machineCode);
      rows.set(keyOf(row), row);
      if (!options.quiet) {
        context.writeError(
          `${done} of ${missing.length}: ${row.slice(0, 5).join(", ")}\n`,
        );
      }
      if (++unwritten % ROWS_A_WRITE === 0) await write();
    }).finally(write);
  }
}

function keyOf(row: MachineCodeRow): string {
  return row.slice(0, 5).join("/");
}

function taskKey(task: ReturnType<typeof countTasks>[number]): string {
  const { abi, workload, recognition, layout } = task;
  return [abi.name, abi.pageStructBytes, workload, recognition, layout.name]
    .join("/");
}

/** In the order of the tasks, whichever was done first. */
function inOrder(
  tasks: ReturnType<typeof countTasks>,
  rows: ReadonlyMap<string, MachineCodeRow>,
): MachineCodeRow[] {
  return tasks.flatMap((task) => {
    const row = rows.get(taskKey(task));
    return row === undefined ? [] : [row];
  });
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
