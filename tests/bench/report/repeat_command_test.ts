import { assert, assertEquals } from "@std/assert";
import { cpuPreset } from "../../../sim/cache/presets.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { repeatCommand } from "../../../bench/report/repeat_command.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { lab as labInProcess } from "../lab_in_process.ts";
import { fixedCell, fixedResult, REPEATED_TIMING } from "./fixed_result.ts";

/** Runs the words after `lab`; the result is what `--json -` wrote. */
const lab = (words: readonly string[]) =>
  labInProcess([...words, "--json", "-", "--quiet"]);

/** A result as if the words of its command had not been kept. */
function withoutCommand(result: LabResult): LabResult {
  const { command: _, ...config } = result.config;
  return { ...result, config };
}

const wordsOf = (config: LabResult["config"]) =>
  repeatCommand(fixedResult({ config })).words.join(" ");

const UNUSUAL = [
  "--ios",
  "64",
  "--layout",
  "phyr",
  "--recognise",
  "page",
  "--kernel",
  "6.12",
]
  .concat(["--workload", "randrw4k", "--abi", "lp64_be", "--cpu", "none"])
  .concat(["--device", "nvme:5", "--limit", "max_segments=9", "--sgl"])
  .concat(["--scheduler", "mq-deadline"])
  .concat(["--setting", "queue_depth=2,nr_requests=64,fifo_batch=4"])
  .concat(["--iommu", "--submitter", "registered", "--batch", "4"])
  .concat(["--depth", "8", "--builds", "2", "--budget", "5", "--seed", "7"]);

Deno.test("repeatCommand() gives words that make the result again", async () => {
  const first = await lab(["run", ...UNUSUAL, "--rounds", "0"]);
  assertEquals([first.status, first.err], [0, ""]);
  const result = readResult(first.out, "a.json");

  for (const told of [result, withoutCommand(result)]) {
    const { words, notes } = repeatCommand(told);
    assertEquals(words.slice(0, 4), ["deno", "task", "lab", "run"]);
    assertEquals(notes, []);
    const again = await lab([...words.slice(3), "--rounds", "0"]);
    assertEquals([again.status, again.err], [0, ""], words.join(" "));
    const repeated = readResult(again.out, "b.json");
    assertEquals(repeated.cells, result.cells);
    assertEquals(
      withoutCommand(repeated).config,
      withoutCommand(result).config,
    );
  }
});

Deno.test("repeatCommand() names no layouts where the run named none", () => {
  const layouts = [...completeOptions({}).layouts];

  assert(!wordsOf({ layouts }).includes("--layout"));
  assert(
    wordsOf({ layouts: layouts.slice(1) }).includes("--layout phys_flags"),
  );
});

Deno.test("repeatCommand() has what was planned, not what was finished", () => {
  const result = fixedResult({
    config: { rounds: 12, builds: 3, budgetSeconds: 24 },
    cells: [fixedCell({ rounds: 0, builds: 0 })],
  });
  const text = repeatCommand(result).words.join(" ");

  assert(text.includes("--rounds 12 --builds 3 --budget 24"), text);
  assert(!text.includes("--engine"), text);
});

Deno.test("repeatCommand() asks for workers where there were several", () => {
  const one = wordsOf({ workers: 1, devices: 0, poll: false });
  const many = wordsOf({
    workers: 3,
    devices: 2,
    poll: true,
    completeOn: "other",
  });

  assert(!/--(workers|devices|poll)/.test(one), one);
  assert(
    many.includes("--workers 3 --devices 2 --poll --complete-on other"),
    many,
  );
});

Deno.test("repeatCommand() never asks for 0 builds", () => {
  const result = fixedResult({
    config: {},
    cells: [fixedCell({ rounds: 0, builds: 0 })],
  });
  const text = repeatCommand(result).words.join(" ");

  assert(text.includes("--rounds 0"), text);
  assert(!text.includes("--builds"), text);
});

Deno.test("repeatCommand() uses the words that the result carries", () => {
  assertEquals(
    wordsOf({ command: "run --abi 'a b' --sgl --seed=7 --json x --resume" }),
    "deno task lab run --abi a b --sgl --seed=7",
  );
  assertEquals(
    wordsOf({ command: "--resume a.json --workload -", engine: "both" }),
    "deno task lab:native run --workload -",
  );
});

Deno.test("repeatCommand() asks for all builds of a run that repeated another", () => {
  const timing = REPEATED_TIMING;
  const wordsOfRepeated = (config: LabResult["config"], change = {}) =>
    repeatCommand(fixedResult({
      config,
      cells: [fixedCell({ builds: 4, timing, ...change }), fixedCell()],
    })).words.join(" ");
  for (
    const [command, words] of [
      ["run --repeat a.json", "run --builds 4"],
      ["--builds 2 --ios 64 --repeat=a.json", "run --ios 64 --builds 4"],
      ["run --seed 7 --builds=1", "run --seed 7 --builds 4"],
    ] as const
  ) {
    assertEquals(wordsOfRepeated({ command }), `deno task lab ${words}`);
  }
  // Without a command, from what was planned.
  assert(wordsOfRepeated({ builds: 1 }).includes(" --builds 4"));
  // Others have the command that they were run with, and what no run takes.
  assertEquals(
    wordsOf({ command: "run --builds 2" }),
    "deno task lab run --builds 2",
  );
  assert(
    wordsOfRepeated({ command: "run" }, { builds: 999 })
      .endsWith("run --builds 200"),
  );
});

Deno.test("repeatCommand() has no use for words that no run can have", () => {
  // Rebuilt from the cells then, as if the result carried none.
  const rebuilt = wordsOf({});
  for (
    const command of [
      "report a.json --output tests/x_test.ts --json run",
      "run report a.json",
      "run --abi lp64 b.json",
      "run --output x",
      "run -x",
      "run --abi",
      "run --sgl=/etc/x",
      "run --cc /opt/evil/cc",
      "run --cc=./evil",
      "help run",
      "run run",
      "run -- x",
    ]
  ) {
    assertEquals(wordsOf({ command }), rebuilt, command);
  }
});

Deno.test("repeatCommand() takes a compiler from PATH alone", () => {
  const words = wordsOf({ engine: "native", cc: "clang-19" });
  assert(words.includes("--engine native --cc clang-19"), words);
  const { words: others, notes } = repeatCommand(
    fixedResult({ config: { engine: "both", cc: "/opt/evil/cc" } }),
  );
  assert(!others.includes("--cc"));
  assertEquals(notes, [
    'Give the C compiler "/opt/evil/cc" with --cc as well.',
  ]);
  assert(!wordsOf({ engine: "$(x)" }).includes("--engine"));
});

Deno.test("repeatCommand() says what no option can", () => {
  const { words, notes } = repeatCommand(fixedResult({
    config: {
      cpu: { ...cpuPreset("zen4"), name: "mine" },
      placement: { folioOrder: 4 },
    },
  }));

  assertEquals(words.includes("--cpu"), false);
  assertEquals(notes, [
    'No option gives the placement: {"folioOrder":4}.',
    'Give the file of the CPU "mine" with --cpu as well.',
  ]);
  assert(wordsOf({ cpu: "none" }).includes("--cpu none"));
  assert(wordsOf({ cpu: cpuPreset("zen4") }).includes("--cpu zen4"));
});
