/**
 * What `lab layouts` says about a kernel of the user's own: structs as pahole
 * prints them, or the sizes of those that the path keeps in memory.
 */
import { findAbi } from "../../layouts/abi.ts";
import { btfPahole } from "../../sim/kernel/btf_pahole.ts";
import type { Btf } from "../../sim/kernel/btf.ts";
import { structsOfBtf } from "../../sim/kernel/btf_structs.ts";
import {
  type ParsedStruct,
  parsePaholeOffsets,
} from "../../sim/kernel/pahole_offsets.ts";
import { noPathStructs } from "../../sim/kernel/own_kernel.ts";
import { PATH_STRUCTS } from "../../sim/kernel/path_tags.ts";
import {
  type KernelProfile,
  kernelProfiles,
  structOffsets,
} from "../../sim/kernel/struct_offsets.ts";
import { nearText } from "../../sim/text/unknown_name.ts";
import type { CommonOptions } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import {
  givenBtf,
  givenPahole,
  kernelFiles,
  type KernelOptions,
} from "./kernel_option.ts";
import { wrap } from "../text/wrap.ts";
import { writeFound } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";

const WIDTH = 80;
/** Version of the JSON; a change of meaning raises it. */
const SCHEMA_VERSION = 1;

interface TellOptions extends CommonOptions, KernelOptions {
  readonly structName?: readonly string[];
  readonly struct?: readonly string[];
  readonly layout?: readonly string[];
}

/** A kernel's structs, wherever they were read from. */
interface GivenKernel {
  readonly name: string;
  readonly structs: (
    names: readonly string[],
  ) => ReadonlyMap<string, ParsedStruct>;
  readonly listing: (name: string) => string;
}

/**
 * Tells of the kernel that the options name.
 *
 * @returns Whether they name one.
 * @throws {SyntaxError} If a file is malformed.
 * @throws {RangeError} If a struct is not there, or options contradict each
 *   other.
 */
export async function tellKernel(
  options: TellOptions,
  context: CommandContext,
): Promise<boolean> {
  const { structName, json } = options;
  const kernel = await givenKernel(options, context);
  if (kernel === undefined) {
    if (structName === undefined) return false;
    throw new RangeError(
      `Cannot print struct ${
        structName.join(", ")
      }: found no kernel to take it ` +
        "from, expected --btf FILE or --pahole FILE as well",
    );
  }
  for (const key of ["struct", "layout"] as const) {
    if (options[key] === undefined) continue;
    throw new RangeError(
      `Cannot combine --${key} ${options[key].join(",")} with the structs of ` +
        `${kernel.name}: found layouts and a kernel, expected one of them`,
    );
  }
  await checkOutputs({ "--json": json }, {
    force: options.force,
    inputs: kernelFiles(options),
  });
  const names = structName ?? Object.values(PATH_STRUCTS);
  // A missing struct is reported before anything is written.
  const text = structName === undefined
    ? table(kernel)
    : structName.map(kernel.listing).join("");
  await writeFound(
    {
      json: () => ({
        schemaVersion: SCHEMA_VERSION,
        kernel: kernel.name,
        structs: [...kernel.structs(names)].map(([name, struct]) => ({
          name,
          sizeBytes: struct.sizeBytes,
          fields: Object.entries(struct.fields).map(([field, place]) => ({
            name: field,
            ...place,
          })),
        })),
      }),
      text: () => text,
    },
    context,
    options,
  );
  return true;
}

async function givenKernel(
  options: KernelOptions,
  context: CommandContext,
): Promise<GivenKernel | undefined> {
  const btf = await givenBtf(options, context);
  if (btf !== undefined) return ofBtf(btf);
  const text = await givenPahole(options, context);
  return text === undefined
    ? undefined
    : ofPahole(options.pahole as string, text);
}

function ofBtf(btf: Btf): GivenKernel {
  return {
    name: btf.name,
    structs: (names) => structsOfBtf(btf, names),
    listing: (name) => btfPahole(btf, name),
  };
}

function ofPahole(name: string, text: string): GivenKernel {
  const all = parsePaholeOffsets(text, name);
  return {
    name,
    structs: (names) =>
      new Map(names.flatMap((one) => {
        const struct = all.get(one);
        return struct === undefined ? [] : [[one, struct] as const];
      })),
    listing: (wanted) => {
      const tag = wanted.replace(/^(?:struct|union) /, "");
      const lines = text.split("\n");
      const start = lines.findIndex((line) =>
        line === `struct ${tag} {` || line === `union ${tag} {`
      );
      const end = lines.findIndex((line, i) => i > start && line[0] === "}");
      if (start >= 0 && end > start) {
        return `${lines.slice(start, end + 1).join("\n")}\n`;
      }
      throw new RangeError(
        `Cannot find type "${wanted}" of ${name}, expected a struct or union ` +
          `of it${nearText(tag, [...all.keys()])}`,
      );
    },
  };
}

/** Sizes of the path's structures beside those of recorded kernels. */
function table(kernel: GivenKernel): string {
  const tags = Object.values(PATH_STRUCTS);
  const structs = kernel.structs(tags);
  if (structs.size === 0) throw noPathStructs(kernel.name);
  const lp64 = findAbi("lp64");
  const size = (profile: KernelProfile, tag: string) =>
    String(structOffsets(profile, lp64, tag).sizeBytes);
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => i === 0 ? cell.padEnd(16) : cell.padStart(12))
      .join("");
  const missing = tags.filter((tag) => !structs.has(tag));
  return [
    ...wrap(
      "Bytes of the structures that the path keeps in memory, of " +
        `${kernel.name}, and of the recorded amd64 kernels`,
      { width: WIDTH },
    ),
    "",
    line(["struct", "this kernel", ...kernelProfiles]),
    ...tags.map((tag) =>
      line([
        tag,
        String(structs.get(tag)?.sizeBytes ?? "-"),
        ...kernelProfiles.map((profile) => size(profile, tag)),
      ])
    ),
    ...(missing.length === 0 ? [] : [
      "",
      ...wrap(
        `- not in it, as what a module has: ${missing.join(", ")}; lab run ` +
          "takes the recorded one",
        { width: WIDTH },
      ),
    ]),
  ].join("\n") + "\n";
}
