import { assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandContext } from "../../../bench/shell/context.ts";
import { topologyCommand } from "../../../bench/command/topology.ts";
import { docBlocks, renderBlock } from "../../../bench/docs.ts";
import { topologyNames } from "../../../sim/pci/presets.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const PXB = new URL("../../data/lspci/pxb.vvvnn.txt", import.meta.url).pathname;

/** Runs the command; its output, or the message of its error. */
async function run(...args: string[]): Promise<string> {
  let out = "";
  const context: CommandContext = {
    writeOut: (text) => out += text,
    writeError: () => {},
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  };
  const command = topologyCommand(context).exitOverride().configureOutput({
    writeErr: () => {},
  });
  try {
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return out;
}

Deno.test("topologyCommand() prints tree, distances and map types", async () => {
  assertEquals(
    await run("one_switch_acs_upstream"),
    `one_switch_acs_upstream: CPU intel family 0x6, 7.2 must list its host bridge

root bus 0000:00
  0000:00:00.0               8086:29c0 host bridge
  0000:00:01.0               8086:2030 root port
    0000:01:00.0             10b5:8747 switch up     ACS redirect
      0000:02:00.0           10b5:8747 switch down
        0000:03:00.0         1b36:0010 endpoint     nvme0
      0000:02:01.0           10b5:8747 switch down
        0000:04:00.0         1b36:0010 endpoint     nvme1

memory of 0000:03:00.0 nvme0 BAR 4
  64 MiB at 0x3c0000000000, on the bus 0x80000000
  client                 dist  map type         why
  0000:03:00.0 nvme0        0  BUS_ADDR         its own memory
  0000:04:00.0 nvme1        4  NOT_SUPPORTED    ACS 01:00.0; bridge unlisted

memory of 0000:04:00.0 nvme1 BAR 4
  64 MiB at 0x3c0004000000, on the bus 0x90000000
  client                 dist  map type         why
  0000:03:00.0 nvme0        4  NOT_SUPPORTED    ACS 01:00.0; bridge unlisted
  0000:04:00.0 nvme1        0  BUS_ADDR         its own memory
`,
  );
});

Deno.test("topologyCommand() stays within 80 columns", async () => {
  for (const name of topologyNames) {
    for (const cpu of ["intel", "amd-zen"]) {
      const text = await run(name, "--cpu-vendor", cpu);
      for (const line of text.split("\n")) {
        assertEquals(line.length <= 80, true, line);
        assertEquals(line.endsWith("..."), false, line);
      }
    }
  }
});

Deno.test("topologyCommand() shows one provider below another CPU", async () => {
  const text = await run(
    "q35",
    "--provider",
    "06:00.0",
    "--cpu-vendor",
    "amd-zen",
  );
  assertEquals(text.match(/^memory of/gm)?.length, 1);
  assertStringIncludes(
    text,
    "0000:03:00.0 cmba         6  THRU_HOST_BRIDGE CPU routes",
  );
});

Deno.test("topologyCommand() writes the same as JSON", async () => {
  const report = JSON.parse(await run("q35", "--json", "-"));
  assertEquals(report.schemaVersion, 1);
  assertEquals(report.cpu, { vendor: "intel", family: 6, routesP2p: false });
  assertEquals(report.hostBridges[0].functions.length, 18);
  const [, cmba] = report.providers;
  assertEquals(cmba.provider, "0000:03:00.0");
  assertEquals(cmba.busOffset, "0x0");
  assertEquals(
    cmba.clients.find((client: { name: string }) => client.name === "swb"),
    {
      client: "0000:04:00.0",
      name: "swb",
      distance: 4,
      mapType: "BUS_ADDR",
      redirects: [],
      reason: "below 01:00.0",
    },
  );
});

Deno.test("topologyCommand() reads a file and points at its mistakes", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      file,
      `{
  "schemaVersion": 1, "name": "t", "cpu": { "vendor": "arm", "family": 0 },
  "dram": [], "hostBridges": [{ "rootBus": 0 }],
  "functions": [
    { "address": "00:01.0", "kind": "endpoint", "id": "1b36:0010" }
  ]
}`,
    );
    assertStringIncludes(await run(file), "no function offers P2P memory");
    await Deno.writeTextFile(file, "{\n  oops\n}");
    assertEquals(
      await run(file),
      `Cannot read topology "${file}": line 2, column 3: found "oops", expected a key in quotes`,
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("topologyCommand() has the whitelist of the kernel asked for", async () => {
  // Two root ports below a host bridge that 7.2 lists and 6.12 does not: QAT.
  const port = (slot: number, bus: string) => `
    { "address": "00:0${slot}.0", "kind": "root_port", "id": "1b36:000c",
      "secondaryBus": ${slot} },
    { "address": "${bus}:00.0", "kind": "endpoint", "id": "1b36:0010",
      "parent": "00:0${slot}.0", "providerBars": [0], "bars": [
        { "index": 0, "startPhys": "0x3c0${slot}00000000", "size": "64MiB" }] }`;
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      file,
      `{ "schemaVersion": 1, "name": "qat",
  "cpu": { "vendor": "intel", "family": 6 }, "dram": [],
  "hostBridges": [{ "rootBus": 0 }], "functions": [
    { "address": "00:00.0", "kind": "host", "id": "8086:4940" },${
        port(1, "01")
      },${port(2, "02")}] }`,
    );
    const types = async (...args: string[]) => {
      const report = JSON.parse(await run(file, "--json", "-", ...args));
      const [{ clients }] = report.providers;
      return [report.kernel, clients[1].mapType, clients[1].reason];
    };
    const refused = ["NOT_SUPPORTED", "bridge unlisted"];
    const listed = ["THRU_HOST_BRIDGE", "bridge listed"];
    assertEquals(await types(), ["7.2", ...listed]);
    assertEquals(await types("--kernel", "7.2"), ["7.2", ...listed]);
    assertEquals(await types("--kernel", "6.12"), ["6.12", ...refused]);
    assertEquals(await types("--kernel", "6.1"), ["6.1", ...refused]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("topologyCommand() names what it knows", async () => {
  assertStringIncludes(
    await run("one_swich"),
    'Cannot find topology "one_swich" (nearest: "one_switch"), expected one of: one_switch,',
  );
  assertStringIncludes(
    await run("./missing.json"),
    'Cannot read topology "./missing.json":',
  );
  assertEquals(
    await run("q35", "--provider", "swb"),
    'Cannot show provider "swb": it offers no P2P memory, expected one of: 0000:00:07.0, 0000:03:00.0, 0000:06:00.0',
  );
  assertStringIncludes(
    await run("q35", "--cpu-vendor", "amd"),
    "expected one of: intel, amd-zen, amd-old, arm",
  );
  assertStringIncludes(
    await run("q35", "--kernel", "5.10"),
    'Cannot find kernel "5.10"',
  );
});

/** What a run with `--lspci` left. */
async function runLspci(...args: string[]) {
  return await lab(["topology", ...args]);
}

Deno.test("topologyCommand() takes a machine from lspci", async () => {
  const { status, out, err } = await runLspci("--lspci", PXB);
  assertEquals(status, 0);
  assertStringIncludes(out, "pxb.vvvnn: CPU intel family 0x6");
  assertStringIncludes(
    out,
    "  0000:01:00.0              4  NOT_SUPPORTED    bridge unlisted\n",
  );
  for (const line of out.split("\n")) assertEquals(line.length <= 80, true);
  assertEquals(err.split("\n").length, 4);
  assertStringIncludes(err, "lab: lspci shows no CPU: intel family 0x6");
  const amd = await runLspci("--lspci", PXB, "--cpu-vendor", "amd-zen");
  assertStringIncludes(amd.out, "THRU_HOST_BRIDGE CPU routes");
  assertEquals(amd.err.includes("shows no CPU"), false);
  const quiet = await runLspci("--lspci", PXB, "--quiet");
  assertEquals([quiet.out, quiet.err], [out, ""]);
});

Deno.test("topologyCommand() writes a topology file of lspci's machine", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/machine.json`;
    const stream = new Blob([await Deno.readFile(PXB)]).stream();
    const { status, out } = await lab(
      ["topology", "--lspci", "-", "--json", file, "--quiet"],
      undefined,
      stream,
    );
    assertEquals(status, 0);
    const again = await runLspci(file);
    assertEquals(again.out, out);
    assertStringIncludes(out, "lspci: CPU intel");
    const run = await lab([
      "explain",
      "--topology",
      file,
      "--workload",
      "randread-4k",
    ]);
    assertEquals([run.status, run.err], [0, ""]);
  });
});

Deno.test("topologyCommand() refuses what is no output of lspci", async () => {
  const refused = async (args: string[], found: string) => {
    const { status, out, err } = await runLspci(...args);
    assertEquals([status, out], [2, ""]);
    assertStringIncludes(err, found);
  };
  await refused([], "found none, expected a file");
  await refused(["q35", "--lspci", PXB], 'found "q35" and --lspci');
  await refused(
    ["--lspci", "none.txt"],
    'Cannot read lspci output "none.txt": no such file, expected what "lspci ' +
      '-vvv -nn" prints',
  );
  await refused(["--lspci", "/"], 'Cannot read lspci output "/": it is a dir');
  await refused(
    ["--lspci", new URL(import.meta.url).pathname],
    "line 1, column 1: found",
  );
  await refused(
    ["--lspci", PXB, "--provider", "03:00.0/7"],
    'Cannot use provider "03:00.0/7": found no such memory',
  );
});

Deno.test("the page on topologies shows what it prints", async () => {
  const page = await Deno.readTextFile(
    new URL("../../../sim/pci/README.md", import.meta.url),
  );
  const blocks = docBlocks(page);
  assertEquals(blocks.length, 1);
  for (const block of blocks) {
    assertEquals(await renderBlock(block), block.text);
  }
});
