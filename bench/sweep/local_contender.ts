/**
 * A contender that works where it is asked, for exact figures alone: it is
 * never timed, and so needs no isolate of its own. What it was asked once of a
 * window that stays, it answers again without doing it; and its path is traced
 * once for all CPUs that will be asked for.
 */
import { failure } from "../contender/asked_worker.ts";
import type { AnswerTo } from "../contender/contender.ts";
import { failureOf } from "../contender/failure.ts";
import { newProgress } from "../contender/contender_progress.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "../contender/contender_protocol.ts";
import { ContenderWork } from "../contender/contender_work.ts";
import type { TraceView } from "../../sim/replay/trace_views.ts";
import type { TraceFigures } from "../../sim/replay/trace_window.ts";
import { digestOf } from "./sweep_cell.ts";

/** One path at a time, of whichever contender was asked last. */
export class SharedWork {
  readonly #work = new ContenderWork();
  #of: ContenderSetup | undefined;

  /** Has it work for a contender, again if it was another one's. */
  async become(setup: ContenderSetup): Promise<ContenderWork> {
    if (this.#of !== setup) await this.#work.answer(setupRequest(setup));
    this.#of = setup;
    return this.#work;
  }
}

/** What contenders of a group of cells have in common. */
export interface LocalWork {
  readonly work: SharedWork;
  /** How the cells of the group look at a traced path. */
  readonly views: readonly TraceView[];
  /** Windows that are never filled again: what is said of them stays true. */
  readonly lasting: WeakSet<SharedArrayBuffer>;
  /** Called for each path that was traced, and each figure taken from one. */
  readonly onTrace: (isNew: boolean) => void;
}

export class LocalContender {
  readonly setup: ContenderSetup;
  /** Bytes that a segment takes in a full array of 256. */
  readonly bytesPerSegment: number;
  readonly #shared: LocalWork;
  #work: ContenderWork | undefined;
  /** Answers on windows that stay. */
  readonly #audits = new Map<string, {
    readonly answer: ContenderAnswer;
    readonly words: Int32Array;
  }>();
  readonly #traces = new Map<string, TraceFigures>();

  private constructor(
    setup: ContenderSetup,
    bytesPerSegment: number,
    shared: LocalWork,
  ) {
    this.setup = setup;
    this.bytesPerSegment = bytesPerSegment;
    this.#shared = shared;
  }

  /**
   * Makes a contender.
   *
   * @throws {Error} If its layout cannot serve.
   */
  static async start(
    setup: ContenderSetup,
    shared: LocalWork,
  ): Promise<LocalContender> {
    const answer = await new ContenderWork().answer(setupRequest(setup));
    const { bytesPerSegment } = answer as AnswerTo<"setup">;
    return new LocalContender(setup, bytesPerSegment, shared);
  }

  /**
   * Answers a request, as the isolate of a contender does.
   *
   * @throws {Error} As `Contender.ask()`.
   */
  async ask<Kind extends ContenderRequest["kind"]>(
    request: Extract<ContenderRequest, { kind: Kind }>,
  ): Promise<AnswerTo<Kind>> {
    try {
      return await this.#answer(request) as AnswerTo<Kind>;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #answer(request: ContenderRequest): Promise<ContenderAnswer> {
    switch (request.kind) {
      case "audit":
        return await this.#audit(request);
      case "trace":
        return { kind: "trace", ...await this.#trace(request) };
      default:
        return await (await this.#started()).answer(request);
    }
  }

  async #audit(
    request: Extract<ContenderRequest, { kind: "audit" }>,
  ): Promise<ContenderAnswer> {
    const { window, firstIo, restart, verifyIos, digests } = request;
    const key = `${firstIo}, ${restart}, ${verifyIos}`;
    const known = this.#audits.get(key);
    const words = digests && new Int32Array(digests);
    if (this.#isLasting(window.buffer) && known !== undefined) {
      words?.set(known.words);
      return known.answer;
    }
    const answer = await (await this.#workOn(window.buffer)).answer(request);
    if (this.#isLasting(window.buffer)) {
      this.#audits.set(key, {
        answer,
        words: words?.slice() ?? new Int32Array(),
      });
    }
    return answer;
  }

  async #trace(
    { window, cpu, lineBytes = 64 }: Extract<
      ContenderRequest,
      { kind: "trace" }
    >,
  ): Promise<TraceFigures> {
    const { views, onTrace } = this.#shared;
    const wanted: TraceView = { lineBytes, cpu };
    const keyOf = (view: TraceView) => digestOf(view);
    const known = this.#traces.get(keyOf(wanted));
    if (this.#isLasting(window.buffer) && known !== undefined) {
      onTrace(false);
      return known;
    }
    const all = this.#isLasting(window.buffer)
      ? [wanted, ...views.filter((view) => keyOf(view) !== keyOf(wanted))]
      : [wanted];
    const work = await this.#workOn(window.buffer);
    const found = await work.trace(window, all);
    onTrace(true);
    if (this.#isLasting(window.buffer)) {
      found.forEach((figures, at) =>
        this.#traces.set(keyOf(all[at] as TraceView), figures)
      );
    }
    return found[0] as TraceFigures;
  }

  /** As its isolate's handle would say it. */
  #failure(error: unknown): Error {
    const { layout, recognition } = this.setup;
    const who = `layout "${layout}" (P2P detection ${recognition})`;
    return failure(who, failureOf(error));
  }

  /** On windows that stay no answer builds on one before it. */
  async #workOn(buffer: SharedArrayBuffer): Promise<ContenderWork> {
    return this.#isLasting(buffer)
      ? await this.#shared.work.become(this.setup)
      : await this.#started();
  }

  async #started(): Promise<ContenderWork> {
    if (this.#work !== undefined) return this.#work;
    const work = new ContenderWork();
    await work.answer(setupRequest(this.setup));
    return this.#work = work;
  }

  /** A cell has one such window: its first one, and all of it. */
  #isLasting(buffer: SharedArrayBuffer): boolean {
    return this.#shared.lasting.has(buffer);
  }
}

function setupRequest(setup: ContenderSetup): ContenderRequest {
  return { kind: "setup", setup, progress: newProgress().buffer };
}
