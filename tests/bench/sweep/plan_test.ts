import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readPlan } from "../../../bench/sweep/plan.ts";
import { expanded, planOf } from "./plan_rig.ts";

/** What is wrong with a plan, behind the name of its file. */
async function complaint(text: string): Promise<string> {
  const error = await assertRejects(
    () => readPlan(text, "plan.json"),
    SyntaxError,
  );
  const start = 'Cannot read plan "plan.json": ';
  assertStringIncludes(error.message, start);
  return error.message.slice(start.length);
}

Deno.test("readPlan() complains about a plan at its line and column", async () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      '{"axes":\n {"abbi": ["lp64"]}}',
      "line 2, column 11: axes: found " +
      'unknown field "abbi" (nearest: "abi"), expected a known one',
    ],
    [
      '{"kernal": "7.2"}',
      "line 1, column 12: plan: found unknown field " +
      '"kernal" (nearest: "kernel"), expected a known one',
    ],
    [
      '{"axes": {"abi": []}}',
      "line 1, column 18: axes.abi: found [], expected at least one value",
    ],
    [
      '{"axes": {"abi": ["lp64",\n "lp64"]}}',
      "line 2, column 2: " +
      'axes.abi.1: found "lp64" again, expected each value once',
    ],
    // A size and the number that it stands for are one value.
    [
      '{"axes": {"max_sectors": [256, "256"]}}',
      "line 1, column 32: " +
      'axes.max_sectors.1: found "256" again, expected each value once',
    ],
    [
      '{"axes": {"depth": [0]}}',
      "line 1, column 21: axes.depth.0: found 0, " +
      "expected a whole number from 1 to 256",
    ],
    [
      '{"axes": {"abi": ["lp64"], "abis": ["lp64"]}}',
      "line 1, column 36: " +
      "axes.abis: found abi again, expected each field once",
    ],
    [
      '{"axes": {"memory": ["1G"]}}',
      "line 1, column 21: axes.memory: found " +
      "a field that changes no result, expected it beside axes",
    ],
    [
      '{"exclude": [{"layout": "phyr"}]}',
      "line 1, column 25: " +
      "exclude.0.layout: found layouts, which are in every cell, expected " +
      "another field, or a sub-plan with other layouts",
    ],
    [
      '{"exclude": [{}]}',
      "line 1, column 14: exclude.0: found {}, expected at least one field",
    ],
    [
      '{"plans": []}',
      "line 1, column 11: plans: found [], expected at least one plan",
    ],
    [
      '{"axes": {"abi": ["lp64"]},}',
      'line 1, column 28: found "}", expected ' +
      "a key in quotes",
    ],
  ];
  for (const [text, expected] of cases) {
    assertEquals(await complaint(text), expected, text);
  }
  assertStringIncludes(
    await complaint('{"axes": {"cpu": ["zen5"]}}'),
    'line 1, column 19: axes.cpu.0: cannot find CPU "zen5" (nearest: "zen4")',
  );
  assertStringIncludes(
    await complaint('{"axes": {"layout": ["phyrr"]}}'),
    'axes.layout: cannot find layout "phyrr" (nearest: "phyr")',
  );
});

Deno.test("a field has the name of a setup file, of its option, or a singular", async () => {
  const ids = async (plan: object) =>
    (await expanded({ workload: "4k-hot", ios: 8, ...plan })).cells
      .map(({ id }) => id);
  const byKey = await ids({ axes: { "machine.dmaMaskBits": [48, 40] } });
  assertEquals(byKey.length, 2);
  assertEquals(await ids({ axes: { "dma-mask": ["48", "40"] } }), byKey);
  assertEquals(await ids({ axes: { dmaMaskBits: [48, 40] } }), byKey);
  assertEquals(
    await ids({ axes: { recognise: ["page"], abis: ["lp64"] } }),
    await ids({ axes: { recognition: ["page"] }, abi: "lp64" }),
  );
  // null is what a setup without the field has.
  assertEquals(await ids({ axes: { depth: [null] } }), await ids({}));
});

Deno.test("sub-plans have what is beside them, unless they say otherwise", async () => {
  const plan = await planOf({
    axes: { workload: ["4k-hot"], abi: ["lp64", "ilp32"] },
    ios: 8,
    plans: [{ kernel: "6.12" }, { axes: { abi: ["lp64"] }, ios: 9 }],
  });
  assertEquals(
    plan.parts.map(({ axes }) =>
      axes.map(({ of, values }) => [of.name, ...values.map(({ text }) => text)])
    ),
    [
      [["workload", "4k-hot"], ["abi", "lp64", "ilp32"], ["kernel", "6.12"], [
        "ios",
        "8",
      ]],
      [["workload", "4k-hot"], ["abi", "lp64"], ["ios", "9"]],
    ],
  );
});
