import { assertEquals } from "@std/assert";
import { failureOf } from "../../../bench/kernel/boot.ts";

const WELL = {
  output: { code: 0, success: true, signal: null } as Deno.CommandOutput,
  stderr: "",
  console: "LAB: measuring\n",
  late: false,
  timeoutS: 60,
};

Deno.test("failureOf() is silent if the guest came to its end", () => {
  assertEquals(failureOf(WELL), undefined);
});

Deno.test("failureOf() names the reason nearest to the cause", () => {
  const code = (value: number, signal: Deno.Signal | null = null) =>
    ({ code: value, success: false, signal }) as Deno.CommandOutput;
  for (
    const [part, reason] of [
      [
        { console: "LAB-ERROR: no NVMe disk appeared\n", late: true },
        "no NVMe disk appeared",
      ],
      [
        { console: "Kernel panic - not syncing: VFS: Unable to mount root\n" },
        "the guest's kernel panicked: VFS: Unable to mount root",
      ],
      [
        { stderr: "lab-plugin: cannot write the trace: disk full?\n" },
        "the plugin gave up: cannot write the trace: disk full?",
      ],
      [
        { output: code(1), stderr: "qemu: -plugin x: invalid option\n" },
        "this QEMU was built without plugins (--enable-plugins): " +
        "qemu: -plugin x: invalid option",
      ],
      [
        { late: true, console: "" },
        "the guest did not come to its end in 60 s (a kernel that does not " +
        "boot or hangs; more time: --timeout)",
      ],
      [
        { output: code(135, "SIGBUS") },
        "QEMU was ended by SIGBUS: no room for the guest's memory, is the " +
        "disk of temporary files full?",
      ],
      [
        { output: code(1), stderr: "could not load kernel\n" },
        "QEMU ended with status 1: could not load kernel",
      ],
      [
        { console: "" },
        "the guest's kernel ended before it measured anything",
      ],
    ] as const
  ) assertEquals(failureOf({ ...WELL, ...part }), reason);
});
