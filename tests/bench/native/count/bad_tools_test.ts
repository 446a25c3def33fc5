/** Tools that are missing, hang, refuse, crash or lie. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { preparePath } from "../../../../bench/native/count/dump.ts";
import { MachineCodeCounter } from "../../../../bench/native/count/machine_code.ts";
import { NativeEngineError } from "../../../../bench/native/error.ts";
import { inFolder } from "../../lab_in_process.ts";
import {
  assertOneLine,
  CACHE,
  complaintsOf,
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

Deno.test("without a tool one line names what to install", async () => {
  assertEquals(
    await refusal({}),
    "Cannot count the machine code of lp64: no tool is there, expected " +
      "no-such-qemu or valgrind in PATH (Debian: apt install valgrind qemu-user)",
  );
  assertEquals(
    await refusal({}, "valgrind"),
    "Cannot count with no-such-valgrind: it is not installed, expected it in " +
      "PATH (Debian: apt install valgrind)",
  );
  assertEquals(
    await refusal({ runsHere: false, machine: "s390" }, "perf"),
    "Cannot count with perf: the program is for s390, expected no-such-qemu " +
      "for it",
  );
});

Deno.test("counters that the kernel refuses are told by their setting", async () => {
  await inFolder(async (folder) => {
    const perf = await script(
      folder,
      "perf",
      versioned(
        "perf version 6.1",
        "echo 'Access is limited.' >&2\n" +
          "echo 'perf_event_paranoid setting is 4:' >&2\nexit 255",
      ),
    );
    assertEquals(
      await refusal({ programs: { perf, valgrind: "none" } }, "perf"),
      "Cannot count with perf: the kernel refuses counters " +
        "(perf_event_paranoid is 4), expected 2 or less",
    );
  });
});

Deno.test("a QEMU too old for plugins is refused by its version", async () => {
  await inFolder(async (folder) => {
    const qemu = await script(
      folder,
      "qemu",
      versioned("qemu-x86_64 version 3.1.0", "exit 1"),
    );
    assertStringIncludes(
      await refusal({ qemu }, "qemu"),
      '"qemu-x86_64 version 3.1.0", expected version 4.2 or later',
    );
  });
});

const VERSION_7 = "qemu-x86_64 version 7.2.22";

Deno.test("QEMU that refuses the plugin's interface says so", async () => {
  const [complaint = ""] = await complaintsOf(async (folder) => ({
    qemu: await script(
      folder,
      "qemu",
      versioned(
        VERSION_7,
        "echo 'lab-plugin: QEMU offers plugin interface 5 to 6, expected 1' >&2\n" +
          "exit 1",
      ),
    ),
  }));
  assertStringIncludes(
    complaint,
    "QEMU offers plugin interface 5 to 6, expected 1",
  );
});

Deno.test("a program that crashes under a tool is told by its signal", async () => {
  const [complaint = ""] = await complaintsOf(async (folder) => ({
    qemu: await script(folder, "qemu", versioned(VERSION_7, "kill -SEGV $$")),
  }));
  assertStringIncludes(complaint, "it was ended by SIGSEGV");
});

Deno.test("a tool that ends without counts is told so", async () => {
  const [silent = ""] = await complaintsOf(async (folder) => ({
    qemu: await script(folder, "qemu", versioned(VERSION_7, "exit 0")),
  }));
  assertStringIncludes(silent, "it has written nothing, expected counts");
  const [status = ""] = await complaintsOf(async (folder) => ({
    qemu: await script(
      folder,
      "qemu",
      versioned(VERSION_7, "echo 'cannot map 4 GiB' >&2\nexit 7"),
    ),
  }));
  assertStringIncludes(status, "it ended with status 7: cannot map 4 GiB");
});

Deno.test("a tool that hangs is ended, whatever it has started", async () => {
  await inFolder(async (folder) => {
    const runs = `${folder}/runs`;
    // What is compiled takes longer on a busy machine than what is to hang.
    await complaintsOf(async (folder) => ({
      qemu: await script(folder, "qemu", versioned(VERSION_7, "exit 0")),
    }));
    // Its child keeps the pipes open and heeds no SIGTERM.
    const qemu = await script(
      folder,
      "qemu",
      versioned(VERSION_7, `echo >> ${runs}\n${HANG}`),
    );
    const counter = await MachineCodeCounter.start({
      ...{ choice: "qemu", abi: LP64, cacheDir: CACHE },
      toolchain: toolchain({ qemu }),
    });
    const slow = await MachineCodeCounter.start({
      ...{ choice: "qemu", abi: LP64, cacheDir: CACHE },
      ...{ timeoutMs: 2000, toolchain: toolchain({ qemu }) },
    }).catch((error) => {
      // A machine on which the shell itself takes so long is no fault here.
      assert(error instanceof NativeEngineError);
      return undefined;
    });
    assertEquals(counter.tools, ["qemu"]);
    if (slow === undefined) return;
    const error = await assertRejects(
      () => slow.count(preparePath(OPTIONS, WINDOW)),
      NativeEngineError,
    );
    assertOneLine(error.message);
    assertStringIncludes(error.message, "has not ended after 2 s");
    // It is not waited for again: the same error, for all builds.
    const again = await assertRejects(
      () => slow.count(preparePath(OPTIONS, WINDOW)),
      NativeEngineError,
    );
    assertEquals(again.message, error.message);
    assertEquals((await Deno.readTextFile(runs)).trim().split("\n").length, 1);
  });
});

/** Writes what callgrind would, with so many instructions. */
const callgrindOf = (instructions: number) =>
  'for word; do case "$word" in --callgrind-out-file=*)\n' +
  'printf "events: Ir Dr Dw\\n0x401000 ' + instructions +
  ' 0 0\\n" > "${word#*=}";; esac; done';

