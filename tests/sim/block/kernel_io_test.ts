import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import type { Recognition } from "../../../sim/recognition/recognition_registry.ts";
import {
  assemblePath,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { REQ_FLAG } from "../../../sim/kernel/operation.ts";
import { kernelProfiles } from "../../../sim/kernel/struct_offsets.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { dataIos, verifyReplay } from "../../../sim/replay/replay.ts";
import { traceWindow } from "../../../sim/replay/trace_window.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";

const MAP = defaultMemoryMap(true);
const LP64 = findAbi("lp64");

function options(
  layout: string,
  recognition: Recognition,
  given: Partial<AssemblyOptions> = {},
): Omit<AssemblyOptions, "decode"> {
  return {
    layout: findLayout(layout),
    abi: LP64,
    kernel: "7.2",
    recognition,
    limits: nvmeLimits(8),
    map: MAP,
    depth: 1,
    submitter: "kernel",
    ...given,
  };
}

interface Piece {
  /** Offset from 4 GiB, or from the start of the provider's BAR. */
  readonly at: number;
  readonly bytes: number;
  /** Index + 1 of a provider; 0 for host memory. */
  readonly provider?: number;
}

/** One read into such pieces. */
function windowOf(pieces: readonly Piece[]): IoWindow {
  const window = createWindow({ ios: 1, pieces: pieces.length });
  window.counts.set([1, pieces.length]);
  window.op[0] = WINDOW_OP.read;
  window.firstPiece[1] = pieces.length;
  for (const [i, { at, bytes, provider = 0 }] of pieces.entries()) {
    const start = provider === 0
      ? 4n << 30n
      : MAP.providers[provider - 1]?.startPhys ?? 0n;
    const phys = start + BigInt(at);
    window.physLo[i] = Number(BigInt.asIntN(32, phys));
    window.physHi[i] = Number(phys >> 32n);
    window.pieceBytes[i] = bytes;
    window.provider[i] = provider;
    window.lengthBytes[0] = (window.lengthBytes[0] ?? 0) + bytes;
  }
  return window;
}

/** Pages of which no two are neighbours, each on a line of struct pages. */
const scattered = (count: number, provider = 0) =>
  Array.from({ length: count }, (_, i) => ({
    at: i * 8192,
    bytes: 4096,
    provider,
  }));

function pageLines(
  layout: string,
  recognition: Recognition,
  given: Partial<AssemblyOptions> = {},
) {
  const { single } = traceWindow(windowOf(scattered(32)), {
    ...options(layout, recognition, given),
    warmUpIos: 0,
    countedIos: 1,
  });
  return Object.fromEntries(
    single.structuresInStages.filter(({ structure }) => structure === "page")
      .map(({ stage, lines }) => [stage, lines]),
  );
}

Deno.test("who pins no page touches none but those that the detection asks", () => {
  // bio_add_page() compares the pgmap of each page with the one before; the
  // driver asks of the first alone. A struct page is a line.
  assertEquals(pageLines("page_offset", "page"), { submit: 32, map: 1 });
  assertEquals(pageLines("phys_flags", "page"), { submit: 32, map: 1 });
  assertEquals(pageLines("phys_flags", "segment"), {});
  assertEquals(pageLines("phys_len", "range"), {});
  // A user's pages are touched whatever the flag says.
  const pinned = pageLines("phys_flags", "segment", { submitter: "user" });
  assertEquals([pinned["submit"], pinned["complete"]], [32, 32]);
});

Deno.test("bio_add_page() joins what is adjacent (T13)", () => {
  const adjacent = Array.from(
    { length: 32 },
    (_, i) => ({ at: i * 4096, bytes: 4096 }),
  );
  for (const [pieces, segments] of [[adjacent, 1], [scattered(32), 32]]) {
    const { path } = assemblePath({
      ...options("page_offset", "page"),
      decode: false,
    });
    const window = windowOf(pieces as Piece[]);
    path.submit(window, 0);
    path.drain();
    assertEquals(
      [path.counts.bios, path.counts.segments, path.counts.errors],
      [1, segments as number, 0],
    );
    assert(Object.values(path.balance()).every((live) => live === 0));
  }
});

Deno.test("a bio of a kernel user has room for what is left, 256 at most", () => {
  const { path } = assemblePath({
    ...options("page_offset", "page", { depth: 2 }),
    decode: false,
  });
  path.submit(windowOf(scattered(300)), 0);
  path.drain();
  assertEquals([path.counts.bios, path.counts.segments], [2, 300]);
});

/** Whether each bio that came in is barred from being merged. */
function barred(
  pieces: readonly Piece[],
  recognition: Recognition,
  given: Partial<AssemblyOptions> = {},
): boolean[] {
  const found: boolean[] = [];
  const { path } = assemblePath({
    ...options("phys_flags", recognition, given),
    decode: false,
    probe: {
      event: (event, { opf }) => {
        if (event === "submit") found.push((opf & REQ_FLAG.nomerge) !== 0);
      },
    },
  });
  path.submit(windowOf(pieces), 0);
  path.drain();
  assertEquals(path.counts.errors, 0);
  return found;
}

Deno.test("P2P memory of a kernel user is not merged, in no kernel", () => {
  // From 7.x on bio_add_page() says so; before, the target itself.
  for (const kernel of kernelProfiles) {
    const limits = nvmeLimits(5);
    assertEquals(barred(scattered(2, 1), "page", { kernel, limits }), [true]);
    assertEquals(barred(scattered(2), "page", { kernel, limits }), [false]);
  }
});

Deno.test("where memory of another kind begins decides the detection", () => {
  const mixed = [
    { at: 0, bytes: 4096 },
    { at: 0, bytes: 4096, provider: 1 },
    { at: 8192, bytes: 4096 },
  ];
  // Another pgmap ends a bio of 7.x; a flag of its own does not.
  assertEquals(barred(mixed, "page"), [false, true, false]);
  assertEquals(barred(mixed, "bio"), [false, true, false]);
  // Any P2P segment bars the bio.
  assertEquals(barred(mixed, "segment"), [true]);
});

Deno.test("every layout and kernel moves a kernel user's bytes to the same place", async () => {
  const workload = await openWorkload("64k-mixed", {
    seed: 2,
    memoryMap: MAP,
    ios: 12,
  });
  const data = new PhysicalMemory(MAP);
  for await (const window of workload.windows({ ios: 12, pieces: 400 })) {
    for (const kernel of kernelProfiles) {
      const digests = new Set<string>();
      for (const name of ["page_offset", "phys_packed", "soa_phys_len"]) {
        const assembly = assemblePath({
          ...options(name, "page", { kernel }),
          decode: true,
          data: () => data,
          salt: 5,
        });
        const ios = dataIos(window);
        verifyReplay(assembly, window, { ios, data, salt: 5, firstIo: 0 });
        digests.add(assembly.digest?.hex() ?? "");
      }
      assertEquals(digests.size, 1, kernel);
    }
  }
});
