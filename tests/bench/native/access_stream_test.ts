import { assertEquals } from "@std/assert";
import { copyWindow, type IoWindow } from "../../../sim/workload/window.ts";
import {
  AccessStream,
  AccessWords,
  DRAIN,
  firstDifference,
} from "./access_stream.ts";
import {
  firstWindow,
  pathOptions,
  replayTraced,
  runEngines,
  TRACED,
  tracedPath,
} from "./compare_engines.ts";

const OPTIONS = pathOptions("page_offset", "page");

/** The accesses of the DataView path, and the words for them. */
function streamOf(window: IoWindow): [AccessStream, AccessWords] {
  const stream = new AccessStream();
  const traced = tracedPath(OPTIONS, (batch) => stream.take(batch));
  const ios = Int32Array.from({ length: window.counts[0] ?? 0 }, (_, io) => io);
  replayTraced(traced, window, { ios, stream });
  const { assembly: { memory, codec }, parts } = traced;
  return [stream, new AccessWords(memory, parts, { options: OPTIONS, codec })];
}

Deno.test("firstDifference() names I/O and access, and words say which they are", async () => {
  const window = await firstWindow("4k-hot", 8);
  const other = copyWindow(window);
  // Another page: the vector is as before, its struct page is not, which is
  // pinned first.
  other.physLo[5] = (window.physLo[5] as number) ^ 0x1000;
  const [expected, words] = streamOf(window);
  const [found] = streamOf(other);

  assertEquals(firstDifference(expected, expected), undefined);
  const differs = firstDifference(found, expected);
  assertEquals(differs?.io, 5);
  const { index = 0, position = 0 } = differs ?? {};
  const [own, its] = [words.of(expected, index), words.of(found, index)];
  assertEquals(
    [own, its].map((text) => text.replace(/ at 0x\S+/, "")),
    Array(2).fill("read of 4 bytes of page._refcount (stage submit)"),
  );
  // Behind the vector, and its number in the bio.
  assertEquals(
    words.of(expected, index - 1).replace(/ at 0x\S+/, ""),
    "write of 2 bytes of bio.bi_vcnt (stage submit)",
  );
  assertEquals(words.of(expected, index - position - 1), "I/O 5 begins");
});

Deno.test("firstDifference() notices an access that is missing, or one too many", async () => {
  const [expected, words] = streamOf(await firstWindow("4k-hot", 2));
  const fewer = new AccessStream();
  const [cut, kept] = [expected.count - 1, expected.count - 2];
  fewer.words = expected.words.slice();
  fewer.count = cut;
  assertEquals(firstDifference(fewer, expected)?.index, cut);
  assertEquals(firstDifference(expected, fewer)?.index, cut);
  assertEquals(words.of(fewer, cut), "the end");
  // The same address, written in place of read, and 4 in place of 8 bytes.
  for (const bit of [16, 4 | 8]) {
    const changed = new AccessStream();
    changed.words = expected.words.slice();
    changed.count = expected.count;
    changed.words[kept * 2 + 1] = (changed.words[kept * 2 + 1] as number) ^ bit;
    assertEquals(firstDifference(changed, expected)?.index, kept);
    assertEquals(firstDifference(changed, expected)?.io, DRAIN);
  }
});

Deno.test("runEngines() tells of the first access that is not the same", async () => {
  const window = await firstWindow("4k-hot", 4);
  // A limit that only C has: it looks at it and decides otherwise.
  const { difference } = await runEngines(OPTIONS, [window], {
    native: TRACED,
    inC: { limits: { ...OPTIONS.limits, chunkSectors: 8 } },
  });
  assertEquals(
    difference?.replaceAll(/ at 0x\S+/g, "").split("\n").slice(0, 3),
    [
      // bio_may_need_split() says yes at once where there are chunks.
      "window 0: page_offset by page, I/O 0, access 107: C has",
      "    read of 8 bytes of bio.bi_iter.bi_sector (stage split), the DataView path",
      "    read of 4 bytes of bio.bi_iter.bi_idx (stage split), behind",
    ],
  );
});
