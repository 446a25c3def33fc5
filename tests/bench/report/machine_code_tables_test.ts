import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { csv } from "../../../bench/report/csv.ts";
import { mail } from "../../../bench/report/mail.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { renderCell } from "../../../bench/report/text.ts";
import type { ResultLayout } from "../../../bench/result/result.ts";
import type {
  ResultMachineCode,
  ResultMachineCodeBuild,
} from "../../../bench/result/exact_types.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { fixedCell, fixedResult } from "./fixed_result.ts";

function build(
  compiler: string,
  title: string,
  instructionsPerIo: number,
): ResultMachineCodeBuild {
  return {
    instructionsPerIo,
    loadsPerIo: 2683,
    storesPerIo: 959,
    branchesPerIo: 1607,
    unalignedPerIo: 5,
    lineCrossingsPerIo: null,
    textBytes: 17655,
    compiler,
    build: title,
    flags: ["-O2"],
  };
}

function machineCode(times: number): ResultMachineCode {
  const builds = [
    build("gcc: gcc (Debian 12.2.0-14+deb12u1) 12.2.0", "-O2", 10_000 * times),
    build("clang: Debian clang version 14.0.6", "-O2", 20_000 * times),
  ];
  return {
    ...builds[0] as ResultMachineCodeBuild,
    abi: "lp64",
    machine: "x86_64",
    tools: [
      "valgrind-3.19.0",
      "qemu-x86_64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)",
    ],
    ios: 128,
    builds,
  };
}

/** The fixed cell with counts; those of the last layout are missing. */
function counted() {
  const cell = fixedCell();
  const last = cell.layouts.length - 1;
  const layouts = cell.layouts.map((layout, i): ResultLayout => ({
    ...layout,
    machineCode: i === last && i > 0
      ? null
      : machineCode(layout.name === cell.baseline ? 1 : 0.9),
  }));
  return { ...cell, layouts };
}

Deno.test("machine code is in every report, with its compiler and tools", () => {
  const result = fixedResult({ cells: [counted()] });
  for (const text of [renderCell(counted()), markdown.render(result)]) {
    const flat = text.replaceAll(/[\\\s]+/g, " ");
    assertStringIncludes(flat, "gcc 12.2.0, -O2; counted by valgrind 3.19.0");
    assertStringIncludes(flat.replaceAll("x86 64", "x86_64"), "qemu-x86");
    assertStringIncludes(flat, "A gcc 12.2.0, -O2; B clang 14.0.6, -O2");
    // What a kernel ran instead stands beside what the path counts.
    assertStringIncludes(flat, "percentage points of each of");
  }
  const lines = csv.render(result).split("\n");
  const names = lines[0]?.split(",") ?? [];
  for (
    const name of [
      "machineCode.instructionsPerIo",
      "machineCode.textBytes",
      "machineCode.builds.B.ratio",
    ]
  ) {
    assert(names.includes(name), name);
  }
});

Deno.test("machine code that was not counted is -, and the rest is there", () => {
  const text = renderCell(counted());
  const rows = text.split("\n");
  const at = rows.findIndex((line) => /^machine code +instr/.test(line));
  const baseline = rows[at + 1]?.split(/ +/) ?? [];
  // Instructions, difference, loads, stores, branches, unaligned, lines, text
  assertEquals(baseline.slice(1), [
    ...["10000", "0", "2683", "959", "1607", "5", "-", "17655"],
  ]);
  const missing = rows[at + counted().layouts.length]?.split(/ +/) ?? [];
  assertEquals(missing.slice(1), Array(8).fill("-"));
});

Deno.test("builds are compared with the baseline of the same build", () => {
  const rows = renderCell(counted()).split("\n");
  const at = rows.findIndex((line) => line.startsWith("instr, by build"));
  assertEquals(rows[at + 1]?.split(/ +/).slice(1), ["1.000", "1.000"]);
  assertEquals(rows[at + 2]?.split(/ +/).slice(1), ["0.900", "0.900"]);
});

Deno.test("a mail with machine code keeps to 72 columns", () => {
  const text = mail.render(fixedResult({ cells: [counted()] }));
  for (const line of text.split("\n")) assert(line.length <= 72, line);
});

Deno.test("without counts there is no table of machine code", () => {
  assertEquals(renderCell(fixedCell()).includes("machine code"), false);
});

Deno.test("a result with machine code is a result", () => {
  const result = fixedResult({ cells: [counted()] });
  assertEquals(resultSchema.safeParse(result).success, true);
  const broken = structuredClone(result) as unknown as {
    cells: { layouts: { machineCode: { textBytes: unknown } }[] }[];
  };
  const [layout] = broken.cells[0]?.layouts ?? [];
  if (layout) layout.machineCode.textBytes = -1;
  assertEquals(resultSchema.safeParse(broken).success, false);
});
