import { assert, assertEquals, assertThrows } from "@std/assert";
import type { CommandContext } from "../../../bench/shell/context.ts";
import { targetsMain } from "../../../bench/targets/command.ts";
import { TARGET_GROUPS } from "../../../bench/targets/registry.ts";
import {
  judgeTarget,
  type TargetGroup,
} from "../../../bench/targets/target.ts";
import { readTargets } from "../../../bench/targets/targets_file.ts";
import {
  targetsMachine,
  targetsRows,
  targetsText,
} from "../../../bench/targets/targets_table.ts";
import { medianRatio, takeTurns } from "../../../bench/targets/turns.ts";

const ALL = TARGET_GROUPS.flatMap(({ targets }) => targets);

const two: TargetGroup = {
  targets: [
    { name: "path/a", unit: "x C", wanted: 2, bound: "at most" },
    { name: "path/b", unit: "M/s", wanted: 5, bound: "at least" },
  ],
  measure: () => Promise.resolve([1.5, "fio is not installed"]),
};
const failing: TargetGroup = {
  targets: [{ name: "run/c", unit: "s", wanted: 1, bound: "at most" }],
  measure: () => Promise.reject(new Error("Cannot time lab: it failed")),
};

/** Runs the command on stand-ins. */
async function targets(...args: string[]) {
  let out = "";
  let err = "";
  const context: CommandContext = {
    writeOut: (text) => out += text,
    writeError: (text) => err += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  };
  const status = await targetsMain(args, context, [two, failing]);
  return { status, out, err };
}

Deno.test("every target has a name of its own, in a group", () => {
  const names = ALL.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const name of names) assert(/^[a-z]+\/[\w./-]+$/.test(name), name);
  assertEquals([...new Set(names.map((name) => name.split("/")[0]))], [
    ...["path", "cache", "trace", "run", "workers", "growth"],
  ]);
});

Deno.test("bench:targets --json - is the file that is read again", async () => {
  const { status, out, err } = await targets("--json", "-", "--quiet");
  assertEquals([status, err], [0, ""]);
  const file = readTargets(out, "-");
  assertEquals(
    file.targets.map(({ name, value, met, reason }) => [
      ...[name, value, met, reason],
    ]),
    [
      ["path/a", 1.5, true, undefined],
      ["path/b", null, null, "fio is not installed"],
      ["run/c", null, null, "Cannot time lab: it failed"],
    ],
  );
  assertEquals(targetsRows(file).length, 4);
  assert(targetsMachine(file).startsWith("Met: 1 of 3, on "));
  const text = targetsText(file.targets);
  assert(text.includes("at most 2 x C"), text);
  assert(text.includes("path/b: fio is not installed"), text);
});

Deno.test("bench:targets --only takes a target, a group, and nothing else", async () => {
  const one = await targets("--only", "path/b", "--json", "-", "--quiet");
  assertEquals(
    readTargets(one.out, "-").targets.map(({ name }) => name),
    ["path/b"],
  );
  const group = await targets("--only", "run", "--json", "-", "--quiet");
  assertEquals(
    readTargets(group.out, "-").targets.map(({ name }) => name),
    ["run/c"],
  );
  const none = await targets("--only", "paths");
  assertEquals([none.status, none.out], [2, ""]);
  assert(none.err.includes('Cannot find target "paths"'), none.err);
});

Deno.test("judgeTarget() keeps either bound, and tells what is no figure", () => {
  const most = { name: "a/b", unit: "s", wanted: 5, bound: "at most" } as const;
  const least = { ...most, bound: "at least" } as const;
  assertEquals([5, 5.1].map((found) => judgeTarget(most, found).met), [
    true,
    false,
  ]);
  assertEquals([5, 4.9].map((found) => judgeTarget(least, found).met), [
    true,
    false,
  ]);
  assertEquals(judgeTarget(most, NaN).reason, "no figure was found");
});

Deno.test("takeTurns() visits every contender in every round", async () => {
  let visits = 0;
  const found = await takeTurns({ a: () => ++visits, b: () => 1 }, 4, 2);
  assertEquals(found, { a: [3, 4, 5, 6], b: [1, 1, 1, 1] });
  // Ratios 1 of 2, 3 of 2 and 8 of 2.
  assertEquals(medianRatio([1, 3, 8], [2, 2, 2]), 1.5);
});

Deno.test("a file that is no such file is refused by its name", () => {
  for (const text of ["", "{}", '{"targets": [{"name": "a"}]}']) {
    assertThrows(
      () => readTargets(text, "x.json"),
      SyntaxError,
      'Cannot read "x.json": it is not what bench:targets --json writes',
    );
  }
});
