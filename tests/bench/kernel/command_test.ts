/**
 * How a run ends that does not come to a result, with shell scripts in place of
 * QEMU and cc: what a guest says and how QEMU ends is all that matters here.
 */
import { assert, assertEquals } from "@std/assert";
import { inFolder } from "../lab_in_process.ts";
import { kernelResultFile } from "./kernel_result_file.ts";
import { labKernel } from "./lab_kernel.ts";

/** The head of a bzImage of 6.1.0. */
function image(): Uint8Array {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("HdrS"), 0x202);
  view.setUint16(0x20e, 0x300, true);
  view.setUint16(0x236, 1, true);
  bytes.set(new TextEncoder().encode("6.1.0 (a@b) #1 SMP"), 0x500);
  return bytes;
}

const COMMAND = `${import.meta.dirname}/../../../bench/kernel/command.ts`;

/** A compiler that makes empty files. */
const CC = `while [ $# -gt 0 ]; do
  [ "$1" = -o ] && : > "$2"
  shift
done`;

/** A QEMU whose guest says some lines; then comes the rest of the script. */
const qemu = (says: readonly string[], rest = "") =>
  `[ "$1" = --version ] && echo QEMU emulator version 7.2.22 && exit
while [ $# -gt 0 ]; do
  case "$1" in file:*) console="\${1#file:}" ;; esac
  shift
done
printf '%s\\n' ${says.map((line) => `'${line}'`).join(" ")} > "$console"
${rest}`;

interface Tools {
  readonly qemu?: string;
  readonly cc?: string;
}

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly complaints: string;
}

/**
 * Runs with these programs and no others, in a process of its own, since PATH
 * is all threads'; nothing may be left behind.
 */
async function running(
  tools: Tools,
  args: (kernel: string) => readonly string[],
  onComplaint: (child: Deno.ChildProcess, text: string) => void = () => {},
): Promise<Ended> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.mkdir(`${folder}/tmp`);
    const programs = { "qemu-system-x86_64": tools.qemu, cc: tools.cc };
    for (const [name, script] of Object.entries(programs)) {
      if (script === undefined) continue;
      const path = `${folder}/bin/${name}`;
      await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const kernel = `${folder}/bzImage`;
    await Deno.writeFile(kernel, image());
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--allow-read", "--allow-write"],
        ...["--allow-env=NO_COLOR", "--allow-run=qemu-system-x86_64,cc"],
        COMMAND,
        ...args(kernel),
      ],
      env: { PATH: `${folder}/bin`, TMPDIR: `${folder}/tmp` },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let complaints = "";
    const reading = (async () => {
      const decoder = new TextDecoderStream();
      for await (const part of child.stderr.pipeThrough(decoder)) {
        complaints += part;
        onComplaint(child, complaints);
      }
    })();
    const [{ code }, out] = await Promise.all([
      child.status,
      new Response(child.stdout).text(),
      reading,
    ]);
    const left = await Array.fromAsync(Deno.readDir(`${folder}/tmp`));
    assertEquals(left, []);
    return { status: code, out, complaints };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs and gives status and complaint, which is one line. */
async function ending(tools: Tools, ...args: string[]) {
  const { status, out, complaints } = await running(
    tools,
    (kernel) => ["run", "--kernel", kernel, "--quiet", ...args],
  );
  assertEquals(out, "");
  assertEquals(complaints.trimEnd().split("\n").length, 1, complaints);
  return [status, complaints] as const;
}

Deno.test("a run without QEMU or a compiler says what to install", async () => {
  assertEquals(await ending({ cc: CC }), [
    2,
    "lab:kernel: Cannot run qemu-system-x86_64: it is not installed, expected " +
    "QEMU 7.2 or later with plugins (Debian: apt install qemu-system-x86)\n",
  ]);
  assertEquals(await ending({ qemu: qemu([]) }), [
    2,
    "lab:kernel: Cannot run cc: it is not installed, expected a C compiler " +
    "(Debian: apt install gcc libc6-dev)\n",
  ]);
});

