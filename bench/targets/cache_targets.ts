/**
 * `deno task bench:cache`: the speed targets of the cache model, its readers
 * and the tracer in one run, as ratios. All contenders live at once, each in a
 * worker of its own, and are visited in turn; of every part of a run (some 100
 * us) the best time of all rounds counts, and the sum of them is the figure:
 * what other work on the machine costs falls out.
 *
 * What it gave on two shared cores of an AMD EPYC under a load of 15, Deno
 * 2.9.6 (the caches: 32 KiB L1s of 8 ways, 1 MiB L2 of 16):
 *
 *     model, mostly hits     197 M refs/s    0.79 x C at -O2
 *     model, ls              166 M refs/s    0.69 x C at -O2
 *     reading lackey, ls    1100 MB/s        13 ns a line, 68 % of all
 *     reading din, ls        700 MB/s        17 ns a line, 74 % of all
 *     4 KiB reads, traced      8.6 x the path alone (footprint made too: 34)
 *     128 KiB reads, traced    6.3 x the path alone (footprint made too: 29)
 *
 * Reading *is* the larger part of the time where most references hit, and no
 * reader of text could change that: a line has 13 to 16 bytes, and the model
 * has 6 ns for it. The binary form of traces (`lab cache --save`) takes 9.5 ns a
 * reference, and a fifth of the bytes. On traces that miss more the model takes
 * the larger part by itself.
 */
import { Command } from "commander";
import { type CommandContext, processContext } from "../shell/context.ts";
import { runToStatus } from "../shell/run_command.ts";
import type { ContenderTask } from "../native/cache/contender.ts";
import {
  buildTwin,
  type RunningContender,
  startContender,
} from "../native/cache/start_contender.ts";
import { plainTable } from "../text/plain_table.ts";

const TRACE =
  new URL("../../tests/data/cache/ls.trace.gz", import.meta.url).pathname;
const WARM_UP = 10;
const ROUNDS = 60;

interface Timing {
  /** Milliseconds of a run. */
  readonly ms: number;
  /** References, bytes or I/Os of a run. */
  readonly units: number;
  /** What the last run made. */
  readonly made: string;
}

/** Times contenders in turn; best times of each part. */
async function timeInTurn(
  tasks: Readonly<Record<string, ContenderTask>>,
): Promise<Record<string, Timing>> {
  const contenders: [string, RunningContender][] = [];
  for (const [name, task] of Object.entries(tasks)) {
    contenders.push([name, await startContender(task)]);
  }
  const best = new Map<string, number[]>();
  const timings: Record<string, Timing> = {};
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, contender] of contenders) {
      const { partMs, units, made } = await contender.run();
      if (round < 0) continue;
      const before = best.get(name) ?? partMs;
      const now = partMs.map((ms, part) => Math.min(ms, before[part] ?? ms));
      best.set(name, now);
      const ms = now.reduce((sum, part) => sum + part, 0);
      timings[name] = { ms, units, made };
    }
  }
  for (const [, contender] of contenders) contender.close();
  return timings;
}

interface Row {
  readonly what: string;
  readonly rate: string;
  readonly ratio: string;
  readonly target: string;
}

/** Runs everything and prints it. */
async function measure(context: CommandContext): Promise<void> {
  const rows: Row[] = [];
  const library = await buildTwin();
  const modelNs: number[] = [];

  for (
    const [trace, what] of [["hits", "mostly hits"], [TRACE, "ls"]] as const
  ) {
    const { model, c } = await timeInTurn({
      ...(library ? { c: { contender: "c", trace, library } as const } : {}),
      model: { contender: "model", trace },
    });
    if (model === undefined) continue;
    if (c !== undefined && c.made !== model.made) {
      throw new Error(`Cannot compare: C counted ${c.made}, not ${model.made}`);
    }
    modelNs.push(model.ms * 1e6 / model.units);
    rows.push({
      what: `model, ${what}`,
      rate: `${(model.units / model.ms / 1e3).toFixed(0)} M refs/s`,
      ratio: c === undefined
        ? "no C compiler"
        : `${(c.ms / model.ms).toFixed(2)} x C at -O2`,
      target: "100 M refs/s, 0.7 x C",
    });
  }
  for (const format of ["lackey", "din"] as const) {
    const { reader } = await timeInTurn({
      reader: { contender: "reader", trace: TRACE, format },
    });
    if (reader === undefined) continue;
    const lines = Number(reader.made);
    const ns = reader.ms * 1e6 / lines;
    const share = ns / (ns + (modelNs[1] ?? 0));
    rows.push({
      what: `reading ${format}, ls`,
      rate: `${(reader.units / reader.ms / 1e3).toFixed(0)} MB/s`,
      ratio: `${ns.toFixed(1)} ns a line, ${(share * 100).toFixed(0)} % of all`,
      target: "100 MB/s, at most 50 % of all",
    });
  }
  for (
    const [workload, name] of [
      ["randread-4k", "4k"],
      ["128k-scattered", "128k"],
    ] as const
  ) {
    const { path, traced, footprint } = await timeInTurn({
      path: { contender: "path", trace: workload },
      traced: { contender: "traced", trace: workload },
      footprint: { contender: "footprint", trace: workload },
    });
    if (path === undefined) continue;
    for (
      const [what, timing, target] of [
        ["traced", traced, "15 x"],
        ["footprint", footprint, "none"],
      ] as const
    ) {
      if (timing === undefined) continue;
      rows.push({
        what: `${name} ${what}`,
        rate: `${(timing.ms * 1e6 / timing.units).toFixed(0)} ns an I/O`,
        ratio: `${(timing.ms / path.ms).toFixed(1)} x the path alone`,
        target,
      });
    }
  }

  const columns = [
    { header: "what", left: true, cell: ({ what }: Row) => what },
    { header: "speed", left: true, cell: ({ rate }: Row) => rate },
    { header: "ratio", left: true, cell: ({ ratio }: Row) => ratio },
    { header: "target", left: true, cell: ({ target }: Row) => target },
  ];
  const text = plainTable(columns, rows, { maxWidth: 110 }).join("\n");
  context.writeOut(`${text}\n`);
}

if (import.meta.main) {
  const context = processContext();
  const command = new Command("bench:cache")
    .description(
      "measure cache model, readers and tracer against their targets",
    )
    .action(() => measure(context));
  Deno.exit(await runToStatus(command, { args: Deno.args, context }));
}
