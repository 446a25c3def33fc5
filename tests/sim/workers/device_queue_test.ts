/** The device's side of a queue pair by itself: what it reads, and what it waits for. */
import { assertEquals } from "@std/assert";
import { createDeviceQueue } from "../../../sim/workers/device_queue.ts";
import { resetQueueWords } from "../../../sim/workers/queue_words.ts";
import { sharedWords } from "../../../sim/memory/shared_words.ts";
import { smallQueue } from "./small_queue.ts";

Deno.test("a device fetches what is there from its last entry down", () => {
  const queue = smallQueue(0, 8);
  const words = sharedWords(new SharedArrayBuffer(4 * queue.end));
  resetQueueWords(words, queue);
  const fetched: number[] = [];
  const device = createDeviceQueue(
    {
      ...words,
      read: (word) => {
        if (word < queue.completion) fetched.push(word / queue.submissionWords);
        return words.read(word);
      },
    },
    queue,
    { queueId: 1, carryOut: () => 0, wakeHost: () => {} },
  );
  for (let entry = 0; entry < 5; entry++) words.write(2 * entry, entry << 16);
  words.store(queue.tailDoorbell, 5);
  assertEquals(device.process(), 5);
  assertEquals(fetched, [4, 3, 2, 1, 0]);
  // Completed in the order of submission all the same.
  const ids = Array.from(
    { length: 5 },
    (_, i) => words.read(queue.completion + 2 * i + 1) & 0xffff,
  );
  assertEquals(ids, [0, 1, 2, 3, 4]);
});

Deno.test("a device waits once for commands to gather, and takes a lone one then", () => {
  const queue = smallQueue(0, 8);
  const words = sharedWords(new SharedArrayBuffer(4 * queue.end));
  resetQueueWords(words, queue);
  let looks = 0;
  let published = 1;
  const device = createDeviceQueue(
    {
      ...words,
      load: (word) => {
        // The second look finds what has come meanwhile.
        if (word !== queue.tailDoorbell) return words.load(word);
        return ++looks === 1 ? 1 : published;
      },
    },
    queue,
    {
      queueId: 1,
      carryOut: () => 0,
      wakeHost: () => {},
      gathering: { commands: 3, pauses: 1 },
    },
  );
  assertEquals([device.process(), looks], [1, 2]);
  published = 3;
  assertEquals([device.process(), looks], [2, 4]);
  assertEquals(device.process(), 0);
  published = 6;
  // As many as it would wait for: it looks once.
  assertEquals([device.process(), looks], [3, 6]);
});
