/**
 * A field of a setup, declared once: its schema, and a note of what is said of
 * it wherever it is said. The options of the command line, their help, the words
 * of a report, the command that repeats a run, the descriptions of the JSON
 * Schema and what the engine in C refuses all come from these notes.
 */
import { z } from "zod";

/** Subjects of fields, by which help groups its options. */
export type FieldGroup =
  | "compared"
  | "workload"
  | "submit"
  | "machine"
  | "simulated"
  | "measure"
  | "output"
  | "other";

/** Why the engine in C cannot have a value. */
export interface NativeRefusal<Value> {
  /** Whether it covers this one; default: only an absent one. */
  readonly covers?: (value: Value) => boolean;
  readonly found: string | ((value: NonNullable<Value>) => string);
  /** What it has instead. */
  readonly expected: string;
}

/** A value that a file holds. */
export interface FieldFile<Value> {
  /** What the file is, such as `CPU file`. */
  readonly what: string;
  /** What the option takes. */
  readonly expected: string;
  /** The longest that is taken; that of a form if absent. */
  readonly mostBytes?: number;
  /** Reads the file's text; throws a `SyntaxError` at line and column. */
  readonly parse: (text: string, path: string) => Value;
}

/** A list in a command that takes one of its values. */
export interface FieldOne {
  /** What stands for the value in help. */
  readonly value: string;
  /** What it is, as one phrase. */
  readonly help: string;
  /** The command line's text and that value, both ways. */
  // deno-lint-ignore no-explicit-any -- a codec is not covariant
  readonly text: z.ZodType<any, any>;
}

export interface FieldNote<Value> {
  /** Its option, such as `--dma-mask`; absent: only the library takes it. */
  readonly flag?: string;
  /** What stands for the value in help, such as `<bits>`; absent: a switch. */
  readonly value?: string;
  /** Of a part of a field with an option of its own: `NAME` of `NAME=value`. */
  readonly entry?: string;
  /** What it is, as one phrase: help, and the description in JSON. */
  readonly help: string;
  /**
   * A value other than the usual one, for the JSON Schema; its own words give it
   * again, which a test tries.
   */
  readonly example?: NonNullable<Value>;
  /** Its subject; absent in a part of another field. */
  readonly group?: FieldGroup;
  /**
   * The command line's text and the value, both ways; a list takes and gives
   * the texts between commas. A switch and an entry need none. Nothing for a
   * text that is the path of a file.
   */
  // deno-lint-ignore no-explicit-any -- a codec is not covariant
  readonly text?: z.ZodType<any, any>;
  /** Names that its text may be, if its codec does not list them. */
  readonly names?: readonly string[];
  /** Whether it may be the path of a file that others read. */
  readonly isPath?: boolean;
  /** What is read from a file, where the text is not a name that is known. */
  readonly file?: FieldFile<NonNullable<Value>>;
  /** The option of a command that takes one value of a list. */
  readonly one?: FieldOne;
  /** Of a field whose option sets entries: what they are, and the most. */
  readonly entries?: { readonly what: string; readonly most: number };
  /** Whether a value is left out of commands and results, as the default. */
  readonly isUsual?: (value: NonNullable<Value>) => boolean;
  /** Words of a command, where they are more than the option and its text. */
  readonly words?: (
    value: NonNullable<Value>,
    setup: SetupPart,
  ) => readonly string[];
  /** Sentences on a value, or a part of it, that no option can give. */
  readonly unsaid?: (value: NonNullable<Value>) => readonly string[];
  /** Whether the command that repeats a run includes it; default: true. */
  readonly isRepeated?: boolean;
  /** Whether nothing but times depends on it: no exact figure; default: no. */
  readonly isTiming?: boolean;
  /** Its words in the header of a report; asked of absent values, too. */
  readonly header?: (value: Value, setup: SetupPart) => string | undefined;
  /** Whether the engine in C covers every value, or else what it refuses. */
  readonly native: true | NativeRefusal<Value>;
}

/** A setup, or the part of it that a field stands in. */
export type SetupPart = Readonly<Record<string, unknown>>;

// deno-lint-ignore no-explicit-any -- of fields of all kinds
type AnyNote = FieldNote<any>;

/** The notes of all fields; zod would look for types inside an open one. */
const notes = z.registry<{ readonly note: object }>();

