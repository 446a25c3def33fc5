import { assert, assertEquals, assertThrows } from "@std/assert";
import { layouts } from "../../../layouts/registry.ts";
import {
  NothingToCompareError,
  planCells,
  requireContenders,
} from "../../../bench/run/plan.ts";
import { BASELINE } from "../../../bench/setup/baseline.ts";

Deno.test("planCells() has every layout take part or says why it does not", () => {
  const cells = planCells({
    layouts: layouts.map(({ name }) => name),
    abis: ["lp64", "ilp32"],
    workloads: ["w"],
    recognitions: ["page", "segment"],
  });
  assertEquals(
    cells.map(({ abi, recognition }) => `${abi.name} ${recognition}`),
    ["lp64 page", "lp64 segment", "ilp32 page", "ilp32 segment"],
  );
  for (const { contenders, leftOut } of cells) {
    assertEquals(contenders.length + leftOut.length, layouts.length);
    assertEquals(contenders[0]?.layout.name, BASELINE);
    for (const { reason } of leftOut) assert(reason.length > 5);
  }
});

Deno.test("planCells() lets the baseline recognise by page in every cell", () => {
  const [cell] = planCells({
    layouts: layouts.map(({ name }) => name),
    abis: ["lp64"],
    workloads: ["w"],
    recognitions: ["segment"],
  });
  assertEquals(cell?.contenders[0]?.recognition, "page");
  assertEquals(cell?.contenders[1]?.recognition, "segment");
  assertEquals(
    cell?.contenders.slice(1).every(({ recognition }) =>
      recognition === "segment"
    ),
    true,
  );
});

Deno.test("requireContenders() refuses cells of the baseline alone", () => {
  const leftOut = [{ name: "dma_vec", reason: "it names no page" }];
  const alone = { present: 1, leftOut };
  const two = { present: 2, leftOut };

  assertThrows(
    () => requireContenders([alone, alone], ["dma_vec"]),
    RangeError,
    "Cannot compare dma_vec with page_offset: it names no page; expected a " +
      "layout that holds every segment",
  );
  // The reason is that of the first cell.
  const later = { ...alone, leftOut: [{ name: "phyr", reason: "no" }] };
  assertThrows(
    () => requireContenders([alone, later], ["dma_vec", "phyr"]),
    NothingToCompareError,
    "Cannot compare dma_vec with page_offset: it names no page",
  );
  requireContenders([alone, two], ["dma_vec"]);
  // Nobody else was asked for by name.
  requireContenders([alone], ["page_offset"]);
  requireContenders([alone], undefined);
  requireContenders([], ["dma_vec"]);
});

Deno.test("planCells() has a baseline that is alone detect as it was asked to", () => {
  const cells = planCells({
    layouts: [BASELINE],
    abis: ["lp64"],
    workloads: ["w"],
    recognitions: ["page", "bio", "range"],
  });
  assertEquals(
    cells.map(({ contenders }) => contenders.map((one) => one.recognition)),
    [["page"], ["bio"], ["range"]],
  );
});
