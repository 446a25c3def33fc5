/** From what a run left (trace, memory, guest's files) to its result. */
import { type Btf, readBtf } from "../../sim/kernel/btf.ts";
import { bytesSource } from "../../sim/kernel/byte_source.ts";
import { areaOf, CORE_AREAS } from "./areas.ts";
import { attribute, type Attribution } from "./attribute.ts";
import { type GuestFacts, guestFacts, guestFiles } from "./guest_files.ts";
import { GuestMemory } from "./guest_memory.ts";
import { addDisk, addTasks, type KernelData } from "./kernel_objects.ts";
import { KernelTypes } from "./kernel_types.ts";
import { MemoryNames } from "./memory_names.ts";
import { ofIo, PHASES, Phases } from "./phases.ts";
import { Places } from "./places.ts";
import {
  KERNEL_SCHEMA_VERSION,
  type KernelResult,
  type KernelWorkload,
} from "./result.ts";
import { Symbols } from "./symbols.ts";
import { EVENT, IoTrace, readTrace } from "./trace_reader.ts";
import type { Workload } from "./workloads.ts";

/** What a run left behind. */
export interface RunFiles {
  /** The plugin's trace. */
  readonly trace: string;
  /** The guest's memory. */
  readonly memory: string;
  /** Pages that the guest handed out. */
  readonly files: string;
}

/** What is analysed, and with what. */
export interface Analysis {
  /** The run's files. */
  readonly files: RunFiles;
  /** Workloads in the order of the plan. */
  readonly workloads: readonly Workload[];
  /** The kernel's BTF or an ELF file with it; the guest's own by default. */
  readonly btf?: Uint8Array;
  /** Text of a System.map; the guest's kallsyms by default. */
  readonly symbols?: string;
  /** Size of the guest's memory in bytes. */
  readonly memoryBytes: number;
  /** QEMU's version and command line. */
  readonly qemu: string;
  /** How the controller's data pointers are. */
  readonly controller: "prp" | "sgl";
  /** Name of the run. */
  readonly run: string;
  /** Name and version of the tool. */
  readonly tool: string;
}

interface IoFigures {
  readonly byPhase: readonly number[];
  readonly main: number;
  readonly core: number;
  readonly lines: number;
  readonly loads: number;
  readonly stores: number;
  readonly functions: ReadonlyMap<string, number>;
}

interface Collected {
  readonly ios: IoFigures[];
  best: { readonly index: number; readonly trace: IoTrace } | undefined;
}

/**
 * Analyses a run.
 *
 * @param analysis Its files and setting.
 * @returns The result.
 * @throws {SyntaxError} If symbols, types or trace cannot be read.
 * @throws {RangeError} If the kernel's data does not lead to the disk.
 */
export async function analyse(analysis: Analysis): Promise<KernelResult> {
  const files = guestFiles(await Deno.readFile(analysis.files.files));
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const facts = guestFacts(text("facts"));
  const data: KernelData = {
    memory: new GuestMemory(analysis.files.memory),
    symbols: new Symbols(
      [analysis.symbols ?? "", text("kallsyms")].join("\n"),
    ),
    types: new KernelTypes(await kernelBtf(files, analysis)),
  };
  try {
    const table = data.symbols.find("init_top_pgt") ??
      data.symbols.find("swapper_pg_dir");
    if (table === undefined) {
      throw new SyntaxError(
        "Cannot follow the kernel's page tables: it has no symbol " +
          "init_top_pgt, expected a kernel with CONFIG_KALLSYMS_ALL, or " +
          "--symbols System.map",
      );
    }
    data.memory.useTable(table);
    return await analyseIos(analysis, data, facts, text("slabinfo"));
  } finally {
    data.memory.close();
  }
}

async function kernelBtf(
  files: ReadonlyMap<string, Uint8Array>,
  analysis: Analysis,
): Promise<Btf[]> {
  const own = files.get("vmlinux.btf");
  const bytes = analysis.btf ?? own;
  if (bytes === undefined) {
    throw new SyntaxError(
      "Cannot name what the kernel touches: it has no BTF at " +
        "/sys/kernel/btf/vmlinux, expected CONFIG_DEBUG_INFO_BTF=y, or " +
        "--btf FILE or --vmlinux FILE",
    );
  }
  const base = await readBtf(bytesSource("the kernel", bytes));
  const all = [base];
  for (const name of ["nvme_core", "nvme"]) {
    const split = files.get(`${name}.btf`);
    if (split === undefined) continue;
    all.push(
      await readBtf(bytesSource(`module ${name}`, split), { base }),
    );
  }
  return all;
}

