/**
 * CPUs that the lab knows, with the source of every number beside it.
 *
 * `documented` is the maker's manual, `measured` a published measurement,
 * `assumed` an order of magnitude that no manual gives; memory latency is
 * always the last kind, because it depends on DIMMs, load and NUMA distance.
 * Replacement is LRU where the maker does not say otherwise. The hardware
 * prefetchers are left out: misses are those that a CPU without them has.
 */
import type { CacheLatency, Cpu, CpuLevel } from "./cpu.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

const NO_PREFETCH = "Hardware prefetchers are not modelled.";
const LRU_ASSUMED = "Replacement is modelled as LRU.";

/** AMD, Software Optimization Guide for the Zen4 Microarchitecture. */
const ZEN4_GUIDE = "AMD 57647 rev 1.00";
/** Intel 64 and IA-32 Architectures Optimization Reference Manual. */
const INTEL_MANUAL = "Intel 248966, Golden Cove";
/** Arm Neoverse V1 Core Technical Reference Manual. */
const V1_MANUAL = "Arm 101427, Neoverse V1 TRM";
/** Jacobi, Real-time AI for enterprise workloads: the IBM Telum processor. */
const TELUM_TALK = "IBM, Telum, Hot Chips 33 (2021)";
/** Arm Cortex-A53 MPCore Processor Technical Reference Manual. */
const A53_MANUAL = "Arm DDI 0500, Cortex-A53 TRM";
/** Arm Cortex-A7 MPCore Technical Reference Manual. */
const A7_MANUAL = "Arm DDI 0464, Cortex-A7 TRM";
/** Pentium III Processor Mobile Module / CPUID descriptors. */
const P3_MANUAL = "Intel 245264, Pentium III (Coppermine); CPUID leaf 2";

