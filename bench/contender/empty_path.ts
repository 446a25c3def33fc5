/**
 * What the harness costs by itself: two contenders without a path, run in
 * isolates of their own by the same worker, loop and messages as layouts.
 *
 * `noop` touches each I/O of the window and nothing else. `null_path` reads
 * every segment of it, too, and keeps as many I/Os in flight as the path does,
 * but builds no kernel structure: what any layout costs at least.
 */
import type { IoWindow } from "../../sim/workload/window.ts";
import type { EmptyPath } from "../setup/empty_path_names.ts";

/** Replays windows without a path. */
export interface EmptyReplay {
  readonly replay: (window: IoWindow, ios: Int32Array) => void;
  /** Something that depends on all that was read, so that it had to be. */
  readonly sink: () => number;
}

/** Bytes of one I/O in flight. */
const SLOT_BYTES = 64;

/**
 * Makes a replay without a path.
 *
 * @param depth I/Os in flight at most.
 */
export function createEmptyPath(kind: EmptyPath, depth: number): EmptyReplay {
  return kind === "noop" ? createNoop() : createNullPath(depth);
}

function createNoop(): EmptyReplay {
  let sink = 0;
  const submit = (window: IoWindow, io: number): void => {
    sink = (sink + (window.lengthBytes[io] as number)) | 0;
  };
  return {
    replay: (window, ios) => {
      for (let i = 0; i < ios.length; i++) submit(window, ios[i] as number);
    },
    sink: () => sink,
  };
}

function createNullPath(depth: number): EmptyReplay {
  // Shared, as kernel memory is: what is written there cannot be left out.
  const slots = new DataView(new SharedArrayBuffer(depth * SLOT_BYTES));
  let sink = 0;
  let submitted = 0;
  let reaped = 0;
  const reap = (): void => {
    const slot = (reaped % depth) * SLOT_BYTES;
    sink = (sink + slots.getInt32(slot, true)) | 0;
    reaped = (reaped + 1) | 0;
  };
  const submit = (window: IoWindow, io: number): void => {
    if (submitted - reaped >= depth) reap();
    const slot = (submitted % depth) * SLOT_BYTES;
    const end = window.firstPiece[io + 1] as number;
    let seen = (window.op[io] as number) ^ (window.sectorLo[io] as number);
    for (let i = window.firstPiece[io] as number; i < end; i++) {
      seen = (seen + (window.physLo[i] as number)) ^
        (window.physHi[i] as number) ^ (window.pieceBytes[i] as number);
    }
    slots.setInt32(slot, seen, true);
    submitted = (submitted + 1) | 0;
  };
  return {
    replay: (window, ios) => {
      submitted = 0;
      reaped = 0;
      for (let i = 0; i < ios.length; i++) submit(window, ios[i] as number);
      while (reaped < submitted) reap();
    },
    sink: () => sink,
  };
}
