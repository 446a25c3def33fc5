/**
 * Results of `lab:kernel run`: what one I/O of each workload executes and
 * touches in a kernel. Only descriptions; types follow from them.
 */
import { z } from "zod";
import { printableLine } from "../../sim/text/printable.ts";
import { parseJson } from "../files/parse_json.ts";
import { ownValues, withoutInherited } from "./foreign_values.ts";

const count = z.int().min(0);
/** Of each of the nine I/Os. */
const countOfEach = z.array(count);
const counts = z.record(z.string(), count);
const ranges = z.record(z.string(), z.tuple([count, count]));

const field = z.object({
  offset: count.describe("Byte in the structure"),
  name: z.string().describe("Member by BTF"),
  size: count.describe("Bytes of the access"),
  reads: count,
  writes: count,
  lines: count.describe("Distinct lines of 64 bytes"),
  readers: counts.describe("Loads by function"),
  writers: counts.describe("Stores by function"),
  phases: counts.describe("Accesses by phase"),
});

const structure = z.object({
  lines: count.describe("Distinct lines of 64 bytes"),
  lines_not_bulk: count.describe(
    "Without those only filled by memset",
  ),
  lines_bulk: count.describe("Filled by memset or rep stos"),
  bulk_accesses: count.describe("Stores of memset or rep stos"),
  lines_read: count,
  lines_written: count,
  reads: count.describe("Loads"),
  writes: count.describe("Stores without those"),
  bytes: count.describe("Distinct bytes"),
  objects: count.describe("Distinct objects"),
  lines_by_phase: counts,
  accesses_by_phase: counts,
  fields: z.array(field),
});

const workload = z.object({
  desc: z.string().describe("Name, interface, operation, size, memory"),
  verified: z.boolean().describe("Written, read back and compared before"),
  representative_io: count.describe("Which of the I/Os is shown"),
  instructions: counts.describe("Of the I/O shown, by phase"),
  main: count.describe("Submit, irq and finish of the I/O shown"),
  with_switch: count,
  main_all: countOfEach,
  main_median: count,
  lines_all: countOfEach,
  switch_all: countOfEach,
  excluded_all: countOfEach,
  loads: count,
  stores: count,
  loads_all: countOfEach,
  stores_all: countOfEach,
  areas: counts.describe("Instructions by part of the kernel"),
  areas_all: z.record(z.string(), countOfEach),
  core: count.describe("block, nvme and iov_iter together"),
  core_all: countOfEach,
  distinct_lines: z.object({
    all_kernel_data: count,
    read: count,
    written: count,
    without_stacks: count,
    only_by_bulk_memset: count,
    unnamed: count.describe("In no structure, slab or symbol"),
  }),
  functions: z.array(z.object({
    name: z.string(),
    insns: count,
    by_phase: counts,
  })),
  functions_median: counts.describe("Median instructions by function"),
  functions_range: ranges.describe("Least and most, of functions that vary"),
  innermost_inline: counts.optional().describe(
    "Instructions by the innermost function, inlined or not; with DWARF",
  ),
  innermost_median: counts.optional(),
  innermost_range: ranges.optional(),
  inclusive: counts.describe("Instructions of a function and what it calls"),
  page_functions: z.record(
    z.string(),
    z.tuple([count, count, z.array(z.string())]),
  ).describe("Loads, stores and members of the data's struct pages"),
  bios: count,
  bvec: z.object({
    innermost_frame_in_bvec_h: count.optional(),
    any_frame_bvec: count.optional(),
    functions_touching_bvecs: z.array(z.string()),
    insns_in_those: count.describe("Most that a bio_vec can owe"),
    accesses_not_bulk: count,
  }),
  structures: z.record(z.string(), structure),
});

/** Version of the file; a reader takes this one and older ones. */
export const KERNEL_SCHEMA_VERSION = 1;

/** Of the place that is wrong, in a message. */
const LONGEST_PATH = 200;

const kernelResult = z.object({
  schemaVersion: z.literal(KERNEL_SCHEMA_VERSION),
  tool: z.string(),
  run: z.string().describe("Name of the run"),
  kernel: z.string().describe("Release, as of uname"),
  version: z.string().describe("Build, as of uname"),
  qemu: z.string().describe("Version and command line"),
  controller: z.enum(["prp", "sgl"]),
  warmup: count.describe("I/Os before those that are recorded"),
  latencyNs: count.describe("Time of a command on the disk"),
  append: z.string().describe("Words of the user's on the command line"),
  memory: z.object({
    bio_vec: count.nullable(),
    bio: count.nullable(),
    request: count.nullable(),
    page: count.nullable(),
  }).describe("sizeof by BTF"),
  slabs: z.record(
    z.string(),
    z.object({ objsize: z.int(), perslab: z.int(), pages: z.int() }),
  ),
  queue: z.array(z.string()),
  skipped: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
  workloads: z.record(z.string(), workload),
});

export type KernelResult = z.infer<typeof kernelResult>;
export type KernelWorkload = z.infer<typeof workload>;
export type KernelStructure = z.infer<typeof structure>;

/**
 * @returns The result; its texts are printable lines, and its objects have no
 * keys but their own.
 * @throws {SyntaxError} If it is none; with the first place that is wrong.
 */
export function parseKernelResult(text: string, name: string): KernelResult {
  const refuse = (found: string): never => {
    throw new SyntaxError(
      `Cannot read ${name}: ${printableLine(found)}, expected a result of ` +
        `lab:kernel run of version ${KERNEL_SCHEMA_VERSION}`,
    );
  };
  const read = kernelResult.safeParse(ownValues(parseJson(text, name)));
  if (read.success) return withoutInherited(read.data);
  const [issue] = read.error.issues;
  const path = issue?.path.map(String).join(".") || "the file";
  return refuse(`${path.slice(0, LONGEST_PATH)}: ${issue?.message}`);
}
