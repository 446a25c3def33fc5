import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { layouts } from "../../../layouts/registry.ts";
import { BASELINE, planCells } from "../../../bench/run/plan.ts";

Deno.test("planCells() has every layout take part or says why it does not", () => {
  const cells = planCells({
    layouts,
    abis: [findAbi("lp64"), findAbi("ilp32")],
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
    layouts,
    abis: [findAbi("lp64")],
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
