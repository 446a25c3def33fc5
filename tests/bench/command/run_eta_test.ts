import { assertEquals } from "@std/assert";
import { RunEta } from "../../../bench/command/run_eta.ts";

/** An estimate, and a clock in s that is moved by hand. */
function etaOf(cells: readonly boolean[]) {
  const clock = { s: 0 };
  const eta = new RunEta(cells, () => clock.s * 1e9);
  const left = (...of: Parameters<RunEta["leftNs"]>) => {
    const ns = eta.leftNs(...of);
    return ns === null ? null : Math.round(ns / 1e6) / 1e3;
  };
  return { clock, eta, left };
}

const half = { done: 13, total: 26, elapsedNs: 0, remainingNs: 0 };

Deno.test("RunEta.place() counts cells by their first call, and not a single one", () => {
  const { eta } = etaOf([true, true]);
  assertEquals(
    ["4k-hot", "128k", "4k-hot"].map((cell) => eta.place(cell)),
    ["1/2", "2/2", "1/2"],
  );
  assertEquals(etaOf([true]).eta.place("4k-hot"), "");
});

Deno.test("RunEta.leftNs() tells nothing in the first second", () => {
  const { clock, left } = etaOf([true]);
  clock.s = 0.9;
  assertEquals(left("a", { progress: half }), null);
});

Deno.test("RunEta.leftNs() takes a timed cell for seven checked ones", () => {
  // One cell that is only checked, and one that is timed as well: 1 + 7 parts.
  const { clock, eta, left } = etaOf([false, true]);
  clock.s = 1;
  assertEquals(left("a"), 15); // half a part of 8
  clock.s = 2;
  eta.end("a");
  assertEquals(left("b"), 8.667); // 1.5 of 8
  assertEquals(left("b", { isChecked: true }), 6); // 2 of 8
  clock.s = 10;
  // Its warm-ups are a quarter of the timing: 2 + 6 * (1 + 3 / 2) / 4 of 8.
  assertEquals(left("b", { isChecked: true, progress: half }), 3.913);
  const end = { ...half, done: 26 };
  assertEquals(left("b", { isChecked: true, progress: end }), 0);
});

Deno.test("RunEta.leftNs() has only checks to tell of where nothing is timed", () => {
  const { clock, eta, left } = etaOf([false, false, false, false]);
  clock.s = 3;
  eta.end("a");
  eta.end("b");
  assertEquals(left("c"), 1.8); // 2.5 of 4
});

Deno.test("RunEta.leftNs() adds up cells that are timed in turn", () => {
  const { clock, left } = etaOf([true, true]);
  clock.s = 2;
  left("a", { isChecked: true });
  assertEquals(left("b", { isChecked: true }), 12); // 2 of 14 parts
  clock.s = 4;
  left("a", { isChecked: true, progress: half });
  // 1 + 6 * (1 + 3 / 2) / 4 of the first and 1 of the second are 5.75 of 14.
  assertEquals(left("b"), 5.739);
});
