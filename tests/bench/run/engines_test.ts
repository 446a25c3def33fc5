import { assertEquals, assertRejects } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import {
  chooseEngines,
  type EngineOptions,
} from "../../../bench/run/engines.ts";

const LP64 = findAbi("lp64");

function options(change: Partial<EngineOptions>): EngineOptions {
  return {
    engine: "both",
    abis: [LP64],
    kernel: "7.2",
    submitter: "user",
    recognitions: ["page"],
    machine: PLAIN_MACHINE,
    workers: 1,
    devices: 0,
    ...change,
  };
}

Deno.test("chooseEngines() gives each ABI the engines that it can have", async () => {
  const ilp32 = findAbi("ilp32");
  const { of, compiler, warnings } = await chooseEngines(
    options({ abis: [LP64, ilp32] }),
  );
  assertEquals(of(LP64), ["js", "native"]);
  assertEquals(of(ilp32), ["js"]);
  assertEquals(compiler?.startsWith("cc: "), true);
  assertEquals(warnings.map(({ code }) => code), ["no-native-engine"]);
});

Deno.test("chooseEngines() asks nothing of the machine for engine js", async () => {
  const { of, compiler } = await chooseEngines(
    options({ engine: "js", cc: "no-such-compiler" }),
  );
  assertEquals([of(LP64), compiler], [["js"], null]);
});

Deno.test("chooseEngines() goes on without a compiler only for both", async () => {
  const without = options({ cc: "no-such-compiler" });
  const { of, compiler, warnings } = await chooseEngines(without);
  assertEquals([of(LP64), compiler], [["js"], null]);
  assertEquals(
    warnings[0]?.message,
    'Cannot run C compiler "no-such-compiler": there is no such program, ' +
      "expected one in PATH, such as gcc or clang",
  );
  await assertRejects(
    () => chooseEngines({ ...without, engine: "native" }),
    NativeEngineError,
    "no-such-compiler",
  );
});

Deno.test("chooseEngines() refuses what is not in C", async () => {
  await assertRejects(
    () => chooseEngines(options({ engine: "native", workers: 2 })),
    NativeEngineError,
    "Cannot run engine native with workers 2",
  );
  await assertRejects(
    () => chooseEngines(options({ engine: "native", submitter: "pagecache" })),
    NativeEngineError,
    "--submitter pagecache, expected user, registered or kernel",
  );
});

Deno.test({
  name: "chooseEngines() names permissions and does not ask for them",
  permissions: { read: true, run: false, ffi: false, write: true, env: false },
  fn: async () => {
    const { warnings } = await chooseEngines(options({}));
    assertEquals(
      warnings[0]?.message,
      "Cannot run engine native: --allow-run=cc and --allow-ffi are missing, " +
        "expected them as in deno task lab:native",
    );
  },
});

Deno.test({
  name:
    "chooseEngines() says that a compiler may be missing where Deno may run none",
  permissions: {
    read: true,
    run: ["clang"], // as Deno has it where PATH has no other
    ffi: true,
    write: true,
    env: ["HOME", "XDG_CACHE_HOME"],
  },
  fn: async () => {
    const { warnings } = await chooseEngines(options({ cc: "no-such-cc" }));
    assertEquals(
      warnings[0]?.message,
      'Cannot run C compiler "no-such-cc": it is not in PATH, or the ' +
        "permission is missing, expected a program in PATH and " +
        "--allow-run=no-such-cc (deno task lab:native has it for cc, gcc, clang)",
    );
  },
});
