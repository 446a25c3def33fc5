/**
 * The path in C on every ABI whose compiler is here, against the DataView path:
 * commands with their lists and kernel memory whole, byte for byte.
 */
import { assert, assertEquals } from "@std/assert";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import {
  type Recognition,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { findLayout } from "../../layouts/registry.ts";
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import { buildProgram } from "../../bench/native/count/build_program.ts";
import { expectedOutput, outputDifference } from "./compare_program.ts";
import { preparePath, writeDump } from "../../bench/native/count/dump.ts";
import { makeScratch, writeProgram } from "../../bench/native/count/scratch.ts";
import { toolchainOf } from "../../bench/native/count/toolchain.ts";
import {
  type CodeVariant,
  findVariants,
} from "../../bench/native/count/variants.ts";
import {
  MissingProgramError,
  runBounded,
} from "../../bench/native/run_bounded.ts";
import { unfitReason } from "../../sim/setup/window_fit.ts";
import {
  abiOptions,
  firstIosOf,
  tell,
} from "../bench/native/count/counted_paths.ts";

/** Layouts whose fields are placed otherwise on other ABIs. */
const LAYOUTS = [
  "page_offset", // a pointer to a struct page
  "phys_flags", // a flag beside the length
  "phys_packed", // unaligned on every second segment
  "len31_p2p", // bit-fields, whose order is the ABI's
  "pfn_t", // a flag inside the address
  "rlist_16", // in chunks
  "soa_phys_len", // in columns
];
/** Pages of their own, then memory of both kinds where there is P2P memory. */
const WORKLOADS = { 4: ["128k-scattered"], 8: ["128k-scattered", "64k-mixed"] };

/** Builds of the first compiler, one of each kind of flags. */
async function variantsOf(abi: Abi): Promise<readonly CodeVariant[]> {
  const { variants } = await findVariants(toolchainOf(abi));
  const [first] = variants;
  return variants.filter(({ cc }) => cc === first?.cc);
}

/** The same, built in a fifth of the time. */
function quick(variant: CodeVariant): CodeVariant {
  return { ...variant, flags: [...variant.flags, "-O0", "-DQUICK_BUILD"] };
}

/** Runs a program of another machine; undefined where nothing can. */
async function difference(
  options: AssemblyOptions,
  workload: string,
  variant: CodeVariant,
): Promise<string | undefined> {
  const window = await firstIosOf(options, workload);
  if (unfitReason(window, options) !== undefined) return undefined;
  const prepared = preparePath(options, window);
  await using scratch = await makeScratch();
  const [dump, commands, arena] = ["dump", "commands", "arena"].map((name) =>
    `${scratch.path}/${name}`
  ) as [string, string, string];
  await writeDump(dump, prepared);
  const { bytes } = await buildProgram(prepared, variant);
  const program = await writeProgram(scratch, "program", bytes);
  const { status, stderr } = await runBounded({
    program: toolchainOf(options.abi).qemu,
    args: [program, dump, commands, arena],
    timeoutMs: 120_000,
  });
  assertEquals([status, stderr], [0, ""]);
  const expected = expectedOutput(options, window);
  assert(expected.commands.length >= 256 * 64);
  return outputDifference({
    commands: await Deno.readFile(commands),
    arena: await Deno.readFile(arena),
  }, expected);
}

async function hasQemu({ qemu }: { readonly qemu: string }): Promise<boolean> {
  try {
    await runBounded({ program: qemu, args: ["--version"], timeoutMs: 60_000 });
    return true;
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    tell(`${error.message}`);
    return false;
  }
}

for (const abi of abis) {
  Deno.test(`the path in C of ${abi.name} builds the DataView path's commands`, async () => {
    const variants = await variantsOf(abi);
    if (variants.length === 0) {
      tell(`no compiler for ${abi.name}`);
      return;
    }
    if (!await hasQemu(toolchainOf(abi))) return;
    let compared = 0;
    for (const name of LAYOUTS) {
      const layout = findLayout(name);
      const ways: readonly Recognition[] = ["page", "segment", "bio", "range"];
      // Each way of finding P2P memory with one layout, all with page.
      const own = name === "page_offset" || name === "phys_flags"
        ? ways
        : ["page" as const];
      for (const recognition of own) {
        if (
          isUnsupported(
            servesRecognition(layout, { abi, recognition }),
          )
        ) continue;
        const options = abiOptions(abi, name, recognition);
        for (const workload of WORKLOADS[abi.pointerBytes]) {
          // As they are counted, and each layout once more.
          const variant = variants[compared] ??
            quick(variants[0] as CodeVariant);
          const found = await difference(options, workload, variant);
          assertEquals(
            found,
            undefined,
            `${abi.name}, ${name}, ${recognition}, ${workload}, ` +
              `${variant.title}: ${found}`,
          );
          compared++;
        }
      }
    }
    assert(compared >= 8);
  });
}

Deno.test("the path in C takes a struct page of 32, 36, 40 and 64 bytes", async () => {
  const abi = findAbi("ilp32_lpae");
  const [variant] = await variantsOf(abi);
  if (variant === undefined || !await hasQemu(toolchainOf(abi))) return;
  for (const pageStructBytes of [32, 36, 40, 64]) {
    const options = abiOptions({ ...abi, pageStructBytes }, "page_offset");
    assertEquals(
      await difference(options, "128k-scattered", quick(variant)),
      undefined,
    );
  }
});

Deno.test("the path in C of other ABIs adds a kernel user's pages", async () => {
  for (const name of ["ilp32_pae", "lp64_be"]) {
    const abi = findAbi(name);
    const [variant] = await variantsOf(abi);
    if (variant === undefined || !await hasQemu(toolchainOf(abi))) continue;
    const options = { ...abiOptions(abi, "phys_packed"), submitter: "kernel" };
    assertEquals(
      await difference(
        options as AssemblyOptions,
        "128k-scattered",
        quick(variant),
      ),
      undefined,
    );
  }
});
