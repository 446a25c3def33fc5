/** The references that caches and readers of the cache benches are given. */
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import {
  createReferenceBatch,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import { openFile } from "../../../sim/workload/trace_files.ts";

/** References per run, a million. */
export const REFERENCES = 1 << 20;

/** References of a part: some 100 us. */
const PART = 1 << 14;

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

/**
 * @param path `hits`, or an address trace whose first `REFERENCES` references
 * count.
 */
export async function loadTrace(path: string): Promise<ReferenceBatch> {
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

/** Cuts a trace into parts of some 100 us, in the same memory. */
export function partsOf(trace: ReferenceBatch): ReferenceBatch[] {
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