async function analyseIos(
  analysis: Analysis,
  data: KernelData,
  facts: GuestFacts,
  slabinfo: string,
): Promise<KernelResult> {
  const warnings: string[] = [];
  const places = new Places();
  const names = new MemoryNames(data, analysis.memoryBytes);
  const ownTask = addTasks(data, places);
  const disks = new Map<string, number>();
  for (const [role, disk] of facts.disks) {
    const found = addDisk(data, disk, places);
    disks.set(role, found.bdev);
    if (role === "measure" && found.missing.length > 0) {
      warnings.push(
        `not found in this kernel's memory, so counted as unnamed: ` +
          found.missing.join(", "),
      );
    }
  }
  const { currentTask } = names;
  if (currentTask === undefined || ownTask === 0) {
    warnings.push(
      "the current task's pointer was not found: what other tasks did " +
        "meanwhile is counted as the I/O's",
    );
  }
  const phases = new Phases({ symbols: data.symbols, currentTask, ownTask });
  const collected = new Map<number, Collected>();
  const stream = (await Deno.open(analysis.files.trace)).readable;
  const { finished } = await readTrace(stream, (trace, argument) => {
    const index = (argument & 0xfff) >> 4;
    let own = collected.get(index);
    if (own === undefined) {
      collected.set(index, own = { ios: [], best: undefined });
    }
    phases.mark(trace);
    const figures = figuresOf(trace, phases);
    own.ios.push(figures);
    const best = own.best && own.ios[own.best.index];
    if (best !== undefined && best.main <= figures.main) return;
    const before = own.best?.trace;
    own.best = { index: own.ios.length - 1, trace };
    return before ?? new IoTrace();
  });
  if (!finished) {
    throw new SyntaxError(
      "Cannot analyse the run: its trace ends before the guest's end, " +
        "expected all of it",
    );
  }
  const workloads: Record<string, KernelWorkload> = {};
  for (const [index, { ios, best }] of collected) {
    const workload = analysis.workloads[index];
    if (workload === undefined || best === undefined) continue;
    const attribution: Attribution = {
      types: data.types,
      places,
      names,
      frames: facts.frames.get(workload.name) ?? new Set(),
      bdev: disks.get(workload.kind === "p2p" ? "p2p" : "measure") ?? -1,
      registered: workload.api === "uringfix",
    };
    workloads[workload.name] = toWorkload(
      { workload, ios, best, verified: facts.verified.has(workload.name) },
      phases,
      attribution,
    );
  }
  return {
    schemaVersion: KERNEL_SCHEMA_VERSION,
    tool: analysis.tool,
    run: analysis.run,
    kernel: facts.release,
    version: facts.version,
    qemu: analysis.qemu,
    controller: analysis.controller,
    memory: {
      bio_vec: data.types.sizeOf("bio_vec") ?? null,
      bio: data.types.sizeOf("bio") ?? null,
      request: data.types.sizeOf("request") ?? null,
      page: data.types.sizeOf("page") ?? null,
    },
    slabs: slabsOf(slabinfo),
    queue: [...facts.queue],
    skipped: Object.fromEntries(facts.skipped),
    warnings,
    workloads,
  };
}

function figuresOf(trace: IoTrace, phases: Phases): IoFigures {
  const byPhase: number[] = PHASES.map(() => 0);
  const functions = new Map<number, number>();
  const lines = new Set<number>();
  let loads = 0;
  let stores = 0;
  for (let event = 0; event < trace.count; event++) {
    const phase = phases.phases[event] ?? 0;
    if (trace.kinds[event] === EVENT.instruction) {
      if (phases.counted[event] === 0) continue;
      byPhase[phase] = (byPhase[phase] ?? 0) + 1;
      if (!ofIo(phase)) continue;
      const id = phases.functions[event] ?? 0;
      functions.set(id, (functions.get(id) ?? 0) + 1);
      continue;
    }
    const address = trace.addresses[event] ?? -1;
    if (address < 0 || !ofIo(phase)) continue;
    if (trace.kinds[event] === EVENT.load) loads++;
    else if (phases.bulk[event] === 0) stores++;
    lines.add(Math.floor(address / 64));
    lines.add(Math.floor((address + (trace.details[event] ?? 1) - 1) / 64));
  }
  const named = new Map<string, number>();
  let core = 0;
  for (const [id, count] of functions) {
    const name = phases.nameOf(id);
    named.set(name, (named.get(name) ?? 0) + count);
    if (CORE_AREAS.includes(areaOf(name, phases.moduleOf(id)))) core += count;
  }
  const main = byPhase.reduce(
    (sum, count, phase) => ofIo(phase) ? sum + count : sum,
    0,
  );
  return {
    byPhase,
    main,
    core,
    lines: lines.size,
    loads,
    stores,
    functions: named,
  };
}

