import { assertEquals } from "@std/assert";
import type { ElfMachine } from "../../../../bench/native/count/elf.ts";
import { instructionKind } from "../../../../bench/native/count/instruction_kind.ts";

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.split(" "), (byte) => parseInt(byte, 16));
}

/** Encodings as objdump prints them for code that gcc 12 made of the path. */
const BRANCHES: readonly (readonly [ElfMachine, string, string])[] = [
  ["x86_64", "74 0a", "je"],
  ["x86_64", "0f 84 b7 00 00 00", "je, far"],
  ["x86_64", "eb 05", "jmp"],
  ["x86_64", "e9 00 01 00 00", "jmp, far"],
  ["x86_64", "e8 a0 fb ff ff", "call"],
  ["x86_64", "41 ff d4", "call *%r12"],
  ["x86_64", "3e ff e0", "notrack jmp *%rax"],
  ["x86_64", "c3", "ret"],
  ["x86_64", "f3 c3", "repz ret"],
  ["i386", "75 f3", "jne"],
  ["i386", "c2 04 00", "ret $4"],
  ["arm", "07 00 00 0a", "beq"],
  ["arm", "fe ff ff eb", "bl"],
  ["arm", "1e ff 2f e1", "bx lr"],
  ["arm", "33 ff 2f e1", "blx r3"],
  ["arm", "f0 8f bd e8", "pop {r4-r11, pc}"],
  ["arm", "04 f0 9d e4", "pop {pc}"],
  ["arm", "0e f0 a0 e1", "mov pc, lr"],
  ["aarch64", "c0 03 5f d6", "ret"],
  ["aarch64", "41 00 00 54", "b.ne"],
  ["aarch64", "60 00 00 b4", "cbz"],
  ["aarch64", "40 00 00 37", "tbnz"],
  ["aarch64", "00 00 00 94", "bl"],
  ["ppc", "41 82 00 10", "beq"],
  ["ppc", "48 00 00 01", "bl"],
  ["ppc", "42 00 ff f0", "bdnz"],
  ["ppc", "4e 80 00 20", "blr"],
  ["ppc", "4e 80 04 21", "bctrl"],
  ["s390", "a7 84 00 10", "je"],
  ["s390", "a7 26 ff f0", "brct"],
  ["s390", "a7 37 ff f0", "brctg"],
  ["s390", "c0 f4 00 00 00 10", "jg"],
  ["s390", "c0 e5 00 00 00 10", "brasl"],
  ["s390", "07 fe", "br %r14"],
  ["s390", "ec 12 00 08 80 64", "cgrje"],
];

const OTHERS: readonly (readonly [ElfMachine, string, string])[] = [
  ["x86_64", "48 89 e5", "mov %rsp,%rbp"],
  ["x86_64", "0f b6 07", "movzbl (%rdi),%eax"],
  ["x86_64", "0f 44 c2", "cmove"],
  ["x86_64", "ff 77 08", "push 8(%rdi)"],
  ["x86_64", "0f 94 c0", "sete"],
  ["arm", "04 30 9d e5", "ldr r3, [sp, #4]"],
  ["arm", "03 00 53 e1", "cmp r3, r3"],
  ["arm", "f0 4f 2d e9", "push"],
  ["arm", "91 00 00 e0", "mul"],
  ["ppc", "7c 08 02 a6", "mflr"],
  ["ppc", "4c 00 01 2c", "isync"],
  ["s390", "e3 10 20 00 00 04", "lg"],
  ["s390", "c0 10 00 00 00 10", "larl"],
  ["s390", "a7 18 00 01", "lhi"],
  ["s390", "ec 12 00 0c 00 d9", "aghik"],
];

Deno.test("instructionKind() knows branches, calls and returns", () => {
  for (const [machine, hex, name] of BRANCHES) {
    const { isBranch } = instructionKind(machine, bytes(hex));
    assertEquals([name, isBranch], [name, true]);
  }
});

Deno.test("instructionKind() takes nothing else for a branch", () => {
  for (const [machine, hex, name] of OTHERS) {
    const { isBranch } = instructionKind(machine, bytes(hex));
    assertEquals([name, isBranch], [name, false]);
  }
});

Deno.test("instructionKind() tells memory that is changed in place", () => {
  const modifies = (hex: string) =>
    instructionKind("x86_64", bytes(hex)).modifiesMemory;
  // Opcodes of callgrind's counts of the path that are one store there.
  assertEquals(modifies("83 2f 01"), true); // subl $1,(%rdi)
  assertEquals(modifies("48 01 05 70 9d 0a 00"), true); // add %rax,x(%rip)
  assertEquals(modifies("66 41 83 4c 05 14 01"), true); // orw
  assertEquals(modifies("80 08 02"), true); // orb $2,(%rax)
  assertEquals(modifies("ff 07"), true); // incl (%rdi)
  assertEquals(modifies("f7 1f"), true); // negl (%rdi)
  assertEquals(modifies("0f ab 07"), true); // bts %eax,(%rdi)
  assertEquals(modifies("83 3f 01"), false); // cmpl $1,(%rdi)
  assertEquals(modifies("89 07"), false); // mov %eax,(%rdi)
  assertEquals(modifies("83 c0 01"), false); // add $1,%eax
  assertEquals(modifies("03 07"), false); // add (%rdi),%eax
  assertEquals(modifies("ff 77 08"), false); // push
});

Deno.test("instructionKind() knows that bts and bt of registers reach no memory", () => {
  const isRegisterOnly = (hex: string) =>
    instructionKind("x86_64", bytes(hex)).isRegisterOnly;
  // callgrind has two stores and a load for each: a spill of its own.
  assertEquals(isRegisterOnly("4c 0f ab f0"), true); // bts %r14,%rax
  // A store and a load.
  assertEquals(isRegisterOnly("44 0f a3 c1"), true); // bt %r8d,%ecx
  assertEquals(isRegisterOnly("0f a3 07"), false); // bt %eax,(%rdi)
  assertEquals(isRegisterOnly("89 c8"), false); // mov %ecx,%eax
});

Deno.test("instructionKind() tells what the emulator does not of mvc", () => {
  assertEquals(
    instructionKind("s390", bytes("d2 07 10 00 20 00")).untold,
    { loads: 1, stores: 1 },
  );
});

Deno.test("instructionKind() reads no further than the bytes go", () => {
  for (const machine of ["x86_64", "i386", "arm", "ppc", "s390"] as const) {
    for (const cut of ["", "0f", "66", "a7", "ec"]) {
      const own = cut === "" ? new Uint8Array(0) : bytes(cut);
      assertEquals(instructionKind(machine, own).isBranch, false);
    }
  }
});
