import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { completeOptions } from "../../../bench/run/options.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { checkSetup } from "../../../bench/setup/setup_rules.ts";
import type { RunSetup } from "../../../bench/setup/asked_setup.ts";
import { layouts } from "../../../layouts/registry.ts";
import { lab } from "../lab_in_process.ts";
import { assertRefused, machine } from "./refused_setup.ts";

Deno.test("checkSetup() refuses a compiler for what compiles nothing", () => {
  assertRefused(
    { cc: "gcc" },
    "--cc gcc: found --engine js, which compiles nothing, expected --engine",
  );
});

Deno.test("checkSetup() takes what goes together", () => {
  const fine: readonly RunSetup[] = [
    {},
    { layouts: ["page_offset"], recognitions: ["page", "bio", "range"] },
    { layouts: ["page_offset"] },
    { layouts: ["page_offset", "phys_flags"], recognitions: ["segment"] },
    { recognitions: ["page", "segment", "bio", "range", "map_first"] },
    { layouts: ["dma_vec"], recognitions: ["map_first"] },
    { ...machine({ ranges: "maple" }), recognitions: ["page", "range"] },
    { submitter: "registered", workloads: ["1m-p2p"], placement: "huge" },
    { submitter: "registered", workloads: ["unaligned-4k"] },
    { submitter: "pagecache", workloads: ["seq128k"] },
    { submitter: "kernel", workloads: ["1m-p2p"], kernel: "6.1" },
    { submitter: "kernel", completeOn: "other", workers: 2, devices: 1 },
    { abis: ["ilp32"], workloads: ["1m-segment"] },
    { ...machine({ structPageBytes: 32 }), abis: ["ilp32", "ilp32_be"] },
    { ...machine({ structPageBytes: 64 }) },
    { batch: 32 },
    { api: "pread" },
    { api: "pread", workers: 2, devices: 1 },
    { api: "aio", batch: 32, completeOn: "other", workers: 2, devices: 1 },
    { workers: 2, devices: 2, poll: true, cpus: 4, completeOn: "other" },
    { workers: 4, devices: 2, hwQueues: 2, completeOn: "ipi" },
    { workers: 2, hwQueues: 2 },
    { ...machine({ iommu: true }), workers: 1 },
    { cc: "gcc", engine: "native" },
    { workers: 2, engine: "both" },
  ];
  for (const setup of fine) checkSetup(setup);
  // Each layout can be compared by one detection at least.
  for (const { name } of layouts) {
    checkSetup({
      layouts: [name],
      recognitions: [name === "dma_vec" ? "map_first" : "page"],
      abis: [name === "len24_p2p" ? "ilp32" : "lp64"],
    });
  }
});

Deno.test("completeOptions() keeps to the rules", async () => {
  assertThrows(
    () => completeOptions({ batch: 8, depth: 4 }),
    RangeError,
    "Cannot use --batch 8: found --depth 4",
  );
  // It would wait for ever for a plug that is never full.
  await assertRejects(() => runLab({ batch: 64, depth: 2 }), RangeError);
});

Deno.test("lab refuses what cannot be combined with status 2", async () => {
  for (
    const [words, text] of [
      [
        ["--recognise", "segment", "--layout", "page_offset"],
        "--recognise segment with --layout page_offset",
      ],
      [
        ["--submitter", "registered", "--workload", "1m-p2p"],
        "--submitter registered with --workload 1m-p2p",
      ],
      [
        ["--submitter", "pagecache", "--placement", "p2p"],
        "--submitter pagecache with --placement p2p",
      ],
      [
        ["--abi", "ilp32", "--workload", "64k-mixed"],
        "--abi ilp32 with --workload 64k-mixed",
      ],
    ] as const
  ) {
    for (const command of ["run", "explain", "heat"]) {
      const { status, out, err } = await lab([command, ...words]);
      assertEquals([status, out], [2, ""], `${command} ${words.join(" ")}`);
      assertEquals(
        err.startsWith(`lab: Cannot use ${text}: found `),
        true,
        err,
      );
      assertEquals(err.trimEnd().includes("\n"), false);
      assertEquals(err.includes("worker"), false);
    }
  }
  for (
    const [words, text] of [
      [["run", "--batch", "64"], "--batch 64: found --depth 32"],
      [["run", "--cc", "clang"], "--cc clang: found --engine js"],
      [["run", "--by", "stage", "--json", "-"], "--by stage with --json -"],
      [
        ["explain", "--registered", "--submitter", "user"],
        "Cannot combine --registered with --submitter user",
      ],
    ] as const
  ) {
    const { status, out, err } = await lab(words);
    assertEquals([status, out], [2, ""], words.join(" "));
    assertEquals(err.includes(text), true, err);
  }
});
