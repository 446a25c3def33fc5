/**
 * Objects that other workers free: in all interleavings, each comes back to
 * its owner exactly once.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { createRemoteList } from "../../../sim/memory/remote_list.ts";
import type { SharedWords } from "../../../sim/memory/shared_words.ts";
import { type Exploration, explore, type Process } from "../workers/explore.ts";

/** Words of the list; the word of an object is its link. */
const LIST = 0;
const FIRST_OBJECT = 2;

interface Pusher {
  readonly left: readonly number[];
}
interface Owner {
  readonly found: readonly number[];
  readonly takes: number;
}

function run(
  given: readonly (readonly number[])[],
  breakWords: (words: SharedWords) => SharedWords = (words) => words,
): Exploration {
  const objects = given.flat();
  const listOf = (words: SharedWords) =>
    createRemoteList(
      breakWords(words),
      LIST,
      (object, next) => words.write(object, next),
    );
  const pushers = given.map((own, i): Process<Pusher> => ({
    name: `pusher ${i}`,
    start: { left: own },
    ended: ({ left }) => left.length === 0,
    operate: (words, { left }) => {
      listOf(words).push(left[0] as number);
      return { left: left.slice(1) };
    },
  }));
  const owner: Process<Owner> = {
    name: "owner",
    start: { found: [], takes: 0 },
    // It looks now and then, and once more when all have been given.
    ended: ({ takes }) => takes === 3,
    operate: (words, { found, takes }) => {
      const taken: number[] = [];
      let object = listOf(words).takeAll();
      while (object !== 0 && taken.length <= objects.length) {
        taken.push(object);
        object = words.read(object);
      }
      return { found: [...found, ...taken], takes: takes + 1 };
    },
  };
  return explore({
    initial: new Int32Array(FIRST_OBJECT + objects.length),
    isPrivate: () => false,
    processes: [...pushers, owner],
    check: (memory, ended, locals) => {
      const { found } = locals[pushers.length] as Owner;
      const seen = new Set(found);
      if (seen.size !== found.length) return `given twice: ${found}`;
      if (!ended) return null;
      // What is left on the list belongs to the owner's next look.
      let object = memory[LIST] as number;
      for (let i = 0; object !== 0 && i <= objects.length; i++) {
        if (seen.has(object)) return `on the list and given: ${object}`;
        seen.add(object);
        object = memory[object] as number;
      }
      if (memory[LIST + 1] !== objects.length) return "wrong count";
      return seen.size === objects.length ? null : `lost: ${[...seen]}`;
    },
  });
}

Deno.test("createRemoteList() loses and repeats no object in any order", () => {
  for (const pushed of [[[2, 3]], [[2], [3]], [[2, 3], [4]]]) {
    assertEquals(run(pushed).failure, null, JSON.stringify(pushed));
  }
});

Deno.test("the model finds a list whose head is stored without a compare", () => {
  const { failure } = run([[2], [3]], (words) => ({
    ...words,
    compareExchange: (word, expected, value) => {
      words.store(word, value);
      return expected;
    },
  }));
  assertMatch(failure ?? "", /lost|given|count/);
});

Deno.test("the model finds a list that is taken without an exchange", () => {
  const { failure } = run([[2, 3]], (words) => ({
    ...words,
    exchange: (word, value) => {
      const before = words.load(word);
      words.store(word, value);
      return before;
    },
  }));
  assertMatch(failure ?? "", /lost|given/);
});
