/**
 * `--struct FILE.h[:NAME]`: layouts from C text, as found in a mail or a
 * header, and the options that say how it is read.
 */
import { isThere } from "../files/if_there.ts";
import { type Command, Option } from "commander";
import { basename } from "@std/path";
import {
  type CTextLayout,
  layoutFromC,
} from "../../layouts/c_text/layout_from_c.ts";
import type { LayoutFromCOptions } from "../../layouts/c_text/options.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import type { LayoutData } from "../../layouts/layout_data.ts";
import { EMPTY_PATHS } from "../setup/empty_path_names.ts";
import { nameList } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { requireOneStdin, type StdinOptions } from "../shell/one_stdin.ts";
import { ownText } from "./own_text.ts";

/** What stands for standard input. */
const STDIN = "-";
/** Longest C text; all types of a kernel have 5 MiB. */
const LONGEST_C_BYTES = 16 << 20;

export interface StructOptions {
  readonly struct?: readonly string[];
  readonly config?: readonly string[];
  readonly role?: readonly string[];
  readonly type?: readonly string[];
  readonly define?: readonly string[];
}

/** Options that say how `--struct` is read. */
const READING = ["config", "role", "type", "define"] as const;

export function addStructOptions(command: Command): Command {
  const option = (flags: string, description: string) =>
    new Option(flags, description).helpGroup(GROUPS.compared);
  const each = (text: string, before: string[] = []) => [...before, text];
  return command
    .addOption(
      option(
        "--struct <file[:name]>",
        "a struct of your own, as C text from a header or a mail, - for " +
          "stdin; add NAME or NAME@LINE if there are several",
      ).argParser(nameList()),
    )
    .addOption(
      option(
        "--config <names>",
        "kernel options that are set for --struct, comma-separated; " +
          "NAME=n: not set (default: every variant)",
      ).argParser(nameList()),
    )
    .addOption(
      option(
        "--role <[struct:]roles>",
        "role of each member, such as address=paddr,length=len,flag=flags:0 " +
          "(default: by types and usual names)",
      ).argParser(each),
    )
    .addOption(
      option(
        "--type <name=type>",
        "a type that the text of --struct does not define, such as foo_t=u64",
      ).argParser(each),
    )
    .addOption(
      option(
        "--define <name=value>",
        "a macro that the text of --struct does not define, such as MAX_SEGS=4",
      ).argParser(each),
    );
}

/**
 * Lists the files of `--struct`.
 *
 * @returns Their paths, without the names after them.
 */
export async function structFiles(
  { struct = [] }: StructOptions,
): Promise<string[]> {
  return await Promise.all(
    struct.map(async (text) => (await place(text)).file),
  );
}

/**
 * Reads the structs that the user gave.
 *
 * @param context The outside world, whose standard input may be one.
 * @returns Their layouts, all variants, in the order in which they were given;
 *   no two have one name.
 * @throws {RangeError} If a file cannot be read, a struct cannot be a segment,
 *   or an option reads none.
 * @throws {SyntaxError} If it is not C.
 */
export async function readStructs(
  options: StructOptions,
  context: CommandContext,
): Promise<CTextLayout[]> {
  const given = [...new Set(options.struct ?? [])];
  if (given.length === 0) {
    requireAlone(options);
    return [];
  }
  const shared = readingOptions(options);
  const texts = new Map<string, string>();
  const read = async (one: string, name?: string) => {
    const { file, struct } = await place(one);
    const text = texts.get(file) ?? await textOf(file, context);
    texts.set(file, text);
    const { variants } = await layoutFromC(text, {
      ...shared,
      file: file === STDIN ? "stdin" : file,
      struct,
      name,
    });
    return variants;
  };
  const found: (readonly CTextLayout[])[] = [];
  for (const one of given) {
    const variants = await read(one);
    const [{ name } = { name: "" }] = variants;
    // Rows of the harness have these names.
    found.push(
      EMPTY_PATHS.some((path) => path === name)
        ? await read(one, `own_${name}`)
        : variants,
    );
  }
  requireRolesUsed(options, found.flat());
  const taken = new Set(found.flat().map(({ name }) => name));
  for (const [index, variants] of found.entries()) {
    const name = variants[0]?.name ?? "";
    if (found.slice(0, index).flat().every((other) => other.name !== name)) {
      continue;
    }
    // Two mails about bio_vec: results distinguish layouts by their names.
    const { file } = await place(given[index] ?? "");
    const other = freeName(`${name}_${stemOf(file)}`, taken);
    found[index] = await read(given[index] ?? "", other);
    for (const variant of found[index]) taken.add(variant.name);
  }
  return found.flat();
}

/**
 * Says what was read and what was taken for granted, one line for each layout.
 *
 * @returns Lines without a line feed.
 */
export function structNotes(layouts: readonly CTextLayout[]): string[] {
  return layouts.map(({ data, roleReasons, notes }) => {
    const roles = roleReasons.map(({ role, field, reason }) =>
      `${role} ${field} (${reason})`
    ).join(", ");
    return [`${data.name}, ${data.title}: ${roles}`, ...notes].join("; ");
  });
}

