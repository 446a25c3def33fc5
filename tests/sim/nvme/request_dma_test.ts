import { assertEquals } from "@std/assert";
import { BLK_STS, ERRNO } from "../../../sim/kernel/operation.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import type { FaultPlan } from "../../../sim/nvme/mapping_faults.ts";
import type { ControllerOptions } from "../../../sim/nvme/controller.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import { topologyMemoryMap } from "../../../sim/pci/topology_memory.ts";
import {
  BARS,
  BUS,
  type CommandLab,
  commandLab,
  DRAM,
  type LabIo,
  type LabOptions,
  scattered,
  WIDE_LIMITS,
} from "./command_lab.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const KERNELS = ["6.1", "6.12", "7.2"];
const GAPS = { ...WIDE_LIMITS, virtBoundaryMask: 0 };

/** Everything that is still in use, by name. */
function left(lab: CommandLab) {
  return Object.entries(lab.assembly.path.balance()).filter(([, n]) => n !== 0);
}

Deno.test("createRequestDma() makes one IOVA range of scattered pages (T34)", () => {
  for (const kernel of KERNELS) {
    const iommu = commandLab({ kernel, controller: { iommu: true } });
    const [command] = iommu.commands([{ pieces: scattered(32) }]);
    // 32 pages behind one another, from a page boundary.
    const first = command?.pages[0] ?? 0;
    assertEquals(first % 4096, 0);
    assertEquals(
      command?.pages,
      Array.from({ length: 32 }, (_, i) => first + i * 4096),
    );
    assertEquals(iommu.assembly.path.counts.dmaSegments, 1, kernel);
    const direct = commandLab({ kernel });
    direct.commands([{ pieces: scattered(32) }]);
    assertEquals(direct.assembly.path.counts.dmaSegments, 32, kernel);
    assertEquals(left(iommu), []);
  }
});

Deno.test("createRequestDma() writes one inline SGL for a coalesced request (T40)", () => {
  const lab = commandLab({
    limits: GAPS,
    controller: { iommu: true, sgl: true },
  });
  const [command] = lab.commands([{ pieces: scattered(32) }]);
  assertEquals(command?.dataPointer?.type, 0);
  assertEquals(command?.descriptors.map(([, bytes]) => bytes), [131072]);
});

Deno.test("createRequestDma() maps one by one where a join is unaligned (T34)", () => {
  // The last page begins 512 bytes in: gap bit 10, forced SGL, 33 ranges.
  const pieces = [
    ...scattered(32),
    { phys: DRAM + MIB + 512, bytes: 4096 - 512 },
  ];
  const lab = commandLab({
    limits: GAPS,
    controller: { iommu: true, sgl: true },
  });
  const [command] = lab.commands([{ pieces }]);
  assertEquals(command?.descriptors.length, 33);
  assertEquals(left(lab), []);
});

Deno.test("createScatterlistDma() joins what begins and ends on pages", () => {
  // 6.12 lays all pieces into one range, page by page: 2 pages joined, then
  // 512 bytes that begin in a page, then a page that follows no full one.
  const pieces = [
    { phys: DRAM, bytes: 4096 },
    { phys: DRAM + 65536, bytes: 4096 },
    { phys: DRAM + 2 * 65536 + 512, bytes: 512 },
    { phys: DRAM + 3 * 65536, bytes: 4096 },
  ];
  const lab = commandLab({
    kernel: "6.12",
    limits: GAPS,
    controller: { iommu: true, sgl: true, sglThresholdBytes: 512 },
  });
  const [command] = lab.commands([{ pieces }]);
  const base = command?.descriptors[0]?.[0] ?? 0;
  assertEquals(base % 4096, 0);
  assertEquals(command?.descriptors.map(([at, bytes]) => [at - base, bytes]), [
    [0, 8192],
    [8192 + 512, 512],
    [12288, 4096],
  ]);
  assertEquals(left(lab), []);
});

