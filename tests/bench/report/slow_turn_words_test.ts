import { assertEquals, assertStringIncludes } from "@std/assert";
import { uncertainBlocks } from "../../../bench/report/answer_doubts.ts";
import { cellTrust } from "../../../bench/report/cell_facts.ts";
import { findAnswer } from "../../../bench/report/found_answer.ts";
import {
  slowTurnWords,
  worstSlowTurns,
} from "../../../bench/report/slow_turn_words.ts";
import type { ResultSlowTurns } from "../../../bench/result/timing_types.ts";
import { fixedCell, fixedResult, REPEATED_TIMING } from "./fixed_result.ts";

const SLOW: ResultSlowTurns = {
  ...{ turns: 200, slow: 28, again: 31, kept: 0, slowdown: 1.53 },
};

const cellOf = (change: Partial<ResultSlowTurns> | undefined) =>
  fixedCell({
    timing: {
      ...REPEATED_TIMING,
      ...(change && { slowTurns: { ...SLOW, ...change } }),
    },
  });

Deno.test("slowTurnWords() tells how slow, how often, and what was done", () => {
  // 28 of 200 are 14 %.
  const begin = "the CPU changed speed by up to 1.5 x during 14% of turns, ";
  assertEquals(
    slowTurnWords(cellOf({})),
    `${begin}which were taken again`,
  );
  assertEquals(
    slowTurnWords(cellOf({ kept: 3 })),
    `${begin}which were taken again, 3 of 28 in vain`,
  );
  assertEquals(
    slowTurnWords(cellOf({ again: 0, kept: 28 })),
    `${begin}which are counted as they were`,
  );
  // The least share that is told, and a slowdown of more than two digits.
  assertEquals(
    slowTurnWords(cellOf({ slow: 1, again: 1, slowdown: 123 })),
    "the CPU changed speed by up to 123.0 x during 0.50% of turns, which " +
      "were taken again",
  );
});

Deno.test("slowTurnWords() says nothing of a still CPU, nor of an older result", () => {
  assertEquals(slowTurnWords(cellOf({ slow: 0, again: 0 })), undefined);
  assertEquals(slowTurnWords(cellOf({ turns: 300, slow: 1 })), undefined);
  assertEquals(slowTurnWords(cellOf(undefined)), undefined);
  assertEquals(slowTurnWords(fixedCell()), undefined);
});

Deno.test("the first screen and the details blame the CPU for what it did", () => {
  const cells = [
    fixedCell(),
    ...[cellOf({ slow: 2 }), cellOf({}), cellOf({ turns: 1000, slow: 40 })],
  ];
  // 2 of 200 are 1 %, 40 of 1000 are 4 %: the other cell is worse.
  assertStringIncludes(worstSlowTurns(cells)[0] ?? "", "14%");
  const result = fixedResult({ cells });
  const text = JSON.stringify(uncertainBlocks(result, findAnswer(result)));
  assertStringIncludes(
    text,
    "of turns, which were taken again, builds vary",
  );
  // A mail of few lines has the false difference alone.
  const terse = uncertainBlocks(result, findAnswer(result), { isTerse: true });
  assertEquals(/changed speed|builds vary/.test(JSON.stringify(terse)), false);
  assertStringIncludes(
    cellTrust(cellOf({})).join(" "),
    "The CPU changed speed by up to 1.5 x during 14% of turns",
  );
});

Deno.test("builds are not blamed alone where many turns stayed slow", () => {
  const doubts = (kept: number) => {
    const cells = [cellOf({ slow: 2, kept: 0 }), cellOf({ kept })];
    const result = fixedResult({ cells });
    return JSON.stringify(uncertainBlocks(result, findAnswer(result)));
  };
  // 10 of 200 are 5 %.
  assertStringIncludes(doubts(10), "10 of 28 in vain, builds vary by");
  assertStringIncludes(doubts(11), "in vain, builds and slow turns vary by");
  assertStringIncludes(
    cellTrust(cellOf({ kept: 11 })).join(" "),
    "Builds of one layout, slow turns among them, vary by",
  );
});