const presets: readonly Cpu[] = [
  {
    schemaVersion: 1,
    name: "zen4",
    title: "AMD Zen 4 (EPYC 9004), one core complex",
    levels: [
      {
        ...instructions(32 * KIB, 8, 64),
        source: `${ZEN4_GUIDE}, cache hierarchy (32 KB, 8 ways, 64 B)`,
        latency: assumed(4, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(32 * KIB, 8, 64),
        source: `${ZEN4_GUIDE}, cache hierarchy (32 KB, 8 ways, 64 B)`,
        latency: documented(4, `${ZEN4_GUIDE}, cache hierarchy (integer load)`),
      },
      {
        ...unified("L2", MIB, 8, 64),
        inclusion: "inclusive",
        source:
          `${ZEN4_GUIDE}, cache hierarchy (1 MB, 8 ways, inclusive of L1)`,
        latency: documented(14, `${ZEN4_GUIDE}, cache hierarchy (minimum)`),
      },
      {
        ...unified("L3", 32 * MIB, 16, 64),
        inclusion: "exclusive",
        source:
          `${ZEN4_GUIDE}, cache hierarchy (32 MB, 16 ways, filled by L2 victims)`,
        latency: documented(50, `${ZEN4_GUIDE}, cache hierarchy (average)`),
      },
    ],
    memory: assumed(400, "about 110 ns at 3.7 GHz, DDR5 on the I/O die"),
    notes: [
      NO_PREFETCH,
      LRU_ASSUMED,
      "The L3 is modelled as exclusive of L2; the real one is mostly so.",
    ],
  },
  {
    schemaVersion: 1,
    name: "golden_cove",
    title: "Intel Golden Cove (4th generation Xeon), one core",
    levels: [
      {
        ...instructions(32 * KIB, 8, 64),
        source: `${INTEL_MANUAL} (32 KB, 8 ways, 64 B)`,
        latency: assumed(5, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(48 * KIB, 12, 64),
        source: `${INTEL_MANUAL} (48 KB, 12 ways, 64 B)`,
        latency: documented(5, `${INTEL_MANUAL} (fastest load)`),
      },
      {
        ...unified("L2", 2 * MIB, 16, 64),
        source: `${INTEL_MANUAL} (2 MB in servers, 16 ways, non-inclusive)`,
        latency: documented(15, `${INTEL_MANUAL}`),
      },
      {
        ...unified("L3", 30 * MIB, 15, 64),
        source: "CPUID leaf 4: 15 ways of 1.875 MB slices; here 16 slices, " +
          "so that the sets are a power of two",
        latency: assumed(75, "a slice of a large mesh, tens of ns"),
      },
    ],
    memory: assumed(400, "about 110 ns at 3.7 GHz, local DDR5"),
    notes: [
      NO_PREFETCH,
      LRU_ASSUMED,
      "The L3 is modelled as non-inclusive and private to the core.",
    ],
  },
  {
    schemaVersion: 1,
    name: "neoverse_v1",
    title: "Arm Neoverse V1 (64 KiB L1, 1 MiB L2, 32 MiB system cache)",
    levels: [
      {
        ...instructions(64 * KIB, 4, 64),
        source: `${V1_MANUAL} (64 KB, 4 ways, 64 B)`,
        latency: assumed(4, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(64 * KIB, 4, 64),
        source: `${V1_MANUAL} (64 KB, 4 ways, 64 B)`,
        latency: documented(
          4,
          "Arm PJDOC-466751330-9685, V1 optimization guide",
        ),
      },
      {
        ...unified("L2", MIB, 8, 64),
        inclusion: "inclusive",
        source: `${V1_MANUAL} (1 MB, 8 ways, strictly inclusive of L1 data)`,
        latency: assumed(11, "an L2 of this size in this class of core"),
      },
      {
        ...unified("SLC", 32 * MIB, 16, 64),
        source: "Arm CMN-650: 16-way system level cache; size per vendor",
        latency: assumed(80, "a slice of a mesh, tens of ns"),
      },
    ],
    memory: assumed(300, "about 115 ns at 2.6 GHz, DDR5"),
    notes: [NO_PREFETCH, LRU_ASSUMED],
  },
  {
    schemaVersion: 1,
    name: "z16",
    title: "IBM z16 (Telum), one core",
    levels: [
      {
        ...instructions(128 * KIB, 8, 256),
        source: "IBM SG24-8951, z16 Technical Guide (128 KB, 256 B lines)",
        latency: assumed(4, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(128 * KIB, 8, 256),
        source: "IBM SG24-8951, z16 Technical Guide (128 KB, 256 B lines)",
        latency: assumed(4, "load-to-use of earlier z cores"),
      },
      {
        ...unified("L2", 32 * MIB, 16, 256),
        source: `${TELUM_TALK} (32 MB a core); 16 ways assumed`,
        latency: documented(19, `${TELUM_TALK} (3.8 ns with TLB)`),
      },
      {
        ...unified("L3", 256 * MIB, 16, 256),
        source: `${TELUM_TALK} (virtual, 8 L2s of a chip); 16 ways assumed`,
        latency: documented(62, `${TELUM_TALK} (12 ns average at 5.2 GHz)`),
      },
    ],
    memory: assumed(520, "about 100 ns at 5.2 GHz, OMI-attached DDR4"),
    notes: [
      NO_PREFETCH,
      LRU_ASSUMED,
      "The virtual L3 is modelled as a cache of its own; there is no L4.",
    ],
  },
  {
    schemaVersion: 1,
    name: "cortex_a53",
    title: "Arm Cortex-A53 (32 KiB L1, 512 KiB L2)",
    levels: [
      {
        ...instructions(32 * KIB, 2, 64),
        source: `${A53_MANUAL}, 6.1 (8 to 64 KB, 2 ways, 64 B)`,
        latency: assumed(3, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(32 * KIB, 4, 64),
        source: `${A53_MANUAL}, 6.1 (8 to 64 KB, 4 ways, 64 B)`,
        latency: assumed(3, "load-to-use of an 8-stage in-order core"),
      },
      {
        ...unified("L2", 512 * KIB, 16, 64),
        inclusion: "exclusive",
        source: `${A53_MANUAL}, 7.1 (128 KB to 2 MB, 16 ways; data is ` +
          "allocated when it leaves the L1)",
        latency: assumed(15, "an L2 behind the snoop control unit"),
      },
    ],
    memory: assumed(190, "about 130 ns at 1.5 GHz, LPDDR3"),
    notes: [
      NO_PREFETCH,
      LRU_ASSUMED,
      "Instructions are modelled as exclusive too; the real L2 keeps them.",
    ],
  },
  {
    schemaVersion: 1,
    name: "cortex_a7",
    title: "Arm Cortex-A7 (32 KiB L1, 512 KiB L2), 32-bit with LPAE",
    levels: [
      {
        ...instructions(32 * KIB, 2, 32),
        source: `${A7_MANUAL}, 6.1 (8 to 64 KB, 2 ways, 32 B)`,
        latency: assumed(3, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(32 * KIB, 4, 64),
        source: `${A7_MANUAL}, 6.1 (8 to 64 KB, 4 ways, 64 B)`,
        latency: assumed(3, "load-to-use of an 8-stage in-order core"),
      },
      {
        ...unified("L2", 512 * KIB, 8, 64),
        source: `${A7_MANUAL}, 7.1 (128 KB to 1 MB, 8 ways, 64 B)`,
        latency: assumed(11, "an L2 behind the snoop control unit"),
      },
    ],
    memory: assumed(150, "about 150 ns at 1 GHz, DDR3"),
    notes: [
      NO_PREFETCH,
      LRU_ASSUMED,
      "The L2 is modelled as non-inclusive, because line sizes differ.",
    ],
  },
  {
    schemaVersion: 1,
    name: "pentium3",
    title: "Intel Pentium III (Coppermine), i686 with PAE",
    levels: [
      {
        ...instructions(16 * KIB, 4, 32),
        source: `${P3_MANUAL} (08h: 16 KB, 4 ways, 32 B)`,
        latency: assumed(3, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(16 * KIB, 4, 32),
        source: `${P3_MANUAL} (0Ch: 16 KB, 4 ways, 32 B)`,
        latency: documented(3, "Intel 245127, P6 family load latency"),
      },
      {
        ...unified("L2", 256 * KIB, 8, 32),
        source: `${P3_MANUAL} (82h: 256 KB, 8 ways, 32 B)`,
        latency: assumed(7, "the on-die L2 with its 256-bit bus"),
      },
    ],
    memory: assumed(110, "about 110 ns at 1 GHz, PC133 SDRAM"),
    notes: [NO_PREFETCH, LRU_ASSUMED],
  },
];

/** Names of the CPUs that the lab knows. */
export const cpuPresetNames: readonly string[] = presets.map((cpu) => cpu.name);

/**
 * Gives a CPU that the lab knows.
 *
 * @param name Its name, one of `cpuPresetNames`.
 * @returns The CPU.
 * @throws {RangeError} If there is none of that name.
 *
 * @example The line of an IBM z16
 * ```ts
 * import { cpuPreset } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cpuPreset("z16").levels[1]?.lineBytes, 256);
 * ```
 */
export function cpuPreset(name: string): Cpu {
  const found = presets.find((cpu) => cpu.name === name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find CPU "${name}", expected one of: ${
        cpuPresetNames.join(", ")
      }`,
    );
  }
  return found;
}

type Geometry = Omit<CpuLevel, "source" | "latency">;

function instructions(
  sizeBytes: number,
  ways: number,
  lineBytes: number,
): Geometry {
  return { name: "L1I", sizeBytes, ways, lineBytes, holds: "instruction" };
}

function data(sizeBytes: number, ways: number, lineBytes: number): Geometry {
  return { name: "L1D", sizeBytes, ways, lineBytes, holds: "data" };
}

function unified(
  name: string,
  sizeBytes: number,
  ways: number,
  lineBytes: number,
): Geometry {
  return { name, sizeBytes, ways, lineBytes };
}

function documented(cycles: number, source: string): CacheLatency {
  return { cycles, basis: "documented", source };
}

function assumed(cycles: number, source: string): CacheLatency {
  return { cycles, basis: "assumed", source };
}
