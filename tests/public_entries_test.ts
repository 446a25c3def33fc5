/**
 * What every function of `entries.ts` says of arguments that it cannot take: the
 * closest built-in error, and `Cannot ...: found ..., expected ...`. The cases
 * are made from arguments that work, one part of them wrong each time.
 */
import { assert, assertEquals } from "@std/assert";
import * as lab from "./entries.ts";

/** A function with arguments that work. */
interface Entry {
  /** Arguments that work, new ones each time. */
  readonly args: () => readonly unknown[] | Promise<readonly unknown[]>;
  /** How it is called; as a function by default. */
  readonly call?: (...args: never[]) => unknown;
  /** Keys of objects that carry more than what is looked at. */
  readonly loose?: readonly string[];
  /** Lists that may be empty. */
  readonly mayBeEmpty?: readonly string[];
}

const lp64 = lab.findAbi("lp64");
const map = lab.defaultMemoryMap(true);
const limits = lab.QUEUE_LIMIT_PRESETS.nvme_prp;
const layout = lab.findLayout("phys_len");
const struct = layout.struct(lp64) as lab.CStruct;
const placed = () => lab.placeStruct(struct, lp64);
const view = () => new DataView(new ArrayBuffer(4096));
const codec = () => lab.createCodec(layout, lp64, view());
const place = { base: 0, capacity: 8, index: 1 };
const topology = () => lab.loadTopology("one_switch");
const cpu = lab.cpuPreset("zen4");
const levels = [{ name: "L1", sizeBytes: 4096, ways: 4, lineBytes: 64 }];
const model = {
  kind: "channels",
  channels: 2,
  service: { kind: "det", meanNs: 100 },
};
const stream = () => new Blob(["r 1000 8\n"]).stream();
const pathOptions = {
  layout,
  abi: lp64,
  kernel: "7.2",
  recognition: "page",
  limits,
  map,
  depth: 4,
  batch: 2,
  submitter: "user",
  settings: { tags: 64 },
  controller: { sgl: true },
};
const assembly = () => {
  const data = new lab.PhysicalMemory(map);
  return {
    data,
    assembly: lab.assemblePath({
      ...pathOptions,
      decode: true,
      data: () => data,
    } as lab.AssemblyOptions),
  };
};
const window = async () => {
  const workload = await lab.openWorkload("4k-hot", {
    seed: 1,
    memoryMap: map,
    ios: 4,
  });
  for await (const one of workload.windows({ ios: 4, pieces: 8 })) return one;
  throw new Error("no window");
};
const result = {
  schemaVersion: 1,
  tool: { name: "bvec-lab", version: "0.1.0" },
  environment: {},
  config: {},
  seed: 1,
  warnings: [],
  cells: [],
};
const samples = [1, 2, 3, 4].map((round) => ({
  contender: "page_offset",
  build: 0,
  round,
  nsPerIo: round,
}));
const description = {
  name: "mine",
  title: "an example",
  source: { author: "me", date: "2026-01-01", subject: "an example" },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "len", type: "u32" },
      { name: "phys", type: "phys_addr_t" },
      { name: "tag", type: "u32", bits: 4, alignedBytes: 4 },
    ],
  },
  roles: {
    address: { kind: "phys", field: "phys" },
    length: { field: "len" },
    constants: { tag: 3 },
  },
};
const plan = {
  name: "plan",
  seed: 1,
  bouncePoolBytes: 0,
  rules: [
    { kind: "tag", choice: { by: "every", every: 2, from: 0 }, times: 1 },
  ],
};
const ENTRIES: Readonly<Record<string, Entry>> = {
  // layouts
  cDefinitions: { args: () => [struct, lp64], loose: ["0"] },
  cStruct: { args: () => [struct], loose: ["0"] },
  cStructWithAssertions: { args: () => [struct, lp64], loose: ["0"] },
  cTypedefs: { args: () => [lp64] },
  createCodec: {
    args: () => [layout, lp64, view(), { pageBaseLo: 0, pageBaseHi: 1 }],
    loose: ["0"],
  },
  decodeSegment: { args: () => [codec(), place], loose: ["0"] },
  defineLayout: { args: () => [description], mayBeEmpty: [] },
  encodeSegment: {
    args: () => [codec(), place, { address: 4096n, lengthBytes: 512 }],
    loose: ["0"],
  },
  findAbi: { args: () => ["lp64"] },
  findLayout: { args: () => ["phyr"] },
  layoutData: { args: () => [layout], loose: ["0"] },
  layoutFromC: {
    args: () => [
      "struct s { phys_addr_t at; u32 len; };",
      { file: "x.h", struct: "s", config: ["CONFIG_X"], source: { date: "" } },
    ],
    mayBeEmpty: ["1.config"],
  },
  layoutLimits: { args: () => [layout, lp64], loose: ["0"] },
  pagePointers: { args: () => [layout, lp64], loose: ["0"] },
  layoutOfData: {
    args: () => [lab.layoutData(lab.defineLayout(description as never))],
  },
  pahole: { args: () => [placed()], loose: ["0"] },
  placeStruct: {
    args: () => [{ ...description.struct }, { ...lp64 }],
    mayBeEmpty: ["0.fields"],
  },
  selectLayouts: { args: () => ["rlist"] },
  soa: { args: () => [layout], loose: ["0"] },
  unusedBytes: { args: () => [placed()], loose: ["0"] },
  // paths
  assemblePath: {
    args: () => [{ ...pathOptions, decode: false }],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers"],
  },
  assembleSimulated: {
    args: () => [
      { ...pathOptions, decode: true },
      { plan, model, seed: 1, onEnd: () => {} },
    ],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers", "1.plan.rules"],
  },
  createSimulatedReplay: {
    args: () => [
      { ...pathOptions, decode: true },
      {
        plan,
        model,
        seed: 1,
        arrivals: { kind: "even", perSecond: 10 },
        keepsLatencies: true,
      },
    ],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers", "1.plan.rules"],
  },
  dataIos: { args: async () => [await window()], loose: ["0"] },
  replay: {
    args: async () => [
      assembly().assembly,
      await window(),
      Int32Array.of(0, 1),
    ],
    loose: ["0", "1"],
  },
  verifyReplay: {
    args: async () => {
      const { assembly: made, data } = assembly();
      return [made, await window(), {
        ios: Int32Array.of(0, 1),
        data,
        salt: 0,
        firstIo: 0,
        digests: new Int32Array(4),
      }];
    },
    loose: ["0", "1"],
  },
  tracePath: {
    args: () => [pathOptions, () => {}],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers"],
  },
  traceWindow: {
    args: async () => [await window(), {
      ...pathOptions,
      cpu,
      lineBytes: 64,
      singleIos: 2,
      warmUpIos: 0,
      countedIos: 2,
    }],
    loose: ["0", "1.layout"],
    mayBeEmpty: ["1.map.providers", "1.cpu.notes"],
  },
  defaultMemoryMap: {
    args: () => [true, { leastDramBytes: 4096, folioOrder: 9 }],
  },
  nvmeLimits: {
    args: () => [5, { iommu: true, sgl: true, kernel: "6.12" }],
  },
  presetLimits: { args: () => ["scsi", { kernel: "6.1" }] },
  shareOfWindow: {
    args: async () => [await window(), { worker: 0, workers: 2, batch: 1 }],
    loose: ["0"],
  },
  // workloads
  openWorkload: {
    args: () => ["4k-hot", { seed: 1, memoryMap: map, ios: 4 }],
    mayBeEmpty: ["1.memoryMap.providers"],
  },
  openIoSource: { args: () => ["4k-hot", { seed: 1, ios: 4 }] },
  workloadPlacement: { args: () => ["4k-hot", { poolBytes: 4096 }] },
  workloadPoolBytes: { args: () => ["4k-hot", { runPages: 2 }] },
  workloadSubmitter: { args: () => ["4k-hot", { poolBytes: 4096 }] },
  placementOptions: { args: () => [{ poolBytes: 4096, p2pIoShare: 0.5 }] },
  placementSummary: { args: () => [lab.placementOptions("huge")] },
  Placement: {
    args: () => [{ folioOrder: 2 }, { seed: 1, memoryMap: map }],
    call: (one: never, two: never) => new lab.Placement(one, two),
    mayBeEmpty: ["1.memoryMap.providers"],
  },
  createWindow: { args: () => [{ ios: 2, pieces: 4 }] },
  readTrace: {
    args: () => [
      "x",
      new Blob(["fio version 3 iolog\n0 d read 0 4096\n"]).stream(),
      { format: lab.findTraceFormat("iolog"), events: "auto" },
    ],
    loose: ["2.format"],
  },
  readTraceFile: {
    args: () => ["bench/data/seq128k.iolog", { events: "auto" }],
  },
  findTraceFormat: { args: () => ["iolog"] },
  detectFormat: { args: () => [new Uint8Array(4)] },
  parseFioJobs: { args: () => ["x.fio", "[j]\nsize=1m\nrw=read\n"] },
  randomStream: { args: () => [1, "order"] },
  // caches
  createHierarchy: {
    args: () => [{ levels, mode: "dinero", seed: 1, missClasses: true }],
  },
  createReferenceBatch: { args: () => [8] },
  parseLevelSpec: { args: () => ["L1:32KiB:8:64", { policy: "fifo" }] },
  parseCpu: { args: () => ["zen4.json", JSON.stringify(cpu)] },
  cpuPreset: { args: () => ["zen4"] },
  readAddressTrace: { args: () => ["x", stream(), { format: "din" }] },
  stallCycles: {
    args: () => [cpu, lab.createHierarchy({ levels: cpu.levels }).counts()],
    loose: ["1"],
    mayBeEmpty: ["0.notes"],
  },
  // devices and faults
  ModelledDevice: {
    args: () => [model, lab.randomStream(1, "service")],
    call: (one: never, two: never) => new lab.ModelledDevice(one, two),
    loose: ["1"],
  },
  parseDeviceModel: { args: () => ["fixed:10us"] },
  deviceModelName: { args: () => [model] },
  readFaultPlan: {
    args: () => ['{"schemaVersion": 1, "faults": []}', "plan.json"],
  },
  // kernels and PCI
  pathProfile: { args: () => ["7.2"] },
  structOffsets: { args: () => ["7.2", lp64, "bio"] },
  recordedOffsets: { args: () => [lab.recordedKernels[0], "bio"] },
  parsePaholeOffsets: { args: () => ["struct s {\n};\n"] },
  bytesSource: { args: () => ["x", new Uint8Array(4)] },
  parsePlacement: { args: () => ["x", "1 R 8 4096 0x1000 4096", "00"] },
  parsePciAddress: { args: () => ["0000:01:00.0"] },
  loadTopology: { args: () => ["one_switch"] },
  readTopologyFile: {
    args: () => [
      `{ "schemaVersion": 1, "name": "small",
        "cpu": { "vendor": "intel", "family": 6 },
        "dram": [{ "startPhys": "0x100000000", "size": "256MiB" }],
        "hostBridges": [{ "rootBus": "0x00" }],
        "functions": [
          { "address": "00:00.0", "kind": "host", "id": "8086:2020" }
        ] }`,
      "x.json",
    ],
  },
  topologyMemoryMap: { args: () => [topology()] },
  lspciTopology: {
    args: async () => [
      await Deno.readTextFile(
        new URL("./data/lspci/pxb.vvvnn.txt", import.meta.url),
      ),
      "lspci.txt",
      { name: "mine", cpu: { vendor: "intel", family: 6 } },
    ],
    loose: ["2.cpu"],
  },
  // experiments
  runLab: {
    args: () => [
      {
        layouts: ["phyr"],
        abis: ["lp64"],
        workloads: ["4k-hot"],
        recognitions: ["page"],
        limits,
        placement: { poolBytes: 65536 },
        cpu: "none",
        machine: { sgl: false, iommu: false, settings: { tags: 8 } },
        ios: 2,
        depth: 2,
        batch: 1,
        rounds: 0,
        births: 1,
        seed: 1,
      },
      { onProgress: () => {}, watch: { timeoutMs: 60_000 } },
    ],
  },
  runRounds: {
    args: () => [{
      contenders: ["a"],
      builds: 1,
      rounds: 1,
      leastRounds: 1,
      seed: 1,
      budgetNs: 1,
      clock: () => 0,
      measure: () => Promise.resolve(1),
    }],
  },
  summarise: {
    args: () => [samples, {
      baseline: "page_offset",
      seed: 1,
      resamples: 10,
      permutations: 10,
    }],
    // More about a sample does no harm.
    loose: ["0.0", "0.1", "0.2", "0.3"],
  },
  compareResults: {
    args: () => [result, result, { threshold: 0.05 }],
    loose: ["0", "1"],
  },
  readResult: { args: () => [JSON.stringify(result), "x.json"] },
  readResultFile: { args: () => ["bench/fuzz/result_seed.json"] },
  captureEnvironment: { args: () => [() => null] },
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
  ...["isUnsupported", "joinP2pPieces", "listedStruct"],
  ...["mapTypeKey", "mapTypeName", "nearestProfile", "ownKernel"],
  ...["plannedController", "readBtf"],
  ...["resultJsonSchema", "routeP2p", "sharedWords", "sizeAndAlign"],
  ...["topologyJson", "structsOfBtf", "swiotlbMaxMappingBytes", "takesRanges"],
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

/** A wrong call: where it is wrong, and all arguments. */
interface Wrong {
  readonly where: string;
  readonly args: readonly unknown[];
  /** Words that the message must have. */
  readonly says?: string;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

/** Arguments with one part replaced, by its path. */
function replaced(
  value: unknown,
  path: readonly string[],
  by: (old: unknown) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by(value);
  const inner = replaced(Reflect.get(Object(value), key), rest, by);
  return Array.isArray(value)
    ? value.map((item, i) => String(i) === key ? inner : item)
    : { ...(value as object), [key]: inner };
}

/** Values of other types, and numbers that no range has. */
function wrongValues(value: unknown): readonly unknown[] {
  switch (typeof value) {
    case "string":
      return [5, null, {}, ["x"], () => ""];
    case "number":
      return [NaN, "7", null, {}, -Infinity];
    case "bigint":
      return [7, NaN, -1n, "7", null];
    case "boolean":
      return [1, "true", null];
    case "function":
      return [5, "x", null, {}];
    default:
      return [5, "?", NaN, null, () => {}];
  }
}

function* wrongCalls(
  args: readonly unknown[],
  { loose = [], mayBeEmpty = [] }: Entry,
): Generator<Wrong> {
  const paths: string[][] = args.map((_, i) => [String(i)]);
  for (const path of paths) {
    const where = path.join(".");
    const value = path.reduce<unknown>(
      (at, key) => Reflect.get(Object(at), key),
      args,
    );
    const change = (by: (old: unknown) => unknown) =>
      replaced(args, path, by) as unknown[];
    for (const wrong of wrongValues(value)) {
      const text = typeof wrong === "bigint" ? `${wrong}n` : String(wrong);
      yield { where: `${where} = ${text}`, args: change(() => wrong) };
    }
    if (Array.isArray(value) && value.length > 0) {
      if (!mayBeEmpty.includes(where)) {
        yield { where: `${where} = []`, args: change(() => []) };
      }
      if (isPlain(value[0])) paths.push([...path, "0"]);
    }
    if (!isPlain(value) || loose.includes(where)) continue;
    yield {
      where: `${where}.zzz`,
      args: change((old) => ({ ...(old as object), zzz: 1 })),
      says: "zzz",
    };
    for (const key of Object.keys(value)) paths.push([...path, key]);
  }
}

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
