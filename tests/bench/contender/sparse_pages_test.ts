/**
 * Struct pages that are made when a window is opened, against all of them made
 * at once: the same accesses, and the same memory but for pages of which no I/O
 * is.
 */
import { assert, assertEquals } from "@std/assert";
import { tracePath } from "../../../sim/replay/traced_path.ts";
import { dataIos } from "../../../sim/replay/replay.ts";
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import { SUBMITTERS } from "../../../sim/setup/submitter.ts";
import { KeptTracer } from "../../../sim/trace/kept_tracer.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { randomBuild, randomPath } from "../native/random_path.ts";

/** Words of a memory that lie in some of its regions, so many bytes before too. */
function wordsOf(
  regions: readonly { readonly offset: number; readonly sizeBytes: number }[],
  { count, bytesBefore = 0 }: { count: number; bytesBefore?: number },
): Uint8Array {
  const words = new Uint8Array(count);
  for (const { offset, sizeBytes } of regions) {
    words.fill(
      1,
      Math.max(0, Math.ceil((offset - bytesBefore) / 4)),
      Math.ceil((offset + sizeBytes) / 4),
    );
  }
  return words;
}

/** Recorder and memory of one path after the other. */
const kept = new KeptTracer();

/** Takes the windows through a path; its accesses and its memory. */
function replayed(
  options: AssemblyOptions,
  windows: readonly IoWindow[],
) {
  let accesses = 0;
  let digest = 0;
  let touched = new Uint8Array(0);
  const astray: number[] = [];
  const { decode: _, ...traced } = options;
  const { assembly, record } = tracePath(traced, (batch) => {
    const { addressLo, sizeAndKind, length } = batch;
    for (let i = 0; i < length; i++) {
      const address = addressLo[i] as number;
      digest = Math.imul(digest, 31) + address | 0;
      digest = Math.imul(digest, 31) + (sizeAndKind[i] as number) | 0;
      const word = address >>> 2;
      if (word < touched.length) touched[word] = 1;
      else astray.push(word);
    }
    accesses += length;
  }, kept);
  const { path, memory } = assembly;
  const words = new Int32Array(
    memory.buffer,
    memory.baseBytes,
    memory.sizeBytes >>> 2,
  );
  touched = new Uint8Array(words.length);
  for (const window of windows) {
    path.open(window);
    record(true);
    for (const io of dataIos(window)) path.submit(window, io);
    path.drain();
    record(false);
  }
  const count = words.length;
  const known = wordsOf(memory.regions, { count, bytesBefore: 3 });
  for (let at = 0; at < count; at++) {
    if (touched[at] === 1 && known[at] === 0) astray.push(at);
  }
  assertEquals(astray, [], "accesses that are of no structure");
  return {
    digest,
    accesses,
    errors: path.counts.errors,
    /** 1 for each word that was read or written, by its first byte. */
    touched,
    words: words.slice(),
    /** 1 for each word of a struct page. */
    pages: wordsOf(
      memory.regions.filter(({ structure }) => structure === "page"),
      { count },
    ),
  };
}

/** The page cache has whole pages of host memory: so the pieces become. */
function inPageCache({ physLo, physHi, provider }: IoWindow): void {
  for (let piece = 0; piece < physHi.length; piece++) {
    physLo[piece] = (physLo[piece] as number) & ~4095;
    if (provider[piece] === 0) continue;
    provider[piece] = 0;
    physHi[piece] = 3;
    physLo[piece] = (physLo[piece] as number) & 0x1f_ffff;
  }
}

for (const [index, submitter] of SUBMITTERS.entries()) {
  Deno.test(`struct pages made at need change no access: ${submitter}`, () => {
    for (let seed = index * 100; seed < index * 100 + 6; seed++) {
      const { options: drawn, windows } = randomPath(
        { ...randomBuild(seed), submitter },
        seed,
      );
      if (submitter === "pagecache") windows.forEach(inPageCache);
      const full = replayed({ ...drawn, sparsePages: false }, windows);
      const sparse = replayed({ ...drawn, sparsePages: true }, windows);
      const what = `seed ${seed}`;
      assert(full.accesses > 0);
      assertEquals(sparse.digest, full.digest, what);
      assertEquals(sparse.errors, full.errors, what);
      let unmade = 0;
      let outside = -1;
      let wrong = -1;
      for (let at = 0; at < full.words.length; at++) {
        if (sparse.words[at] === full.words[at]) continue;
        unmade++;
        // A page that an I/O reaches is made, though it may be none the wiser.
        if (sparse.words[at] !== 0 || sparse.touched[at] === 1) wrong = at;
        if (full.pages[at] !== 1) outside = at;
      }
      assertEquals({ outside, wrong }, { outside: -1, wrong: -1 }, what);
      assert(unmade > 0, what);
    }
  });
}

Deno.test("a path with pages made at need wants its window open", () => {
  const { options, windows: [window] } = randomPath(randomBuild(1), 1);
  assert(window !== undefined);
  const { decode: _, ...traced } = options;
  const { assembly: { path } } = tracePath(
    { ...traced, sparsePages: true },
    () => {},
  );
  let message = "";
  try {
    path.submit(window, 0);
  } catch (error) {
    message = (error as Error).message;
  }
  assertEquals(message.startsWith("Cannot submit"), true, message);
});
