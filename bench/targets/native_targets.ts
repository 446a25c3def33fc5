/**
 * `deno task bench:targets`: the speed targets of the engine in C, all in one
 * run. Both engines are born several times and visited in turn; a ratio is the
 * median of ratios within rounds, beside it the ratio of the best times, which
 * other work on the machine disturbs least.
 */
import { Command } from "commander";
import { type CommandContext, processContext } from "../shell/context.ts";
import { runToStatus } from "../shell/run_command.ts";
import { Contender } from "../contender/contender.ts";
import type { OpenedWindow } from "../contender/contender_protocol.ts";
import { medianOf } from "../statistics/median.ts";
import { plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { formatFigure } from "../text/figure.ts";
import { fioNull } from "../native/fio_null.ts";
import {
  caseName,
  openCase,
  SPEED_CASES,
  type SpeedCase,
} from "./speed_cases.ts";

const BIRTHS = 3;
/** Rounds of a birth at most; fewer where they take long. */
const ROUNDS = 60;
/** Time for the rounds of a birth. */
const BIRTH_NS = 4e9;
/** Work before anything counts: V8 has compiled everything after a second. */
const BURN_IN_NS = 1.5e9;
/** Rounds that are not counted: caches fill. */
const WARM_UP = 5;
/** Time of one measurement, well below a scheduler's slice. */
const BATCH_NS = 0.5e6;

interface Row {
  readonly what: SpeedCase;
  readonly js: readonly number[];
  readonly native: readonly number[];
}

/** Times one case on both engines, in turn. */
async function timeCase(what: SpeedCase): Promise<Row> {
  const { window, windowIos, setup } = await openCase(what);
  const js: number[] = [];
  const native: number[] = [];
  for (let birth = 0; birth < BIRTHS; birth++) {
    const pair = [
      await Contender.start(setup),
      await Contender.start({ ...setup, engine: { name: "native", birth } }),
    ] as const;
    const opened: OpenedWindow[] = [];
    for (const contender of pair) {
      const answer = await contender.ask({ kind: "open", window });
      opened.push(answer.window);
      for (let spentNs = 0; spentNs < BURN_IN_NS;) {
        const { cpuNs } = await contender.ask({
          kind: "time",
          window: answer.window,
          first: 0,
          ios: windowIos,
        });
        spentNs += Math.max(1, cpuNs);
      }
    }
    const passes = [1, 1];
    let takenNs = 0;
    for (
      let round = -WARM_UP;
      round < 3 || (round < ROUNDS && takenNs < BIRTH_NS);
      round++
    ) {
      for (const [index, contender] of pair.entries()) {
        const { cpuNs, ios } = await contender.ask({
          kind: "time",
          window: opened[index] as OpenedWindow,
          first: 0,
          ios: windowIos * (passes[index] as number),
        });
        const ns = cpuNs / ios;
        takenNs += cpuNs;
        passes[index] = Math.max(1, Math.round(BATCH_NS / (ns * windowIos)));
        if (round >= 0) (index === 0 ? js : native).push(ns);
      }
    }
    for (const contender of pair) contender.stop();
  }
  return { what, js, native };
}

const best = (times: readonly number[]) => Math.min(...times);
const ratio = ({ js, native }: Row) =>
  medianOf(js.map((ns, index) => ns / (native[index] as number)));
const bestRatio = ({ js, native }: Row) => best(js) / best(native);

function wanted({ what }: Row): string {
  const { mostNs, mostRatio } = what;
  return [
    ...(mostNs === undefined ? [] : [`C ${mostNs} ns`]),
    `ratio ${mostRatio}`,
  ].join(", ");
}

function met(row: Row): string {
  const { mostNs = Infinity, mostRatio } = row.what;
  return [
    best(row.native) <= mostNs ? "" : "C is slower",
    bestRatio(row) <= mostRatio ? "" : "ratio is larger",
  ].filter((text) => text !== "").join(", ") || "met";
}

/** Runs everything and prints it. */
async function measure(context: CommandContext): Promise<void> {
  const fio = await fioNull();
  const rows: Row[] = [];
  for (const what of SPEED_CASES) rows.push(await timeCase(what));
  const figure = (value: number) => formatFigure(value, 8);
  const lines = [
    ...plainTable<Row>(
      [
        {
          header: "ns per I/O",
          left: true,
          cell: ({ what }) => caseName(what),
        },
        { header: "C best", cell: ({ native }) => figure(best(native)) },
        { header: "median", cell: ({ native }) => figure(medianOf(native)) },
        { header: "JS best", cell: ({ js }) => figure(best(js)) },
        { header: "median", cell: ({ js }) => figure(medianOf(js)) },
        { header: "ratio", cell: (row) => figure(ratio(row)) },
        { header: "of best", cell: (row) => figure(bestRatio(row)) },
        { header: "at most", left: true, cell: wanted },
        { header: "best", left: true, cell: met },
      ],
      rows,
      { maxWidth: 110 },
    ),
    ...wrap(
      fio === undefined
        ? "fio is not installed, or may not run (--allow-run=fio)"
        : `fio --ioengine=null, 4 KiB, depth 32: ${
          figure(fio.cpuNs)
        } ns of CPU time per I/O, ${figure(fio.wallNs)} ns of wall time`,
      { width: 80 },
    ),
    "",
  ];
  context.writeOut(lines.join("\n"));
}

if (import.meta.main) {
  const context = processContext();
  const command = new Command("bench:targets")
    .description("measure the path in C against its speed targets")
    .action(() => measure(context));
  Deno.exit(await runToStatus(command, { args: Deno.args, context }));
}
