/**
 * The address ranges of a topology: BARs and DRAM may not overlap, neither as
 * the CPU sees them nor as the bus does.
 */
import type { TopologyDescription } from "./topology_description.ts";
import { parsePciAddress } from "./address.ts";
import { refuseTopology, type TopologyPath } from "./topology_error.ts";

const PAGE_BYTES = 4096;
/** x86-64 has at most 52 bits of physical address. */
const PHYS_END = 1n << 52n;

interface NamedRange {
  readonly what: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly path: TopologyPath;
}

/**
 * Checks all address ranges of a topology.
 *
 * @throws {TopologyError} At the first bad or overlapping range.
 */
export function checkAddressRanges(topology: TopologyDescription): void {
  const phys: NamedRange[] = topology.dram.map((range, i) => {
    const path = ["dram", i];
    checkPages("DRAM range", range, path);
    return named(`DRAM ${i}`, range.startPhys, {
      size: range.sizeBytes,
      path,
    });
  });
  const bus = new Map<number, NamedRange[]>();
  topology.functions.forEach((described, i) => {
    const bars = described.bars ?? [];
    (described.providerBars ?? []).forEach((index, j) => {
      if (bars.some((bar) => bar.index === index)) return;
      refuseTopology(
        `provider ${described.address} has no BAR ${index}, expected one of its BARs (${
          bars.map((bar) => bar.index).join(", ") || "it has none"
        })`,
        ["functions", i, "providerBars", j],
      );
    });
    bars.forEach((bar, j) => {
      const path = ["functions", i, "bars", j];
      const what = `BAR ${bar.index} of ${described.address}`;
      if (!(Number.isInteger(bar.index) && bar.index >= 0 && bar.index <= 5)) {
        refuseTopology(`${what} does not exist, expected 0 to 5`, [
          ...path,
          "index",
        ]);
      }
      if (bars.findIndex((other) => other.index === bar.index) !== j) {
        refuseTopology(`${what} is given twice, expected once`, [
          ...path,
          "index",
        ]);
      }
      checkPages(what, bar, path);
      const busAddress = bar.busAddress ?? bar.startPhys;
      if (busAddress < 0n || busAddress % BigInt(PAGE_BYTES) !== 0n) {
        refuseTopology(
          `${what} has bus address ${hex(busAddress)}, expected whole pages`,
          [
            ...path,
            "busAddress",
          ],
        );
      }
      const size = bar.sizeBytes;
      phys.push(named(what, bar.startPhys, { size, path }));
      // Bus addresses need be unique only within a domain.
      const { domain } = parsePciAddress(described.address);
      const list = bus.get(domain) ?? [];
      list.push(named(`bus window of ${what}`, busAddress, { size, path }));
      bus.set(domain, list);
    });
  });
  refuseOverlap(phys);
  for (const list of bus.values()) refuseOverlap(list);
}

function checkPages(
  what: string,
  range: { startPhys: bigint; sizeBytes: number },
  path: TopologyPath,
): void {
  const { startPhys, sizeBytes } = range;
  if (
    !Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 ||
    sizeBytes % PAGE_BYTES !== 0
  ) {
    refuseTopology(
      `${what} has ${sizeBytes} bytes, expected whole pages of 4096`,
      path,
    );
  }
  if (
    startPhys < 0n || startPhys % BigInt(PAGE_BYTES) !== 0n ||
    startPhys + BigInt(sizeBytes) > PHYS_END
  ) {
    refuseTopology(
      `${what} starts at ${hex(startPhys)}, expected whole pages below 2^52`,
      path,
    );
  }
}

function named(
  what: string,
  start: bigint,
  { size, path }: { size: number; path: TopologyPath },
): NamedRange {
  return { what, start, end: start + BigInt(size), path };
}

function refuseOverlap(ranges: readonly NamedRange[]): void {
  // By start, keeping the order of the file for equal ones, so that the
  // range complained about is the later one.
  const sorted = [...ranges].sort((a, b) =>
    a.start < b.start ? -1 : a.start > b.start ? 1 : 0
  );
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1];
    const range = sorted[i];
    if (before === undefined || range === undefined) continue;
    if (range.start < before.end) {
      refuseTopology(
        `${range.what} at ${hex(range.start)} overlaps ${before.what} (${
          hex(before.start)
        } to ${hex(before.end - 1n)}), expected ranges apart`,
        range.path,
      );
    }
  }
}

function hex(value: bigint): string {
  return value < 0n ? String(value) : `0x${value.toString(16)}`;
}
