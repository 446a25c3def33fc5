import { assertEquals, assertThrows } from "@std/assert";
import { findAnswer } from "../../../bench/report/found_answer.ts";
import { mail } from "../../../bench/report/mail.ts";
import { compareTable } from "../../../bench/verify/mail_table.ts";
import { PARAGRAPH } from "../../../bench/verify/read_mail.ts";
import { fixedResult } from "../report/fixed_result.ts";

const RESULT = fixedResult();
const TEXT = mail.render(RESULT);
const from = { answer: findAnswer(RESULT), hasCode: true };
const compare = (text: string) =>
  compareTable(text.split(/\s+/).filter((word) => word !== ""), from, "m");

Deno.test("compareTable() compares each exact figure of a row, no measured one", () => {
  // Two rows of bytes and lines; 120ns and -8.3% are measured.
  assertEquals(compare(TEXT), { compared: 4, unequal: [] });
  assertEquals(
    compare(TEXT.replace("-2  -8.3%", "-2  -12%")),
    { compared: 4, unequal: [] },
  );
});

Deno.test("compareTable() ends where layouts of the sender's own are described", () => {
  // The rows are as above; a word that is no layout's name ends nothing.
  const described = (name: string) =>
    TEXT.replace(
      /^phys_packed {2}.*\n/m,
      `$&${name}: {paddr, len} of x.txt:2\n`,
    );
  assertEquals(compare(described("phys_packed")), { compared: 4, unequal: [] });
  assertThrows(() => compare(described("phys_pakced")), SyntaxError, "row");
});

Deno.test("compareTable() ends where somebody answers between the lines", () => {
  const answered = (line: string) =>
    compareTable(
      TEXT.replace(/^(phys_packed {2}.*\n)/m, line)
        .split(/\n\s*\n/).flatMap((paragraph) => [
          PARAGRAPH,
          ...paragraph.split(/\s+/).filter((word) => word !== ""),
        ]),
      from,
      "m",
    );
  // The row of the baseline alone, and both.
  assertEquals(answered("\nSure?\n\n$1"), { compared: 2, unequal: [] });
  assertEquals(answered("$1\nSure?\n\n"), { compared: 4, unequal: [] });
  // Lines that some mailer has set apart are a table still.
  assertEquals(answered("\n$1"), { compared: 4, unequal: [] });
  assertThrows(() => answered("Sure?\n$1"), SyntaxError, 'found "Sure?"');
});

Deno.test("compareTable() names a figure that was changed", () => {
  assertEquals(compare(TEXT.replace("-2  -8.3%", "-3  -8.3%"))?.unequal, [{
    figure: "phys_packed, rand4k-hot, lines",
    claimed: "-3",
    counted: "-2",
  }]);
  assertEquals(
    compare(TEXT.replace("phys_packed  12 ", "phys_packed  10 "))?.unequal,
    [{ figure: "phys_packed, B", claimed: "10", counted: "12" }],
  );
});

Deno.test("compareTable() takes a row of its own of a layout that equals the baseline in what is counted", () => {
  // Its time, or instructions that are not counted now, made it one.
  const { answer } = from;
  const [base] = answer.rows;
  if (base === undefined) return;
  const rows = [{ ...base, equals: ["phys_packed"] }];
  const text = TEXT.replace(/^phys_packed {2}.*$/m, "phys_packed 16 0 -8.3%");
  const found = compareTable(
    text.split(/\s+/).filter((word) => word !== ""),
    { answer: { ...answer, rows }, hasCode: false },
    "m",
  );
  assertEquals(found, { compared: 4, unequal: [] });
});

Deno.test("compareTable() refuses a mangled table by its row", () => {
  assertThrows(
    () => compare(TEXT.replace("phys_packed  12", "phys_pakced  12")),
    SyntaxError,
    'found "phys_pakced" where a row of its table begins',
  );
  assertThrows(
    () => compare(TEXT.replace("     -2  -8.3%", "     -2")),
    SyntaxError,
    'row "phys_packed" of its table has 2 figures, expected 3',
  );
  assertThrows(
    () => compare(TEXT.replace("lines   time\n", "lines   time lines\n")),
    SyntaxError,
    "its table is of 2 workloads, expected at most 1",
  );
});

Deno.test("compareTable() has nothing to say of a mail without its table", () => {
  assertEquals(compare(TEXT.replace("layout  ", "")), undefined);
});
