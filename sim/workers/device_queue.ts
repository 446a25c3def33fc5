/**
 * The device's side of a queue pair: takes the commands up to the tail
 * doorbell, has each executed, and completes it with an entry whose phase bit
 * is written last.
 */
import { DEVICE_STATE, type QueueWords } from "./queue_words.ts";
import type { SharedWords } from "../memory/shared_words.ts";

/** Runs the command at a word of the memory; returns its status. */
export type CarryOut = (entry: number) => number;

/** The device's side. */
export interface DeviceQueue {
  /** Takes and completes what is there; how many commands that were. */
  readonly process: () => number;
  readonly hasCommand: () => boolean;
  /** How often this many commands were taken at once. */
  readonly batches: Int32Array;
}

/** How a device lets commands gather before it fetches them. */
export interface Gathering {
  /** So many are fetched at once. */
  readonly commands: number;
  /** Of fewer it waits once, for so many `Atomics.pause()` of some 35 ns. */
  readonly pauses: number;
}

/** What a device's side is made with. */
export interface DeviceQueueOptions {
  /** Number of the queue, for its completions; from 1, 0 is the admin queue. */
  readonly queueId: number;
  readonly carryOut: CarryOut;
  /** Called after completions were published. */
  readonly wakeHost: () => void;
  /** Whether commands gather first; default: it takes what is there. */
  readonly gathering?: Gathering | undefined;
}

/**
 * Makes the device's side.
 *
 * @param queue Where the queue is; `resetQueueWords` was called for it.
 */
export function createDeviceQueue(
  words: SharedWords,
  queue: QueueWords,
  options: DeviceQueueOptions,
): DeviceQueue {
  const { read, write, load, store } = words;
  const { submission, submissionWords, completion, completionWords } = queue;
  const { entries, tailDoorbell } = queue;
  const { carryOut, wakeHost, gathering } = options;
  const least = gathering?.commands ?? 0;
  const pauses = gathering?.pauses ?? 0;
  const mask = entries - 1;
  const queueId = options.queueId << 16;
  const headAt = queue.device + DEVICE_STATE.head;
  const tailAt = queue.device + DEVICE_STATE.tail;
  const phaseAt = queue.device + DEVICE_STATE.phase;
  const batches = new Int32Array(entries + 1);
  const commandIds = new Int32Array(entries);

  /** The command id is the upper half of the first word. */
  const idAt = (entry: number): number => read(entry) >>> 16;
  const process = (): number => {
    let end = load(tailDoorbell);
    let head = read(headAt);
    if (head === end) return 0;
    let tail = read(tailAt);
    let phase = read(phaseAt);
    if (((end - head) & mask) < least) {
      // No look at the doorbell meanwhile: each would take its line away from
      // the host, which would wait for it at its next command.
      for (let i = 0; i < pauses; i++) Atomics.pause();
      end = load(tailDoorbell);
    }
    const count = (end - head) & mask;
    batches[count] = (batches[count] as number) + 1;
    // From the last entry down. Going up, the prefetcher of this CPU fetches
    // entries far behind the tail, and the host, which has asked for those
    // lines to write them, has to wait for each again (bench/HOT_PATH.md).
    for (let i = count - 1; i > 0; i--) {
      commandIds[i] = idAt(submission + ((head + i) & mask) * submissionWords);
    }
    // Nobody looks at an entry before the one in front of it: the phase of the
    // first publishes all of them, with one atomic store.
    let firstAt = 0;
    let firstWord = 0;
    for (let i = 0; i < count; i++) {
      const entry = submission + head * submissionWords;
      const status = carryOut(entry);
      const commandId = i === 0 ? idAt(entry) : commandIds[i] as number;
      head = (head + 1) & mask;
      const done = completion + tail * completionWords;
      const last = done + completionWords - 1;
      write(done, 0);
      write(last - 1, head | queueId);
      const word = commandId | (status << 1 | phase) << 16;
      if (firstAt === 0) {
        firstAt = last;
        firstWord = word;
      } else write(last, word);
      tail++;
      if (tail === entries) {
        tail = 0;
        phase ^= 1;
      }
    }
    store(firstAt, firstWord);
    write(headAt, head);
    write(tailAt, tail);
    write(phaseAt, phase);
    wakeHost();
    return count;
  };
  return {
    process,
    hasCommand: () => load(tailDoorbell) !== read(headAt),
    batches,
  };
}
