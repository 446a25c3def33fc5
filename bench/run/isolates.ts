/**
 * The isolates of a run: a worker for each build of each contender, made when
 * it is first asked for. It lives until it is given back, and longer if the
 * next cell needs the same one; what nobody uses ends first where memory or
 * descriptors are short.
 */
import { Contender } from "../contender/contender.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { freeDescriptors } from "../machine/free_resources.ts";
import { sortedJson } from "../text/sorted_json.ts";
import {
  DESCRIPTORS_PER_ISOLATE,
  type IsolateRoom,
  NO_LIMIT,
  OTHER_DESCRIPTORS,
} from "./isolate_room.ts";

/** How long a worker may continue with what it does after an interrupt. */
const GRACE_MS = 2000;

/** How often, and how many times, one looks whether descriptors are free. */
const WAIT_MS = 20;
const MOST_WAITS = 1500;

export interface IsolateKey {
  readonly setup: ContenderSetup;
  /** What it is for: isolates of different roles are never the same. */
  readonly role: string;
  /** Memory that it takes at most, about; 0 if absent. */
  readonly sizeBytes?: number;
}

/** How the isolates of a run are watched. */
export interface IsolateOptions {
  /** Longest wait for an answer of a worker in ms; default: 120 s. */
  readonly timeoutMs?: number;
  /** The same for a worker's start. */
  readonly startTimeoutMs?: number;
  /** The workers' module; for tests with workers that misbehave. */
  readonly module?: URL;
  /** Time in ms that a worker has to answer after the interrupt; 2 s. */
  readonly graceMs?: number;
}

export interface RoomedIsolateOptions extends IsolateOptions {
  /** How many may live at once; default: any number. */
  readonly room?: IsolateRoom;
}

interface Isolate {
  readonly worker: Promise<Contender>;
  readonly sizeBytes: number;
  isUsed: boolean;
}

export class Isolates {
  /** In the order in which they were last given back or asked for. */
  readonly #isolates = new Map<string, Isolate>();
  readonly #names = new WeakMap<ContenderSetup, string>();
  /** All setups of a run have the same one, which may hold a whole PCI tree. */
  readonly #machines = new Map<MachineSetup, number>();
  readonly #options: RoomedIsolateOptions;
  readonly #room: IsolateRoom;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #most = 0;
  #starting = 0;

  /**
   * Makes no worker yet.
   *
   * @param signal The interrupt: workers that do not answer soon are ended.
   */
  constructor(options: RoomedIsolateOptions = {}, signal?: AbortSignal) {
    this.#options = options;
    this.#room = options.room ?? NO_LIMIT;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#interrupt);
  }

  /** Isolates that live. */
  get size(): number {
    return this.#isolates.size;
  }

  /** Isolates that lived at once, at most. */
  get most(): number {
    return this.#most;
  }

