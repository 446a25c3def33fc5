/**
 * The result file: what `lab run --json` writes and every later step reads.
 *
 * Programs outside rely on these keys (design.md, section 6): adding one is
 * fine, changing what one means raises {@linkcode RESULT_SCHEMA_VERSION}.
 * Sizes are in bytes, times in ns; what is missing is `null`.
 */
import { wholeResult } from "./short_result.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { z } from "zod";
import type { LabResult } from "./result_types.ts";
import { simulationResultSchema } from "../simulate/schema.ts";
import { workersSchema } from "./group_schema.ts";

export type {
  FootprintFigures,
  Interval,
  LabResult,
  ResultAgreement,
  ResultCell,
  ResultColdTime,
  ResultCounts,
  ResultFootprint,
  ResultHarness,
  ResultIos,
  ResultLayout,
  ResultLeftOut,
  ResultMachineCode,
  ResultMachineCodeBuild,
  ResultModelled,
  ResultModelledLevel,
  ResultModelledStretch,
  ResultNoiseFloor,
  ResultSample,
  ResultSamples,
  ResultTiming,
  ResultWarmUp,
  TouchedPerIo,
  Verdict,
} from "./result_types.ts";
export type { ResultInput } from "../files/result_input.ts";

/** The version of the result file that this lab writes. */
export const RESULT_SCHEMA_VERSION = 1;

/** More than any run has, and few enough for a report of all of them. */
const MOST_LAYOUTS = 1024;
const MOST_CELLS = 65536;

const name = z.string().min(1);
const count = z.number().int().min(0);
const positive = z.number().gt(0);

const interval = z.looseObject({
  median: positive.describe("The median."),
  low: positive.nullable().describe(
    "Lower end of the 95 % interval; null where one measurement was made.",
  ),
  high: positive.nullable().describe(
    "Upper end of the 95 % interval; null where one measurement was made.",
  ),
}).refine(
  ({ median, low, high }) =>
    low === null || high === null
      ? low === high
      : low <= median && median <= high,
  {
    message: "expected low <= median <= high, or no ends at all",
  },
);

const exact = z.number().min(0);

const counts = z.object({
  biosPerIo: exact.describe("bios that reached the driver, per I/O."),
  requestsPerIo: exact.describe("Requests after merging, per I/O."),
  segmentsPerIo: exact.describe("Segments of those requests, per I/O."),
  prpEntriesPerIo: exact.describe(
    "PRP entries that the driver wrote, per I/O.",
  ),
  bvecBytesPerIo: exact.describe(
    "Bytes of bio_vec tables that were touched, per I/O.",
  ),
  bvecLinesPerIo: exact.describe(
    "Cache lines of bio_vec tables that were touched, per I/O.",
  ),
}).catchall(z.number());

const warning = z.looseObject({
  code: name.describe("Short name of the kind of warning."),
  message: z.string().describe("What was found."),
  hint: z.string().describe("What to do about it."),
});

const samples = z.looseObject({
  total: count.describe("Samples that were measured."),
  capped: z.boolean().describe("Whether values holds fewer than that."),
  values: z.array(
    z.looseObject({
      birth: count.describe(
        "Which birth (fresh isolate or object) of the layout, from 0.",
      ),
      round: count.describe("The round inside that birth, from 0."),
      nsPerIo: positive.describe("Time per I/O of the batch, in ns."),
    }),
  ).describe("The samples that were kept, in the order of measuring."),
});

const openRecord = z.record(z.string(), z.unknown());

const modelledStretch = {
  ios: count.describe("I/Os of the stretch."),
  referencesPerIo: exact.describe("Loads and stores of the path, per I/O."),
  levels: z.array(z.looseObject({
    name: name.describe("Name of the cache, such as L1D."),
    missesPerIo: exact.describe(
      "Lines read or written that were not there, per I/O.",
    ),
    readMissesPerIo: exact.describe("Of those, reads."),
    writeMissesPerIo: exact.describe("Of those, writes."),
    writebacksPerIo: exact.describe(
      "Dirty lines written to the next level, per I/O.",
    ),
  })).describe("Data caches, first level first."),
  stallCyclesPerIo: z.looseObject({
    cycles: exact.describe("Modelled cycles."),
    low: exact.describe("With every assumed latency 25 % lower."),
    high: exact.describe("With every assumed latency 25 % higher."),
  }).describe(
    "Modelled cycles per I/O that demand misses cost if no two overlap.",
  ),
};

const modelled = z.looseObject({
  cpu: name.describe("Name of the CPU whose caches are modelled."),
  depth: count.describe("I/Os in flight."),
  warmUpIos: count.describe(
    "I/Os before the ones counted, from empty caches on.",
  ),
  ...modelledStretch,
  cold: z.looseObject(modelledStretch).describe(
    "The first depth I/Os, from empty caches on.",
  ),
});

