import { assertEquals, assertThrows } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import { agreementSection } from "../../../bench/report/agreement_table.ts";
import { renderCell } from "../../../bench/report/text.ts";
import { isTwin, withAgreement } from "../../../bench/run/twin_cell.ts";
import type { CellPlan } from "../../../bench/run/cell_plan.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { fixedCell, fixedLayout } from "../report/fixed_result.ts";

const ratio = (median: number) => ({
  median,
  low: median - 0.01,
  high: median + 0.01,
});

/** A baseline and two layouts with these ratios, told apart from it. */
function cell(engine: string, ratios: readonly number[]) {
  return fixedCell({
    engine,
    layouts: [
      fixedLayout(),
      ...ratios.map((median, index) =>
        fixedLayout({
          name: ["phys_len", "phys_packed"][index] ?? "",
          ratio: ratio(median),
          verdict: median < 1 ? "faster" : "slower",
        })
      ),
    ],
  });
}

Deno.test("withAgreement() puts the ratios of both engines side by side", () => {
  const { agreement } = withAgreement(
    cell("js", [0.9, 0.8]),
    cell("native", [0.95, 0.7]),
  );
  assertEquals(agreement?.engines, ["js", "native"]);
  assertEquals(agreement?.tau, 1);
  assertEquals(
    agreement?.words,
    "js and native both find phys_len, phys_packed faster; Kendall's tau of " +
      "their ratios is 1.00, over 2 layouts",
  );
  assertEquals(
    agreement?.layouts.map(({ ratios }) => ratios.map((r) => r?.median)),
    [[0.9, 0.95], [0.8, 0.7]],
  );
});

Deno.test("withAgreement() says in plain words where engines contradict", () => {
  const both = withAgreement(
    cell("js", [0.9, 1.2]),
    cell("native", [0.95, 0.8]),
  );
  assertEquals(both.agreement?.opposed, ["phys_packed"]);
  const text = renderCell(both).replaceAll("\n", " ");
  assertEquals(
    text.includes(
      "js and native contradict each other on phys_packed: do not quote " +
        "these without saying which engine;",
    ),
    true,
    text,
  );
});

Deno.test("withAgreement() leaves cells alone that were not timed", () => {
  const untimed = fixedCell({
    layouts: [fixedLayout({ nsPerIo: null, ratio: null, verdict: null })],
  });
  const both = withAgreement(untimed, { ...untimed, engine: "native" });
  assertEquals(agreementSection(both), []);
});

Deno.test("withAgreement() refuses engines that built other commands", () => {
  assertThrows(
    () =>
      withAgreement(
        cell("js", [0.9]),
        { ...cell("native", [0.9]), digest: "0" },
      ),
    WrongAnswerError,
    "their commands differ",
  );
});

Deno.test("isTwin() takes cells that differ in their engine alone", () => {
  const js = cell("js", []);
  const plan = {
    workload: js.workload,
    abi: findAbi(js.abi),
    recognition: js.recognition,
    engine: "native",
  } as CellPlan;
  assertEquals(isTwin(js, plan), true);
  for (
    const other of [
      { engine: "js" },
      { workload: "another" },
      { abi: findAbi("ilp32") },
      { recognition: "bio" },
    ]
  ) {
    assertEquals(isTwin(js, { ...plan, ...other } as CellPlan), false);
  }
});
