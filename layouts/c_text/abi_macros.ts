/**
 * Macros that kernel headers use in structs, with what they are on an ABI:
 * attributes, annotations, the endianness of bit-fields, and the members that
 * `struct_group()` groups (include/linux/stddef.h, compiler_attributes.h).
 */
import { type Abi, abis } from "../abi.ts";
import { type Macro, textMacro } from "./macros.ts";

/** The same on every ABI; name with parameters, then what it is. */
const COMMON: readonly (readonly [string, string])[] = [
  ["__packed", "__attribute__((packed))"],
  ["__aligned(x)", "__attribute__((aligned(x)))"],
  ["__aligned_largest", "__attribute__((aligned))"],
  ["____cacheline_aligned", "__attribute__((aligned(64)))"],
  ["____cacheline_aligned_in_smp", "__attribute__((aligned(64)))"],
  ["____cacheline_internodealigned_in_smp", "__attribute__((aligned(64)))"],
  ["__cacheline_aligned", "__attribute__((aligned(64)))"],
  ["__cacheline_aligned_in_smp", "__attribute__((aligned(64)))"],
  ["CACHELINE_PADDING(name)", "struct { char x[0]; } __aligned(64) name;"],
  ["ZONE_PADDING(name)", "struct { char x[0]; } __aligned(64) name;"],
  ["CRYPTO_MINALIGN_ATTR", "__attribute__((aligned(64)))"],
  // Annotations that take no room.
  ...[
    ...["__rcu", "__user", "__iomem", "__percpu", "__force", "__kernel"],
    ...["__bitwise", "__bitwise__", "__nocast", "__private", "__safe"],
    ...["__must_hold", "__read_mostly", "__ro_after_init", "__refdata"],
    ...["__designated_init", "__no_randomize_layout", "__maybe_unused"],
    ...["__randomize_layout", "randomized_struct_fields_start", "__nonstring"],
    ...["randomized_struct_fields_end", "__deprecated", "__may_alias"],
    ...["__extension__", "__restrict", "__restrict__", "__counted_by_ptr"],
  ].map((name) => [name, ""] as const),
  ["__counted_by(member)", ""],
  ["__counted_by_le(member)", ""],
  ["__counted_by_be(member)", ""],
  ["__guarded_by(x...)", ""],
  ["__pt_guarded_by(x...)", ""],
  ["__must_be_held(x...)", ""],
  ["__const", "const"],
  ["__const__", "const"],
  ["__volatile__", "volatile"],
  ["__signed__", "signed"],
  ["__signed", "signed"],
  ["__inline__", "inline"],
  ["__attribute", "__attribute__"],
  ["__alignof__(x)", "_Alignof(x)"],
  // include/uapi/linux/stddef.h
  [
    "__struct_group(TAG, NAME, ATTRS, MEMBERS...)",
    "union { struct { MEMBERS } ATTRS; struct TAG { MEMBERS } ATTRS NAME; } ATTRS",
  ],
  ["struct_group(NAME, MEMBERS...)", "__struct_group(, NAME, , MEMBERS)"],
  [
    "struct_group_attr(NAME, ATTRS, MEMBERS...)",
    "__struct_group(, NAME, ATTRS, MEMBERS)",
  ],
  [
    "struct_group_tagged(TAG, NAME, MEMBERS...)",
    "__struct_group(TAG, NAME, , MEMBERS)",
  ],
  [
    "DECLARE_FLEX_ARRAY(TYPE, NAME)",
    "struct { struct { } __empty_ ## NAME; TYPE NAME[]; }",
  ],
  [
    "__DECLARE_FLEX_ARRAY(TYPE, NAME)",
    "struct { struct { } __empty_ ## NAME; TYPE NAME[]; }",
  ],
  ["BITS_TO_LONGS(n)", "(((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)"],
  ["DECLARE_BITMAP(name, bits)", "unsigned long name[BITS_TO_LONGS(bits)]"],
  ["DIV_ROUND_UP(n, d)", "(((n) + (d) - 1) / (d))"],
  ["BIT(n)", "(1UL << (n))"],
  ["BITS_PER_BYTE", "8"],
  ["BITS_PER_LONG_LONG", "64"],
  ["PAGE_SHIFT", "12"],
  ["PAGE_SIZE", "4096"],
  ["SECTOR_SHIFT", "9"],
  ["SECTOR_SIZE", "512"],
  ["SMP_CACHE_BYTES", "64"],
  ["L1_CACHE_BYTES", "64"],
  ["TASK_COMM_LEN", "16"],
  ["__KERNEL__", "1"],
  ["__GNUC__", "12"],
  ["__linux__", "1"],
  ["LINUX_VERSION_CODE", "0x70200"],
  ["CONFIG_SMP", "1"],
  ["CONFIG_MMU", "1"],
  ["CONFIG_BLOCK", "1"],
];

