import { assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import { csv } from "../../../bench/report/csv.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

const read = (text: string) => parse(text, { skipFirstRow: true });

Deno.test("csv.render() gives one line per layout that reads back", () => {
  const rows = read(csv.render(fixedResult()));

  assertEquals(rows.length, 3);
  assertEquals(rows[1]?.name, "phys_packed");
  assertEquals(rows[1]?.["nsPerIo.median"], "110");
  assertEquals(rows[1]?.["ratio.low"], "0.902");
  assertEquals(rows[1]?.["counts.bvecBytesPerIo"], "384.5");
  assertEquals(rows[1]?.verdict, "faster");
  assertEquals(rows[0]?.adjustedPValue, "");
  assertEquals(rows[0]?.["ios.bytes"], "409600000");
});

Deno.test("csv.render() quotes commas, quotes and line feeds", () => {
  const workload = 'a, "b"\nc';
  const text = csv.render(fixedResult({ cells: [fixedCell({ workload })] }));

  assertEquals(read(text).map((row) => row.workload), [
    workload,
    workload,
    workload,
  ]);
  assertEquals(text.includes('"a, ""b""\nc"'), true);
});

Deno.test("csv.render() ends lines with CR LF and has its header always", () => {
  const text = csv.render(fixedResult({ cells: [] }));
  const full = csv.render(fixedResult());

  assertEquals(text.startsWith("workload,abi,recognition,engine,"), true);
  assertEquals(text.split("\r\n").length, 2);
  assertEquals(full.split("\r\n").length, 5);
  assertEquals(full.replaceAll("\r\n", "").includes("\n"), false);
});

Deno.test("csv.render() has a column for every count that any layout has", () => {
  const counts = { ...fixedLayout().counts, pgmapLinesPerIo: 2.5 };
  const layouts = [fixedLayout(), fixedLayout({ name: "phyr", counts })];
  const rows = read(
    csv.render(fixedResult({ cells: [fixedCell({ layouts })] })),
  );

  assertEquals(rows.map((row) => row["counts.pgmapLinesPerIo"]), ["", "2.5"]);
});
