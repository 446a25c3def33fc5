import { assertEquals, assertStringIncludes } from "@std/assert";
import { isUnsupported } from "../../../layouts/layout.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { layouts } from "../../../layouts/registry.ts";
import { explained, linesTouched } from "./explain_rig.ts";
import { servesRecognition } from "../../../sim/recognition/recognition_registry.ts";

Deno.test("lab explain shows a 128 KiB read of 32 pages as blockspec's G1", async () => {
  const found = await explained(["--workload", "128k-scattered"]);
  const { io, bios, requests, splits, events } = found;
  assertEquals([io.pieces.length, io.lengthBytes], [32, 131072]);
  const [bio] = bios;
  assertEquals(bios.length, 1);
  assertEquals(
    [bio?.array, bio?.capacity, bio?.arrayBytes, bio?.vectors.length],
    ["biovec-64", 64, 64 * 16, 32],
  );
  assertEquals(splits, []);
  assertEquals(events, "QGDC");
  const [request] = requests;
  // Gaps at multiples of 4096: bit 13, counted from 1.
  assertEquals(
    [request?.physicalSegments, request?.gapBit, request?.dmaRanges],
    [32, 13, 32],
  );
  // One check of the first page alone (blockspec 2.9).
  assertEquals(request?.recognitions, [{
    address: io.pieces[0]?.address ?? "",
    flag: 0,
    memory: "host",
  }]);
  // PRP1 and a list of 31: the pages of the buffer, in order.
  const { command } = request ?? {};
  assertEquals(command?.pages, io.pieces.map(({ address }) => address));
  assertEquals(command?.listPages.map(({ entries }) => entries), [31]);
  // 512 bytes of bio_vecs are 8 lines, in each pass over them; in the first
  // one 32 page pointers are staged in the array's second half.
  assertEquals(linesTouched(found, "bio_vec", "submit"), 8 + 4);
  for (const stage of ["split", "map", "complete"]) {
    assertEquals(linesTouched(found, "bio_vec", stage), 8, stage);
  }
  // Pinned, checked once, released.
  assertEquals(linesTouched(found, "page", "submit"), 32);
  assertEquals(linesTouched(found, "page", "map"), 1);
  assertEquals(linesTouched(found, "page", "complete"), 32);
  assertEquals(found.lines["bio_vec"], 8 + 4);
  assertEquals(found.config.pagePointers, {
    place: "tail",
    reason: "PAGE_PTRS_PER_BVEC is 2",
  });
});

Deno.test("lab explain says where page pointers go, of a user's memory", async () => {
  const pointers = async (...args: string[]) =>
    (await explained(args)).config.pagePointers;
  assertEquals((await pointers("--layout", "phys_packed"))?.place, "byte_tail");
  assertEquals((await pointers("--layout", "rlist_8"))?.place, "bounce");
  assertEquals(await pointers("--registered"), null);
});

Deno.test("lab explain gives the bytes of a bio_vec as they lie in memory", async () => {
  const { io, bios } = await explained([]);
  const piece = io.pieces[0];
  const vector = bios[0]?.vectors[0];
  // A struct page has 64 bytes, and x86-64 has them at 0xffd4000000000000 with
  // five levels of page tables.
  const page = 0xffd4000000000000n + (BigInt(piece?.address ?? 0) >> 12n) * 64n;
  assertEquals(vector?.fields, [
    { name: "bv_page", offsetBytes: 0, sizeBits: 64, value: hex(page) },
    { name: "bv_len", offsetBytes: 8, sizeBits: 32, value: "0x1000" },
    { name: "bv_offset", offsetBytes: 12, sizeBits: 32, value: "0x0" },
  ]);
  const littleEndian = hex(page).slice(2).match(/../g)?.toReversed().join("");
  assertEquals(vector?.bytes, [`${littleEndian}0010000000000000`]);
});

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

Deno.test("lab explain reads big-endian, bit-fields and columns", async () => {
  const of = async (layout: string, abi: string) => {
    const { bios, io } = await explained(
      ["--layout", layout, "--abi", abi, "--workload", "128k-scattered"],
    );
    const vector = bios[0]?.vectors[1];
    assertEquals(vector?.address, io.pieces[1]?.address);
    const fields = vector?.fields.map(({ name, value }) => [name, value]);
    return { ...vector, fields: Object.fromEntries(fields ?? []) };
  };
  const address = async (layout: string, abi: string) =>
    (await of(layout, abi)).address ?? "";
  const big = await of("len31_p2p", "lp64_be");
  const phys = await address("len31_p2p", "lp64_be");
  assertEquals(big.fields, { bv_phys: phys, bv_len: "0x1000", bv_p2p: "0x0" });
  // 31 bits of length come first in a big-endian word: 4096 << 1.
  assertEquals(big.bytes, [phys.slice(2).padStart(16, "0") + "00002000"]);
  const columns = await of("soa_phys_len", "lp64");
  assertEquals(columns.bytes?.map((part) => part.length / 2), [8, 4]);
  assertEquals(columns.fields["bv_len"], "0x1000");
});

