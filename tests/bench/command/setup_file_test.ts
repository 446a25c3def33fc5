import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  presetLimits,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const RUN = ["run", "--rounds", "0", "--cpu", "none", "--quiet"]
  .concat(["--layout", "phyr", "--workload", "mixedbs", "--ios", "32"])
  .concat(["--sgl", "--scheduler", "mq-deadline", "--setting", "fifo_batch=4"])
  .concat(["--limit", "max_segments=9", "--batch", "4", "--seed", "7"]);

const QUIET = ["--quiet", "--json", "-"];

Deno.test("lab run --setup runs a result's setup again, or its own", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/first.json`;
    const first = await lab([...RUN, "--samples", "--json", file]);
    assertEquals([first.status, first.err], [0, ""]);
    const text = await Deno.readTextFile(file);
    const { config: { command: _, ...config }, cells } = readResult(text, file);
    const alone = `${folder}/setup.json`;
    await Deno.writeTextFile(alone, JSON.stringify(config));
    for (const name of [file, alone]) {
      const { status, out, err } = await lab([
        "run",
        "--setup",
        name,
        ...QUIET,
      ]);
      assertEquals([status, err], [0, ""]);
      const again = readResult(out, "again.json");
      const { command, ...others } = again.config;
      assertEquals(others, config);
      assertEquals(again.cells, cells);
      assertStringIncludes(String(command), `--setup ${name}`);
    }
    // What is typed replaces what the file says.
    const { status, out, err } = await lab(
      ["run", "--setup", alone, "--batch", "1", "--scheduler", "none"]
        .concat(["--setting", "nr_requests=64", "--device", "nvme_prp"], QUIET),
    );
    assertEquals([status, err.includes("fifo_batch")], [2, true], err + out);
  });
});

Deno.test("limits of a setup follow a kernel and a controller that are typed", async () => {
  const plain = { kernel: "7.2", sgl: false, iommu: false };
  const setup = {
    ...{ layouts: ["page_offset"], workloads: ["mixedbs"], ios: 2 },
    ...{ rounds: 0, cpu: "none", kernel: "7.2" },
  };
  const limitsOf = async (limits: QueueLimits, words: string[]) => {
    let found: unknown;
    await inFolder(async (folder) => {
      const file = `${folder}/setup.json`;
      await Deno.writeTextFile(file, JSON.stringify({ ...setup, limits }));
      const { out } = await lab(["run", "--setup", file, ...words, ...QUIET]);
      found = readResult(out, "out.json").config["limits"];
    });
    return found;
  };
  const usual = presetLimits("nvme_prp", plain);
  assertEquals(await limitsOf(usual, []), usual);
  const old = presetLimits("nvme_prp", { ...plain, kernel: "6.12", sgl: true });
  assertNotEquals(old, usual);
  assertEquals(await limitsOf(usual, ["--kernel", "6.12", "--sgl"]), old);
  // Limits of one's own stay.
  const own = { ...usual, maxSegments: 9 };
  assertEquals(await limitsOf(own, ["--kernel", "6.12"]), own);
});

Deno.test("what follows from other options of a setup follows those that are typed", async () => {
  const configOf = async (setup: object, words: string[]) => {
    let found: Record<string, unknown> = {};
    await inFolder(async (folder) => {
      const file = `${folder}/setup.json`;
      await Deno.writeTextFile(file, JSON.stringify(setup));
      const { out, err, status } = await lab(
        ["run", "--setup", file, ...words, "--rounds", "0", ...QUIET],
      );
      assertEquals([status, err], [0, ""]);
      found = { ...readResult(out, "out.json").config };
    });
    return found;
  };
  const plain = { layouts: ["phyr"], workloads: ["mixedbs"], ios: 2 };
  const depthOf = async (setup: object, ...words: string[]) =>
    (await configOf({ ...plain, ...setup }, words))["depth"];
  // A system call that waits has one I/O in flight; all others 32.
  assertEquals(await depthOf({ depth: 32 }, "--api", "pread"), 1);
  assertEquals(await depthOf({ depth: 1, api: "pread" }, "--api", "aio"), 32);
  // A depth of one's own stays.
  assertEquals(await depthOf({ depth: 7 }, "--api", "aio"), 7);
  // So many I/Os go with the workloads of a run without options.
  const usual = {
    layouts: ["phyr"],
    workloads: ["4k-hot", "128k-scattered"],
    ios: 1024,
    timedWorkloads: ["128k-scattered"],
  };
  const other = await configOf(usual, ["--workload", "mixedbs"]);
  assertEquals([other["ios"], other["timedWorkloads"]], [undefined, undefined]);
  const named = await configOf(
    { ...usual, ios: 3, timedWorkloads: ["4k-hot"] },
    ["--seed", "2"],
  );
  assertEquals([named["ios"], named["timedWorkloads"]], [3, ["4k-hot"]]);
});

Deno.test("lab run --setup says what is wrong in a file, by field", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{"depth": 0}', "found depth 0, expected a whole number from 1 to 256"],
    ['{"depht": 4}', 'found unknown key "depht", expected "depth"'],
    [
      '{"machine": {"dmaMaskBits": "x"}}',
      'found machine.dmaMaskBits "x", expected a whole number from 24 to 64',
    ],
    ['{"batch": 8, "depth": 4}', "Cannot use --batch 8: found --depth 4"],
    ['{"abis": ["lp65"]}', 'Cannot find ABI "lp65"'],
    [
      '{"workloads": ["4k-hot\\u0000"]}',
      'Cannot find workload file or name "4k-hot\\x00" (nearest: "4k-hot")',
    ],
    [
      '{"depth": 4, "batch": 1, "depth": 8}',
      'line 1, column 26: found the key "depth" twice, expected each key once',
    ],
    ["[1]", "expected an object"],
    ['{"depth": 4', `setup.json": line 1, column 12: `],
    ['{"cells": []}', "expected a result of bvec-lab"],
  ];
  await inFolder(async (folder) => {
    const file = `${folder}/setup.json`;
    for (const [text, expected] of cases) {
      await Deno.writeTextFile(file, text);
      const { status, out, err } = await lab(["run", "--setup", file]);
      assertEquals([status, out], [2, ""], text);
      assertStringIncludes(err, expected);
      assertEquals(err.trimEnd().split("\n").length, 1, err);
    }
    const { status, err } = await lab(["run", "--setup", `${folder}/no.json`]);
    assertEquals(status, 2);
    assertStringIncludes(err, "no such file, expected a result");
  });
});

