import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { readBtf } from "../../../sim/kernel/btf.ts";
import { abiOfBtf, structsOfBtf } from "../../../sim/kernel/btf_structs.ts";
import { bytesSource } from "../../../sim/kernel/byte_source.ts";
import {
  abisOfStructs,
  missingStructs,
  nearestProfile,
  ownKernel,
  ownStructsOf,
} from "../../../sim/kernel/own_kernel.ts";
import { parsePaholeOffsets } from "../../../sim/kernel/pahole_offsets.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import { PATH_STRUCTS } from "../../../sim/kernel/path_tags.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { pathParts } from "../../../sim/setup/path_setup.ts";
import { presetLimits } from "../../../sim/block/queue_limits.ts";

const DATA = new URL("../../data/", import.meta.url);

async function ofBtf(name: string) {
  const bytes = await Deno.readFile(new URL(`btf/${name}.btf`, DATA));
  const btf = await readBtf(bytesSource(name, bytes));
  const structs = structsOfBtf(btf, Object.values(PATH_STRUCTS));
  return ownKernel(structs, { name, abi: abiOfBtf(btf) });
}

async function paholeText(name: string): Promise<string> {
  const file = await Deno.open(new URL(`structs/${name}.txt.gz`, DATA));
  const text = file.readable.pipeThrough(new DecompressionStream("gzip"));
  return await new Response(text).text();
}

Deno.test("a kernel's structures go before those of the recorded one, and what it lacks is named", async () => {
  const kernel = await ofBtf("6.1.0-50-s390x");
  const abi = findAbi("lp64_be");
  assertEquals([kernel.abi, missingStructs(kernel)], ["lp64_be", [
    "nvme_iod",
    "nvme_queue",
  ]]);
  // It is the kernel that was recorded for that ABI, read another way.
  const own = kernelStructs("6.1", abi, kernel);
  const recorded = kernelStructs("6.1", abi);
  for (const key of Object.keys(PATH_STRUCTS) as (keyof typeof own)[]) {
    assertEquals(own[key].sizeBytes, recorded[key].sizeBytes, key);
  }
  assertEquals(
    own.bio.fields["bi_iter.bi_size"],
    recorded.bio.fields["bi_iter.bi_size"],
  );
  assertThrows(
    () => kernelStructs("6.1", findAbi("lp64"), kernel),
    RangeError,
    "on ABI lp64: found a kernel built for lp64_be",
  );
});

Deno.test("a module has the structures of its own alone", async () => {
  const kernel = await ofBtf("6.1.0-50-amd64-nvme");
  assertEquals(Object.keys(ownStructsOf(kernel, findAbi("lp64"))), [
    "nvmeIod",
    "nvmeQueue",
  ]);
  assertEquals(nearestProfile(kernel), "6.1");
});

Deno.test("the rules of the nearest kernel are found by its members, on whatever ABI", async () => {
  for (
    const [name, abi, profile, pointers] of [
      ["6.1.0-50-686_i386", "ilp32", "6.1", 4],
      ["6.12.107+deb13-amd64_amd64", "lp64", "6.12", 8],
      ["7.2.13+deb14-arm64_arm64", "lp64", "7.2", 8],
      ["7.2.13+deb14-armmp-lpae_armhf", "ilp32_lpae", "7.2", 4],
    ] as const
  ) {
    const structs = parsePaholeOffsets(await paholeText(name));
    const kernel = ownKernel(structs, { name, abi: findAbi(abi) });
    assertEquals(nearestProfile(kernel), profile, name);
    assertEquals(
      abisOfStructs(structs),
      abis.filter(({ pointerBytes }) => pointerBytes === pointers),
    );
  }
});

Deno.test("a path keeps its structures where the kernel has them", () => {
  const abi = findAbi("lp64");
  const known = kernelStructs("7.2", abi).blkPlug;
  // A kernel whose plug has 32 bytes in front of all that 7.2 has.
  const fields = Object.fromEntries(
    Object.entries(known.fields).map(([name, place]) => [
      name,
      { ...place, offsetBytes: place.offsetBytes + 32 },
    ]),
  );
  const sizeBytes = known.sizeBytes + 32;
  const own = ownKernel(new Map([["blk_plug", { sizeBytes, fields }]]), {
    name: "mine",
    abi,
  });
  assertEquals(kernelStructs("7.2", abi, own).blkPlug.sizeBytes, sizeBytes);
  const plugBytes = (ownKernel?: typeof own) =>
    assemblePath({
      layout: findLayout("page_offset"),
      abi,
      kernel: "7.2",
      ...(ownKernel === undefined ? {} : { ownKernel }),
      recognition: "page",
      limits: presetLimits("nvme_prp", {}),
      map: {
        dram: [{ startPhys: 1n << 32n, sizeBytes: 1 << 20 }],
        providers: [],
      },
      depth: 1,
      decode: false,
    }).memory.regions.find((one) => one.structure === "blk_plug")?.sizeBytes ??
      0;
  assertEquals(plugBytes(own) - plugBytes(), 32);
});

Deno.test("struct pages have the size that the kernel's have", () => {
  // 16 bytes more, as some debugging options add.
  const page = { sizeBytes: 80, fields: {} };
  const abi = findAbi("lp64");
  const ownKernelOf = ownKernel(new Map([["page", page]]), {
    name: "debug",
    abi,
  });
  const parts = pathParts({
    layout: "page_offset",
    abi: "lp64",
    kernel: "7.2",
    recognition: "page",
    limits: presetLimits("nvme_prp", {}),
    map: { dram: [], providers: [] },
    depth: 1,
    machine: { sgl: false, iommu: false, ownKernel: ownKernelOf },
  });
  assertEquals([parts.abi.pageStructBytes, abi.pageStructBytes], [80, 64]);
});

Deno.test("ownKernel() refuses what no kernel has", () => {
  const from = { name: "x", abi: findAbi("lp64") };
  const CASES: [string, number, Record<string, [number, number]>, string][] = [
    ["nothing", 8, {}, "none of bio, request, nvme_iod"],
    ["bio", 0, {}, "found a size of 0 bytes, expected 1 to 4096"],
    ["bio", 1e9, {}, "found a size of 1000000000 bytes"],
    [
      "bio",
      128,
      { bi_next: [124, 8] },
      "member bi_next of 8 bytes at 124, expected it inside the 128",
    ],
  ];
  for (const [tag, sizeBytes, places, message] of CASES) {
    const fields = Object.fromEntries(
      Object.entries(places).map(([name, [offsetBytes, size]]) => [
        name,
        { offsetBytes, sizeBytes: size },
      ]),
    );
    const own = new Map([[tag, { sizeBytes, fields }]]);
    const error = assertThrows(() => ownKernel(own, from), RangeError, message);
    assert(error.message.startsWith("Cannot take "), error.message);
  }
});
