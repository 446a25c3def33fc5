/**
 * CPUs that the lab knows, with the source of every number beside it.
 *
 * `documented` is the maker's manual or what a compiler quotes of it,
 * `measured` a published measurement, `assumed` everything else: an order of
 * magnitude, or a number that the maker gave in a document that was not seen
 * when these entries were checked (it says so, and what it agrees with). Memory
 * latency is always assumed, because it depends on DIMMs, load and NUMA
 * distance. Sizes, ways and lines say in their source what was not seen.
 * Replacement is LRU where the maker does not say otherwise. The hardware
 * prefetchers are left out: misses are those that a CPU without them has.
 */
import type { CacheLatency, Cpu, CpuLevel } from "./cpu.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

const NO_PREFETCH = "Hardware prefetchers are not modelled.";
const LRU_ASSUMED = "Replacement is modelled as LRU.";

/** AMD, Software Optimization Guide for the Zen4 Microarchitecture. */
const ZEN4_GUIDE = "AMD 57647";
/** Its sections as the scheduling model of a compiler quotes them. */
const ZEN4_QUOTED = "AMD 57647, 2.6.2, as LLVM quotes it (X86ScheduleZnver4)";
/** AMD's Zen 4, part 2: memory subsystem and conclusion. */
const ZEN4_MEASURED = "chipsandcheese.com, AMD's Zen 4, part 2 (2022)";
/** Going armchair quarterback on Golden Cove's caches. */
const COVE_MEASURED = "chipsandcheese.com, Golden Cove's caches (2022)";
/** Sizes that firmware and a kernel patch revealed before the launch. */
const COVE_PRESS = "hardwaretimes.com, Sapphire Rapids-SP cache hierarchy";
/** Arm's learning path on cache levels of its servers. */
const ARM_SERVERS = "Arm, Cache levels and performance cliffs (4-way L1s, " +
  "8-way L2s, 64 B, of Neoverse N1 and V2; V1's TRM 101427 not seen)";
/** Telum II at Hot Chips 2024, the next generation. */
const TELUM_II = "Telum II: 36 MB L2s, 3.6 ns at 5.5 GHz, chipsandcheese.com";
/** IBM's talk on the processor of this machine. */
const TELUM_TALK = "IBM, Telum, Hot Chips 33 (2021), not seen";
/** Hennessy and Patterson, Computer Architecture, 6th edition. */
const A53_BOOK = "Hennessy and Patterson, 6th edition, 2.6, Cortex-A53";
/** Arm Cortex-A7 MPCore Technical Reference Manual. */
const A7_MANUAL = "Arm DDI 0464, Cortex-A7 TRM";
/** The descriptors of CPUID leaf 2, as Linux lists them. */
const P3_CPUID = "Linux, arch/x86/kernel/cpu/cacheinfo.c";

/** A CPU, and whose default it is. */
export interface KnownCpu extends Cpu {
  /** ABIs whose misses are modelled on it where the user names no CPU. */
  readonly defaultOf?: readonly string[];
}

