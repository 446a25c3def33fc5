/**
 * Checks the exact figures of a result file: counts, footprint, cache model,
 * machine code; unknown keys pass.
 */
import { z } from "zod";
import { exact, name, positive, wholeCount } from "../files/schema_parts.ts";

/** What every layout has; a producer may add more. */
export const counts = z.object({
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
}).catchall(exact);

const modelledStretch = {
  ios: wholeCount.describe("I/Os of the stretch."),
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

export const modelled = z.looseObject({
  cpu: name.describe("Name of the CPU whose caches are modelled."),
  depth: wholeCount.describe("I/Os in flight."),
  warmUpIos: wholeCount.describe(
    "I/Os before the ones counted, from empty caches on.",
  ),
  ...modelledStretch,
  cold: z.looseObject(modelledStretch).describe(
    "The first depth I/Os, from empty caches on.",
  ),
});

const touchedFigures = {
  accessesPerIo: exact.describe("Accesses of up to 8 bytes, per I/O."),
  writesPerIo: exact.describe("Of those, writes."),
  straddlesPerIo: exact.describe("Of those, ones over a border of lines."),
  bytesPerIo: exact.describe("Distinct bytes, per I/O."),
  linesPerIo: exact.describe("Distinct lines, per I/O."),
};
const touched = z.looseObject(touchedFigures);

const footprintFigures = {
  total: z.looseObject({
    ...touchedFigures,
    usefulShare: exact.optional().describe("Bytes over bytes of lines."),
  }).describe("Everything, no line twice."),
  structures: z.record(z.string(), touched).describe(
    "By structure; a line that two share counts for both.",
  ),
  stages: z.record(z.string(), touched).describe(
    "By stage; a line that two touch counts for both.",
  ),
  structuresInStages: z.array(z.looseObject({
    structure: name.describe("Name of the structure."),
    stage: name.describe("Name of the stage."),
    ...touchedFigures,
  })).describe("By structure and stage."),
  stageLinesPerIo: z.record(z.string(), exact).describe("Lines by stage."),
};

/** What was touched; older labs have less of it. */
export const footprint = z.looseObject({
  tracedIos: wholeCount.describe("I/Os that were traced one at a time."),
  lineBytes: positive.describe(
    "Size of the lines that counts are in, in bytes.",
  ),
  ...footprintFigures,
  allocatedBytesPerIo: z.record(z.string(), exact).describe(
    "Bytes of slab objects that were taken, by structure.",
  ),
  atDepth: z.looseObject({
    depth: wholeCount.describe("I/Os in flight."),
    tracedIos: wholeCount.describe("I/Os that were traced."),
    ...footprintFigures,
  }).partial().describe(
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
  textBytes: wholeCount.describe("Bytes of machine code of the path."),
  compiler: name.describe("Compiler and version."),
  build: name.describe("What its flags are, such as -O2."),
  flags: z.array(name).describe("All flags that make the code different."),
};

/** What the path in C costs. */
export const machineCode = z.looseObject({
  ...machineCodeBuild,
  abi: name.describe("Name of the ABI."),
  machine: name.describe("The machine, such as x86_64."),
  tools: z.array(name).describe(
    "What counted, with versions; a later one fills an earlier up.",
  ),
  ios: wholeCount.describe("I/Os that were counted."),
  builds: z.array(z.looseObject(machineCodeBuild)).describe(
    "All builds, the first among them.",
  ),
});
