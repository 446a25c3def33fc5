/**
 * What submitters of one hardware queue share, in all interleavings: the lock
 * of the submission ring, the tags, and the list of what is done. Each is also
 * broken, and the model has to see it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import type { SharedWords } from "../../../sim/memory/shared_words.ts";
import { createRinger, createSleeper } from "../../../sim/workers/bell.ts";
import {
  createDoneAdder,
  createDoneTaker,
} from "../../../sim/workers/done_list.ts";
import type { HardwareQueueWords } from "../../../sim/workers/hardware_queue_words.ts";
import { createSharedTags } from "../../../sim/workers/shared_tags.ts";
import { createSpinLock } from "../../../sim/workers/spin_lock.ts";
import { type Exploration, explore, type Process } from "./explore.ts";
import { smallQueue } from "./small_queue.ts";

type Break = (words: SharedWords) => SharedWords;
const whole: Break = (words) => words;

/** Workers add to a word that nothing but the lock keeps. */
function underLock(workers: number, broken: Break = whole): Exploration {
  const LOCK = 0;
  const SUM = 1;
  const each = workers === 2 ? 2 : 1;
  const process = (name: string): Process<number> => ({
    name,
    start: 0,
    ended: (done) => done === each,
    operate: (given, done) => {
      const words = broken(given);
      const { lock, unlock } = createSpinLock(words, LOCK, 1);
      lock();
      words.write(SUM, words.read(SUM) + 1);
      unlock();
      return done + 1;
    },
  });
  return explore({
    initial: new Int32Array(2),
    isPrivate: () => false,
    limit: 200_000,
    processes: Array.from({ length: workers }, (_, i) => process(`cpu ${i}`)),
    check: (memory, ended) =>
      !ended || memory[SUM] === workers * each ? null : `sum ${memory[SUM]}`,
  });
}

Deno.test("createSpinLock() lets one worker in at a time, and wakes who sleeps", () => {
  for (const workers of [2, 3]) {
    const { failure, states } = underLock(workers);
    assertEquals(failure, null);
    assert(states > 100, `${states}`);
  }
});

Deno.test("the model finds a lock that lets two in, and one that wakes nobody", () => {
  const both = underLock(2, (words) => ({
    ...words,
    compareExchange: (word, _expected, value) => {
      words.store(word, value);
      return 0;
    },
  }));
  assertMatch(both.failure ?? "", /sum/);
  const silent = underLock(2, (words) => ({ ...words, notify: () => {} }));
  assertMatch(silent.failure ?? "", /everybody sleeps/);
});

/** Bells, then the words of a queue of which only these matter here. */
const BELLS = 0;
const PLACE: HardwareQueueWords = {
  rings: smallQueue(100, 2),
  lock: 98,
  tags: 10,
  waiters: 4,
  requests: 50,
  requestWords: 4,
  done: 5,
  doneWords: 1,
};
const TAKEN = 6;
const WRONG = 7;

/** A CPU finds requests done, another one completes them in that order. */
function sentBack(
  items: number,
  broken: Break = whole,
  tells = true,
): Exploration {
  const adder: Process<number> = {
    name: "interrupt",
    start: 0,
    ended: (done) => done === items,
    operate: (words, tag) => {
      const wake = createRinger(words, BELLS);
      if (createDoneAdder(broken(words), PLACE.done, PLACE).add(tag, tag + 7)) {
        if (tells) wake();
      }
      return tag + 1;
    },
  };
  const taker: Process<number> = {
    name: "submitter",
    start: 0,
    ended: (done) => done === items,
    operate: (words, done) => {
      const list = createDoneTaker(words, PLACE.done, PLACE);
      createSleeper(words, BELLS, { hasWork: list.hasAny, spins: 0 }).await();
      let taken = done;
      for (;;) {
        const tag = list.take();
        if (tag < 0) return taken;
        if (tag !== taken || list.status() !== tag + 7) words.write(WRONG, 1);
        words.write(TAKEN, ++taken);
      }
    },
  };
  return explore({
    initial: new Int32Array(80),
    isPrivate: (word) => word === TAKEN || word === WRONG,
    processes: [adder, taker],
    check: (memory, ended) => {
      if (memory[WRONG] !== 0) return "wrong order";
      return !ended || memory[TAKEN] === items
        ? null
        : `${memory[TAKEN]} taken`;
    },
  });
}

Deno.test("what is done goes back once and in order", () => {
  const { failure, states } = sentBack(3);
  assertEquals(failure, null);
  assert(states > 500, `${states}`);
});

Deno.test("the model finds a list that forgets, and one that tells nobody", () => {
  const forgets = sentBack(3, (words) => ({
    ...words,
    compareExchange: (word, expected, value) => {
      words.store(word, value);
      return expected;
    },
  }));
  assertMatch(forgets.failure ?? "", /everybody sleeps|wrong order|taken/);
  const silent = sentBack(2, whole, false);
  assertMatch(silent.failure ?? "", /everybody sleeps/);
});

/** Two workers take a tag each; there is one, or there are two. */
function taking(
  depth: number,
  broken: Break = whole,
  wakes = true,
): Exploration {
  const abi = findAbi("lp64");
  const USED = 60;
  const process = (worker: number): Process<number> => ({
    name: `cpu ${worker}`,
    start: 0,
    ended: (done) => done === 1,
    operate: (given, done) => {
      const words = broken(given);
      const tags = createSharedTags(words, PLACE, {
        memory: new KernelMemory({ abi, sizeBytes: 8192 }),
        depth,
        worker,
        share: { index: worker, of: 2 },
        clears: worker === 0 ? "at once" : "later",
        wake: wakes ? createRinger(words, BELLS + 1 - worker) : () => {},
        wait: (isFree) =>
          createSleeper(words, BELLS + worker, { hasWork: isFree, spins: 0 })
            .await(),
      });
      let tag = tags.take();
      if (tag < 0) tag = tags.take();
      // Whoever has it is alone with it.
      if (words.exchange(USED + tag, worker + 1) !== 0) words.write(WRONG, 1);
      words.store(USED + tag, 0);
      tags.give(tag);
      return done + 1;
    },
  });
  return explore({
    initial: new Int32Array(80),
    isPrivate: (word) => word === WRONG,
    limit: 200_000,
    processes: [process(0), process(1)],
    check: (memory, ended) => {
      if (memory[WRONG] !== 0) return "a tag of two requests";
      return !ended || memory[PLACE.waiters] === 0
        ? null
        : `${memory[PLACE.waiters]} wait`;
    },
  });
}

Deno.test("a tag is one submitter's at a time, and who waits for one gets it", () => {
  for (const depth of [1, 2]) {
    const { failure, states } = taking(depth);
    assertEquals(failure, null);
    assert(states > 300, `${states}`);
  }
});

Deno.test("the model finds tags that are taken twice, and waiters left asleep", () => {
  const twice = taking(1, (words) => ({
    ...words,
    compareExchange: (word, expected, value) => {
      if (word !== PLACE.tags) {
        return words.compareExchange(word, expected, value);
      }
      words.store(word, value);
      return expected;
    },
  }));
  assertMatch(twice.failure ?? "", /two requests/);
  const asleep = taking(1, whole, false);
  assertMatch(asleep.failure ?? "", /everybody sleeps/);
});
