/** The memory of a submitter, which is timed on it. */
import { assertEquals } from "@std/assert";
import type { GroupSetup } from "../../../bench/workers/group_protocol.ts";
import { hardwareQueueBuffers } from "../../../bench/workers/hardware_queues.ts";
import { createSubmitterPath } from "../../../bench/workers/submitter_path.ts";
import { groupWords } from "../../../bench/result/group_words.ts";
import { CommandSetDigest } from "../../../sim/workers/command_set_digest.ts";
import { setupOf } from "../contender_rig.ts";

const SHAPES: Readonly<Record<string, Partial<GroupSetup>>> = {
  "with a device of its own": { devices: 0 },
  "with a device on another worker": {},
  "whose I/Os the other one completes": { completeOn: "other" },
  "on a hardware queue that it shares": { hwQueues: 1 },
};

// That is a matter of times alone, which no test asserts: a slab that linked
// its objects when they are first taken would do so under the clock.
for (const [name, shape] of Object.entries(SHAPES)) {
  Deno.test(`a submitter ${name} has all free objects linked before`, () => {
    const setup: GroupSetup = {
      workers: 2,
      devices: 1,
      poll: false,
      completeOn: "submitter",
      contender: setupOf(),
      decode: false,
      observe: false,
      ...shape,
    };
    const { assembly } = createSubmitterPath(setup, {
      worker: 0,
      control: new SharedArrayBuffer(4 * groupWords(setup).count),
      queues: hardwareQueueBuffers(setup),
      data: () => undefined,
      digest: new CommandSetDigest(),
    });
    assertEquals(assembly.memory.linksAtOnce, true);
  });
}
