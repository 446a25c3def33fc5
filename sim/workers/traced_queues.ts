/**
 * Hardware queues that are separate from their submitters, in a group that is
 * traced in one thread: the very code that workers run, over words that report
 * each access and who made it. Nobody sleeps: a waiter has the device and the
 * interrupt's CPU do their part.
 */
import type { MemoryView } from "../../layouts/word.ts";
import { CLEARED_AT } from "../block/tag_words.ts";
import { nvmeQueueSettings } from "../block/queue_settings.ts";
import { pathProfile } from "../kernel/profile.ts";
import { type KernelStructs, kernelStructs } from "../kernel/path_structs.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { RegionIndex, type RegionPart } from "../memory/region_index.ts";
import { type SharedWords, sharedWords } from "../memory/shared_words.ts";
import { RING_ENTRIES } from "../path/path.ts";
import type { TracedPathOptions } from "../replay/traced_path.ts";
import type { AtomicCost } from "./atomic_costs.ts";
import { createDeviceQueue } from "./device_queue.ts";
import {
  hardwareQueueBytes,
  type HardwareQueueSize,
  layOutHardwareQueue,
  REQUEST_STATE,
  resetHardwareQueue,
} from "./hardware_queue_words.ts";
import type { LineSharing } from "./line_sharing.ts";
import { COMPLETER_STATE } from "./queue_words.ts";
import { createSharedQueue, type SharedQueue } from "./shared_queue.ts";

/** Which hardware queues there are, and who takes their interrupts. */
export interface TracedQueueMap {
  /** Submitters by hardware queue. */
  readonly submitters: readonly (readonly number[])[];
  /** The submitter that the interrupt of each comes to. */
  readonly interrupts: readonly number[];
}

/** What records which lines are touched. */
interface Telling {
  readonly lines: LineSharing;
  readonly names: readonly string[];
  readonly memory: KernelMemory;
  readonly parts: readonly RegionPart[];
  /** Distance of arenas, and the first that is free. */
  readonly arenaBytes: number;
  readonly firstArena: number;
}

interface Queue {
  readonly plain: SharedWords;
  readonly at: ReturnType<typeof layOutHardwareQueue>["at"];
  readonly index: RegionIndex;
  readonly submitters: readonly number[];
  readonly device: () => void;
}

/** Hardware queues that report their accesses. */
export class TracedQueues {
  /** Structures that are in them. */
  readonly structures: readonly string[];
  readonly #map: TracedQueueMap;
  readonly #queues: readonly Queue[];
  readonly #ends = new Map<number, SharedQueue>();
  readonly #bells = sharedWords(new SharedArrayBuffer(4));
  readonly #structs: KernelStructs;
  readonly #atomics = new Map<string, AtomicCost>();
  #telling: Telling | undefined;
  #isOn = false;
  #flush: () => void = () => {};