  /**
   * Returns an isolate, made the first time; it is in use until `release()`.
   *
   * @throws {RangeError} If all that may live at once are in use.
   */
  get(key: IsolateKey): Promise<Contender> {
    const name = this.#nameOf(key);
    let isolate = this.#isolates.get(name);
    if (isolate === undefined) {
      const { sizeBytes = 0 } = key;
      this.#makeRoom(sizeBytes);
      isolate = { worker: this.#start(key), sizeBytes, isUsed: true };
      this.#isolates.set(name, isolate);
      this.#most = Math.max(this.#most, this.#isolates.size);
    }
    isolate.isUsed = true;
    return isolate.worker;
  }

  /**
   * Lets an isolate that nobody uses become larger, as its key says: others that
   * nobody uses end for it, and it ends itself where that is not enough.
   *
   * @param key Which one; nothing happens if it does not live.
   */
  async grow(key: IsolateKey): Promise<void> {
    const name = this.#nameOf(key);
    const isolate = this.#isolates.get(name);
    const { sizeBytes = 0 } = key;
    if (isolate === undefined || isolate.sizeBytes >= sizeBytes) return;
    this.#isolates.delete(name);
    if (this.#freeFor(sizeBytes)) {
      this.#isolates.set(name, { ...isolate, sizeBytes });
    } else await this.#end(name, isolate);
  }

  /**
   * Gives an isolate back.
   *
   * @param key Which one; nothing happens if it does not live.
   * @param isKept Whether it stays for the next cell, as long as there is room
   *   for it, and does not end.
   */
  async release(key: IsolateKey, isKept: boolean): Promise<void> {
    const name = this.#nameOf(key);
    const isolate = this.#isolates.get(name);
    if (isolate === undefined) return;
    if (!isKept) return await this.#end(name, isolate);
    isolate.isUsed = false;
    // The one that was given back last is the last to go.
    this.#isolates.delete(name);
    this.#isolates.set(name, isolate);
  }

  /** Ends all isolates that nobody uses. */
  async endUnused(): Promise<void> {
    for (const [name, isolate] of [...this.#isolates]) {
      if (!isolate.isUsed) await this.#end(name, isolate);
    }
  }

  /** Ends all isolates, whatever they do; none can be made any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener("abort", this.#interrupt);
    this.#ending.abort(this.#signal?.reason);
    for (const [name, isolate] of [...this.#isolates]) {
      await this.#end(name, isolate);
    }
  }

  async #start({ setup, role }: IsolateKey): Promise<Contender> {
    const { timeoutMs, startTimeoutMs, module } = this.#options;
    this.#starting++;
    try {
      await this.#waitForDescriptors();
      return await Contender.start(setup, {
        role,
        isSpare: role.startsWith("audit"),
        signal: this.#ending.signal,
        timeoutMs,
        startTimeoutMs,
        module,
      });
    } finally {
      this.#starting--;
    }
  }

  /**
   * A worker that was ended has its descriptors a little longer, and one that
   * finds none ends the whole process.
   */
  async #waitForDescriptors(): Promise<void> {
    const wanted = OTHER_DESCRIPTORS / 2 +
      DESCRIPTORS_PER_ISOLATE * this.#starting;
    for (let waits = 0; waits < MOST_WAITS; waits++) {
      this.#ending.signal.throwIfAborted();
      if (freeDescriptors(wanted) >= wanted) return;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
    throw new RangeError(
      `Cannot start an isolate: found fewer than ${wanted} descriptors free, ` +
        "expected that many (ulimit -n)",
    );
  }

  async #end(name: string, { worker }: Isolate): Promise<void> {
    this.#isolates.delete(name);
    await worker.then((started) => started.stop(), () => {});
  }

  /** Ends isolates that nobody uses until there is room for one more. */
  #makeRoom(sizeBytes: number): void {
    if (this.#freeFor(sizeBytes)) return;
    // Whoever plans a cell asks the room first.
    throw new RangeError(
      `Cannot start an isolate: found ${this.#isolates.size} in use, ` +
        `expected room for one more (--memory)`,
    );
  }

  /** The same; whether there is room in the end. */
  #freeFor(sizeBytes: number): boolean {
    const { memoryBytes, isolates } = this.#room;
    const lacks = () => {
      let bytes = sizeBytes;
      for (const isolate of this.#isolates.values()) bytes += isolate.sizeBytes;
      return this.#isolates.size >= isolates || bytes > memoryBytes;
    };
    for (const [name, isolate] of [...this.#isolates]) {
      if (!lacks()) break;
      if (!isolate.isUsed) void this.#end(name, isolate);
    }
    return !lacks();
  }

  #nameOf({ setup, role }: IsolateKey): string {
    let name = this.#names.get(setup);
    if (name === undefined) {
      const { machine } = setup;
      const index = this.#machines.get(machine) ?? this.#machines.size;
      this.#machines.set(machine, index);
      name = sortedJson({ ...setup, machine: index });
      this.#names.set(setup, name);
    }
    return `${role}/${name}`;
  }

  readonly #interrupt = () => {
    this.#grace = setTimeout(
      () => this.#ending.abort(this.#signal?.reason),
      this.#options.graceMs ?? GRACE_MS,
    );
  };
}
