/**
 * A few isolates that audit many layouts, one after the other.
 *
 * An isolate of its own for each layout is what timing needs. Counting a small
 * workload does not: modules are loaded and the path is compiled again for each
 * (1.7 s of CPU time for 1024 I/Os of 4 KiB and as many of 128 KiB), which one
 * that has done another layout before does in a third of that.
 */
import type { Contender } from "../contender/contender.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import type { IsolateKey, Isolates } from "./isolates.ts";

/** Whom the exact half of a cell asks about a layout. */
export type Auditor = Pick<Contender, "setup" | "ask" | "bytesPerSegment">;

/** Who carries out what is audited, each one layout's: isolates, or others. */
export interface Auditors {
  /** Gives one; it is in use until `release()`. */
  get(key: IsolateKey): Promise<Auditor>;
  /** Takes it back; kept for the next cell, or not. */
  release(key: IsolateKey, isKept: boolean): Promise<void>;
}

/** Isolates of a run that audit whatever they are asked to. */
export class AuditLanes {
  readonly #keys: IsolateKey[] = [];

  /**
   * Gives isolates, the same as before where they are large enough.
   *
   * @param isolates The isolates of the run.
   * @param want How many, one of the setups, and memory that each may take.
   * @returns Keys to give them back with, and the isolates.
   */
  async take(
    isolates: Isolates,
    want: {
      readonly count: number;
      readonly setup: ContenderSetup;
      readonly sizeBytes: number;
    },
  ): Promise<{ keys: readonly IsolateKey[]; workers: readonly Contender[] }> {
    const { count, setup, sizeBytes } = want;
    for (let lane = 0; lane < count; lane++) {
      const key = this.#keys[lane];
      if (key !== undefined && (key.sizeBytes ?? 0) >= sizeBytes) continue;
      if (key !== undefined) await isolates.release(key, false);
      this.#keys[lane] = { setup, role: `audit ${lane}`, sizeBytes };
    }
    const keys = this.#keys.slice(0, count);
    const workers = await Promise.all(keys.map((key) => isolates.get(key)));
    return { keys, workers };
  }
}

/** Shares isolates between layouts: each request waits for one that is free. */
export class AuditPool {
  readonly #free: Contender[];
  readonly #waiting: ((worker: Contender) => void)[] = [];

  /**
   * Takes isolates, of which nobody else may ask anything meanwhile.
   *
   * @param workers At least one.
   */
  constructor(workers: readonly Contender[]) {
    this.#free = [...workers];
  }

  /**
   * Gives the auditor of a layout. What it is asked must not build on what it
   * was asked before, because another isolate may be the one that answers.
   *
   * @param setup The layout's setup.
   * @returns The auditor; its bytes per segment are known once it has answered.
   */
  auditor(setup: ContenderSetup): Auditor {
    let bytesPerSegment = 0;
    const ask: Contender["ask"] = async (request) => {
      const worker = await this.#take(setup);
      try {
        if (worker.setup !== setup) await worker.become(setup);
        ({ bytesPerSegment } = worker);
        return await worker.ask(request);
      } finally {
        this.#give(worker);
      }
    };
    return {
      setup,
      ask,
      get bytesPerSegment() {
        return bytesPerSegment;
      },
    };
  }

  #take(setup: ContenderSetup): Promise<Contender> | Contender {
    const own = this.#free.findIndex((worker) => worker.setup === setup);
    const [worker] = this.#free.splice(Math.max(0, own), 1);
    return worker ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(worker: Contender): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(worker);
    else next(worker);
  }
}
