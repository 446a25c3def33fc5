import { assertEquals } from "@std/assert";
import { machineWarnings } from "../../../bench/setup/machine_warnings.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";

Deno.test("machineWarnings() says what a timed path leaves out", () => {
  const codes = (machine: Parameters<typeof machineWarnings>[0]) =>
    machineWarnings(machine, defaultMemoryMap(true)).map(({ code }) => code);
  const plain = { sgl: false, iommu: false };
  assertEquals(codes(plain), []);
  assertEquals(codes({ ...plain, dmaMaskBits: 33 }), []);
  assertEquals(codes({ ...plain, dmaMaskBits: 32 }), ["untimed-copies"]);
  assertEquals(codes({ ...plain, dmaMaskBits: 32, iommu: true }), []);
  assertEquals(codes({ ...plain, forceBounce: true, integrity: "t10" }), [
    "untimed-copies",
    "untimed-guards",
  ]);
});
