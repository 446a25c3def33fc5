import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  countContradictions,
  countWarnings,
  countWords,
  instructionRatio,
} from "../../../bench/result/counted_agreement.ts";
import type { ResultCell, ResultLayout } from "../../../bench/result/result.ts";
import type { ResultMachineCode } from "../../../bench/result/exact_types.ts";
import type { Verdict } from "../../../bench/result/timing_types.ts";
import { renderCell } from "../../../bench/report/text.ts";
import { withAgreement } from "../../../bench/run/twin_cell.ts";
import { fixedCell, fixedLayout } from "../report/fixed_result.ts";

const NONE = "no difference shown";

function counted(instructionsPerIo: number, compiler = "gcc 12.2.0") {
  const build = {
    instructionsPerIo,
    ...{ loadsPerIo: null, storesPerIo: null, branchesPerIo: null },
    ...{ unalignedPerIo: null, lineCrossingsPerIo: null },
    ...{ textBytes: 18211, compiler, build: "-O2", flags: [] },
  };
  return {
    ...build,
    ...{ abi: "lp64", machine: "x86_64", tools: ["valgrind"], ios: 128 },
    builds: [build],
  } satisfies ResultMachineCode;
}

/** A baseline of 1000 instructions, and layouts of others. */
function cell(
  engine: string,
  layouts: Record<string, [number | null, ratio: number, Verdict]>,
): ResultCell {
  return fixedCell({
    engine,
    layouts: [
      fixedLayout({ machineCode: counted(1000) }),
      ...Object.entries(layouts).map((
        [name, [instructions, median, verdict]],
      ) =>
        fixedLayout({
          name,
          verdict,
          ratio: { median, low: median, high: median },
          machineCode: instructions === null ? null : counted(instructions),
        })
      ),
    ],
  });
}

Deno.test("instructionRatio() is of the same build, or null", () => {
  const of = (change: Partial<ResultLayout>) =>
    instructionRatio(fixedLayout(change), cell("native", {}));
  assertAlmostEquals(of({ machineCode: counted(917) }) ?? 0, 0.917, 1e-12);
  assertEquals(of({ machineCode: counted(917, "clang 14") }), null);
  assertEquals(of({ machineCode: null }), null);
});

Deno.test("countContradictions() names what is slower with fewer instructions", () => {
  const found = countContradictions(cell("native", {
    a: [900, 1.1, "slower"],
    b: [1100, 0.9, "faster"],
    // On the same side, not shown, within 2 % or not counted: nothing to say.
    c: [900, 0.9, "faster"],
    d: [900, 1, NONE],
    e: [985, 1.1, "slower"],
    f: [null, 1.1, "slower"],
  }));
  assertEquals(found.map(({ name }) => name), ["a", "b"]);
});

Deno.test("countWarnings() says by how much, and what to do", () => {
  const [warning, ...others] = countWarnings(
    cell("native", { a: [917, 1.1, "slower"], b: [1246, 0.9, "faster"] }),
  );
  assertEquals(others, []);
  assertEquals(warning?.code, "counts-contradict");
  assertEquals(
    warning?.message,
    "in engine native a takes 8.3 % fewer instructions but is slower, b takes " +
      "24.6 % more instructions but is faster",
  );
  assertEquals(countWarnings(cell("js", { a: [900, 0.9, "faster"] })), []);
});

Deno.test("counts, C and JavaScript stand side by side, and say where they part", () => {
  const one = cell("js", {
    phys_len: [900, 0.9, "faster"],
    phyr: [800, 1.2, "slower"],
  });
  const other = cell("native", {
    phys_len: [900, 0.95, "faster"],
    phyr: [800, 0.8, "faster"],
  });
  const both = withAgreement(one, other);
  assertEquals(
    both.agreement?.layouts.map(({ instructionRatio }) => instructionRatio),
    [0.9, 0.8],
  );
  const text = renderCell(both).split("\n").map((line) =>
    line.trim().split(/ +/).join(" ")
  );
  assertEquals(
    text.find((line) => line.startsWith("both engines"))?.slice(0, 42),
    "both engines js ns native ns factor instr.",
  );
  // Times, their factor, then the baseline's instructions beside its own.
  const [, ...figures] = text.slice(
    text.findIndex((line) => line.startsWith("both engines")),
  ).find((line) => line.startsWith("page_offset "))?.split(" ") ?? [];
  assertEquals(figures[3], "1");
  // In JavaScript the order of both is turned round, in C it is not.
  assertEquals(countWords([one, other]), [
    "instructions and times contradict each other on phyr (js)",
    "Kendall's tau of instructions and ratios is -1.00 in js, 1.00 in native",
  ]);
  assertEquals(countWords([fixedCell(), fixedCell()]), []);
});
