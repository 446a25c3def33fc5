/** I/O to memory of several kinds, with every recognition. */
import { assertEquals } from "@std/assert";
import type { ControllerOptions } from "../../../sim/nvme/controller.ts";
import {
  BARS,
  BUS,
  commandLab,
  DRAM,
  type LabOptions,
  type Piece,
} from "../nvme/command_lab.ts";
import { endsBioByKind } from "../../../sim/recognition/recognition_registry.ts";
import { addresses, MIB, PAIRS } from "./recognised_layouts.ts";

/** Host, BAR 0, BAR 0, BAR 1, host: three changes of kind. */
const MIXED: readonly Piece[] = [
  { phys: DRAM, bytes: 8192 },
  { phys: BARS[0], bytes: 4096, provider: 1 },
  { phys: BARS[0] + 65536, bytes: 4096, provider: 1 },
  { phys: BARS[1], bytes: 4096, provider: 2 },
  { phys: DRAM + 65536, bytes: 4096 },
];

function mixed(options: LabOptions) {
  const lab = commandLab(options);
  const commands = lab.commands([
    { pieces: MIXED, write: true },
    { pieces: MIXED },
  ]);
  return { counts: lab.assembly.path.counts, commands, lab };
}

Deno.test("mixed memory splits bios, or segments speak for themselves (T53)", () => {
  // Kinds in order: host, bar0, bar1, host: 4 bios where a bio is of one kind.
  const pages = [
    DRAM,
    DRAM + 4096,
    BUS[0],
    BUS[0] + 65536,
    BUS[1],
    DRAM + 65536,
  ];
  for (const { layout, recognition } of PAIRS) {
    const { counts, commands } = mixed({ layout, recognition });
    const isUniform = endsBioByKind(recognition);
    const name = `${layout}, ${recognition}`;
    assertEquals(counts.bios, 2 * (isUniform ? 4 : 1), name);
    assertEquals(addresses(commands), [...pages, ...pages], name);
  }
});

Deno.test("mixed memory is never one IOVA range (T53)", () => {
  for (const sgl of [false, true]) {
    const controller: ControllerOptions = {
      iommu: true,
      sgl,
      sglThresholdBytes: 4096,
    };
    for (
      const recognition of ["segment", "range"] as const
    ) {
      const { commands, lab } = mixed({
        layout: "phys_flags",
        recognition,
        controller,
      });
      const [command] = commands;
      const seen = sgl
        ? command?.descriptors.map(([at]) => at) ?? []
        : command?.pages ?? [];
      // BARs by bus address, host memory somewhere else than it is.
      const bars = seen.filter((at) =>
        BUS.some((bus) => at >= bus && at < bus + 4 * MIB)
      );
      assertEquals(bars, [BUS[0], BUS[0] + 65536, BUS[1]]);
      assertEquals(seen.includes(DRAM), false);
      assertEquals(
        Object.values(lab.assembly.path.balance()).filter((n) => n !== 0),
        [],
      );
    }
  }
});
