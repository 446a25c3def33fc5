/**
 * What more of the same costs: I/Os of one path, and lines of a trace. The time
 * of one must not grow with their number, nor the memory of the process.
 */
import { Contender } from "../contender/contender.ts";
import { readTrace } from "../../sim/workload/read_trace.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { medianOf } from "../statistics/median.ts";
import { openCase } from "./speed_cases.ts";
import { atLeast, atMost, type BySize, type TargetGroup } from "./target.ts";

/** I/Os of a path; the first tenth is what the rest is held against. */
const PATH_IOS: BySize<number> = { tiny: 4e3, quick: 2e7, full: 1e8 };
/** I/Os of one measurement; a path has done 10^4 after the first ones. */
const SLICE_IOS = 5000;
const WINDOW_IOS = 2048;
/** Slices at either end that are compared. */
const SLICES = 400;

const path: TargetGroup = {
  targets: [
    atMost(
      "growth/path-time",
      1.05,
      "x the time of an I/O, after 10^7 (--full: 10^8) and after 10^6",
    ),
    atMost("growth/path-memory", 1.05, "x the resident memory, likewise"),
  ],
  measure: async (size) => {
    const all = PATH_IOS[size];
    const { window, setup } = await openCase({
      workload: "4k-hot",
      submitter: "registered",
      batch: 1,
      ios: WINDOW_IOS,
    });
    const contender = await Contender.start(setup);
    try {
      const opened = await contender.ask({ kind: "open", window });
      const ns: number[] = [];
      let early = 0;
      // V8 has compiled everything after a million I/Os.
      const warm = Math.min(1e6, all / 4) / SLICE_IOS;
      while (ns.length * SLICE_IOS < all) {
        const { cpuNs } = await contender.ask({
          kind: "time",
          window: opened.window,
          first: 0,
          ios: SLICE_IOS,
          leadIn: 0,
        });
        ns.push(cpuNs);
        if (ns.length === Math.ceil(warm)) early = Deno.memoryUsage().rss;
      }
      const from = Math.min(Math.ceil(warm), ns.length - 1);
      const few = Math.min(SLICES, Math.ceil((ns.length - from) / 2));
      return [
        medianOf(ns.slice(-few)) / medianOf(ns.slice(from, from + few)),
        early === 0 ? "too few I/Os" : Deno.memoryUsage().rss / early,
      ];
    } finally {
      contender.stop();
    }
  },
};

const TRACE_LINES: BySize<number> = { tiny: 2e4, quick: 1e7, full: 1e8 };
const CHUNK_LINES = 10_000;

/** Text of each format, of this many lines, that is read again and again. */
const TRACES: Readonly<Record<string, { head: string; line: LineOf }>> = {
  iolog: {
    head: "fio version 3 iolog\n0 fio.dat add\n1 fio.dat open\n",
    line: (i) =>
      `${1000 + i * 37} fio.dat ${i % 10 < 7 ? "read" : "write"} ` +
      `${block(i) * 4096} 4096\n`,
  },
  blkparse: {
    head: "",
    line: (i) =>
      `259,0    3 ${String(i).padStart(8)}     0.000104512  4711  ` +
      `${"QGIDC"[i % 5]}   R ${block(Math.floor(i / 5)) * 8} + 8 [fio]\n`,
  },
  msr: {
    head: "",
    line: (i) =>
      `${128166385295514663n + BigInt(i)},hm,0,Write,` +
      `${block(i) * 4096},4096,2833\n`,
  },
};

type LineOf = (index: number) => string;

/** Offsets in no order, by a step that is prime to the number of blocks. */
function block(index: number): number {
  return (index * 7919) % 16384;
}

const traces = Object.entries(TRACES).map(
  ([name, { head, line }]): TargetGroup => ({
    targets: [
      atLeast(`growth/trace-${name}`, 3, "M lines/s of CPU time"),
      atMost(
        `growth/trace-${name}-memory`,
        1.05,
        "x the resident memory at the end and after a tenth",
      ),
    ],
    measure: async (size) => {
      const lines = TRACE_LINES[size];
      const encoder = new TextEncoder();
      const chunk = encoder.encode(
        Array.from({ length: CHUNK_LINES }, (_, i) => line(i)).join(""),
      );
      let read = 0;
      let early = 0;
      const chunks = async function* () {
        if (head !== "") yield await Promise.resolve(encoder.encode(head));
        for (; read < lines; read += CHUNK_LINES) {
          if (read >= lines / 10 && early === 0) early = Deno.memoryUsage().rss;
          yield chunk;
        }
      };
      const { cpuNs } = cpuClocks();
      const start = cpuNs();
      const reading = await readTrace(name, chunks());
      let ios = 0;
      for await (const batch of reading.batches) ios += batch.count;
      const seconds = (cpuNs() - start) / 1e9;
      if (ios === 0) throw new Error(`Cannot trust ${name}: found no I/O`);
      return [read / 1e6 / seconds, Deno.memoryUsage().rss / early];
    },
  }),
);

export const GROWTH_TARGETS: readonly TargetGroup[] = [path, ...traces];
