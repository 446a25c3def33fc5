import { assertEquals } from "@std/assert";
import {
  type BurnIn,
  burnIn,
  burnInsFor,
  BY_CALLS,
  BY_TIME,
} from "../../../bench/run/burn_in.ts";

/** Passes of an isolate that takes so long for an I/O, or less and less. */
async function passesOf(
  until: BurnIn,
  { windowIos, nsPerIo, isCompiled = false }: {
    windowIos: number;
    nsPerIo: number;
    isCompiled?: boolean;
  },
) {
  const passes: number[] = [];
  const last = await burnIn({
    ...{ until, windowIos },
    pass: (count) => {
      passes.push(count);
      const now = isCompiled ? nsPerIo / passes.length : nsPerIo;
      return Promise.resolve({ ownNs: count * windowIos * now, nsPerIo: now });
    },
  });
  return { passes, last };
}

Deno.test("burnIn() ends by calls after 49152 I/Os, however slow they were", async () => {
  assertEquals(
    await passesOf(BY_CALLS.first, {
      ...{ windowIos: 1024, nsPerIo: 42_000, isCompiled: true },
    }),
    // 43, 22, 29, 43, 34, 57, 49, 43 and 38 ms: they are doubled below a 16th of
    // 600 ms, and four windows of 48 are left at last.
    { passes: [1, 1, 2, 4, 4, 8, 8, 8, 8, 4], last: 4200 },
  );
});

Deno.test("burnIn() runs no more than what is left of the 49152 I/Os", async () => {
  const { passes } = await passesOf(BY_CALLS.first, {
    ...{ windowIos: 1000, nsPerIo: 10_000 },
  });
  // 10 and 20 ms are doubled, 40 are not: 1 + 2 + 11 x 4 are 47000, and three
  // windows are left.
  assertEquals(passes, [1, 2, ...Array(11).fill(4), 3]);
});

Deno.test("burnIn() goes on for 100 ms where I/Os are fast", async () => {
  const { passes } = await passesOf(BY_CALLS.first, {
    ...{ windowIos: 1000, nsPerIo: 100 },
  });
  // 0.1 ms a window: 1 + 2 + ... + 512 = 1023 of them are 102 ms, 511 are 51.
  assertEquals(passes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});

Deno.test("burnIn() waits for I/Os of thousands of segments no longer than 600 ms", async () => {
  // 1024 x 500 us are 512 ms.
  const { passes } = await passesOf(BY_CALLS.first, {
    ...{ windowIos: 1024, nsPerIo: 500_000 },
  });
  assertEquals(passes, [1, 1]);
});

Deno.test("burnIn() ends by time after 300 ms, however many I/Os that were", async () => {
  // 10 ms are shorter than a 16th of 300 ms and doubled, 20 ms are not:
  // 10 + 14 x 20 = 290 ms are too few.
  const { passes } = await passesOf(BY_TIME.first, {
    ...{ windowIos: 1000, nsPerIo: 10_000 },
  });
  assertEquals(passes, [1, ...Array(15).fill(2)]);
});

Deno.test("isolates that have worked, have no path or are late have times of their own", async () => {
  const passesIn = async (until: BurnIn) => {
    const { passes } = await passesOf(until, {
      ...{ windowIos: 1000, nsPerIo: 1000 }, // 1 ms
    });
    return passes.reduce((sum, count) => sum + count, 0);
  };
  // On another window, V8 may compile the path again.
  assertEquals(BY_CALLS.second, BY_CALLS.first);
  // All 49152 I/Os are 50 ms: 1 + 2 + ... + 64 is the first sum above 100.
  assertEquals(await passesIn(BY_CALLS.second), 127);
  // Passes of 8 ms, behind 1, 2 and 4: the first sum above 100 ms is 103.
  assertEquals(await passesIn(BY_TIME.second), 103);
  for (const { apart, late } of [BY_CALLS, BY_TIME]) {
    // Of 2 ms behind 1: above 30 ms is 31; of 8 ms as before.
    assertEquals([await passesIn(apart), await passesIn(late)], [31, 103]);
  }
});

Deno.test("burnInsFor() counts calls where V8 compiles at once", () => {
  assertEquals(burnInsFor("--no-concurrent-recompilation"), BY_CALLS);
  assertEquals([null, ""].map(burnInsFor), [BY_TIME, BY_TIME]);
});

Deno.test("burnIn() does nothing for who is interrupted", async () => {
  const last = await burnIn({
    windowIos: 1,
    until: BY_TIME.first,
    signal: AbortSignal.abort(),
    pass: () => Promise.reject(new Error("was asked")),
  });
  assertEquals(last, Infinity);
});
