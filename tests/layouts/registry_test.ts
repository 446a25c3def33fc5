import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../layouts/abi.ts";
import {
  ASKED_OF_LAYOUT,
  type AskedOfLayout,
  isUnsupported,
  type Layout,
} from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import {
  findLayout,
  layoutFamilies,
  layoutNames,
  layouts,
  selectLayouts,
} from "../../layouts/registry.ts";
import { soa } from "../../layouts/soa.ts";
import { findField } from "../../layouts/placed_members.ts";
import { placeStruct } from "../../layouts/struct.ts";

const FOLDER = new URL("../../layouts/", import.meta.url);

function isLayout(value: unknown): value is Layout {
  return typeof value === "object" && value !== null && "roles" in value &&
    "arrangement" in value;
}

Deno.test("layouts has every layout that a file in layouts/ exports", async () => {
  const defined = new Set<Layout>();
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".ts") || name === "mod.ts") continue;
    const module = await import(new URL(name, FOLDER).href);
    for (const value of Object.values(module)) {
      if (isLayout(value)) defined.add(value);
    }
  }
  assertEquals(defined, new Set(layouts));
});

Deno.test("layouts have a test file each, of the name of their file", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".ts") || name === "mod.ts" || name === "registry.ts") {
      continue;
    }
    const module = await import(new URL(name, FOLDER).href);
    if (!Object.values(module).some(isLayout)) continue;
    const test = name.replace(".ts", "_test.ts");
    await Deno.stat(new URL(`./${test}`, import.meta.url));
    count++;
  }
  // So many files define the 21 layouts that the lab began with.
  assert(count >= 13, `${count} files`);
});

Deno.test("layouts have names of their own and nothing undescribed", () => {
  assertEquals(new Set(layouts.map((l) => l.name)).size, layouts.length);
  for (const layout of layouts) {
    assert(Object.isFrozen(layout), layout.name);
    assert(/^[a-z0-9_]+$/.test(layout.name));
    assert(layout.title.length > 0 && layout.source.author.length > 0);
    assert(/^\d{4}-\d{2}(-\d{2})?$/.test(layout.source.date), layout.name);
  }
});

Deno.test("layouts give every role a field that the struct has", () => {
  for (const layout of layouts) {
    for (const abi of abis) {
      const struct = layout.struct(abi);
      if (isUnsupported(struct)) continue;
      const placed = placeStruct(struct, abi);
      const { address, length, flag, constants = {} } = layout.roles;
      const names = [
        address.field,
        address.offset,
        length.field,
        length.high,
        flag?.field,
        ...Object.keys(constants),
      ];
      for (const name of names) {
        if (name !== undefined) findField(placed, name);
      }
    }
  }
});

Deno.test("serves() gives what a layout has on 64-bit and 32-bit", () => {
  const served = (name: string, abi: string) =>
    ASKED_OF_LAYOUT.filter((asked) =>
      findLayout(name).serves(findAbi(abi), asked) === true
    ).join(" ");
  const noFlag = "memory";
  const withFlag = "memory flag";
  const rows: [string, string, string][] = [
    ["page_offset", noFlag, noFlag],
    ["phys_flags", withFlag, noFlag],
    ["phys_len", noFlag, noFlag],
    ["phyr", noFlag, noFlag],
    ["phys_packed", noFlag, noFlag],
    ["len31_p2p", withFlag, noFlag],
    ["len56_p2p", withFlag, ""],
    ["len56_p2p_u64", withFlag, noFlag],
    ["len24_p2p", "", noFlag],
    ["dma_vec", "dma", "dma"],
    ["pfn_t", withFlag, noFlag],
    ["scatterlist", `${withFlag} dma`, `${noFlag} dma`],
    ["scatterlist_minimal", `${noFlag} dma`, `${noFlag} dma`],
    ["bio_vec_dma", `${withFlag} dma`, `${noFlag} dma`],
    ["rlist_16", withFlag, noFlag],
    ["soa_page_offset", noFlag, noFlag],
  ];
  for (const [name, on64, on32] of rows) {
    assertEquals(
      [served(name, "lp64"), served(name, "lp64_be"), served(name, "ilp32")],
      [on64, on64, on32],
      name,
    );
  }
});

