import { assertEquals, assertThrows } from "@std/assert";
import { timeWindow } from "../../bench/time_window.ts";
import type { TimedWindow } from "../../bench/timed_path.ts";
import {
  createOpenCounts,
  type OpenCounts,
} from "../../sim/path/open_counts.ts";
import { WrongIoError } from "../../sim/replay/replay.ts";

/** A window of 10 I/Os that writes down what is replayed. */
function fakeWindow(given: {
  /** Does what a replay must not do. */
  readonly during?: (opened: OpenCounts) => void;
  /** I/Os of each replay that do not end. */
  readonly lost?: number;
  /** What they leave in use. */
  readonly left?: Record<string, number>;
} = {}) {
  const replays: (readonly [ios: readonly number[], passes: number])[] = [];
  const opened = createOpenCounts();
  let ended = 0;
  const window: TimedWindow = {
    ios: Int32Array.from({ length: 10 }, (_, io) => io),
    replay: (ios, passes) => {
      replays.push([[...ios], passes]);
      ended += ios.length * passes - (given.lost ?? 0);
      given.during?.(opened);
    },
    ended: () => ended,
    inUse: () => given.left ?? {},
    sink: () => 3 * ended,
    opened: () => ({ ...opened }),
  };
  return { window, replays };
}

Deno.test("timeWindow() has a tenth as many I/Os go before those that are measured", () => {
  const before = (passes: number, slice?: { index: number; of: number }) => {
    const { window, replays } = fakeWindow();
    let ms = 0;
    const answer = timeWindow(window, {
      passes,
      ...(slice ? { slice } : {}),
      clock: () => {
        // The clock is read around the last replay and no other.
        replays.push([[], ms]);
        return ms++;
      },
    });
    return { answer, replays };
  };
  // A tenth of 10 I/Os is the one in front of them, going round the window.
  const whole = before(1);
  assertEquals(whole.replays, [
    [[9], 1],
    [[], 0],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1],
    [[], 1],
  ]);
  assertEquals(whole.answer, {
    elapsedNs: 1e6,
    ios: 10,
    sink: 30,
    opened: { windows: 0, registered: 0, mapped: 0 },
  });
  // 5 I/Os, of which a tenth is less than one I/O: one.
  assertEquals(before(1, { index: 1, of: 2 }).replays.slice(0, 3), [
    [[4], 1],
    [[], 0],
    [[5, 6, 7, 8, 9], 1],
  ]);
  // 8 passes of 5 I/Os, a tenth of which are 4: from I/O 6 on.
  assertEquals(before(8, { index: 0, of: 2 }).replays.slice(0, 3), [
    [[6, 7, 8, 9], 1],
    [[], 0],
    [[0, 1, 2, 3, 4], 8],
  ]);
  // 25 passes of 5 I/Os: 13, once round and 3 more, 2 of them from the end.
  assertEquals(before(25, { index: 1, of: 7 }).replays.slice(0, 3), [
    [[8, 9], 1],
    [[0], 1],
    [[], 0],
  ]);
  assertEquals(before(200, { index: 1, of: 2 }).replays.slice(0, 2), [
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 10],
    [[], 0],
  ]);
  const { window, replays } = fakeWindow();
  timeWindow(window, { passes: 1, leadIn: 0 });
  assertEquals(replays, [[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1]]);
});

Deno.test("timeWindow() trusts no time in which anything was opened", () => {
  const cases: [keyof OpenCounts, string][] = [
    [
      "windows",
      "windows opened 1, buffers registered 0, pieces mapped ahead 0",
    ],
    [
      "registered",
      "windows opened 0, buffers registered 1, pieces mapped ahead 0",
    ],
    ["mapped", "windows opened 0, buffers registered 0, pieces mapped ahead 1"],
  ];
  for (const [kind, words] of cases) {
    const { window } = fakeWindow({ during: (opened) => opened[kind]++ });
    assertThrows(
      () => timeWindow(window, { passes: 1 }),
      WrongIoError,
      `Cannot trust the time: ${words} while the clock ran, expected 0 of each`,
    );
  }
});

Deno.test("timeWindow() trusts no time in which an I/O did not end", () => {
  const { window } = fakeWindow({ lost: 1 });
  assertThrows(
    () => timeWindow(window, { passes: 2 }),
    WrongIoError,
    "Cannot trust the time: 19 I/Os ended well, expected 20",
  );
});

Deno.test("timeWindow() trusts no time in which something was left in use", () => {
  const { window } = fakeWindow({ left: { bios: 0, tags: 2 } });
  assertThrows(
    () => timeWindow(window, { passes: 1 }),
    WrongIoError,
    "Cannot trust the I/Os from 0 on: 2 of tags still in use after them, " +
      "expected 0",
  );
});
