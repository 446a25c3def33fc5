/**
 * One contender of `cache_bench.ts` and `targets/cache_targets.ts` in a worker of
 * its own (design.md, rule 1): the model or its C twin over one trace, a reader
 * over one text, or a path with or without the tracer.
 *
 * A message runs the work once, in parts that are short beside a scheduler's
 * slice; the answer has the time of each part, and what the work made, so that
 * nothing can be left out.
 */
import { findAbi } from "../../../layouts/abi.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import type { AddressTraceFormat } from "../../../sim/cache/address_formats.ts";
import {
  BATCH_CAPACITY,
  readAddressTrace,
} from "../../../sim/cache/address_trace.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import {
  createReferenceBatch,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import type { AccessBatch } from "../../../sim/trace/access_batch.ts";
import { Footprint } from "../../../sim/trace/footprint.ts";
import type { Path } from "../../../sim/path/path.ts";
import { STAGES } from "../../../sim/path/path_stages.ts";
import { tracePath } from "../../../sim/replay/traced_path.ts";
import { openFile } from "../../../sim/workload/trace_files.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { openCell } from "../../../sim/setup/open_cell.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { pathParts, type PathSetup } from "../../../sim/setup/path_setup.ts";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { cpuClocks } from "../../machine/cpu_clock.ts";

/** What a worker is told first. */
export interface ContenderTask {
  /** What runs. */
  readonly contender:
    | "model"
    | "c"
    | "reader"
    | "path"
    | "traced"
    | "footprint";
  /** `hits`, the path of an address trace, or the name of a workload. */
  readonly trace: string;
  /** The shared library of the C twin. */
  readonly library?: string;
  /** Format of the text that the reader gets. */
  readonly format?: AddressTraceFormat;
}

/** What a run answers. */
export interface SpeedAnswer {
  /** Milliseconds of CPU time of each part. */
  readonly partMs: readonly number[];
  /** References, bytes or I/Os of a run. */
  readonly units: number;
  /** What the work made up to now, as text; twins make the same. */
  readonly made: string;
}

/** References per run, a million. */
export const REFERENCES = 1 << 20;

/** References of a part: some 100 us. */
const PART = 1 << 14;
/** I/Os of a part. */
const PART_IOS = 32;
const PARTS_OF_IOS = 64;

const SPLIT_LEVELS = [
  {
    name: "L1I",
    sizeBytes: 1 << 15,
    ways: 8,
    lineBytes: 64,
    holds: "instruction",
  },
  { name: "L1D", sizeBytes: 1 << 15, ways: 8, lineBytes: 64, holds: "data" },
  { name: "L2", sizeBytes: 1 << 20, ways: 16, lineBytes: 64 },
] as const;

type Work = () => Promise<SpeedAnswer>;

/** 8 references to one line, then another of 256: all of it fits the L1. */
function hitTrace(): ReferenceBatch {
  const batch = createReferenceBatch(REFERENCES);
  let state = 1;
  for (let at = 0; at < REFERENCES; at++) {
    // The generator of C's rand(): the order must not be predictable.
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    const line = (state >>> 16) & 255;
    batch.addressLo[at] = (at & 7) === 0
      ? 0x10000 + line * 64
      : (batch.addressLo[at - 1] ?? 0) + 8;
    batch.addressHi[at] = 0x1f;
    batch.sizeAndKind[at] = 8 << 2 | ((at & 3) === 3 ? 1 : 0);
  }
  batch.length = REFERENCES;
  return batch;
}

async function loadTrace(path: string): Promise<ReferenceBatch> {
  if (path === "hits") return hitTrace();
  const whole = createReferenceBatch(REFERENCES);
  const reading = await readAddressTrace(path, await openFile(path));
  for await (const part of reading.batches) {
    const count = Math.min(part.length, REFERENCES - whole.length);
    for (const name of ["addressLo", "addressHi", "sizeAndKind"] as const) {
      whole[name].set(part[name].subarray(0, count), whole.length);
    }
    whole.length += count;
    if (whole.length === REFERENCES) break;
  }
  return whole;
}

