import { assertEquals } from "@std/assert";
import {
  type Column,
  plainTable,
  printableCell,
} from "../../../bench/text/plain_table.ts";

interface Row {
  readonly name: string;
  readonly value: string;
}

const columns: Column<Row>[] = [
  { header: "name", left: true, cell: ({ name }) => name },
  { header: "rate", cell: ({ value }) => value, splitRank: 1 },
  { header: "n", cell: (_, width) => String(width) },
];

Deno.test("plainTable() puts text left and numbers right", () => {
  const lines = plainTable(columns, [
    { name: "a", value: "1" },
    { name: "bcdef", value: "12345" },
  ], { maxWidth: 80 });

  assertEquals(lines, [
    "name    rate  n",
    "a          1  7",
    "bcdef  12345  7",
  ]);
});

Deno.test("plainTable() narrows gaps, then digits, then makes two tables", () => {
  const rows = [{ name: "abcdef", value: "1234567" }];
  const at = (maxWidth: number) =>
    plainTable(columns, rows, { maxWidth }).filter((_, i) => i % 3 === 1);

  assertEquals(at(18), ["abcdef  1234567  7"]);
  assertEquals(at(17), ["abcdef 1234567 7"]);
  assertEquals(at(14), ["abcdef  7", "abcdef 1234567"]);
  const repeated: Column<Row>[] = [
    ...columns.map((column) =>
      column.header === "n" ? { ...column, repeats: true } : column
    ),
    { header: "x", cell: () => "12" },
  ];
  assertEquals(plainTable(repeated, rows, { maxWidth: 17 }), [
    "name    n   x",
    "abcdef  7  12",
    "",
    "name      rate n",
    "abcdef 1234567 7",
  ]);
});

Deno.test("printable() keeps control characters and long names out", () => {
  assertEquals(printableCell("a\x1b[31m\nb"), "a?[31m?b");
  assertEquals(printableCell("a".repeat(24)), "a".repeat(24));
  assertEquals(printableCell("a".repeat(25)), `${"a".repeat(23)}~`);
});