/** All of them; a new one is one entry here. */
export const KNOWN_CPUS: readonly KnownCpu[] = [
  {
    schemaVersion: 1,
    defaultOf: ["lp64"],
    name: "zen4",
    title: "AMD Zen 4 (EPYC 9004), one core complex",
    levels: [
      {
        ...instructions(32 * KIB, 8, 64),
        source: `${ZEN4_GUIDE}, not seen (32 KB, 8 ways, 64 B)`,
        latency: assumed(4, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(32 * KIB, 8, 64),
        source: `${ZEN4_GUIDE}, not seen (32 KB, 8 ways, 64 B)`,
        latency: documented(4, `${ZEN4_QUOTED} (4 or 5, integer load)`),
      },
      {
        ...unified("L2", MIB, 8, 64),
        inclusion: "inclusive",
        source: `${ZEN4_GUIDE}, not seen (1 MB, 8 ways, inclusive of L1)`,
        latency: measured(14, ZEN4_MEASURED),
      },
      {
        ...unified("L3", 32 * MIB, 16, 64),
        inclusion: "exclusive",
        source:
          `${ZEN4_GUIDE}, not seen (32 MB, 16 ways, filled by L2 victims)`,
        latency: measured(50, `${ZEN4_MEASURED} (8 to 9 ns at 5.7 GHz)`),
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
        source: `${COVE_PRESS} (32 KB, 8 ways)`,
        latency: assumed(5, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(48 * KIB, 12, 64),
        source: `${COVE_MEASURED} (48 KB, 12 ways, 64 sets)`,
        latency: measured(5, COVE_MEASURED),
      },
      {
        ...unified("L2", 2 * MIB, 16, 64),
        source: `${COVE_PRESS} (2 MB in servers); 16 ways not seen`,
        latency: measured(
          15,
          "chipsandcheese.com, Raptor Lake's L2: its 16 is one more",
        ),
      },
      {
        ...unified("L3", 30 * MIB, 15, 64),
        source: "CPUID leaf 4, not seen: 15 ways of 1.875 MB slices; here 16 " +
          "slices, so that the sets are a power of two",
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
        source: `${ARM_SERVERS}; 64 KB`,
        latency: assumed(4, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(64 * KIB, 4, 64),
        source: `${ARM_SERVERS}; 64 KB`,
        latency: assumed(4, "Arm 109897, V1 optimization guide, not seen"),
      },
      {
        ...unified("L2", MIB, 8, 64),
        inclusion: "inclusive",
        source: `${ARM_SERVERS}; 1 MB, inclusive of L1 data`,
        latency: assumed(11, "an L2 of this size in this class of core"),
      },
      {
        ...unified("SLC", 32 * MIB, 16, 64),
        source: "16 ways of Arm's CMN-650 not seen; size per vendor",
        latency: assumed(80, "a slice of a mesh, tens of ns"),
      },
    ],
    memory: assumed(300, "about 115 ns at 2.6 GHz, DDR5"),
    notes: [NO_PREFETCH, LRU_ASSUMED],
  },
  {
    schemaVersion: 1,
    defaultOf: ["lp64_be"],
    name: "z16",
    title: "IBM z16 (Telum), one core",
    levels: [
      {
        ...instructions(128 * KIB, 8, 256),
        source: "IBM SG24-8951, not seen (128 KB, 256 B); 8 ways assumed",
        latency: assumed(4, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(128 * KIB, 8, 256),
        source: "IBM SG24-8951, not seen (128 KB, 256 B); 8 ways assumed",
        latency: assumed(4, "load-to-use of earlier z cores"),
      },
      {
        ...unified("L2", 32 * MIB, 16, 256),
        source: `${TELUM_TALK} (32 MB a core); 16 ways assumed`,
        latency: assumed(19, `${TELUM_TALK} (3.8 ns). ${TELUM_II}`),
      },
      {
        ...unified("L3", 256 * MIB, 16, 256),
        source: `${TELUM_TALK} (virtual, 8 L2s of a chip); 16 ways assumed`,
        latency: assumed(62, `${TELUM_TALK} (12 ns average at 5.2 GHz)`),
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
        source: `${A53_BOOK} (8 to 64 KB, 2 ways, 64 B)`,
        latency: assumed(3, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(32 * KIB, 4, 64),
        source: `${A53_BOOK} (8 to 64 KB, 2 or 4 ways, 64 B)`,
        latency: documented(3, "Arm's timings in LLVM, AArch64SchedA53"),
      },
      {
        ...unified("L2", 512 * KIB, 16, 64),
        inclusion: "exclusive",
        source: "AMD UG1085, Zynq UltraScale+ TRM (16 ways); 128 KB to 2 MB, " +
          "data allocated when it leaves the L1: Arm DDI 0500, not seen",
        latency: documented(16, `${A53_BOOK} (13 more than the L1)`),
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
    // No 32-bit PowerPC is among the presets: the same lines and latencies.
    defaultOf: ["ilp32_lpae", "ilp32_be"],
    name: "cortex_a7",
    title: "Arm Cortex-A7 (32 KiB L1, 512 KiB L2), 32-bit with LPAE",
    levels: [
      {
        ...instructions(32 * KIB, 2, 32),
        source: `${A7_MANUAL}, 2.1.1 and 6.6.2 (2 ways, 32 B)`,
        latency: assumed(3, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(32 * KIB, 4, 64),
        source: `${A7_MANUAL}, 6.1, not seen (8 to 64 KB, 4 ways, 64 B)`,
        latency: assumed(3, "load-to-use of an 8-stage in-order core"),
      },
      {
        ...unified("L2", 512 * KIB, 8, 64),
        source: `${A7_MANUAL}, 7.1, not seen (128 KB to 1 MB, 8 ways, 64 B)`,
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
    defaultOf: ["ilp32", "ilp32_pae"],
    name: "pentium3",
    title: "Intel Pentium III (Coppermine), i686 with PAE",
    levels: [
      {
        ...instructions(16 * KIB, 4, 32),
        source: `${P3_CPUID} (08h: 16 KB, 4 ways, 32 B)`,
        latency: assumed(3, "as the L1 data cache; fetch hides it"),
      },
      {
        ...data(16 * KIB, 4, 32),
        source: `${P3_CPUID} (0Ch: 16 KB, 4 ways, 32 B)`,
        latency: assumed(3, "Intel 245127, P6 family, not seen"),
      },
      {
        ...unified("L2", 256 * KIB, 8, 32),
        source: `${P3_CPUID} (82h: 256 KB, 8 ways, 32 B)`,
        latency: assumed(7, "the on-die L2 with its 256-bit bus"),
      },
    ],
    memory: assumed(110, "about 110 ns at 1 GHz, PC133 SDRAM"),
    notes: [NO_PREFETCH, LRU_ASSUMED],
  },
];

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

function measured(cycles: number, source: string): CacheLatency {
  return { cycles, basis: "measured", source };
}

function assumed(cycles: number, source: string): CacheLatency {
  return { cycles, basis: "assumed", source };
}