  /**
   * Makes the queues, all of them empty.
   *
   * @param map Which queues, and whose.
   */
  constructor(
    map: TracedQueueMap,
    options: TracedPathOptions & { devices: number; workers: number },
  ) {
    const { abi, kernel, settings = {}, devices, workers } = options;
    this.#map = map;
    this.#structs = kernelStructs(kernel, abi, options.ownKernel);
    const names = new Set<string>();
    this.#queues = map.submitters.map((submitters, id) => {
      const size: HardwareQueueSize = {
        abi,
        entries: RING_ENTRIES,
        tags: nvmeQueueSettings(settings, pathProfile(kernel)).tags,
        submitters: submitters.length,
      };
      const buffer = new SharedArrayBuffer(hardwareQueueBytes(size));
      const { memory, at } = layOutHardwareQueue(buffer, size);
      const plain = sharedWords(buffer);
      resetHardwareQueue(plain, at);
      const index = new RegionIndex(memory.regions);
      for (const name of index.structures) names.add(name);
      const { process } = createDeviceQueue(
        this.#told(id, workers + id % devices, { plain, at, index }),
        at.rings,
        { queueId: id + 1, carryOut: () => 0, wakeHost: () => {} },
      );
      return { plain, at, index, submitters, device: () => process() };
    });
    this.structures = [...names];
  }

  /** Returns what a submitter's path is put together from. */
  ports(worker: number): Pick<TracedPathOptions, "queue" | "device" | "hooks"> {
    const { submitters, interrupts } = this.#map;
    const id = this.#queueOf(worker);
    const view = (queue: number) => {
      const { plain, at, index, submitters } = this.#queues[queue] as Queue;
      return {
        words: this.#told(queue, worker, { plain, at, index }),
        at,
        submitters,
      };
    };
    const own = view(id);
    const made = (memory: KernelMemory): SharedQueue => {
      const known = this.#ends.get(worker);
      if (known !== undefined) return known;
      const end = createSharedQueue(memory, RING_ENTRIES, {
        bells: { ...this.#bells, wait: () => {} },
        ...{ hostBell: 0, deviceBell: 0, spins: 0, worker, own },
        interrupts: submitters.flatMap((_, queue) =>
          interrupts[queue] !== worker ? [] : [queue === id ? own : view(queue)]
        ),
        submitterBell: () => 0,
        isStopped: () => false,
        source: viewWords(memory.view),
      });
      this.#ends.set(worker, end);
      return end;
    };
    const process = () => {
      this.#queues[id]?.device();
      this.#ends.get(interrupts[id] ?? worker)?.device.process();
    };
    return {
      queue: (memory) => made(memory).queue,
      device: () => ({ process }),
      hooks: { tags: (memory, depth) => made(memory).tags(memory, depth) },
    };
  }

  /**
   * Begins once a submitter's path has been made.
   *
   * @param telling What records the lines; that of the first call is kept.
   */
  begin(telling: Telling): void {
    this.#telling ??= telling;
  }

  /**
   * Sets which path works now: its accesses are reported before those to a
   * queue.
   *
   * @param flush Tells what that path has recorded.
   */
  follow(flush: () => void): void {
    this.#flush = flush;
  }

  /** Tells from now on, or no longer. */
  record(on: boolean): void {
    this.#isOn = on;
  }

  /** Returns the arena in which the requests of a submitter's queue are. */
  arenaOfRequests(worker: number): number {
    return (this.#telling?.firstArena ?? 0) + 2 * this.#queueOf(worker);
  }

  /** Returns the atomic operations that were done on the queues' own words. */
  costs(): AtomicCost[] {
    return [...this.#atomics.values()];
  }

  /** Number of the queue that a submitter uses. */
  #queueOf(worker: number): number {
    return this.#map.submitters.findIndex((group) => group.includes(worker));
  }

  /** Words of a queue for one who uses it. */
  #told(
    id: number,
    who: number,
    { plain, at, index }: Pick<Queue, "plain" | "at" | "index">,
  ): SharedWords {
    const { fetched } = COMPLETER_STATE;
    const tell = (word: number, isWrite: boolean): void => {
      const telling = this.#telling;
      if (!this.#isOn || telling === undefined) return;
      this.#flush();
      // What the lab counts by: no driver reads it of another CPU.
      if (!isWrite && word === at.rings.completer + fetched) return;
      const { lines, names, arenaBytes } = telling;
      const inRequest = word - at.requests;
      const last = at.done;
      const isRequest = inRequest >= 0 && word < last;
      const structure = index.structures[index.find(word << 2)] ?? "";
      lines.take(who, {
        at: (telling.firstArena + 2 * id + (isRequest ? 0 : 1)) * arenaBytes +
          (isRequest ? this.#placeOf(inRequest, at.requestWords) : word << 2),
        sizeBytes: 4,
        isWrite,
        structure: names.indexOf(structure),
      });
    };
    /** One locked instruction, on a lock or another word. */
    const change = (word: number): void => {
      tell(word, false);
      tell(word, true);
      if (!this.#isOn) return;
      const found = index.structures[index.find(word << 2)] ?? "";
      const isLock = word === at.lock;
      const structure = isLock ? "nvme_queue" : found;
      const offset = index.offsetInObject;
      const field = isLock
        ? "sq_lock"
        : found === "sbitmap_word"
        ? offset < CLEARED_AT ? "word" : "cleared"
        : found === "sbitmap_queue"
        ? "ws_active"
        : "first";
      const key = `${structure}.${field}`;
      const count = (this.#atomics.get(key)?.count ?? 0) + 1;
      const kind = isLock ? "lock" : "atomic";
      this.#atomics.set(key, { structure, field, kind, count });
    };
    return {
      ...plain,
      read: (word) => {
        tell(word, false);
        return plain.read(word);
      },
      write: (word, value) => {
        tell(word, true);
        plain.write(word, value);
      },
      load: (word) => {
        tell(word, false);
        return plain.load(word);
      },
      store: (word, value) => {
        tell(word, true);
        plain.store(word, value);
      },
      exchange: (word, value) => {
        // spin_unlock() is a store.
        if (word === at.lock) tell(word, true);
        else change(word);
        return plain.exchange(word, value);
      },
      compareExchange: (word, expected, value) => {
        change(word);
        return plain.compareExchange(word, expected, value);
      },
      wait: () => {},
      notify: () => {},
    };
  }

  /** Where in its arena the request has what the queue keeps of it. */
  #placeOf(word: number, requestWords: number): number {
    const { memory, parts } = this.#telling as Telling;
    const region = memory.regions.find(({ structure }) =>
      structure === "request"
    );
    const tag = Math.floor(word / requestWords);
    const { request, nvmeIod } = this.#structs;
    const iodAt = parts.find(({ structure }) => structure === "nvme_iod")
      ?.offset ?? 0;
    const offsets: (number | undefined)[] = [];
    // blk_mq_complete_request_remote(), llist_add(), nvme_try_complete_req()
    offsets[REQUEST_STATE.owner] = request.fields["mq_ctx"]?.offsetBytes;
    offsets[REQUEST_STATE.next] = request.fields["hash"]?.offsetBytes;
    offsets[REQUEST_STATE.status] = iodAt +
      (nvmeIod.fields["req.status"]?.offsetBytes ?? 0);
    return (region?.offset ?? 0) + tag * (region?.strideBytes ?? 0) +
      (offsets[word % requestWords] ?? 0);
  }
}

/**
 * Returns the words of a view that one thread uses alone.
 *
 * @param view The view, of a little-endian machine's memory.
 * @returns Its words; nobody sleeps on them.
 */
export function viewWords(view: MemoryView): SharedWords {
  const get = (word: number) => view.getInt32(word << 2, true);
  const set = (word: number, value: number) =>
    view.setInt32(word << 2, value, true);
  return {
    read: get,
    write: set,
    load: get,
    store: set,
    exchange: (word, value) => {
      const before = get(word);
      set(word, value);
      return before;
    },
    compareExchange: (word, expected, value) => {
      const before = get(word);
      if (before === expected) set(word, value);
      return before;
    },
    wait: () => {},
    notify: () => {},
  };
}
