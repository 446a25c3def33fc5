import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  exactDifference,
  formatChange,
  formatEnds,
  formatFigure,
  formatMeasuredDifference,
  formatMostDifference,
  formatPercent,
  formatSigned,
} from "../../../bench/text/figure.ts";

Deno.test("formatFigure() keeps whole numbers whole while they fit", () => {
  assertEquals(formatFigure(0, 7), "0");
  assertEquals(formatFigure(32, 7), "32");
  assertEquals(formatFigure(1234567, 7), "1234567");
  assertEquals(formatFigure(10_000_000, 7), "10.0M");
  assertEquals(formatFigure(123456, 5), "123k");
});

Deno.test("formatFigure() gives four significant digits of others", () => {
  assertEquals(formatFigure(0.001, 7), "0.001");
  assertEquals(formatFigure(0.0004, 7), "<.001");
  assertEquals(formatFigure(1.03125, 7), "1.031");
  assertEquals(formatFigure(9.9996, 7), "10.000");
  assertEquals(formatFigure(123.456, 7), "123.5");
  assertEquals(formatFigure(12345.678, 7), "12346");
  assertEquals(formatFigure(12345.678, 5), "12346");
  assertEquals(formatFigure(999_999.5, 5), "1.00M");
});

Deno.test("formatFigure() says - for what is missing", () => {
  assertEquals(formatFigure(null, 7), "-");
  assertEquals(formatFigure(undefined, 7), "-");
});

Deno.test("formatFigure() fits its width from 0.001 to 10^7", () => {
  const exponent = fc.double({ min: -3, max: 7, noNaN: true });
  const width = fc.integer({ min: 5, max: 8 });
  fc.assert(fc.property(exponent, width, (power, columns) => {
    const value = 10 ** power;
    const text = formatFigure(value, columns);
    assertEquals(text.length <= columns, true, text);
    const scale = { k: 1e3, M: 1e6 }[text.at(-1) ?? ""] ?? 1;
    const error = Math.abs(parseFloat(text) * scale / value - 1);
    // Three digits at least, and never finer than 0.001.
    assertEquals(error <= 0.0051 + 0.0005 / value, true, `${text} ${value}`);
  }));
});

Deno.test("formatEnds() joins the ends of an interval", () => {
  assertEquals(formatEnds({ low: 0.98123, high: 1.0226 }), "0.981-1.023");
  assertEquals(formatEnds(null), "-");
  assertEquals(formatEnds({ low: 120, high: 120 }), "-");
});

Deno.test("formatEnds() prints no width where there is no interval", () => {
  assertEquals(formatEnds({ low: null, high: null }), "-");
  assertEquals(formatEnds(null), "-");
  assertEquals(formatEnds({ low: 120, high: 120 }), "-");
});

Deno.test("exactDifference() is none where rounding alone is apart", () => {
  assertEquals(exactDifference(69, 71), -2);
  assertEquals(exactDifference(0.1 + 0.2, 0.3), 0);
  assertEquals(exactDifference(null, 1), null);
});

Deno.test("formatSigned() signs a difference", () => {
  assertEquals(
    [-2, 0.5, 0, null, 123456].map((value) => formatSigned(value, 6)),
    ["-2", "+0.500", "0", "-", "+123k"],
  );
});

Deno.test("formatChange() signs a percentage", () => {
  assertEquals(formatChange(0.959), "-4.1%");
  assertEquals(formatChange(1.123), "+12%");
  assertEquals(formatChange(1), "+0%");
  assertEquals(formatChange(3), "+200%");
});

Deno.test("formatMeasuredDifference() calls nothing measured the same", () => {
  assertEquals(formatMeasuredDifference(0), "<0.01%");
  assertEquals(formatMeasuredDifference(0.00004), "<0.01%");
  assertEquals(formatMeasuredDifference(0.004), "0.40%");
});

Deno.test("formatPercent() gives two significant digits", () => {
  assertEquals(formatPercent(0.031), "3.1%");
  assertEquals(formatPercent(0.004), "0.40%");
  assertEquals(formatPercent(0.00004), "<0.01%");
  assertEquals(formatPercent(0.5), "50%");
});

Deno.test("formatMostDifference() is a bound in words", () => {
  assertEquals(formatMostDifference(0.031), "up to 3.1%");
  assertEquals(formatMostDifference(0), "less than 0.01%");
});
