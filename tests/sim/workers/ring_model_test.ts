/**
 * The ring protocol in all interleavings: the code of host_queue.ts,
 * device_queue.ts and bell.ts on queues of 2 and 4 entries, and what the model
 * says when that protocol is broken.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRinger, createSleeper } from "../../../sim/workers/bell.ts";
import { createDeviceQueue } from "../../../sim/workers/device_queue.ts";
import { createHostQueue } from "../../../sim/workers/host_queue.ts";
import {
  COMPLETER_STATE,
  type QueueWords,
  resetQueueWords,
} from "../../../sim/workers/queue_words.ts";
import type { SharedWords } from "../../../sim/memory/shared_words.ts";
import { type Exploration, explore, type Process } from "./explore.ts";
import { smallQueue } from "./small_queue.ts";

const HOST_BELL = 0;
const DEVICE_BELL = 1;
/** The host's own memory: one command of two words. */
const COMMAND = 2;
/** Commands that the device has done, where the model sees it at once. */
const DONE = 5;
/** 0, or what went wrong. */
const WRONG = 6;
const FIRST = 7;
const COMPLAINTS = [
  null,
  "the device took a command that is not the next one",
  "the device took a torn command",
  "the host was told of a command that is not the next one",
  "a command was completed that was not carried out",
];

interface Case {
  readonly entries: number;
  readonly items: number;
  /** Commands in flight at most: the tags. */
  readonly tags: number;
  /** Commands that one doorbell publishes. */
  readonly batch?: number;
  /** Entries that the host asks for ahead. */
  readonly claimedEntries?: number;
  /** Commands that the device lets gather. */
  readonly gathered?: number;
  /** Changes the words that the host works with, to break the protocol. */
  readonly breakHost?: (words: SharedWords, queue: QueueWords) => SharedWords;
  /** The same for the device. */
  readonly breakDevice?: (words: SharedWords, queue: QueueWords) => SharedWords;
  /** Whether sleepers look for work once more before they sleep. */
  readonly sleepsAtOnce?: boolean;
}

interface HostLocal {
  readonly submitted: number;
  readonly completed: number;
  readonly waits: boolean;
}

function run(options: Case): Exploration {
  const { entries, items, tags, batch = 1, sleepsAtOnce = false } = options;
  const queue = smallQueue(FIRST, entries);
  const same = (words: SharedWords) => words;
  const { breakHost = same, breakDevice = same } = options;
  const { claimedEntries, gathered } = options;
  const sleep = (
    words: SharedWords,
    bell: number,
    hasWork: () => boolean,
  ): void =>
    createSleeper(words, bell, {
      hasWork: sleepsAtOnce ? () => false : hasWork,
      spins: 0,
    }).await();

  const host: Process<HostLocal> = {
    name: "host",
    start: { submitted: 0, completed: 0, waits: false },
    ended: ({ completed }) => completed === items,
    operate: (given, local) => {
      const words = breakHost(given, queue);
      const { submitted, completed } = local;
      const made = createHostQueue(
        words,
        queue,
        createRinger(words, DEVICE_BELL),
        { claimedEntries },
      );
      if (local.waits) {
        sleep(words, HOST_BELL, made.hasCompletion);
        return { ...local, waits: false };
      }
      const count = Math.min(batch, items - submitted);
      if (count > 0 && submitted - completed + count <= tags) {
        for (let id = submitted; id < submitted + count; id++) {
          words.write(COMMAND, id << 16);
          words.write(COMMAND + 1, id + 1);
          made.push(COMMAND);
        }
        made.ring();
        return { ...local, submitted: submitted + count };
      }
      const id = made.reap();
      if (id < 0) return { ...local, waits: true };
      if (id !== completed) words.write(WRONG, 3);
      else if (words.read(DONE) <= id) words.write(WRONG, 4);
      return { ...local, completed: completed + 1 };
    },
  };
  const device: Process<{ readonly waits: boolean }> = {
    name: "device",
    start: { waits: false },
    ended: () => false,
    serves: true,
    operate: (given, local) => {
      const words = breakDevice(given, queue);
      const made = createDeviceQueue(words, queue, {
        queueId: 1,
        carryOut: (entry) => {
          const done = words.read(DONE);
          const id = words.read(entry) >>> 16;
          if (id !== done) words.write(WRONG, 1);
          else if (words.read(entry + 1) !== id + 1) words.write(WRONG, 2);
          words.write(DONE, done + 1);
          return 0;
        },
        wakeHost: createRinger(words, HOST_BELL),
        gathering: gathered === undefined
          ? undefined
          : { commands: gathered, pauses: 0 },
      });
      if (local.waits) {
        sleep(words, DEVICE_BELL, made.hasCommand);
        return { waits: false };
      }
      return { waits: made.process() === 0 };
    },
  };
  const initial = new Int32Array(queue.end);
  resetQueueWords(plainWords(initial), queue);
  return explore({
    initial,
    isPrivate: (word) =>
      word >= queue.host || (word >= COMMAND && word < FIRST),
    processes: [host, device],
    check: (memory, ended) => {
      const complaint = COMPLAINTS[memory[WRONG] as number] ?? null;
      if (complaint !== null || !ended) return complaint;
      return memory[DONE] === items ? null : `${memory[DONE]} were done`;
    },
  });
}