const touched = z.looseObject({
  accessesPerIo: exact.describe("Accesses of up to 8 bytes, per I/O."),
  writesPerIo: exact.describe("Of those, writes."),
  straddlesPerIo: exact.describe("Of those, ones over a border of lines."),
  bytesPerIo: exact.describe("Distinct bytes, per I/O."),
  linesPerIo: exact.describe("Distinct lines, per I/O."),
});

const footprintFigures = {
  total: touched.describe("Everything, no line twice."),
  structures: z.record(z.string(), touched).describe(
    "By structure; a line that two share counts for both.",
  ),
  stages: z.record(z.string(), touched).describe(
    "By stage; a line that two touch counts for both.",
  ),
};

/** Older labs have less of it. */
const footprint = z.looseObject({
  tracedIos: count.describe("I/Os that were traced one at a time."),
  lineBytes: positive.describe(
    "Size of the lines that counts are in, in bytes.",
  ),
  ...footprintFigures,
  atDepth: z.looseObject({
    depth: count.describe("I/Os in flight."),
    ...footprintFigures,
  }).describe(
    "The same with many I/Os in flight, a line that several touch counting once.",
  ),
}).partial();

const machineCodeBuild = {
  instructionsPerIo: exact.describe("Instructions executed."),
  loadsPerIo: exact.nullable().describe("Loads among their accesses."),
  storesPerIo: exact.nullable().describe("Stores among their accesses."),
  branchesPerIo: exact.nullable().describe(
    "Jumps, calls and returns, taken or not.",
  ),
  unalignedPerIo: exact.nullable().describe(
    "Accesses at no multiple of their size.",
  ),
  lineCrossingsPerIo: exact.nullable().describe(
    "Accesses to two lines of 64 bytes.",
  ),
  textBytes: count.describe("Bytes of machine code of the path."),
  compiler: name.describe("Compiler and version."),
  build: name.describe("What its flags are, such as -O2."),
  flags: z.array(name).describe("All flags that make the code different."),
};

const machineCode = z.looseObject({
  ...machineCodeBuild,
  abi: name.describe("Name of the ABI."),
  machine: name.describe("The machine, such as x86_64."),
  tools: z.array(name).describe(
    "What counted, with versions; a later one fills an earlier up.",
  ),
  ios: count.describe("I/Os that were counted."),
  builds: z.array(z.looseObject(machineCodeBuild)).describe(
    "All builds, the first among them.",
  ),
});

const layout = z.looseObject({
  name: name.describe("Name of the layout."),
  nsPerIo: interval.nullable().describe(
    "Time per I/O, in ns; null where nothing was timed.",
  ),
  ratio: interval.nullable().describe(
    "Time relative to the baseline; 1 for the baseline itself.",
  ),
  verdict: z.enum(["faster", "slower", "no difference shown"]).nullable()
    .describe("What the run can say about that ratio; null without one."),
  counts: counts.describe("Exact figures per I/O; more of them may be there."),
  bytesPerSegment: positive.nullish().describe(
    "Bytes that one segment takes in a full table of this layout.",
  ),
  recognition: name.optional().describe(
    "How this layout recognised P2P memory.",
  ),
  iosPerSecond: positive.nullish().describe(
    "I/Os per second of one worker, from the median.",
  ),
  adjustedPValue: z.number().min(0).max(1).nullish().describe(
    "p of no difference, corrected over the layouts of the cell (Holm).",
  ),
  byCompiler: z.array(z.looseObject({
    compiler: name.describe("Compiler and version."),
    ratio: interval.describe("Time relative to the baseline."),
  })).optional().describe(
    "The ratio as each compiler built it, where there were several.",
  ),
  detectable: exact.nullish().describe(
    "Smallest difference that this run could have shown; 0.03 is 3 %.",
  ),
  betweenBirthSpread: exact.nullish().describe(
    "Standard deviation between births; 0.03 is 3 %.",
  ),
  outliers: count.optional().describe(
    "Samples that lie far outside; none was removed.",
  ),
  samples: samples.nullish().describe("What the timings came from."),
  percentiles: z.record(z.string(), positive.nullable()).nullish().describe(
    "Percentiles of the samples in ns; null where there are too few for one.",
  ),
  wallNsPerIo: interval.nullish().describe(
    "Wall time per I/O of the same, in ns; other work makes it longer.",
  ),
  cold: z.looseObject({
    nsPerIo: interval.describe("Time per I/O, in ns."),
    ratio: interval.describe("Time relative to the baseline, both cold."),
    verdict: z.enum(["faster", "slower", "no difference shown"])
      .describe("What the run can say about that ratio."),
  }).nullish().describe(
    "The first I/Os of a turn, on what others left in the caches.",
  ),
  warmUps: z.array(
    z.looseObject({
      birth: count.describe("Which birth of the layout, from 0."),
      steady: z.boolean().describe("Whether the last batches showed no trend."),
      nsPerIo: z.array(positive).describe(
        "Times per I/O of all its batches, in ns.",
      ),
    }),
  ).optional().describe("The warm-ups, whose batches are in no figure."),
  footprint: footprint.nullish().describe(
    "Bytes and lines touched, exact; without samples, what differs from like.",
  ),
  modelled: modelled.nullish().describe(
    "What a cache model makes of it; without samples, what differs from like.",
  ),
  machineCode: machineCode.nullish().describe(
    "What its path in C costs, counted exactly; null if it was not.",
  ),
});

