/**
 * The main thread's handle on a worker: asks, waits, and distinguishes a
 * worker that failed, ended or hangs from one that answered.
 *
 * A thread cannot be seen to die: one that calls `self.close()`, waits for ever
 * or loops only stops answering, so that the watchdog is what finds it. An
 * isolate that outgrows its heap ends the whole process (V8 aborts, status
 * 133); finished cells are in the result file by then, and `--resume` continues
 * after them.
 */
import { WrongAnswerError } from "../shell/context.ts";
import { NativeEngineError } from "../native/error.ts";
import type { Failure } from "./failure.ts";
import { keepSpareWorker, takeSpareWorker } from "./spare_workers.ts";

/** Longest wait for an answer by default, in ms. */
export const WATCHDOG_MS = 120_000;

/** How a worker ends that did nothing wrong. */
const STOPPED = "was stopped";

/** A worker that did not do what it was asked. */
export class ContenderError extends Error {
  override readonly name = "ContenderError";
}

/** What a worker is asked, or answers: one kind of request, one of answer. */
interface Message {
  readonly kind: string;
}

export interface AskedWorkerOptions<Asked extends Message> {
  readonly module: URL;
  /** Name of the thread. */
  readonly name: string;
  /** For messages: "submitter 1 of layout ...". */
  readonly who: () => string;
  /** Longest wait for an answer in ms; default: 120 s. */
  readonly timeoutMs?: number | undefined;
  /** Ends the worker; what it was asked is rejected with the reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether another run may have used the worker, or use it: never a timed one.
   */
  readonly isSpare?: boolean | undefined;
  /** How far a request has come that has no answer, to end a message with. */
  readonly progressOf?: ((request: Asked) => string) | undefined;
}

/** What the worker has been asked and has not answered. */
interface Pending<Asked, Answer> {
  readonly request: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

export class AskedWorker<Asked extends Message, Answer extends Message> {
  readonly #options: AskedWorkerOptions<Asked>;
  readonly #timeoutMs: number;
  readonly #worker: Worker;
  /** Whether another run may have the worker, as far as is known. */
  #isSpare: boolean;
  #pending: Pending<Asked, Answer> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  /** Why the worker will never answer again, once that is so. */
  #ended: Error | undefined;

  constructor(options: AskedWorkerOptions<Asked>) {
    const { module, name } = options;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? WATCHDOG_MS;
    this.#isSpare = options.isSpare === true;
    this.#worker = (this.#isSpare ? takeSpareWorker(module) : undefined) ??
      new Worker(module, { type: "module", name });
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onmessageerror = () =>
      this.#end("sent an answer that cannot be read");
    this.#worker.onerror = (event) => {
      // Without this, Deno would end the whole process with a stack trace.
      event.preventDefault();
      this.#end(`ended: ${event.message}`);
    };
    options.signal?.addEventListener("abort", this.#abort);
  }

  /**
   * Asks the worker something.
   *
   * @throws {WrongAnswerError} If the path gave a wrong answer.
   * @throws {ContenderError} If the worker failed, ended or hangs.
   */
  ask<Kind extends Asked["kind"]>(
    request: Extract<Asked, { kind: Kind }>,
    timeoutMs: number = this.#timeoutMs,
  ): Promise<Extract<Answer, { kind: Kind }>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#pending !== undefined) {
      return Promise.reject(
        new ContenderError(
          `Cannot ${request.kind} ${this.#options.who()}: it has not ` +
            `answered ${this.#pending.request.kind} yet`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#pending = {
        request,
        resolve: (answer) => resolve(answer as Extract<Answer, { kind: Kind }>),
        reject,
      };
      this.#watchdog = setTimeout(() => {
        this.#end(
          `gave no answer for ${timeoutMs / 1000} s, expected one (--watchdog)`,
        );
      }, timeoutMs);
      this.#worker.postMessage(request);
    });
  }

  /** Ends the worker; what it was asked is rejected. */
  stop(): void {
    this.#end(STOPPED);
  }

  readonly #abort = () => this.#end(STOPPED, this.#options.signal?.reason);

  #take(answer: Answer | Failure): void {
    const asked = this.#settle();
    if (asked === undefined) return; // nothing waits for it any more
    if (answer.kind === asked.request.kind) {
      return asked.resolve(answer as Answer);
    }
    this.#isSpare = false;
    asked.reject(failure(this.#options.who(), answer));
  }

  /** The worker has failed for good. */
  #end(how: string, reason?: unknown): void {
    const asked = this.#settle();
    const hasEnded = this.#ended !== undefined;
    const { who, progressOf, module, signal } = this.#options;
    const doing = asked === undefined
      ? "use"
      : asked.request.kind === "setup"
      ? "set up"
      : asked.request.kind;
    const at = asked === undefined ? "" : progressOf?.(asked.request) ?? "";
    this.#ended ??= reason instanceof Error ? reason : new ContenderError(
      `Cannot ${doing} ${who()}: its worker ${how}${at}`,
    );
    asked?.reject(this.#ended);
    signal?.removeEventListener("abort", this.#abort);
    if (hasEnded) return;
    // One that has not answered, or not what it was asked, is nobody's any more.
    const isIdle = asked === undefined && how === STOPPED;
    if (this.#isSpare && isIdle && keepSpareWorker(module, this.#worker)) {
      return;
    }
    this.#worker.terminate();
  }

  #settle(): Pending<Asked, Answer> | undefined {
    clearTimeout(this.#watchdog);
    const asked = this.#pending;
    this.#pending = undefined;
    return asked;
  }
}

/** Errors of a path that built or moved something wrong. */
const WRONG = ["WrongIoError", "DeviceError"];

/** What an answer says that is not the one that was asked for. */
export function failure(
  who: string,
  answer: Failure | { readonly kind: string },
): Error {
  if (!("message" in answer)) {
    return new ContenderError(`Cannot use ${who}: it answered ${answer.kind}`);
  }
  const { name, message } = answer;
  if (WRONG.includes(name)) return new WrongAnswerError(`${who}: ${message}`);
  // The machine lacks something, the layout is not to blame.
  return name === "NativeEngineError"
    ? new NativeEngineError(message)
    : new ContenderError(`Cannot use ${who}: ${message}`);
}