const SHARED: readonly Macro[] = COMMON.map(([name, body]) =>
  textMacro(name, body)
);

const BY_ABI = new WeakMap<Abi, ReadonlyMap<string, Macro>>();

export function abiMacros(abi: Abi): ReadonlyMap<string, Macro> {
  const known = BY_ABI.get(abi);
  if (known !== undefined) return known;
  const made = makeMacros(abi);
  BY_ABI.set(abi, made);
  return made;
}

function makeMacros(abi: Abi): Map<string, Macro> {
  const wide = abi.longBytes === 8;
  const { littleEndian } = abi;
  const order = littleEndian ? "LITTLE" : "BIG";
  const machine = abi.target.split("-")[0] ?? "";
  const own: (readonly [string, string])[] = [
    ["BITS_PER_LONG", wide ? "64" : "32"],
    ["__BITS_PER_LONG", wide ? "64" : "32"],
    ["__SIZEOF_POINTER__", String(abi.pointerBytes)],
    ["__SIZEOF_LONG__", String(abi.longBytes)],
    ["__ORDER_LITTLE_ENDIAN__", "1234"],
    ["__ORDER_BIG_ENDIAN__", "4321"],
    ["__BYTE_ORDER__", littleEndian ? "1234" : "4321"],
    ["__BYTE_ORDER", littleEndian ? "1234" : "4321"],
    [`__${order}_ENDIAN`, littleEndian ? "1234" : "4321"],
    [`__${order}_ENDIAN_BITFIELD`, "1"],
    [wide ? "CONFIG_64BIT" : "CONFIG_32BIT", "1"],
    [`CONFIG_CPU_${order}_ENDIAN`, "1"],
    ...(wide ? [["__LP64__", "1"], ["_LP64", "1"]] as const : []),
    ...(abi.physBytes === 8
      ? [
        ["CONFIG_PHYS_ADDR_T_64BIT", "1"],
        ["CONFIG_ARCH_DMA_ADDR_T_64BIT", "1"],
      ] as const
      : []),
    ...(MACHINES[machine] ?? []).map((name) => [name, "1"] as const),
    ...(abi.name === "ilp32_pae" ? [["CONFIG_X86_PAE", "1"] as const] : []),
    ...(abi.name === "ilp32_lpae" ? [["CONFIG_ARM_LPAE", "1"] as const] : []),
  ];
  return new Map([
    ...SHARED.map((macro) => [macro.name, macro] as const),
    ...own.map(([name, body]) => [name, textMacro(name, body)] as const),
  ]);
}

/** What the compiler and Kconfig define for each machine of `abi.target`. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  "x86_64": ["CONFIG_X86", "CONFIG_X86_64", "__x86_64__"],
  i386: ["CONFIG_X86", "CONFIG_X86_32", "__i386__"],
  armv7: ["CONFIG_ARM", "__arm__"],
  s390x: ["CONFIG_S390", "__s390__", "__s390x__"],
  powerpc: ["CONFIG_PPC", "CONFIG_PPC32", "__powerpc__"],
};

/** Names that distinguish ABIs, defined on some of them or on none. */
export const ABI_NAMES: ReadonlySet<string> = new Set([
  ...abis.flatMap((abi) => {
    const shared = new Set(SHARED.map(({ name }) => name));
    return [...abiMacros(abi).keys()].filter((name) => !shared.has(name));
  }),
  ...["CONFIG_ARM64", "__aarch64__", "CONFIG_PPC64", "__powerpc64__"],
  ...["CONFIG_RISCV", "__riscv", "CONFIG_MIPS", "CONFIG_SPARC", "CONFIG_ALPHA"],
  ...["CONFIG_LOONGARCH", "CONFIG_M68K", "CONFIG_PARISC", "CONFIG_SUPERH"],
  ...["__ILP32__", "CONFIG_X86_X32_ABI", "__s390_31__", "_MSC_VER"],
  ...["__CHECKER__", "__GENKSYMS__", "__ASSEMBLY__", "__ASSEMBLER__"],
  ...["__cplusplus", "CONFIG_COMPAT_32BIT_TIME"],
]);
