/**
 * One contender of `cache_bench.ts` in a worker of its own (design.md, rule 1):
 * the model or its C twin over one trace, or a reader over one text.
 *
 * A message runs the work once; the answer is a number that the work made, so
 * that nothing can be left out.
 */
import {
  type AddressTraceFormat,
  readAddressTrace,
} from "../../../sim/cache/address_trace.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import {
  createReferenceBatch,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import { openFile } from "../../../sim/workload/trace_files.ts";

/** What a worker is told first. */
export interface ContenderTask {
  /** What runs. */
  readonly contender: "model" | "c" | "reader";
  /** `hits`, or the path of an address trace. */
  readonly trace: string;
  /** The shared library of the C twin. */
  readonly library?: string;
  /** Format of the text that the reader gets. */
  readonly format?: AddressTraceFormat;
}

/** References per run, a million. */
export const REFERENCES = 1 << 20;

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

function runModel(trace: ReferenceBatch): () => Promise<number> {
  return () => {
    const caches = createHierarchy({ levels: SPLIT_LEVELS });
    caches.run(trace);
    const [, l1d] = caches.counts().levels;
    return Promise.resolve(l1d?.readMisses ?? NaN);
  };
}

function runNative(trace: ReferenceBatch, path: string) {
  const { symbols } = Deno.dlopen(
    path,
    {
      level_new: {
        parameters: ["u32", "u32", "u32", "pointer"],
        result: "pointer",
      },
      level_free: { parameters: ["pointer"], result: "void" },
      level_counts: { parameters: ["pointer", "buffer"], result: "void" },
      run: {
        parameters: ["pointer", "pointer", "buffer", "buffer", "buffer", "u32"],
        result: "void",
      },
    } as const,
  );
  const counts = new BigUint64Array(10);
  return () => {
    const l2 = symbols.level_new(1024, 16, 6, null);
    const l1d = symbols.level_new(64, 8, 6, l2);
    const l1i = symbols.level_new(64, 8, 6, l2);
    symbols.run(
      l1d,
      l1i,
      trace.addressLo as Int32Array<ArrayBuffer>,
      trace.addressHi as Int32Array<ArrayBuffer>,
      trace.sizeAndKind as Int32Array<ArrayBuffer>,
      trace.length,
    );
    symbols.level_counts(l1d, counts);
    for (const level of [l1i, l1d, l2]) symbols.level_free(level);
    return Promise.resolve(Number(counts[3]));
  };
}

/** The trace as text, again and again parsed from memory. */
function runReader(trace: ReferenceBatch, format: AddressTraceFormat) {
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
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += 1 << 18) {
        yield await Promise.resolve(bytes.subarray(at, at + (1 << 18)));
      }
    };
    const reading = await readAddressTrace("memory", chunks(), { format });
    for await (const batch of reading.batches) {
      if (batch.length === 0) throw new Error("an empty batch");
    }
    return bytes.length;
  };
}

async function prepare(task: ContenderTask): Promise<() => Promise<number>> {
  const trace = await loadTrace(task.trace);
  if (task.contender === "model") return runModel(trace);
  if (task.contender === "reader") {
    return runReader(trace, task.format ?? "din");
  }
  return runNative(trace, task.library ?? "");
}

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ContenderTask | "run">) => void) | null;
  postMessage(answer: number): void;
};

// Not in the main thread: the bench imports the types and constants above.
if ("WorkerGlobalScope" in globalThis) {
  let work: (() => Promise<number>) | undefined;
  scope.onmessage = async ({ data }) => {
    if (data !== "run") work = await prepare(data);
    scope.postMessage(await work?.() ?? NaN);
  };
}
