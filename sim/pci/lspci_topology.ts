/**
 * A machine from what lspci prints of it: the tree, the ACS bits and the
 * memory that its functions could offer to their peers.
 */
import { z } from "zod";
import { checkValue, someText, valueOf } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import type {
  BarDescription,
  CpuDescription,
  FunctionDescription,
  TopologyDescription,
} from "./topology_description.ts";
import { readLspci } from "./lspci.ts";
import { cpuOfHostBridge } from "./lspci_cpu.ts";
import { lspciError } from "./lspci_error.ts";
import {
  barsOf,
  chooseProviders,
  DRAM_BYTES,
  freeMemory,
} from "./lspci_memory.ts";
import {
  busKey,
  isConfigured,
  type LspciNode,
  namesOf,
  placeFunctions,
  rootBuses,
  type Telling,
} from "./lspci_places.ts";
import { checkTopology } from "./topology_check.ts";
import { TopologyError } from "./topology_error.ts";

/** What lspci does not show. */
export interface LspciOptions {
  /** The CPU; guessed from the host bridge if absent. */
  readonly cpu?: CpuDescription | undefined;
  /**
   * Functions that offer P2P memory, as `03:00.0` (its largest prefetchable
   * BAR) or `03:00.0/2` (BAR 2); if absent, prefetchable BARs of NVMe
   * controllers from number 2 on, which are controller memory buffers.
   */
  readonly providers?: readonly string[] | undefined;
  /** Name of the topology; the file's if absent. */
  readonly name?: string | undefined;
}

/** A machine, and what was taken for granted. */
export interface LspciTopology {
  /** The machine. */
  readonly description: TopologyDescription;
  /** What lspci does not say and what was assumed, a sentence each. */
  readonly notes: readonly string[];
}

/** An id in place of one that was not given and that nobody asks for. */
const UNKNOWN_ID = "0000:0000";

const LONGEST_NAME = 40;

const lspciOptionsSchema = z.strictObject(
  {
    cpu: valueOf<CpuDescription>(
      "a CPU of a topology",
      ({ vendor }) => typeof vendor === "string",
    ).optional(),
    providers: z.array(someText()).optional(),
    name: someText().optional(),
  } satisfies Record<keyof LspciOptions, z.ZodType>,
);

/**
 * Creates a topology from the output of lspci.
 *
 * @param text What `lspci -vvv -nn` printed, with or without `lspci -t`.
 * @param fileName Its name, for error messages.
 * @param options What lspci does not show.
 * @returns The checked machine, and what was assumed.
 * @throws {SyntaxError} If it is not such output, or contradicts itself; the
 *   message has file, line and column.
 * @throws {RangeError} If an option does not fit it.
 *
 * @example A controller with a memory buffer below a root port
 * ```ts
 * import { lspciTopology } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const { description } = lspciTopology(
 *   `00:00.0 Host bridge [0600]: Intel Corporation Sky Lake-E [8086:2020]
 * 00:01.0 PCI bridge [0604]: Intel Corporation Sky Lake-E Port [8086:2030]
 * 	Bus: primary=00, secondary=01, subordinate=01, sec-latency=0
 * 01:00.0 Non-Volatile memory controller [0108]: A vendor SSD [1b36:0010]
 * 	Region 2: Memory at f4000000 (64-bit, prefetchable) [size=64M]
 * `,
 *   "lspci.txt",
 * );
 * assertEquals(description.functions[2]?.parent, "0000:00:01.0");
 * assertEquals(description.functions[2]?.providerBars, [2]);
 * ```
 */
export function lspciTopology(
  text: string,
  fileName: string,
  options: LspciOptions = {},
): LspciTopology {
  checkString("read lspci's output", "text", text);
  checkString("read lspci's output", "fileName", fileName);
  checkValue("read lspci's output", lspciOptionsSchema, options, "options");
  const { functions, tree } = readLspci(text, fileName);
  const notes: string[] = [];
  const kept = placeFunctions(functions, tree, { fileName, notes });
  const roots = rootBuses(kept);
  const cpu = options.cpu ?? guessCpu(kept, notes, fileName);
  checkIds(kept, { fileName, notes });
  noteCapabilities(kept, notes);
  const providers = chooseProviders(kept, options.providers, notes);
  const bars = barsOf(kept, providers, notes);
  const dramStart = freeMemory([...bars.values()].flat());
  const description: TopologyDescription = {
    name: (options.name ?? baseName(fileName)).slice(0, LONGEST_NAME),
    cpu,
    dram: [{ startPhys: dramStart, sizeBytes: DRAM_BYTES }],
    hostBridges: roots,
    functions: kept.map((node) => describe(node, bars, providers)),
  };
  notes.push(
    `lspci shows no host memory: 256 MiB at 0x${dramStart.toString(16)} are ` +
      "assumed",
  );
  try {
    checkTopology(description);
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    const index = error.path[0] === "functions" ? Number(error.path[1]) : 0;
    const line = kept[index]?.found.line ?? 1;
    throw lspciError(fileName, { line, column: 1 }, error.found);
  }
  return { description, notes };
}

