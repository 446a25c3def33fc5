/** Readers of address traces: what they take, and what they refuse and where. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import { BINARY_SIGNATURE } from "../../../sim/cache/binary_trace.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import type { ByteIterator } from "../../../sim/text/headed_stream.ts";
import { loadTrace } from "./oracle_trace.ts";
import { chunksOf, readAll } from "./read_references.ts";

Deno.test("readAddressTrace() reads lackey text with valgrind's messages", async () => {
  const text = "==7== Lackey\n\nI  0401ab70,3\n S 1fff000d08,8\nSB 0401ab70\n" +
    " L 0401b771,16\n M ffffffffffffffff,1\n==7== \n";
  assertEquals(await readAll(text), [
    ["i", 0x401ab70n, 3],
    ["w", 0x1fff000d08n, 8],
    ["r", 0x401b771n, 16],
    ["m", 0xffff_ffff_ffff_ffffn, 1],
  ]);
});

Deno.test("readAddressTrace() counts the lines that it passes over", async () => {
  const bytes = new TextEncoder().encode("==7== a\nI  10,3\n\n");
  const trace = await readAddressTrace("t", chunksOf(bytes));
  for await (const batch of trace.batches) assertEquals(batch.length, 1);
  assertEquals(trace.skippedLines(), 2);
});

Deno.test("readAddressTrace() reads din sizes as hexadecimal", async () => {
  assertEquals(await readAll("r 10 10\nw 0x1F 0xa\ni 0 a\n"), [
    ["r", 16n, 16],
    ["w", 31n, 10],
    ["i", 0n, 10],
  ]);
});

Deno.test("readAddressTrace() reads classic din as Dinero -informat d", async () => {
  // 4 bytes at the address rounded down to 4; the rest of a line is ignored.
  const text = "0 1003\r\n1\t2000 8  \r\n 2  3001 any text\n0x1 7\n00 0xb\n" +
    "0 1fff000d0f\n";
  for (const chunk of [3, 1 << 10]) {
    assertEquals(await readAll(text, { chunk }), [
      ["r", 0x1000n, 4],
      ["w", 0x2000n, 4],
      ["i", 0x3000n, 4],
      ["w", 4n, 4],
      ["r", 8n, 4],
      ["r", 0x1fff000d0cn, 4],
    ]);
  }
  const trace = await readAddressTrace(
    "t",
    chunksOf(new TextEncoder().encode(text + "0 1fff000d0c\n".repeat(9))),
  );
  for await (const batch of trace.batches) assertEquals(batch.length, 15);
  assertEquals(trace.remarks(), {
    "classic addresses rounded down to 4 bytes": 5,
    "lines with a comment after the reference": 2,
  });
});

Deno.test("readAddressTrace() reads extended din as Dinero -informat D", async () => {
  // p2d writes a comment behind the size (xdinfmt.c ignores it).
  const text = "r 1000 4\td0\n  w 0x1010 0x8 \tanything\r\ni 1020 4\t\n";
  const trace = await readAddressTrace(
    "t",
    chunksOf(new TextEncoder().encode(text)),
  );
  assertEquals(await readAll(text), [
    ["r", 0x1000n, 4],
    ["w", 0x1010n, 8],
    ["i", 0x1020n, 4],
  ]);
  for await (const batch of trace.batches) assertEquals(batch.length, 3);
  assertEquals(trace.remarks(), {
    "lines with a comment after the reference": 2,
  });
});

Deno.test("readAddressTrace() reads lackey lines with other blanks", async () => {
  assertEquals(
    await readAll(" L 10,4 \n S 18,4\t\r\nL 20,8\nI 30,3\n\tM  40,1\n \t\n"),
    [
      ["r", 16n, 4],
      ["w", 24n, 4],
      ["r", 32n, 8],
      ["i", 48n, 3],
      ["m", 64n, 1],
    ],
  );
});

for (const chunk of [1, 3, 1 << 20]) {
  Deno.test(`readAddressTrace() does not mind chunks of ${chunk} bytes`, async () => {
    assertEquals(await readAll("r 1 1\nw 22 2\ni 333 3", { chunk }), [
      ["r", 1n, 1],
      ["w", 0x22n, 2],
      ["i", 0x333n, 3],
    ]);
  });
}

const malformed: [string, string, string][] = [
  ["I  10,3\n L zz,8\n", "line 2, column 4", '"zz,8"'],
  ["I  10,3\n L 10;8\n", "line 2, column 6", '";8"'],
  ["I  10,0\n", "line 1, column 7", "a size from 1"],
  ["I  10,3x\n", "line 1, column 8", "end of the line"],
  ["I  10,3\n X 10,3\n", "line 2, column 1", "I, L, S or M"],
  ["I  12345678901234567,3\n", "line 1, column 4", "16 hexadecimal"],
  ["I  10,3\n L 10,999999999999\n", "line 2, column 7", "a size from 1"],
  ["r 10 8\nx 10 8\n", "line 2, column 1", "r, w, i, 0, 1 or 2"],
  ["r 10 8\nm 10 8\n", "line 2, column 1", "(m, c, v, 3, 4, 5) are not"],
  ["r 10 8\n4 10\n", "line 2, column 1", "(m, c, v, 3, 4, 5) are not"],
  ["r 10 8\nr 10\n", "line 2, column 5", "a size from 1"],
  ["r 10 8\n0 10,3\n", "line 2, column 5", '",3"'],
  ["r 10 8\nr zz 8\n", "line 2, column 3", '"zz 8"'],
  ["r 10 8\nr 10 0\n", "line 2, column 6", "hexadecimal"],
  ["r 10 8x 9\n", "line 1, column 7", '"x 9"'],
  ["hello\n", "line 1, column 1", "one of lackey, din, binary"],
  ["", "line 1, column 1", "no reference"],
];
for (const [text, where, what] of malformed) {
  Deno.test(`readAddressTrace() refuses ${JSON.stringify(text)} at ${where}`, async () => {
    const error = await assertRejects(() => readAll(text), SyntaxError, where);
    assertEquals(error.message.includes(what), true, error.message);
    assertEquals(error.message.startsWith('Cannot read trace "t": '), true);
  });
}

Deno.test("readAddressTrace() refuses a text without line feeds in constant memory", async () => {
  const endless = new Uint8Array(1 << 18).fill(0x20);
  endless.set([0x72, 0x20]); // "r "
  await assertRejects(
    () => readAll(endless, { chunk: 4096 }),
    SyntaxError,
    "no line feed",
  );
});

Deno.test("readAddressTrace() reads ls whole, with lackey's own totals", async () => {
  const trace = await loadTrace("ls.trace.gz");
  const kinds = [0, 0, 0, 0];
  for (let at = 0; at < trace.length; at++) {
    const kind = (trace.sizeAndKind[at] ?? 0) & 3;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  // L, S, I and M lines of the lackey text.
  assertEquals(kinds, [620458, 340917, 2361398, 6750]);
});

/** 1000 references in each format, and one that is cut off. */
const CUT_OFF: Readonly<Record<string, Uint8Array>> = {
  lackey: new TextEncoder().encode("I  10,8\n".repeat(1000) + "I  10,"),
  din: new TextEncoder().encode("r 10 8\n".repeat(1000) + "r 10"),
  // A reference of two bytes, and the first of another.
  binary: Uint8Array.from([
    ...BINARY_SIGNATURE,
    ...new Array<number[]>(1000).fill([8 << 2, 32]).flat(),
    8 << 2,
  ]),
};
for (const [format, bytes] of Object.entries(CUT_OFF)) {
  Deno.test(`readAddressTrace() ends where its signal aborts, without an error: ${format}`, async () => {
    const abort = new AbortController();
    async function* endless() {
      yield bytes;
      abort.abort(); // once these are read and more is asked for
      await new Promise(() => {}); // nothing more, ever
    }
    const trace = await readAddressTrace("t", endless(), {
      signal: abort.signal,
    });
    assertEquals(trace.format, format);
    let references = 0;
    for await (const batch of trace.batches) references += batch.length;
    // A record has up to 16 bytes: what may be cut off is left alone.
    assertEquals(references, format === "binary" ? 993 : 1000);
  });
}

