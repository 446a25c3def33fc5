import { assertEquals } from "@std/assert";
import { machineWords } from "../../../bench/report/machine_words.ts";

Deno.test("machineWords() names what is known of the machine and leaves out the rest", () => {
  assertEquals(
    machineWords({
      cpuModel: "Example 9000",
      cpuCount: 8,
      deno: "2.9.6",
      v8Flags: "--a=1,--b",
      compiler: null,
      commit: "0123456789abcdef0123456789abcdef01234567",
    }),
    "Example 9000, 8 CPUs, Deno 2.9.6, V8 with --a=1 --b, commit 0123456789ab",
  );
  assertEquals(machineWords({ v8Flags: "", commit: null }), "");
});

Deno.test("machineWords() prints names of strangers printably", () => {
  assertEquals(
    machineWords({ cpuModel: "a\u001b[2Jb" }).includes("\u001b"),
    false,
  );
});
