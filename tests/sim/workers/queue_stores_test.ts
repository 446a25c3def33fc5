/**
 * What both sides of a queue pair store, and in which order: the model of
 * ring_model_test.ts takes plain and atomic stores alike.
 */
import { assertEquals } from "@std/assert";
import { createDeviceQueue } from "../../../sim/workers/device_queue.ts";
import { createHostQueue } from "../../../sim/workers/host_queue.ts";
import { resetQueueWords } from "../../../sim/workers/queue_words.ts";
import {
  type SharedWords,
  sharedWords,
} from "../../../sim/memory/shared_words.ts";
import { smallQueue } from "./small_queue.ts";

Deno.test("what publishes commands and completions is the last store, an atomic one", () => {
  const queue = smallQueue(2, 8);
  const words = sharedWords(new SharedArrayBuffer(4 * queue.end));
  resetQueueWords(words, queue);
  const stores: string[] = [];
  const watched: SharedWords = {
    ...words,
    write: (word, value) => {
      if (word < queue.host) stores.push(`write ${word}`);
      words.write(word, value);
    },
    store: (word, value) => {
      stores.push(`store ${word}`);
      words.store(word, value);
    },
  };
  const host = createHostQueue(watched, queue, () => {}, { claimedEntries: 2 });
  host.push(0);
  host.push(0);
  host.ring();
  const atDoorbell = `store ${queue.tailDoorbell}`;
  assertEquals(stores.indexOf(atDoorbell), stores.length - 1);
  stores.length = 0;
  createDeviceQueue(watched, queue, {
    queueId: 1,
    carryOut: () => 0,
    wakeHost: () => {},
  }).process();
  assertEquals(stores.indexOf(`store ${queue.completion + 1}`), 5);
  assertEquals(stores.length, 6);
});

Deno.test("a host asks for the lines of free entries alone, and not with each command", () => {
  const queue = smallQueue(2, 8);
  const words = sharedWords(new SharedArrayBuffer(4 * queue.end));
  resetQueueWords(words, queue);
  const claimed: number[] = [];
  const host = createHostQueue(
    {
      ...words,
      write: (word, value) => {
        const entry = (word - queue.submission) / queue.submissionWords;
        if (value === 0 && entry < 8) claimed.push(entry);
        words.write(word, value);
      },
    },
    queue,
    () => {},
    { claimedEntries: 4 },
  );
  words.write(0, 1);
  words.write(1, 1);
  const pushed: number[][] = [];
  for (let command = 0; command < 7; command++) {
    host.push(0);
    pushed.push(claimed.splice(0));
  }
  // Nothing has been fetched: 4 of 8 entries are taken, and one stays empty.
  assertEquals(pushed, [[], [], [], [4, 5, 6], [], [], []]);
});
