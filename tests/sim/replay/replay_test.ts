import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import {
  assemblePath,
  type Assembly,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { AccessRecorder } from "../../../sim/trace/access_batch.ts";
import { TracingView } from "../../../sim/trace/tracer.ts";
import {
  dataIos,
  replay,
  verifyReplay,
  WrongIoError,
} from "../../../sim/replay/replay.ts";
import { PLACEMENT_PRESETS } from "../../../sim/workload/placement_options.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import { OneArena } from "../one_arena.ts";
import { smallMap } from "../small_map.ts";
import { servesRecognition } from "../../../sim/recognition/recognition_registry.ts";

const IOLOG = new URL("../../../bench/data/mixedbs.iolog", import.meta.url);
const MOST_IOS = 60;
const MIB = 1 << 20;

async function windowOf(
  placement: string,
  is64Bit = true,
): Promise<IoWindow> {
  const workload = await openWorkload(IOLOG.pathname, {
    seed: 3,
    memoryMap: smallMap(is64Bit),
    placement: { ...PLACEMENT_PRESETS[placement], poolBytes: 8 * MIB },
  });
  const windows = workload.windows({ ios: MOST_IOS, pieces: 1 << 16 });
  for await (const window of windows) return window;
  throw new TypeError("the iolog is empty");
}

/** Data memory by whether it is of 64 bits: each I/O writes its own first. */
const dataOf = new Map([true, false].map((is64Bit) => {
  const map = smallMap(is64Bit);
  return [is64Bit, { map, data: new PhysicalMemory(map) }] as const;
}));

function assemble(given: Partial<AssemblyOptions> & { layout: Layout }) {
  const abi = given.abi ?? findAbi("lp64");
  const own = dataOf.get(abi.pointerBytes === 8);
  assert(own !== undefined);
  const { map, data } = own;
  const assembly = assemblePath({
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth: 8,
    decode: true,
    data: () => data,
    ...given,
    abi,
  });
  return { assembly, data };
}

function verified(assembly: Assembly, data: PhysicalMemory, window: IoWindow) {
  verifyReplay(assembly, window, {
    ios: dataIos(window),
    data,
    salt: 0,
    firstIo: 0,
  });
  return assembly.digest?.hex();
}

Deno.test("verifyReplay() moves the same bytes with every layout and ABI", async () => {
  const arena = new OneArena();
  for (const abi of abis) {
    const window = await windowOf("unaligned", abi.pointerBytes === 8);
    const digests = new Map<string, string[]>();
    for (const layout of layouts) {
      if (
        isUnsupported(
          servesRecognition(layout, { abi: abi, recognition: "page" }),
        )
      ) continue;
      // Holds page frames alone: nothing inside a page.
      if (layout.name === "rlist_8") continue;
      const { assembly, data } = assemble({
        ...{ layout, abi, placeArena: arena.place },
      });
      const digest = verified(assembly, data, window) ?? "none";
      arena.free(assembly.memory);
      digests.set(digest, [...digests.get(digest) ?? [], layout.name]);
    }
    assertEquals(
      digests.size,
      1,
      `${abi.name}: ${JSON.stringify([...digests])}`,
    );
  }
});

Deno.test("verifyReplay() moves P2P and mixed bytes by page and by segment", async () => {
  const arena = new OneArena();
  for (const placement of ["p2p", "p2p-whole", "mixed"]) {
    const window = await windowOf(placement);
    for (const recognition of ["page", "segment"] as const) {
      const digests = new Set<string | undefined>();
      for (const layout of layouts) {
        const served = servesRecognition(layout, {
          abi: findAbi("lp64"),
          recognition,
        });
        if (isUnsupported(served) || layout.name === "rlist_8") continue;
        const { assembly, data } = assemble({
          ...{ layout, recognition, placeArena: arena.place },
        });
        digests.add(verified(assembly, data, window));
        arena.free(assembly.memory);
      }
      assertEquals(digests.size, 1, `${placement}, ${recognition}`);
    }
  }
});

Deno.test("verifyReplay() names the I/O whose length a codec got wrong", async () => {
  const window = await windowOf("scattered");
  const { assembly, data } = assemble({ layout: findLayout("phys_len") });
  const { codec, path } = assembly;
  const first = dataIos(window)[0] as number;
  // The bug: once the vector is written, its address is one page off.
  const broken: Assembly = {
    ...assembly,
    path: {
      ...path,
      submit: (given, io) => {
        const shifted = createWindow(given.capacity);
        for (
          const column of [
            "physLo",
            "physHi",
            "pieceBytes",
            "provider",
          ] as const
        ) shifted[column].set(given[column]);
        for (
          const column of [
            "op",
            "sectorLo",
            "sectorHi",
            "lengthBytes",
            "firstPiece",
            "counts",
          ] as const
        ) shifted[column].set(given[column]);
        const piece = given.firstPiece[io] as number;
        shifted.physLo[piece] = (given.physLo[piece] as number) + 4096;
        path.submit(shifted, io);
      },
    },
  };
  assert(codec.layout.name === "phys_len");
  const error = assertThrows(
    () => verified(broken, data, window),
    WrongIoError,
    `Cannot trust I/O ${first} `,
  );
  assert(
    /byte \d+ (of its buffer is wrong|differs), expected the I\/O's data/.test(
      error.message,
    ),
  );
});

Deno.test("replay() builds the same commands at any depth", async () => {
  const window = await windowOf("runs");
  const digests = new Set<string | undefined>();
  for (const depth of [1, 2, 7, 64]) {
    const { assembly } = assemble({
      layout: findLayout("phyr"),
      depth,
      data: () => undefined,
    });
    replay(assembly, window, dataIos(window));
    digests.add(assembly.digest?.hex());
    assertEquals(
      Object.values(assembly.path.balance()).filter((count) => count !== 0),
      [],
    );
  }
  assertEquals(digests.size, 1);
});

Deno.test("replay() leaves the same memory traced as plain", async () => {
  const window = await windowOf("mixed");
  for (const name of ["page_offset", "phys_packed", "soa_phys_len"]) {
    const layout = findLayout(name);
    const data = () => undefined;
    const plain = assemble({ layout, data }).assembly;
    let accesses = 0;
    const traced = assemble({
      layout,
      data,
      probe: {
        access: (view) => {
          const recorder = AccessRecorder.telling(() => accesses++);
          recorder.enabled = true;
          return new TracingView(view, recorder);
        },
      },
    }).assembly;
    for (const assembly of [plain, traced]) {
      replay(assembly, window, dataIos(window));
    }
    assert(accesses > 10_000, name);
    assertEquals(plain.digest?.hex(), traced.digest?.hex());
    const bytes = (assembly: Assembly) =>
      new Uint8Array(assembly.memory.buffer, 0, assembly.memory.usedBytes);
    const a = bytes(plain);
    const b = bytes(traced);
    assertEquals(a.findIndex((byte, i) => byte !== b[i]), -1, name);
  }
});

Deno.test("assemblePath() says why a layout cannot serve a recognition", () => {
  assertThrows(
    () =>
      assemble({ layout: findLayout("page_offset"), recognition: "segment" }),
    RangeError,
    `Cannot use recognition "segment" with layout "page_offset" on ABI "lp64"`,
  );
});
