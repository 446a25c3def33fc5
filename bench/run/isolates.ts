/**
 * The isolates of a run: a worker for each birth of each contender, made when
 * it is first asked for and kept for all workloads that follow.
 */
import { Contender } from "../contender.ts";
import type { ContenderSetup } from "../contender_protocol.ts";

/** Which isolate is wanted. */
export interface IsolateKey {
  /** What it is made from. */
  readonly setup: ContenderSetup;
  /** What it is for: isolates of different roles are never the same. */
  readonly role: string;
}

/** Workers by what they are for. */
export class Isolates {
  readonly #workers = new Map<string, Promise<Contender>>();

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
      worker = Contender.start(key.setup);
      this.#workers.set(name, worker);
    }
    return worker;
  }

  /** Ends all isolates. */
  async stop(): Promise<void> {
    for (const [name, worker] of [...this.#workers]) {
      this.#workers.delete(name);
      await worker.then((started) => started.stop(), () => {});
    }
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
