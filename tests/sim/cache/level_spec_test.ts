/** Level words of the command line, and hierarchies that cannot exist. */
import { assertEquals, assertThrows } from "@std/assert";
import type {
  CacheLevelConfig,
  HierarchyConfig,
} from "../../../sim/cache/config.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { parseLevelSpec } from "../../../sim/cache/level_spec.ts";

Deno.test("parseLevelSpec() reads sizes, ways and options", () => {
  assertEquals(parseLevelSpec("L2:1MiB:full:128:fifo:through:no-allocate"), {
    name: "L2",
    sizeBytes: 1048576,
    ways: "full",
    lineBytes: 128,
    policy: "fifo",
    write: "through",
    allocate: false,
  });
  assertEquals(parseLevelSpec("I1:4096:direct:32B").holds, "instruction");
  assertEquals(parseLevelSpec("L1I:32KiB:8:64:unified").holds, "unified");
  assertEquals(
    parseLevelSpec("L1:32KiB:8:64", { policy: "random" }).policy,
    "random",
  );
});

const refused: [string, string, string][] = [
  ["L1:33KiB:8:64", "character 4", "66 sets, expected a power of two"],
  ["L1:32KX:8:64", "character 4", '"32KX", expected a size such as 32KiB'],
  ["L1:32KB:8:64", "character 4", "32000 to dd and 32768 to fio, expected 32"],
  ["L1:-1:8:64", "character 4", '"-1"'],
  ["L1:32KiB:0:64", "character 10", '"0", expected a number of ways'],
  ["L1:32KiB:8:48", "character 12", "48 bytes, expected a power of two"],
  ["L1:32KiB:8:2", "character 12", "2 bytes"],
  ["L1:32:1:64", "character 4", "size of 32 bytes"],
  ["L1:32KiB:1024:64", "character 4", "0.5 sets"],
  ["L1:999999GiB:8:64", "character 4", "at most 67108864"],
  ["L1:32KiB:8", "character 11", "nothing, expected a line size"],
  ["L1", "character 3", "nothing, expected a size"],
  ["", "character 1", "nothing, expected a name"],
  ["1L:32KiB:8:64", "character 1", '"1L"'],
  ["L1:32KiB:8:64:mru", "character 15", '"mru", expected one of lru'],
  ["L1:48KiB:12:64:data:plru", "character 21", "12 ways"],
  ["L1:32KiB:8:64:toString", "character 15", '"toString"'],
];
for (const [spec, where, what] of refused) {
  Deno.test(`parseLevelSpec() refuses "${spec}" at ${where}`, () => {
    const error = assertThrows(() => parseLevelSpec(spec), RangeError, where);
    assertEquals(error.message.includes(what), true, error.message);
    assertEquals(error.message.includes(`"${spec}"`), true);
  });
}

const L1: CacheLevelConfig = {
  name: "L1",
  sizeBytes: 4096,
  ways: 4,
  lineBytes: 64,
};
const L2: CacheLevelConfig = { ...L1, name: "L2", sizeBytes: 8192 };
const impossible: [string, HierarchyConfig, string][] = [
  ["no level", { levels: [] }, "no level"],
  ["equal names", { levels: [L1, L1] }, 'two levels "L1"'],
  ["two data levels", {
    levels: [{ ...L1, holds: "data" }, { ...L2, holds: "data" }],
  }, "a second data first level"],
  ["a data level below a unified one", {
    levels: [L1, { ...L2, holds: "data" }],
  }, "data level below the first"],
  ["an inclusive first level", {
    levels: [{ ...L1, inclusion: "inclusive" }],
  }, "nothing is above it"],
  ["inclusive lines shorter than above", {
    levels: [{ ...L1, lineBytes: 128 }, { ...L2, inclusion: "inclusive" }],
  }, "at least as long"],
  ["exclusive lines of another length", {
    levels: [{ ...L1, lineBytes: 32 }, { ...L2, inclusion: "exclusive" }],
  }, "as long as"],
  ["exclusive below write-through", {
    levels: [{ ...L1, write: "through" }, { ...L2, inclusion: "exclusive" }],
  }, "passes writes through"],
  ["FIFO in cachegrind mode", {
    levels: [{ ...L1, policy: "fifo" }],
    mode: "cachegrind",
  }, "cachegrind"],
  ["miss classes of an exclusive level", {
    levels: [L1, { ...L2, inclusion: "exclusive" }],
    missClasses: true,
  }, "miss classes"],
];
for (const [what, config, message] of impossible) {
  Deno.test(`createHierarchy() refuses ${what}`, () => {
    assertThrows(() => createHierarchy(config), RangeError, message);
  });
}
