/**
 * The cache model beside the same algorithm in C at -O2, its readers of address
 * traces, and a long trace from a file.
 */
import { createHierarchy } from "../../sim/cache/hierarchy.ts";
import {
  BATCH_CAPACITY,
  readAddressTrace,
} from "../../sim/cache/address_trace.ts";
import { openChunks } from "../../sim/workload/trace_files.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { medianOf } from "../statistics/median.ts";
import type { ContenderTask } from "../native/cache/contender.ts";
import {
  buildTwin,
  type RunningContender,
  startContender,
} from "../native/cache/start_contender.ts";
import {
  atLeast,
  atMost,
  type BySize,
  type TargetGroup,
  type TargetSize,
} from "./target.ts";
import { medianRatio, takeTurns, type Turn } from "./turns.ts";

const LS_TRACE = new URL(
  "../../tests/data/cache/ls.trace.gz",
  import.meta.url,
).pathname;

const ROUNDS: BySize<number> = { tiny: 1, quick: 40, full: 200 };
const WARM_UP = 10;

/** What a contender of a round took and made. */
interface Timing {
  /** CPU ns of a unit (a reference, a byte, an I/O), round by round. */
  readonly nsPerUnit: readonly number[];
  /** What the last round made. */
  readonly made: string;
  /** Units of a round. */
  readonly units: number;
}

/** Times contenders of the cache model in turns. */
export async function timeInTurns<Name extends string>(
  tasks: Readonly<Record<Name, ContenderTask>>,
  size: TargetSize,
): Promise<Record<Name, Timing>> {
  const names = Object.keys(tasks) as Name[];
  const started: RunningContender[] = [];
  const made = new Map<Name, { made: string; units: number }>();
  try {
    const turns: [Name, Turn][] = [];
    for (const name of names) {
      const contender = await startContender(tasks[name]);
      started.push(contender);
      turns.push([name, async () => {
        const { partMs, units, made: text } = await contender.run();
        made.set(name, { made: text, units });
        return partMs.reduce((sum, ms) => sum + ms, 0) * 1e6 / units;
      }]);
    }
    const found = await takeTurns(
      Object.fromEntries(turns) as Record<Name, Turn>,
      ROUNDS[size],
      size === "tiny" ? 0 : WARM_UP,
    );
    return Object.fromEntries(
      names.map((name) => [name, {
        nsPerUnit: found[name],
        ...(made.get(name) ?? { made: "", units: 0 }),
      }]),
    ) as unknown as Record<Name, Timing>;
  } finally {
    for (const contender of started) contender.close();
  }
}

/** The model against C, on references that mostly hit, and on those of `ls`. */
const model: readonly TargetGroup[] = (["hits", "ls"] as const).map(
  (what): TargetGroup => ({
    targets: [
      atLeast(`cache/${what}`, 1, "x the speed of C at -O2"),
    ],
    measure: async (size) => {
      const library = await buildTwin();
      if (library === undefined) return ["there is no C compiler"];
      const trace = what === "hits" ? what : LS_TRACE;
      const found = await timeInTurns({
        c: { contender: "c", trace, library },
        model: { contender: "model", trace },
      }, size);
      if (found.c.made !== found.model.made) {
        throw new Error(
          `Cannot compare: C counted ${found.c.made}, not ${found.model.made}`,
        );
      }
      return [medianRatio(found.c.nsPerUnit, found.model.nsPerUnit)];
    },
  }),
);

/**
 * Reading text against reading and modelling it: text in memory, 256 KiB at a
 * time, into the batch of a hierarchy as in `lab cache`. The kernel's copy of a
 * file and a thread's reads are not included: with them reading is more than
 * half (0.54 to 0.59, HOT_PATH.md).
 */
const readers: readonly TargetGroup[] = (["lackey", "din"] as const).map(
  (format): TargetGroup => ({
    targets: [
      atMost(
        `cache/reading-${format}`,
        0.5,
        "of the time to read ls from memory, not a file, and model it",
      ),
    ],
    measure: async (size) => {
      const { reader, model } = await timeInTurns({
        reader: { contender: "reader", trace: LS_TRACE, format },
        model: { contender: "model", trace: LS_TRACE },
      }, size);
      const lines = Number(reader.made);
      return [
        medianOf(reader.nsPerUnit.map((ns, round) => {
          const reading = ns * reader.units / lines;
          return reading / (reading + (model.nsPerUnit[round] as number));
        })),
      ];
    },
  }),
);

const LONG_REFERENCES = 500e6;
/** What is read of them; the rest is as fast, for the reader keeps nothing. */
const READ: BySize<number> = { tiny: 1e5, quick: 2e7, full: LONG_REFERENCES };

/** 500 million references from a file through the model. */
const long: TargetGroup = {
  targets: [
    atMost("cache/500M", 60, "s of CPU time for 500 M references from a file"),
  ],
  measure: async (size) => {
    const caches = createHierarchy({
      levels: [
        { name: "L1", sizeBytes: 1 << 15, ways: 8, lineBytes: 64 },
        { name: "L2", sizeBytes: 1 << 20, ways: 16, lineBytes: 64 },
      ],
    });
    const batch = caches.createBatch(BATCH_CAPACITY);
    const { cpuNs } = cpuClocks();
    const start = cpuNs();
    let references = 0;
    while (references < READ[size]) {
      const stream = await openChunks(LS_TRACE);
      const reading = await readAddressTrace("ls", stream, { batch });
      for await (const batch of reading.batches) {
        caches.run(batch);
        references += batch.length;
      }
    }
    return [(cpuNs() - start) / 1e9 / references * LONG_REFERENCES];
  },
};

export const CACHE_TARGETS: readonly TargetGroup[] = [
  ...model,
  ...readers,
  long,
];
