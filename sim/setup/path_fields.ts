/**
 * What of a run decides its paths, beside layout, ABI, P2P detection and the
 * place of memory, which each contender of a cell has for itself.
 */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import { queueLimitsSchema } from "../block/queue_form.ts";
import type { QueueLimits } from "../block/queue_limits.ts";
import { field } from "../text/field.ts";
import { countText, nameText } from "../text/field_text.ts";
import {
  DEFAULT_KERNEL,
  kernelProfiles,
  NATIVE_KERNELS,
} from "../kernel/profile.ts";
import { deviceWords } from "./device_limits.ts";
import { machineSchema, type MachineSetup } from "./machine_fields.ts";
import { type Submitter, SUBMITTERS } from "./submitter.ts";

/** What of a run decides its paths. */
export interface PathFields {
  /** Kernel version whose structures and rules are used. */
  readonly kernel: string;
  /** Limits of the queue; those of NVMe with MDTS 7 on the kernel if absent. */
  readonly limits: QueueLimits;
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os submitted under one plug; 1 for no plug. */
  readonly batch: number;
  /**
   * Whether I/O is on pinned user memory, on registered buffers or of the page
   * cache; what each workload has by itself if absent.
   */
  readonly submitter?: Submitter;
  /** The controller and the buses. */
  readonly machine: MachineSetup;
}

const SUBMITTER_WORDS: Readonly<Record<Submitter, string>> = {
  user: "pinned user memory",
  registered: "registered buffers",
  pagecache: "page cache",
};

/** Its fields; a run has them among others. */
export const pathShape = {
  limits: field(queueLimitsSchema.optional(), {
    flag: "--limit",
    value: "<name=value>",
    help: "set a queue limit, comma-separated; names as in sysfs, listed below",
    group: "machine",
    entries: { what: "queue limit", most: 2 ** 32 - 1 },
    words: deviceWords,
    header: (limits) =>
      limits &&
      `requests of ${limits.maxSectors / 2} KiB and ${limits.maxSegments} ` +
        "segments at most",
    native: true,
  }),
  depth: field(wholeNumber(1, 256).default(32), {
    flag: "--depth",
    value: "<n>",
    help: "I/Os in flight",
    group: "submit",
    text: countText(1, 256),
    header: (depth) => `depth ${depth}`,
    native: true,
  }),
  batch: field(wholeNumber(1, 256).default(1), {
    flag: "--batch",
    value: "<n>",
    help: "I/Os per plug",
    group: "submit",
    text: countText(1, 256),
    header: (batch) => batch === 1 ? "no plug" : `${batch} I/Os per plug`,
    native: true,
  }),
  submitter: field(z.enum(SUBMITTERS).optional(), {
    flag: "--submitter",
    value: "<name>",
    help: `whose memory I/O is on: ${
      SUBMITTERS.join(", ")
    } (default: the workload's)`,
    group: "submit",
    text: nameText("submitter", SUBMITTERS),
    header: (submitter) => submitter && SUBMITTER_WORDS[submitter],
    native: {
      covers: (submitter) => submitter !== "pagecache",
      found: "--submitter pagecache",
      expected: "user or registered",
    },
  }),
  kernel: field(someText().default(DEFAULT_KERNEL), {
    flag: "--kernel",
    value: "<version>",
    help: `kernel whose rules and structures are used: ${
      kernelProfiles.join(", ")
    }`,
    group: "compared",
    text: nameText("kernel", kernelProfiles),
    native: {
      covers: (kernel) => NATIVE_KERNELS.some((known) => known === kernel),
      found: (kernel) => `--kernel ${kernel}`,
      expected: NATIVE_KERNELS.join(" or "),
    },
  }),
  // Each of its fields says what it is.
  machine: machineSchema.default({ sgl: false, iommu: false }),
} satisfies Record<keyof PathFields, z.ZodType>;

/** What of a run decides its paths: each key, and nothing beside them. */
export const pathFieldsSchema: z.ZodType<PathFields> = z.strictObject(
  pathShape,
) as unknown as z.ZodType<PathFields>;