const verdict = z.enum(["faster", "slower", "no difference shown"]);

const agreement = z.looseObject({
  engines: z.array(name).describe(
    "The engines, in the order of all pairs here.",
  ),
  tau: z.number().min(-1).max(1).nullable().describe(
    "Kendall's tau-b of their ratios, -1 to 1; null below two layouts.",
  ),
  opposed: z.array(name).describe(
    "Layouts of which one engine says faster and the other slower.",
  ),
  oneSided: z.array(name).describe(
    "Layouts that only one engine finds different from the baseline.",
  ),
  words: z.string().describe("The same in plain words."),
  layouts: z.array(z.looseObject({
    name: name.describe("Name of the layout."),
    instructionRatio: positive.nullish().describe(
      "Its counted instructions over the baseline's; null if not counted.",
    ),
    ratios: z.array(interval.nullable()).describe("Its ratio on each engine."),
    verdicts: z.array(verdict.nullable()).describe(
      "Its verdict on each engine.",
    ),
  })).describe("Each layout on both engines."),
  times: z.array(z.looseObject({
    name: name.describe("Name of the layout."),
    nsPerIo: z.array(interval.nullable()).describe(
      "Its time per I/O on each engine, in ns.",
    ),
    factor: positive.nullable().describe(
      "The first engine's time over the second's.",
    ),
  })).optional().describe("Each layout's time per I/O on both engines."),
});

const cell = z.looseObject({
  workload: name.describe("Name of the workload, or path of its file."),
  abi: name.describe("ABI of the structs."),
  recognition: name.describe("How P2P memory was to be recognised."),
  engine: name.describe("js or native."),
  agreement: agreement.nullish().describe(
    "How its ratios and those of the same cell on another engine agree.",
  ),
  ios: z.looseObject({
    total: count.describe("All I/Os of the workload."),
    reads: count.describe("Reads among them."),
    writes: count.describe("Writes among them."),
    others: count.describe(
      "Others, such as flush and discard; they are counted and not replayed.",
    ),
    bytes: count.describe("Bytes read and written."),
    skipped: count.describe("Entries of the input that were left out."),
    rounded: count.optional().describe(
      "I/Os that were widened to whole sectors.",
    ),
    cut: count.optional().describe(
      "I/Os too long for the lab that were replayed as several.",
    ),
  }).describe("The I/Os."),
  digest: z.string().describe(
    "Digest of the descriptors, equal for all layouts of the recognition.",
  ),
  verifiedBytes: count.optional().describe(
    "Bytes that the device moved and that were checked, for each layout.",
  ),
  timedIos: count.optional().describe("I/Os that were replayed for timing."),
  skippedByReason: z.record(z.string(), count).optional().describe(
    "Entries of the input that were left out, by reason.",
  ),
  layouts: z.array(layout).max(MOST_LAYOUTS, {
    error: `expected at most ${MOST_LAYOUTS} layouts`,
  }).describe("One entry for each layout, the baseline first."),
  baseline: name.optional().describe(
    "Name of the layout that ratios refer to.",
  ),
  description: z.string().optional().describe(
    "One line on what the workload is.",
  ),
  setting: z.string().optional().describe(
    "Queue, depth, submitter and controller in one line.",
  ),
  kernel: name.optional().describe(
    "Kernel whose structures and rules were used.",
  ),
  placement: z.string().optional().describe("Where buffers lie."),
  rounds: count.optional().describe("Rounds of each birth."),
  births: count.optional().describe("Births of each layout."),
  harness: z.array(z.looseObject({
    name: name.describe(
      "noop or null_path; in C noop is a call without an I/O.",
    ),
    nsPerIo: interval.nullable().describe("Time per I/O, in ns."),
  }))
    .optional().describe(
      "What workers without a path cost; nothing is subtracted.",
    ),
  timing: z.looseObject({
    clock: z.enum(["thread CPU", "process CPU"]).describe(
      "Whose CPU time times are.",
    ),
    cacheState: z.enum(["warm"]).describe(
      "The cache state of all times that say none.",
    ),
    sliceIos: z.looseObject({
      warm: count.describe("I/Os of a warm slice."),
      cold: count.describe("I/Os of a cold slice, before the warm one."),
      group: count.optional().describe(
        "Different I/Os of a turn, which its slices go round.",
      ),
    }).describe("I/Os that were measured at a time."),
    compilers: z.array(name).optional().describe(
      "What built the paths, in turn: birth b is by the b-th of them, modulo.",
    ),
    arenaBytes: count.nullish().describe("Bytes of all arenas of a build."),
    hugePageBytes: count.nullish().describe(
      "Bytes of the process in huge pages; null where nobody says.",
    ),
  }).nullish().describe("How it was timed."),
  noiseFloor: z.looseObject({
    ratio: interval.describe("The ratio that identical code showed."),
    difference: exact.describe("Distance of that ratio from 1; 0.01 is 1 %."),
  }).nullish().describe("The baseline compared with a second copy of itself."),
  workers: workersSchema.optional().describe(
    "Groups of workers; absent where one worker was all.",
  ),
  simulated: simulationResultSchema.optional().describe(
    "The same I/Os with a device in simulated time, with faults.",
  ),
  leftOut: z.array(z.looseObject({
    name: name.describe("Name of the layout."),
    reason: z.string().describe("Why it cannot take part."),
  })).optional().describe("Layouts that cannot express this cell."),
  complete: z.boolean().optional().describe(
    "false if its timing was interrupted.",
  ),
  warnings: z.array(warning).optional().describe(
    "Warnings of this cell alone.",
  ),
  submitter: name.optional().describe("Whose memory its I/Os are on."),
  api: name.optional().describe(
    "How a program submits its I/Os; io_uring where absent.",
  ),
});

