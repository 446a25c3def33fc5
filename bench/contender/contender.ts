/**
 * The main thread's handle on a contender's worker: asks, waits, and
 * distinguishes a worker that failed, ended or hangs from one that answered.
 *
 * A thread cannot be seen to die: one that calls `self.close()`, waits for ever
 * or loops only stops answering, so that the watchdog is what finds it. An
 * isolate that outgrows its heap ends the whole process (V8 aborts, status
 * 133); finished cells are in the result file by then, and `--resume` continues
 * after them.
 */
import { WrongAnswerError } from "../shell/context.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "./contender_protocol.ts";
import { NativeEngineError } from "../native/error.ts";
import { describeProgress, newProgress } from "./contender_progress.ts";
import { keepSpareWorker, takeSpareWorker } from "./spare_workers.ts";

/** Longest wait for an answer by default, in ms. */
export const WATCHDOG_MS = 120_000;
const MODULE = new URL("./contender_worker.ts", import.meta.url);
/** Least time for a worker's start: a busy machine is slow to load modules. */
const START_MS = 30_000;

/** How a worker ends that did nothing wrong. */
const STOPPED = "was stopped";

/** A worker that did not do what it was asked. */
export class ContenderError extends Error {
  override readonly name = "ContenderError";
}

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

/** What the worker has been asked and has not answered. */
interface Pending {
  readonly request: ContenderRequest;
  readonly resolve: (answer: ContenderAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

export class Contender {
  #setup: ContenderSetup;
  readonly #worker: Worker;
  /** Whether another run may have the worker, as far as is known. */
  #isSpare: boolean;
  readonly #timeoutMs: number;
  readonly #startTimeoutMs: number;
  readonly #role: string;
  readonly #signal: AbortSignal | undefined;
  /** Written by the worker, read when it has stopped answering. */
  readonly #progress = newProgress();
  #pending: Pending | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  /** Why the worker will never answer again, once that is so. */
  #ended: Error | undefined;
  #bytesPerSegment = 0;

  private constructor(setup: ContenderSetup, options: ContenderOptions) {
    this.#setup = setup;
    this.#timeoutMs = options.timeoutMs ?? WATCHDOG_MS;
    this.#startTimeoutMs = options.startTimeoutMs ??
      Math.max(this.#timeoutMs, START_MS);
    this.#role = options.role ?? "worker";
    this.#signal = options.signal;
    const { module } = options;
    this.#isSpare = options.isSpare === true && module === undefined;
    this.#worker = (this.#isSpare ? takeSpareWorker(MODULE) : undefined) ??
      new Worker(module ?? MODULE, {
        type: "module",
        name: `${this.#role}/${setup.layout}/${setup.recognition}`,
      });
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onmessageerror = () =>
      this.#end("sent an answer that cannot be read");
    this.#worker.onerror = (event) => {
      // Without this, Deno would end the whole process with a stack trace.
      event.preventDefault();
      this.#end(`ended: ${event.message}`);
    };
    this.#signal?.addEventListener("abort", this.#abort);
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
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#pending !== undefined) {
      return Promise.reject(
        new ContenderError(
          `Cannot ${request.kind} ${this.#who()}: it has not answered ` +
            `${this.#pending.request.kind} yet`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#pending = {
        request,
        resolve: (answer) => resolve(answer as AnswerTo<Kind>),
        reject,
      };
      this.#progress.fill(0);
      const limitMs = request.kind === "setup"
        ? this.#startTimeoutMs
        : this.#timeoutMs;
      this.#watchdog = setTimeout(() => {
        this.#end(
          `gave no answer for ${limitMs / 1000} s, expected one (--watchdog)`,
        );
      }, limitMs);
      this.#worker.postMessage(request);
    });
  }

  /** Ends the worker; what it was asked is rejected. */
  stop(): void {
    this.#end(STOPPED);
  }

  readonly #abort = () => this.#end(STOPPED, this.#signal?.reason);

  #take(answer: ContenderAnswer): void {
    const asked = this.#settle();
    if (asked === undefined) return; // nothing waits for it any more
    if (answer.kind === asked.request.kind) return asked.resolve(answer);
    this.#isSpare = false;
    asked.reject(this.#failure(answer));
  }

  /** The worker has failed for good. */
  #end(how: string, reason?: unknown): void {
    const asked = this.#settle();
    const hasEnded = this.#ended !== undefined;
    const doing = asked === undefined
      ? "use"
      : asked.request.kind === "setup"
      ? "set up"
      : asked.request.kind;
    const at = asked === undefined
      ? ""
      : describeProgress(asked.request, this.#progress);
    this.#ended ??= reason instanceof Error ? reason : new ContenderError(
      `Cannot ${doing} ${this.#who()}: its worker ${how}${at}`,
    );
    asked?.reject(this.#ended);
    this.#signal?.removeEventListener("abort", this.#abort);
    if (hasEnded) return;
    const isIdle = asked === undefined && how === STOPPED;
    if (this.#isSpare && isIdle && keepSpareWorker(MODULE, this.#worker)) {
      return;
    }
    this.#worker.terminate();
  }

  #settle(): Pending | undefined {
    clearTimeout(this.#watchdog);
    const asked = this.#pending;
    this.#pending = undefined;
    return asked;
  }

  #who(): string {
    const { layout, recognition } = this.setup;
    return `layout "${layout}" (P2P detection ${recognition}, ` +
      `worker "${this.#role}")`;
  }

  #failure(answer: ContenderAnswer): Error {
    if (answer.kind !== "failure") {
      return new ContenderError(
        `Cannot use ${this.#who()}: it answered ${String(answer.kind)}`,
      );
    }
    switch (answer.name) {
      case "WrongIoError":
        return new WrongAnswerError(`${this.#who()}: ${answer.message}`);
      // The machine lacks something, the layout is not to blame.
      case "NativeEngineError":
        return new NativeEngineError(answer.message);
      default:
        return new ContenderError(
          `Cannot use ${this.#who()}: ${answer.message}`,
        );
    }
  }
}
