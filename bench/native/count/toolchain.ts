/**
 * What builds the path for an ABI and what runs it: compilers by name, flags of
 * the machine, flags of its kernels, and QEMU's program for it. Names are those
 * of Debian's packages.
 */
import type { Abi } from "../../../layouts/abi.ts";
import type { ElfMachine } from "./elf.ts";

/** A machine that has an ABI. */
export interface Toolchain {
  readonly machine: ElfMachine;
  /** Compilers, the one that is preferred first. */
  readonly compilers: readonly string[];
  /** Flags that choose the machine. */
  readonly flags: readonly string[];
  /** Flags of the kernel's own build for it, the machine's aside. */
  readonly kernelFlags: readonly string[];
  /** Builds that differ by more than the compiler: name and flags. */
  readonly more?:
    readonly (readonly [name: string, flags: readonly string[]])[];
  /** QEMU's user emulation of it. */
  readonly qemu: string;
  /** Another program in the place of `perf` or `valgrind`. */
  readonly programs?: { readonly perf?: string; readonly valgrind?: string };
  /** Whether programs run on this computer itself, without QEMU. */
  readonly runsHere: boolean;
  /** What to install, for a message. */
  readonly packages: string;
}

/**
 * Flags of every kernel build that compilers have in common (Makefile of Linux
 * 6.12): what a compiler may assume, and how C is read.
 */
const KERNEL_FLAGS: readonly string[] = [
  "-fshort-wchar",
  "-funsigned-char",
  "-fno-common",
  "-fno-PIE",
  "-fno-delete-null-pointer-checks",
  "-fno-stack-protector",
  "-fno-strict-overflow",
  "-fno-asynchronous-unwind-tables",
  "-fomit-frame-pointer",
];

/**
 * arch/x86/Makefile: no vector registers, no red zone. The stack stays aligned
 * to 16 bytes, as in programs, and thunks of mitigations are left out.
 */
const X86_64_KERNEL: readonly string[] = [
  ...KERNEL_FLAGS,
  ...["-mno-sse", "-mno-mmx", "-mno-avx", "-mno-80387", "-mno-red-zone"],
  "-fcf-protection=none",
];

const BY_ABI: Readonly<
  Record<string, Omit<Toolchain, "runsHere" | "compilers"> & { prefix: string }>
> = {
  "lp64": {
    prefix: "",
    machine: "x86_64",
    flags: [],
    kernelFlags: X86_64_KERNEL,
    qemu: "qemu-x86_64",
    packages: "gcc libc6-dev qemu-user",
  },
  "lp64_be": {
    prefix: "s390x-linux-gnu-",
    machine: "s390",
    flags: [],
    kernelFlags: [...KERNEL_FLAGS, "-msoft-float", "-mpacked-stack"],
    qemu: "qemu-s390x",
    packages: "gcc-s390x-linux-gnu qemu-user",
  },
  "ilp32": {
    prefix: "i686-linux-gnu-",
    machine: "i386",
    flags: [],
    kernelFlags: [
      ...KERNEL_FLAGS,
      ...["-msoft-float", "-mno-sse", "-mno-mmx", "-fcf-protection=none"],
    ],
    qemu: "qemu-i386",
    packages: "gcc-i686-linux-gnu qemu-user",
  },
  "ilp32_lpae": {
    prefix: "arm-linux-gnueabihf-",
    machine: "arm",
    // Debian's armmp kernels are built for ARMv7 and not for Thumb.
    flags: ["-march=armv7-a+fp", "-marm"],
    kernelFlags: KERNEL_FLAGS,
    more: [["strict alignment", ["-mno-unaligned-access"]]],
    qemu: "qemu-arm",
    packages: "gcc-arm-linux-gnueabihf qemu-user",
  },
  "ilp32_be": {
    prefix: "powerpc-linux-gnu-",
    machine: "ppc",
    flags: [],
    kernelFlags: [...KERNEL_FLAGS, "-msoft-float"],
    qemu: "qemu-ppc",
    packages: "gcc-powerpc-linux-gnu qemu-user",
  },
};

/**
 * @param options A compiler that is preferred, and the machine that this is.
 */
export function toolchainOf(
  abi: Abi,
  options: { readonly cc?: string | undefined; readonly arch?: string } = {},
): Toolchain {
  const { arch = Deno.build.arch, cc } = options;
  const name = abi.name === "ilp32_pae" ? "ilp32" : abi.name;
  const found = BY_ABI[name] as typeof BY_ABI[string];
  const { prefix, ...own } = found;
  if (name === "lp64" && arch === "aarch64") {
    return {
      ...own,
      machine: "aarch64",
      compilers: nativeCompilers(cc),
      kernelFlags: [...KERNEL_FLAGS, "-mgeneral-regs-only"],
      qemu: "qemu-aarch64",
      runsHere: true,
    };
  }
  // x86-64 runs programs of i386, too.
  const runsHere = arch === "x86_64" &&
    (own.machine === "x86_64" || own.machine === "i386");
  const compilers = prefix !== ""
    ? [`${prefix}gcc`]
    : runsHere
    ? nativeCompilers(cc)
    : ["x86_64-linux-gnu-gcc"];
  return { ...own, compilers, runsHere };
}

function nativeCompilers(cc: string | undefined): readonly string[] {
  const names = ["gcc", "clang", "cc"];
  return cc === undefined || names.includes(cc) ? names : [cc, ...names];
}
