/**
 * A real boot: Debian's own kernel, where qemu-system-x86 and a kernel with
 * its modules are installed (.ci/run does). Nothing depends on the host's
 * speed: counts are exact, and the guest has ten minutes.
 */
import { assert, assertEquals } from "@std/assert";
import { kernelMain } from "../../../bench/kernel/command.ts";
import { compareKernels } from "../../../bench/kernel/compare.ts";
import { readKernelResult } from "../../../bench/kernel/read_result.ts";

/** Where .ci/run unpacks a kernel, and where one is installed. */
const ROOTS = [`${import.meta.dirname}/../../../out/kernel`, ""];

/** A kernel 6.1 of Debian, if it and QEMU are there. */
async function installed() {
  try {
    await new Deno.Command("qemu-system-x86_64", { args: ["--version"] })
      .output();
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
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      "NOT RUN: qemu-system-x86_64 or a Debian kernel 6.1 is not installed\n",
    ),
  );
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

/** Runs the command; gives status, output and complaints. */
async function lab(args: readonly string[]) {
  let out = "";
  let complaints = "";
  const status = await kernelMain(args, {
    writeOut: (text) => out += text,
    writeError: (text) => complaints += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  });
  return { status, out, complaints };
}

Deno.test("lab:kernel measures Debian's 6.1, the same on every boot", async (t) => {
  const found = await installed();
  if (found === undefined) return;
  const folder = await Deno.makeTempDir();
  const run = async (name: string) => {
    const out = `${folder}/${name}.json`;
    const { status, complaints } = await lab([
      ...["run", "--kernel", found.kernel, "--quiet"],
      ...["--modules", found.modules, "--out", out],
      ...["--workload", "a_4k_uring_fixed", "c_128k_pread_scattered"],
    ]);
    assertEquals(complaints, "");
    assertEquals(status, 0);
    return await readKernelResult(out);
  };
  try {
    const first = await run("first");

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
          patched: await run("second"),
          control: undefined,
        });
        for (const { name, figures } of workloads) {
          const [core] = figures;
          assertEquals([name, core?.patched], [name, core?.base]);
        }
      },
    );

    await t.step("a guest that takes too long is ended", async () => {
      const { status, complaints } = await lab([
        ...["run", "--kernel", found.kernel, "--quiet", "--timeout", "1"],
      ]);
      assertEquals(status, 2);
      assert(complaints.includes("did not come to its end in 1 s"), complaints);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