/** Words of one thread, for setting up. */
function plainWords(memory: Int32Array): Pick<SharedWords, "write"> {
  return { write: (word, value) => memory[word] = value };
}

Deno.test("rings lose, repeat and overwrite nothing, and wake who sleeps", () => {
  for (
    const options of [
      { entries: 2, items: 5, tags: 1 },
      { entries: 4, items: 4, tags: 2 },
      { entries: 4, items: 6, tags: 3 },
      { entries: 4, items: 6, tags: 2, batch: 2 },
      { entries: 4, items: 6, tags: 3, batch: 3 },
      // With lines asked for ahead, as many as are free and fewer.
      { entries: 4, items: 5, tags: 2, claimedEntries: 1 },
      { entries: 4, items: 6, tags: 3, claimedEntries: 2 },
      { entries: 4, items: 6, tags: 3, batch: 3, claimedEntries: 4 },
      // With a device that lets commands gather.
      { entries: 4, items: 6, tags: 3, gathered: 2 },
      { entries: 4, items: 6, tags: 3, gathered: 3, claimedEntries: 2 },
    ]
  ) {
    const { failure, states } = run(options);
    assertEquals(failure, null, JSON.stringify(options));
    // The rings go round, and there is something to interleave.
    assert(states > 500, `${states} states of ${JSON.stringify(options)}`);
  }
});

Deno.test("the model finds a ring with as many tags as entries", () => {
  // Tail meets head: a full ring looks like an empty one.
  const { failure } = run({ entries: 4, items: 5, tags: 4, batch: 4 });
  assertMatch(failure ?? "", /everybody sleeps/);
});

Deno.test("the model finds a ring that more commands than entries overwrite", () => {
  const { failure } = run({ entries: 2, items: 5, tags: 3 });
  assertMatch(failure ?? "", /took|told|sleeps/);
});

Deno.test("the model finds entries asked for that the device has not fetched", () => {
  const { failure } = run({
    entries: 4,
    items: 5,
    tags: 3,
    claimedEntries: 2,
    breakHost: (words, { completer, host }) => ({
      ...words,
      // As if all that was submitted had been fetched.
      read: (word) =>
        words.read(word === completer + COMPLETER_STATE.fetched ? host : word),
    }),
  });
  assertMatch(failure ?? "", /not the next one|torn/);
});

Deno.test("the model finds a device that waits until commands have gathered", () => {
  const { failure } = run({
    entries: 4,
    items: 5,
    tags: 3,
    gathered: 2,
    breakDevice: (words, { tailDoorbell, device }) => ({
      ...words,
      // It sees no command that is alone.
      load: (word) => {
        const value = words.load(word);
        if (word !== tailDoorbell) return value;
        const head = words.read(device);
        return ((value - head) & 3) < 2 ? head : value;
      },
    }),
  });
  assertMatch(failure ?? "", /everybody sleeps/);
});

Deno.test("the model finds a doorbell that rings before the command is there", () => {
  const { failure } = run({
    entries: 4,
    items: 3,
    tags: 2,
    breakHost: (words, { tailDoorbell, submission, host }) => ({
      ...words,
      write: (word, value) => {
        const slot = (word - submission) / 2;
        if (slot === words.read(host)) {
          words.store(tailDoorbell, (slot + 1) & 3);
        }
        words.write(word, value);
      },
    }),
  });
  assertMatch(failure ?? "", /not the next one|torn/);
});

Deno.test("the model finds a completion whose phase is written first", () => {
  const { failure } = run({
    entries: 4,
    items: 3,
    tags: 2,
    breakDevice: (words, { submission, completion }) => ({
      ...words,
      // The phase bit of the first completion, while its command is read.
      read: (word) => {
        if (word === submission) {
          words.store(completion + 1, words.load(completion + 1) | 1 << 16);
        }
        return words.read(word);
      },
    }),
  });
  assertMatch(failure ?? "", /not carried out|not the next one/);
});

Deno.test("the model finds the wake-up that is lost by sleeping at once", () => {
  const { failure } = run({
    entries: 4,
    items: 3,
    tags: 2,
    sleepsAtOnce: true,
  });
  assertMatch(failure ?? "", /everybody sleeps/);
});

Deno.test("the model finds the wake-up that is lost by ringing first", () => {
  const { failure } = run({
    entries: 4,
    items: 3,
    tags: 2,
    breakHost: (words, { tailDoorbell }) => {
      let late: number | null = null;
      return {
        ...words,
        // The doorbell's store comes after the look at the bell.
        store: (word, value) => {
          if (word === tailDoorbell) late = value;
          else words.store(word, value);
        },
        load: (word) => {
          const value = words.load(word);
          if (word === DEVICE_BELL && late !== null) {
            words.store(tailDoorbell, late);
          }
          return value;
        },
      };
    },
  });
  assertMatch(failure ?? "", /everybody sleeps/);
});