Deno.test("serves() says why a layout does not", () => {
  const why = (name: string, abi: string, asked: AskedOfLayout) => {
    const answer = findLayout(name).serves(findAbi(abi), asked);
    return answer === true ? "" : answer.unsupported;
  };
  assertEquals(
    why("phys_flags", "ilp32_lpae", "flag"),
    "no P2P on 32-bit: CONFIG_PCI_P2PDMA depends on 64BIT and ZONE_DEVICE",
  );
  assertEquals(why("phyr", "lp64", "flag"), "no flag in the segment");
  assertEquals(
    why("len56_p2p", "ilp32", "memory"),
    "a bit-field of 56 bits is wider than its 32-bit size_t",
  );
  assert(why("dma_vec", "lp64", "memory").startsWith("a DMA address names"));
});

Deno.test("selectLayouts() takes the name of one layout, or family:NAME", () => {
  const names = (name: string) => selectLayouts(name).map((l) => l.name);
  assertEquals(names("page_offset"), ["page_offset"]);
  assertEquals(names("len24_p2p"), ["len24_p2p"]);
  // A name that a layout and a family have is the layout's.
  for (const { name } of layouts) assertEquals(names(name), [name]);
  assertEquals(names("family:phys_packed"), [
    "phys_packed",
    "phys_packed_aligned4",
  ]);
  assertEquals(names("family:soa"), ["soa_page_offset", "soa_phys_len"]);
  assertEquals(names("family:phyr"), ["phyr"]);
  assertEquals(names("soa"), ["soa_page_offset", "soa_phys_len"]);
  assertEquals(names("nothing"), []);
  assertEquals(names("family:nothing"), []);
  assertEquals(names("family:rlist_8"), []);
  assertEquals(names("all"), layouts.map(({ name }) => name));
  assertEquals(names(""), []);
});

Deno.test("layoutFamilies() are those of several layouts, all selectable", () => {
  const families = layoutFamilies();
  assertEquals(families.includes("family:phys_packed"), true);
  assertEquals(families.includes("family:phyr"), false);
  for (const name of families) assert(selectLayouts(name).length > 1, name);
});

Deno.test("layoutNames() are all names that select layouts, and all alone", () => {
  const names = layoutNames();
  assertEquals(names.slice(0, layouts.length), layouts.map(({ name }) => name));
  assertEquals(names.at(-1), "all");
  assertEquals(new Set(names).size, names.length);
  for (const name of names) assert(selectLayouts(name).length > 0, name);
});

Deno.test("findLayout() names the layouts that it knows", () => {
  assertThrows(
    () => findLayout("phys"),
    RangeError,
    `Cannot find layout "phys", expected one of: ${
      layouts.map(({ name }) => name).join(", ")
    }`,
  );
});

Deno.test("layoutLimits() passes on why a layout does not exist", () => {
  assert(
    isUnsupported(layoutLimits(findLayout("len56_p2p"), findAbi("ilp32"))),
  );
});

Deno.test("soa() refuses a layout that is in chunks", () => {
  assertThrows(
    () => soa(findLayout("rlist_8")),
    RangeError,
    'Cannot make soa of layout "rlist_8": it is arranged as "chunks"',
  );
});

Deno.test("layouts from a mail say where it can be read", () => {
  for (const { name, source } of layouts) {
    if (source.subject.startsWith("include/")) continue;
    assert(
      /^https:\/\/lore\.kernel\.org\/r\/[^\s/@]+@[\w.-]+$/.test(
        source.url ?? "",
      ),
      name,
    );
  }
});
