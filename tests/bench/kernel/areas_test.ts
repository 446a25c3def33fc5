import { assert, assertEquals } from "@std/assert";
import { AREA_RULES } from "../../../bench/kernel/area_rules.ts";
import { areaOf, sourceName } from "../../../bench/kernel/areas.ts";

/** The part whose folder or file a path begins with, longest first. */
function areaOfSource(path: string): string {
  const fits = AREA_RULES.flatMap(({ area, sources }) =>
    sources.filter((source) => path.startsWith(source))
      .map((source) => ({ area, length: source.length }))
  );
  return fits.toSorted((a, b) => b.length - a.length)[0]?.area ?? "other";
}

Deno.test("functions that I/Os of 6.1, 6.12 and 7.2 execute belong to where their source lies", async () => {
  const table = await Deno.readTextFile(
    new URL("../../data/kernel/function_files.tsv", import.meta.url),
  );
  const rows = table.trimEnd().split("\n").map((line) => line.split("\t"));
  assert(rows.length > 600, `${rows.length} functions`);
  const wrong = rows.flatMap(([name = "", path = ""]) => {
    const [byName, bySource] = [areaOf(name, ""), areaOfSource(path)];
    return byName === bySource ? [] : [`${name} ${path} ${byName}`];
  });
  // What counts jiffies is not of the core, though it is in block/.
  assertEquals(wrong, [
    "part_in_flight block/genhd.c iostats",
    "update_io_ticks block/blk-core.c iostats",
  ]);
});

Deno.test("an area is that of the longest beginning, underscores aside", () => {
  // "bio_" is block's, "end_bio." and "end_bio_bh" are block's and fs's.
  assertEquals(areaOf("bio_iov_iter_get_pages", ""), "block");
  assertEquals(areaOf("__bio_add_page", ""), "block");
  assertEquals(areaOf("end_bio_bh_io_sync", ""), "fs");
  assertEquals(areaOf("__blk_add_trace", ""), "trace");
  assertEquals(areaOf("blk_add_timer", ""), "block");
  // A full stop is the end of a name.
  assertEquals(areaOf("complete", ""), "scheduler");
  assertEquals(areaOf("completely_new", ""), "other");
});

Deno.test("gcc's clones belong to what they are made of", () => {
  assertEquals(sourceName("bio_put.part.0"), "bio_put");
  assertEquals(sourceName("f.isra.0.cold"), "f");
  assertEquals(sourceName("f.constprop.1.isra.0"), "f");
  assertEquals(sourceName("nvme_map_data.llvm"), "nvme_map_data.llvm");
  assertEquals(areaOf("schedule.cold", ""), "scheduler");
});

Deno.test("a module of nvme is nvme, whatever its functions are called", () => {
  assertEquals(areaOf("abort_endio", "nvme"), "nvme");
  assertEquals(areaOf("abort_endio", "nvme_core"), "nvme");
  assertEquals(areaOf("abort_endio", ""), "other");
});

Deno.test("no beginning of a name stands in two areas, none is in vain", () => {
  const owners = new Map<string, string[]>();
  for (const { area, names } of AREA_RULES) {
    for (const name of names.split(" ")) {
      assert(/^[A-Za-z]/.test(name), `${area}: "${name}"`);
      owners.set(name, [...owners.get(name) ?? [], area]);
    }
  }
  const twice = [...owners].filter(([, areas]) => areas.length > 1);
  assertEquals(twice, []);
});
