import { assertEquals, assertThrows } from "@std/assert";
import { PLAIN_MACHINE } from "../../../bench/contender_machine.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import {
  checkGroup,
  groupWarnings,
} from "../../../bench/workers/check_group.ts";

const one = { workers: 1, devices: 0, poll: false };

Deno.test("checkGroup() refuses groups that contradict themselves, in one line", () => {
  const cases = [
    [
      { ...one, devices: 2 },
      {},
      "Cannot run with devices 2: found workers 1, expected as many workers " +
      "at least",
    ],
    [
      { ...one, poll: true },
      {},
      "Cannot poll: found devices 0, expected --devices of 1 at least",
    ],
    [
      { workers: 2, devices: 1, poll: true },
      { cpus: 2 },
      "Cannot poll with workers 2 and devices 1: found 2 CPUs, expected one " +
      "for each",
    ],
    [
      { workers: 2, devices: 0, poll: false },
      { machine: { ...PLAIN_MACHINE, iommu: true } },
      "Cannot run with workers 2 and devices 0: found an IOMMU, whose tables " +
      "are one worker's own, expected workers 1 and devices 0",
    ],
    [
      { workers: 2, devices: 0, poll: false },
      {
        machine: {
          ...PLAIN_MACHINE,
          settings: { scheduler: "mq-deadline" },
        },
      },
      "Cannot run with workers 2 and devices 0: found scheduler mq-deadline, " +
      "which is one worker's own, expected workers 1 and devices 0",
    ],
    [
      { workers: 2, devices: 0, poll: false },
      { engine: "native" },
      "Cannot run with workers 2 and devices 0: found engine native, which " +
      "has one worker, expected workers 1 and devices 0",
    ],
    [
      { ...one, completeOn: "other" },
      {},
      "Cannot complete on another worker: found workers 1, expected 2 at least",
    ],
    [
      { workers: 2, devices: 1, poll: false, completeOn: "other" },
      { submitter: "pagecache" },
      "Cannot complete on another worker: found the page cache as " +
      "submitter, expected user or registered",
    ],
  ] as const;
  for (const [shape, use, message] of cases) {
    assertThrows(() => checkGroup(shape, use), RangeError, message);
  }
});

Deno.test("checkGroup() takes one worker on any machine", () => {
  checkGroup(one, { machine: { ...PLAIN_MACHINE, iommu: true } });
  checkGroup({ workers: 300, devices: 100, poll: false }, { cpus: 2 });
});

Deno.test("completeOptions() refuses 0 workers and completes the rest", () => {
  assertThrows(
    () => completeOptions({ workers: 0 }),
    RangeError,
    "Cannot run with workers 0, expected a whole number from 1 to 255",
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
});
