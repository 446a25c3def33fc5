import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import { join } from "@std/path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { wholeResult } from "../../../bench/result/short_result.ts";
import type { MergedCell } from "../../../bench/sweep/sweep_result.ts";
import { inFolder, lab } from "../lab_in_process.ts";

type Touched = Record<string, { readonly linesPerIo: number }>;

/** Lines of a row by structure or by stage, without those of none. */
function linesIn(row: Record<string, unknown>, part: string) {
  const start = `footprint.${part}.`;
  const all = Object.entries(row).filter(([name]) => name.startsWith(start));
  // What another layout touches and this one does not is 0, and not missing.
  assert(all.length > 0 && all.every(([, value]) => value !== null));
  return all.filter(([, value]) => value !== 0)
    .map(([name, value]) => [
      name.slice(start.length).replace(/\.linesPerIo$/, ""),
      value,
    ]).sort();
}

const PLAN = {
  name: "tables",
  axes: {
    layout: ["phys_packed", "rlist_16"],
    workload: ["4k-hot", "128k-scattered"],
    cpu: ["zen4", "none"],
  },
  depth: 2,
  ios: 2,
  rounds: 0,
};

Deno.test("CSV and Parquet have a row for each layout of each cell, with the figures of the JSON", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(at("plan.json"), JSON.stringify(PLAN));
    const swept = await lab(["sweep", at("plan.json"), "--out", at("out")]);
    assertEquals(swept.status, 0, swept.err);
    const merged = await lab([
      ...["merge", at("out"), "--json", at("s.json"), "--csv", at("s.csv")],
      ...["--parquet", at("s.parquet")],
    ]);
    assertEquals([merged.status, merged.err], [0, ""]);
    const sweep = JSON.parse(await Deno.readTextFile(at("s.json")));
    const cells = sweep.cells.map(({ id, cell }: MergedCell) => ({
      id,
      cell: wholeResult({ cells: [cell] }).cells[0],
    }));
    const file = (await Deno.readFile(at("s.parquet"))).buffer;
    const rows = await parquetReadObjects({ file });
    assertEquals(rows.length, 4 * 3);
    const lines = parse(await Deno.readTextFile(at("s.csv")), {
      skipFirstRow: true,
    }) as Record<string, string>[];
    assertEquals(lines.length, rows.length);
    let index = 0;
    for (const { id, cell } of cells) {
      for (const layout of cell.layouts) {
        const row = rows[index] ?? {};
        const line = lines[index++] ?? {};
        assertEquals([row["cell"], row["layout"]], [id, layout.name]);
        // As a number, which the setup has, and not as the text of an axis.
        assertEquals(typeof row["depth"], "number");
        assertEquals(row["counts.linesPerIo"], layout.counts.linesPerIo);
        assertEquals(
          row["modelled.L1D.missesPerIo"],
          layout.modelled?.levels[0].missesPerIo ?? null,
        );
        assertEquals(row["machine"], null);
        const { structures, stages } = layout.footprint;
        for (const [part, touched] of Object.entries({ structures, stages })) {
          assertEquals(
            linesIn(row, part),
            Object.entries(touched as Touched)
              .map(([name, { linesPerIo }]) => [name, linesPerIo]).sort(),
          );
        }
        for (const [name, value] of Object.entries(line)) {
          assertEquals(
            value,
            row[name] === null ? "" : String(row[name]),
            name,
          );
        }
      }
    }
    const { schema, key_value_metadata: said } = parquetMetadata(file);
    const typeOf = (name: string) =>
      schema.find((element) => element.name === name)?.type;
    assertEquals(
      ["cell", "depth", "counts.linesPerIo"].map(typeOf),
      ["BYTE_ARRAY", "DOUBLE", "DOUBLE"],
    );
    assert(
      said?.some(({ key, value }) => key === "name" && value === "tables"),
    );
  });
});
