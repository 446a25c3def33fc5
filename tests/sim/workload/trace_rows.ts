/** What the reader tests share: a trace in memory, read to plain rows. */
import {
  readTrace,
  type TraceOptions,
} from "../../../sim/workload/read_trace.ts";
import type {
  WorkloadTally,
  WorkloadWarning,
} from "../../../sim/workload/tally.ts";

/** A trace, read whole. */
export interface TraceRows {
  readonly format: string;
  /** [op, offsetBytes, lengthBytes, timeNs] of each I/O. */
  readonly rows: number[][];
  readonly tally: WorkloadTally;
  readonly warnings: readonly WorkloadWarning[];
}

/** Reads a trace that is cut into chunks of a given size. */
export async function traceRows(
  trace: string | Uint8Array,
  given: TraceOptions & { name?: string; chunkBytes?: number } = {},
): Promise<TraceRows> {
  const { name = "x", chunkBytes = 65536, ...options } = given;
  const bytes = typeof trace === "string"
    ? new TextEncoder().encode(trace)
    : trace;
  const reading = await readTrace(
    name,
    chunked(bytes, chunkBytes),
    options,
  );
  const rows: number[][] = [];
  for await (const batch of reading.batches) {
    for (let i = 0; i < batch.count; i++) {
      rows.push(
        [batch.op, batch.offsetBytes, batch.lengthBytes, batch.timeNs]
          .map((column) => column[i] ?? NaN),
      );
    }
  }
  const { tally, warnings } = reading;
  return { format: reading.format.name, rows, tally, warnings };
}

/** Cuts bytes into chunks; each is a copy, as a file read would give it. */
export async function* chunked(
  bytes: Uint8Array,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield await Promise.resolve(bytes.slice(at, at + chunkBytes));
  }
}

/** Runs a reader on something malformed: it must read, or say SyntaxError. */
export async function readsOrRefuses(trace: string | Uint8Array) {
  try {
    const { rows, tally } = await traceRows(trace);
    return rows.length === tally.ios && rows.flat().every(Number.isFinite);
  } catch (error) {
    return error instanceof SyntaxError;
  }
}
