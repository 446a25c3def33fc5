/**
 * What an instruction does to the flow and to memory, decoded from its bytes.
 * Tools give how often each address was executed; whether it is a branch, as a
 * CPU's branch counter defines it (taken or not, including calls and returns),
 * is decided here, the same for all tools.
 */
import type { ElfMachine } from "./elf.ts";

export interface InstructionKind {
  /** Whether it is a jump, call or return, taken or not. */
  readonly isBranch: boolean;
  /** Whether it reads and writes the same memory, such as `add %eax,(%rdi)`. */
  readonly modifiesMemory: boolean;
  /** Whether it accesses no memory, though a tool may have one for it. */
  readonly isRegisterOnly: boolean;
  /**
   * Loads and stores of one execution by helpers of the emulator, which it does
   * not report to plugins; nothing if all are reported.
   */
  readonly untold?: { readonly loads: number; readonly stores: number };
}

const OTHER: InstructionKind = {
  isBranch: false,
  modifiesMemory: false,
  isRegisterOnly: false,
};
const BRANCH: InstructionKind = { ...OTHER, isBranch: true };

/** @param bytes Its bytes in memory order; more may follow. */
export function instructionKind(
  machine: ElfMachine,
  bytes: Uint8Array,
): InstructionKind {
  switch (machine) {
    case "x86_64":
      return x86(bytes, true);
    case "i386":
      return x86(bytes, false);
    case "arm":
      return branchIf(isArmBranch(word(bytes, true)));
    case "aarch64":
      return branchIf(isAarch64Branch(word(bytes, true)));
    case "ppc":
      return branchIf(isPpcBranch(word(bytes, false)));
    case "s390":
      return s390(bytes);
  }
}

function branchIf(isBranch: boolean): InstructionKind {
  return isBranch ? BRANCH : OTHER;
}

function word(bytes: Uint8Array, littleEndian: boolean): number {
  if (bytes.length < 4) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset, 4)
    .getUint32(0, littleEndian);
}

/** Legacy prefixes: lock, repeats, segments, operand and address size. */
const X86_PREFIXES: ReadonlySet<number> = new Set([
  ...[0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66, 0x67],
]);

/** Intel's manual, volume 2, appendix A: opcode maps and extensions. */
function x86(bytes: Uint8Array, is64: boolean): InstructionKind {
  let at = 0;
  while (
    X86_PREFIXES.has(bytes[at] as number) ||
    (is64 && (bytes[at] as number) >>> 4 === 4)
  ) at++;
  const isLong = bytes[at] === 0x0f;
  const opcode = bytes[isLong ? at + 1 : at] ?? 0;
  const modrm = bytes[at + (isLong ? 2 : 1)] ?? 0;
  const extension = modrm >>> 3 & 7;
  if (isLong ? (opcode & 0xf0) === 0x80 : isShortBranch(opcode, extension)) {
    return BRANCH;
  }
  const isRegisterOnly = modrm >>> 6 === 3;
  const modifies = isLong
    ? modifiesLong(opcode, extension)
    : modifiesShort(opcode, extension);
  if (!modifies) {
    // bt reads as bts writes: callgrind has a spill of its own for registers.
    const isBitTest = isLong && opcode === 0xa3;
    return isBitTest && isRegisterOnly ? { ...OTHER, isRegisterOnly } : OTHER;
  }
  return isRegisterOnly
    ? { ...OTHER, isRegisterOnly }
    : { ...OTHER, modifiesMemory: true };
}

function isShortBranch(opcode: number, extension: number): boolean {
  return (opcode & 0xf0) === 0x70 || // jcc
    (opcode >= 0xe0 && opcode <= 0xe3) || // loop, jcxz
    opcode === 0xe8 || opcode === 0xe9 || opcode === 0xeb || // call, jmp
    opcode === 0xc2 || opcode === 0xc3 || // ret
    (opcode === 0xff && extension >= 2 && extension <= 5); // call, jmp
}

function modifiesShort(opcode: number, extension: number): boolean {
  return (opcode < 0x38 && (opcode & 7) < 2) || // add to xor
    (opcode >= 0x80 && opcode <= 0x83 && extension !== 7) || // all but cmp
    opcode === 0x86 || opcode === 0x87 || // xchg
    opcode === 0xc0 || opcode === 0xc1 || // shifts
    (opcode >= 0xd0 && opcode <= 0xd3) ||
    ((opcode === 0xf6 || opcode === 0xf7) &&
      (extension === 2 || extension === 3)) || // not, neg
    ((opcode === 0xfe || opcode === 0xff) && extension < 2); // inc, dec
}

