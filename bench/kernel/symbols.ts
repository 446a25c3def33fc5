/**
 * Symbols of a running kernel: what /proc/kallsyms of the guest said, or a
 * System.map where the kernel has no CONFIG_KALLSYMS_ALL.
 *
 * Kernel addresses are numbers here, counted from 0xffff800000000000 on, the
 * lowest one of x86-64 with four levels of page tables: they stay exact.
 */
import { lastNotBehind } from "./last_not_behind.ts";

/** Lowest kernel address, as a bigint. */
export const KERNEL_BASE = 0xffff_8000_0000_0000n;

/**
 * Returns a kernel address as a number.
 *
 * @param low Its lower 32 bits, as they come.
 * @param high Its upper 32 bits.
 * @returns Bytes above `KERNEL_BASE`; for anything else -1 less the lower bits,
 * which `lowWord()` gives back.
 */
export function kernelAddress(low: number, high: number): number {
  const above = (high >>> 0) - 0xffff_8000;
  return above < 0 ? -1 - (low >>> 0) : above * 0x1_0000_0000 + (low >>> 0);
}

/** The kernel's image is mapped from here on (__START_KERNEL_map). */
export const IMAGE_BASE: number = kernelAddress(0x8000_0000, 0xffff_ffff);

/** Returns the lower 32 bits of what `kernelAddress()` made. */
export function lowWord(address: number): number {
  return address < 0 ? -1 - address : address % 0x1_0000_0000;
}

export interface KernelSymbol {
  readonly name: string;
  /** Bytes above `KERNEL_BASE`, or from 0 for one of a CPU's own data. */
  readonly at: number;
  /** Its module; empty for the kernel itself. */
  readonly module: string;
}

export class Symbols {
  readonly #sorted: readonly KernelSymbol[];
  readonly #perCpu: readonly KernelSymbol[];
  readonly #byName = new Map<string, KernelSymbol>();

  /**
   * @param text Lines of kallsyms or System.map: address, type, name, module.
   * @throws {SyntaxError} If there is none with an address.
   */
  constructor(text: string) {
    const sorted: KernelSymbol[] = [];
    const perCpu: KernelSymbol[] = [];
    for (const line of text.split("\n")) {
      const [address = "", type = "", name = "", module = ""] = line.split(
        /[ \t]/,
      );
      if (address.length !== 16 || name === "") continue;
      const low = Number.parseInt(address.slice(8), 16);
      const high = Number.parseInt(address.slice(0, 8), 16);
      if (Number.isNaN(low) || Number.isNaN(high)) continue;
      const inKernel = high >= 0xffff_8000;
      const symbol = {
        name,
        at: inKernel ? kernelAddress(low, high) : high * 2 ** 32 + low,
        module: module.replace(/^\[|\]$/g, ""),
      };
      // Labels of sections and of the ORC unwinder are not objects.
      if (/^__(start|stop|end)_|^__pfx_/.test(name)) continue;
      if (inKernel) sorted.push(symbol);
      else if (/[aAdDbBvV]/.test(type)) perCpu.push(symbol);
      if (!this.#byName.has(name)) this.#byName.set(name, symbol);
    }
    if (sorted.every(({ at }) => at === sorted[0]?.at)) {
      throw new SyntaxError(
        `Cannot read the kernel's symbols: ${sorted.length} of them have an ` +
          `address, expected those of a kernel (CONFIG_KALLSYMS_ALL, or ` +
          `--symbols System.map)`,
      );
    }
    this.#sorted = sorted.toSorted((a, b) => a.at - b.at);
    this.#perCpu = perCpu.toSorted((a, b) => a.at - b.at);
  }

  find(name: string): number | undefined {
    return this.#byName.get(name)?.at;
  }

  /**
   * Finds what an address belongs to.
   *
   * @param at Bytes above `KERNEL_BASE`.
   * @returns The last symbol that does not begin after it.
   */
  at(at: number): KernelSymbol | undefined {
    return lastNotBehind(this.#sorted, at, (symbol) => symbol.at);
  }

  /**
   * Finds what an offset in a CPU's own data belongs to.
   *
   * @param offset Bytes from the beginning of that data.
   * @returns The last symbol that does not begin after it.
   */
  perCpu(offset: number): KernelSymbol | undefined {
    return lastNotBehind(this.#perCpu, offset, (symbol) => symbol.at);
  }
}

/**
 * Refuses symbols of another kernel than the one that ran: their addresses
 * would name other functions.
 *
 * @param given Lines of a System.map.
 * @param own Text of the guest's kallsyms; empty if the kernel has none.
 * @throws {TypeError} If it has no symbols, or they are elsewhere.
 */
export function checkSameKernel(
  given: string,
  option: "--symbols" | "--vmlinux",
  own: string,
): void {
  const [expected, found] = [addressesOf(own), addressesOf(given)];
  const refuse = (what: string) =>
    new TypeError(
      `Cannot use the symbols of ${option}: ${what}, expected those of the ` +
        `kernel that is booted`,
    );
  if (found.size === 0) throw refuse("there is no function's address");
  let [same, other] = [0, 0];
  let example = "";
  for (const [name, address] of found) {
    const at = expected.get(name);
    if (at === undefined) continue;
    if (at === address) same++;
    else if (++other === 1) example = `${name} is at ${address}, not at ${at}`;
  }
  // A few differ: static functions of one name, and code that is thrown away.
  if (other > same) throw refuse(example);
}

/** Addresses of functions by name, the first of each. */
function addressesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (
    const [, address = "", name = ""] of text.matchAll(
      /^([0-9a-f]{16}) [tT] (\S+)$/gm,
    )
  ) {
    if (!found.has(name)) found.set(name, address);
  }
  return found;
}