Deno.test("lab explain says why a bio was cut, and how P2P memory was found", async () => {
  const wide = await explained(["--workload", "1m-p2p"]);
  const [bio] = wide.bios;
  assertEquals([bio?.vectors.length, bio?.array, bio?.nomerge], [
    256,
    "biovec-max",
    true,
  ]);
  // MDTS 7: 1024 sectors are 128 pages, before 129 segments are reached.
  assertEquals(wide.splits.map(({ reasons: _, ...split }) => split), [{
    sector: 0,
    sectors: 1024,
    remainderSector: 1024,
    vector: 128,
    vectorBytes: 0,
  }]);
  assertStringIncludes(wide.splits[0]?.reasons.join() ?? "", "max_sectors: 10");
  assertEquals(wide.events, "QXGDGDCC");
  for (const { dmaRanges, recognitions, command } of wide.requests) {
    // A BAR behind a switch: one range, by bus address (G4).
    assertEquals(dmaRanges, 1);
    assertEquals(recognitions.map(({ memory }) => memory), ["bar1"]);
    // bar1 lies at 0x3c0004000000 and has bus address 0x90000000.
    const bus = BigInt(recognitions[0]?.address ?? 0) - 0x3c0004000000n +
      0x90000000n;
    assertEquals(command?.prp1, hex(bus));
  }
  // G5: behind an IOMMU 128 KiB is the most, 8 requests of 32 segments each.
  const iommu = await explained(["--workload", "1m-p2p", "--iommu"]);
  assertEquals(iommu.splits.length, 7);
  assertEquals(
    iommu.requests.map(({ physicalSegments, dmaRanges }) => [
      physicalSegments,
      dmaRanges,
    ]),
    Array(8).fill([32, 1]),
  );
  // A SCSI host: 128 segments are reached before 2560 sectors.
  const scsi = await explained(["--workload", "1m-p2p", "--device", "scsi"]);
  assertEquals(scsi.splits[0]?.sectors, 1024);
  assertEquals(scsi.splits[0]?.reasons, [
    "max_segments: 128 segments, as many as allowed",
  ]);
});

Deno.test("lab explain shows how mixed memory ends a bio", async () => {
  const { io, bios } = await explained(["--workload", "64k-mixed"]);
  const kinds = io.pieces.map(({ memory }) => memory);
  const changes = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]);
  assertEquals(bios.length, changes.length + 1);
  for (const { endedBy, questions } of bios.slice(0, -1)) {
    assertEquals(endedBy, "memory of another kind follows");
    assertEquals(questions.at(-1)?.same, false);
  }
  assertEquals(bios.at(-1)?.endedBy, "the buffer ends");
  // A flag in each segment lets one bio hold both kinds; then each is asked.
  const flagged = await explained([
    "--workload",
    "64k-mixed",
    "--layout",
    "phys_flags",
    "--recognise",
    "segment",
  ]);
  assertEquals(flagged.bios.length, 1);
  assertEquals(
    flagged.bios[0]?.vectors.map(({ flag }) => flag),
    kinds.map((kind) => kind === "host" ? 0 : 1),
  );
  const asked = flagged.requests.flatMap(({ recognitions }) => recognitions);
  assertEquals(
    new Set(asked.map(({ memory }) => memory)),
    new Set(kinds),
  );
});

Deno.test("lab explain shows an SGL, inline or as a list, and one IOVA range", async () => {
  const inline = await explained(["--workload", "1m-segment", "--sgl"]);
  const [first] = inline.requests;
  assertEquals(first?.command?.kind, "sgl");
  assertEquals(first?.command?.sglList, null);
  assertEquals(first?.command?.descriptors.length, 1);
  // 32 pages behind an IOMMU: one range of 128 KiB (T34).
  const iommu = await explained(
    ["--workload", "128k-scattered", "--sgl", "--iommu"],
  );
  assertEquals(iommu.requests[0]?.dmaRanges, 1);
  assertEquals(
    iommu.requests[0]?.command?.descriptors.map((one) => one.lengthBytes),
    [131072],
  );
});

Deno.test("lab explain shows a registered buffer as blockspec's G2", async () => {
  const found = await explained(["--workload", "4k-hot", "--registered"]);
  const [bio] = found.bios;
  assertEquals([bio?.array, bio?.vectors.length], ["borrowed", 1]);
  assertEquals(bio?.questions, []);
  // The driver's P2P check reads the one struct page line of the I/O.
  assertEquals(found.lines["page"], 1);
  assertEquals(linesTouched(found, "page", "map"), 1);
  // Split takes the shortcut and reads entry 0, mapping reads it again.
  assertEquals(found.lines["io_mapped_ubuf"], 1);
  const [request] = found.requests;
  assertEquals(
    [request?.gapBit, request?.dmaRanges, request?.command?.prp2],
    [0, 1, "0x0"],
  );
});

Deno.test("lab explain reads every layout that can serve", async () => {
  const abi = findAbi("lp64");
  for (const layout of layouts) {
    if (
      isUnsupported(
        servesRecognition(layout, { abi: abi, recognition: "page" }),
      )
    ) continue;
    const { io, bios } = await explained(["--layout", layout.name]);
    // Pages are scattered: one vector a piece.
    assertEquals(
      bios.flatMap(({ vectors }) =>
        vectors.map(({ address, lengthBytes }) => [address, lengthBytes])
      ),
      io.pieces.map(({ address, lengthBytes }) => [address, lengthBytes]),
      layout.name,
    );
  }
});
