import { assertEquals } from "@std/assert";
import { resolveBusAddress } from "./resolve_bus_address.ts";
import { routeP2p } from "../../../sim/pci/distance.ts";
import { MAP_TYPE } from "../../../sim/pci/map_type.ts";
import { P2pdma } from "../../../sim/pci/p2pdma.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import type { Topology } from "../../../sim/pci/topology.ts";
import { readKernelData, readKernelTopology } from "./kernel_topology.ts";

/** The CPUs of the recorded machines: Zen is what P2PDMA asks for. */
const CPUS = {
  intel: { vendor: "intel", family: 6 },
  amd: { vendor: "amd", family: 0x17 },
} as const;
const KERNELS = ["6.12", "7.2"] as const;
const IOMMUS = ["noiommu", "iommu"] as const;
/** The five clients that did I/O. */
const CLIENTS = ["04:00.0", "05:00.0", "00:06.0", "03:00.0", "06:00.0"];

async function recorded(kernel: string, iommu: string, cpu: "intel" | "amd") {
  const text = await readKernelData(
    `p2p.${kernel}.${iommu}.${cpu}.topology.txt.gz`,
  );
  return readKernelTopology(text, CPUS[cpu]);
}

/** Everything that decides about routes and addresses. */
function shape(topology: Topology) {
  return topology.functions.map((node) => ({
    bdf: node.bdf,
    kind: node.kind,
    id: [node.vendorId, node.deviceId],
    upstream: node.upstream?.bdf,
    bus: node.secondaryBus,
    bars: node.bars,
  }));
}

for (const kernel of KERNELS) {
  for (const iommu of IOMMUS) {
    for (const cpu of ["intel", "amd"] as const) {
      const where = `${kernel} ${iommu} ${cpu}`;

      Deno.test(`loadTopology("q35") is the tree of kernel ${where}`, async () => {
        const { topology } = await recorded(kernel, iommu, cpu);
        assertEquals(shape(loadTopology("q35")), shape(topology));
      });

      Deno.test(`routeP2p() refuses what kernel ${where} refused`, async () => {
        const { topology, refused } = await recorded(kernel, iommu, cpu);
        const expected: string[] = [];
        for (const { function: provider } of new P2pdma(topology).devices) {
          for (const bdf of CLIENTS) {
            const client = topology.find(bdf);
            const { mapType } = routeP2p(topology, { provider, client });
            if (mapType === MAP_TYPE.notSupported) {
              expected.push(`${client.bdf} ${provider.bdf}`);
            }
          }
        }
        // The kernel logs each pair once: it asks the walk only once.
        assertEquals(
          refused.map((pair) => pair.join(" ")).sort(),
          expected.sort(),
        );
        assertEquals(expected.length, cpu === "intel" ? 12 : 0);
      });

      Deno.test(`P2pDevice has the memory that kernel ${where} had`, async () => {
        const { topology, memory } = await recorded(kernel, iommu, cpu);
        for (
          const { function: { bdf }, providers } of new P2pdma(topology).devices
        ) {
          const [size] = memory.get(bdf) ?? [0, 0];
          assertEquals(providers.map(({ bar }) => bar.sizeBytes), [size]);
        }
      });
    }
  }
}

interface Outcome {
  readonly kernel: string;
  readonly iommu: boolean;
  readonly cpu: "intel" | "amd";
  readonly client: string;
  readonly provider: string;
  readonly id: string;
  readonly bytes: number;
  readonly result: number;
  readonly phys: string | null;
  readonly address: string | null;
}

async function outcomes(): Promise<Outcome[]> {
  const text = await readKernelData("p2p_outcomes.jsonl.gz");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("routeP2p() tells outcome and kind of address of recorded I/O", async () => {
  const rows = await outcomes();
  assertEquals(rows.length, 480);
  for (const row of rows) {
    const topology = loadTopology("q35").withCpu(CPUS[row.cpu]);
    const { mapType } = routeP2p(topology, {
      provider: topology.find(row.provider),
      client: topology.find(row.client),
    });
    const what = JSON.stringify(row);
    if (mapType === MAP_TYPE.notSupported) {
      // -EREMOTEIO in 6.12, -EINVAL in 7.2 (blockspec 3.4).
      assertEquals(row.result, row.kernel === "7.2" ? -22 : -121, what);
      assertEquals(row.address, null, what);
      continue;
    }
    assertEquals(row.result, row.bytes, what);
    const isTranslated = row.iommu && mapType === MAP_TYPE.throughHostBridge;
    // Bus addresses are CPU addresses on this machine (bus offset 0).
    assertEquals(row.address === row.phys, !isTranslated, what);
  }
});

Deno.test("resolveBusAddress() finds the memory of recorded I/O", async () => {
  let resolved = 0;
  for (const row of await outcomes()) {
    if (row.address === null || row.phys === null) continue;
    const topology = loadTopology("q35").withCpu(CPUS[row.cpu]);
    // A translated address is an IOVA, which only the IOMMU knows; behind it
    // the root complex sees the CPU address.
    const target = resolveBusAddress(
      topology,
      topology.find(row.client),
      BigInt(row.address === row.phys ? row.address : row.phys),
    );
    assertEquals(target.kind === "bar" && target.phys, BigInt(row.phys));
    assertEquals(
      target.kind === "bar" && target.owner.bdf,
      row.provider,
      JSON.stringify(row),
    );
    resolved++;
  }
  // Of 60 rows a run, all on Zen; on Intel the switch and own memory.
  assertEquals(resolved, 4 * 60 + 4 * 18);
});

Deno.test("the recorded IOVAs are aligned to their size", async () => {
  // alloc_iova() is size-aligned; requests are at most 128 KiB there.
  for (const row of await outcomes()) {
    if (row.address === null || row.address === row.phys) continue;
    const pages = Math.ceil(Math.min(row.bytes, 131072) / 4096);
    const aligned = 2 ** Math.ceil(Math.log2(pages)) * 4096;
    assertEquals(Number(row.address) % aligned, 0, JSON.stringify(row));
  }
});