function partsOf(trace: ReferenceBatch): ReferenceBatch[] {
  const parts: ReferenceBatch[] = [];
  for (let at = 0; at < trace.length; at += PART) {
    parts.push({
      length: Math.min(PART, trace.length - at),
      addressLo: trace.addressLo.subarray(at, at + PART),
      addressHi: trace.addressHi.subarray(at, at + PART),
      sizeAndKind: trace.sizeAndKind.subarray(at, at + PART),
    });
  }
  return parts;
}

/** CPU time, which other work on the machine does not lengthen. */
const nowMs = () => cpuClocks().cpuNs() / 1e6;

/** Runs parts one by one and takes the time of each. */
function timed<Part>(
  parts: readonly Part[],
  run: (part: Part) => void,
): number[] {
  return parts.map((part) => {
    const start = nowMs();
    run(part);
    return nowMs() - start;
  });
}

/**
 * The caches stay as they are between runs, as those of the twin do. The twin
 * reads the references where they are, and so does the model.
 */
function runModel(trace: ReferenceBatch): Work {
  const caches = createHierarchy({ levels: SPLIT_LEVELS });
  const batch = caches.createBatch(trace.length);
  for (const name of ["addressLo", "addressHi", "sizeAndKind"] as const) {
    batch[name].set(trace[name].subarray(0, trace.length));
  }
  batch.length = trace.length;
  const parts = partsOf(batch);
  return () => {
    const partMs = timed(parts, (part) => caches.run(part));
    const made = caches.counts().levels.map((level) =>
      [
        ...[level.readAccesses, level.writeAccesses, level.instructionAccesses],
        ...[level.readMisses, level.writeMisses, level.instructionMisses],
        ...[level.writebacks, level.splits],
        ...[level.bytesFromNext, level.bytesToNext],
      ].join(",")
    );
    return Promise.resolve({ partMs, units: trace.length, made: made.join() });
  };
}

function runNative(trace: ReferenceBatch, path: string): Work {
  const { symbols } = Deno.dlopen(
    path,
    {
      level_new: {
        parameters: ["u32", "u32", "u32", "pointer"],
        result: "pointer",
      },
      level_counts: { parameters: ["pointer", "buffer"], result: "void" },
      run: {
        parameters: ["pointer", "pointer", "buffer", "buffer", "buffer", "u32"],
        result: "void",
      },
    } as const,
  );
  const l2 = symbols.level_new(1024, 16, 6, null);
  const l1d = symbols.level_new(64, 8, 6, l2);
  const l1i = symbols.level_new(64, 8, 6, l2);
  const counts = new BigUint64Array(10);
  const parts = partsOf(trace);
  return () => {
    const partMs = timed(parts, (part) =>
      symbols.run(
        l1d,
        l1i,
        part.addressLo as Int32Array<ArrayBuffer>,
        part.addressHi as Int32Array<ArrayBuffer>,
        part.sizeAndKind as Int32Array<ArrayBuffer>,
        part.length,
      ));
    const made = [l1i, l1d, l2].map((level) => {
      symbols.level_counts(level, counts);
      return counts.join(",");
    });
    return Promise.resolve({ partMs, units: trace.length, made: made.join() });
  };
}

/**
 * The trace as text, again and again parsed from memory, into the batch of a
 * hierarchy as `lab cache` has it.
 */