/**
 * Reads the structs of a run and reports what they became.
 *
 * @throws {Error} See `readStructs()`; and if a workload wants the same
 *   standard input.
 */
export async function ownLayouts(
  options: StructOptions & StdinOptions & { readonly quiet: boolean },
  context: CommandContext,
): Promise<LayoutData[]> {
  requireOneStdin(options);
  const layouts = await readStructs(options, context);
  if (!options.quiet) {
    for (const note of structNotes(layouts)) {
      context.writeError(`lab: ${note}\n`);
    }
  }
  return layouts.map(({ data }) => data);
}

/**
 * Reads the one struct of a command that takes one layout.
 *
 * @returns Its layout; undefined if none was given.
 * @throws {Error} See `readStructs()`; and if there are several.
 */
export async function ownLayout(
  options: StructOptions & {
    /** The layout that was typed. */
    readonly layout?: string;
    readonly workload: string;
    readonly quiet: boolean;
  },
  context: CommandContext,
): Promise<LayoutData | undefined> {
  const [first, ...more] = await ownLayouts(options, context);
  if (first === undefined) return undefined;
  if (more.length > 0) {
    const names = [first, ...more].map(({ name }) => name).join(", ");
    throw new RangeError(
      `Cannot use ${
        more.length + 1
      } layouts here: found ${names} of --struct ` +
        `${options.struct?.join(",")}, expected one; --config NAME, or ` +
        "--config NAME=n, chooses a variant",
    );
  }
  if (options.layout !== undefined) {
    throw new RangeError(
      `Cannot combine --struct with --layout ${options.layout}: found two ` +
        "layouts, expected one",
    );
  }
  return first;
}

/** Nothing reads what is for no struct: a misspelt command, not a default. */
function requireAlone(options: StructOptions): void {
  const alone = READING.find((name) => (options[name] ?? []).length > 0);
  if (alone === undefined) return;
  throw new RangeError(
    `Cannot use --${alone} ${options[alone]?.join(",")}: found no struct to ` +
      "apply it to, expected --struct FILE.h as well",
  );
}

function requireRolesUsed(
  { role = [] }: StructOptions,
  layouts: readonly CTextLayout[],
): void {
  const tags = [...new Set(layouts.flatMap(tagsOf))];
  for (const text of role) {
    const tag = /^(\w+):(?=\w+=)/.exec(text)?.[1];
    if (tag === undefined || tags.includes(tag)) continue;
    throw new RangeError(
      `Cannot use --role ${text}: found no struct "${tag}", expected one of ` +
        `--struct: ${tags.join(", ")}`,
    );
  }
}

function tagsOf({ data }: CTextLayout): string[] {
  return Object.values(data.structs).flatMap((struct) =>
    isUnsupported(struct) ? [] : [struct.name]
  );
}

function readingOptions(options: StructOptions): LayoutFromCOptions {
  const { config, role = [], type = [], define = [] } = options;
  if (role.some((text) => text.trim() === "")) {
    throw new RangeError(
      "Cannot use --role: found nothing, expected roles such " +
        "as address=paddr,length=len",
    );
  }
  const roles = role.map((text) => {
    const [, tag, parts = text] = /^(\w+:)(?=\w+=)(.*)$/s.exec(text) ?? [];
    return tag === undefined
      ? parts
      : parts.split(",").map((part) => tag + part.trim()).join(",");
  }).join(",");
  return {
    config,
    roles: role.length === 0 ? undefined : roles,
    types: assignments("--type", type, "foo_t=u64"),
    defines: assignments("--define", define, "MAX_SEGS=4"),
  };
}

function assignments(
  option: string,
  given: readonly string[],
  example: string,
): Record<string, string> {
  return Object.fromEntries(given.map((text) => {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(0, at)).trim();
    const value = text.slice(at + 1).trim();
    if (name !== "" && value !== "") return [name, value];
    throw new RangeError(
      `Cannot use ${option} ${text}: found no name and value, expected one such as ` +
        example,
    );
  }));
}

/** A path with the name of a struct after it, unless a file is called so. */
async function place(
  given: string,
): Promise<{ file: string; struct?: string }> {
  const [, file, struct] =
    /^(.+):((?:(?:struct|union) )?\w+(?:@\d+)?)$/s.exec(given) ?? [];
  if (file === undefined || struct === undefined) return { file: given };
  if (file !== STDIN && await isThere(given)) return { file: given };
  return { file, struct };
}

async function textOf(file: string, context: CommandContext): Promise<string> {
  return await ownText(file, {
    option: "--struct",
    mostBytes: LONGEST_C_BYTES,
    example: "cat mail.txt | lab run --struct -",
    expected: "a file with a struct in C, as FILE.h or FILE.h:NAME",
  }, context);
}

/** Name of a file as part of a name in C. */
function stemOf(file: string): string {
  const stem = basename(file).replace(/\.[^.]*$/, "").replace(/\W+/g, "_");
  return file === STDIN ? "stdin" : stem;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}_${number}`)) number++;
  return `${name}_${number}`;
}
