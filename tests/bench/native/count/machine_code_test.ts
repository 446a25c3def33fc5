import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../../layouts/abi.ts";
import { preparePath } from "../../../../bench/native/count/dump.ts";
import {
  figureApart,
  FIGURES,
  type InstructionFigures,
} from "../../../../bench/native/count/figures.ts";
import type { ResultMachineCodeBuild } from "../../../../bench/result/exact_types.ts";
import { abiOptions, counterOrTell, firstIosOf } from "./counted_paths.ts";

const LP64 = findAbi("lp64");

function figuresOf(build: ResultMachineCodeBuild): InstructionFigures {
  return Object.fromEntries(
    FIGURES.map((name) => {
      const value = build[`${name}PerIo`];
      return [name, value === null ? null : value * 128];
    }),
  ) as unknown as InstructionFigures;
}

Deno.test("MachineCodeCounter counts the same on every run", async () => {
  const counter = await counterOrTell({ choice: "auto", abi: LP64 });
  if (counter === undefined) return;
  const options = abiOptions(LP64, "page_offset");
  const window = await firstIosOf(options, "128k-scattered");
  const first = await counter.count(preparePath(options, window));
  const again = await counter.count(preparePath(options, window));
  assertEquals(again, first);
  assertEquals(first.complaints, []);
  const { machineCode } = first;
  assertEquals(machineCode.ios, 128);
  assertEquals(machineCode.abi, "lp64");
  assertEquals(machineCode.builds[0]?.compiler, machineCode.compiler);
  // Each compiler with the engine's flags and with the kernel's.
  assertEquals(
    machineCode.builds.length % 2,
    0,
    JSON.stringify(machineCode.builds.map(({ build }) => build)),
  );
  // 32 segments: each is written, walked three times, and named in a list.
  const { instructionsPerIo, loadsPerIo, storesPerIo, branchesPerIo } =
    machineCode;
  assert(instructionsPerIo > 32 * 100 && instructionsPerIo < 32 * 1000);
  assert(loadsPerIo !== null && loadsPerIo < instructionsPerIo);
  assert(storesPerIo !== null && storesPerIo < instructionsPerIo);
  assert(branchesPerIo !== null && branchesPerIo < instructionsPerIo / 2);
  assert(machineCode.textBytes > 4096);
});

Deno.test("valgrind and QEMU agree within 0.1 % on each build", async () => {
  const options = abiOptions(LP64, "phys_flags", "segment");
  const window = await firstIosOf(options, "64k-mixed");
  const found = [];
  for (const choice of ["valgrind", "qemu"] as const) {
    const counter = await counterOrTell({ choice, abi: LP64 });
    if (counter === undefined) return;
    assertEquals(counter.tools, [choice]);
    const { machineCode, complaints } = await counter.count(
      preparePath(options, window),
    );
    assertEquals(complaints, []);
    found.push(machineCode);
  }
  const [byValgrind, byQemu] = found;
  for (const [index, build] of (byValgrind?.builds ?? []).entries()) {
    const other = byQemu?.builds[index];
    assert(other !== undefined);
    assertEquals(other.textBytes, build.textBytes);
    assertEquals(figureApart(figuresOf(build), figuresOf(other)), undefined);
    // What callgrind cannot tell it leaves to the other.
    assertEquals(build.unalignedPerIo, null);
    assert(other.unalignedPerIo !== null);
  }
});

Deno.test("a layout that is packed makes unaligned accesses, and is told so", async () => {
  const counter = await counterOrTell({ choice: "qemu", abi: LP64 });
  if (counter === undefined) return;
  const unaligned = async (layout: string) => {
    const options = abiOptions(LP64, layout);
    const window = await firstIosOf(options, "128k-scattered");
    const { machineCode } = await counter.count(preparePath(options, window));
    // Without vector registers only the layout's own accesses are unaligned.
    const kernel = machineCode.builds.find(({ build }) =>
      build === "kernel flags"
    );
    return [kernel?.unalignedPerIo, kernel?.lineCrossingsPerIo];
  };
  // The kernel's own: gcc stores req.retries and req.flags, at 17 and 18, as 2
  // bytes (nvme_clear_nvme_request).
  assertEquals(await unaligned("page_offset"), [1, 0]);
  // 12 bytes a segment: the address of every second one lies at 4 of 8, and
  // where lines of 64 end inside of it, it is in two.
  const [packed = 0, crossing = 0] = await unaligned("phys_packed");
  assert((packed ?? 0) >= 16 * 4, `${packed} unaligned`);
  assert((crossing ?? 0) > 0 && (crossing ?? 0) < (packed ?? 0));
});

Deno.test("a short workload goes round until 256 I/Os are done", async () => {
  const counter = await counterOrTell({ choice: "qemu", abi: LP64 });
  if (counter === undefined) return;
  const options = abiOptions(LP64, "page_offset");
  const window = await firstIosOf(options, "4k-hot", 3);
  const { machineCode } = await counter.count(preparePath(options, window));
  assertEquals(machineCode.ios, 128);
  assert(machineCode.instructionsPerIo > 100);
});
