/**
 * `lab run --placement-log OUT`: where the buffers of a workload are, in the
 * form that `--placement` reads.
 */
import { PLACEMENT_HEAD } from "../../sim/workload/parse_placement.ts";
import { type IoWindow, WINDOW_OP } from "../../sim/workload/window.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import type { OutputFile } from "../shell/output_file.ts";

const WORD = 2 ** 32;

/**
 * @returns I/Os in it.
 * @throws {RangeError} If the workload holds no read and no write.
 * @throws {SyntaxError} If it is malformed.
 */
export async function exportPlacement(
  file: OutputFile,
  workload: Workload,
  signal: AbortSignal,
): Promise<number> {
  const encoder = new TextEncoder();
  file.write(encoder.encode(`${PLACEMENT_HEAD}\n`));
  let ios = 0;
  for await (const window of workload.windows({ ios: 4096, pieces: 1 << 18 })) {
    signal.throwIfAborted();
    const lines: string[] = [];
    for (let io = 0; io < (window.counts[0] ?? 0); io++) {
      const own = ioLines(window, io, ios);
      if (own.length > 0) ios++;
      lines.push(...own);
    }
    file.write(encoder.encode(lines.join("")));
  }
  if (ios > 0) return ios;
  throw new RangeError(
    `Cannot write where the buffers of "${workload.name}" lie: it holds no ` +
      "read and no write, expected at least one",
  );
}

function ioLines(window: IoWindow, io: number, id: number): string[] {
  const op = window.op[io];
  if (op !== WINDOW_OP.read && op !== WINDOW_OP.write) return [];
  const sector = wide(window.sectorLo[io], window.sectorHi[io]);
  const head = `${id} ${op === WINDOW_OP.read ? "R" : "W"} ${sector} ` +
    `${window.lengthBytes[io]}`;
  const lines: string[] = [];
  const end = window.firstPiece[io + 1] ?? 0;
  for (let piece = window.firstPiece[io] ?? 0; piece < end; piece++) {
    const at = wide(window.physLo[piece], window.physHi[piece]).toString(16);
    const isP2p = (window.provider[piece] ?? 0) > 0;
    lines.push(
      `${head} 0x${at} ${window.pieceBytes[piece]}${isP2p ? " p2p" : ""}\n`,
    );
  }
  return lines;
}

function wide(low = 0, high = 0): number {
  return high * WORD + (low >>> 0);
}