const wholeSchema: z.ZodType<LabResult> = z.looseObject({
  schemaVersion: z.literal(RESULT_SCHEMA_VERSION).describe(
    "Version of this format.",
  ),
  tool: z.looseObject({
    name: z.literal(TOOL_NAME).describe("Its name."),
    version: name.describe("Its version."),
  }).describe("What wrote the file."),
  environment: openRecord.describe("The machine and the runtime."),
  config: openRecord.describe(
    "The options of the run, with their defaults; layouts that are not registered as their description.",
  ),
  seed: z.number().int().describe("Seed of every random choice."),
  inputs: z.array(z.looseObject({
    name: name.describe("Its path, as given or found beside another one."),
    sizeBytes: count.nullable().describe(
      "Its length in bytes; null for a pipe.",
    ),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable().describe(
      "SHA-256 of its content, in hexadecimal; null for a pipe.",
    ),
  })).optional().describe("The files that the workloads read."),
  warnings: z.array(warning).describe("What a reader has to know."),
  interrupted: z.boolean().optional().describe(
    "Whether the run was interrupted.",
  ),
  complete: z.boolean().optional().describe(
    "Whether all cells of the run are here.",
  ),
  cells: z.array(cell).max(MOST_CELLS, {
    error: `expected at most ${MOST_CELLS} cells`,
  }).describe("The comparisons."),
});

/**
 * Checks a result of this version, in its short form as well, which it makes
 * whole; unknown keys pass.
 */
export const resultSchema: z.ZodType<LabResult> = z.preprocess(
  wholeResult,
  wholeSchema,
);

/**
 * Gives the JSON Schema of the result file, as committed in
 * `bench/result.schema.json`.
 *
 * @returns The schema (draft 2020-12).
 *
 * @example The keys that every result has
 * ```ts
 * import { resultJsonSchema } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resultJsonSchema().required, [
 *   "schemaVersion",
 *   "tool",
 *   "environment",
 *   "config",
 *   "seed",
 *   "warnings",
 *   "cells",
 * ]);
 * ```
 */
export function resultJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(wholeSchema, {
      io: "input",
      override: ({ zodSchema, jsonSchema }) => {
        if (SHORT_PARTS.some((part) => part === zodSchema)) shorten(jsonSchema);
      },
    }),
    title: "bvec-lab result file",
  };
}

/** What a short file says of layouts behind the first as what differs. */
const SHORT_PARTS: readonly unknown[] = [footprint, modelled];

/** In what differs, nothing is required, and what is lacking is listed. */
function shorten(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  Reflect.deleteProperty(node, "required");
  const others = Reflect.get(node, "additionalProperties");
  for (const value of Object.values(node)) shorten(value);
  if (typeof others !== "object" || Reflect.get(others, "type") !== "object") {
    return;
  }
  const lacking = { type: "array", items: { type: "string" } };
  Reflect.set(node, "additionalProperties", { anyOf: [others, lacking] });
}
