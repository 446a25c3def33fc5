/** The references of an address trace that comes in chunks. */
import type { AddressTraceFormat } from "../../../sim/cache/address_formats.ts";
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";

/** A letter of rwim, where, and how many bytes. */
export type Reference = readonly [kind: string, address: bigint, size: number];

/** A stream of bytes in chunks of a given length. */
export async function* chunksOf(bytes: Uint8Array, length = 7) {
  for (let at = 0; at < bytes.length; at += length) {
    yield await Promise.resolve(bytes.subarray(at, at + length));
  }
}

/** Reads a whole trace, in chunks of 7 bytes where nothing else is said. */
export async function readAll(
  input: string | Uint8Array,
  options: { chunk?: number; format?: AddressTraceFormat } = {},
): Promise<Reference[]> {
  const bytes = typeof input === "string"
    ? new TextEncoder().encode(input)
    : input;
  const { chunk, ...known } = options;
  const trace = await readAddressTrace("t", chunksOf(bytes, chunk), known);
  const all: Reference[] = [];
  for await (const batch of trace.batches) {
    for (let at = 0; at < batch.length; at++) {
      const meta = batch.sizeAndKind[at] ?? 0;
      all.push([
        "rwim"[meta & 3] ?? "",
        BigInt((batch.addressHi[at] ?? 0) >>> 0) << 32n |
        BigInt((batch.addressLo[at] ?? 0) >>> 0),
        meta >>> 2,
      ]);
    }
  }
  return all;
}
