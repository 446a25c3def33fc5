/** Builds of several compilers: what each made, and where they disagree. */
import { assertEquals } from "@std/assert";
import { summarise } from "../../../bench/result/summarise.ts";
import { samplesOf } from "../statistics/table_samples.ts";

Deno.test("summarise() tells what each compiler made, and where they disagree", () => {
  // 16 builds, the compilers in turn: a is the reference, b faster by both, c by
  // the first and slower by the second.
  const builds = (first: number, second: number) =>
    Array.from(
      { length: 16 },
      (_, build) => {
        const at = (build % 2 === 0 ? first : second) + build / 100;
        return [at, at, at];
      },
    );
  const { contenders, warnings } = summarise(
    samplesOf({
      a: builds(100, 100),
      b: builds(80, 90),
      c: builds(70, 104),
    }),
    { baseline: "a", seed: 1, compilers: ["gcc 1", "clang 1"] },
  );
  const [a, b, c] = contenders;
  assertEquals(a?.byCompiler, []);
  assertEquals(b?.byCompiler.map(({ compiler }) => compiler), [
    "gcc 1",
    "clang 1",
  ]);
  assertEquals(
    b?.byCompiler.map(({ ratio }) => ratio.median.toFixed(2)),
    ["0.80", "0.90"],
  );
  assertEquals([b?.verdict, c?.verdict], ["faster", "no difference shown"]);
  const codes = warnings.map(({ code }) => code);
  // Whether the interval of c holds 1 or not: it is not claimed.
  assertEquals(codes.includes("few-rounds"), false);
  const one = summarise(
    samplesOf({ a: builds(100, 100), b: builds(80, 90) }),
    { baseline: "a", seed: 1, compilers: ["gcc 1"] },
  );
  assertEquals(one.contenders[1]?.byCompiler, []);
  const opposed = summarise(
    samplesOf({ a: builds(100, 100), c: builds(70, 100.5) }),
    { baseline: "a", seed: 1, compilers: ["gcc 1", "clang 1"] },
  );
  // The control is no layout: how it differs is the noise floor.
  const control = summarise(
    samplesOf({ a: builds(100, 100), c: builds(96, 105) }),
    { baseline: "a", control: "c", seed: 1, compilers: ["gcc 1", "clang 1"] },
  );
  assertEquals(
    control.warnings.some(({ code }) => code === "compilers-disagree"),
    false,
  );
  const warning = opposed.warnings.find(({ code }) =>
    code === "compilers-disagree"
  );
  assertEquals(
    warning?.message,
    "compilers do not agree on which side of 1 c is (0.700, 1.005)",
  );
});

Deno.test("summarise() knows a build's compiler by its number, whatever is left out", () => {
  // Builds 0, 2, ... of one compiler, 1, 3, ... of the other; of build 1 a
  // contender is missing, so that those behind it move up.
  const times = (first: number, second: number) =>
    Array.from(
      { length: 8 },
      (_, build) => [build % 2 === 0 ? first : second],
    );
  const samples = samplesOf({ a: times(100, 100), b: times(80, 90) })
    .filter(({ contender, build }) => contender !== "b" || build !== 1);
  const { builds, contenders } = summarise(samples, {
    ...{ baseline: "a", seed: 1, compilers: ["gcc 1", "clang 1"] },
  });
  assertEquals(builds, 7);
  assertEquals(
    contenders[1]?.byCompiler.map(({ ratio }) => ratio.median.toFixed(2)),
    ["0.80", "0.90"],
  );
});