function toWorkload(
  parts: {
    readonly workload: Workload;
    readonly ios: readonly IoFigures[];
    readonly best: { readonly index: number; readonly trace: IoTrace };
    readonly verified: boolean;
  },
  phases: Phases,
  attribution: Attribution,
): KernelWorkload {
  const { workload, ios, best, verified } = parts;
  const { trace, index } = best;
  phases.mark(trace);
  const shown = ios[index];
  const touched = attribute(trace, phases, attribution);
  const functions = functionsOf(trace, phases);
  const areas: Record<string, number> = {};
  for (const { name, module, insns } of functions) {
    const area = areaOf(name, module);
    areas[area] = (areas[area] ?? 0) + insns;
  }
  const instructions = Object.fromEntries(
    PHASES.map((phase, number) => [phase, shown?.byPhase[number] ?? 0]),
  );
  const main = shown?.main ?? 0;
  return {
    desc: `${workload.name} api=${workload.api}:${workload.depth} ` +
      `op=${workload.op} bytes=${workload.bytes} kind=${workload.kind}`,
    verified,
    representative_io: index,
    instructions,
    main,
    with_switch: main + (instructions.switch ?? 0),
    main_all: ios.map((io) => io.main),
    main_median: median(ios.map((io) => io.main)),
    lines_all: ios.map((io) => io.lines),
    switch_all: ios.map((io) => io.byPhase[PHASES.indexOf("switch")] ?? 0),
    excluded_all: ios.map((io) => io.byPhase[PHASES.indexOf("excluded")] ?? 0),
    loads: shown?.loads ?? 0,
    stores: shown?.stores ?? 0,
    areas,
    core: shown?.core ?? 0,
    core_all: ios.map((io) => io.core),
    distinct_lines: {
      all_kernel_data: touched.lines.all,
      read: touched.lines.read,
      written: touched.lines.written,
      without_stacks: touched.lines.withoutStacks,
      only_by_bulk_memset: touched.lines.onlyBulk,
      unnamed: touched.lines.unnamed,
    },
    functions: functions.map(({ name, insns, by_phase }) => ({
      name,
      insns,
      by_phase,
    })),
    ...functionSpread(ios),
    bios: touched.bios,
    bvec: bvecFigures(touched.structures, functions),
    structures: touched.structures,
  };
}

function functionsOf(trace: IoTrace, phases: Phases) {
  const counts = new Map<number, Record<string, number>>();
  for (let event = 0; event < trace.count; event++) {
    const phase = phases.phases[event] ?? 0;
    if (phases.counted[event] === 0 || !ofIo(phase)) continue;
    const id = phases.functions[event] ?? 0;
    let own = counts.get(id);
    if (own === undefined) counts.set(id, own = {});
    const name = PHASES[phase] ?? "excluded";
    own[name] = (own[name] ?? 0) + 1;
  }
  return [...counts].map(([id, by_phase]) => ({
    name: phases.nameOf(id),
    module: phases.moduleOf(id),
    insns: Object.values(by_phase).reduce((sum, count) => sum + count, 0),
    by_phase,
  })).toSorted((a, b) => b.insns - a.insns || (a.name < b.name ? -1 : 1));
}

/** Who touches bio_vecs, and how many instructions those functions have. */
function bvecFigures(
  structures: KernelWorkload["structures"],
  functions: readonly { readonly name: string; readonly insns: number }[],
): KernelWorkload["bvec"] {
  const touching = new Set<string>();
  let accesses = 0;
  for (const [name, one] of Object.entries(structures)) {
    if (!name.startsWith("bio_vec")) continue;
    accesses += one.reads + one.writes;
    for (const { readers, writers } of one.fields) {
      for (const by of Object.keys({ ...readers, ...writers })) {
        touching.add(by);
      }
    }
  }
  return {
    functions_touching_bvecs: [...touching].toSorted(),
    insns_in_those: functions.reduce(
      (sum, { name, insns }) => touching.has(name) ? sum + insns : sum,
      0,
    ),
    accesses_not_bulk: accesses,
  };
}

function functionSpread(ios: readonly IoFigures[]) {
  const names = new Set(ios.flatMap((io) => [...io.functions.keys()]));
  const medians: Record<string, number> = {};
  const ranges: Record<string, [number, number]> = {};
  for (const name of [...names].toSorted()) {
    const counts = ios.map((io) => io.functions.get(name) ?? 0);
    medians[name] = median(counts);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    if (least !== most) ranges[name] = [least, most];
  }
  return { functions_median: medians, functions_range: ranges };
}

/** The middle one; the lower of two. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

/** Sizes by slab cache of /proc/slabinfo, those that bios live in. */
function slabsOf(slabinfo: string): KernelResult["slabs"] {
  const slabs: KernelResult["slabs"] = {};
  for (const line of slabinfo.split("\n")) {
    const [name = "", , , size, per, pages] = line.split(/\s+/);
    if (!/^(bio|kmalloc-\d|blkdev|nvme)/.test(name)) continue;
    const [objsize, perslab, count] = [size, per, pages].map(Number);
    if (!Number.isInteger(objsize) || !Number.isInteger(count)) continue;
    slabs[name] = {
      objsize: objsize ?? 0,
      perslab: perslab ?? 0,
      pages: count ?? 0,
    };
  }
  return slabs;
}
