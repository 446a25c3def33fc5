/** What the SCSI commands of a trace do (SBC-4, table of commands). */
import { WINDOW_OP } from "./window.ts";

/** `WINDOW_OP` by operation code. */
const OPERATIONS: ReadonlyMap<number, number> = new Map([
  ...[0x08, 0x28, 0xa8, 0x88].map((code) => [code, WINDOW_OP.read] as const),
  // WRITE, and WRITE AND VERIFY, which writes as well.
  ...[0x0a, 0x2a, 0xaa, 0x8a, 0x2e, 0xae, 0x8e].map((code) =>
    [code, WINDOW_OP.write] as const
  ),
  ...[0x35, 0x91].map((code) => [code, WINDOW_OP.flush] as const),
]);

/**
 * Returns what a command does.
 *
 * @returns One of `WINDOW_OP`; for a command that is left out, the reason.
 */
export function scsiOperation(code: number): number | string {
  return OPERATIONS.get(code) ??
    `SCSI command 0x${code.toString(16).padStart(2, "0")}`;
}