Deno.test("lab run --setup has layouts of one's own, and says which are none, or whose runs are missing", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/setup.json`;
    const run = async (setup: object, words: string[] = []) => {
      await Deno.writeTextFile(file, JSON.stringify(setup));
      return await lab([
        ...["run", "--setup", file, "--workload", "4k-hot", "--ios", "2"],
        ...["--rounds", "0", "--cpu", "none", "--counts", "off"],
        ...["--json", `${folder}/r.json`, "--force", "--quiet", "--details"],
        ...words,
      ]);
    };
    const text = "struct mine { phys_addr_t paddr; unsigned long len; };";
    const { data } = await layoutFromC(text);
    // 8 + 8 bytes.
    const { status, out, err } = await run({ layouts: [data] });
    assertEquals([status, err], [0, ""]);
    assertMatch(out, /^mine +16 +16 /m);
    const recorded = { name: "a.runs", sha256: "" };
    const CASES: [object, string][] = [
      [{ layouts: [{ name: "x" }] }, "cannot run with layouts[0] an object"],
      [{ layouts: [7] }, "cannot run with layouts[0] 7, expected"],
      [{ layouts: [{ name: "x", structs: {} }] }, "cannot make a layout: "],
      [
        { placement: { recorded } },
        'found a recorded placement, "a.runs", without its runs',
      ],
    ];
    for (const [setup, message] of CASES) {
      const refused = await run(setup);
      assertEquals([refused.status, refused.out], [2, ""]);
      assertStringIncludes(refused.err, `Cannot use setup "${file}": `);
      assertStringIncludes(refused.err, message);
    }
    const other = await run({ placement: { recorded } }, [
      ...["--placement", "runs"],
    ]);
    assertEquals([other.status, other.err], [0, ""]);
  });
});