Deno.test("createPath() never maps BUS_ADDR memory (T35)", () => {
  for (const kernel of ["6.12", "7.2"]) {
    for (
      const controller of [
        { iommu: true },
        { forceBounce: true, bouncePoolBytes: MIB },
      ] satisfies ControllerOptions[]
    ) {
      const lab = commandLab({ kernel, controller });
      const pieces = [{ phys: BARS[1], bytes: 64 * KIB, provider: 2 }];
      lab.submit([{ pieces }]);
      assertEquals(
        lab.seen[0]?.pages,
        Array.from({ length: 16 }, (_, i) => BUS[1] + i * 4096),
      );
      assertEquals(left(lab), []);
    }
  }
});

/**
 * Two root ports below an Intel host bridge that is not whitelisted: nvme1
 * reaches nvme0's BAR only where the CPU is a Zen (blockspec 3.2).
 */
function twoRootPorts(
  vendor: "amd" | "intel",
  options: Pick<LabOptions, "controller" | "kernel"> = {},
) {
  const family = vendor === "amd" ? 0x17 : 6;
  const topology = loadTopology("two_root_ports").withCpu({ vendor, family });
  const map = topologyMemoryMap(topology);
  const lab = commandLab({
    map: { ...map, dram: [{ startPhys: BigInt(DRAM), sizeBytes: 16 * MIB }] },
    kernel: options.kernel ?? "7.2",
    controller: { ...options.controller, topology, client: "nvme1" },
  });
  const phys = Number(map.providers[0]?.startPhys);
  return {
    lab,
    phys,
    io: { pieces: [{ phys, bytes: 16 * KIB, provider: 1 }] },
  };
}

Deno.test("createRequestDma() maps THRU_HOST_BRIDGE as MMIO (T35)", () => {
  for (const kernel of ["6.12", "7.2"]) {
    const plain = twoRootPorts("amd", { kernel });
    const [command] = plain.lab.commands([plain.io]);
    // Without an IOMMU: the CPU's physical address, not the bus address.
    assertEquals(command?.prp1, plain.phys);
    const mapped = twoRootPorts("amd", { kernel, controller: { iommu: true } });
    const [behind] = mapped.lab.commands([mapped.io]);
    assertEquals(behind?.prp1 === plain.phys, false);
    assertEquals(left(mapped.lab), []);
  }
});

Deno.test("createRequestDma() refuses NOT_SUPPORTED before it maps (T35)", () => {
  for (
    const [kernel, status] of [
      ["6.12", BLK_STS.target], // EREMOTEIO of dma_map_sgtable
      ["7.2", BLK_STS.inval],
    ] as const
  ) {
    const { lab, io } = twoRootPorts("intel", {
      kernel,
      controller: { iommu: true },
    });
    assertEquals(lab.submit([io]), 1);
    assertEquals(lab.seen, []);
    assertEquals(lab.assembly.path.counts.dmaSegments, 0);
    assertEquals(left(lab), []);
    assertEquals(
      pathProfile(kernel).unreachableP2p,
      status === BLK_STS.target ? "target" : "inval",
    );
  }
});

// T37: a 32-bit device, memory above 4 GiB.
Deno.test("createRequestDma() bounces what is out of reach (T37)", () => {
  for (const kernel of KERNELS) {
    for (const sgl of [false, true]) {
      const lab = commandLab({
        kernel,
        controller: { maskBits: 32, bouncePoolBytes: 2 * MIB, sgl },
      });
      const ios: LabIo[] = [false, true].map((write) => ({
        write,
        pieces: scattered(32),
      }));
      const commands = lab.commands(ios);
      for (const { pages, descriptors } of commands) {
        for (const at of [...pages, ...descriptors.map(([at]) => at)]) {
          assertEquals(at < 2 ** 32, true);
        }
      }
      assertEquals(left(lab), [], kernel);
    }
  }
});

Deno.test("createRequestDma() fails MMIO out of reach, it never bounces (T37)", () => {
  const { lab, phys, io } = twoRootPorts("amd", {
    controller: { maskBits: 32, bouncePoolBytes: MIB },
  });
  assertEquals(phys > 2 ** 32, true);
  assertEquals(lab.submit([io]), 1);
  assertEquals(left(lab), []);
});

