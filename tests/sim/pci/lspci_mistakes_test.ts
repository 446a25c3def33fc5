/** What is no output of lspci: one line that says where and what. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Topology } from "../../../sim/pci/topology.ts";
import { complaint, machine, read, sample } from "./lspci_rig.ts";

const BRIDGE = machine().trimEnd();
const MISTAKES: readonly [text: string, expected: string][] = [
  [
    "",
    'line 1, column 1: found no function, expected what "lspci -vvv -nn" prints',
  ],
  [
    "\n  hello",
    'line 2, column 3: found "hello", expected a function like "00:1f.2 SATA ' +
    'controller [0106]: ...", its details, or a tree',
  ],
  [
    '{"schemaVersion": 1}',
    'line 1, column 1: found "{"schemaVersion": 1}", expected a function like ' +
    '"00:1f.2 SATA controller [0106]: ...", its details, or a tree',
  ],
  [
    "\tRegion 0: Memory at fe000000 (32-bit, non-prefetchable)",
    'line 1, column 2: found "Region 0: Memory at fe000000 (32-bit, no..."' +
    ', expected a function like "00:1f.2 SATA controller [0106]: ...", its ' +
    "details, or a tree",
  ],
  [
    `${BRIDGE}\n\tRegion 0: Memory at fe0g (64-bit, prefetchable)`,
    'line 4, column 2: found "Region 0: Memory at fe0g (64-bit, prefet..."' +
    ', expected "Memory at fe000000 (64-bit, prefetchable) [size=16K]"',
  ],
  [
    `${BRIDGE}\n\tRegion 7: I/O ports at c000 [size=128]`,
    "line 4, column 2: found BAR 7, expected 0 to 5",
  ],
  [
    `${BRIDGE}\n\tBus: primary=00, secondary=1, subordinate=01`,
    'line 4, column 2: found "Bus: primary=00, secondary=1, subordinat..."' +
    ', expected "Bus: primary=00, secondary=01, subordinate=01"',
  ],
  [
    `${BRIDGE}\n\t\tACSCtl:\tSrcValid+ ReqRedir+ EgressCtrl-`,
    'line 4, column 3: found no CmpltRedir in "SrcValid+ ReqRedir+ ' +
    'EgressCtrl-", expected CmpltRedir+ or CmpltRedir-',
  ],
  [
    machine("00:00.0 Host bridge [0600]: Y [8086:2021]"),
    "line 4, column 1: found 0000:00:00.0 as 8086:2021, in line 1 as " +
    "8086:2020, expected one machine",
  ],
  [
    machine(
      "00:02.0 PCI bridge [0604]: Intel Corporation Port [8086:2031]",
      "\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0",
    ),
    "line 4, column 1: bus 0000:01 is below both 0000:00:01.0 and " +
    "0000:00:02.0, expected one bridge above each bus",
  ],
  [
    machine("00:1f.7 PCI bridge [0604]: No bus [8086:244e]"),
    "line 4, column 1: found bridge 0000:00:1f.7 without the bus below it, " +
    'expected the output of "lspci -vvv -nn" or that of "lspci -t" as well',
  ],
  [
    "00:00.0 Host bridge: Intel Corporation X",
    "line 1, column 1: found host bridge 0000:00:00.0 without an id, expected " +
    "one that tells the CPU (lspci -nn), or --cpu-vendor",
  ],
  [
    "-[0000:00]-+-00.0  X [8086:2020]\n      +-01.0  Y [8086:2030]",
    'line 2, column 7: found "+-01.0  Y [8086:2030]", expected a branch below ' +
    'a "+" of the lines above',
  ],
  [
    "-[0000:00]-+-0.0  X [8086:2020]",
    'line 1, column 14: found "0.0  X [8086:2020]", expected a device like ' +
    '"1f.0"',
  ],
  [
    "-+-[0000:00]-+-00.0  X [8086:2020]\n \\-{0000:80}---00.0",
    'line 2, column 4: found "{0000:80}---00.0", expected a root bus like ' +
    '"[0000:00]-"',
  ],
  [
    "-[0000:00]---00.0\n-[0000:00]---00.0",
    "line 2, column 1: function 0000:00:00.0 is drawn twice, expected one tree",
  ],
  [
    `${BRIDGE}\n-[0000:00]-+-00.0\n           \\-01.0-[05]--`,
    "line 5, column 1: found 0000:00:01.0 above bus 05, in the list above bus " +
    "01, expected one machine",
  ],
  [
    `${BRIDGE}\n-[0000:00]-+-00.0\n           +-01.0-[01-03]--\n` +
    "           \\-02.0",
    "line 6, column 1: found 0000:00:02.0 in the tree and not in the list, " +
    "expected both of one machine",
  ],
  [
    `${BRIDGE}\n-[0000:00]---00.0`,
    "line 2, column 1: found 0000:00:01.0 in the list and not in the tree, " +
    "expected both of one machine",
  ],
  [
    machine("00:02.0 VGA \x1b[2J [0300]: Y\x1b [8086:1\u202e]", "wrong \x1b"),
    'line 5, column 1: found "wrong \\x1b", expected a function like "00:1f.2 ' +
    'SATA controller [0106]: ...", its details, or a tree',
  ],
];

Deno.test("lspciTopology() points at the line and column of a mistake", () => {
  for (const [text, expected] of MISTAKES) {
    assertEquals(complaint(text), expected);
  }
});

Deno.test("lspciTopology() ends soon with bridges that are above each other", () => {
  const loop = [
    "01:00.0 PCI bridge [0604]: A [8086:2030]",
    "\tBus: primary=01, secondary=02, subordinate=02, sec-latency=0",
    "02:00.0 PCI bridge [0604]: B [8086:2030]",
    "\tBus: primary=02, secondary=01, subordinate=01, sec-latency=0",
  ].join("\n");
  const cpu = { vendor: "intel", family: 6 };
  assertEquals(
    complaint(loop, { cpu }),
    "line 1, column 1: there is no host bridge, expected at least one",
  );
  const many = Array.from(
    { length: (1 << 14) + 1 },
    (_, index) =>
      `${(index >> 8).toString(16).padStart(4, "0")}:${
        (index & 255).toString(16).padStart(2, "0")
      }:00.0 Class [ff00]: X [8086:0001]`,
  ).join("\n");
  assertStringIncludes(
    complaint(`${many}\n${many.replaceAll(":00.0", ":01.0")}`),
    "at most",
  );
});

Deno.test("lspciTopology() takes or refuses what is near its input", async () => {
  const seeds = [await sample("pxb.vvvnn.txt"), await sample("pxb.tree.txt")];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.nat(),
      fc.nat(200),
      fc.constantFrom("", "+-", "[01]", "\t", "\n", "00:01.0 x", "zz", "-"),
      (seed, at, length, piece) => {
        const start = at % seed.length;
        const text = seed.slice(0, start) + piece + seed.slice(start + length);
        try {
          new Topology(read(text).description);
        } catch (error) {
          const { message } = error as Error;
          if (!/^Cannot read lspci output "x.txt": line \d+, /.test(message)) {
            throw error;
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
