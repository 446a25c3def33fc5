import { assertEquals, assertThrows } from "@std/assert";
import {
  callgrindArguments,
  readCallgrind,
} from "../../../../bench/native/count/callgrind.ts";
import { ElfFile } from "../../../../bench/native/count/elf.ts";
import {
  perfArguments,
  perfRefusal,
  readPerfStat,
} from "../../../../bench/native/count/perf_stat.ts";
import { readQemuCounts } from "../../../../bench/native/count/qemu_counts.ts";
import { smallElf } from "./small_elf.ts";

/**
 * Six instructions at 0x1000: mov (%rdi),%eax; addl $1,(%rdi); bts %rdx,%rax;
 * mov %eax,(%rdi); je; ret.
 */
const PROGRAM = new ElfFile(smallElf({
  machine: "x86_64",
  address: 0x1000,
  text: "8b 07 83 07 01 48 0f ab d0 89 07 74 f3 c3",
}));

const CALLGRIND = `# callgrind format
version: 1
positions: instr
events: Ir Dr Dw I1mr D1mr D1mw

fn=counted
0x1000 10 10
0x1002 10 0 10
0x1005 10 10 20
calls=10 0x1009
0x1009 999 999 999
0x1009 10 0 10
0x100b 10
0x100d 1 1
`;

Deno.test("readCallgrind() counts each instruction once, by what it does", () => {
  // Ir: 5 x 10 + 1. Loads: mov 10, add 10, ret 1. Stores: add 10, mov 10.
  // Branches: je 10, ret 1. The line behind calls= is the callee's.
  assertEquals(readCallgrind(CALLGRIND, PROGRAM), {
    instructions: 51,
    loads: 21,
    stores: 20,
    branches: 11,
    unaligned: null,
    lineCrossings: null,
  });
});

Deno.test("readCallgrind() refuses what has no counts", () => {
  assertThrows(
    () => readCallgrind("events: Ir\n0x1000 1\n", PROGRAM),
    SyntaxError,
    'events are "Ir", expected Ir, Dr and Dw among them',
  );
  assertThrows(
    () => readCallgrind("events: Ir Dr Dw\n", PROGRAM),
    SyntaxError,
    "no instruction was counted",
  );
  assertThrows(() => readCallgrind("", PROGRAM), SyntaxError);
});

Deno.test("callgrindArguments() collects inside one function alone", () => {
  const words = callgrindArguments({
    command: ["program", "dump"],
    inside: "counted",
    out: "file",
  });
  assertEquals(words.slice(-2), ["program", "dump"]);
  assertEquals(words.includes("--toggle-collect=counted"), true);
  assertEquals(words.includes("--collect-atstart=no"), true);
});

Deno.test("readQemuCounts() sums what the plugin wrote", () => {
  const text = "1000 10 10 0 4 1\n1002 10 10 10 0 0\n100b 10 0 0 0 0\nend\n";
  assertEquals(readQemuCounts(text, PROGRAM), {
    instructions: 30,
    loads: 20,
    stores: 10,
    branches: 10,
    unaligned: 4,
    lineCrossings: 1,
  });
});

Deno.test("readQemuCounts() refuses counts that were cut", () => {
  for (
    const text of [
      "",
      "end\n",
      "1000 10 10 0 4 1\n",
      "1000 10 10\nend\n",
      "x 1 1 1 1 1\nend\n",
    ]
  ) {
    assertThrows(
      () => readQemuCounts(text, PROGRAM),
      SyntaxError,
      "Cannot read the plugin's counts: ",
    );
  }
});

/** As perf 6.1 prints them for a CPU that has all of them. */
const PERF = `1475106,,instructions:u,731523,100.00,0.99,insn per cycle
205754,,branches:u,731523,100.00,,
365599,,L1-dcache-loads,731523,100.00,,
<not supported>,,L1-dcache-stores,0,100.00,,
`;

Deno.test("readPerfStat() takes what the CPU counts", () => {
  assertEquals(readPerfStat(PERF), {
    instructions: 1_475_106,
    branches: 205_754,
    loads: 365_599,
    stores: null,
  });
});

Deno.test("readPerfStat() takes no estimate and no refusal for a count", () => {
  // Counters took turns: 62 % of the time, the rest is guessed.
  const turns = PERF.replace("731523,100.00,0.99", "731523,62.12,0.99");
  assertEquals(readPerfStat(turns), undefined);
  assertEquals(
    readPerfStat("<not supported>,,instructions:u,0,100.00,,\n"),
    undefined,
  );
  assertEquals(readPerfStat("garbage"), undefined);
});

Deno.test("perfRefusal() says in few words why there are no counts", () => {
  assertEquals(
    perfRefusal(
      "Error:\nAccess to performance monitoring and observability operations " +
        "is limited.\nperf_event_paranoid setting is 4:\n  -1: Allow use",
    ),
    "the kernel refuses counters (perf_event_paranoid is 4), expected 2 or less",
  );
  assertEquals(
    perfRefusal("<not supported>,,instructions:u,0,100.00,,\n"),
    "this machine has no counters, expected a CPU that gives them",
  );
  assertEquals(
    perfRefusal("\nno such option\n"),
    'it says "no such option", expected counts',
  );
  assertEquals(perfRefusal(""), 'it says "nothing", expected counts');
});

Deno.test("perfArguments() asks for user space alone", () => {
  const words = perfArguments(["program", "dump"]);
  assertEquals(words.slice(-3), ["--", "program", "dump"]);
  assertEquals(words.join(" ").includes("instructions:u"), true);
});
