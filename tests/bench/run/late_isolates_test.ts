import { assertEquals } from "@std/assert";
import { waitForLate } from "../../../bench/run/late_isolates.ts";

const warmUp = (ns: number) => ({ steady: true, series: Array(6).fill(ns) });

/** Time per I/O after so many times again; the last one stays. */
async function waited(times: Readonly<Record<string, readonly number[]>>) {
  const again: string[] = [];
  const found = await waitForLate(
    new Map(
      Object.entries(times).map(([name, [first = 1]]) => [name, warmUp(first)]),
    ),
    {
      again: (name) => {
        again.push(name);
        const own = times[name] ?? [];
        const done = again.filter((one) => one === name).length;
        return Promise.resolve(warmUp(own[done] ?? own.at(-1) ?? 1));
      },
    },
  );
  return {
    again,
    last: Object.fromEntries([...found].map(([name, { series }]) => [
      name,
      series[0],
    ])),
  };
}

Deno.test("waitForLate() burns in again who takes far longer than half of all", async () => {
  // 240 of 100 is late, 139 is not; the second time is what the others take.
  const { again, last } = await waited({
    page_offset: [100],
    phyr: [240, 150, 101],
    rlist_16: [139],
    phys_len: [98],
  });

  // The median of 98, 100, 139 and 240 is 119.5: late from 167.3 on.
  assertEquals(again, ["phyr"]);
  assertEquals(last, {
    page_offset: 100,
    phyr: 150,
    rlist_16: 139,
    phys_len: 98,
  });
});

Deno.test("waitForLate() tries three times, and leaves who is slow by itself", async () => {
  const { again, last } = await waited({
    page_offset: [100],
    phyr: [100],
    rlist_24: [184],
  });
  assertEquals(again, Array(3).fill("rlist_24"));
  assertEquals(last["rlist_24"], 184);
});

Deno.test("waitForLate() does nothing where all take about as long, or none ran", async () => {
  assertEquals((await waited({ page_offset: [100], phyr: [139] })).again, []);
  assertEquals((await waited({})).again, []);
});

Deno.test("waitForLate() takes warm-ups that an interrupt has ended", async () => {
  const ended = { steady: false, series: [] };
  const warmUps = new Map([["page_offset", warmUp(100)], ["phyr", ended]]);
  const found = await waitForLate(warmUps, {
    again: () => Promise.reject(new Error("asked again")),
    signal: AbortSignal.abort(),
  });
  assertEquals(found, warmUps);
});
