/**
 * The part of a machine that a path is assembled from unchanged: how its kernel
 * was built and booted, and what its queue and its P2P memory are like. Each
 * field is declared here and nowhere else.
 */
import { z } from "zod";
import type { QueueSettings } from "../block/queue_settings.ts";
import type { OwnKernel } from "../kernel/own_kernel.ts";
import { ownKernelSchema } from "../kernel/own_kernel_form.ts";
import {
  RANGE_STRUCTURES,
  type RangeStructure,
} from "../recognition/recognise_range.ts";
import { field } from "../text/field.ts";
import { nameText, switchText } from "../text/field_text.ts";
import { printableLine } from "../text/printable.ts";
import { P2P_PRODUCERS, type P2pProducer } from "../workload/p2p_producer.ts";
import { queueSettingsSchema } from "./queue_fields.ts";

/** The part of a machine that a path is assembled from unchanged. */
export interface PathMachine {
  /** Whether struct pages are one piece of virtual memory; so if absent. */
  readonly vmemmap?: boolean | undefined;
  /**
   * Whether allocators zero what they give out (init_on_alloc), as Debian's
   * kernels do; so if absent.
   */
  readonly initOnAlloc?: boolean | undefined;
  /** What recognition `range` looks into; a sorted array if absent. */
  readonly ranges?: RangeStructure | undefined;
  /** Settings of the queue other than those of NVMe. */
  readonly settings?: Partial<QueueSettings> | undefined;
  /**
   * How P2P memory is handed on: as ranges, to a layout that can hold them;
   * page by page if absent.
   */
  readonly p2pProducer?: P2pProducer | undefined;
  /**
   * Structures of the user's own kernel; those of the kernel's version else.
   */
  readonly ownKernel?: OwnKernel | undefined;
}

/** The fields that a path takes unchanged. */
export const pathMachineShape = {
  vmemmap: field(z.boolean().optional(), {
    flag: "--no-vmemmap",
    help: "struct pages in sections, not one virtual array (no " +
      "SPARSEMEM_VMEMMAP)",
    group: "machine",
    header: (vmemmap) => vmemmap === false ? "no vmemmap" : undefined,
    example: false,
    native: {
      covers: (vmemmap) => vmemmap !== false,
      found: "a page array in sections",
      expected: "vmemmap",
    },
  }),
  initOnAlloc: field(z.boolean().optional(), {
    flag: "--init-on-alloc",
    value: "<on|off>",
    help:
      "whether allocators zero what they hand out (default: on, as in Debian)",
    // A setting of the kernel, which is compared, and not of the machine.
    group: "compared",
    text: switchText("init_on_alloc"),
    isUsual: (zeroes) => zeroes,
    header: (zeroes) => zeroes === false ? "no init_on_alloc" : undefined,
    example: false,
    native: true,
  }),
  ranges: field(z.enum(RANGE_STRUCTURES).optional(), {
    flag: "--ranges",
    value: "<name>",
    help:
      `data structure that P2P detection "range" searches: ${
        RANGE_STRUCTURES.join(", ")
      } ` +
      "(default: sorted)",
    group: "machine",
    text: nameText("structure of ranges", RANGE_STRUCTURES),
    header: (ranges) =>
      ranges === undefined
        ? undefined
        : `ranges ${ranges === "maple" ? "in a maple tree" : "sorted"}`,
    example: "maple",
    native: {
      covers: (ranges) => ranges !== "maple",
      found: "ranges in a maple tree",
      expected: "a sorted array",
    },
  }),
  settings: field(queueSettingsSchema.optional(), {
    flag: "--setting",
    value: "<name=value>",
    help: "set a queue attribute, comma-separated; names are listed below",
    group: "machine",
    entries: { what: "queue attribute", most: 2 ** 31 - 1 },
    native: {
      // A scheduler says more of itself.
      covers: (settings) => (settings?.scheduler ?? "none") !== "none",
      found: "--setting: other queue attributes than NVMe's",
      expected: "none",
    },
  }),
  p2pProducer: field(z.enum(P2P_PRODUCERS).optional(), {
    flag: "--p2p-producer",
    value: "<name>",
    help:
      `what a provider of P2P memory hands out: ${P2P_PRODUCERS.join(", ")} ` +
      "(default: pages)",
    group: "machine",
    text: nameText("P2P producer", P2P_PRODUCERS),
    header: (producer) =>
      producer === "ranges" ? "P2P memory in ranges" : undefined,
    example: "ranges",
    native: true,
  }),
  // Several options make it: bench/command/kernel_option.ts.
  ownKernel: field(ownKernelSchema.optional(), {
    help: "structures of a kernel of your own (default: the recorded ones)",
    header: (kernel) => kernel && `structures of ${kernel.name}`,
    unsaid: ({ name }) => [
      `Give the kernel "${printableLine(name)}" with --btf or --pahole as ` +
      "well.",
    ],
    native: true,
  }),
} satisfies Record<keyof PathMachine, z.ZodType>;
