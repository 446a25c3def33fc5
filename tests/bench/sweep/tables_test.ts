import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import { join } from "@std/path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { inFolder, lab } from "../lab_in_process.ts";

const PLAN = {
  name: "tables",
  axes: {
    layout: ["phys_packed"],
    workload: ["4k-hot"],
    cpu: ["zen4", "none"],
    depth: [1, 2],
  },
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
    const { cells } = JSON.parse(await Deno.readTextFile(at("s.json")));
    const file = (await Deno.readFile(at("s.parquet"))).buffer;
    const rows = await parquetReadObjects({ file });
    assertEquals(rows.length, 4 * 2);
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
