/**
 * The main thread's handle on a contender's worker: asks, waits, and tells a
 * worker that failed, ended or hangs from one that answered.
 */
import { WrongAnswerError } from "./command/context.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "./contender_protocol.ts";

/** A worker that did not do what it was asked. */
export class ContenderError extends Error {
  override readonly name = "ContenderError";
}

/** How a contender is watched. */
export interface ContenderOptions {
  /** Longest wait for an answer in ms; 120 s unless told. */
  readonly timeoutMs?: number;
  /** The worker's module; for tests with a worker that misbehaves. */
  readonly module?: URL;
}

type AnswerTo<Kind extends ContenderAnswer["kind"]> = Extract<
  ContenderAnswer,
  { kind: Kind }
>;

/** One contender in its worker. */
export class Contender {
  /** What it was made from. */
  readonly setup: ContenderSetup;
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  #bytesPerSegment = 0;

  private constructor(setup: ContenderSetup, options: ContenderOptions) {
    this.setup = setup;
    this.#timeoutMs = options.timeoutMs ?? 120_000;
    const module = options.module ??
      new URL("./contender_worker.ts", import.meta.url);
    this.#worker = new Worker(module, {
      type: "module",
      name: `${setup.layout}/${setup.recognition}`,
    });
  }

  /**
   * Starts a worker and makes its path.
   *
   * @param setup What to make.
   * @param options How it is watched.
   * @returns The contender.
   * @throws {ContenderError} If the worker fails.
   */
  static async start(
    setup: ContenderSetup,
    options: ContenderOptions = {},
  ): Promise<Contender> {
    const contender = new Contender(setup, options);
    try {
      const { bytesPerSegment } = await contender.ask({ kind: "setup", setup });
      contender.#bytesPerSegment = bytesPerSegment;
    } catch (error) {
      contender.stop();
      throw error;
    }
    return contender;
  }

  /** Bytes that a segment takes in a full array of 256. */
  get bytesPerSegment(): number {
    return this.#bytesPerSegment;
  }

  /**
   * Asks the worker something.
   *
   * @param request What.
   * @returns Its answer.
   * @throws {WrongAnswerError} If the path gave a wrong answer.
   * @throws {ContenderError} If the worker failed, ended or hangs.
   */
  ask<Kind extends ContenderRequest["kind"]>(
    request: Extract<ContenderRequest, { kind: Kind }>,
  ): Promise<AnswerTo<Kind>> {
    const { layout, recognition } = this.setup;
    const who = `layout "${layout}" (recognition ${recognition})`;
    return new Promise((resolve, reject) => {
      const watchdog = setTimeout(() => {
        settle();
        reject(
          new ContenderError(
            `Cannot ${request.kind} ${who}: its worker gave no answer for ${
              this.#timeoutMs / 1000
            } s, expected one`,
          ),
        );
      }, this.#timeoutMs);
      const settle = () => {
        clearTimeout(watchdog);
        this.#worker.onmessage = null;
        this.#worker.onerror = null;
      };
      this.#worker.onmessage = (event: MessageEvent<ContenderAnswer>) => {
        settle();
        const answer = event.data;
        if (answer.kind === request.kind) resolve(answer as AnswerTo<Kind>);
        else reject(failure(who, answer));
      };
      this.#worker.onerror = (event) => {
        // Without this, Deno would end the whole process with a stack trace.
        event.preventDefault();
        settle();
        reject(
          new ContenderError(
            `Cannot ${request.kind} ${who}: its worker ended: ${event.message}`,
          ),
        );
      };
      this.#worker.postMessage(request);
    });
  }

  /** Ends the worker. */
  stop(): void {
    this.#worker.terminate();
  }
}

function failure(who: string, answer: ContenderAnswer): Error {
  if (answer.kind !== "failure") {
    return new ContenderError(`Cannot use ${who}: it answered ${answer.kind}`);
  }
  return answer.name === "WrongIoError"
    ? new WrongAnswerError(`${who}: ${answer.message}`)
    : new ContenderError(`Cannot use ${who}: ${answer.message}`);
}