/** The function that stands for the first host bridge. */
function firstOnRoot(nodes: readonly LspciNode[]): LspciNode | undefined {
  return nodes.find(({ parent }) => parent === undefined);
}

function guessCpu(
  nodes: readonly LspciNode[],
  notes: string[],
  fileName: string,
): CpuDescription {
  const first = firstOnRoot(nodes);
  const id = first?.found.id;
  const cpu = id === undefined
    ? undefined
    : cpuOfHostBridge(id, first?.found.words ?? "");
  if (cpu === undefined) {
    throw lspciError(
      fileName,
      { line: first?.found.line ?? 1, column: 1 },
      `found host bridge ${first?.found.bdf ?? "none"}${
        id === undefined ? " without an id" : `, ${id}`
      }, expected one that tells the CPU (lspci -nn), or --cpu-vendor`,
    );
  }
  notes.push(
    `lspci shows no CPU: ${cpu.vendor} family 0x${
      cpu.family.toString(16)
    } is ` +
      `taken from host bridge ${id}; --cpu-vendor says another`,
  );
  return cpu;
}

/** Ids are asked for on root buses only, where they decide the map type. */
function checkIds(
  nodes: readonly LspciNode[],
  { fileName, notes }: Telling,
): void {
  const without = nodes.filter(({ found }) => found.id === undefined);
  const first = new Map<string, LspciNode>();
  for (const node of nodes) {
    const key = busKey(node.domain, node.bus);
    if (node.parent === undefined && !first.has(key)) first.set(key, node);
  }
  const needed = without.find((node) =>
    first.get(busKey(node.domain, node.bus)) === node
  );
  if (needed !== undefined) {
    throw lspciError(
      fileName,
      { line: needed.found.line, column: 1 },
      `found ${needed.found.bdf} without its vendor and device, expected ` +
        '[8086:2020] as "lspci -nn" prints it',
    );
  }
  if (without.length > 0) {
    notes.push(
      `${
        namesOf(without)
      }: vendor and device are not shown (lspci -nn shows them), ` +
        `${UNKNOWN_ID} is taken`,
    );
  }
}

function noteCapabilities(nodes: readonly LspciNode[], notes: string[]): void {
  const bridges = nodes.filter(({ kind }) => /port|switch/.test(kind));
  const denied = bridges.filter(({ found }) => found.capabilities === "denied");
  if (denied.length > 0) {
    notes.push(
      `${
        namesOf(denied)
      }: capabilities were denied (lspci needs root), ACS is ` +
        "taken as off",
    );
  }
  const notAsked = bridges.filter(({ found }) =>
    found.capabilities === "not asked"
  );
  if (notAsked.length > 0) {
    notes.push(
      `${
        namesOf(notAsked)
      }: capabilities are not shown (lspci -vvv shows them to ` +
        "root), ACS is taken as off",
    );
  }
}

function describe(
  node: LspciNode,
  bars: ReadonlyMap<LspciNode, readonly BarDescription[]>,
  providers: ReadonlyMap<LspciNode, readonly number[]>,
): FunctionDescription {
  const { found, kind, parent, buses } = node;
  const own = bars.get(node) ?? [];
  const offered = providers.get(node) ?? [];
  return {
    address: found.bdf,
    kind,
    id: found.id ?? UNKNOWN_ID,
    parent: parent?.found.bdf,
    secondaryBus: isConfigured(node) ? buses?.secondary : undefined,
    ...(found.acs.length > 0 && { acs: found.acs }),
    ...(own.length > 0 && { bars: own }),
    ...(offered.length > 0 && { providerBars: offered }),
  };
}

function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.\w+$/, "") || "lspci";
}
