/**
 * From the fields of a setup to the options of a command, and from what was
 * typed to the setup. No option has code of its own here.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { defaultOf, type Field, fieldsOf } from "../../sim/text/field.ts";
import {
  FieldTextError,
  namesOfText,
  oneOf,
} from "../../sim/text/field_text.ts";
import { parseQuantity, QuantityError } from "../../sim/text/quantity.ts";
import {
  DEFAULT_DEVICE,
  DEVICE_NAMES,
  deviceWords,
} from "../../sim/setup/device_limits.ts";
import { readFieldText } from "./field_text.ts";
import { offerNames } from "./offered_names.ts";
import { GROUPS, nameList } from "../shell/option_text.ts";
import { type LabRunOptions, runSchema } from "./run_fields.ts";

/** The fields of a run that have an option, in the order of its help. */
export const RUN_FIELDS: readonly Field[] = fieldsOf(runSchema);

/** A setup while it is put together. */
export type GivenSetup = Partial<LabRunOptions>;

export interface OptionChoice {
  /** Whether it takes one value of each list. */
  readonly one?: boolean;
  /** Keys of the setup whose options it has not, or has for itself. */
  readonly except: readonly (keyof LabRunOptions)[];
  /** Its own defaults, by keys of the setup, as typed. */
  readonly defaults?: Partial<Record<keyof LabRunOptions, string>>;
}

function chosen({ except }: Pick<OptionChoice, "except">): readonly Field[] {
  return RUN_FIELDS.filter(({ path: [key] }) =>
    !except.some((other) => other === key)
  );
}

export function addFields(command: Command, choice: OptionChoice): Command {
  for (const field of chosen(choice)) {
    if (field.note.words === deviceWords) command.addOption(deviceOption());
    const option = optionOf(field, choice);
    if (option !== undefined) command.addOption(option);
  }
  return command;
}

/** A device is not part of a setup: it names limits, which are. */
function deviceOption(): Option {
  const option = new Option(
    "--device <name>",
    `queue limits: ${DEVICE_NAMES.join(", ")}`,
  ).default(DEFAULT_DEVICE).helpGroup(GROUPS.machine);
  const names = DEVICE_NAMES.filter((name) => !name.includes(":"));
  offerNames(option, { names, isList: false });
  return option;
}

/** The option of a field; an entry has that of its parent. */
function optionOf(field: Field, choice: OptionChoice): Option | undefined {
  const { note, schema, path } = field;
  if (note.flag === undefined || note.group === undefined) return undefined;
  const { value, help, text } = { ...note, ...(choice.one ? note.one : {}) };
  const option = new Option(
    value === undefined ? note.flag : `${note.flag} ${value}`,
    help,
  ).helpGroup(GROUPS[note.group]);
  const own = choice.defaults?.[path[0] as keyof LabRunOptions];
  const usual = own ?? defaultText(field);
  // What is not typed stays out of the setup; its schema has the default.
  if (usual !== undefined) option.default(undefined, usual);
  if (value === undefined) return option;
  const ofText = text && namesOfText(text);
  const known = (choice.one ? ofText ?? note.names : note.names ?? ofText) ??
    entriesOf(field).map(({ note: { entry } }) => `${entry}=`);
  offerNames(option, {
    names: known,
    ...(note.file === undefined && !note.isPath ? {} : { path: "file" }),
    isList: note.entries !== undefined || isList(schema) && !choice.one,
  });
  if (note.entries !== undefined || isList(schema) && text === note.text) {
    return option.argParser(nameList());
  }
  return text === undefined || note.file !== undefined
    ? option
    : option.argParser((typed) => typedValue(text, typed));
}

/** What help says of a default; texts that say it themselves keep it. */
function defaultText({ note, schema }: Field): string | undefined {
  const value = defaultOf(schema);
  if (value === undefined || note.text === undefined) return undefined;
  const text = z.encode(note.text, value);
  return Array.isArray(text) ? text.join(", ") : String(text);
}

function isList(schema: z.ZodType): boolean {
  const inner =
    schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
      ? schema.unwrap()
      : schema;
  return inner instanceof z.ZodArray;
}

/** The entries of a field: what its option sets one by one. */
function entriesOf({ path }: Field): readonly Field[] {
  return RUN_FIELDS.filter(({ parent }) => parent?.path.join() === path.join());
}

