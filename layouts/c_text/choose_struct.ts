/** Which struct of a text is meant. */
import type { Declaration } from "./declarations.ts";
import type { TypeSource } from "./site.ts";
import { quoted } from "./source_text.ts";

const MOST_LISTED = 12;

/**
 * Finds the struct that is meant.
 *
 * @param wanted Its tag or typedef, with `@LINE` after it where several have
 * that name; the only one by default.
 * @throws {RangeError | SyntaxError} If there is none, or more than one.
 */
export function chooseStruct(
  from: TypeSource,
  wanted: string | undefined,
): Declaration {
  const all = from.declarations.all.filter(isRecord);
  const whole = all.filter(({ broken }) => broken === undefined);
  if (wanted === undefined) {
    const [first] = all;
    if (whole.length === 0 && first?.broken !== undefined) throw first.broken;
    const outer = outermost(whole);
    if (outer.length === 0 && whole.length > 0) throw ringError(from, whole);
    return onlyOne(from, outer);
  }
  const [, name = "", line] =
    /^(?:(?:struct|union) )?(\w+)(?:@(\d+))?$/.exec(wanted.trim()) ?? [];
  const named = all.filter((each) =>
    each.tag.split(" ")[1] === name || each.names.includes(name)
  );
  const complete = named.filter(({ broken }) => broken === undefined);
  const at = line === undefined
    ? complete.length === 0 ? named : complete
    : named.filter((each) => lineOf(from, each) === Number(line));
  const [first, second] = at;
  if (first === undefined) {
    throw from.source.rangeError(
      0,
      all.length === 0
        ? "no struct"
        : `no struct ${quoted(wanted)} but ${list(from, all)}`,
      "the struct with its members in braces",
    );
  }
  if (second !== undefined) {
    throw from.source.rangeError(
      second.at,
      `${at.length} structs named ${quoted(name)} (lines ${
        at.map((each) => lineOf(from, each)).join(", ")
      })`,
      `${name}@LINE for one of them`,
    );
  }
  if (first.broken !== undefined) throw first.broken;
  return first;
}

/**
 * Returns the line where a declaration begins.
 *
 * @returns The line, from 1.
 */
export function lineOf(from: TypeSource, declaration: Declaration): number {
  return from.source.line(declaration.at);
}

function isRecord({ kind, tokens }: Declaration): boolean {
  if (kind === "enum") return false;
  if (kind !== "typedef") return true;
  const at = tokens.findIndex(({ text }) => /^(?:struct|union)$/.test(text));
  return at > 0 && tokens.some(({ text }) => text === "{");
}

/** Those that no other has by value: a struct's parts are not meant. */
function outermost(all: readonly Declaration[]): Declaration[] {
  const known = new Set(all.flatMap(({ tag, names }) => [tag, ...names]));
  const inside = new Set<string>();
  for (const { tag, names, tokens } of all) {
    tokens.forEach(({ kind, text }, index) => {
      if (kind !== "word" || tokens[index + 1]?.text === "*") return;
      const tagged = `${tokens[index - 1]?.text} ${text}`;
      if (tagged !== tag && known.has(tagged)) inside.add(tagged);
      if (!names.includes(text) && known.has(text)) inside.add(text);
    });
  }
  return all.filter(({ tag, names }) =>
    !inside.has(tag) && !names.some((name) => inside.has(name))
  );
}

/** None is outermost: some of them form a cycle. */
function ringError(from: TypeSource, all: readonly Declaration[]): Error {
  return from.source.rangeError(
    all[0]?.at ?? 0,
    `each struct inside another one: ${list(from, all)}`,
    "one that is in no other (a pointer to it may be)",
  );
}

function onlyOne(
  from: TypeSource,
  found: readonly Declaration[],
): Declaration {
  const [first, second] = found;
  if (first === undefined) {
    throw from.source.syntaxError(
      0,
      "no struct",
      "a struct with its members in braces, as C has it",
    );
  }
  if (second !== undefined) {
    throw from.source.rangeError(
      second.at,
      `${found.length} structs: ${list(from, found)}`,
      "the name of one: FILE:NAME, or NAME@LINE of two with one name",
    );
  }
  return first;
}

function list(from: TypeSource, all: readonly Declaration[]): string {
  const shown = all.slice(0, MOST_LISTED).map((each) => {
    const name = each.names[0] ?? (each.tag || "one without a name");
    return `${name} (line ${lineOf(from, each)})`;
  });
  const more = all.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
