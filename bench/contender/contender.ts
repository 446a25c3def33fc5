/**
 * The main thread's handle on a contender's worker: who it is, and how far it
 * was when it stopped answering.
 */
import { AskedWorker, WATCHDOG_MS } from "./asked_worker.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "./contender_protocol.ts";
import { describeProgress, newProgress } from "./contender_progress.ts";

const MODULE = new URL("./contender_worker.ts", import.meta.url);
/** Least time for a worker's start: a busy machine is slow to load modules. */
const START_MS = 30_000;

export interface ContenderOptions {
  /** Longest wait for an answer in ms; default: 120 s. */
  readonly timeoutMs?: number | undefined;
  /**
   * The same for its start, when its modules are loaded: default: 30 s, or
   * `timeoutMs` if that is longer.
   */
  readonly startTimeoutMs?: number | undefined;
  /** What the worker is for; part of its name in messages. */
  readonly role?: string | undefined;
  /** Ends the worker; what it was asked is rejected with the reason. */
  readonly signal?: AbortSignal | undefined;
  /** The worker's module; for tests with a worker that misbehaves. */
  readonly module?: URL | undefined;
  /**
   * Whether another run may have used the worker, or use it: never a timed one.
   */
  readonly isSpare?: boolean | undefined;
}

export type AnswerTo<Kind extends ContenderAnswer["kind"]> = Extract<
  ContenderAnswer,
  { kind: Kind }
>;

export class Contender {
  #setup: ContenderSetup;
  readonly #worker: AskedWorker<ContenderRequest, ContenderAnswer>;
  readonly #startTimeoutMs: number;
  /** Written by the worker, read when it has stopped answering. */
  readonly #progress = newProgress();
  #bytesPerSegment = 0;

  private constructor(setup: ContenderSetup, options: ContenderOptions) {
    const { timeoutMs = WATCHDOG_MS, role = "worker", module } = options;
    this.#setup = setup;
    this.#startTimeoutMs = options.startTimeoutMs ??
      Math.max(timeoutMs, START_MS);
    this.#worker = new AskedWorker({
      module: module ?? MODULE,
      name: `${role}/${setup.layout}/${setup.recognition}`,
      who: () =>
        `layout "${this.#setup.layout}" (P2P detection ` +
        `${this.#setup.recognition}, worker "${role}")`,
      timeoutMs,
      signal: options.signal,
      isSpare: options.isSpare === true && module === undefined,
      progressOf: (request) => describeProgress(request, this.#progress),
    });
  }

  /**
   * Starts a worker and makes its path.
   *
   * @throws {ContenderError} If the worker fails.
   */
  static async start(
    setup: ContenderSetup,
    options: ContenderOptions = {},
  ): Promise<Contender> {
    options.signal?.throwIfAborted();
    const contender = new Contender(setup, options);
    try {
      await contender.become(setup);
    } catch (error) {
      contender.stop();
      throw error;
    }
    return contender;
  }

  /** What it was made from last. */
  get setup(): ContenderSetup {
    return this.#setup;
  }

  /**
   * Has the worker begin again as another contender. One that is timed is never
   * asked to: V8 specialises the path while it has seen one layout only.
   *
   * @throws {ContenderError} If the worker fails.
   */
  async become(setup: ContenderSetup): Promise<void> {
    this.#setup = setup;
    const { bytesPerSegment } = await this.ask({
      kind: "setup",
      setup,
      progress: this.#progress.buffer,
    });
    this.#bytesPerSegment = bytesPerSegment;
  }

  /** Bytes that a segment takes in a full array of 256. */
  get bytesPerSegment(): number {
    return this.#bytesPerSegment;
  }

  /**
   * Asks the worker something.
   *
   * @throws {WrongAnswerError} If the path gave a wrong answer.
   * @throws {ContenderError} If the worker failed, ended or hangs.
   */
  ask<Kind extends ContenderRequest["kind"]>(
    request: Extract<ContenderRequest, { kind: Kind }>,
  ): Promise<AnswerTo<Kind>> {
    this.#progress.fill(0);
    return request.kind === "setup"
      ? this.#worker.ask<Kind>(request, this.#startTimeoutMs)
      : this.#worker.ask<Kind>(request);
  }

  /** Ends the worker; what it was asked is rejected. */
  stop(): void {
    this.#worker.stop();
  }
}
