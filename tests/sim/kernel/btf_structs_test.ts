import { assert, assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { type Btf, readBtf } from "../../../sim/kernel/btf.ts";
import { abiOfBtf, structsOfBtf } from "../../../sim/kernel/btf_structs.ts";
import { bytesSource } from "../../../sim/kernel/byte_source.ts";
import { missingStructs, ownKernel } from "../../../sim/kernel/own_kernel.ts";
import { PATH_STRUCTS } from "../../../sim/kernel/path_tags.ts";
import { parsePaholeOffsets } from "../../../sim/kernel/pahole_offsets.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import type { RecordedKernelName } from "../../../sim/kernel/struct_offsets.ts";
import { recordedOffsets } from "../../../sim/kernel/recorded_structs.ts";
import { BtfWriter } from "./btf_writer.ts";

const DATA = new URL("../../data/btf/", import.meta.url);

async function kernelBtf(name: string): Promise<Btf> {
  const bytes = await Deno.readFile(new URL(`${name}.btf`, DATA));
  return await readBtf(bytesSource(name, bytes));
}

Deno.test("structsOfBtf() gives the places that pahole was recorded to print for the same kernels", async () => {
  const kernels: [string, RecordedKernelName][] = [
    ["6.1.0-50-amd64", "6.1 amd64"],
    ["6.1.0-50-s390x", "6.1 s390x"],
  ];
  for (const [file, kernel] of kernels) {
    const own = structsOfBtf(await kernelBtf(file));
    assert(own.size >= 14);
    for (const [name, struct] of own) {
      const recorded = recordedOffsets(kernel, name);
      assertEquals(struct.sizeBytes, recorded.sizeBytes, name);
      for (const [field, place] of Object.entries(recorded.fields)) {
        assertEquals(struct.fields[field], place, `${name} ${field}`);
      }
    }
  }
});

Deno.test("structsOfBtf() gives what is read from pahole's text", async () => {
  for (const kernel of ["6.1.0-50-amd64", "6.1.0-50-armmp"]) {
    const text = await Deno.readTextFile(new URL(`${kernel}.pahole.txt`, DATA));
    const listed = text.split(/^=== /m)
      .map((part) => part.slice(part.indexOf("\n") + 1))
      .filter((part) => /^struct/.test(part)).join("");
    const own = structsOfBtf(await kernelBtf(kernel));
    let compared = 0;
    for (const [name, struct] of parsePaholeOffsets(listed)) {
      const mine = own.get(name);
      if (mine === undefined) continue;
      assertEquals(mine.sizeBytes, struct.sizeBytes);
      for (const [field, place] of Object.entries(struct.fields)) {
        assertEquals(mine.fields[field], place, `${name} ${field}`);
        compared++;
      }
    }
    assert(compared > 200, `${compared}`);
  }
});

Deno.test("ownKernel() takes a driver's structs from its module, what is missing from a recorded kernel", async () => {
  const abi = findAbi("lp64");
  const from = { name: "mine", abi };
  const recorded = kernelStructs("6.1", abi);
  const own = structsOfBtf(await kernelBtf("6.1.0-50-amd64"));
  const core = ownKernel(own, from);
  // Debian builds NVMe as a module: vmlinux has no struct nvme_iod and no
  // struct nvme_queue.
  assertEquals(missingStructs(core), ["nvme_iod", "nvme_queue"]);
  const structs = kernelStructs("6.1", abi, core);
  assertEquals(structs.nvmeIod, recorded.nvmeIod);
  assertEquals(structs.bio.sizeBytes, recorded.bio.sizeBytes);
  const nvme = structsOfBtf(await kernelBtf("6.1.0-50-amd64-nvme"));
  const all = ownKernel(new Map([...own, ...nvme]), from);
  assertEquals(missingStructs(all), []);
  const both = kernelStructs("6.1", abi, all);
  for (const [key, tag] of Object.entries(PATH_STRUCTS)) {
    const struct = both[key as keyof typeof PATH_STRUCTS];
    const known = recorded[key as keyof typeof PATH_STRUCTS];
    assertEquals(struct.sizeBytes, known.sizeBytes, tag);
    for (const [field, place] of Object.entries(known.fields)) {
      assertEquals(struct.fields[field], place, `${tag} ${field}`);
    }
  }
  assertThrows(
    () => ownKernel(new Map(), from),
    RangeError,
    "none of bio, request, nvme_iod",
  );
});

Deno.test("abiOfBtf() tells the ABI by pointers, phys_addr_t, u64 and byte order", async () => {
  /** A kernel with the two types that tell. */
  const kernel = async (
    options: { long: number; phys: number; timespec: number; little?: boolean },
  ) => {
    const writer = new BtfWriter();
    const int = (name: string, third: number) =>
      writer.add({ kind: 1, name, third, vlen: 0, parts: [[third * 8]] });
    int("long int", options.long);
    const phys = int("unsigned long long", options.phys);
    writer.add({ kind: 8, name: "phys_addr_t", third: phys });
    writer.add({ kind: 4, name: "timespec64", third: options.timespec });
    const bytes = writer.bytes(options.little ?? true);
    return await readBtf(bytesSource("a kernel", bytes));
  };
  const name = async (options: Parameters<typeof kernel>[0]) =>
    abiOfBtf(await kernel(options)).name;
  // timespec64 is 8 + long, rounded up to the alignment of its u64.
  assertEquals(await name({ long: 8, phys: 8, timespec: 16 }), "lp64");
  assertEquals(await name({ long: 4, phys: 4, timespec: 12 }), "ilp32");
  assertEquals(await name({ long: 4, phys: 8, timespec: 12 }), "ilp32_pae");
  assertEquals(await name({ long: 4, phys: 8, timespec: 16 }), "ilp32_lpae");
  const big = { little: false, timespec: 16 };
  assertEquals(await name({ long: 8, phys: 8, ...big }), "lp64_be");
  assertEquals(await name({ long: 4, phys: 4, ...big }), "ilp32_be");
  // 32-bit ARM without LPAE is none of the lab's.
  const armmp = await kernel({ long: 4, phys: 4, timespec: 16 });
  assertThrows(
    () => abiOfBtf(armmp),
    RangeError,
    "pointers of 4 and phys_addr_t of 4 bytes, u64 aligned to 8, little-endian",
  );
});

Deno.test("structsOfBtf() ends on structs that multiply, nest or are too large", async () => {
  const refused = async (
    fill: (writer: BtfWriter) => void,
    reason: string,
  ) => {
    const writer = new BtfWriter();
    writer.add({ kind: 1, name: "int", third: 4, vlen: 0, parts: [[32]] });
    fill(writer);
    const btf = await readBtf(bytesSource("endless", writer.bytes()));
    assertThrows(() => structsOfBtf(btf, ["all"]), RangeError, reason);
  };
  // 40 structs, each with two of the one before: 2^40 members of one name, or
  // of none.
  for (const name of ["a", ""]) {
    await refused((writer) => {
      for (let id = 1; id <= 40; id++) {
        writer.add({
          kind: 4,
          name: id === 40 ? "all" : "",
          third: 4,
          parts: [[name, id, 0], [name, id, 0]],
        });
      }
    }, "more than 100000 members");
  }
  // 50,000 structs, each in the next.
  await refused((writer) => {
    for (let id = 1; id <= 50_000; id++) {
      const name = id === 50_000 ? "all" : `s${id}`;
      writer.add({ kind: 4, name, third: 4, parts: [["a", id, 0]] });
    }
  }, "more than 64 structs contain each other");
  // (2^32 - 1)^2 * 4 bytes.
  await refused((writer) => {
    for (const element of [1, 2]) {
      writer.add({
        kind: 3,
        third: 0,
        vlen: 0,
        parts: [[element, 1, 2 ** 32 - 1]],
      });
    }
    writer.add({ kind: 4, name: "all", third: 4, parts: [["a", 3, 0]] });
  }, "expected fewer than 2^53");
});
