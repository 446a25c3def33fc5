/** From what a run left (trace, memory, guest's files) to its result. */
import { type Btf, readBtf } from "../../sim/kernel/btf.ts";
import { readBtfSection } from "../../sim/kernel/btf_section.ts";
import { bytesSource } from "../../sim/kernel/byte_source.ts";
import { systemReason } from "../files/system_reason.ts";
import type { Attribution } from "./attribution.ts";
import { type GuestFacts, guestFacts, guestFiles } from "./guest_files.ts";
import { GuestMemory } from "./guest_memory.ts";
import { figuresOf, type IoFigures } from "./io_figures.ts";
import { addDisk } from "./disk_objects.ts";
import { addTasks } from "./task_objects.ts";
import type { KernelData } from "./kernel_object.ts";
import { KernelTypes } from "./kernel_types.ts";
import { MemoryNames } from "./memory_names.ts";
import { Phases } from "./phases.ts";
import { Places } from "./places.ts";
import {
  KERNEL_SCHEMA_VERSION,
  type KernelResult,
  type KernelWorkload,
} from "./result.ts";
import { checkSameKernel, Symbols } from "./symbols.ts";
import { IoTrace, readIoTraces } from "./trace_reader.ts";
import type { Vmlinux } from "./vmlinux.ts";
import { workloadResult } from "./workload_result.ts";
import type { GuestWorkload } from "./workloads.ts";

/** What a run left behind. */
export interface RunFiles {
  /** The plugin's trace. */
  readonly trace: string;
  /** The guest's memory. */
  readonly memory: string;
  /** Pages that the guest handed out. */
  readonly files: string;
}

/** What is analysed; the result says what else was asked for. */
export interface Analysis extends Readonly<Pick<KernelResult, Asked>> {
  readonly files: RunFiles;
  /** Workloads in the order of the plan. */
  readonly workloads: readonly GuestWorkload[];
  /** The kernel's BTF or an ELF file with it; the guest's own by default. */
  readonly btf?: Uint8Array | undefined;
  /** Text of a System.map; the guest's kallsyms by default. */
  readonly symbols?: string | undefined;
  readonly vmlinux?: Vmlinux | undefined;
  /** Size of the guest's memory in bytes. */
  readonly memoryBytes: number;
}

type Asked =
  | "tool"
  | "run"
  | "qemu"
  | "controller"
  | "warmup"
  | "latencyNs"
  | "append";

interface Collected {
  readonly ios: IoFigures[];
  best: { readonly index: number; readonly trace: IoTrace } | undefined;
}

/**
 * @throws {SyntaxError} If symbols, types or trace cannot be read.
 * @throws {TypeError} If symbols or types are another kernel's.
 * @throws {RangeError} If the kernel's data does not lead to the disk.
 */
export async function analyse(analysis: Analysis): Promise<KernelResult> {
  const files = guestFiles(await handedOut(analysis.files.files));
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const facts = guestFacts(text("facts"));
  const { symbols: given, vmlinux } = analysis;
  const kallsyms = text("kallsyms");
  if (given !== undefined) checkSameKernel(given, "--symbols", kallsyms);
  if (vmlinux !== undefined && vmlinux.symbols !== "") {
    checkSameKernel(vmlinux.symbols, "--vmlinux", kallsyms);
  }
  const data: KernelData = {
    memory: new GuestMemory(analysis.files.memory),
    symbols: new Symbols(
      [
        given ?? "",
        kallsyms,
        // Only where they are needed: it has other aliases of functions.
        / (init_top_pgt|swapper_pg_dir)$/m.test(`${given}\n${kallsyms}`)
          ? ""
          : vmlinux?.symbols ?? "",
      ].join("\n"),
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

async function handedOut(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new Error(
      `Cannot analyse the run: the guest handed nothing out ` +
        `(${systemReason(error)}), expected its symbols and types`,
      { cause: error },
    );
  }
}

async function kernelBtf(
  files: ReadonlyMap<string, Uint8Array>,
  analysis: Analysis,
): Promise<Btf[]> {
  const own = files.get("vmlinux.btf");
  const bytes = analysis.btf ?? own;
  if (own !== undefined && analysis.btf !== undefined) {
    await checkSameTypes(analysis.btf, own);
  }
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

/** Refuses types of another kernel: structs would have other members. */
async function checkSameTypes(given: Uint8Array, own: Uint8Array) {
  const { bytes } = await readBtfSection(bytesSource("the BTF", given));
  if (
    bytes.length === own.length && bytes.every((byte, at) => byte === own[at])
  ) return;
  throw new TypeError(
    `Cannot use the BTF of --btf or --vmlinux: it has ${bytes.length} bytes ` +
      `and is not the ${own.length} bytes that the kernel itself has, ` +
      `expected that of the kernel that is booted`,
  );
}

async function analyseIos(
  analysis: Analysis,
  data: KernelData,
  facts: GuestFacts,
  slabinfo: string,
): Promise<KernelResult> {
  const warnings = [...facts.faults].map((line) =>
    `the kernel found a fault of its own: ${line}`
  );
  const places = new Places();
  const names = new MemoryNames(data, analysis.memoryBytes);
  const ownTask = addTasks(data, places);
  const disks = new Map<string, number | undefined>();
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
  const collected = await collectIos(analysis, phases);
  const unreadable = analysis.vmlinux?.inlined?.unreadable.size ?? 0;
  if (unreadable > 0) {
    warnings.push(
      `${unreadable} compilation units of the vmlinux's DWARF could not be ` +
        `read: what is inlined there counts as its function's own`,
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
    workloads[workload.name] = workloadResult(
      { workload, ios, best, verified: facts.verified.has(workload.name) },
      phases,
      attribution,
    );
  }
  const { tool, run, qemu, controller, warmup, latencyNs, append } = analysis;
  return {
    schemaVersion: KERNEL_SCHEMA_VERSION,
    tool,
    run,
    kernel: facts.release,
    version: facts.version,
    qemu,
    controller,
    warmup,
    latencyNs,
    append,
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

/** Reads the trace: figures of every I/O, and of each workload its best one. */
async function collectIos(
  { files, vmlinux }: Analysis,
  phases: Phases,
): Promise<ReadonlyMap<number, Collected>> {
  const collected = new Map<number, Collected>();
  const stream = (await Deno.open(files.trace)).readable;
  const { finished } = await readIoTraces(stream, (trace, argument) => {
    const index = (argument & 0xfff) >> 4;
    const own = collected.getOrInsertComputed(
      index,
      () => ({ ios: [], best: undefined }),
    );
    phases.mark(trace);
    const figures = figuresOf(trace, phases, vmlinux?.inlined);
    own.ios.push(figures);
    const best = own.best && own.ios[own.best.index];
    if (best !== undefined && best.main <= figures.main) return;
    const before = own.best?.trace;
    own.best = { index: own.ios.length - 1, trace };
    return before ?? new IoTrace();
  });
  if (finished) return collected;
  throw new SyntaxError(
    "Cannot analyse the run: its trace ends before the guest does, expected " +
      "the whole trace",
  );
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
