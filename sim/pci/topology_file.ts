/**
 * The file format of a PCI topology: JSON, with every complaint at its line
 * and column. Addresses are text in hexadecimal because they need 64 bits;
 * sizes are bytes or text such as `64MiB`.
 */
import { checkString } from "../../layouts/value_text.ts";
import { z } from "zod";
import { readJsonForm, shownText } from "../text/json_form.ts";
import { Topology } from "./topology.ts";
import { TopologyError } from "./topology_error.ts";
import {
  describeTopology,
  sizeOfText,
  type TopologyText,
} from "./topology_text.ts";

const address64 = z.string()
  .regex(/^0x[0-9a-f]{1,16}$/i, {
    error: 'expected an address like "0x3c0000000000"',
  });

const SIZE = { error: 'expected bytes, or a size like "64MiB"' };

const byteCount = z.union([
  z.int().positive(),
  z.string().regex(/^[1-9]\d{0,15}(B|KiB|MiB|GiB|TiB)$/, SIZE)
    .refine((text) => Number.isSafeInteger(sizeOfText(text)), SIZE),
], SIZE);

const id16 = z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/i, {
  error: 'expected vendor and device like "8086:2030"',
});

const BUS = { error: 'expected a bus number, 0 to 255 or "0x3b"' };

const busNumber = z.union([
  z.int().min(0).max(255),
  z.string().regex(/^0x[0-9a-f]{1,2}$/i, BUS),
], BUS);

const DOMAIN = { error: 'expected a PCI domain, 0 to 2147483647 or "0x10000"' };

/** Linux keeps a domain in an int; from 0x10000 on are those of VMD. */
const domainNumber = z.union([
  z.int().min(0).max(0x7fffffff),
  z.string().regex(/^0x[0-7]?[0-9a-f]{1,7}$/i, DOMAIN),
], DOMAIN);

const bar = z.strictObject({
  index: z.int().min(0).max(5),
  startPhys: address64,
  size: byteCount,
  busAddress: address64.optional(),
});

const pciFunction = z.strictObject({
  address: z.string(),
  name: shownText(24).optional(),
  kind: z.enum([
    "host",
    "root_port",
    "switch_upstream",
    "switch_downstream",
    "endpoint",
  ]),
  id: id16,
  parent: z.string().optional(),
  secondaryBus: busNumber.optional(),
  acs: z.array(z.enum([
    "request_redirect",
    "completion_redirect",
    "egress_control",
  ])).optional(),
  bars: z.array(bar).optional(),
  providerBars: z.array(z.int().min(0).max(5)).min(1, {
    error: "expected the number of at least one BAR",
  }).optional(),
});

const topologySchema: z.ZodType<TopologyText> = z.strictObject({
  schemaVersion: z.literal(1),
  name: shownText(40),
  cpu: z.strictObject({
    vendor: z.string().regex(/^[a-z0-9-]+$/, {
      error: 'expected a vendor like "intel" or "amd"',
    }),
    family: z.int().min(0).max(255),
  }),
  dram: z.array(z.strictObject({ startPhys: address64, size: byteCount })),
  hostBridges: z.array(z.strictObject({
    domain: domainNumber.optional(),
    rootBus: busNumber,
  })).min(1),
  functions: z.array(pciFunction),
});

/**
 * Reads a topology file.
 *
 * @param text The content of the file.
 * @param fileName Its name, for error messages.
 * @returns The checked tree.
 * @throws {SyntaxError} If the text is not JSON of that form, or the topology
 *   contradicts itself; the message has file, line and column.
 *
 * @example A host bridge with one provider on its root bus
 * ```ts
 * import { readTopologyFile } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const topology = readTopologyFile(
 *   JSON.stringify({
 *     schemaVersion: 1,
 *     name: "small",
 *     cpu: { vendor: "intel", family: 6 },
 *     dram: [{ startPhys: "0x100000000", size: "256MiB" }],
 *     hostBridges: [{ rootBus: 0 }],
 *     functions: [{
 *       address: "0000:00:01.0",
 *       kind: "endpoint",
 *       id: "1b36:0010",
 *       bars: [{ index: 4, startPhys: "0x3c0000000000", size: "64MiB" }],
 *       providerBars: [4],
 *     }],
 *   }),
 *   "small.json",
 * );
 * assertEquals(topology.functions[0]?.bars[0]?.sizeBytes, 64 * 2 ** 20);
 * ```
 */
export function readTopologyFile(text: string, fileName: string): Topology {
  checkString("read topology", "text", text);
  checkString("read topology", "fileName", fileName);
  const { value, complaint } = readJsonForm(text, {
    kind: "topology",
    fileName,
    schema: topologySchema,
  });
  try {
    return new Topology(describeTopology(value));
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    throw complaint(error.path, error.found);
  }
}
