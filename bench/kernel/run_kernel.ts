/** One run: check, build, boot, analyse; nothing is left behind. */
import { readBtf } from "../../sim/kernel/btf.ts";
import { bytesSource } from "../../sim/kernel/byte_source.ts";
import { labTool } from "../machine/tool.ts";
import { readStreamBytes } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import { analyse } from "./analyse.ts";
import {
  type Boot,
  boot,
  findQemu,
  MEMORY_BYTES,
  qemuArguments,
} from "./boot.ts";
import { build } from "./build.ts";
import { cpioArchive } from "./initramfs.ts";
import { readKernelImage } from "./kernel_image.ts";
import { collectModules, type KernelModule } from "./kernel_modules.ts";
import type { KernelResult } from "./result.ts";
import { checkSameKernel } from "./symbols.ts";
import { readVmlinux } from "./vmlinux.ts";
import { inWorkFolder } from "./work_folder.ts";
import type { GuestWorkload } from "./workloads.ts";

const MOST_TRACE_BYTES = 4 * 2 ** 30;
/** A vmlinux with all of its DWARF has about 1 GiB. */
const LONGEST_FILE_BYTES = 2 ** 31 - 1;

export interface KernelRun extends
  Pick<
    Boot,
    "kernel" | "verifyDisk" | "latencyNs" | "timeoutS" | "append" | "signal"
  > {
  /** A file with raw BTF; the kernel's own by default. */
  readonly btf?: string | undefined;
  /** A vmlinux: BTF, symbols and what is inlined. */
  readonly vmlinux?: string | undefined;
  /** A System.map; the kernel's own symbols by default. */
  readonly symbols?: string | undefined;
  /** The folder of its modules; none if nvme is built in. */
  readonly modules?: string | undefined;
  readonly workloads: readonly GuestWorkload[];
  /** Whether the driver may use SGLs. */
  readonly controller: KernelResult["controller"];
  /** Workloads that the kernel must be able to do; others may be left out. */
  readonly required: readonly string[];
  /** I/Os before those that are recorded. */
  readonly warmup: number;
  readonly name: string;
  readonly onProgress: (text: string) => void;
}

/**
 * @throws {TypeError} If image, modules or symbols are another kernel's.
 * @throws {SyntaxError} If BTF, vmlinux or the run's trace cannot be read.
 * @throws {Error} If QEMU or a compiler is missing, or the guest fails.
 */
export async function runKernel(run: KernelRun): Promise<KernelResult> {
  const image = await readKernelImage(run.kernel);
  const modules = run.modules === undefined ? [] : await collectModules({
    folder: run.modules,
    release: image.release,
  });
  // Before minutes are spent: files that are not what they should be.
  const typesPath = run.btf ?? run.vmlinux;
  const btf = typesPath === undefined ? undefined : await readBytes(typesPath);
  if (btf !== undefined) await readBtf(bytesSource(typesPath ?? "", btf));
  const vmlinux = run.vmlinux === undefined || btf === undefined
    ? undefined
    : await readVmlinux(btf, run.vmlinux);
  const symbols = run.symbols === undefined
    ? undefined
    : new TextDecoder().decode(await readBytes(run.symbols));
  if (symbols !== undefined) checkSameKernel(symbols, "--symbols", "");
  const qemu = await findQemu();
  return await inWorkFolder(async (folder) => {
    run.onProgress("compiling the guest program and the plugin");
    const built = await build(folder, qemu.pluginApi);
    const initramfs = `${folder}/initramfs`;
    await Deno.writeFile(
      initramfs,
      guestRoot(await Deno.readFile(built.init), modules, run),
    );
    const booted: Boot = {
      ...run,
      folder,
      initramfs,
      plugin: built.plugin,
      append: [
        run.controller === "prp" ? "nvme.sgl_threshold=0" : "",
        run.append,
      ].join(" ").trim(),
      mostTraceBytes: MOST_TRACE_BYTES,
    };
    run.onProgress(
      `booting ${image.release} under QEMU ${qemu.version}, ` +
        `${run.workloads.length} workloads`,
    );
    await boot(booted);
    run.onProgress("naming what it touched");
    return await analyse({
      ...run,
      files: {
        trace: `${folder}/trace`,
        memory: `${folder}/ram`,
        files: `${folder}/files`,
      },
      btf,
      symbols,
      vmlinux,
      memoryBytes: MEMORY_BYTES,
      qemu: `${qemu.version}: qemu-system-x86_64 ` +
        qemuArguments(booted).join(" ").replaceAll(`${folder}/`, ""),
      run: run.name,
      tool: `${labTool().name} ${labTool().version}`,
    });
  }).catch((error) => {
    if (error instanceof Deno.errors.FilesystemLoop || isNoSpace(error)) {
      throw new Error(
        `Cannot write temporary files: ${
          systemReason(error)
        }, expected about ` +
          `1 GiB of room (TMPDIR says where)`,
        { cause: error },
      );
    }
    throw error;
  });
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && /os error 28|no space/i.test(error.message);
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    using file = await Deno.open(path);
    return await readStreamBytes(file.readable, LONGEST_FILE_BYTES);
  } catch (error) {
    throw new TypeError(
      `Cannot read ${path}: ${systemReason(error)}, expected a file`,
      { cause: error },
    );
  }
}

function guestRoot(
  init: Uint8Array,
  modules: readonly KernelModule[],
  run: KernelRun,
): Uint8Array {
  const bytes = (lines: readonly string[]) =>
    new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const sgl = run.controller === "prp" ? " sgl_threshold=0" : "";
  return cpioArchive([
    { name: "init", bytes: init },
    { name: "lab" },
    {
      name: "lab/plan",
      bytes: bytes(
        run.workloads.map((one) =>
          [one.name, one.api, one.op, one.bytes, one.kind, one.depth]
            .concat(run.warmup, run.required.includes(one.name) ? 1 : 0)
            .join(" ")
        ),
      ),
    },
    {
      name: "lab/modules",
      bytes: bytes(
        modules.map(({ name }) =>
          /^nvme\.ko/.test(name) ? `${name}${sgl}` : name
        ),
      ),
    },
    { name: "lab/ko" },
    ...modules.map(({ name, bytes }) => ({ name: `lab/ko/${name}`, bytes })),
  ]);
}
