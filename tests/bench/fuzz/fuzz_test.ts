import { assert, assertEquals, assertRejects } from "@std/assert";
import { fuzzMain } from "../../../bench/fuzz/command.ts";
import { runFuzz } from "../../../bench/fuzz/run_fuzz.ts";
import { FuzzFinding, judge } from "../../../bench/fuzz/target.ts";
import type { FuzzTarget } from "../../../bench/fuzz/target.ts";
import { fuzzTargets } from "../../../bench/fuzz/targets.ts";
import { captured } from "../captured.ts";

/** One that stands still: how long an input takes says nothing here. */
const CLOCK = () => 0;

for (const target of fuzzTargets) {
  Deno.test(`the reader of ${target.name} takes or refuses 300 inputs as documented`, async () => {
    const { finding, runs, accepted } = await runFuzz(target, {
      runs: 300,
      seed: 6,
      clock: CLOCK,
    });
    assertEquals(finding?.message, undefined);
    assertEquals(runs, 300);
    // Both ways through the reader were gone, or it documents one only.
    const refusesSome = target.errors.length > 0;
    assert(
      accepted > 0 && (accepted < runs) === refusesSome,
      `${accepted} of ${runs}`,
    );
  });

  Deno.test(`the reader of ${target.name} takes each whole seed, or says why not`, async () => {
    const taken = await Promise.all(
      target.seeds.map((seed) => judge(target, seed)),
    );
    assert(taken.includes(true));
  });
}

/** A reader that does with `!` what no reader may. */
function bad(read: FuzzTarget["read"]): FuzzTarget {
  const seeds = [new TextEncoder().encode("abc!def")];
  return { name: "bad", errors: ["SyntaxError"], seeds, tokens: [], read };
}

Deno.test("runFuzz() finds what a reader may not do, and shrinks it", async () => {
  const isBang = (bytes: Uint8Array) => bytes.includes(0x21);
  for (
    const [what, wrong] of [
      ["expected SyntaxError", () => {
        throw new TypeError("x is not a function");
      }],
      ["expected one line", () => {
        throw new SyntaxError("Cannot read x: a\nb, expected y");
      }],
      ["expected Cannot <verb>", () => {
        throw new SyntaxError("oops");
      }],
      ["holds the character U+001b", () => {
        throw new SyntaxError("Cannot read \x1b[2J: found x, expected y");
      }],
    ] as const
  ) {
    const target = bad((bytes) => {
      if (isBang(bytes)) wrong();
    });
    const { finding } = await runFuzz(target, {
      runs: 50,
      seed: 1,
      clock: CLOCK,
    });
    assert(finding?.message.includes(what), finding?.message);
    assert(isBang(finding?.input ?? new Uint8Array()));
  }
});

Deno.test("runFuzz() finds a reader that takes too long", async () => {
  let nowMs = 0;
  const { finding } = await runFuzz(bad(() => void (nowMs += 6000)), {
    runs: 5,
    seed: 1,
    clock: () => nowMs,
  });
  assertEquals(
    finding?.message.startsWith("bad took 6000 ms for "),
    true,
    finding?.message,
  );
});

Deno.test("judge() tells taken, refused and wrong apart", async () => {
  const refuse = bad(() => {
    throw new SyntaxError('Cannot read bad "x": found a, expected b');
  });
  assertEquals(await judge(bad(() => {}), new Uint8Array()), true);
  assertEquals(await judge(refuse, new Uint8Array()), false);
  await assertRejects(
    () =>
      judge(
        bad(() => {
          throw new TypeError("x is not a function");
        }),
        new Uint8Array(),
      ),
    FuzzFinding,
  );
});

/** Runs the command, with a memory that is told. */
function fuzz(args: string[], resident = (_call: number) => 0) {
  let calls = 0;
  const machine = { clock: CLOCK, residentBytes: () => resident(calls++) };
  return captured((context) => fuzzMain(args, { ...context, ...machine }));
}

Deno.test("deno task fuzz runs the readers that are named", async () => {
  const { status, out, err } = await fuzz(
    ["din", "--runs", "20", "--seed", "3"],
  );
  assert(/^20 inputs for each reader, seed 3\n.*\ndin +20 /.test(out), out);
  assertEquals([status, err], [0, ""]);
  const unknown = await fuzz(["nothing"]);
  assertEquals(unknown.status, 2);
  assert(
    unknown.err.startsWith('fuzz: Cannot find reader "nothing"'),
    unknown.err,
  );
});

Deno.test("deno task fuzz says that memory grew, and ends with 1", async () => {
  const { status, err } = await fuzz(
    ["din", "--runs", "1"],
    (call) => call === 0 ? 100 << 20 : 869 << 20,
  );
  assertEquals(
    [status, err],
    [1, "fuzz: the process grew by 769 MiB, expected at most 768\n"],
  );
});
