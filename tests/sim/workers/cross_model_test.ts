/**
 * One worker submits, another completes and a third is the device: the code of
 * host_queue.ts, device_queue.ts, elsewhere.ts and bell.ts in all
 * interleavings of the three.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { EndedElsewhere } from "../../../sim/path/path_counts.ts";
import { createRinger, createSleeper } from "../../../sim/workers/bell.ts";
import { createDeviceQueue } from "../../../sim/workers/device_queue.ts";
import {
  createEndListener,
  createEndTeller,
} from "../../../sim/workers/elsewhere.ts";
import { createHostQueue } from "../../../sim/workers/host_queue.ts";
import { resetQueueWords } from "../../../sim/workers/queue_words.ts";
import type { SharedWords } from "../../../sim/memory/shared_words.ts";
import { type Exploration, explore, type Process } from "./explore.ts";
import { smallQueue } from "./small_queue.ts";

const BELL = { submitter: 0, completer: 1, device: 2 };
const ACCOUNT = 3;
/** The submitter's own: one command. */
const COMMAND = 6;
/** Commands carried out; what went wrong. */
const DONE = 8;
const WRONG = 9;
const FIRST = 10;
const ENTRIES = 2;

const QUEUE = smallQueue(FIRST, ENTRIES);
const { completion, tailDoorbell } = QUEUE;

interface Submitter {
  readonly submitted: number;
  readonly seen: EndedElsewhere;
  readonly waits: boolean;
}

/** Sleeps at a bell unless there is work. */
function sleep(words: SharedWords, bell: number, hasWork: () => boolean): void {
  createSleeper(words, bell, { hasWork, spins: 0 }).await();
}

function makeSubmitter(items: number): Process<Submitter> {
  return {
    name: "submitter",
    start: {
      submitted: 0,
      seen: { requests: 0, ios: 0, errors: 0 },
      waits: false,
    },
    ended: ({ seen }) => seen.ios === items,
    operate: (words, local) => {
      const { submitted } = local;
      let { seen } = local;
      const listener = createEndListener(words, ACCOUNT, {
        seen,
        apply: ({ requests, ios }) => {
          seen = {
            requests: seen.requests + requests,
            ios: seen.ios + ios,
            errors: 0,
          };
        },
      });
      if (local.waits) {
        sleep(words, BELL.submitter, listener.hasNews);
        return { ...local, waits: false };
      }
      // One tag: a ring of two entries holds one command.
      if (submitted < items && submitted === seen.ios) {
        words.write(COMMAND, submitted << 16);
        words.write(COMMAND + 1, submitted + 1);
        const host = createHostQueue(
          words,
          QUEUE,
          createRinger(words, BELL.device),
        );
        host.push(COMMAND);
        host.ring();
        return { ...local, submitted: submitted + 1 };
      }
      if (!listener.hasNews()) return { ...local, waits: true };
      listener.take();
      return { ...local, seen };
    },
  };
}

function makeCompleter(
  breakWords: (words: SharedWords) => SharedWords,
): Process<{ readonly waits: boolean }> {
  return {
    name: "completer",
    start: { waits: false },
    ended: () => false,
    serves: true,
    operate: (given, { waits }) => {
      const words = breakWords(given);
      const host = createHostQueue(words, QUEUE, () => {});
      if (waits) {
        sleep(words, BELL.completer, host.hasCompletion);
        return { waits: false };
      }
      const teller = createEndTeller(
        words,
        ACCOUNT,
        createRinger(words, BELL.submitter),
      );
      for (;;) {
        const id = host.reap();
        if (id < 0) break;
        // Ended in order, and only what has been carried out.
        if (words.read(DONE) !== id + 1) words.write(WRONG, 1);
        teller.io(false);
        teller.request();
      }
      teller.publish();
      return { waits: true };
    },
  };
}

function makeDevice(): Process<{ readonly waits: boolean }> {
  return {
    name: "device",
    start: { waits: false },
    ended: () => false,
    serves: true,
    operate: (words, { waits }) => {
      const queue = createDeviceQueue(words, QUEUE, {
        queueId: 1,
        carryOut: (entry) => {
          const done = words.read(DONE);
          if (words.read(entry + 1) !== done + 1) words.write(WRONG, 2);
          words.write(DONE, done + 1);
          return 0;
        },
        wakeHost: createRinger(words, BELL.completer),
      });
      if (waits) {
        sleep(words, BELL.device, queue.hasCommand);
        return { waits: false };
      }
      return { waits: queue.process() === 0 };
    },
  };
}

function run(
  items: number,
  breakCompleter: (words: SharedWords) => SharedWords = (words) => words,
): Exploration {
  const initial = new Int32Array(QUEUE.end);
  resetQueueWords({ write: (word, value) => initial[word] = value }, QUEUE);
  return explore({
    initial,
    // SQ head as heard is read by the submitter, for its counts alone.
    isPrivate: (word) =>
      word >= QUEUE.host || (word >= COMMAND && word < FIRST),
    processes: [
      makeSubmitter(items),
      makeCompleter(breakCompleter),
      makeDevice(),
    ],
    check: (memory, ended) => {
      if (memory[WRONG] !== 0) return `wrong: ${memory[WRONG]}`;
      return !ended || memory[DONE] === items ? null : `${memory[DONE]} done`;
    },
  });
}

Deno.test("three workers on one queue pair lose, repeat and forget nothing", () => {
  const { failure, states } = run(3);
  assertEquals(failure, null);
  assert(states > 1000, `${states}`);
});

Deno.test("the model finds a completer that wakes nobody", () => {
  const { failure } = run(2, (words) => ({
    ...words,
    exchange: (word, value) =>
      word === BELL.submitter ? 0 : words.exchange(word, value),
  }));
  assertMatch(failure ?? "", /everybody sleeps/);
});

Deno.test("the model finds a completer that tells before it has looked", () => {
  const { failure } = run(2, (words) => ({
    ...words,
    // Every look finds a completion of the phase that is awaited.
    load: (word) =>
      word > completion && word < tailDoorbell && (word - completion) % 2 === 1
        ? words.load(word) ^ 1 << 16
        : words.load(word),
  }));
  assertMatch(failure ?? "", /wrong|done/);
});
