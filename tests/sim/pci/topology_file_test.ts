import { assertEquals, assertThrows } from "@std/assert";
import { loadTopology, topologyNames } from "../../../sim/pci/presets.ts";
import { readTopologyFile } from "../../../sim/pci/topology_file.ts";
import { topologyMemoryMap } from "../../../sim/pci/topology_memory.ts";

/** Lines are counted from 1; the functions begin at line 8. */
const GOOD = `{
  "schemaVersion": 1,
  "name": "small",
  "cpu": { "vendor": "intel", "family": 6 },
  "dram": [{ "startPhys": "0x100000000", "size": "256MiB" }],
  "hostBridges": [{ "rootBus": "0x00" }],
  "functions": [
    { "address": "00:00.0", "kind": "host", "id": "8086:2020" },
    { "address": "00:01.0", "kind": "root_port", "id": "8086:2030",
      "secondaryBus": 1 },
    { "address": "00:02.0", "kind": "root_port", "id": "8086:2030",
      "secondaryBus": "0x02" },
    { "address": "01:00.0", "kind": "endpoint", "id": "1b36:0010",
      "parent": "00:01.0", "name": "nvme0",
      "bars": [{ "index": 4, "startPhys": "0x3c0000000000",
                 "size": 67108864, "busAddress": "0x80000000" }],
      "providerBars": [4] },
    { "address": "02:00.0", "kind": "endpoint", "id": "1b36:0010",
      "parent": "00:02.0" }
  ]
}`;

function complaint(from: string, to: string): string {
  const text = GOOD.replace(from, to);
  assertEquals(text === GOOD, false, `"${from}" is not in the file`);
  return assertThrows(() => readTopologyFile(text, "t.json"), SyntaxError)
    .message;
}

Deno.test("readTopologyFile() links the tree", () => {
  const topology = readTopologyFile(GOOD, "t.json");
  const nvme = topology.find("nvme0");
  assertEquals(nvme.upstream?.bdf, "0000:00:01.0");
  assertEquals(nvme.upstream?.children, [nvme]);
  assertEquals(topology.hostBridges[0]?.rootFunctions.length, 3);
  assertEquals(topologyMemoryMap(topology), {
    dram: [{ startPhys: 0x100000000n, sizeBytes: 256 * 2 ** 20 }],
    providers: [{
      name: "nvme0",
      startPhys: 0x3c0000000000n,
      sizeBytes: 64 * 2 ** 20,
      busAddress: 0x80000000n,
    }],
  });
});

Deno.test("readTopologyFile() points at a text that is no JSON", () => {
  assertEquals(
    complaint('"family": 6 }', '"family": 6 ]'),
    'Cannot read topology "t.json": line 4, column 43: found "]", expected "," or "}"',
  );
  assertThrows(
    () => readTopologyFile(GOOD.slice(0, 30), "t.json"),
    SyntaxError,
    "line 3, column 7: found the end of the text",
  );
  assertThrows(
    () => readTopologyFile("", "t.json"),
    SyntaxError,
    "line 1, column 1: found the end of the text (truncated?), expected a value",
  );
});

Deno.test("readTopologyFile() points at a key that is given twice", () => {
  assertEquals(
    complaint('"family": 6', '"vendor": "amd"'),
    'Cannot read topology "t.json": line 4, column 31: found the key "vendor" twice, expected each key once',
  );
});

Deno.test("readTopologyFile() points at a value of the wrong kind", () => {
  const message = complaint('"size": "256MiB"', '"size": "256MB"');
  assertEquals(
    message,
    'Cannot read topology "t.json": line 5, column 50: dram.0.size: found "256MB", expected bytes, or a size like "64MiB"',
  );
});

Deno.test("readTopologyFile() points at an unknown key", () => {
  assertEquals(
    complaint('"name": "nvme0"', '"nane": "nvme0"'),
    'Cannot read topology "t.json": line 14, column 36: functions.3: found unknown key "nane", expected "name"',
  );
});

Deno.test("readTopologyFile() points at what is missing or of another kind", () => {
  assertEquals(
    complaint('"kind": "host", ', ""),
    'Cannot read topology "t.json": line 8, column 5: functions.0.kind: found nothing, expected one of: host, root_port, switch_upstream, switch_downstream, endpoint',
  );
  assertEquals(
    complaint('"family": 6', '"family": "6"'),
    'Cannot read topology "t.json": line 4, column 41: cpu.family: found "6", expected a number',
  );
});

Deno.test("readTopologyFile() points at a cycle", () => {
  const text = GOOD.replace(
    '"secondaryBus": 1 }',
    '"secondaryBus": 1, "parent": "02:05.0" }',
  ).replace(
    '{ "address": "02:00.0", "kind": "endpoint", "id": "1b36:0010",\n      "parent": "00:02.0" }',
    '{ "address": "02:05.0", "kind": "root_port", "id": "1b36:0010", "secondaryBus": 9,\n      "parent": "00:01.0" }',
  );
  assertThrows(
    () => readTopologyFile(text, "t.json"),
    SyntaxError,
    'Cannot read topology "t.json": line 10, column 36: parents form a cycle: 0000:00:01.0 -> 0000:02:05.0 -> 0000:00:01.0, expected a tree',
  );
});

