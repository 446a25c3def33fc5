/**
 * The main thread's handle on one worker of a group: asks, waits, and
 * distinguishes a worker that failed or hangs from one that answered.
 */
import { WrongAnswerError } from "../shell/context.ts";
import { ContenderError, WATCHDOG_MS } from "../contender/contender.ts";
import {
  keepSpareWorker,
  takeSpareWorker,
} from "../contender/spare_workers.ts";
import type { Failure } from "./group_protocol.ts";

interface Request {
  readonly kind: string;
}

export interface MemberOptions {
  /** For messages: "submitter 1 of layout ...". */
  readonly who: string;
  readonly module: URL;
  /** Longest wait for an answer in ms; default: 120 s. */
  readonly timeoutMs?: number | undefined;
  /**
   * Whether another group may have used the worker, or use it: never a timed
   * one.
   */
  readonly isSpare?: boolean | undefined;
}

export class Member<
  Asked extends Request,
  Answer extends { readonly kind: string },
> {
  readonly #worker: Worker;
  readonly #module: URL;
  /** Whether another group may have the worker, as far as is known. */
  #isSpare: boolean;
  #isStopped = false;
  readonly #who: string;
  readonly #timeoutMs: number;
  /** Rejects what the worker was asked and has not answered. */
  #fail: (how: string) => void = () => {};

  constructor(options: MemberOptions) {
    this.#who = options.who;
    this.#timeoutMs = options.timeoutMs ?? WATCHDOG_MS;
    this.#module = options.module;
    this.#isSpare = options.isSpare === true;
    this.#worker = (this.#isSpare ? takeSpareWorker(options.module) : null) ??
      new Worker(options.module, { type: "module", name: options.who });
    this.#worker.onerror = (event) => event.preventDefault();
  }

  /**
   * Asks the worker something.
   *
   * @throws {WrongAnswerError} If the path gave a wrong answer.
   * @throws {ContenderError} If the worker failed, ended or hangs.
   */
  ask<Kind extends Asked["kind"]>(
    request: Extract<Asked, { kind: Kind }>,
  ): Promise<Extract<Answer, { kind: Kind }>> {
    if (this.#isStopped) {
      return Promise.reject(
        new ContenderError(
          `Cannot ${request.kind} ${this.#who}: it was stopped`,
        ),
      );
    }
    const worker = this.#worker;
    const isSpare = this.#isSpare;
    // One that has not answered, or not what it was asked, is nobody's any more.
    this.#isSpare = false;
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(watchdog);
        this.#fail = () => {};
        worker.onmessage = null;
        worker.onerror = (event) => event.preventDefault();
      };
      const fail = (how: string) => {
        settle();
        reject(
          new ContenderError(`Cannot ${request.kind} ${this.#who}: ${how}`),
        );
      };
      this.#fail = fail;
      const watchdog = setTimeout(
        () =>
          fail(
            `it gave no answer for ${this.#timeoutMs / 1000} s, expected one`,
          ),
        this.#timeoutMs,
      );
      worker.onmessage = ({ data }: MessageEvent<Answer | Failure>) => {
        settle();
        if (data.kind === request.kind) {
          this.#isSpare = isSpare;
          resolve(data as Extract<Answer, { kind: Kind }>);
        } else reject(failure(this.#who, data));
      };
      worker.onerror = (event) => {
        // Without this, Deno would end the whole process with a stack trace.
        event.preventDefault();
        fail(`it ended: ${event.message}`);
      };
      worker.postMessage(request);
    });
  }

  /** Ends the worker; what it was asked is rejected. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const isKept = this.#isSpare && keepSpareWorker(this.#module, this.#worker);
    if (!isKept) this.#worker.terminate();
    this.#fail("it was stopped");
  }
}

/** Errors of a path that built or moved something wrong. */
const WRONG = ["WrongIoError", "DeviceError"];

function failure(who: string, answer: { readonly kind: string }): Error {
  if (answer.kind !== "failure") {
    return new ContenderError(`Cannot use ${who}: it answered ${answer.kind}`);
  }
  const { name, message } = answer as Failure;
  return WRONG.includes(name)
    ? new WrongAnswerError(`${who}: ${message}`)
    : new ContenderError(`Cannot use ${who}: ${message}`);
}
