/**
 * The path of a contender that is timed: made when its first window is opened,
 * in whatever runs it, with nothing beside it.
 */
import { openPath } from "../../sim/setup/open_path.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "./contender_protocol.ts";
import { createEmptyPath } from "./empty_path.ts";
import { arenaAlignBytes, placeArena } from "../native/place_arena.ts";
import { compileFixedWork } from "../machine/speed_probe.ts";
import { timeWindow } from "./time_window.ts";
import {
  timedAssembly,
  timedEmpty,
  timedNative,
  type TimedPath,
  type TimedWindow,
} from "./timed_path.ts";

export class ContenderTiming {
  #timed: TimedPath | undefined;
  /** Its open window, and which one that is. */
  #open: { readonly id: number; readonly window: TimedWindow } | undefined;
  #windows = 0;

  /**
   * Opens a window in place of the one before.
   *
   * @throws {NativeEngineError} If a path in C cannot be compiled or loaded.
   */
  async open(
    { window: handle }: Extract<ContenderRequest, { kind: "open" }>,
    setup: ContenderSetup,
  ): Promise<ContenderAnswer> {
    const timed = this.#timed ??= await makeTimed(setup);
    compileFixedWork();
    // What cannot be opened leaves no window open.
    this.#open = undefined;
    const window = timed.open(handle);
    const open = { id: ++this.#windows, window };
    this.#open = open;
    return {
      kind: "open",
      window: {
        id: open.id,
        ios: window.ios.length,
        opened: window.opened(),
        arenaAlignBytes: timed.memory === undefined
          ? null
          : arenaAlignBytes(timed.memory),
      },
    };
  }

  /**
   * Measures a slice of the open window. It has the window by its number alone,
   * and so can open none.
   *
   * @param request Which window, and which of its I/Os.
   * @throws {TypeError} If that window is not open.
   * @throws {WrongIoError} If an I/O did not end well.
   */
  time(request: Extract<ContenderRequest, { kind: "time" }>): ContenderAnswer {
    const { id } = request.window;
    const open = this.#open;
    if (open?.id !== id) {
      throw new TypeError(
        `Cannot time window ${id}: window ${open?.id ?? "none"} is open, ` +
          `expected that one`,
      );
    }
    return { kind: "time", ...timeWindow(open.window, request) };
  }
}

/**
 * Makes the path of a contender that is timed, in the engine of its setup.
 *
 * @throws {NativeEngineError} If the path in C cannot be compiled or loaded.
 */
export async function makeTimed(setup: ContenderSetup): Promise<TimedPath> {
  const { empty, depth, engine, scatterSeed } = setup;
  if (empty !== undefined) return timedEmpty(createEmptyPath(empty, depth));
  if (engine !== undefined) {
    const { NativePath } = await import("../native/native_path.ts");
    return timedNative(
      await NativePath.make(
        { ...pathParts(setup), decode: false, placeArena },
        engine,
      ),
    );
  }
  return timedAssembly(openPath(setup, {}, {
    placeArena,
    scatterSeed,
    linksAtOnce: true,
  }));
}
