/** A path that sees other pieces of memory than a window of I/Os has. */
import type { IoWindow } from "../workload/window.ts";
import { notOpen, type Path } from "./path.ts";

/** A path, and what it sees of the window that is open. */
export interface SeenPath {
  readonly path: Path;
  /** What it sees of the open window. */
  readonly seen: (window: IoWindow) => IoWindow;
}

/**
 * Stands in front of a path that sees other pieces than the window has: they
 * are made when a window is opened, and never by an I/O.
 *
 * @param look Makes of a window what the path sees.
 */
export function seeThrough(
  inner: Path,
  look: (window: IoWindow) => IoWindow,
): SeenPath {
  const { submit } = inner;
  let open: IoWindow | undefined;
  let shown: IoWindow | undefined;
  const path: Path = {
    ...inner,
    submit: (window, io) => {
      if (window !== open || shown === undefined) throw notOpen(io);
      submit(shown, io);
    },
    open: (window) => {
      inner.drain();
      open = undefined;
      shown = look(window);
      inner.open(shown);
      open = window;
    },
    isOpen: (window) => window === open,
  };
  const seen = (window: IoWindow): IoWindow => {
    if (window !== open || shown === undefined) throw notOpen(0);
    return shown;
  };
  return { path, seen };
}
