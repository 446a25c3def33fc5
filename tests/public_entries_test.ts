/**
 * What every function of `entries.ts` says of arguments that it cannot take: the
 * closest built-in error, and `Cannot ...: found ..., expected ...`. The cases
 * are made from arguments that work, one part of them wrong each time.
 */
import { assert, assertEquals } from "@std/assert";
import * as lab from "./entries.ts";
import type { Entries } from "./public_entries/entry.ts";
import { EXPERIMENT_ENTRIES } from "./public_entries/experiment_entries.ts";
import { LAYOUT_ENTRIES } from "./public_entries/layout_entries.ts";
import { MACHINE_ENTRIES } from "./public_entries/machine_entries.ts";
import { PATH_ENTRIES } from "./public_entries/path_entries.ts";
import { WORKLOAD_ENTRIES } from "./public_entries/workload_entries.ts";
import { type Wrong, wrongCalls } from "./public_entries/wrong_calls.ts";

const ENTRIES: Entries = {
  ...LAYOUT_ENTRIES,
  ...PATH_ENTRIES,
  ...WORKLOAD_ENTRIES,
  ...MACHINE_ENTRIES,
  ...EXPERIMENT_ENTRIES,
};

/**
 * What takes what other functions made, or is called for every
 * access: arguments of another type are found by the type checker alone.
 */
const TAKES_MADE_VALUES = [
  ...["abiOfBtf", "arrayShape", "assertNever", "blkparseFormat"],
  ...["btfPahole", "canCoalesce", "clearWindow", "copyWindow"],
  ...["endName", "fieldNames", "fillWindow", "findField"],
  ...["formatPciAddress", "gapMask", "iologText"],
  ...["handsRanges", "isUnsupported", "joinP2pPieces", "listedStruct"],
  ...["mapTypeKey", "mapTypeName", "nearestProfile", "ownKernel"],
  ...["plannedController", "readBtf"],
  ...["resultJsonSchema", "routeP2p", "sharedWords", "sizeAndAlign"],
  ...["topologyJson", "structsOfBtf", "swiotlbMaxMappingBytes"],
  // classes
  ...["BinaryTraceWriter", "BlktraceWriter", "BusDecoder", "CacheLevelError"],
  ...["CommandSetDigest", "DirectMapper", "Footprint", "HeatMap"],
  ...["IommuDomain", "IovaState", "MapleRanges", "ModelledRun", "P2pDevice"],
  ...[
    "P2pMapState",
    "P2pdma",
    "PhysicalMemory",
    "SimulatedTime",
    "SortedRanges",
    "Swiotlb",
  ],
  ...["Topology", "TopologyError", "TracingView", "UnmapRecordPool"],
  ...["WrongIoError"],
];

const BUILT_IN = new Set<unknown>([
  ...[TypeError, RangeError, SyntaxError, Deno.errors.NotFound],
]);

/** What is wrong with how a call went, if anything. */
async function fault(
  entry: { name: string; call: (...args: never[]) => unknown },
  wrong: Wrong,
): Promise<string | undefined> {
  const where = `${entry.name}(${wrong.where})`;
  try {
    await entry.call(...wrong.args as never[]);
  } catch (error) {
    if (!(error instanceof Error)) return `${where}: threw no error`;
    const { message } = error;
    let kind: unknown = error.constructor;
    while (!BUILT_IN.has(kind) && kind !== null) {
      kind = Object.getPrototypeOf(kind);
    }
    const isWorded = /^Cannot .*[Ee]xpected /s.test(message) &&
      !message.includes("[object ");
    const saysIt = wrong.says === undefined || message.includes(wrong.says);
    return kind !== null && isWorded && saysIt && message.length < 700
      ? undefined
      : `${where}: ${error.name}: ${message}`;
  }
  return `${where}: took it`;
}

Deno.test("every public function is among those tried, or said to be none", () => {
  const tried = new Set([...Object.keys(ENTRIES), ...TAKES_MADE_VALUES]);
  const all = Object.entries(lab).filter(([, value]) =>
    typeof value === "function"
  ).map(([name]) => name);
  assertEquals(all.filter((name) => !tried.has(name)), []);
});

for (const [name, entry] of Object.entries(ENTRIES)) {
  Deno.test(`${name}() says what it found and what it expected`, async () => {
    const call = entry.call ?? Reflect.get(lab, name);
    const args = await entry.args();
    await call(...args as never[]);
    const faults: string[] = [];
    let count = 0;
    for (const wrong of wrongCalls(await entry.args(), entry)) {
      count++;
      const found = await fault({ name, call }, wrong);
      if (found !== undefined) faults.push(found);
    }
    assert(count >= 4);
    assertEquals(faults, []);
  });
}