Deno.test("a QEMU that is too old is refused", async () => {
  const [status, complaint] = await ending({
    qemu: "echo QEMU emulator version 6.2.0",
    cc: CC,
  });
  assertEquals(status, 2);
  assert(complaint.includes("it is of version 6.2.0, expected"), complaint);
});

Deno.test("a compiler's error is told", async () => {
  const [status, complaint] = await ending({
    qemu: qemu([]),
    cc: "echo 'guest.c:1: error: no libc' >&2; exit 1",
  });
  assertEquals(status, 2);
  assert(complaint.includes("guest.c:1: error: no libc"), complaint);
});

Deno.test("a kernel that loses data ends the run with status 1", async () => {
  const says = [
    "LAB: init of 6.1.0",
    "nvme1n1: I/O Error",
    "LAB-WRONG: workload b: byte 1 of buffer 0 is 0x00, expected 0x1f",
  ];
  assertEquals(await ending({ qemu: qemu(says), cc: CC }), [
    1,
    "lab:kernel: Cannot measure the kernel: workload b: byte 1 of buffer 0 is " +
    "0x00, expected 0x1f; its console ended: nvme1n1: I/O Error\n",
  ]);
});

Deno.test("whatever else a guest ends with is one line and status 2", async () => {
  for (
    const [says, rest, reason] of [
      [["LAB-ERROR: no NVMe disk appeared in 30 s"], "", "no NVMe disk"],
      [
        ["Kernel panic - not syncing: VFS: Unable to mount root fs", "</TASK>"],
        "",
        "the guest's kernel panicked: VFS: Unable to mount root fs; its " +
        "console ended: Kernel panic - not syncing: VFS",
      ],
      [["LAB: init of 6.1.0"], "kill -9 $$", "QEMU was ended by SIGKILL"],
      [[""], "echo could not load >&2; exit 1", "status 1: could not load"],
      [[""], "", "the guest's kernel ended before it measured anything"],
      // It came to its end, and left nothing that could be read.
      [["LAB: measuring"], "", "the guest handed nothing out"],
    ] as const
  ) {
    const [status, complaint] = await ending({
      qemu: qemu(says, rest),
      cc: CC,
    });
    assertEquals(status, 2, complaint);
    assert(complaint.startsWith("lab:kernel: Cannot "), complaint);
    assert(complaint.includes(reason), complaint);
  }
});

Deno.test("a guest that hangs is ended", async () => {
  const [status, complaint] = await ending(
    { qemu: qemu(["LAB: init of 6.1.0"], "exec /bin/sleep 1000"), cc: CC },
    ...["--timeout", "1"],
  );
  assertEquals(status, 2);
  assert(complaint.includes("did not come to its end in 1 s"), complaint);
});

Deno.test("an interrupt ends the guest, and leaves nothing behind", async () => {
  let interrupted = false;
  const { status, out, complaints } = await running(
    {
      qemu: qemu(["LAB: init of 6.1.0"], "exec /bin/sleep 1000"),
      cc: CC,
    },
    (kernel) => ["run", "--kernel", kernel],
    (child, text) => {
      if (interrupted || !text.includes("booting 6.1.0 under QEMU")) return;
      interrupted = true;
      child.kill("SIGINT");
    },
  );
  assertEquals([status, out], [130, ""], complaints);
});

Deno.test("an interrupt before the boot is not lost", async () => {
  const { status, out, complaints } = await running(
    {
      qemu: qemu(["LAB: init of 6.1.0"], "exec /bin/sleep 1000"),
      // The compiler interrupts whoever called it.
      cc: `kill -INT $PPID\n${CC}`,
    },
    (kernel) => ["run", "--kernel", kernel],
  );
  assertEquals([status, out], [130, ""], complaints);
});

