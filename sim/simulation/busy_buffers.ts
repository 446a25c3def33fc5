/**
 * Buffers of I/Os in flight, by their pages: those that overlap are not in
 * flight together, as no program would have them.
 */
import type { IoWindow } from "../workload/window.ts";
import { eachPage } from "./buffer_bytes.ts";

/** Which pages are in use. */
export interface BusyBuffers {
  /** Whether no I/O in flight is on a page of this one. */
  readonly areFree: (window: IoWindow, io: number) => boolean;
  /** Begins the use of an I/O's pages. */
  readonly take: (window: IoWindow, io: number) => void;
  /** Ends it. */
  readonly give: (window: IoWindow, io: number) => void;
}

export function createBusyBuffers(): BusyBuffers {
  const users = new Map<number, number>();
  return {
    areFree: (window, io) => eachPage(window, io, (page) => !users.has(page)),
    take: (window, io) => {
      eachPage(window, io, (page) => {
        users.set(page, (users.get(page) ?? 0) + 1);
        return true;
      });
    },
    give: (window, io) => {
      eachPage(window, io, (page) => {
        const count = users.get(page) ?? 0;
        if (count <= 1) users.delete(page);
        else users.set(page, count - 1);
        return true;
      });
    },
  };
}
