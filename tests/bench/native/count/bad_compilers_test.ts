/** Compilers that are missing, hang or compile nothing. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { preparePath } from "../../../../bench/native/count/dump.ts";
import type { MachineCodeCounter } from "../../../../bench/native/count/machine_code.ts";
import { toolchainOf } from "../../../../bench/native/count/toolchain.ts";
import { findVariants } from "../../../../bench/native/count/variants.ts";
import { NativeEngineError } from "../../../../bench/native/error.ts";
import { inFolder } from "../../lab_in_process.ts";
import {
  assertOneLine,
  CACHE,
  HANG,
  LP64,
  OPTIONS,
  refusal,
  script,
  start,
  toolchain,
  versioned,
  WINDOW,
} from "./bad_programs.ts";
import { tell } from "./counted_paths.ts";

Deno.test("without a compiler one line names what to install", async () => {
  assertEquals(
    await refusal({
      compilers: ["s390x-no-such-gcc"],
      packages: "gcc-s390x-linux-gnu qemu-user",
    }),
    "Cannot count the machine code of lp64: there is no s390x-no-such-gcc, " +
      "expected it in PATH (Debian: apt install gcc-s390x-linux-gnu qemu-user)",
  );
});

Deno.test("a compiler that compiles nothing is left out, in one line", async () => {
  await inFolder(async (folder) => {
    const broken = await script(
      folder,
      "broken-cc",
      versioned("broken-cc 1", "echo 'error: no target' >&2\nexit 1"),
    );
    const { variants, complaints } = await findVariants(
      toolchain({ compilers: [broken, "cc"] }),
      { cacheDir: CACHE },
    );
    assertEquals(new Set(variants.map(({ cc }) => cc)), new Set(["cc"]));
    assertEquals(complaints, [
      `Cannot compile with "${broken}": error: no target, expected no error`,
    ]);
  });
});

Deno.test("a compiler that cannot build the path leaves the others' builds", async () => {
  await inFolder(async (folder) => {
    const broken = await script(
      folder,
      "broken-cc",
      versioned(
        "broken-cc 1",
        'case "$*" in *probe.c*) exec cc "$@";; esac\n' +
          "echo 'error: no target' >&2\nexit 1",
      ),
    );
    const valgrind = toolchainOf(LP64).programs?.valgrind ?? "valgrind";
    let counter: MachineCodeCounter;
    try {
      counter = await start({
        ...{ compilers: [broken, "cc"], qemu: "qemu-x86_64" },
        programs: { perf: "none", valgrind },
      });
    } catch (error) {
      assert(error instanceof NativeEngineError);
      tell(`${error.message}`);
      return;
    }
    const { machineCode, complaints } = await counter.count(
      preparePath(OPTIONS, WINDOW),
    );
    const [complaint = "", ...others] = complaints;
    assertEquals(others, []);
    assertOneLine(complaint);
    // Both of its builds, and what is wrong with them.
    assertStringIncludes(complaint, `${broken}: broken-cc 1, -O2; ${broken}`);
    assertStringIncludes(complaint, "error: no target, expected no error");
    assertEquals(machineCode.builds.length, 2);
    assertStringIncludes(machineCode.compiler, "cc: ");
  });
});

Deno.test("a compiler that hangs is left out, in one line", async () => {
  await inFolder(async (folder) => {
    const hanging = await script(
      folder,
      "hanging-cc",
      HANG,
    );
    const { variants, complaints } = await findVariants(
      toolchain({ compilers: [hanging] }),
      { timeoutMs: 1000 },
    );
    assertEquals(variants, []);
    assertEquals(complaints.length, 1);
    assertOneLine(complaints[0] ?? "");
    assertStringIncludes(complaints[0] ?? "", "has not ended after 1 s");
  });
});
