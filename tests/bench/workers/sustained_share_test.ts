import { assertEquals } from "@std/assert";
import {
  observeShare,
  shareTurns,
  sustainShare,
  TURN_IOS,
} from "../../../bench/workers/sustained_share.ts";
import { createWindow } from "../../../sim/workload/window.ts";

/** A path on which an I/O takes 1 ms of a clock, and draining 10. */
function slowPath(ios: readonly number[]) {
  const time = { ms: 0 };
  const submitted: number[] = [];
  const share = {
    path: {
      submit: (_window: unknown, io: number) => {
        submitted.push(io);
        time.ms++;
      },
      drain: () => {
        time.ms += 10;
      },
    },
    window: createWindow({ ios: 4, pieces: 4 }),
    ios: Int32Array.from(ios),
  };
  return { share, submitted, time };
}

Deno.test("shareTurns() goes on where it was, and begins anew behind the last", () => {
  const { share, submitted } = slowPath([1, 2, 5]);
  const turn = shareTurns(share);
  turn();
  turn();
  assertEquals(
    submitted,
    Array.from({ length: 2 * TURN_IOS }, (_, i) => [1, 2, 5][i % 3]),
  );
});

Deno.test("sustainShare() counts from the common start until its last I/O has ended", () => {
  const { share, submitted, time } = slowPath([0, 3]);
  const found = sustainShare(share, {
    milliseconds: 100,
    // The others come late: nothing of that is this one's.
    arrive: () => {
      assertEquals(submitted, []);
      time.ms += 5000;
    },
    isStopped: () => false,
    clock: () => time.ms,
    cpuNs: () => time.ms * 5e5,
  });
  // After 64 ms there is time for another turn, after 128 there is none.
  assertEquals(submitted.length, 2 * TURN_IOS);
  assertEquals(found, {
    ios: 2 * TURN_IOS,
    elapsedNs: (2 * TURN_IOS + 10) * 1e6,
    cpuNs: (2 * TURN_IOS + 10) * 5e5,
  });
});

Deno.test("sustainShare() ends with its turn once nobody serves any more", () => {
  const { share, submitted, time } = slowPath([0]);
  const { ios } = sustainShare(share, {
    milliseconds: 1e9,
    arrive: () => {},
    isStopped: () => submitted.length > 0,
    clock: () => time.ms,
    cpuNs: () => 0,
  });
  assertEquals(ios, TURN_IOS);
});

Deno.test("sustainShare() arrives with nothing to do, for the others wait for it", () => {
  const { share } = slowPath([]);
  let arrivals = 0;
  const { ios } = sustainShare(share, {
    milliseconds: 100,
    arrive: () => {
      arrivals++;
    },
    isStopped: () => false,
    clock: () => 0,
    cpuNs: () => 0,
  });
  assertEquals([arrivals, ios], [1, 0]);
});

Deno.test("observeShare() begins an I/O's latency before it is submitted, and ends a pass once all have ended", () => {
  const { share } = slowPath([0, 3]);
  const log: string[] = [];
  const path = {
    submit: (_window: unknown, io: number) => {
      log.push(`submit ${io}`);
    },
    drain: () => {
      log.push("drain");
    },
  };
  observeShare({ ...share, path }, {
    beginPass: () => {
      log.push("pass");
    },
    begin: (io) => {
      log.push(`begin ${io}`);
    },
    endPass: () => {
      log.push("recorded");
    },
  }, 2);
  const pass = [
    "pass",
    ...["begin 0", "submit 0", "begin 3", "submit 3"],
    ...["drain", "recorded"],
  ];
  assertEquals(log, [...pass, ...pass]);
});
