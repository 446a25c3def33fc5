/**
 * The account of what another worker has ended, in all interleavings of the
 * one that writes it and the one that waits for it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRinger, createSleeper } from "../../../sim/workers/bell.ts";
import {
  createEndListener,
  createEndTeller,
} from "../../../sim/workers/elsewhere.ts";
import type { EndedElsewhere } from "../../../sim/path/path_counts.ts";
import type { SharedWords } from "../../../sim/memory/shared_words.ts";
import { type Exploration, explore, type Process } from "./explore.ts";

const BELL = 0;
const ACCOUNT = 1;

interface Submitter {
  readonly seen: EndedElsewhere;
  readonly waits: boolean;
}

/** A worker ends I/Os one by one; each is a request, every second an error. */
function run(
  ios: number,
  breakTeller: (words: SharedWords) => SharedWords = (words) => words,
): Exploration {
  const teller: Process<number> = {
    name: "completer",
    start: 0,
    ended: (done) => done === ios,
    operate: (given, done) => {
      const words = breakTeller(given);
      const made = createEndTeller(words, ACCOUNT, createRinger(words, BELL));
      made.io(done % 2 === 1);
      made.request();
      made.publish();
      return done + 1;
    },
  };
  const submitter: Process<Submitter> = {
    name: "submitter",
    start: { seen: { requests: 0, ios: 0, errors: 0 }, waits: false },
    ended: ({ seen }) => seen.ios === ios && seen.requests === ios,
    operate: (words, { seen, waits }) => {
      let now = seen;
      const made = createEndListener(words, ACCOUNT, {
        seen,
        apply: (ended) => {
          now = {
            requests: seen.requests + ended.requests,
            ios: seen.ios + ended.ios,
            errors: seen.errors + ended.errors,
          };
        },
      });
      if (waits) {
        createSleeper(words, BELL, { hasWork: made.hasNews, spins: 0 }).await();
        return { seen, waits: false };
      }
      if (!made.hasNews()) return { seen, waits: true };
      made.take();
      return { seen: now, waits: false };
    },
  };
  return explore({
    initial: new Int32Array(ACCOUNT + 3),
    isPrivate: () => false,
    processes: [teller, submitter],
    check: (_memory, ended, locals) => {
      const { seen } = locals[1] as Submitter;
      if (seen.requests > seen.ios) return "a request ended before its I/O";
      return !ended || seen.errors === Math.floor(ios / 2)
        ? null
        : `${seen.errors} errors`;
    },
  });
}

Deno.test("the account of another worker reaches the submitter whole", () => {
  const { failure, states } = run(4);
  assertEquals(failure, null);
  assert(states > 200, `${states}`);
});

Deno.test("the model finds an account whose requests come before the I/Os", () => {
  const { failure } = run(3, (words) => ({
    ...words,
    // requests, ios, errors are words 0, 1 and 2: stored the other way round.
    store: (word, value) => {
      if (word === ACCOUNT + 2) {
        words.store(ACCOUNT, (words.load(ACCOUNT) + 1) | 0);
      } else if (word !== ACCOUNT) words.store(word, value);
    },
  }));
  assertMatch(failure ?? "", /before its I\/O|everybody sleeps|errors/);
});

Deno.test("the model finds an account that nobody is woken for", () => {
  const { failure } = run(2, (words) => ({ ...words, notify: () => {} }));
  assertMatch(failure ?? "", /everybody sleeps/);
});