function modifiesLong(opcode: number, extension: number): boolean {
  return opcode === 0xab || opcode === 0xb3 || opcode === 0xbb || // bts, r, c
    (opcode === 0xba && extension >= 5) ||
    opcode === 0xa4 || opcode === 0xa5 || // shld
    opcode === 0xac || opcode === 0xad || // shrd
    opcode === 0xb0 || opcode === 0xb1 || // cmpxchg
    opcode === 0xc0 || opcode === 0xc1; // xadd
}

/** ARM's manual (A32): what writes the program counter. */
function isArmBranch(insn: number): boolean {
  if ((insn & 0x0e000000) === 0x0a000000) return true; // b, bl, blx
  if ((insn & 0x0fffffd0) === 0x012fff10) return true; // bx, blx register
  if ((insn & 0x0e108000) === 0x08108000) return true; // ldm with pc
  if ((insn & 0x0c10f000) === 0x0410f000) {
    // ldr pc, except for the media instructions and the hints of prefetching
    return (insn >>> 28) !== 15 && (insn & 0x02000010) !== 0x02000010;
  }
  // Data processing with pc as its result: mov, add, sub.
  return (insn & 0x0c00f000) === 0x0000f000 && (insn >>> 28) !== 15 &&
    (insn & 0x01900000) !== 0x01100000 && // tests have no result
    (insn & 0x02000090) !== 0x00000090; // multiplies, halfword accesses
}

/** ARM's manual (A64): branches, exceptions aside. */
function isAarch64Branch(insn: number): boolean {
  return (insn & 0x7c000000) === 0x14000000 || // b, bl
    (insn & 0xff000010) >>> 0 === 0x54000000 || // b.cond
    (insn & 0x7e000000) === 0x34000000 || // cbz, cbnz
    (insn & 0x7e000000) === 0x36000000 || // tbz, tbnz
    (insn & 0xfe000000) >>> 0 === 0xd6000000; // br, blr, ret
}

/** Power ISA: b, bc, and bclr and bcctr among opcode 19. */
function isPpcBranch(insn: number): boolean {
  const opcode = insn >>> 26;
  if (opcode === 16 || opcode === 18) return true;
  const extended = insn >>> 1 & 0x3ff;
  return opcode === 19 && (extended === 16 || extended === 528);
}

/**
 * Branches of z/Architecture by first byte, and by whatever else identifies
 * them.
 */
const S390_BRANCHES: ReadonlySet<number> = new Set([
  ...[0x05, 0x06, 0x07, 0x0d, 0x45, 0x46, 0x47, 0x4d, 0x84, 0x85, 0x86, 0x87],
]);
/** Second half-byte of instructions that begin with 0xa7 or 0xc0. */
const S390_RELATIVE: ReadonlySet<number> = new Set([4, 5, 6, 7]);
/** Last byte of those that begin with 0xec: compare and branch. */
const S390_COMPARE: ReadonlySet<number> = new Set([
  ...[0x44, 0x45, 0x64, 0x65, 0x76, 0x77, 0x7c, 0x7d, 0x7e, 0x7f],
  ...[0xe4, 0xe5, 0xf6, 0xf7, 0xfc, 0xfd, 0xfe, 0xff],
]);
const S390_MOVE = { ...OTHER, untold: { loads: 1, stores: 1 } };

function s390(bytes: Uint8Array): InstructionKind {
  const [first = 0, second = 0] = bytes;
  const last = bytes[5] ?? 0;
  if (first === 0xd2) return S390_MOVE; // mvc
  const isBranch = S390_BRANCHES.has(first) ||
    (first === 0xa7 && S390_RELATIVE.has(second & 15)) ||
    (first === 0xc0 && (second & 14) === 4) || // brcl, brasl
    (first === 0xcc && (second & 15) === 6) || // brcth
    (first === 0xec && S390_COMPARE.has(last)) ||
    (first === 0xeb && (last === 0x44 || last === 0x45)) || // bxhg, bxleg
    (first === 0xe3 && (last === 0x46 || last === 0x47)); // bctg, bic
  return branchIf(isBranch);
}
