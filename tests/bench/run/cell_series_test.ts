import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { cellEnds, type SeriesCell } from "../../../bench/run/cell_series.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";

function cell(
  recognition: "page" | "segment",
  given: { engine?: "js" | "native"; pool?: number; isDone?: boolean } = {},
): SeriesCell {
  const { engine = "js", pool = 1 << 20, isDone = false } = given;
  return {
    plan: {
      workload: "any",
      abi: findAbi("lp64"),
      recognition,
      engine,
      contenders: [],
      leftOut: [],
    },
    machine: {
      map: defaultMemoryMap(true, { leastDramBytes: pool }),
      poolBytes: pool,
    },
    isDone,
  };
}

const ends = (...cells: SeriesCell[]) =>
  cellEnds(cells).map(({ isKept, endsAll }) =>
    (isKept ? "kept" : "ended") + (endsAll ? ", all" : "")
  );

Deno.test("cellEnds() keeps isolates for a cell with another workload alone", () => {
  assertEquals(ends(cell("page"), cell("page")), ["kept", "ended, all"]);
});

Deno.test("cellEnds() ends them where recognition or memory change", () => {
  assertEquals(ends(cell("page"), cell("segment"), cell("page")), [
    "ended, all",
    "ended, all",
    "ended, all",
  ]);
  // 1 GiB of buffers need a larger machine than 1 MiB.
  assertEquals(ends(cell("page"), cell("page", { pool: 2 ** 30 })), [
    "ended, all",
    "ended, all",
  ]);
});

Deno.test("cellEnds() keeps each engine's isolates for its own next cell", () => {
  assertEquals(
    ends(
      cell("page"),
      cell("page", { engine: "native" }),
      cell("page"),
      cell("page", { engine: "native" }),
      cell("segment"),
    ),
    ["kept", "kept", "ended", "ended, all", "ended, all"],
  );
});

Deno.test("cellEnds() keeps nothing for cells that are finished", () => {
  assertEquals(ends(cell("page"), cell("page", { isDone: true })), [
    "ended, all",
    "ended, all",
  ]);
});
