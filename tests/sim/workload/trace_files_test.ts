/** Files as streams and as chunks that are read where a reader likes. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openChunks } from "../../../sim/workload/trace_files.ts";

/** A file with bytes, for a test. */
async function withFile(
  bytes: Uint8Array,
  test: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await test(path);
  } finally {
    await Deno.remove(path);
  }
}

const BYTES = Uint8Array.from({ length: 3 << 20 }, (_, at) => at % 251);

Deno.test("openChunks() reads into what is offered, and makes its own otherwise", async () => {
  await withFile(BYTES, async (path) => {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const found = new Uint8Array(BYTES.length);
    let at = 0;
    const chunks = await openChunks(path);
    // By this thread and by others, from 1 byte on.
    for (let turn = 0;; turn++) {
      const offered = turn % 3 === 2
        ? undefined
        : new Uint8Array(memory.buffer, 7, 1 + turn * 4999 % (1 << 16));
      const { done, value } = await chunks.next(offered);
      if (done) break;
      if (offered !== undefined) {
        assertEquals(value.buffer, memory.buffer);
        assertEquals(value.byteOffset, 7);
        assert(value.length <= offered.length);
      }
      found.set(value, at);
      at += value.length;
    }
    assertEquals(at, BYTES.length);
    assertEquals(found, BYTES);
    // It is closed, and stays so.
    assertEquals((await chunks.next()).done, true);
    assertEquals((await chunks.return()).done, true);
  });
});

Deno.test("openChunks() lets the program hear what comes while it reads", async () => {
  await withFile(BYTES, async (path) => {
    // A hole, longer than any machine reads in the ms until the timer is due.
    await Deno.truncate(path, 256 << 20);
    const chunks = await openChunks(path);
    const offered = new Uint8Array(1 << 16);
    // What the first read waits for tells nothing of those behind it.
    await chunks.next(offered);
    let hasHeard = false;
    setTimeout(() => hasHeard = true, 0);
    let reads = 0;
    while (!hasHeard) {
      if ((await chunks.next(offered)).done) break;
      reads++;
    }
    await chunks.return();
    assert(hasHeard, `${reads} reads without a turn of the event loop`);
  });
});

Deno.test("openChunks() closes its file when a reader stops, and takes no directory", async () => {
  await withFile(BYTES, async (path) => {
    for await (const chunk of await openChunks(path)) {
      assert(chunk.length > 0);
      break;
    }
  });
  const folder = await Deno.makeTempDir();
  await assertRejects(() => openChunks(folder), Deno.errors.IsADirectory);
  await Deno.remove(folder);
  await assertRejects(() => openChunks(folder), Deno.errors.NotFound);
});