Deno.test("readAddressTrace() leaves memory to nobody that a read may still fill", async () => {
  const lines = (line: string, count: number) =>
    new TextEncoder().encode(line.repeat(count));
  const batch = createHierarchy({
    levels: [{ name: "L1", sizeBytes: 1 << 12, ways: 4, lineBytes: 64 }],
  }).createBatch(64);
  const abort = new AbortController();
  let late: Uint8Array | undefined;
  const stalled: ByteIterator = {
    next: (offered) => {
      if (offered === undefined) {
        return Promise.resolve({ done: false, value: lines("r 10 8\n", 1000) });
      }
      // As a file's read that another thread has not done when SIGINT comes.
      late = offered;
      abort.abort();
      return new Promise(() => {});
    },
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]: () => stalled,
  };
  const { signal } = abort;
  const first = await readAddressTrace("t", stalled, { signal, batch });
  for await (const { length } of first.batches) assert(length > 0);
  assert(late !== undefined);

  // The batch is read into again, and only then that read is done.
  const chunks = chunksOf(lines("w 20 4\n", 200), 1400);
  const second = await readAddressTrace("t", chunks, { batch });
  const addresses = new Set<number>();
  for await (const { length, addressLo } of second.batches) {
    for (const address of addressLo.subarray(0, length)) addresses.add(address);
    late.set(lines("w 30 4\n", 200));
  }
  assertEquals([...addresses], [0x20]);
});