/**
 * Declares a field.
 *
 * @param schema What it takes, with its default if it has one.
 */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  note: FieldNote<z.output<Schema>>,
): Schema {
  const { help: description, example } = note;
  const described = schema.meta({
    description,
    ...(example === undefined ? {} : { examples: [example] }),
  });
  notes.add(described as z.ZodType, { note });
  return described;
}

/** A field, where it is in its setup. */
export interface Field {
  /** Keys that lead to it. */
  readonly path: readonly string[];
  /** What it takes. */
  readonly schema: z.ZodType;
  readonly note: AnyNote;
  /** Of an entry: the field whose option takes it. */
  readonly parent?: Field;
}

/**
 * Lists the fields of a setup, and those of its parts after them.
 *
 * @param schema The schema of the setup, or of a part of it.
 * @param path Keys that lead to that part; default: none.
 * @returns Those that have a note, in the order of declaration.
 */
export function fieldsOf(
  schema: z.ZodType,
  path: readonly string[] = [],
  parent?: Field,
): readonly Field[] {
  const object = unwrapped(schema);
  if (!(object instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, z.ZodType>> = object.shape;
  return Object.entries(shape).flatMap(([key, inner]) => {
    const note = notes.get(inner)?.note as AnyNote | undefined;
    const own: Field | undefined = note && {
      ...{ path: [...path, key], schema: inner, note },
      ...(note.entry === undefined || parent === undefined ? {} : { parent }),
    };
    return [
      ...(own === undefined ? [] : [own]),
      ...fieldsOf(inner, [...path, key], own ?? parent),
    ];
  });
}

/**
 * Lists what of a setup has no note, neither its own nor of what it is part of:
 * what only a file or a program gives.
 *
 * @returns Each as a field, its description for help.
 */
export function plainFieldsOf(schema: z.ZodType): readonly Field[] {
  return plainFields(schema, []);
}

function plainFields(
  schema: z.ZodType,
  path: readonly string[],
): readonly Field[] {
  const object = unwrapped(schema);
  if (!(object instanceof z.ZodObject)) {
    const help = schema.description ?? "";
    return [{ path, schema, note: { help, native: true } }];
  }
  const shape: Readonly<Record<string, z.ZodType>> = object.shape;
  return Object.entries(shape).flatMap(([key, inner]) => {
    const note = notes.get(inner)?.note as AnyNote | undefined;
    return note === undefined || note.entries !== undefined
      ? plainFields(inner, [...path, key])
      : [];
  });
}

/**
 * Returns the default of a field.
 *
 * @returns What it is if it is not given, or nothing.
 */
export function defaultOf(schema: z.ZodType): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

/** Returns what a schema takes where it is given. */
export function unwrapped(schema: z.ZodType): unknown {
  let at: unknown = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) {
    at = at.unwrap();
  }
  return at;
}

/**
 * Returns the value of a field.
 *
 * @param setup A setup, or what an untrusted file says about one.
 * @param path Keys that lead to the field.
 * @returns The value; nothing if it, or what it is part of, is not there.
 */
export function valueAt(setup: unknown, path: readonly string[]): unknown {
  let at = setup;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) {
      return undefined;
    }
    at = Reflect.get(at, key);
  }
  return at;
}

/**
 * Says what is unusual of a setup, for the header of a report.
 *
 * @returns Short phrases, in the order of declaration.
 */
export function headerWords(
  schema: z.ZodType,
  setup: object,
): readonly string[] {
  return fieldsOf(schema).flatMap(({ path, note }) => {
    const part = valueAt(setup, path.slice(0, -1)) ?? {};
    return note.header?.(valueAt(setup, path), part as SetupPart) ?? [];
  });
}

/**
 * Says what of a setup the engine in C does not cover.
 *
 * @param schema The schema of the setup, or of those of its fields that decide.
 * @param setup The setup; what it lacks has its default.
 * @returns What was found and what was expected; nothing if it covers all.
 */
export function nativeRefusals(
  schema: z.ZodType,
  setup: object,
): readonly string[] {
  return fieldsOf(schema).flatMap(({ path, schema: own, note }) => {
    const { native } = note;
    const value = valueAt(setup, path) ?? defaultOf(own);
    if (native === true || value === undefined) return [];
    if (native.covers?.(value)) return [];
    const found = typeof native.found === "string"
      ? native.found
      : native.found(value);
    return [`${found}, expected ${native.expected}`];
  });
}
