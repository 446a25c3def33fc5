/**
 * Recognition by address: which provider's BAR a physical address is in
 * (blockspec 3.5, strategy S4). The contract; `sorted_ranges.ts` and
 * `maple_ranges.ts` keep it.
 */

/** Answer of a lookup: the address is in no range. */
export const NO_PROVIDER: number = -1;

export interface ProviderRange {
  /** First CPU physical address. */
  readonly startPhys: bigint;
  /** Size in bytes, 1 or more. */
  readonly sizeBytes: number;
  /** The provider's number, 0 or more. */
  readonly provider: number;
}

/** A registry of P2P ranges in simulated memory. */
export interface RangeLookup {
  /**
   * Finds the provider of an address.
   *
   * @returns The provider's number, or `NO_PROVIDER`.
   */
  lookup(physLo: number, physHi: number): number;
  /** Takes all ranges of a provider out; no later lookup returns it. */
  unregister(provider: number): void;
}

/** A range as halves of first and last address. */
export interface RangeHalves {
  /** Low half of the first address. */
  readonly firstLo: number;
  /** High half of the first address. */
  readonly firstHi: number;
  /** Low half of the last address. */
  readonly lastLo: number;
  /** High half of the last address. */
  readonly lastHi: number;
  readonly provider: number;
}

/**
 * Sorts ranges by address, in halves.
 *
 * @returns The ranges, ascending.
 * @throws {RangeError} If two overlap, or one is empty or beyond 64 bits.
 */
export function sortRanges(ranges: readonly ProviderRange[]): RangeHalves[] {
  const sorted = [...ranges].sort((a, b) => a.startPhys < b.startPhys ? -1 : 1);
  let end = 0n;
  return sorted.map(({ startPhys, sizeBytes, provider }) => {
    const last = startPhys + BigInt(sizeBytes) - 1n;
    if (startPhys < end || sizeBytes < 1 || last >> 64n !== 0n) {
      throw new RangeError(
        `Cannot register ${sizeBytes} bytes at 0x${
          startPhys.toString(16)
        }: found an empty range or an overlap, expected disjoint ranges below 2^64`,
      );
    }
    end = last + 1n;
    return {
      firstLo: Number(BigInt.asIntN(32, startPhys)),
      firstHi: Number(BigInt.asIntN(32, startPhys >> 32n)),
      lastLo: Number(BigInt.asIntN(32, last)),
      lastHi: Number(BigInt.asIntN(32, last >> 32n)),
      provider,
    };
  });
}

/** Compares two unsigned 64-bit numbers given as halves. */
export function isBelow(
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
): boolean {
  return aHi === bHi ? (aLo >>> 0) < (bLo >>> 0) : (aHi >>> 0) < (bHi >>> 0);
}
