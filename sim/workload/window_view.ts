/**
 * Views of a window: the same I/Os on other pieces, made once for a window and
 * not for each I/O.
 */
import type { IoWindow } from "./window.ts";

/** A view. */
export interface WindowView {
  /** The window as it is seen; made anew for another one than before. */
  readonly window: (window: IoWindow) => IoWindow;
  /** Makes it anew the next time: the window was filled again. */
  readonly forget: () => void;
}

/**
 * Makes a view that keeps the window made last.
 *
 * @param make Makes the window that is seen.
 * @returns The view.
 */
export function keepWindow(make: (window: IoWindow) => IoWindow): WindowView {
  let known: IoWindow | undefined;
  let made: IoWindow | undefined;
  return {
    window: (window) => {
      if (window === known && made !== undefined) return made;
      known = window;
      return made = make(window);
    },
    forget: () => {
      known = undefined;
    },
  };
}

/**
 * Looks through views, one behind the other.
 *
 * @param views The views, the first one nearest to the window.
 * @returns What is seen, and how to forget all of it.
 */
export function windowChain(views: readonly WindowView[]): {
  readonly seen: (window: IoWindow) => IoWindow;
  readonly forget: () => void;
} {
  const [only] = views;
  return {
    seen: views.length === 1 && only !== undefined
      ? only.window
      : (window) => views.reduce((seen, view) => view.window(seen), window),
    forget: () => {
      for (const view of views) view.forget();
    },
  };
}
