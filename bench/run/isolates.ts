/**
 * The isolates of a run: a worker for each birth of each contender, made when
 * it is first asked for and kept for all workloads that follow.
 */
import { Contender } from "../contender.ts";
import type { ContenderSetup } from "../contender_protocol.ts";

/** How long a worker may go on with what it does after an interrupt. */
export const GRACE_MS = 2000;

/** Which isolate is wanted. */
export interface IsolateKey {
  /** What it is made from. */
  readonly setup: ContenderSetup;
  /** What it is for: isolates of different roles are never the same. */
  readonly role: string;
}

/** How the isolates of a run are watched. */
export interface IsolateOptions {
  /** Longest wait for an answer of a worker in ms; 120 s unless told. */
  readonly timeoutMs?: number;
  /** The same for a worker's start. */
  readonly startTimeoutMs?: number;
  /** The workers' module; for tests with workers that misbehave. */
  readonly module?: URL;
  /** Time in ms that a worker has to answer after the interrupt; 2 s. */
  readonly graceMs?: number;
}

/** Workers by what they are for. */
export class Isolates {
  readonly #workers = new Map<string, Promise<Contender>>();
  readonly #options: IsolateOptions;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes no worker yet.
   *
   * @param options How they are watched.
   * @param signal The interrupt: workers that do not answer soon are ended.
   */
  constructor(options: IsolateOptions = {}, signal?: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#interrupt);
  }

  /**
   * Gives an isolate, made anew the first time.
   *
   * @param key Which one.
   * @returns Its handle.
   */
  get(key: IsolateKey): Promise<Contender> {
    const name = `${key.role}/${JSON.stringify(key.setup, bigintAsText)}`;
    let worker = this.#workers.get(name);
    if (worker === undefined) {
      const { timeoutMs, startTimeoutMs, module } = this.#options;
      worker = Contender.start(key.setup, {
        role: key.role,
        signal: this.#ending.signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
        ...(module === undefined ? {} : { module }),
      });
      this.#workers.set(name, worker);
    }
    return worker;
  }

  /** Ends all isolates, whatever they do; none can be made any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener("abort", this.#interrupt);
    this.#ending.abort(this.#signal?.reason);
    for (const [name, worker] of [...this.#workers]) {
      this.#workers.delete(name);
      await worker.then((started) => started.stop(), () => {});
    }
  }

  readonly #interrupt = () => {
    this.#grace = setTimeout(
      () => this.#ending.abort(this.#signal?.reason),
      this.#options.graceMs ?? GRACE_MS,
    );
  };
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
