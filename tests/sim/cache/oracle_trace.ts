/** The traces of the outside oracles, loaded once per test file. */
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import {
  createReferenceBatch,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import { openFile } from "../../../sim/workload/trace_files.ts";

/** Path of a file of oracle data. */
export function oraclePath(name: string): string {
  return new URL(`../../data/cache/${name}`, import.meta.url).pathname;
}

/** Reads a whole trace; `dataOnly` leaves the instructions out. */
export async function loadTrace(
  name: string,
  dataOnly: boolean = false,
): Promise<ReferenceBatch> {
  const path = oraclePath(name);
  const reading = await readAddressTrace(path, await openFile(path));
  const parts: ReferenceBatch[] = [];
  let length = 0;
  for await (const batch of reading.batches) {
    parts.push({
      length: batch.length,
      addressLo: batch.addressLo.slice(),
      addressHi: batch.addressHi.slice(),
      sizeAndKind: batch.sizeAndKind.slice(),
    });
    length += batch.length;
  }
  const whole = createReferenceBatch(length);
  for (const part of parts) {
    for (let at = 0; at < part.length; at++) {
      const meta = part.sizeAndKind[at] ?? 0;
      if (dataOnly && (meta & 3) === REFERENCE_KIND.instruction) continue;
      whole.addressLo[whole.length] = part.addressLo[at] ?? 0;
      whole.addressHi[whole.length] = part.addressHi[at] ?? 0;
      whole.sizeAndKind[whole.length++] = meta;
    }
  }
  return whole;
}
