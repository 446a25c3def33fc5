/**
 * A real boot: Debian's own kernel, where qemu-system-x86, a compiler and a
 * kernel with its modules are installed (.ci/run does). Nothing depends on the
 * host's speed: counts are exact, and the guest has ten minutes.
 */
import { assert, assertEquals } from "@std/assert";
import { compareKernels } from "../../bench/kernel/compare.ts";
import { readKernelResult } from "../../bench/kernel/read_result.ts";
import { labKernel } from "../bench/kernel/lab_kernel.ts";

/** Where .ci/run unpacks a kernel, and where one is installed. */
const ROOTS = [`${import.meta.dirname}/../../out/kernel`, ""];

const WORKLOADS = ["a_4k_uring_fixed", "c_128k_pread_scattered"];

interface Installed {
  readonly kernel: string;
  readonly modules: string;
}

/** A kernel 6.1 of Debian, if it, QEMU and a compiler are there. */
async function installed(): Promise<Installed | undefined> {
  for (const program of ["qemu-system-x86_64", "cc"]) {
    try {
      await new Deno.Command(program, { args: ["--version"] }).output();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return notRun(`${program} is not installed`);
    }
  }
  for (const root of ROOTS) {
    for await (const { name } of entries(`${root}/boot`)) {
      const release = /^vmlinuz-(6\.1\..*-amd64)$/.exec(name)?.[1];
      if (release === undefined) continue;
      const modules = `${root}/lib/modules/${release}`;
      for await (const _ of entries(modules)) {
        return { kernel: `${root}/boot/${name}`, modules };
      }
    }
  }
  return notRun("no Debian kernel 6.1 is installed, or unpacked by .ci/run");
}

/** Says so on standard error, where a test's own output would not be shown. */
function notRun(reason: string): undefined {
  const text = `NOT RUN: lab:kernel on a real kernel: ${reason}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  return undefined;
}

/** What is in a folder; nothing if it is not there. */
async function* entries(folder: string) {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

Deno.test("lab:kernel measures Debian's 6.1, the same on every boot", async (t) => {
  const found = await installed();
  if (found === undefined) return;
  const folder = await Deno.makeTempDir();
  const run = async (name: string, workloads: readonly string[]) => {
    const out = `${folder}/${name}.json`;
    const { status, complaints } = await labKernel([
      ...["run", "--kernel", found.kernel, "--quiet"],
      ...["--modules", found.modules, "--out", out],
      ...["--workload", ...workloads],
    ]);
    assertEquals(complaints, "");
    assertEquals(status, 0);
    return await readKernelResult(out);
  };
  try {
    const first = await run("first", WORKLOADS);

    await t.step("lines of what an I/O has for itself", () => {
      const lines = (workload: string) =>
        Object.fromEntries(
          Object.entries(first.workloads[workload]?.structures ?? {})
            .filter(([name]) =>
              /^(bio|struct page \(data|req|nvme_|PRP)/.test(name)
            )
            .map(([name, one]) => [name, one.lines_not_bulk]),
        );
      const few = lines("a_4k_uring_fixed");
      // struct request is 272 bytes, the iod 136: 4 and 3 lines of them are
      // used. Without CONFIG_PCI_P2PDMA nobody reads the struct page.
      assertEquals(few["bio_vec (registered buffer)"], 1);
      assertEquals(few["struct page (data)"], undefined);
      assertEquals([few.bio, few.request, few.nvme_iod], [2, 4, 3]);
      const many = lines("c_128k_pread_scattered");
      // 32 pages: 32 vectors of 16 bytes, a struct page each, 31 PRP entries
      // of 8 bytes in a list.
      assertEquals(many.bio_vec, 8);
      assertEquals(many["struct page (data)"], 32);
      assertEquals(many["PRP/SGL list (small, 256 B)"], 4);
      assertEquals([many.request, many.nvme_iod], [4, 3]);
    });

    await t.step("data was verified, and nothing much is unnamed", () => {
      for (const workload of Object.values(first.workloads)) {
        assert(workload.verified);
        const { unnamed, all_kernel_data: all } = workload.distinct_lines;
        assert(unnamed < all / 10, `${unnamed} of ${all}`);
      }
    });

    await t.step(
      "a second boot differs in no function of the core",
      async () => {
        const { workloads } = compareKernels({
          base: first,
          patched: await run("second", WORKLOADS),
          control: undefined,
        });
        for (const { name, figures } of workloads) {
          const { core } = figures;
          assertEquals([name, core.patched], [name, core.base]);
        }
      },
    );

    await t.step("inclusive figures and pages' users", () => {
      const { instructions, inclusive, page_functions: pages } =
        first.workloads["c_128k_pread_scattered"] ?? {};
      // All of the system call is what its entry calls, and so is the interrupt.
      const { submit = 0, irq = 0, finish = 0 } = instructions ?? {};
      assertEquals(inclusive?.entry_SYSCALL_64, submit + finish);
      assertEquals(inclusive?.asm_common_interrupt, irq);
      // 32 pages are released one by one.
      assertEquals(pages?.__bio_release_pages?.[1], 64);
    });

    await t.step("a disk that forgets ends the run with status 1", async () => {
      const { status, out, complaints } = await labKernel([
        ...["run", "--kernel", found.kernel, "--modules", found.modules],
        ...["--quiet", "--workload", "b_4k_pread", "--verify-disk", "zeroes"],
      ]);
      assertEquals([status, out], [1, ""], complaints);
      // Byte 1 of the pattern is 31.
      assert(
        complaints.includes(
          "what was read back is not what was written: byte 1 of buffer 0 is " +
            "0x00, expected 0x1f",
        ),
        complaints,
      );
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