Deno.test("two tools that differ by more than 0.1 % are not trusted", async () => {
  const found = await complaintsOf(async (folder) => ({
    programs: {
      perf: "none",
      valgrind: await script(
        folder,
        "valgrind",
        versioned("valgrind-3", callgrindOf(1_000_000)),
      ),
    },
    qemu: await script(
      folder,
      "qemu",
      versioned(
        VERSION_7,
        'for word; do case "$word" in *,out=*)\n' +
          'file="${word#*,out=}"; file="${file%%,*}"\n' +
          'printf "401000 1002000 0 0 0 0\\nend\\n" > "$file";; esac; done',
      ),
    ),
  }));
  assertStringIncludes(
    found[0] ?? "",
    "valgrind has 1000000 instructions and qemu 1002000, expected them within " +
      "0.1 %",
  );
});

Deno.test("where one tool fails the other counts, and the failure is told", async () => {
  await inFolder(async (folder) => {
    const counter = await start({
      programs: {
        perf: "none",
        valgrind: await script(
          folder,
          "valgrind",
          versioned("valgrind-3", callgrindOf(256_000)),
        ),
      },
      qemu: await script(folder, "qemu", versioned(VERSION_7, "exit 3")),
    });
    const { machineCode, complaints } = await counter.count(
      preparePath(OPTIONS, WINDOW),
    );
    assertEquals(machineCode.instructionsPerIo, 2000); // of 128 I/Os
    assertEquals(machineCode.unalignedPerIo, null);
    assertEquals(machineCode.tools, ["valgrind-3"]);
    assertStringIncludes(complaints[0] ?? "", "it ended with status 3");
  });
});

Deno.test("perf counts what is between two runs of a program", async () => {
  await inFolder(async (folder) => {
    // 256 I/Os with 1000 instructions each behind 5000 of the start; the first
    // 128 alone. Each run adds some of its own, and the least is taken.
    const perf = await script(
      folder,
      "perf",
      versioned(
        "perf version 6.1",
        `runs=$(cat ${folder}/runs 2>/dev/null || echo 0)\n` +
          `echo $((runs + 1)) > ${folder}/runs\n` +
          'case "$*" in *--warm*) n=133000;; *) n=261000;; esac\n' +
          'echo "$((n + runs % 3)),,instructions:u,1,100.00,," >&2\n' +
          'echo "$((n / 10)),,branches:u,1,100.00,," >&2',
      ),
    );
    const counter = await start(
      { programs: { perf, valgrind: "none" } },
      "perf",
    );
    const { machineCode } = await counter.count(preparePath(OPTIONS, WINDOW));
    assertEquals(Math.round(machineCode.instructionsPerIo), 1000);
    assertEquals(machineCode.branchesPerIo, 100);
    assertEquals(machineCode.loadsPerIo, null);
  });
});