function runReader(trace: ReferenceBatch, format: AddressTraceFormat): Work {
  const batch = createHierarchy({ levels: SPLIT_LEVELS })
    .createBatch(BATCH_CAPACITY);
  let text = "";
  for (let at = 0; at < trace.length; at++) {
    const meta = trace.sizeAndKind[at] ?? 0;
    const address = (BigInt(trace.addressHi[at] ?? 0) << 32n |
      BigInt((trace.addressLo[at] ?? 0) >>> 0)).toString(16);
    text += format === "lackey"
      ? `${[" L", " S", "I ", " M"][meta & 3]} ${address.padStart(8, "0")},${
        meta >>> 2
      }\n`
      : `${"rwir"[meta & 3]} ${address} ${(meta >>> 2).toString(16)}\n`;
  }
  const bytes = new TextEncoder().encode(text);
  return async () => {
    // As many parts as batches come; the same ones in every run.
    const partMs: number[] = [];
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += 1 << 18) {
        yield await Promise.resolve(bytes.subarray(at, at + (1 << 18)));
      }
    };
    let references = 0;
    let start = nowMs();
    const reading = await readAddressTrace("memory", chunks(), {
      format,
      batch,
    });
    for await (const batch of reading.batches) {
      references += batch.length;
      const now = nowMs();
      partMs.push(now - start);
      start = now;
    }
    return { partMs, units: bytes.length, made: String(references) };
  };
}

/**
 * I/Os of a workload on mainline's layout: as they are, with every access
 * recorded, or with a footprint made of the accesses.
 */
async function runPath(
  name: string,
  contender: "path" | "traced" | "footprint",
): Promise<Work> {
  const abi = findAbi("lp64");
  const { map, open } = openCell(
    { abi, machine: PLAIN_MACHINE, seed: 1 },
    name,
  );
  const workload = await open();
  let window: IoWindow | undefined;
  const ios = PART_IOS * PARTS_OF_IOS;
  for await (const found of workload.windows({ ios, pieces: ios * 256 })) {
    window = found;
    break;
  }
  if (window === undefined) throw new RangeError(`"${name}" is empty`);
  const setup: PathSetup = {
    layout: "page_offset",
    abi,
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth: PART_IOS,
    machine: PLAIN_MACHINE,
  };
  let path: Path;
  let made = () => "";
  let flush = () => {};
  if (contender !== "path") {
    let accesses = 0;
    let consume = (batch: AccessBatch): void => {
      accesses += batch.length;
    };
    const traced = tracePath(pathParts(setup), (batch) => consume(batch));
    path = traced.assembly.path;
    flush = traced.flush;
    made = () => String(accesses);
    if (contender === "footprint") {
      const footprint = new Footprint({
        regions: traced.assembly.memory.regions,
        parts: traced.parts,
        stages: STAGES,
        groupIos: PART_IOS,
      });
      consume = (batch) => footprint.take(batch);
      flush = () => {
        traced.flush();
        for (let io = 0; io < PART_IOS; io++) footprint.endIo();
      };
      made = () => String(footprint.totals().total.lines);
    }
    traced.record(true);
  } else path = openPath(setup, {}, { linksAtOnce: true }).path;
  const io = window;
  const starts = Array.from({ length: PARTS_OF_IOS }, (_, i) => i * PART_IOS);
  return () => {
    const partMs = timed(starts, (start) => {
      for (let i = start; i < start + PART_IOS; i++) path.submit(io, i);
      path.drain();
      flush();
    });
    return Promise.resolve({ partMs, units: ios, made: made() });
  };
}

async function prepare(task: ContenderTask): Promise<Work> {
  const { contender, trace } = task;
  if (
    contender === "path" || contender === "traced" || contender === "footprint"
  ) return await runPath(trace, contender);
  const references = await loadTrace(trace);
  if (contender === "model") return runModel(references);
  if (contender === "c") return runNative(references, task.library ?? "");
  return runReader(references, task.format ?? "din");
}

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ContenderTask | "run">) => void) | null;
  postMessage(answer: SpeedAnswer | undefined): void;
};

// Not in the main thread: the benches import the types and constants above.
if ("WorkerGlobalScope" in globalThis) {
  let work: Work | undefined;
  scope.onmessage = async ({ data }) => {
    if (data === "run") scope.postMessage(await work?.());
    else {
      work = await prepare(data);
      scope.postMessage(undefined);
    }
  };
}
