/**
 * `--btf FILE`, `--btf-base FILE` and `--pahole FILE`: the structures of a
 * kernel of the user's own, in place of those of a recorded one.
 */
import { type Command, Option } from "commander";
import { type Abi, findAbi } from "../../layouts/abi.ts";
import { findLayout } from "../../layouts/registry.ts";
import { presetLimits } from "../../sim/block/queue_limits.ts";
import { type Btf, readBtf } from "../../sim/kernel/btf.ts";
import { abiOfBtf, structsOfBtf } from "../../sim/kernel/btf_structs.ts";
import {
  abisOfStructs,
  missingStructs,
  nearestProfile,
  type OwnKernel,
  ownKernel,
} from "../../sim/kernel/own_kernel.ts";
import { parsePaholeOffsets } from "../../sim/kernel/pahole_offsets.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { PATH_STRUCTS } from "../../sim/kernel/path_tags.ts";
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import { bytesSource } from "../../sim/kernel/byte_source.ts";
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { openFileSource } from "../files/file_source.ts";
import { BASELINE } from "../setup/baseline.ts";
import { digestInput, inputOf } from "../run/run_inputs.ts";
import type { GivenSetup } from "../setup/options.ts";
import type { CommandContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import {
  requireOneStdin,
  stdinBytes,
  type StdinOptions,
} from "../shell/one_stdin.ts";
import type { NamedPaths } from "../shell/output_names.ts";
import { ownText, unreadable } from "./own_text.ts";

/** Longest text of pahole; of all structs of a kernel it has some 10 MiB. */
const LONGEST_PAHOLE_BYTES = 256 << 20;

/** Longest BTF on standard input; a kernel's has some 10 MiB. */
const LONGEST_BTF_BYTES = 1 << 30;

export interface KernelOptions {
  readonly btf?: string;
  readonly btfBase?: string;
  readonly pahole?: string;
}

/** Options of a command whose kernel may be the user's own. */
type OnKernel = KernelOptions & StdinOptions & { readonly quiet: boolean };

export function addKernelOptions(command: Command): Command {
  const option = (flags: string, description: string) =>
    new Option(flags, description).helpGroup(GROUPS.compared);
  return command
    .addOption(
      option(
        "--btf <file>",
        "structures of a kernel of your own: a copy of " +
          "/sys/kernel/btf/vmlinux, a vmlinux, or a module with --btf-base; " +
          "- for stdin",
      ),
    )
    .addOption(
      option(
        "--btf-base <file>",
        "the vmlinux that a module's BTF is based on",
      ),
    )
    .addOption(
      option(
        "--pahole <file>",
        "like --btf, from the output of pahole",
      ),
    );
}

export function kernelFiles(options: KernelOptions): NamedPaths {
  const { btf, btfBase, pahole } = options;
  return { "--btf": btf, "--btf-base": btfBase, "--pahole": pahole };
}

/**
 * Reads the BTF that the user gave.
 *
 * @param context The outside world, whose standard input it may be.
 * @returns The BTF; undefined if none was given.
 * @throws {SyntaxError} If it is none, or is cut.
 * @throws {RangeError} If it cannot be read, or options contradict each other.
 */
export async function givenBtf(
  options: KernelOptions & StdinOptions,
  context: CommandContext,
): Promise<Btf | undefined> {
  requireOneStdin(options);
  const { btf, btfBase, pahole } = options;
  if (btf !== undefined && pahole !== undefined) {
    throw new RangeError(
      `Cannot combine --btf ${btf} with --pahole ${pahole}: found two ` +
        "kernels, expected one",
    );
  }
  if (btf === undefined) {
    if (btfBase === undefined) return undefined;
    throw new RangeError(
      `Cannot use --btf-base ${btfBase}: found no BTF that it is the base ` +
        "of, expected --btf FILE of a module as well",
    );
  }
  const base = btfBase === undefined
    ? undefined
    : await btfOf(["--btf-base", btfBase], { context });
  return await btfOf(["--btf", btf], { base, context });
}

/**
 * Reads the text of pahole that the user gave.
 *
 * @param context The outside world, whose standard input it may be.
 * @returns The text; undefined if none was given.
 * @throws {RangeError} If it cannot be read.
 */
export async function givenPahole(
  { pahole }: KernelOptions,
  context: CommandContext,
): Promise<string | undefined> {
  if (pahole === undefined) return undefined;
  return await ownText(pahole, {
    option: "--pahole",
    mostBytes: LONGEST_PAHOLE_BYTES,
    example: "pahole vmlinux | lab run --pahole -",
    expected: "the output of pahole for a kernel",
  }, context);
}

/**
 * Reads the user's own kernel: its structures, the ABI that it was built for,
 * and the rules that are nearest to it. All three replace those of a file.
 *
 * @param command The command, which knows what the user typed.
 * @returns The setup with `machine.ownKernel`, `kernel` and `abis`; as it was
 *   if no kernel was given.
 * @throws {SyntaxError} If a file is malformed.
 * @throws {RangeError} If it has no structures that fit, or options contradict
 *   each other.
 */
export async function withOwnKernel(
  command: Command,
  setup: GivenSetup,
  context: CommandContext,
): Promise<GivenSetup> {
  const options = command.opts<OnKernel>();
  const isTyped = (name: string) =>
    command.getOptionValueSource(name) === "cli";
  const { workloads } = setup;
  const own = await readOwnKernel(
    { ...options, workload: workloads },
    { asked: isTyped("abi") ? setup.abis : undefined, context },
  );
  const { kernel: named = DEFAULT_KERNEL } = setup;
  if (own === undefined) {
    const { ownKernel } = setup.machine ?? {};
    if (ownKernel !== undefined) await requirePath(ownKernel, named);
    return setup;
  }
  const kernel = isTyped("kernel") ? named : nearestProfile(own);
  await requirePath(own, kernel);
  if (!options.quiet) {
    const missing = missingStructs(own);
    context.writeError(
      `lab: ${own.name}: structures of ${own.abi}` +
        (missing.length === 0 ? "" : `, without ${missing.join(", ")}, taken ` +
          `from ${structOffsets(kernel, findAbi(own.abi), "bio").source}`) +
        `; rules of kernel ${kernel}` +
        (isTyped("kernel") ? "\n" : ", whose structures are nearest" +
          (command.options.some(({ long }) => long === "--kernel")
            ? " (--kernel names another)\n"
            : "\n")),
    );
  }
  const machine = { ...PLAIN_MACHINE, ...setup.machine, ownKernel: own };
  return { ...setup, kernel, abis: [own.abi], machine };
}

async function readOwnKernel(
  options: KernelOptions & StdinOptions,
  { asked, context }: {
    asked: readonly string[] | undefined;
    context: CommandContext;
  },
): Promise<OwnKernel | undefined> {
  const btf = await givenBtf(options, context);
  if (btf !== undefined) {
    const abi = abiOfBtf(btf);
    const others = asked?.filter((name) => name !== abi.name) ?? [];
    if (others.length > 0) {
      throw new RangeError(
        `Cannot use --btf ${options.btf} with --abi ${others.join(",")}: ` +
          `found a kernel built for ${abi.name}, expected that ABI or none`,
      );
    }
    const structs = structsOfBtf(btf, Object.values(PATH_STRUCTS));
    return ownKernel(structs, { name: btf.name, abi });
  }
  const text = await givenPahole(options, context);
  if (text === undefined) return undefined;
  const name = sourceName(options.pahole as string);
  const structs = parsePaholeOffsets(text, name);
  return ownKernel(structs, {
    name,
    abi: abiOfText(abisOfStructs(structs), { name, asked }),
  });
}

/** pahole's text says how wide a pointer is, and nothing else about the ABI. */
function abiOfText(
  possible: readonly Abi[],
  { name, asked = ["lp64"] }: {
    name: string;
    asked: readonly string[] | undefined;
  },
): Abi {
  const [first, ...more] = asked.map((abi) => findAbi(abi));
  const names = possible.map((abi) => abi.name).join(", ");
  if (first !== undefined && more.length === 0 && possible.includes(first)) {
    return first;
  }
  throw new RangeError(
    `Cannot use --pahole ${name} with --abi ${asked.join(",")}: found the ` +
      `structures of one kernel, with pointers of ` +
      `${possible[0]?.pointerBytes ?? 0} bytes, expected --abi with one of: ` +
      names,
  );
}

async function btfOf(
  [option, path]: readonly [option: string, path: string],
  { base, context }: { base?: Btf | undefined; context: CommandContext },
): Promise<Btf> {
  try {
    const options = base === undefined ? {} : { base };
    if (path === STANDARD_INPUT) {
      const bytes = await stdinBytes(context, {
        option,
        mostBytes: LONGEST_BTF_BYTES,
        example: "lab run --btf - < /sys/kernel/btf/vmlinux",
      });
      context.onInput?.(inputOf(path, bytes));
      return await readBtf(bytesSource(sourceName(path), bytes), options);
    }
    using source = await openFileSource(path);
    const btf = await readBtf(source, options);
    if (context.onInput !== undefined) context.onInput(await digestInput(path));
    return btf;
  } catch (error) {
    if (error instanceof SyntaxError) {
      if (error.message.includes("split from a base")) {
        error.message += "; --btf-base FILE gives it";
      }
      throw error;
    }
    throw unreadable(error, {
      option,
      path,
      expected: "the BTF of a kernel, such as a copy of " +
        "/sys/kernel/btf/vmlinux, or - for standard input (Deno opens files " +
        "in /sys with --allow-all only)",
    });
  }
}

function sourceName(path: string): string {
  return path === STANDARD_INPUT ? "standard input" : path;
}

/** Puts a path together once, so that a member that it lacks ends no run. */
async function requirePath(own: OwnKernel, kernel: string): Promise<void> {
  const { assemblePath } = await import("../../sim/setup/assembly.ts");
  const abi = findAbi(own.abi);
  try {
    assemblePath({
      layout: findLayout(BASELINE),
      abi,
      kernel,
      ownKernel: own,
      recognition: "page",
      limits: presetLimits("nvme_prp", { kernel, sgl: false, iommu: false }),
      map: {
        dram: [{ startPhys: 0x1000_0000n, sizeBytes: 1 << 20 }],
        providers: [],
      },
      depth: 1,
      decode: false,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      `Cannot use the structures of ${own.name}: ${
        error.message.replace(/^Cannot /, "cannot ")
      } (with the rules of kernel ${kernel}; --kernel names another)`,
    );
  }
}
