import { assert, assertEquals } from "@std/assert";
import { EXIT } from "../../../bench/shell/context.ts";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import { csv } from "../../../bench/report/csv.ts";
import { answer } from "../../../bench/report/answer.ts";
import { mail } from "../../../bench/report/mail.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { text } from "../../../bench/report/text.ts";
import type { ResultCell, ResultLayout } from "../../../bench/result/result.ts";
import {
  apartError,
  apartWarnings,
  enginesApart,
} from "../../../bench/run/engines_apart.ts";
import { withAgreement } from "../../../bench/run/twin_cell.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";

/** A layout with these measurements; their median is the middle one. */
function timed(name: string, times: readonly number[]): ResultLayout {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  return fixedLayout({
    name,
    nsPerIo: { median, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 },
    ratio: { median: 1, low: 0.9, high: 1.1 },
    verdict: "no difference shown",
    samples: {
      total: times.length,
      capped: false,
      values: times.map((nsPerIo, round) => ({ build: 0, round, nsPerIo })),
    },
  });
}

function cell(
  engine: string,
  layouts: Readonly<Record<string, readonly number[]>>,
): ResultCell {
  return fixedCell({
    engine,
    layouts: Object.entries(layouts).map(([name, times]) => timed(name, times)),
  });
}

Deno.test("enginesApart() finds what JavaScript cannot cost", () => {
  const js = cell("js", {
    page_offset: [20_000, 20_935, 21_000],
    phyr: [1500, 1526, 1600],
    phys_len: [1524, 1525, 1526],
  });
  const native = cell("native", {
    page_offset: [300, 305, 310],
    phyr: [299, 305, 306],
    phys_len: [304, 305, 306],
  });
  // 20935 / 305 = 68.6; 1526 / 305 = 5.003, and 1500 / 299 of the best 5.02;
  // 1525 / 305 is 5, which is not more than 5.
  assertEquals(
    enginesApart(js, native).map(({ name, factor }) => [
      name,
      factor.toFixed(3),
    ]),
    [["page_offset", "68.639"], ["phyr", "5.003"]],
  );
  // Which of them is the slower one does not matter.
  assertEquals(enginesApart(native, js).length, 2);
});

Deno.test("enginesApart() judges no single interruption", () => {
  const native = cell("native", { a: [100, 100, 100] });
  // The median is 9 times as long, the best is not: other work was there.
  assertEquals(enginesApart(cell("js", { a: [300, 900, 950] }), native), []);
  assertEquals(enginesApart(cell("js", { a: [900, 950] }), native), []);
  assertEquals(
    enginesApart(cell("js", { a: [900, 900, 950] }), native).length,
    1,
  );
});

Deno.test("a run whose engines are apart fails with a clear word and keeps its cells", () => {
  const js = cell("js", {
    page_offset: [20_935, 20_935, 20_935],
    phyr: [1000, 1000, 1000],
    phys_len: [9000, 9000, 9000],
  });
  const native = withAgreement(
    js,
    cell("native", {
      page_offset: [305, 305, 305],
      phyr: [300, 300, 300],
      phys_len: [300, 300, 300],
    }),
  );
  const words =
    "page_offset takes 20935 ns an I/O in js and 305 in native, a " +
    "factor of 68.6, and 1 layout more, expected at most 5";
  assertEquals(
    apartWarnings(js, native).map(({ code, message }) => [
      code,
      message,
    ]),
    [["engines-apart", words]],
  );
  const error = apartError([[js, native]]);
  assert(error instanceof WrongAnswerError);
  assertEquals(EXIT.wrongAnswer, 1);
  assertEquals(
    error.message,
    `Cannot trust the times of "rand4k-hot" (lp64, page): ${words}`,
  );
  // Every report has the warning, and those with all tables the times of both
  // beside each other.
  const result = fixedResult({ cells: [js, native] });
  for (const { name, render } of [text, markdown, answer, mail]) {
    const said = render(result).replaceAll(/\s+/g, " ").replaceAll("\\", "");
    const hasTables = name === "text" || name === "markdown";
    assertEquals(said.includes("js ns"), hasTables, name);
    assertEquals(said.includes("native ns"), hasTables, name);
    assert(said.includes(words), `${name}: ${said}`);
  }
  assertEquals(
    native.agreement?.times?.map(({ name, factor }) => [
      name,
      factor?.toFixed(1),
    ]),
    [["page_offset", "68.6"], ["phyr", "3.3"], ["phys_len", "30.0"]],
  );
  assert(csv.render(result).includes("20935"));
});

Deno.test("apartError() has nothing to say where engines are near", () => {
  const near = cell("native", { page_offset: [100, 100, 100] });
  assertEquals(
    apartError([[cell("js", { page_offset: [310, 310, 310] }), near]]),
    undefined,
  );
  const untimed = fixedCell({
    layouts: [fixedLayout({ nsPerIo: null, ratio: null, verdict: null })],
  });
  assertEquals(apartError([[untimed, untimed]]), undefined);
});
