/** Small traces of blktrace, for the tests of its detection and the fuzzers. */
import { FIELD, MAGIC, RECORD_FORMS } from "./blktrace_file.ts";

/** Makes small traces: protocol 7 in both byte orders, and protocol 8. */
export function blktraceSamples(): Uint8Array[] {
  // Notify, Q, G, P, I, D, U, C of a read and a write; payloads after some.
  const narrow = [
    [1 << 26, 0],
    [1 << 20 | 1 << 16 | 1, 4096],
    [1 << 20 | 1 << 16 | 4, 4096],
    [1 << 20 | 9, 0],
    [1 << 22 | 1 << 17 | 7, 4096],
    [1 << 20 | 10, 0],
    [1 << 23 | 1 << 17 | 8, 4096],
    [1 << 20 | 1 << 18 | 1 << 17 | 1, 0], // a flush
    [1 << 20 | 1 << 29 | 1 << 17 | 1, 1 << 20], // a discard
  ] as const;
  // A zone append, plugged and completed twice, and a zone reset.
  const wide = [
    [1 << 20 | 1 << 17 | 1, 4096, 1],
    [1 << 20 | 18, 4096, 0],
    [1 << 20 | 19, 4096, 0],
    [1 << 23 | 1 << 17 | 8, 4096, 1],
    [1 << 17 | 8, 4096, 1],
    [1 << 20 | 1 << 17 | 1, 4096, 2],
  ] as const;
  return [
    sample(7, narrow, true),
    sample(7, narrow, false),
    sample(8, wide, true),
  ];
}

function sample(
  version: number,
  records: readonly (readonly [number, number, number?])[],
  little: boolean,
): Uint8Array {
  const form = RECORD_FORMS.get(version);
  if (form === undefined) return new Uint8Array(0);
  const payload = 8;
  const size = form.bytes + payload;
  const bytes = new Uint8Array(size * records.length);
  const view = new DataView(bytes.buffer);
  records.forEach(([action, length, wide = 0], index) => {
    const at = index * size;
    view.setUint32(at, MAGIC * 256 + version, little);
    view.setUint32(at + FIELD.time + (little ? 0 : 4), 1000 * index, little);
    view.setUint32(at + FIELD.sector + (little ? 0 : 4), 8 * index, little);
    view.setUint32(at + FIELD.bytes, length, little);
    view.setUint32(at + form.action, action, little);
    if (form.isWide) view.setUint32(at + form.action + 4, wide, little);
    view.setUint32(at + form.device, 259 << 20, little);
    view.setUint16(at + form.payloadBytes, payload, little);
  });
  return bytes;
}
