/**
 * What an isolate does of what a contender is asked. What an answer needs is
 * loaded when it is first wanted, and its paths are made then: many isolates
 * start for a run, and none is asked everything. The one that times a layout
 * runs nothing but its plain path; auditing and tracing are asked of another.
 */
import { findAbi } from "../../layouts/abi.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import { requireRecognition } from "../../sim/recognition/recognition_registry.ts";
import { layoutOf, pathParts } from "../../sim/setup/path_setup.ts";
import type { TraceView } from "../../sim/replay/trace_views.ts";
import type {
  TraceFigures,
  TraceWindowOptions,
} from "../../sim/replay/trace_window.ts";
import type { KeptTracer } from "../../sim/trace/kept_tracer.ts";
import { createWindow } from "../../sim/workload/window.ts";
import type { ContenderAudit } from "./contender_audit.ts";
import { newProgress } from "./contender_progress.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
  WindowHandle,
} from "./contender_protocol.ts";
import type { ContenderSimulation } from "./contender_simulation.ts";
import type { ContenderTiming } from "./contender_timing.ts";
import type { NativeBuild } from "./native_build.ts";

export class ContenderWork {
  #setup: ContenderSetup | undefined;
  /** Read by the watchdog of the main thread. */
  #progress: Int32Array = newProgress();
  #timing: ContenderTiming | undefined;
  /** The paths in C of a build, where they are timed side by side. */
  #build: NativeBuild | undefined;
  /** The path in simulated time, where that was asked for. */
  #simulated: ContenderSimulation | undefined;
  #audit: ContenderAudit | undefined;
  /** Memory of the path that was traced last, for the next one. */
  #tracer: KeptTracer | undefined;

  /**
   * Answers a request.
   *
   * @param request What is asked; the setup comes first.
   * @throws {Error} If the path gave a wrong answer, or cannot be made.
   */
  async answer(request: ContenderRequest): Promise<ContenderAnswer> {
    const setup = this.#known(request);
    switch (request.kind) {
      case "setup":
        return this.#begin(request);
      case "audit": {
        const progress = this.#progress;
        return await (await this.#audited()).answer(request, {
          setup,
          progress,
        });
      }
      case "trace": {
        const { window, cpu, lineBytes = 64, ios } = request;
        const few = ios === undefined
          ? {}
          : { singleIos: ios, warmUpIos: ios, countedIos: ios };
        const [figures] = await this.trace(window, [{ cpu, lineBytes }], few);
        return { kind: "trace", ...figures as TraceFigures };
      }
      case "open":
        return await (await this.#timed()).open(request, setup);
      case "time":
        return (await this.#timed()).time(request);
      case "join": {
        const build = await this.#built();
        if (request.restart) build.restart(request.scatterSeed);
        await build.join(request.setup, request);
        return { kind: "join", memory: build.memory() };
      }
      case "slices":
        return {
          kind: "slices",
          ...(await this.#built()).time(request.slices),
        };
      case "simulate":
        return await this.#simulate(request);
      case "simulation":
        if (this.#simulated === undefined) {
          throw new TypeError(
            "Cannot report: found no open window, expected one",
          );
        }
        return { kind: "simulation", ...this.#simulated.answer };
    }
  }

  #begin(
    { setup, progress }: Extract<ContenderRequest, { kind: "setup" }>,
  ): ContenderAnswer {
    // What was audited of another setup is not this one's.
    this.#audit?.forget();
    this.#simulated = undefined;
    this.#setup = setup;
    this.#progress = new Int32Array(progress);
    const layout = layoutOf(setup);
    const abi = findAbi(setup.abi);
    // Reported now, so that a layout that cannot serve says so before the run.
    requireRecognition(layout, { abi, recognition: setup.recognition });
    const codec = makeCodec(layout, abi, new DataView(new ArrayBuffer(64)));
    return { kind: "setup", bytesPerSegment: codec.arrayBytes(256) / 256 };
  }

  #known(request?: ContenderRequest): ContenderSetup {
    if (request?.kind === "setup") return request.setup;
    if (this.#setup === undefined) {
      throw new TypeError("Cannot work: found no setup, expected one first");
    }
    return this.#setup;
  }

  async #audited(): Promise<ContenderAudit> {
    const { ContenderAudit } = await import("./contender_audit.ts");
    return this.#audit ??= new ContenderAudit();
  }

  async #timed(): Promise<ContenderTiming> {
    if (this.#timing !== undefined) return this.#timing;
    const { ContenderTiming } = await import("./contender_timing.ts");
    return this.#timing = new ContenderTiming();
  }

  async #built(): Promise<NativeBuild> {
    const { NativeBuild } = await import("./native_build.ts");
    return this.#build ??= new NativeBuild();
  }

  async #simulate(
    request: Extract<ContenderRequest, { kind: "simulate" }>,
  ): Promise<ContenderAnswer> {
    const { simulation, seed, firstIo, verifyIos } = request;
    const { ContenderSimulation } = await import("./contender_simulation.ts");
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

  /**
   * Traces a window once for several who look at it.
   *
   * @param ios How many of its I/Os are traced; default: the usual number.
   * @returns The figures of each view, as a request of its own would give them.
   */
  async trace(
    { capacity, buffer }: WindowHandle,
    views: readonly TraceView[],
    ios: Pick<TraceWindowOptions, "singleIos" | "warmUpIos" | "countedIos"> =
      {},
  ): Promise<TraceFigures[]> {
    const parts = { ...pathParts(this.#known()), ...ios, sparsePages: true };
    const [{ traceViews }, { KeptTracer }] = await Promise.all([
      import("../../sim/replay/trace_views.ts"),
      import("../../sim/trace/kept_tracer.ts"),
    ]);
    const window = createWindow(capacity, buffer);
    return traceViews(window, parts, views, this.#tracer ??= new KeptTracer());
  }
}
