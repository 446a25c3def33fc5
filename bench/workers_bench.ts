/**
 * Groups of workers for `deno bench`: one and two submitters with devices of
 * their own, and submitters with a device on a core of its own. One measurement
 * is a number of I/Os that the group names, so a time in milliseconds there
 * divides into ns per I/O. `bench:targets` says whether the targets are met.
 */
import { WorkerGroup } from "./workers/group.ts";
import { targetMachine } from "./workers/target_machine.ts";

/** I/Os of one measurement. */
const IOS = 1 << 14;

const { setup, window } = await targetMachine(IOS);

const SHAPES = [
  { workers: 1, devices: 0, poll: false },
  { workers: 2, devices: 0, poll: false },
  { workers: 1, devices: 1, poll: false },
  { workers: 1, devices: 1, poll: true },
  { workers: 2, devices: 1, poll: false },
];

for (const shape of SHAPES) {
  const { workers, devices, poll } = shape;
  let group: WorkerGroup | undefined;
  Deno.bench({
    name: `workers ${workers}, devices ${devices}${poll ? ", polling" : ""}`,
    group: `groups of workers, ${IOS} I/Os of 4k-hot registered, by size`,
    baseline: workers === 1 && devices === 0,
    n: 20,
    warmup: 20,
    fn: async (bench) => {
      if (group === undefined) {
        group = await WorkerGroup.start(setup, shape);
        await group.open(window);
      }
      bench.start();
      await group.time(1);
      bench.end();
    },
  });
}