/** One value, or commander's complaint, which names the option. */
function typedValue(codec: z.ZodType, text: string): unknown {
  try {
    return z.decode(codec, text);
  } catch (error) {
    if (!(error instanceof FieldTextError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}

/**
 * Reads the setup that was typed.
 *
 * @param base A setup that is there already; what was typed replaces it.
 * @returns What was typed, or has a default of the command's own, with files
 *   read; the schema completes it.
 * @throws {RangeError} If a name is not known, or a file cannot be read.
 * @throws {SyntaxError} If a file is malformed.
 */
export async function readSetup(
  command: Command,
  choice: OptionChoice,
  base: GivenSetup = {},
): Promise<GivenSetup> {
  let setup: object = base;
  for (const field of chosen(choice)) {
    const { note, path } = field;
    if (note.flag === undefined) continue;
    const typed = typedOf(command, note.flag) ??
      choice.defaults?.[path[0] as keyof LabRunOptions];
    if (typed === undefined) continue;
    for (const [at, value] of await valuesOf(field, typed, choice)) {
      setup = field.schema instanceof z.ZodOptional && note.isUsual?.(value)
        ? without(setup, at)
        : withValue(setup, at, value);
    }
  }
  return setup;
}

/**
 * Returns what was typed for an option.
 *
 * @param flag The option, such as `--dma-mask`.
 * @returns What commander made of it; nothing if it was not typed.
 */
function typedOf(command: Command, flag: string): unknown {
  const name = command.options.find(({ long }) => long === flag)
    ?.attributeName();
  return name !== undefined && command.getOptionValueSource(name) === "cli"
    ? command.getOptionValue(name)
    : undefined;
}

/** What a typed option sets, and where. */
async function valuesOf(
  field: Field,
  typed: unknown,
  { one }: OptionChoice,
): Promise<[readonly string[], unknown][]> {
  const { note, path, schema } = field;
  if (note.entries !== undefined) {
    const values = (typed as string[]).map((text) => assigned(field, text));
    requireOnce(field, values.map(([at]) => at.at(-1) ?? ""));
    return values;
  }
  if (isList(schema)) {
    return [[
      path,
      one && note.one !== undefined
        ? [typed]
        : await readFieldText(note, typed as string[]),
    ]];
  }
  if (note.file === undefined) return [[path, typed]];
  return [[path, await readFieldText(note, String(typed))]];
}

/** Reads `name=value`; a value may be a size, such as 64k. */
function assigned(field: Field, text: string): [readonly string[], number] {
  const [typed = ""] = text.split("=", 1);
  const value = text.slice(typed.length + 1);
  const entries = entriesOf(field);
  const { what, most } = field.note.entries ?? { what: "", most: 0 };
  const names = entries.map(({ note }) => note.entry ?? "");
  const name = oneOf(what, typed, names);
  const entry = entries[names.indexOf(name)];
  try {
    const range = { kind: "size", least: 0, most } as const;
    return [entry?.path ?? [], parseQuantity(value, range)];
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new RangeError(
      `Cannot set ${what} "${name}": found ${error.found}, expected ` +
        (error.isAmbiguous
          ? error.expected
          : `${name}=NUMBER, such as ${name}=4096 or ${name}=4k`),
    );
  }
}

/** Refuses two values for one name: neither is more meant than the other. */
function requireOnce(field: Field, keys: readonly string[]): void {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice === undefined) return;
  const name = entriesOf(field).find(({ path }) => path.at(-1) === twice)?.note
    .entry;
  throw new RangeError(
    `Cannot set ${field.note.entries?.what} "${name}": found two values, ` +
      "expected one",
  );
}

/** The same setup with a value in it; the one that was given stays. */
function withValue(
  setup: object,
  [key = "", ...rest]: readonly string[],
  value: unknown,
): object {
  const before: unknown = Reflect.get(setup, key);
  return {
    ...setup,
    [key]: rest.length === 0
      ? value
      : withValue(Object(before ?? {}), rest, value),
  };
}

/** The same setup without a value, whose absence says the same. */
function without(
  setup: object,
  [key = "", ...rest]: readonly string[],
): object {
  if (!Object.hasOwn(setup, key)) return setup;
  if (rest.length > 0) {
    const inner = without(Object(Reflect.get(setup, key)), rest);
    return { ...setup, [key]: inner };
  }
  const { [key]: _, ...others } = setup as Record<string, unknown>;
  return others;
}

/**
 * Lists the files that a setup's options may name.
 *
 * @returns Options and what was typed for them; what is a name and no file does
 *   no harm.
 */
export function typedFiles(
  command: Command,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(RUN_FIELDS.flatMap(({ note: { file, flag } }) => {
    if (file === undefined || flag === undefined) return [];
    return [[flag, typedOf(command, flag) as string | undefined]];
  }));
}

/** Entries of an option, such as `--limit`, by the names that it takes. */
export function entryNames(flag: string): readonly string[] {
  return RUN_FIELDS.filter(({ parent }) => parent?.note.flag === flag)
    .map(({ note }) => note.entry ?? "");
}
