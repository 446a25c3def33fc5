/**
 * A few isolates that audit many layouts, one after the other.
 *
 * An isolate of its own for each layout is what timing needs. Counting a small
 * workload does not: modules are loaded and the path is compiled again for each
 * (1.7 s of CPU time for 1024 I/Os of 4 KiB and as many of 128 KiB), which one
 * that has done another layout before does in a third of that.
 */
import type { Contender } from "../contender/contender.ts";
import type {
  ContenderRequest,
  ContenderSetup,
} from "../contender/contender_protocol.ts";
import { askInOrder, type Auditor, type AuditRequest } from "./examination.ts";
import type { IsolateKey, Isolates } from "./isolates.ts";
import { type AuditWarmUp, warmUpWorker } from "./warm_up.ts";

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
   * Gives isolates, the same as before as long as there is room for them.
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
      // One that is compiled is worth more than the memory that it has had.
      const larger = { setup: key?.setup ?? setup, role: `audit ${lane}` };
      this.#keys[lane] = { ...larger, sizeBytes };
    }
    for (const key of this.#keys.slice(0, count)) await isolates.grow(key);
    const keys = this.#keys.slice(0, count);
    const workers = await Promise.all(keys.map((key) => isolates.get(key)));
    return { keys, workers };
  }
}

/** Isolates that share what they are asked between them. */
class SharedWorkers {
  readonly #free: Contender[];
  readonly #waiting: ((worker: Contender) => void)[] = [];

  constructor(workers: readonly Contender[]) {
    this.#free = [...workers];
  }

  /** Works with one that is free, as a layout's. */
  async with<Found>(
    setup: ContenderSetup,
    work: (worker: Contender) => Promise<Found>,
  ): Promise<Found> {
    const worker = await this.#take(setup);
    try {
      if (worker.setup !== setup) await worker.become(setup);
      return await work(worker);
    } finally {
      this.#give(worker);
    }
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

/**
 * Shares isolates between layouts: each request waits for one that is free.
 *
 * Where there are several, half of them trace and do nothing else. A path whose
 * accesses go to a tracer and one whose go to memory are the same functions:
 * where V8 has seen both, it calls each access of either, and carrying out an
 * I/O of 4 KiB takes 5.5 us instead of 1.2.
 */
export class AuditPool {
  readonly #workers: readonly Contender[];
  readonly #auditing: SharedWorkers;
  readonly #tracing: SharedWorkers;
  /** How many of the isolates trace and do nothing else: the last ones. */
  readonly #tracers: number;

  /**
   * Takes isolates, of which nobody else may ask anything meanwhile.
   *
   * @param workers At least one.
   * @param traces Whether anything will be traced; true if absent.
   */
  constructor(workers: readonly Contender[], traces = true) {
    const tracing = traces ? workers.length >> 1 : 0;
    this.#workers = workers;
    this.#tracers = tracing;
    this.#auditing = new SharedWorkers(
      workers.slice(0, workers.length - tracing),
    );
    this.#tracing = tracing === 0
      ? this.#auditing
      : new SharedWorkers(workers.slice(workers.length - tracing));
  }

  /**
   * Has each isolate carry out a few I/Os as several layouts, before it is asked
   * for anything: `warm_up.ts` says why.
   *
   * @param warmUp The layouts and the I/Os.
   */
  async warmUp(warmUp: AuditWarmUp): Promise<void> {
    const auditors = this.#workers.length - this.#tracers;
    await Promise.all(
      this.#workers.map((worker, at) =>
        warmUpWorker(worker, warmUp, {
          audits: at < auditors,
          traces: at >= auditors,
        })
      ),
    );
  }

  /**
   * Gives the auditor of a layout. What it is asked by itself must not build on
   * what it was asked before, because another isolate may be the one that
   * answers.
   *
   * @param setup The layout's setup.
   * @returns The auditor; its bytes per segment are known once it has answered.
   */
  auditor(setup: ContenderSetup): Auditor {
    let bytesPerSegment = 0;
    const workersFor = (kind: ContenderRequest["kind"]) =>
      kind === "trace" ? this.#tracing : this.#auditing;
    const ask: Contender["ask"] = (request) =>
      workersFor(request.kind).with(setup, (worker) => {
        ({ bytesPerSegment } = worker);
        return worker.ask(request);
      });
    const audit = (requests: readonly AuditRequest[]) =>
      this.#auditing.with(setup, (worker) => {
        ({ bytesPerSegment } = worker);
        return askInOrder(worker, requests);
      });
    return {
      setup,
      ask,
      examine: async ({ audits, trace }) => {
        const [audited, traced] = await Promise.allSettled([
          audit(audits),
          trace && ask(trace),
        ]);
        // What was built wrongly says more than what its trace stumbled over.
        if (audited.status === "rejected") throw audited.reason;
        if (traced.status === "rejected") throw traced.reason;
        return {
          audits: audited.value,
          trace: traced.value,
        };
      },
      get bytesPerSegment() {
        return bytesPerSegment;
      },
    };
  }
}
