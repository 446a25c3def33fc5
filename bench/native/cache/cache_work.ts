/** The model of caches and its C twin over one trace, and a reader of its text. */
import type { AddressTraceFormat } from "../../../sim/cache/address_formats.ts";
import {
  BATCH_CAPACITY,
  readAddressTrace,
} from "../../../sim/cache/address_trace.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import type { ReferenceBatch } from "../../../sim/cache/reference.ts";
import { partsOf } from "./reference_trace.ts";
import { nowMs, timed, type Work } from "./timed_work.ts";

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

/**
 * The caches stay warm between runs, as those of the twin do. Both the twin and
 * the model read the references in place.
 */
export function runModel(trace: ReferenceBatch): Work {
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

/** @param path The shared library of the twin. */
export function runNative(trace: ReferenceBatch, path: string): Work {
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
 * The trace as text, parsed from memory again and again, into the batch of a
 * hierarchy as in `lab cache`.
 */
export function runReader(
  trace: ReferenceBatch,
  format: AddressTraceFormat,
): Work {
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
