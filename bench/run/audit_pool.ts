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

/** Who runs the audits, one layout each: isolates, or others. */
export interface Auditors {
  /** Returns one; it is in use until `release()`. */
  get(key: IsolateKey): Promise<Auditor>;
  /** Takes it back; kept for the next cell, or not. */
  release(key: IsolateKey, isKept: boolean): Promise<void>;
}

/** The isolates that are wanted of a run's. */
export interface WantedLanes {
  /** How many. */
  readonly count: number;
  readonly setup: ContenderSetup;
  /** Memory that each may take. */
  readonly sizeBytes: number;
  /** Memory that each may take for a later cell; default: no more. */
  readonly laterBytes?: number | undefined;
  /** Whether anything will be traced; default: true. */
  readonly traces?: boolean;
}

/** Isolates that a cell has, or two of them that follow each other. */
export interface TakenLanes {
  readonly pool: AuditPool;
  /** Gives them back; kept for the next cell, or not. */
  readonly release: (isKept: boolean) => Promise<void>;
}

/** Lanes that are in use. */
interface UsedLanes {
  readonly want: WantedLanes;
  readonly pool: AuditPool;
  readonly keys: readonly IsolateKey[];
  readonly released: PromiseWithResolvers<void>;
  /** Cells that have them. */
  users: number;
}

/** Isolates of a run that audit whatever they are asked to. */
export class AuditLanes {
  readonly #keys: IsolateKey[] = [];
  #used: UsedLanes | undefined;

  /**
   * Returns isolates, the same as before as long as there is room for them. A
   * cell that wants what another one has gets the same pool, and is answered
   * after it; one that wants others waits until they are given back.
   *
   * @param isolates The isolates of the run.
   * @param want How many, for what, and how large.
   */
  async take(isolates: Isolates, want: WantedLanes): Promise<TakenLanes> {
    while (this.#used !== undefined && !isEnough(this.#used.want, want)) {
      await this.#used.released.promise;
    }
    const used = this.#used ?? await this.#open(isolates, want);
    used.users++;
    return {
      pool: used.pool,
      release: async (isKept) => {
        if (--used.users > 0) return;
        this.#used = undefined;
        for (const key of used.keys) await isolates.release(key, isKept);
        used.released.resolve();
      },
    };
  }

  async #open(isolates: Isolates, want: WantedLanes): Promise<UsedLanes> {
    const { keys, workers } = await this.#start(isolates, want);
    return this.#used = {
      want,
      keys,
      pool: new AuditPool(workers, want.traces),
      released: Promise.withResolvers<void>(),
      users: 0,
    };
  }

  async #start(
    isolates: Isolates,
    want: WantedLanes,
  ): Promise<{ keys: readonly IsolateKey[]; workers: readonly Contender[] }> {
    const { count, setup } = want;
    const sizeBytes = mostBytes(want);
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

/** Memory that an isolate may take, for this cell and later ones. */
function mostBytes({ sizeBytes, laterBytes = 0 }: WantedLanes): number {
  return Math.max(sizeBytes, laterBytes);
}

/** Whether lanes that were wanted so are those that are wanted now. */
function isEnough(had: WantedLanes, want: WantedLanes): boolean {
  return had.count === want.count && had.traces === want.traces &&
    mostBytes(had) >= want.sizeBytes;
}

/** Isolates that share what they are asked between them. */
class SharedWorkers {
  /** Called when one is free and nobody waits for it. */
  onFree: (() => void) | undefined;
  readonly #free: Contender[];
  readonly #waiting: ((worker: Contender) => void)[] = [];

  constructor(workers: readonly Contender[]) {
    this.#free = [...workers];
  }

  get isFree(): boolean {
    return this.#free.length > 0;
  }

  /** Works with one that is free, as a layout's. */
  async with<Found>(
    setup: ContenderSetup,
    work: (worker: Contender) => Promise<Found>,
  ): Promise<Found> {
    return await this.use(async (worker) => {
      if (worker.setup !== setup) await worker.become(setup);
      return await work(worker);
    }, setup);
  }

  /** Works with one that is free, if possible one that is a layout's already. */
  async use<Found>(
    work: (worker: Contender) => Promise<Found>,
    setup?: ContenderSetup,
  ): Promise<Found> {
    const worker = await this.#take(setup);
    try {
      return await work(worker);
    } finally {
      this.#give(worker);
    }
  }

  #take(setup: ContenderSetup | undefined): Promise<Contender> | Contender {
    const own = this.#free.findIndex((worker) => worker.setup === setup);
    const [worker] = this.#free.splice(Math.max(0, own), 1);
    return worker ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(worker: Contender): void {
    const next = this.#waiting.shift();
    if (next !== undefined) return next(worker);
    this.#free.push(worker);
    this.onFree?.();
  }
}

/**
 * Shares isolates between layouts: each request waits for one that is free.
 *
 * Where there are several, half of them trace and do nothing else. A path whose
 * accesses go to a tracer and one whose go to memory are the same functions:
 * where V8 has seen both, each access of either is a call, and a 4 KiB I/O
 * takes 5.5 us instead of 1.2.
 */
export class AuditPool {
  readonly #auditing: SharedWorkers;
  readonly #tracing: SharedWorkers;
  /** How many of the isolates audit, and how many trace. */
  readonly #counts: { readonly auditing: number; readonly tracing: number };

  /**
   * Takes isolates; nobody else may ask them anything meanwhile.
   *
   * @param workers At least one.
   * @param traces Whether anything will be traced; true if absent.
   */
  constructor(workers: readonly Contender[], traces = true) {
    const tracing = traces ? workers.length >> 1 : 0;
    this.#counts = { auditing: workers.length - tracing, tracing };
    this.#auditing = new SharedWorkers(
      workers.slice(0, workers.length - tracing),
    );
    this.#tracing = tracing === 0
      ? this.#auditing
      : new SharedWorkers(workers.slice(workers.length - tracing));
  }

  /**
   * Has isolates run a few I/Os as several layouts, each when it is free and
   * before any later request: `warm_up.ts` says why.
   *
   * @param warmUp The layouts and the I/Os.
   */
  async warmUp(warmUp: AuditWarmUp): Promise<void> {
    const { auditing, tracing } = this.#counts;
    const each = (count: number, workers: SharedWorkers, traces: boolean) =>
      Array.from(
        { length: count },
        () =>
          workers.use((worker) =>
            warmUpWorker(worker, warmUp, { audits: !traces, traces })
          ),
      );
    await Promise.all([
      ...each(auditing, this.#auditing, false),
      ...each(tracing, this.#tracing, true),
    ]);
  }

  /**
   * Tells once when an isolate has nothing to do, now or later.
   *
   * @param tell Called with progress, instead of any earlier callback.
   */
  whenFree(tell: () => void): void {
    const lanes = [this.#auditing, this.#tracing];
    const told = () => {
      for (const lane of lanes) lane.onFree = undefined;
      tell();
    };
    if (lanes.some(({ isFree }) => isFree)) return told();
    for (const lane of lanes) lane.onFree = told;
  }

  /**
   * Returns the auditor of a layout. What it is asked by itself must not build
   * on what it was asked before, because another isolate may be the one that
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