/** I/Os that take every way through the mapping stage. */
const WAYS: readonly LabIo[] = [
  { pieces: [{ phys: DRAM, bytes: 4096 }] },
  { pieces: [{ phys: DRAM, bytes: 128 * KIB }] },
  { pieces: scattered(40), write: true },
  { pieces: [...scattered(5), { phys: DRAM + MIB + 512, bytes: 1024 }] },
  { pieces: [{ phys: BARS[0], bytes: 64 * KIB, provider: 1 }] },
];

Deno.test("createMapData() leaks nothing, whatever fails (T36)", () => {
  const controllers: ControllerOptions[] = [
    {},
    { iommu: true },
    { maskBits: 32, bouncePoolBytes: MIB },
  ];
  let failed = 0;
  for (const kernel of KERNELS) {
    for (const made of controllers) {
      for (const sgl of [false, true]) {
        for (const recognition of ["page", "segment"] as const) {
          const faults: FaultPlan = { mapping: 0, descriptor: 0 };
          const lab = commandLab({
            kernel,
            recognition,
            layout: recognition === "page" ? "page_offset" : "phys_flags",
            limits: sgl ? GAPS : WIDE_LIMITS,
            controller: { ...made, sgl, sglThresholdBytes: 4096, faults },
            // Buffers hold nothing here: only what is in use matters.
            more: { data: () => undefined },
          });
          for (const io of WAYS) {
            for (const kind of ["mapping", "descriptor", "link"] as const) {
              for (const nth of [1, 2, 3, 40]) {
                faults[kind] = nth;
                failed += lab.submit([io]);
                faults[kind] = 0;
                assertEquals(
                  left(lab),
                  [],
                  `${kernel} ${JSON.stringify({ made, sgl, recognition })} ` +
                    `${kind} ${nth} of ${JSON.stringify(io)}`,
                );
              }
            }
          }
        }
      }
    }
  }
  // Derived by running: the plan struck, so the check above means something.
  assertEquals(failed > 100, true);
});

Deno.test("a piece that cannot be linked ends the request with its error", () => {
  // blk_rq_dma_map_iova(): errno_to_blk_status(-ENOMEM), and no second try
  // piece by piece. 40 scattered pages are 40 links.
  for (const nth of [1, 2, 40]) {
    const faults: FaultPlan = { mapping: 0, descriptor: 0, link: nth };
    const lab = commandLab({
      controller: { iommu: true, faults },
      more: { data: () => undefined },
    });
    assertEquals(lab.submit([{ pieces: scattered(40) }]), 1);
    assertEquals(lab.assembly.path.counts.lastErrno, ERRNO.nomem);
    assertEquals([lab.seen.length, faults.link, left(lab)], [0, 0, []]);
  }
  // Without a range the pieces are mapped one by one: nothing to link.
  const faults: FaultPlan = {
    mapping: 0,
    descriptor: 0,
    link: 1,
    noIova: true,
  };
  const lab = commandLab({
    controller: { iommu: true, faults },
    more: { data: () => undefined },
  });
  assertEquals(lab.submit([{ pieces: scattered(40) }]), 0);
  assertEquals(faults.link, 1);
});

Deno.test("createRequestDma() runs out of bounce slots without a leak (T36)", () => {
  // 256 KiB of pool hold two pages of each segment of 128 slots and more;
  // 512 KiB of I/O do not fit.
  const lab = commandLab({
    controller: { maskBits: 32, bouncePoolBytes: 256 * KIB },
  });
  assertEquals(lab.submit([{ pieces: scattered(128) }]), 1);
  assertEquals(left(lab), []);
});

Deno.test("nvmeLimits() caps requests behind an IOMMU (T38)", () => {
  const sectors = (mdts: number, options: LabOptions["controller"] = {}) => {
    const { maxSectors, maxSegments } = nvmeLimits(mdts, {
      iommu: options.iommu ?? false,
    });
    return [maxSectors, maxSegments];
  };
  assertEquals([0, 3, 5, 6, 7, 9].map((mdts) => sectors(mdts)), [
    [8192, 256],
    [64, 9],
    [256, 33],
    [512, 65],
    [1024, 129],
    [4096, 256],
  ]);
  assertEquals([0, 5, 7].map((mdts) => sectors(mdts, { iommu: true })), [
    [256, 33],
    [256, 33],
    [256, 33],
  ]);
});
