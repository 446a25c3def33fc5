import { assertEquals } from "@std/assert";
import {
  type Boot,
  bootFailure,
  qemuArguments,
} from "../../../bench/kernel/boot.ts";

const WELL = {
  output: { code: 0, success: true, signal: null } as Deno.CommandOutput,
  stderr: "",
  console: "LAB: measuring\n",
  late: false,
  timeoutS: 60,
};

Deno.test("failureOf() is silent if the guest came to its end", () => {
  assertEquals(bootFailure(WELL), undefined);
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
        // What the kernel lost counts more than how it ended.
        {
          console: "LAB-WRONG: workload w: byte 1 differs\n" +
            "Kernel panic - not syncing: Attempted to kill init!\n",
        },
        "workload w: byte 1 differs",
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
  ) assertEquals(bootFailure({ ...WELL, ...part }), reason);
});

Deno.test("qemuArguments() has no network, and a disk that keeps, forgets or fails", () => {
  const boot: Boot = {
    folder: "/t",
    kernel: "/k",
    initramfs: "/t/initramfs",
    plugin: "/t/plugin.so",
    append: "nvme.sgl_threshold=0",
    verifyDisk: "file",
    latencyNs: 5000,
    timeoutS: 1,
    mostTraceBytes: 1,
    signal: new AbortController().signal,
  };
  const drive = (verifyDisk: Boot["verifyDisk"]) =>
    qemuArguments({ ...boot, verifyDisk }).find((word) =>
      word.endsWith("id=verify")
    );
  assertEquals(drive("file"), "driver=file,filename=/t/disk,if=none,id=verify");
  assertEquals(
    drive("zeroes"),
    "driver=null-co,size=134217728,read-zeroes=on,if=none,id=verify",
  );
  assertEquals(drive("errors")?.includes("inject-error.0.iotype=read"), true);
  const words = qemuArguments(boot).join(" ");
  for (const part of ["-nic none", "-nodefaults", "latency-ns=5000"]) {
    assertEquals(words.includes(part), true, part);
  }
});
