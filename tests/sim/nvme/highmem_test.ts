// High memory on 32-bit, out of reach of a 32-bit DMA mask, with guards: the
// case where the CPU has to map what the device has to have copied.
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { layouts } from "../../../layouts/registry.ts";
import { ERRNO } from "../../../sim/kernel/operation.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import type { MemoryMap } from "../../../sim/memory/memory_map.ts";
import { BOUNCE_POOL_PHYS } from "../../../sim/nvme/controller.ts";
import { commandLab, DRAM, scattered } from "./command_lab.ts";
import { servesRecognition } from "../../../sim/recognition/recognition_registry.ts";

const MIB = 1 << 20;
const ABOVE: MemoryMap = {
  dram: [{ startPhys: BigInt(DRAM), sizeBytes: 16 * MIB }],
  providers: [],
};

/** Layouts that hold a page at 4 GiB on an ABI. */
function names(abiName: string): string[] {
  const abi = findAbi(abiName);
  return layouts.filter((layout) => {
    const limits = layoutLimits(layout, abi);
    return !isUnsupported(limits) &&
      !isUnsupported(
        servesRecognition(layout, { abi: abi, recognition: "page" }),
      ) &&
      limits.lastAddress > BigInt(DRAM + 16 * MIB);
  }).map(({ name }) => name);
}

for (const abi of ["ilp32_pae", "ilp32_lpae"]) {
  Deno.test(`${abi}: memory above 4 GiB is mapped, guarded and bounced`, () => {
    const served = names(abi);
    assertEquals(served.includes("page_offset"), true);
    assertEquals(served.includes("phys_packed"), true);
    for (const layout of served) {
      const integrityCounts = { guards: 0, kmaps: 0, refused: 0 };
      const lab = commandLab({
        layout,
        abi,
        map: ABOVE,
        limits: nvmeLimits(5),
        controller: {
          maskBits: 32,
          bouncePoolBytes: MIB,
          integrity: true,
          integrityCounts,
        },
      });
      // Every byte is checked where it lands, and every guard by the device.
      const pieces = scattered(16);
      const commands = lab.commands([{ pieces, write: true }, { pieces }]);
      const pages = commands.flatMap((command) => command.pages);
      assertEquals(pages.length, 32, layout);
      for (const page of pages) {
        assertEquals(
          page >= BOUNCE_POOL_PHYS && page < BOUNCE_POOL_PHYS + MIB,
          true,
          layout,
        );
      }
      // 16 pages each way, 8 blocks a page.
      assertEquals(integrityCounts, { guards: 256, kmaps: 32, refused: 0 });
    }
  });

  Deno.test(`${abi}: without a pool that memory is refused, and nothing is left`, () => {
    for (const layout of ["page_offset", "phys_packed"]) {
      const lab = commandLab({
        layout,
        abi,
        map: ABOVE,
        limits: nvmeLimits(5),
        controller: { maskBits: 32, integrity: true },
      });
      assertEquals(lab.submit([{ pieces: scattered(16) }]), 1);
      assertEquals(lab.seen, []);
      // BLK_STS_RESOURCE, as for every mapping that fails.
      assertEquals(lab.assembly.path.counts.lastErrno, ERRNO.nomem);
      const left = Object.entries(lab.assembly.path.balance())
        .filter(([, count]) => count !== 0);
      assertEquals(left, []);
    }
  });
}
