import { assert, assertEquals } from "@std/assert";
import { Contender } from "../../../bench/contender/contender.ts";
import {
  addressOf,
  HUGE_PAGE_BYTES,
  placeArena,
} from "../../../bench/native/place_arena.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { dataIos, replay } from "../../../sim/replay/replay.ts";
import { tracePath } from "../../../sim/replay/traced_path.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import { compareEngines, firstWindow, pathOptions } from "./compare_engines.ts";

const HUGE = BigInt(HUGE_PAGE_BYTES);

Deno.test("the arena of a path begins at a huge page, and its lines are lines", () => {
  const { memory } = assemblePath({
    ...pathOptions("page_offset", "page"),
    decode: false,
    placeArena,
  });
  assertEquals(addressOf(memory.bytes()) % HUGE, 0n);
  // What the layout of the arena calls aligned is so for this machine's caches.
  for (const { structure, offset } of memory.regions) {
    const line = offset - offset % 64;
    const at = addressOf(memory.bytes().subarray(line));
    assertEquals(at % 64n, 0n, structure);
  }
});

Deno.test("without addresses the arena begins at a page", () => {
  const { memory } = assemblePath({
    ...pathOptions("page_offset", "page"),
    decode: false,
  });
  assertEquals(memory.baseBytes, 0);
  assertEquals(addressOf(memory.bytes()) % 4096n, 0n);
});

Deno.test("both engines leave the same bytes wherever the arena lies", async () => {
  const window = await firstWindow("64k-mixed", 20);
  const options = pathOptions("page_offset", "page", { placeArena });
  const { ios } = await compareEngines(options, [window]);
  assertEquals(ios, 40); // the window twice
});

Deno.test("the arenas of timed contenders begin at a huge page", async () => {
  for (const engine of [{}, { engine: { name: "native" } }] as const) {
    const contender = await Contender.start(setupOf(engine));
    try {
      const { window } = await contender.ask({
        kind: "open",
        window: readsOf(4),
      });
      assertEquals(window.arenaAlignBytes, HUGE_PAGE_BYTES);
    } finally {
      contender.stop();
    }
  }
});

Deno.test("the place of an arena is in no exact figure", async () => {
  const window = await firstWindow("64k-mixed", 40);
  const run = (given: { placeArena?: typeof placeArena }) => {
    const { decode: _decode, ...options } = {
      ...pathOptions("phys_packed", "page"),
      ...given,
    };
    const plain = assemblePath({ ...options, decode: true });
    replay(plain, window, dataIos(window));
    const addresses: number[] = [];
    const traced = tracePath(options, (batch) => {
      for (let i = 0; i < batch.length; i++) {
        addresses.push(batch.addressLo[i] as number);
      }
    });
    traced.record(true);
    replay(traced.assembly, window, dataIos(window));
    traced.record(false);
    return {
      bytes: plain.memory.bytes().slice(0, plain.memory.usedBytes),
      regions: plain.memory.regions,
      digest: plain.digest?.hex(),
      addresses,
    };
  };
  const placed = run({ placeArena });
  assert(placed.addresses.length > 10_000);
  assertEquals(placed, run({}));
});

Deno.test("placeArena() puts a small arena at a page and a large one in huge pages", async () => {
  const small = placeArena(8192);
  assertEquals(small.baseBytes, 0);
  const sizeBytes = 3 * HUGE_PAGE_BYTES + 4096;
  const { buffer, baseBytes } = placeArena(sizeBytes);
  const bytes = new Uint8Array(buffer, baseBytes, sizeBytes);
  assertEquals(addressOf(bytes) % HUGE, 0n);
  const hasHugePages = await Deno.stat("/sys/kernel/mm/transparent_hugepage")
    .then(() => true, () => false);
  if (!hasHugePages) return;
  // `hg`: the kernel was advised (Documentation/filesystems/proc.rst, VmFlags).
  const maps = await Deno.readTextFile("/proc/self/smaps");
  const first = addressOf(bytes).toString(16).padStart(8, "0");
  const own = maps.slice(maps.indexOf(`${first}-`));
  const flags = own.match(/^VmFlags:.*$/m)?.[0] ?? "";
  assert(flags.includes(" hg"), `found "${flags}"`);
});
