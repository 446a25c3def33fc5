import { assertEquals, assertStringIncludes } from "@std/assert";
import { Command } from "commander";
import type { MachineSetup } from "../../../sim/setup/machine_setup.ts";
import { headerWords, valueAt } from "../../../sim/text/field.ts";
import { machineSchema } from "../../../sim/setup/machine_fields.ts";
import {
  addFields,
  type GivenSetup,
  readSetup,
  RUN_FIELDS,
} from "../../../bench/setup/options.ts";
import { setupWords } from "../../../bench/setup/words.ts";

/** A setup with one value. */
function setupOf(path: readonly string[], value: unknown): GivenSetup {
  const [key = "", ...rest] = path;
  return { [key]: rest.length === 0 ? value : setupOf(rest, value) };
}

/** The value of each field that its note gives as an example. */
const EXAMPLES = RUN_FIELDS.flatMap(({ path, note: { example } }) =>
  example === undefined ? [] : [{ path, example: example as unknown }]
);

/** All of them in one setup. */
const WHOLE = EXAMPLES.reduce<GivenSetup>(
  (setup, { path, example }) => joined(setup, setupOf(path, example)),
  {},
);

/** Two setups without a value in common as one. */
function joined<Part extends object>(one: Part, other: Part): Part {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const entries = [...keys].map((key) => {
    const a: unknown = Reflect.get(one, key);
    const b: unknown = Reflect.get(other, key);
    const areBoth = typeof a === "object" && a !== null &&
      typeof b === "object" && b !== null;
    return [key, areBoth ? joined(a, b) : a ?? b];
  });
  return Object.fromEntries(entries) as Part;
}

async function parsed(words: readonly string[]): Promise<GivenSetup> {
  const command = addFields(new Command("x"), { except: [] });
  command.exitOverride().action(() => {});
  await command.parseAsync(words, { from: "user" });
  return await readSetup(command, { except: [] });
}

Deno.test("setupWords() is the inverse of readSetup(), field by field", async () => {
  assertEquals(await parsed([]), {});
  // What goes without saying is in no setup.
  assertEquals(await parsed(["--scheduler", "none", "--engine", "js"]), {});
  assertEquals(setupWords({ machine: { sgl: false, iommu: false } }).words, []);
  const { words, notes } = setupWords(WHOLE);
  assertEquals(notes, []);
  assertEquals(await parsed(words), WHOLE);
  assertStringIncludes(words.join(" "), "--bounce-pool 1MiB");
  assertStringIncludes(words.join(" "), "--memory-start 0x40000000");
  // Each one alone: no word may depend on another.
  for (const { path, example } of EXAMPLES) {
    const one = setupOf(path, example);
    assertEquals(await parsed(setupWords(one).words), one, path.join("."));
  }
  const commas = { workloads: ["a,b.iolog", "mixedbs"] };
  assertEquals(await parsed(setupWords(commas).words), commas);
});

Deno.test("a field that has an option has an example", () => {
  // Limits have a device's words, and a file is no name.
  const apart = ["limits", "memoryBytes", "simulation.plan"];
  const lacking = RUN_FIELDS.filter(({ path, note }) =>
    (note.flag ?? note.entry) !== undefined &&
    valueAt(WHOLE, path) === undefined
  ).map(({ path }) => path.join("."));
  assertEquals(
    lacking.filter((path) =>
      !apart.some((other) => `${path}.`.startsWith(`${other}.`))
    ),
    [],
  );
});

Deno.test("setupWords() and headerWords() name a kernel of one's own, which is in a file", () => {
  const ownKernel = { name: "mine\u001b.txt", abi: "lp64", structs: ["bio 8"] };
  const machine: MachineSetup = { sgl: false, iommu: false, ownKernel };
  assertEquals(setupWords({ machine }), {
    words: [],
    notes: [
      'Give the kernel "mine\\x1b.txt" with --btf or --pahole as well.',
    ],
  });
  assertEquals(headerWords(machineSchema, machine), [
    "PRP only",
    "structures of mine\u001b.txt",
  ]);
});

Deno.test("setupWords() leaves out what no run can have", () => {
  const { words } = setupWords({
    ...{ depth: -1, abis: "lp64", kernel: 7, cc: "/opt/evil/cc" },
    machine: { sgl: "yes", dmaMaskBits: 8, settings: { tags: 1e9 } },
  });
  assertEquals(words, []);
});

Deno.test("headerWords() says what is not as usual", () => {
  assertEquals(headerWords(machineSchema, { sgl: false, iommu: false }), [
    "PRP only",
  ]);
  const known = [
    "PRP or SGL (threshold 4 KiB)",
    "IOMMU",
    "DMA mask of 48 bits",
    "all bounced",
    "bounce pool of 1 MiB",
    "T10 PI guards",
    "SGLs for metadata",
    "no vmemmap",
    "struct page of 36 bytes",
    "no init_on_alloc",
    "ranges in a maple tree",
    "P2P memory in ranges",
    "memory from 0x40000000",
    "scheduler mq-deadline",
    "nr_requests 64",
    "queue_depth 4",
    "nomerges 1",
    "front_merges 0",
    "fifo_batch 8",
    "writes_starved 3",
    "async_depth 16",
    "topology one_switch",
    "client nvme0",
  ];
  // Another field says more.
  const said = headerWords(machineSchema, WHOLE.machine ?? {});
  assertEquals(said.filter((words) => known.includes(words)), known);
  assertEquals(
    headerWords(machineSchema, {
      ...{ sgl: false, iommu: false, dmaMaskBits: 32 },
    })[2],
    "bounce pool of 64 MiB",
  );
});
