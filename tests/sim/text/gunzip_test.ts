/** Gzip as it is found: several members, headers with names, damage. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { gunzip } from "../../../sim/text/gunzip.ts";
import type { InflatedMemory } from "./gunzip_memory_worker.ts";
import { chunked } from "../workload/trace_rows.ts";

const text = new TextEncoder();

function join(...parts: readonly (Uint8Array | number[])[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function gz(data: string | Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(data));
}

async function inflated(
  bytes: Uint8Array,
  chunkBytes = 1 << 16,
): Promise<string> {
  let found = "";
  for await (const chunk of gunzip("x.gz", chunked(bytes, chunkBytes))) {
    found += new TextDecoder().decode(chunk);
  }
  return found;
}

/** A member whose header has all that RFC 1952 allows. */
function fullMember(data: string): Uint8Array {
  const bytes = text.encode(data);
  const trailer = new Uint8Array(8);
  const view = new DataView(trailer.buffer);
  view.setUint32(0, crc32(bytes), true);
  view.setUint32(4, bytes.length, true);
  return join(
    [0x1f, 0x8b, 8, 1 | 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3],
    [3, 0, 65, 66, 67], // extra field of three bytes
    text.encode("name\0comment\0"),
    [0, 0], // check sum of the header: nobody looks
    deflateRawSync(bytes),
    trailer,
  );
}

Deno.test("gunzip() reads all members, and zeros behind them", async () => {
  const cases: [string, Uint8Array][] = [
    ["one", gz("one")],
    ["onetwo", join(gz("one"), gz("two"))], // cat a.gz b.gz
    ["two", join(gz(""), gz("two"), gz(""))], // bgzip ends with an empty one
    ["one", join(gz("one"), new Uint8Array(512))], // a tape's last block
    ["onetwo", join(fullMember("one"), fullMember("two"))],
  ];
  for (const [expected, bytes] of cases) {
    for (const chunkBytes of [1, 7, 1 << 16]) {
      assertEquals(await inflated(bytes, chunkBytes), expected);
    }
  }
});

Deno.test("gunzip() names what is wrong and at which byte", async () => {
  const one = gz("one");
  const damaged = one.slice();
  damaged[one.length - 8] = (damaged[one.length - 8] ?? 0) ^ 1;
  const long = one.slice();
  long[one.length - 4] = 9;
  const method = one.slice();
  method[2] = 9;
  const cases: [Uint8Array, string][] = [
    [join(one, text.encode("junk")), `after member 1 at byte ${one.length}`],
    [join(one, [0x1f]), `after member 1 at byte ${one.length}`],
    [
      join(one, [0, 0, 7]),
      `something after the zeros that end it at byte ${one.length + 2}`,
    ],
    [one.subarray(0, 5), "the end of the file in member 1 at byte 5"],
    [
      one.subarray(0, one.length - 9),
      `the end of the file in member 1 at byte ${one.length - 9}, after `,
    ],
    [
      join(one, one.subarray(0, 12)),
      `the end of the file in member 2 at byte ${one.length + 12}, after 4 `, // and the o of the second
    ],
    [damaged, `a checksum other than the data's at byte ${one.length - 8}`],
    [long, `a length other than the data's at byte ${one.length - 4}`],
    [method, "compression method 9 at byte 2"],
    [
      join(one.subarray(0, 10), [0xff, 0xff, 0xff, 0xff]),
      "data that does not inflate in bytes 10 to 13",
    ],
  ];
  for (const [bytes, message] of cases) {
    for (const chunkBytes of [1 << 16]) {
      await assertRejects(
        () => inflated(bytes, chunkBytes),
        SyntaxError,
        message,
      );
    }
  }
});

/** Line feeds, compressed without ever being in memory as one. */
async function lineFeeds(mebibytes: number): Promise<Uint8Array> {
  const part = new Uint8Array(1 << 20).fill(10);
  let left = mebibytes;
  const plain = new ReadableStream<BufferSource>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(part);
      else controller.close();
    },
  });
  const packed = plain.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

Deno.test("gunzip() takes constant memory, however well a chunk packs", async () => {
  // Half a GiB in half a MiB: once it all came as one chunk.
  const bytes = await lineFeeds(512);
  assert(bytes.length < 1 << 20);
  const worker = new Worker(
    new URL("./gunzip_memory_worker.ts", import.meta.url).href,
    { type: "module" },
  );
  let told: InflatedMemory;
  try {
    told = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(bytes);
    });
  } finally {
    worker.terminate();
  }
  assertEquals(told.totalBytes, 512 << 20);
  assert(told.largestBytes <= 1 << 18);
  // Chunks are collected when V8 finds it worth while: 190 MiB were seen.
  const { mostBytes } = told;
  assert(mostBytes < 384 << 20, `${mostBytes >> 20} MiB`);
});

Deno.test("gunzip() reads or refuses any bytes behind the magic", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 2, max: 24 }),
      async (tail, keep) => {
        const bytes = join(gz("one").subarray(0, keep), tail);
        try {
          await inflated(bytes);
        } catch (error) {
          assert(error instanceof SyntaxError);
        }
      },
    ),
    { numRuns: 300 },
  );
});
