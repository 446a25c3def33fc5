import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { openCell } from "../../../sim/setup/open_cell.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import type { PathSetup } from "../../../sim/setup/path_setup.ts";
import { dataIos, replay, verifyReplay } from "../../../sim/replay/replay.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";

const CELL = openCell(
  { abi: findAbi("lp64"), machine: PLAIN_MACHINE, seed: 1, ios: 16 },
  "64k-mixed",
);
const SETUP: PathSetup = {
  layout: "len31_p2p",
  abi: "lp64",
  kernel: "7.2",
  recognition: "segment",
  limits: QUEUE_LIMIT_PRESETS.nvme_prp,
  map: CELL.map,
  depth: 8,
  machine: { ...PLAIN_MACHINE, vmemmap: false },
};

async function firstWindow(): Promise<IoWindow> {
  const workload = await CELL.open();
  for await (const window of workload.windows({ ios: 16, pieces: 512 })) {
    return window;
  }
  throw new RangeError("no window");
}

Deno.test("openPath() makes of names what assemblePath() makes of things", async () => {
  const window = await firstWindow();
  // A message carries it to a worker, and back.
  const opened = openPath(structuredClone(SETUP), {}, { decode: true });
  const assembled = assemblePath({
    layout: findLayout("len31_p2p"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "segment",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: CELL.map,
    depth: 8,
    controller: { sgl: false, iommu: false },
    vmemmap: false,
    decode: true,
  });
  assertEquals(opened.memory.regions, assembled.memory.regions);
  for (const one of [opened, assembled]) replay(one, window, dataIos(window));
  assertEquals(opened.digest?.hex(), assembled.digest?.hex());
  assertEquals(opened.path.counts, assembled.path.counts);
  assertEquals(opened.path.counts.ios, 16);
});

Deno.test("openPath() takes a layout and an ABI as they are, too", () => {
  const { codec } = openPath({
    ...SETUP,
    layout: findLayout("page_offset"),
    recognition: "page",
    abi: findAbi("lp64_be"),
  });
  assertEquals(codec.layout.name, "page_offset");
  assertEquals(codec.abi.name, "lp64_be");
});

Deno.test("openPath() watches with its probe and leaves the rest of a setup", async () => {
  const window = await firstWindow();
  let ended = 0;
  const more = { ...SETUP, engine: { name: "native" }, workloads: [] };
  const { path } = openPath(more, { ioEnd: () => ended++ });
  path.open(window);
  for (const io of dataIos(window)) path.submit(window, io);
  path.drain();
  assertEquals(ended, 16);
});

Deno.test("openPath() counts guards where it is told to", async () => {
  const integrityCounts = { guards: 0, kmaps: 0, refused: 0 };
  const data = new PhysicalMemory(CELL.map);
  const assembly = openPath(
    { ...SETUP, machine: { ...PLAIN_MACHINE, integrity: "t10" } },
    {},
    { decode: true, data: () => data, integrityCounts },
  );
  // Host memory: P2P memory cannot be mapped for its guards.
  const workload = await openWorkload("4k-hot", {
    seed: 1,
    memoryMap: CELL.map,
    ios: 3,
  });
  for await (const window of workload.windows({ ios: 3, pieces: 3 })) {
    const ios = dataIos(window);
    verifyReplay(assembly, window, { ios, data, salt: 0, firstIo: 0 });
  }
  // 4 KiB in blocks of 512 B, three times.
  assertEquals(integrityCounts.guards, 24);
});

Deno.test("openPath() names what it does not know", () => {
  assertThrows(
    () => openPath({ ...SETUP, layout: "page_ofset" }),
    RangeError,
    "page_offset",
  );
  assertThrows(() => openPath({ ...SETUP, abi: "lp46" }), RangeError, "lp64");
});

Deno.test("openCell() lays memory out as the workload needs it", async () => {
  const on = (abi: string, more = {}) =>
    openCell({
      abi: findAbi(abi),
      machine: PLAIN_MACHINE,
      seed: 1,
      ios: 4,
      ...more,
    }, "4k-1g-pool");
  assertEquals(on("lp64").map.dram, [
    { startPhys: 0x1_0000_0000n, sizeBytes: 2 ** 30 },
  ]);
  assertEquals(on("ilp32").map.providers, []);
  const huge = on("lp64", { placement: "huge", machine: { ...PLAIN_MACHINE } });
  assertEquals([huge.map.folioOrder, huge.placement.folioOrder], [9, 9]);
  // Its start is the machine's own; a workload is opened anew each time.
  const { map, open } = on("lp64", {
    machine: { ...PLAIN_MACHINE, memoryStart: 2 ** 40 },
  });
  assertEquals(map.dram[0]?.startPhys, 2n ** 40n);
  for (const workload of [await open(), await open()]) {
    for await (const window of workload.windows({ ios: 8, pieces: 8 })) {
      assertEquals(window.counts[0], 4);
    }
  }
});

Deno.test("openPath() scatters memory by its seed, and builds the same commands", async () => {
  const window = await firstWindow();
  const open = (scatterSeed?: number) =>
    openPath(SETUP, {}, {
      decode: true,
      ...(scatterSeed === undefined ? {} : { scatterSeed }),
    });
  const plain = open();
  replay(plain, window, dataIos(window));
  const places = new Set([JSON.stringify(plain.memory.regions)]);
  for (const seed of [0, 1, 2]) {
    const scattered = open(seed);
    places.add(JSON.stringify(scattered.memory.regions));
    // Gaps are whole lines, and whole pages in front of a slab: a structure
    // stays where in a line it was (queue_limits lie 24 bytes into one).
    scattered.memory.regions.forEach(({ offset, freePointerOffset }, i) => {
      const unit = freePointerOffset === undefined ? 64 : 4096;
      assertEquals(
        offset % unit,
        (plain.memory.regions[i]?.offset ?? 0) % unit,
      );
    });
    replay(scattered, window, dataIos(window));
    assertEquals(scattered.path.counts, plain.path.counts);
    assertEquals(scattered.decoded?.prpEntries, plain.decoded?.prpEntries);
  }
  assertEquals(places.size, 4); // each seed has places of its own
});

Deno.test("a struct page has the size that the setup says", async () => {
  const { map, open } = openCell({
    abi: findAbi("ilp32"),
    machine: PLAIN_MACHINE,
    seed: 1,
    ios: 8,
  }, "128k-scattered");
  const digests = new Set<string>();
  for await (const window of (await open()).windows({ ios: 8, pieces: 512 })) {
    for (const structPageBytes of [undefined, 32, 36, 64]) {
      const assembly = openPath(
        {
          ...{ ...SETUP, abi: "ilp32", recognition: "page" as const, map },
          machine: {
            ...PLAIN_MACHINE,
            ...(structPageBytes === undefined ? {} : { structPageBytes }),
          },
        },
        {},
        { decode: true },
      );
      const pages = assembly.memory.regions.find(({ structure }) =>
        structure === "page"
      );
      // The ABI's own where nobody says (layouts/abi.ts).
      assertEquals(pages?.strideBytes, structPageBytes ?? 40);
      replay(assembly, window, dataIos(window));
      digests.add(assembly.digest?.hex() ?? "");
    }
    break;
  }
  assertEquals(digests.size, 1);
});
