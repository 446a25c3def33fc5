/**
 * What an isolate does of what a contender is asked: its paths, made when they
 * are first wanted. The isolate that times a layout runs nothing but its plain
 * path; auditing and tracing are asked of another one.
 */
import { findAbi } from "../../layouts/abi.ts";
import { createCodec } from "../../layouts/codec.ts";
import { requireRecognition } from "../../layouts/layout.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import { layoutOf, pathParts } from "../../sim/setup/path_setup.ts";
import { type TraceView, traceViews } from "../../sim/replay/trace_views.ts";
import type { TraceFigures } from "../../sim/replay/trace_window.ts";
import { KeptTracer } from "../../sim/trace/kept_tracer.ts";
import { createWindow } from "../../sim/workload/window.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { ContenderAudit } from "./contender_audit.ts";
import { newProgress } from "./contender_progress.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
  WindowHandle,
} from "./contender_protocol.ts";
import { ContenderSimulation } from "./contender_simulation.ts";
import { NativeBuild } from "./native_build.ts";
import { NativePath } from "../native/native_path.ts";
import { createEmptyPath } from "./empty_path.ts";
import { arenaAlignBytes, placeArena } from "../native/place_arena.ts";
import { timeWindow } from "./time_window.ts";
import {
  timedAssembly,
  timedEmpty,
  timedNative,
  type TimedPath,
  type TimedWindow,
} from "./timed_path.ts";

/** The work of one contender. */
export class ContenderWork {
  #setup: ContenderSetup | undefined;
  /** Read by the watchdog of the main thread. */
  #progress: Int32Array = newProgress();
  /** The path that is timed, whatever runs it. */
  #timed: TimedPath | undefined;
  /** Its open window, and which one that is. */
  #open: { readonly id: number; readonly window: TimedWindow } | undefined;
  /** Windows opened so far. */
  #windows = 0;
  /** The path in C, where it is timed. */
  #native: NativePath | undefined;
  /** The paths in C of a build, where they are timed side by side. */
  #build: NativeBuild | undefined;
  /** The path in simulated time, where that was asked for. */
  #simulated: ContenderSimulation | undefined;
  readonly #audit = new ContenderAudit();
  /** Memory of the path that was traced last, for the next one. */
  readonly #tracer = new KeptTracer();

  /**
   * Answers a request.
   *
   * @param request What is asked; the setup comes first.
   * @returns The answer.
   * @throws {Error} If the path gave a wrong answer, or cannot be made.
   */
  async answer(request: ContenderRequest): Promise<ContenderAnswer> {
    if (this.#known(request).engine !== undefined) {
      await this.#makeNative(request);
    }
    return request.kind === "join"
      ? await this.#join(request)
      : this.#answer(request);
  }

  #answer(
    request: Exclude<ContenderRequest, { kind: "join" }>,
  ): ContenderAnswer {
    switch (request.kind) {
      case "setup": {
        this.#forget();
        this.#setup = request.setup;
        this.#progress = new Int32Array(request.progress);
        const layout = layoutOf(request.setup);
        const abi = findAbi(request.setup.abi);
        // Told now, so that a layout that cannot serve says so before the run.
        requireRecognition(layout, {
          abi,
          recognition: request.setup.recognition,
        });
        const codec = createCodec(
          layout,
          abi,
          new DataView(new ArrayBuffer(64)),
        );
        return { kind: "setup", bytesPerSegment: codec.arrayBytes(256) / 256 };
      }
      case "audit":
        return this.#audit.answer(request, {
          setup: this.#known(),
          progress: this.#progress,
        });
      case "trace":
        return { kind: "trace", ...this.#trace(request) };
      case "open":
        return this.#openWindow(request);
      case "time":
        return this.#time(request);
      case "slices":
        return {
          kind: "slices",
          times: (this.#build ??= new NativeBuild()).time(request.slices),
          clock: cpuClocks().name,
        };
      case "simulate":
        return this.#simulate(request);
      case "simulation":
        if (this.#simulated === undefined) {
          throw new TypeError("Cannot tell: no window");
        }
        return { kind: "simulation", ...this.#simulated.answer };
    }
  }

  /** What was audited of another setup is not this one's. */
  #forget(): void {
    this.#audit.forget();
    this.#simulated = undefined;
  }

  #known(request?: ContenderRequest): ContenderSetup {
    if (request?.kind === "setup") return request.setup;
    if (this.#setup === undefined) {
      throw new TypeError("Cannot work: no setup came");
    }
    return this.#setup;
  }

  /** Compiles and loads what a request needs; nothing else has to wait. */
  async #makeNative(request: ContenderRequest): Promise<void> {
    if (request.kind === "audit") {
      await this.#audit.makeNative(request, this.#known());
    }
    if (request.kind === "open" && this.#known().empty === undefined) {
      this.#native ??= await NativePath.make(
        { ...pathParts(this.#known()), decode: false, placeArena },
        this.#known().engine,
      );
    }
  }

  /** Adds a path to a build; several are side by side there, all in C. */
  async #join(
    request: Extract<ContenderRequest, { kind: "join" }>,
  ): Promise<ContenderAnswer> {
    this.#build ??= new NativeBuild();
    if (request.restart) this.#build.restart(request.scatterSeed);
    await this.#build.join(request.setup, request);
    return { kind: "join", memory: this.#build.memory() };
  }

  #simulate(
    request: Extract<ContenderRequest, { kind: "simulate" }>,
  ): ContenderAnswer {
    const { simulation, seed, firstIo, verifyIos } = request;
    if (request.restart) this.#simulated = undefined;
    const simulated = this.#simulated ??= new ContenderSimulation(
      pathParts(this.#known()),
      simulation,
      seed,
    );
    const window = createWindow(request.window.capacity, request.window.buffer);
    const statuses = new Int16Array(request.statuses);
    simulated.replay(window, { firstIo, verifyIos, statuses });
    return { kind: "simulate" };
  }

  #trace(
    { window, cpu, lineBytes = 64 }: Extract<
      ContenderRequest,
      { kind: "trace" }
    >,
  ): TraceFigures {
    return this.trace(window, [{ cpu, lineBytes }])[0] as TraceFigures;
  }

  /**
   * Traces a window once for several who look at it.
   *
   * @param handle The window.
   * @param views How it is looked at.
   * @returns The figures of each view, as a request of its own would give them.
   */
  trace(
    { capacity, buffer }: WindowHandle,
    views: readonly TraceView[],
  ): TraceFigures[] {
    const window = createWindow(capacity, buffer);
    const parts = { ...pathParts(this.#known()), sparsePages: true };
    return traceViews(window, parts, views, this.#tracer);
  }

  #openWindow(
    request: Extract<ContenderRequest, { kind: "open" }>,
  ): ContenderAnswer {
    const timed = this.#timed ??= this.#makeTimed();
    // What cannot be opened leaves no window open.
    this.#open = undefined;
    const window = timed.open(request.window);
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

  #makeTimed(): TimedPath {
    const { empty, depth } = this.#known();
    if (empty !== undefined) return timedEmpty(createEmptyPath(empty, depth));
    if (this.#native !== undefined) return timedNative(this.#native);
    const { scatterSeed } = this.#known();
    const assembly = openPath(this.#known(), {}, {
      placeArena,
      scatterSeed,
    });
    return timedAssembly(assembly);
  }

  /** Has a window by its number alone, and so can open none. */
  #time(
    request: Extract<ContenderRequest, { kind: "time" }>,
  ): ContenderAnswer {
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
