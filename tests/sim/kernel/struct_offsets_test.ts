import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { parsePaholeOffsets } from "../../../sim/kernel/pahole_offsets.ts";
import { recordedJson } from "../../../sim/kernel/record_offsets.ts";
import {
  printRecorded,
  readRecorded,
} from "../../../sim/kernel/recorded_text.ts";
import {
  kernelProfiles,
  structOffsets,
} from "../../../sim/kernel/struct_offsets.ts";
import { recordedKernels } from "../../../sim/kernel/recorded_structs.ts";
import { recordedOffsets } from "../../../sim/kernel/recorded_structs.ts";

const DATA = new URL("../../data/structs/", import.meta.url);
const RECORDED = new URL("../../../sim/kernel/recorded/", import.meta.url);

async function paholeText(name: string): Promise<string> {
  const file = await Deno.open(new URL(name, DATA));
  const text = file.readable.pipeThrough(new DecompressionStream("gzip"));
  return await new Response(text).text();
}

Deno.test("recorded offsets are what record_offsets.ts makes of pahole's text", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(DATA)) {
    const kernel = name.replace(/\.txt\.gz$/, "");
    const module = `v${kernel.replaceAll(/[^a-z0-9]+/g, "_")}.json`;
    assertEquals(
      await Deno.readTextFile(new URL(module, RECORDED)),
      recordedJson(await paholeText(name)),
      module,
    );
    count++;
  }
  assertEquals(count, recordedKernels.length);
});

Deno.test("structOffsets() gives the sizes of blockspec 2.1 and oracle/structs for 7.2 on lp64", () => {
  const size = (name: string) =>
    structOffsets("7.2", findAbi("lp64"), name).sizeBytes;
  assertEquals(
    [
      "bio",
      "request",
      "page",
      "dev_pagemap",
      "pci_p2pdma_pagemap",
      "nvme_iod",
      "nvme_request",
      "blk_plug",
      "queue_limits",
      "bvec_iter",
      "nvme_rw_command",
      "nvme_completion",
    ].map(size),
    [128, 256, 64, 152, 160, 232, 40, 64, 192, 20, 64, 16],
  );
});

Deno.test("structOffsets() flattens members of members", () => {
  const { fields } = structOffsets("7.2", findAbi("lp64"), "nvme_iod");
  // cmd at 40 (blockspec 2.1), dptr 24 into nvme_rw_command, prp2 8 further.
  assertEquals(fields["cmd.rw.dptr.prp2"], { offsetBytes: 72, sizeBytes: 8 });
  assertEquals(fields["dma_state"], { offsetBytes: 120, sizeBytes: 16 });
  const request = structOffsets("7.2", findAbi("lp64"), "request").fields;
  assertEquals(request["elv.icq"], { offsetBytes: 192, sizeBytes: 8 });
  assertEquals(request["special_vec.bv_offset"]?.offsetBytes, 180);
});

Deno.test("structOffsets() has the structs of the path for every profile and ABI", () => {
  for (const profile of kernelProfiles) {
    for (const abi of abis) {
      for (
        const name of [
          "bio",
          "request",
          "page",
          "dev_pagemap",
          "nvme_iod",
          "blk_plug",
          "bvec_iter",
          "queue_limits",
          "nvme_rw_command",
          "nvme_completion",
        ]
      ) {
        const struct = structOffsets(profile, abi, name);
        assert(struct.sizeBytes > 0);
        for (const [field, place] of Object.entries(struct.fields)) {
          assert(
            place.offsetBytes + place.sizeBytes <= struct.sizeBytes,
            `${abi.name} ${name}.${field}`,
          );
        }
      }
      assertEquals(
        structOffsets(profile, abi, "page").sizeBytes,
        abi.pageStructBytes,
      );
    }
  }
});

Deno.test("structOffsets() names what it does not know", () => {
  const lp64 = findAbi("lp64");
  assertThrows(
    () => structOffsets("5.0", lp64, "bio"),
    RangeError,
    `Cannot find kernel profile "5.0", expected one of: ${
      kernelProfiles.join(", ")
    }`,
  );
  assertThrows(
    () => structOffsets("7.2", lp64, "bioo"),
    RangeError,
    'Cannot find struct "bioo" of Debian 7.2.13+deb14-amd64',
  );
  assertThrows(
    () => structOffsets("7.2", { ...lp64, name: "x32" }, "bio"),
    RangeError,
    'Cannot find kernel structs of ABI "x32"',
  );
});

Deno.test("recordedOffsets() says which kernel a struct was taken from", () => {
  assertEquals(
    recordedOffsets("6.1 s390x", "bio").source,
    "Debian 6.1.0-50-s390x",
  );
  // The amd64 BTF has no nvme_completion; s390x is the first that does.
  assertEquals(
    recordedOffsets("7.2 amd64", "nvme_completion").source,
    "Debian 6.1.0-50-s390x",
  );
});

Deno.test("parsePaholeOffsets() names the line that it cannot read", () => {
  assertThrows(
    () => parsePaholeOffsets("struct a {\n\tint b;\n};\n", "mine.txt"),
    SyntaxError,
    'Cannot read pahole text "mine.txt": line 2, column 2: found "int b;", ' +
      "expected a member with /* offset size */",
  );
});

Deno.test("readRecorded() gives back what printRecorded() was given", () => {
  const structs = new Map([["bio", {
    sizeBytes: 8,
    fields: { bi_next: { offsetBytes: 0, sizeBytes: 8 } },
  }]]);
  assertEquals(readRecorded(printRecorded(structs)), structs);
});
