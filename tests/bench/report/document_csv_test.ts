/** CSV has in its fields whatever the tables and the text around them show. */
import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import type { CsvField } from "../../../bench/report/blocks.ts";
import { footDocument } from "../../../bench/report/document.ts";
import { fixedCell, fixedResult } from "./fixed_result.ts";
import { ALL, blocksOf, BY, exporterOf, tablesOf } from "./full_result.ts";

Deno.test("csv has every figure of every table in the line of its layout", () => {
  const lines = parse(exporterOf("csv").render(ALL, { by: BY }), {
    skipFirstRow: true,
  });
  const seen = new Set<string>();
  for (const cell of ALL.cells) {
    for (const { rows, columns } of tablesOf(cell)) {
      for (const row of rows) {
        const own = lines.filter((line) =>
          line.workload === cell.workload && line.engine === cell.engine &&
          line.recognition === cell.recognition &&
          (row.layout === undefined || line.name === row.layout)
        );
        assertEquals(
          own.length,
          row.layout === undefined ? cell.layouts.length : 1,
        );
        row.cells.forEach((tableCell, i) => {
          const has = tableCell.fields.some(([, value]) =>
            value !== null && value !== undefined
          );
          // Only what names a row or is not there has no field.
          assert(
            has || i === 0 || /^(-|baseline|)$/.test(tableCell.text(8)),
            `${columns[i]?.header}: ${tableCell.text(8)}`,
          );
          for (const [key, value] of tableCell.fields) {
            for (const line of own) {
              assertEquals(line[key] ?? "", written(value), key);
              seen.add(key);
            }
          }
        });
      }
    }
  }
  assert(seen.size > 150, `${seen.size}`);
});

Deno.test("csv has what stands around the tables", () => {
  const lines = parse(exporterOf("csv").render(ALL, { by: BY }), {
    skipFirstRow: true,
  });
  for (const cell of ALL.cells) {
    const own = lines.filter((line) =>
      line.workload === cell.workload && line.engine === cell.engine &&
      line.recognition === cell.recognition
    );
    assertEquals(own.length, cell.layouts.length);
    for (const block of [...blocksOf(cell), ...footDocument(ALL).flat()]) {
      for (const line of own) {
        if (block.kind === "prose") {
          assert(line[`text.${block.key}`]?.includes(block.text), block.text);
        } else if (block.kind === "warning") {
          const { code, message } = block.warning;
          assert(line["text.warnings"]?.includes(`${code}: ${message}`), code);
        } else if (block.kind === "command") {
          assertEquals(line["command"], block.words.join(" "));
        }
      }
    }
  }
});

Deno.test("no two lines of csv have the same key", () => {
  const key = ["workload", "abi", "recognition", "engine", "kernel"]
    .concat("placement", "name");
  const recognitions = ["page", "segment", "bio"];
  const result = fixedResult({
    cells: recognitions.map((recognition) =>
      // The baseline recognises by page in each.
      fixedCell({ recognition })
    ),
  });
  for (const from of [ALL, result]) {
    const lines = parse(exporterOf("csv").render(from), { skipFirstRow: true });
    const keys = lines.map((line) => key.map((name) => line[name]).join("\0"));
    assertEquals(new Set(keys).size, keys.length);
    assertEquals(
      lines.length,
      from.cells.reduce((sum, { layouts }) => sum + layouts.length, 0),
    );
  }
});

function written(value: CsvField[1]): string {
  return value === null || value === undefined || value === "-"
    ? ""
    : String(value);
}
