import { assertEquals } from "@std/assert";
import { renderTouched } from "../../../bench/explain/touched_text.ts";

const STAGES = [
  "submit",
  "split",
  "merge",
  "request",
  "map",
  "command",
  "device",
  "complete",
] as const;

Deno.test("renderTouched() keeps figures apart, however long they are", () => {
  const names = ["struct page of a large folio", "bio_vec", "nvme_iod"];
  for (const count of [7, 9999, 10_000, 123_456, 1_234_567]) {
    const lines = renderTouched({
      touched: names.flatMap((structure) =>
        STAGES.map((stage) => ({
          structure,
          stage,
          lines: count,
          bytes: 0,
          reads: 0,
          writes: 0,
        }))
      ),
      lines: Object.fromEntries(names.map((name) => [name, count])),
    });
    assertEquals(lines.filter((line) => line.length > 80), []);
    const [, header = "", ...rows] = lines;
    assertEquals(header.trim().split(/ +/), [...STAGES, "all"]);
    for (const row of rows.slice(0, -1)) {
      // All nine figures stand alone, each below the end of its heading.
      assertEquals(
        row.match(/ \d+(?= |$)/g)?.map(Number),
        Array(9).fill(count),
        row,
      );
    }
    assertEquals(rows.at(-1)?.match(/ \d+(?= |$)/g)?.map(Number), [
      ...Array(9).fill(3 * count),
    ]);
  }
});
