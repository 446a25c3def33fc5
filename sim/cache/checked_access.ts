/**
 * One reference at a time, as a program writes it: an address as one number,
 * and every argument looked at. Traces go through `run()`.
 */
import { describeValue } from "../../layouts/value_text.ts";
import {
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

const KINDS: readonly unknown[] = Object.values(REFERENCE_KIND);

/** What takes checked references and hands them on as halves. */
export abstract class CheckedAccess {
  /** The fast form of `access()`, which looks at nothing. */
  abstract accessHalves(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void;

  /** Takes the references of a batch from one index up to another. */
  protected accessEach(batch: ReferenceBatch, from: number, end: number): void {
    const { addressLo, addressHi, sizeAndKind } = batch;
    for (let at = from; at < end; at++) {
      const meta = sizeAndKind[at] as number;
      this.accessHalves(
        addressLo[at] as number,
        addressHi[at] as number,
        meta >>> 2,
        meta & 3,
      );
    }
  }

  access(
    address: bigint | number,
    sizeBytes: number,
    kind: number,
    ...others: readonly unknown[]
  ): void {
    if (others.length > 0) {
      throw new TypeError(
        `Cannot access the caches: found ${3 + others.length} arguments, ` +
          `expected address, sizeBytes and kind (accessHalves() takes an ` +
          `address in two halves)`,
      );
    }
    const isWhole = typeof address === "bigint"
      ? address >= 0n && address < 1n << 64n
      : Number.isSafeInteger(address) && address >= 0;
    if (!isWhole) {
      throw refusal(
        "address",
        address,
        "a whole number from 0, or a bigint below 2^64",
        typeof address === "bigint" || typeof address === "number",
      );
    }
    if (
      !Number.isInteger(sizeBytes) || sizeBytes < 1 ||
      sizeBytes > LARGEST_REFERENCE_BYTES
    ) {
      throw refusal(
        "sizeBytes",
        sizeBytes,
        `a whole number from 1 to ${LARGEST_REFERENCE_BYTES}`,
        typeof sizeBytes === "number",
      );
    }
    if (!KINDS.includes(kind)) {
      throw refusal(
        "kind",
        kind,
        `a REFERENCE_KIND: ${
          Object.entries(REFERENCE_KIND).map(([name, value]) =>
            `${value} (${name})`
          ).join(", ")
        }`,
        typeof kind === "number",
      );
    }
    const whole = BigInt(address);
    this.accessHalves(
      Number(BigInt.asIntN(32, whole)),
      Number(BigInt.asIntN(32, whole >> 32n)),
      sizeBytes,
      kind,
    );
  }
}

function refusal(
  what: string,
  found: unknown,
  expected: string,
  isOutside: boolean,
): Error {
  const text = `Cannot access the caches: found ${what} ` +
    `${describeValue(found)}, expected ${expected}`;
  return isOutside ? new RangeError(text) : new TypeError(text);
}
