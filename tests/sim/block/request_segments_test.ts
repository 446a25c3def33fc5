import { assertEquals } from "@std/assert";
import {
  commandLab,
  DRAM,
  SMALL_MAP,
  WIDE_LIMITS,
} from "../nvme/command_lab.ts";

const MIB = 1 << 20;

Deno.test("createRequestSegments() joins neighbours in all 64 bits", () => {
  // The page that follows, but for 4 GiB.
  const map = {
    ...SMALL_MAP,
    dram: [DRAM, DRAM + 2 ** 32].map((startPhys) => ({
      startPhys: BigInt(startPhys),
      sizeBytes: 4 * MIB,
    })),
  };
  const page = (phys: number) => ({ phys, bytes: 4096 });
  const first = page(DRAM);
  const far = page(DRAM + 2 ** 32 + 4096);
  const near = page(DRAM + 4096);
  for (const kernel of ["6.1", "6.12", "7.2"]) {
    for (
      const controller of [
        {},
        { sgl: true, sglThresholdBytes: 4096 },
      ]
    ) {
      const lab = commandLab({
        kernel,
        map,
        controller,
        limits: {
          ...WIDE_LIMITS,
          virtBoundaryMask: "sgl" in controller ? 0 : 4095,
        },
      });
      for (const [second, segments] of [[far, 2], [near, 1]] as const) {
        const before = lab.assembly.path.counts.dmaSegments;
        const [command] = lab.commands([{ pieces: [first, second] }]);
        const told = `${kernel} ${JSON.stringify(controller)} ${segments}`;
        assertEquals(
          [command?.kind === "sgl" ? command.descriptors.length : segments],
          [segments],
          told,
        );
        assertEquals(
          lab.assembly.path.counts.dmaSegments - before,
          segments,
          told,
        );
      }
    }
  }
});
