import { assertEquals, assertThrows } from "@std/assert";
import { completeOptions } from "../../../bench/run/options.ts";
import { groupWarnings } from "../../../bench/setup/check_group.ts";

Deno.test("completeOptions() refuses 0 workers and completes the rest", () => {
  assertThrows(
    () => completeOptions({ workers: 0 }),
    RangeError,
    "Cannot run: found workers 0, expected a whole number from 1 to 255",
  );
  const { workers, devices, poll, completeOn } = completeOptions({});
  assertEquals([workers, devices, poll, completeOn], [
    1,
    0,
    false,
    "submitter",
  ]);
});

Deno.test("groupWarnings() warns of more workers than CPUs, and of nothing else", () => {
  assertEquals(groupWarnings({ workers: 1, devices: 0 }, 1), []);
  assertEquals(groupWarnings({ workers: 1, devices: 1 }, 2), []);
  const [warning] = groupWarnings({ workers: 2, devices: 1 }, 2);
  assertEquals(warning?.code, "more-workers-than-cpus");
  assertEquals(warning?.message, "2 submitters and 1 device share 2 CPUs");
});
