import { assertEquals } from "@std/assert";
import { shortCell } from "../../../bench/result/short_result.ts";
import {
  buildsOfTurns,
  countOfTurns,
  samplesOfTurns,
  turnsOf,
} from "../../../bench/result/turns.ts";
import type { Sample } from "../../../bench/statistics/sample.ts";
import { fixedCell } from "../report/fixed_result.ts";

/** Two builds, the second cut short. */
const SAMPLES: Sample[] = [
  { contender: "phyr", build: 0, round: 0, nsPerIo: 100.5, wallNsPerIo: 300 },
  { contender: "page_offset", build: 0, round: 0, nsPerIo: 1234.5678 },
  { contender: "page_offset", build: 0, round: 1, nsPerIo: 99 },
  { contender: "phyr", build: 0, round: 1, nsPerIo: 101 },
  { contender: "page_offset", build: 1, round: 0, nsPerIo: 98 },
  { contender: "phyr", build: 1, round: 0, nsPerIo: 102 },
];

Deno.test("turnsOf() keeps times by contender, build and round, to five figures", () => {
  const turns = turnsOf({ warm: SAMPLES, cold: SAMPLES.slice(0, 1) });
  assertEquals(turns, [
    { name: "phyr", warm: [[100.5, 101], [102]], cold: [[100.5]] },
    { name: "page_offset", warm: [[1234.6, 99], [98]], cold: [] },
  ]);
  assertEquals([buildsOfTurns(turns), countOfTurns(turns)], [2, 7]);
  assertEquals([buildsOfTurns([]), countOfTurns([])], [0, 0]);
});

Deno.test("samplesOfTurns() gives back what turns were made of", () => {
  const turns = turnsOf({ warm: SAMPLES, cold: [] });
  const { warm, cold } = samplesOfTurns(turns);
  assertEquals(cold, []);
  assertEquals(warm.length, SAMPLES.length);
  assertEquals(turnsOf({ warm, cold }), turns);
});

Deno.test("a short result has turns unless they are more than 4000 numbers", () => {
  const builds = (count: number) =>
    Array.from({ length: count }, () => Array(20).fill(7));
  const short = (count: number) =>
    shortCell(fixedCell({
      turns: [{ name: "page_offset", warm: builds(count), cold: [] }],
    })).turns;
  assertEquals(short(200)?.[0]?.warm.length, 200);
  assertEquals(short(201), undefined);
});
