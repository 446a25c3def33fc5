import { assertEquals } from "@std/assert";
import { abis } from "../../../layouts/abi.ts";
import { defaultCpu } from "../../../sim/cache/presets.ts";

Deno.test("defaultCpu() gives every ABI a CPU that runs it", () => {
  assertEquals(
    Object.fromEntries(
      abis.map((abi) => [abi.name, defaultCpu(abi.name).name]),
    ),
    {
      "lp64": "zen4",
      "lp64_be": "z16",
      "ilp32": "pentium3",
      "ilp32_pae": "pentium3",
      "ilp32_lpae": "cortex_a7",
      "ilp32_be": "cortex_a7",
    },
  );
});
