import { assertEquals, assertThrows } from "@std/assert";
import {
  ELF_MACHINES,
  ElfFile,
  type ElfMachine,
} from "../../../../bench/native/count/elf.ts";
import { smallElf } from "./small_elf.ts";

const MACHINES = Object.keys(ELF_MACHINES) as ElfMachine[];

Deno.test("ElfFile reads both classes and both orders of bytes", () => {
  for (const machine of MACHINES) {
    const elf = new ElfFile(smallElf({
      machine,
      address: 0x10000,
      text: "01 02 03 04 05",
      symbols: ["counted", "counting_ends"],
    }));
    assertEquals(elf.machine, machine);
    assertEquals(elf.textBytes, 5);
    assertEquals(elf.addressOf("counted"), 0x10000);
    assertEquals(elf.addressOf("counting_ends"), 0x10001);
    // The beginning of a name is not the name.
    assertEquals(elf.addressOf("counting"), undefined);
    assertEquals([...elf.bytesAt(0x10003, 16)], [4, 5]);
    assertEquals([...elf.bytesAt(0x10005, 16)], []);
    assertEquals([...elf.bytesAt(0xffff, 1)], []);
  }
});

Deno.test("ElfFile refuses what is no program, and what is cut", () => {
  const whole = smallElf({ machine: "x86_64", address: 0, text: "c3" });
  assertThrows(
    () => new ElfFile(new Uint8Array(10)),
    TypeError,
    'Cannot read ELF: 10 bytes begin otherwise, expected 0x7f "ELF"',
  );
  assertThrows(
    () => new ElfFile(whole.subarray(0, whole.length - 40)),
    TypeError,
    "Cannot read ELF: it is truncated, expected the whole file",
  );
  const strange = whole.slice();
  strange[18] = 0xf3;
  assertThrows(
    () => new ElfFile(strange),
    TypeError,
    "it is for machine 243, expected one of: i386, ppc",
  );
});
