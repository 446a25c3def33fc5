/**
 * The ABIs that a layout is placed for: sizes, alignment and byte order that
 * the C compiler uses, and where the kernel keeps its `struct page` array.
 */
import { checkString } from "./value_text.ts";

/** What the C compiler and the kernel fix about memory on one architecture. */
export interface Abi {
  /** Name on the command line, such as `lp64`. */
  readonly name: string;
  /** One line for listings. */
  readonly title: string;
  /** The target triple for clang. */
  readonly target: string;
  /** Size of a pointer in bytes. */
  readonly pointerBytes: 4 | 8;
  /** Size of `long` and `size_t` in bytes. */
  readonly longBytes: 4 | 8;
  /** Size of `phys_addr_t` and `dma_addr_t` in bytes. */
  readonly physBytes: 4 | 8;
  /** Alignment of `u64` in a struct, in bytes: 4 on i386 only. */
  readonly u64AlignBytes: 4 | 8;
  /** Alignment of `__attribute__((aligned))` without a number, in bytes. */
  readonly mostAlignBytes: 8 | 16;
  /** Whether an unnamed bit-field aligns its struct, as in the ARM ABI. */
  readonly unnamedBitsAlign: boolean;
  /** Whether the least significant byte comes first. */
  readonly littleEndian: boolean;
  /** Bits of a physical address that the machine can have. */
  readonly physBits: number;
  /** Size of `struct page` in bytes (oracle/structs). */
  readonly pageStructBytes: number;
  /** Virtual address of the `struct page` of physical address 0. */
  readonly pageArrayBase: bigint;
}

/** Bytes of a page, on every ABI here. */
export const PAGE_BYTES = 4096;

// x86-64 with five-level paging puts vmemmap at 0xffd4000000000000
// (Documentation/arch/x86/x86_64/mm.rst): only that array is large enough for
// 52-bit physical addresses.
const VMEMMAP = 0xffd4_0000_0000_0000n;
// With FLATMEM, mem_map is in low memory, which starts at 0xc0000000.
const MEM_MAP = 0xc100_0000n;

/**
 * All ABIs, in the order of listings.
 *
 * @example Where a physical address has 8 bytes
 * ```ts
 * import { abis } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const wide = abis.filter((abi) => abi.physBytes === 8);
 * assertEquals(wide.map(({ name }) => name).includes("ilp32_pae"), true);
 * ```
 */
export const abis: readonly Abi[] = Object.freeze([
  abi({
    name: "lp64",
    title: "64-bit, little-endian (x86-64, arm64)",
    target: "x86_64-linux-gnu",
  }),
  abi({
    name: "lp64_be",
    title: "64-bit, big-endian (s390x)",
    target: "s390x-linux-gnu",
    littleEndian: false,
    mostAlignBytes: 8,
  }),
  abi({
    ...bits32("i386-linux-gnu"),
    name: "ilp32",
    title: "32-bit, 32-bit physical (i386)",
    u64AlignBytes: 4,
    pageStructBytes: 40,
  }),
  abi({
    ...bits32("i386-linux-gnu"),
    name: "ilp32_pae",
    title: "32-bit, PAE (i386: u64 aligned 4)",
    physBytes: 8,
    physBits: 36,
    u64AlignBytes: 4,
    pageStructBytes: 40,
  }),
  abi({
    ...bits32("armv7-linux-gnueabihf"),
    name: "ilp32_lpae",
    title: "32-bit, LPAE (ARM: u64 aligned 8)",
    physBytes: 8,
    physBits: 40,
    mostAlignBytes: 8,
    unnamedBitsAlign: true,
  }),
  abi({
    ...bits32("powerpc-linux-gnu"),
    name: "ilp32_be",
    title: "32-bit, big-endian (powerpc)",
    littleEndian: false,
  }),
]);

/**
 * Finds an ABI by its name.
 *
 * @param name The name, such as `lp64`.
 * @returns The ABI.
 * @throws {RangeError} If there is none of that name.
 *
 * @example The size of a physical address
 * ```ts
 * import { findAbi } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findAbi("ilp32_pae").physBytes, 8);
 * assertEquals(findAbi("ilp32_pae").pointerBytes, 4);
 * ```
 */
export function findAbi(name: string): Abi {
  checkString("find ABI", "name", name);
  const found = abis.find((abi) => abi.name === name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find ABI "${name}", expected one of: ${
        abis.map((abi) => abi.name).join(", ")
      }`,
    );
  }
  return found;
}

function abi(given: Partial<Abi> & Pick<Abi, "name" | "title" | "target">) {
  return Object.freeze<Abi>({
    pointerBytes: 8,
    longBytes: 8,
    physBytes: 8,
    u64AlignBytes: 8,
    mostAlignBytes: 16,
    unnamedBitsAlign: false,
    littleEndian: true,
    physBits: 52,
    pageStructBytes: 64,
    pageArrayBase: VMEMMAP,
    ...given,
  });
}

function bits32(target: string) {
  return {
    target,
    pointerBytes: 4,
    longBytes: 4,
    physBytes: 4,
    physBits: 32,
    pageStructBytes: 36,
    pageArrayBase: MEM_MAP,
  } as const;
}
