import { assertEquals, assertThrows } from "@std/assert";
import {
  type TimeOptions,
  timeWindow,
} from "../../../bench/contender/time_window.ts";
import type { TimedWindow } from "../../../bench/contender/timed_path.ts";
import {
  createOpenCounts,
  type OpenCounts,
} from "../../../sim/path/open_counts.ts";
import { WrongIoError } from "../../../sim/replay/replay.ts";

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

Deno.test("timeWindow() has I/Os go before those that are measured", () => {
  const time = (slice: Omit<TimeOptions, "clocks">) => {
    const { window, replays } = fakeWindow();
    let ms = 0;
    const answer = timeWindow(window, {
      ...slice,
      clocks: {
        name: "thread CPU",
        cpuNs: () => {
          // The clock is read around what is measured and nothing else.
          replays.push([[], ms]);
          return 1e6 * ms++;
        },
        wallNs: () => 5e6 * ms,
      },
    });
    return { answer, replays };
  };
  // A tenth of 10 I/Os is the one in front of them, going round the window.
  const whole = time({ first: 0, ios: 10 });
  assertEquals(whole.replays, [
    [[9], 1],
    [[], 0],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1],
    [[], 1],
  ]);
  assertEquals(whole.answer, {
    cpuNs: 1e6,
    wallNs: 10e6,
    ios: 10,
    parts: [{ ios: 10, cpuNs: 1e6, wallNs: 10e6 }],
    clock: "thread CPU",
    sink: 30,
    opened: { windows: 0, registered: 0, mapped: 0 },
  });
  // 5 I/Os, of which a tenth is less than one I/O: one.
  assertEquals(time({ first: 5, ios: 5 }).replays.slice(0, 3), [
    [[4], 1],
    [[], 0],
    [[5, 6, 7, 8, 9], 1],
  ]);
  // As many go before as are measured; both go round the window.
  assertEquals(time({ first: 13, ios: 8, leadIn: 1 }).replays, [
    [[5, 6, 7, 8, 9], 1],
    [[0, 1, 2], 1],
    [[], 0],
    [[3, 4, 5, 6, 7, 8, 9], 1],
    [[0], 1],
    [[], 1],
  ]);
  // 33 I/Os from I/O 8 on: two, three times round, and one more.
  assertEquals(time({ first: 8, ios: 33, leadIn: 0 }).replays, [
    [[], 0],
    [[8, 9], 1],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3],
    [[0], 1],
    [[], 1],
  ]);
});

Deno.test("timeWindow() goes round a group of a window's I/Os", () => {
  const { window, replays } = fakeWindow();
  const slice = { first: 0, ios: 7, leadIn: 3 / 7 };
  timeWindow(window, { ...slice, group: { first: 4, ios: 3 } });
  // All three go before, then two and a third times.
  assertEquals(replays, [[[4, 5, 6], 1], [[4, 5, 6], 1], [[4, 5, 6], 1], [
    [4],
    1,
  ]]);
  // A group never begins where it would not be whole: 9 modulo 8.
  const { window: other, replays: others } = fakeWindow();
  timeWindow(other, {
    first: 0,
    ios: 3,
    leadIn: 0,
    group: { first: 9, ios: 3 },
  });
  assertEquals(others.filter(([ios]) => ios.length > 0), [[[1, 2, 3], 1]]);
});

Deno.test("timeWindow() measures parts of a slice one by one", () => {
  const { window, replays } = fakeWindow();
  const { parts, ios } = timeWindow(window, {
    first: 9,
    ios: 5,
    leadIn: 0,
    parts: 3,
  });
  assertEquals(parts.map((part) => part.ios), [1, 2, 2]);
  assertEquals(ios, 5);
  assertEquals(replays, [[[9], 1], [[0, 1], 1], [[2, 3], 1]]);
});

Deno.test("timeWindow() measures the call where there is no I/O", () => {
  const { window, replays } = fakeWindow();
  assertEquals(timeWindow(window, { first: 3, ios: 0 }).ios, 0);
  assertEquals(replays, [[[], 1]]);
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
      () => timeWindow(window, { first: 0, ios: 10, leadIn: 0 }),
      WrongIoError,
      `Cannot trust the time: ${words} while the clock ran, expected 0 of each`,
    );
  }
});

Deno.test("timeWindow() trusts no time in which an I/O did not end", () => {
  const { window } = fakeWindow({ lost: 1 });
  assertThrows(
    () => timeWindow(window, { first: 0, ios: 10, leadIn: 0 }),
    WrongIoError,
    "Cannot trust the time: 9 I/Os ended well, expected 10",
  );
});

Deno.test("timeWindow() trusts no time in which something was left in use", () => {
  const { window } = fakeWindow({ left: { bios: 0, tags: 2 } });
  assertThrows(
    () => timeWindow(window, { first: 0, ios: 10, leadIn: 0 }),
    WrongIoError,
    "Cannot trust the I/Os from 0 on: 2 of tags still in use after them, " +
      "expected 0",
  );
});

Deno.test("timeWindow() times fixed work before the lead-in and behind the clock, never between", () => {
  const { window, replays } = fakeWindow();
  const log: string[] = [];
  let ns = 0;
  const answer = timeWindow(
    {
      ...window,
      replay: (ios, passes) => {
        log.push("I/Os");
        window.replay(ios, passes);
      },
    },
    {
      ...{ first: 1, ios: 4, leadIn: 0.25, parts: 2, isProbed: true },
      probe: () => {
        log.push("fixed work");
        return ns++;
      },
      clocks: {
        name: "thread CPU",
        cpuNs: () => (log.push("cpu"), 0),
        wallNs: () => (log.push("wall"), 0),
      },
    },
  );
  const part = ["wall", "cpu", "I/Os", "cpu", "wall", "fixed work"];
  assertEquals(log, ["fixed work", "I/Os", ...part, ...part]);
  assertEquals(replays.length, 3);
  assertEquals(answer.probesNs, [0, 1, 2]);
  assertEquals(
    "probesNs" in timeWindow(window, { first: 0, ios: 4 }),
    false,
  );
});
