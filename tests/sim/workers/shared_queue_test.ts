/**
 * Submitters of one hardware queue in one thread: what is done under its lock,
 * and what goes back to whom.
 */
import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import {
  type SharedWords,
  sharedWords,
} from "../../../sim/memory/shared_words.ts";
import { SQE } from "../../../sim/nvme/command.ts";
import { createDeviceQueue } from "../../../sim/workers/device_queue.ts";
import {
  hardwareQueueBytes,
  type HardwareQueueWords,
  layOutHardwareQueue,
  resetHardwareQueue,
} from "../../../sim/workers/hardware_queue_words.ts";
import {
  createSharedQueue,
  type SharedQueue,
} from "../../../sim/workers/shared_queue.ts";

const ENTRIES = 16;
/** Each has as many commands in flight. */
const IOS = 3;
const SUBMITTERS = [0, 1, 2];

interface Rig {
  readonly ends: readonly SharedQueue[];
  /** Commands into the ring, as the submitter's path sends them. */
  readonly submit: (worker: number) => void;
  readonly device: () => void;
  /** Tags that have come back, in their order. */
  readonly reaped: (worker: number) => number[];
}

/** The first of three submitters takes the interrupt of their queue. */
function rig(
  watch: (words: SharedWords, at: HardwareQueueWords) => SharedWords = (
    words,
  ) => words,
): Rig {
  const abi = findAbi("lp64");
  const size = {
    abi,
    entries: ENTRIES,
    tags: ENTRIES - 1,
    submitters: SUBMITTERS.length,
  };
  const buffer = new SharedArrayBuffer(hardwareQueueBytes(size));
  const { at } = layOutHardwareQueue(buffer, size);
  const plain = sharedWords(buffer);
  resetHardwareQueue(plain, at);
  const queue = { words: watch(plain, at), at, submitters: SUBMITTERS };
  const bells = sharedWords(new SharedArrayBuffer(4 * 4));
  const made = SUBMITTERS.map((worker) => {
    const memory = new KernelMemory({ abi, sizeBytes: 1 << 16 });
    const end = createSharedQueue(memory, ENTRIES, {
      bells: { ...bells, wait: () => {} },
      ...{ hostBell: worker, deviceBell: 3, worker, own: queue, spins: 0 },
      interrupts: worker === 0 ? [queue] : [],
      submitterBell: (other) => other,
      isStopped: () => false,
    });
    const commands = memory.reserve("commands", IOS * SQE.sizeBytes);
    const tags = end.tags(memory, size.tags);
    return { end, memory, commands, tags };
  });
  const { process } = createDeviceQueue(plain, at.rings, {
    queueId: 1,
    carryOut: () => 0,
    wakeHost: () => {},
  });
  return {
    ends: made.map(({ end }) => end),
    device: () => process(),
    submit: (worker) => {
      const { end, memory, commands, tags } = made[worker] as typeof made[0];
      for (let i = 0; i < IOS; i++) {
        const command = commands + i * SQE.sizeBytes;
        const tag = tags?.take() ?? -1;
        // The command id is the upper half of the first word.
        memory.set32(command, tag << 16 | 2);
        end.queue.push(command);
      }
      end.queue.ring();
    },
    reaped: (worker) => {
      const { end, tags } = made[worker] as typeof made[0];
      const found: number[] = [];
      for (;;) {
        const tag = end.queue.reap();
        if (tag < 0) return found;
        tags?.give(tag);
        found.push(tag);
      }
    },
  };
}

Deno.test("createSharedQueue() sends each request back to its submitter, with one interrupt for those that wait for it", () => {
  const { ends, submit, device, reaped } = rig();
  for (const pass of [1, 2]) {
    for (const worker of SUBMITTERS) submit(worker);
    device();
    const [first, ...others] = ends;
    first?.device.process();
    const tags = SUBMITTERS.map(reaped);
    assertEquals(tags.map(({ length }) => length), [IOS, IOS, IOS]);
    assertEquals(new Set(tags.flat()).size, 3 * IOS);
    // llist_add() tells whether the list was empty: an IPI for each of the two
    // others, whatever the number of their requests.
    assertEquals(first?.sentRequests(), pass * 2 * IOS);
    assertEquals(first?.sentInterrupts(), pass * 2);
    for (const other of others) {
      assertEquals([other.sentRequests(), other.sentInterrupts()], [0, 0]);
    }
    // All commands of a plug go out under one lock, which nobody else holds.
    for (const { lock } of ends) {
      assertEquals(lock, { acquisitions: pass, contended: 0 });
    }
    // The interrupt found all nine at once.
    assertEquals(first?.counts.completionBatches[3 * IOS], pass);
  }
});

Deno.test("createSharedQueue() writes the submission ring and its doorbell under the lock alone", () => {
  let guarded = 0;
  const { submit } = rig((words, at) => {
    const { submission, completion, host, tailDoorbell } = at.rings;
    const isGuarded = (word: number) =>
      word >= submission && word < completion || word === host ||
      word === tailDoorbell;
    const watched = (write: SharedWords["write"]) =>
    (
      word: number,
      value: number,
    ): void => {
      if (isGuarded(word)) {
        assert(words.load(at.lock) !== 0, `word ${word} without the lock`);
        guarded++;
      }
      write(word, value);
    };
    return {
      ...words,
      write: watched(words.write),
      store: watched(words.store),
    };
  });
  for (const worker of SUBMITTERS) submit(worker);
  // Of each command its words and the tail; the doorbell once a plug.
  assertEquals(guarded, 3 * (IOS * (SQE.sizeBytes / 4 + 1) + 1));
});
