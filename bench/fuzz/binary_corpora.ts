/**
 * Small valid inputs of the binary formats, made by the lab's own writers, and
 * a compressed one.
 */
import { gzipSync } from "node:zlib";
import { BinaryTraceWriter } from "../../sim/cache/binary_trace.ts";
import { createReferenceBatch } from "../../sim/cache/reference.ts";
import {
  type BlktraceLetter,
  BlktraceWriter,
} from "../../sim/workload/write_blktrace.ts";

/**
 * Gives binary traces of the block layer.
 *
 * @returns One of four events of each letter, little- and big-endian magic.
 */
export function blktraces(): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const writer = new BlktraceWriter((part) => parts.push(part.slice()));
  const letters = ["Q", "X", "G", "P", "I", "D", "U", "M", "F", "C"] as const;
  letters.forEach((letter: BlktraceLetter, index) =>
    writer.event(letter, {
      sectorLo: 8 * index,
      sectorHi: 0,
      sizeBytes: 4096,
      opf: index & 1,
      extra: index,
    })
  );
  writer.finish();
  const little = new Uint8Array(
    parts.flatMap((part) => [...part]),
  );
  const big = little.slice();
  // The magic alone, so that the rest is read in the other order.
  big.set([little[3] ?? 0, little[2] ?? 0, little[1] ?? 0, little[0] ?? 0]);
  return [little, big];
}

/**
 * Gives address traces in the lab's binary form.
 *
 * @returns One trace of eight references.
 */
export function binaryTraces(): Uint8Array[] {
  const batch = createReferenceBatch(8);
  for (let i = 0; i < 8; i++) {
    batch.addressLo[i] = 0x1000 * i;
    batch.addressHi[i] = i >> 1;
    batch.sizeAndKind[i] = (i === 7 ? 4096 : 8) << 2 | i & 3;
  }
  batch.length = 8;
  return [new BinaryTraceWriter().encode(batch)];
}

/**
 * Compresses an input.
 *
 * @param bytes The input.
 * @returns The same as one gzip member.
 */
export function compressed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}
