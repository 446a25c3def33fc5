import { assertEquals, assertThrows } from "@std/assert";
import {
  checkSameKernel,
  kernelAddress,
  lowWord,
  Symbols,
} from "../../../bench/kernel/symbols.ts";

Deno.test("kernelAddress() counts from the lowest kernel address", () => {
  assertEquals(kernelAddress(0, 0xffff_8000), 0);
  // 0xffffffff80000000 - 0xffff800000000000 = 0x7fff80000000
  assertEquals(kernelAddress(0x8000_0000, 0xffff_ffff), 0x7fff_8000_0000);
});

Deno.test("lowWord() gives small values back, which are no addresses", () => {
  for (const value of [0, 1, 32, 0xffff_ffff]) {
    assertEquals(kernelAddress(value, 0) < 0, true);
    assertEquals(lowWord(kernelAddress(value, 0)), value);
  }
  assertEquals(lowWord(kernelAddress(0x1234, 0xffff_8880)), 0x1234);
});

const TEXT = [
  "0000000000000000 A __per_cpu_start",
  "000000000001fb40 A current_task",
  "ffffffff81000000 T _text",
  "ffffffff81000100 T bio_init",
  "ffffffff81000100 T __pfx_bio_init",
  "ffffffff81000180 t bio_free",
  "ffffffffc0201000 t nvme_irq\t[nvme]",
].join("\n");

Deno.test("Symbols finds functions by address, with their module", () => {
  const symbols = new Symbols(TEXT);
  const at = (low: number) => symbols.at(kernelAddress(low, 0xffff_ffff));
  assertEquals(at(0x8100_017f)?.name, "bio_init");
  assertEquals(at(0x8100_0180)?.name, "bio_free");
  assertEquals(at(0xc020_1004)?.module, "nvme");
  assertEquals(symbols.at(0), undefined);
});

Deno.test("Symbols keeps a CPU's own data apart", () => {
  const symbols = new Symbols(TEXT);
  assertEquals(symbols.perCpu(0x1fb47)?.name, "current_task");
  assertEquals(symbols.find("current_task"), 0x1fb40);
});

Deno.test("Symbols refuses a list whose addresses are hidden", () => {
  assertThrows(
    () => new Symbols("0000000000000000 T _text\n0000000000000000 t bio_init"),
    SyntaxError,
    "expected those of a kernel (CONFIG_KALLSYMS_ALL, or --symbols System.map)",
  );
});

Deno.test("checkSameKernel() refuses symbols of another kernel", () => {
  const own = "ffffffff81000100 T bio_init\nffffffff81000180 t bio_free\n" +
    "ffffffff81000300 t show";
  const refused = (given: string, message: string) =>
    assertThrows(
      () => checkSameKernel(given, "--symbols", own),
      TypeError,
      `Cannot use the symbols of --symbols: ${message}, expected those of ` +
        `the kernel that is booted`,
    );
  checkSameKernel(own, "--symbols", own);
  // Static functions of one name may come in another order.
  checkSameKernel(own.replace("300", "400"), "--symbols", own);
  // A kernel without kallsyms has nothing to compare with.
  checkSameKernel(own, "--symbols", "");
  refused(
    own.replaceAll("ffff810001", "ffff810002"),
    "bio_init is at ffffffff81000200, not at ffffffff81000100",
  );
  // Debian's System.map is one line.
  refused(
    "ffffffffffffffff B The real System.map is in the -dbg package\n",
    "there is no function's address",
  );
  refused("", "there is no function's address");
});
