/** An I/O of a path in simulated time, from its submission to its end. */
import type { IoWindow } from "../workload/window.ts";
import type { ArmedFault } from "../fault/armed_faults.ts";
import type { MissingBytes } from "./simulation.ts";

/** One I/O in flight. */
export interface OpenIo {
  readonly window: IoWindow;
  /** Its number in the workload. */
  readonly number: number;
  /** Negative until its depth lets it in. */
  arrivedNs: number;
  /** Faults that were chosen for it. */
  readonly faults: readonly ArmedFault[];
  /** Providers of the memory that it pins. */
  readonly providers: readonly number[];
  /** Statuses other than OK of its requests. */
  bad: number[] | null;
  /** Bytes that it lacks although it ended well. */
  missing: MissingBytes[] | null;
}

const NO_PROVIDERS: readonly number[] = [];

/**
 * Finds the providers of P2P memory that an I/O of a window is on.
 *
 * @returns Each provider once (its index + 1); none for host memory.
 */
export function providersOf(window: IoWindow, io: number): readonly number[] {
  let found: number[] | undefined;
  const last = window.firstPiece[io + 1] as number;
  for (let i = window.firstPiece[io] as number; i < last; i++) {
    const provider = window.provider[i] as number;
    if (provider === 0 || found?.includes(provider) === true) continue;
    found = [...found ?? [], provider];
  }
  return found ?? NO_PROVIDERS;
}
