import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../../bench/lab.ts";
import { findAbi } from "../../../layouts/abi.ts";
import {
  findLayout,
  layouts as registered,
} from "../../../layouts/registry.ts";
import { captured } from "../captured.ts";
import {
  type Recognition,
  recognitions,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";

async function lab(...args: string[]) {
  const { status, out, err } = await captured((context) =>
    main(["layouts", ...args], context)
  );
  return { status, out, error: err };
}

Deno.test("lab layouts prints the size table of all ABIs, then lp64", async () => {
  const { status, out, error } = await lab();
  assertEquals([status, error], [0, ""]);
  const lines = out.split("\n");
  for (
    const line of [
      "layout                     lp64  lp64_be    ilp32 ilp32_pae ilp32_lpae ilp32_be",
      "page_offset                16/8     16/8     12/4      12/4       12/4     12/4",
      "phys_flags                 16/8     16/8     12/4      16/4       16/8     12/4",
      "phys_len               16/8 (4) 16/8 (4)      8/4      12/4   16/8 (4)      8/4",
    ]
  ) assert(lines.includes(line), line);
  assertStringIncludes(out, "(bvec_iter)                20/4     20/4");
  assertStringIncludes(
    out,
    "- len56_p2p: a bit-field of 56 bits is wider than its 32-bit size_t",
  );
  assertStringIncludes(out, "/* soa_phys_len on lp64:");
  assert(!out.includes("on ilp32"));
  assertEquals(lines.filter((line) => line.length > 80), []);
});

Deno.test("lab layouts --layout --abi prints pahole's listing", async () => {
  const abi = findAbi("lp64_be");
  const own = (recognition: Recognition) =>
    servesRecognition(findLayout("len31_p2p"), { abi, recognition }) === true;
  const { out } = await lab("--layout", "len31_p2p", "--abi", "lp64_be");
  assertEquals(
    out,
    `Bytes per segment / alignment (bytes of it that no field uses)

layout                  lp64_be
len31_p2p                  12/1
(bvec_iter)                20/4

Where each layout comes from

layout                  date        proposed by, and the mail or its thread
len31_p2p               2025-06-24  David Howells
  https://lore.kernel.org/r/1143687.1750755725@warthog.procyon.org.uk

/* len31_p2p on lp64_be: {phys, u32 len:31, p2p:1} packed
 * David Howells, 2025-06-24:
 * "Re: How to handle P2P DMA with only {physaddr,len} in bio_vec?"
 * https://lore.kernel.org/r/1143687.1750755725@warthog.procyon.org.uk
 * Longest segment 2147483647 bytes
 * Last address 0xfffffffffffff
 * P2P detections: ${recognitions.filter((name) => own(name)).join(", ")}
 * Not map_first: no field can hold a DMA address
 * Page pointers: in the tail, in bytes: PAGE_PTRS_PER_BVEC is 1, below 2
 */
struct bio_vec {
\tphys_addr_t                bv_phys;              /*     0     8 */
\tu32                        bv_len:31;            /*     8: 0  4 */
\tu32                        bv_p2p:1;             /*     8:31  4 */

\t/* size: 12, cachelines: 1, members: 3 */
\t/* last cacheline: 12 bytes */
} __attribute__((__packed__));
`,
  );
});

Deno.test("lab layouts says where page pointers go while a bio is filled", async () => {
  const where = async (layout: string) => {
    const { out } = await lab("--layout", layout);
    return out.split("\n").find((line) => line.includes("Page pointers:"));
  };
  assertEquals(
    await where("page_offset"),
    " * Page pointers: in the tail of the array",
  );
  assertEquals(
    await where("soa_phys_len"),
    " * Page pointers: in a bounce array: columns would be written over them",
  );
  assertEquals(
    await where("rlist_16"),
    " * Page pointers: in a bounce array: links of chunks lie between them",
  );
});

Deno.test("lab layouts --layout takes the name of a family", async () => {
  const { out } = await lab("--layout", "family:rlist");
  for (const name of ["rlist_8", "rlist_16", "rlist_24"]) {
    assertStringIncludes(out, `/* ${name} on lp64:`);
  }
  assertStringIncludes(out, "a link of 8 bytes, then 63 entries");
});

Deno.test("lab layouts says why a layout does not exist on an ABI", async () => {
  const { out } = await lab("--layout", "len56_p2p", "--abi", "ilp32");
  assertStringIncludes(
    out,
    " * Not on this ABI: a bit-field of 56 bits is wider than its 32-bit",
  );
});

Deno.test("lab layouts lists soa as arrays for the longest bio", async () => {
  const { out } = await lab("--layout", "soa_phys_len");
  assertStringIncludes(
    out,
    "\tphys_addr_t                bv_phys[256];         /*     0  2048 */\n" +
      "\t/* --- cacheline 32 boundary (2048 bytes) --- */\n" +
      "\tu32                        bv_len[256];          /*  2048  1024 */",
  );
});

Deno.test("lab layouts --json - gives the shape that programs rely on", async () => {
  const { out } = await lab("--json", "-");
  const { schemaVersion, layouts } = JSON.parse(out);
  assertEquals(schemaVersion, 1);
  assertEquals(layouts.length, registered.length * 6); // layouts x ABIs
  const find = (name: string, abi: string) =>
    layouts.find((row: { name: string; abi: string }) =>
      row.name === name && row.abi === abi
    );
  const row = find("len56_p2p_u64", "lp64");
  assertEquals(
    [row.sizeBytes, row.alignBytes, row.holeBytes],
    [16, 8, 0],
  );
  assertEquals(row.fields, [
    { name: "bv_phys", offsetBytes: 0, sizeBytes: 8 },
    {
      name: "bv_len",
      offsetBytes: 8,
      sizeBytes: 8,
      bitOffset: 0,
      bitSize: 56,
    },
    {
      name: "bv_p2p",
      offsetBytes: 8,
      sizeBytes: 8,
      bitOffset: 56,
      bitSize: 1,
    },
    {
      name: "bv_spare",
      offsetBytes: 8,
      sizeBytes: 8,
      bitOffset: 57,
      bitSize: 7,
    },
  ]);
  assertEquals(row.limits.longestLengthBytes, "72057594037927935"); // 2^56 - 1
  assertEquals(row.recognitions.segment, true);
  assertEquals(find("len56_p2p", "ilp32"), {
    name: "len56_p2p",
    abi: "ilp32",
    unsupported: "a bit-field of 56 bits is wider than its 32-bit size_t",
  });
  assertStringIncludes(
    find("phys_flags", "ilp32").recognitions.segment,
    "CONFIG_PCI_P2PDMA depends on 64BIT",
  );
  assertEquals(find("phys_len", "lp64").holeBytes, 4);
});

Deno.test("lab layouts --json gives bytes per segment for soa", async () => {
  const { out } = await lab(
    "--json",
    "-",
    "--layout",
    "family:soa",
    "--abi",
    "lp64",
  );
  const rows = JSON.parse(out).layouts;
  const phys = rows.find((r: { name: string }) => r.name === "soa_phys_len");
  assertEquals([phys.sizeBytes, phys.alignBytes, phys.holeBytes], [12, 8, 0]);
  assertEquals(phys.fields, [
    { name: "bv_phys", offsetBytes: 0, sizeBytes: 8 },
    { name: "bv_len", offsetBytes: 8, sizeBytes: 4 },
  ]);
});

Deno.test("lab layouts refuses names that it does not know, with the nearest", async () => {
  const layout = await lab("--layout", "phys_flag");
  assertEquals([layout.status, layout.out], [2, ""]);
  assertStringIncludes(
    layout.error,
    'lab: Cannot find layout "phys_flag" (nearest: "phys_flags"), expected',
  );
  const abi = await lab("--abi", "lp46");
  assertEquals([abi.status, abi.out], [2, ""]);
  assertStringIncludes(abi.error, 'Cannot find ABI "lp46" (nearest: "lp64")');
  const option = await lab("--layouts", "phyr");
  assertEquals(option.status, 2);
  assertStringIncludes(option.error, "(nearest: --layout)");
});

Deno.test("lab layouts --json FILE writes the file and does not replace one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/layouts.json`;
    const first = await lab("--json", file, "--layout", "phyr");
    assertEquals(first.status, 0);
    assertStringIncludes(first.out, "struct phys_vec {");
    const written = JSON.parse(await Deno.readTextFile(file));
    assertEquals(written.layouts.length, 6);
    const second = await lab("--json", file);
    assertEquals([second.status, second.out], [2, ""]);
    assertStringIncludes(second.error, "the file exists");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("lab layouts --fast-path counts lines and bytes that an I/O touches", async () => {
  const { status, out } = await lab("--fast-path");
  assertEquals(status, 0);
  assertEquals(out.split("\n").filter((line) => line.length > 80), []);
  // struct request of Debian's 7.2 has 256 bytes; one I/O of its kernel
  // touches 161 of them (oracle/footprint, a_4k_uring_fixed), in 4 lines:
  // behind each other they would be 3.
  assert(/^request +256 +4 +4 +161 +3$/m.test(out), out);
  const json = JSON.parse(
    (await lab("--fast-path", "--abi", "lp64,ilp32", "--json", "-")).out,
  );
  assertEquals(json.schemaVersion, 1);
  const abisOf = new Set(json.fastPath.map(({ abi }: { abi: string }) => abi));
  assertEquals([...abisOf], ["lp64", "ilp32"]);
  for (const row of json.fastPath) {
    assert(row.fastBytes <= row.sizeBytes, row.structure);
    assert(row.packedLines <= row.fastLines, row.structure);
    assert(row.fastLines <= row.lines, row.structure);
  }
  const refused = await lab("--fast-path", "--layout", "phyr");
  assertEquals(refused.status, 2);
  assertStringIncludes(
    refused.error.replaceAll("\n", " "),
    "Cannot use --layout with --fast-path",
  );
  const mail = new URL("../../../bench/own/mail.txt", import.meta.url).pathname;
  const own = await lab("--fast-path", "--struct", mail, "--quiet");
  assertEquals([own.status, own.out], [2, ""]);
  assertStringIncludes(
    own.error.replaceAll("\n", " "),
    "Cannot use --struct with --fast-path",
  );
});

Deno.test("lab layouts --fast-path is of a kernel of one's own, too", async () => {
  const btf = new URL("../../data/btf/6.1.0-50-amd64.btf", import.meta.url)
    .pathname;
  const { status, out } = await lab("--fast-path", "--btf", btf);
  assertEquals(status, 0);
  // sizeof(struct request) in that BTF; 7.2's has 256 bytes.
  assert(/^request +272 /m.test(out), out);
  assert(out.replaceAll("\n", " ").includes("rules of kernel 6.1"), out);
  const both = await lab("--fast-path", "--btf", btf, "--struct-name", "bio");
  assertEquals([both.status, both.out], [2, ""]);
});