Deno.test("readTopologyFile() points at a provider without a BAR", () => {
  assertEquals(
    complaint('"providerBars": [4]', '"providerBars": [2]'),
    'Cannot read topology "t.json": line 17, column 24: provider 01:00.0 has no BAR 2, expected one of its BARs (4)',
  );
  assertEquals(
    complaint(
      '"parent": "00:02.0" }',
      '"parent": "00:02.0", "providerBars": [0] }',
    ),
    'Cannot read topology "t.json": line 19, column 45: provider 02:00.0 has no BAR 0, expected one of its BARs (it has none)',
  );
});

Deno.test("readTopologyFile() points at a bus number that is given twice", () => {
  assertEquals(
    complaint('"secondaryBus": "0x02"', '"secondaryBus": "0x01"'),
    'Cannot read topology "t.json": line 12, column 23: bus 0000:01 is below both 0000:00:01.0 and 0000:00:02.0, expected one bridge above each bus',
  );
});

Deno.test("readTopologyFile() points at an unknown parent", () => {
  assertEquals(
    complaint('"parent": "00:02.0"', '"parent": "00:03.0"'),
    'Cannot read topology "t.json": line 19, column 17: parent "00:03.0" of 0000:02:00.0 is unknown, expected a function of this topology',
  );
});

Deno.test("readTopologyFile() takes names of one printable line alone", () => {
  assertEquals(
    complaint(
      '"parent": "00:02.0" }',
      '"parent": "00:02.0", "name": "a\\nb" }',
    ),
    'Cannot read topology "t.json": line 19, column 36: functions.4.name: found "a\\nb", expected one line of printable characters',
  );
});

Deno.test("readTopologyFile() points at a parent of another bus or kind", () => {
  assertEquals(
    complaint('"parent": "00:02.0"', '"parent": "00:01.0"'),
    'Cannot read topology "t.json": line 19, column 17: function 0000:02:00.0 is not on the bus below its parent 00:01.0, expected bus 01',
  );
  assertEquals(
    complaint('"parent": "00:02.0"', '"parent": "01:00.0"'),
    'Cannot read topology "t.json": line 19, column 17: parent 01:00.0 of endpoint 0000:02:00.0 is of kind endpoint, expected root_port or switch_downstream or switch_upstream',
  );
});

Deno.test("readTopologyFile() points at a BAR over DRAM", () => {
  assertEquals(
    complaint('"startPhys": "0x3c0000000000"', '"startPhys": "0x10ffff000"'),
    'Cannot read topology "t.json": line 15, column 16: BAR 4 of 01:00.0 at 0x10ffff000 overlaps DRAM 0 (0x100000000 to 0x10fffffff), expected ranges apart',
  );
});

Deno.test("readTopologyFile() points at a BAR over another", () => {
  const bars = (start: string, bus: string) =>
    `"parent": "00:02.0", "bars": [{ "index": 0, "size": "1MiB", "startPhys": "${start}", "busAddress": "${bus}" }] }`;
  assertEquals(
    complaint('"parent": "00:02.0" }', bars("0x3c0003fff000", "0xa0000000")),
    'Cannot read topology "t.json": line 19, column 37: BAR 0 of 02:00.0 at 0x3c0003fff000 overlaps BAR 4 of 01:00.0 (0x3c0000000000 to 0x3c0003ffffff), expected ranges apart',
  );
  assertEquals(
    complaint('"parent": "00:02.0" }', bars("0x3c0004000000", "0x83f00000")),
    'Cannot read topology "t.json": line 19, column 37: bus window of BAR 0 of 02:00.0 at 0x83f00000 overlaps bus window of BAR 4 of 01:00.0 (0x80000000 to 0x83ffffff), expected ranges apart',
  );
});

Deno.test("readTopologyFile() refuses part pages and function twice", () => {
  const part = complaint('"size": 67108864', '"size": 67108865');
  assertEquals(
    part,
    'Cannot read topology "t.json": line 15, column 16: BAR 4 of 01:00.0 has 67108865 bytes, expected whole pages of 4096',
  );
  assertEquals(
    complaint('"address": "02:00.0"', '"address": "0000:01:00.0"'),
    'Cannot read topology "t.json": line 18, column 18: function 0000:01:00.0 is given twice, expected each once',
  );
});

Deno.test("loadTopology() makes every preset", () => {
  for (const name of topologyNames) {
    assertEquals(loadTopology(name).name, name);
  }
  assertThrows(() => loadTopology("toString"), RangeError, "expected one of");
});

Deno.test("readTopologyFile() takes the domains of VMD (tests/data/cases/vmd.json)", async () => {
  const text = await Deno.readTextFile(
    new URL("../../data/cases/vmd.json", import.meta.url),
  );
  const { functions, hostBridges } = readTopologyFile(text, "vmd.json");
  assertEquals(hostBridges.map(({ domain }) => domain), [0, 0x10000]);
  const found = functions.find(({ name }) => name === "nvme0");
  assertEquals(found?.address.domain, 0x10000);
  // In hexadecimal, too, as lspci and the kernel's log write it.
  const hex = text.replace('"domain":65536', '"domain":"0x10000"');
  assertEquals(
    readTopologyFile(hex, "vmd.json").hostBridges[1]?.domain,
    0x10000,
  );
  for (const domain of ["-1", "2147483648", '"10000"', '"0x80000000"', "1.5"]) {
    assertThrows(
      () =>
        readTopologyFile(
          text.replace('"domain":65536', `"domain":${domain}`),
          "vmd.json",
        ),
      SyntaxError,
      "hostBridges.1.domain: found",
    );
  }
});