Deno.test("wrong words are refused before anything is started", async () => {
  await inFolder(async (folder) => {
    const kernel = `${folder}/bzImage`;
    await Deno.writeFile(kernel, image());
    for (
      const [args, reason] of [
        [["--workload", "nope"], 'Cannot find workload "nope", expected all'],
        [["--controller", "x"], "expected one of: prp, sgl"],
        [["--verify-disk", "x"], "expected one of: file, zeroes, errors"],
        [["--timeout", "0"], "expected a time from 1 to 86400 s"],
        [["--latency", "2s"], "expected a time from 0"],
        [["--name", ""], "expected 1 to 64 printable characters"],
        [
          ["--btf", kernel, "--vmlinux", kernel],
          "Cannot use --btf with --vmlinux",
        ],
        [["--btf", kernel], "expected raw BTF (0xeb9f) or an ELF file"],
        [["--symbols", kernel], "there is no function's address"],
        [["--symbols", "/nowhere"], "Cannot read /nowhere: no such file"],
        [["--modules", "/nowhere"], "Cannot read modules in /nowhere"],
        [["--out", "/nowhere/x"], 'Cannot write "/nowhere/x"'],
        [["--kernel", "/nowhere"], "Cannot read kernel /nowhere: no such file"],
      ] as const
    ) {
      const { status, out, complaints } = await labKernel([
        ...["run", "--kernel", kernel, ...args],
      ]);
      assertEquals([status, out], [2, ""], complaints);
      assert(complaints.includes(reason), complaints);
    }
  });
});

Deno.test("compare prints a screen, or writes a mail and JSON", async () => {
  await inFolder(async (folder) => {
    const base = `${folder}/base.json`;
    const patched = `${folder}/patched.json`;
    const text = JSON.stringify(kernelResultFile());
    await Deno.writeTextFile(base, text);
    await Deno.writeTextFile(
      patched,
      text.replace('"bio_vec":16', '"bio_vec":12'),
    );
    const compare = (...args: string[]) =>
      labKernel(["compare", base, patched, ...args]);
    const screen = await compare();
    assertEquals([screen.status, screen.complaints], [0, ""]);
    assert(screen.out.includes("Sizes in bytes: struct bio_vec 16 -> 12."));
    for (const line of screen.out.split("\n")) assert(line.length <= 80, line);
    const mail = await compare("--mail", "-", "--json", `${folder}/c.json`);
    assertEquals([mail.status, mail.complaints], [0, ""]);
    assert(mail.out.includes("Sizes: struct bio_vec 16 -> 12."), mail.out);
    const json = JSON.parse(await Deno.readTextFile(`${folder}/c.json`));
    assertEquals(json.sizes[0].patched, 12);
    const both = await compare(
      "--mail",
      `${folder}/m`,
      "--html",
      `${folder}/h`,
    );
    assertEquals(both.out, screen.out);
    assertEquals(await Deno.readTextFile(`${folder}/m`), mail.out);
    const page = await Deno.readTextFile(`${folder}/h`);
    assert(
      page.includes(
        ">struct bio_vec</th><td>16</td><td>12</td><td>-4</td><td>0</td></tr>",
      ),
      page,
    );
    // Nothing is loaded from anywhere: links lead into the page, or are data.
    assertEquals(
      /\bsrc=|href="(?!#|data:)|url\((?!#)|@import|<script/i.exec(
        page.replaceAll(/base64,[^"]*"/g, '"'),
      ),
      null,
    );
  });
});

Deno.test("compare refuses files that are none, or that it would replace", async () => {
  await inFolder(async (folder) => {
    const base = `${folder}/base.json`;
    await Deno.writeTextFile(base, JSON.stringify(kernelResultFile()));
    for (
      const [args, reason] of [
        [[base], "found no patched, expected one"],
        [[base, `${folder}/none`], "none: no such file, expected a result"],
        [[base, import.meta.filename ?? ""], "line 1, column 1: found"],
        [
          [base, base, "--mail", "-", "--json", "-"],
          "more than one of --json, --mail",
        ],
        [[base, base, "--mail", base], "base"],
        [[base, base, "--mail", `${folder}/x/y`], "is not a directory"],
      ] as const
    ) {
      const { status, out, complaints } = await labKernel(["compare", ...args]);
      assertEquals([status, out], [2, ""], complaints);
      assertEquals(complaints.trimEnd().split("\n").length, 1, complaints);
      assert(complaints.includes(reason), complaints);
    }
  });
});
