/**
 * Reads the text that pahole prints for a struct: where each member is. Members
 * of unnamed structs and unions keep their own name; those of named ones are
 * joined with a dot, as in `bi_iter.bi_sector`.
 */
import { checkString } from "../../layouts/value_text.ts";
import { inputError } from "../text/input_error.ts";
import { printableLine } from "../text/printable.ts";

/** Members of one struct, those of its members included, at most. */
const MOST_FIELDS = 100_000;
/** Deepest nesting of structs by value; in a kernel it is 9. */
const MOST_DEPTH = 64;
/** Characters of a line; the longest of a kernel has some hundred. */
const LONGEST_LINE = 4096;
/** Of a line, in a message. */
const SHOWN_CHARACTERS = 80;

export interface MemberOffset {
  /** From the start of the struct, in bytes. */
  readonly offsetBytes: number;
  /** In bytes; for a bit-field, of its storage unit. */
  readonly sizeBytes: number;
}

/** The size of a struct and the places of its members. */
export interface ParsedStruct {
  /** `sizeof`. */
  readonly sizeBytes: number;
  /** Members by name, in order. */
  readonly fields: Readonly<Record<string, MemberOffset>>;
}

interface Member extends MemberOffset {
  readonly name: string;
  /** Tag of the struct or union that it is one of, if any. */
  readonly tag: string | undefined;
}

interface Listing {
  readonly sizeBytes: number;
  readonly members: readonly Member[];
}

/** Begins an unnamed struct, union or enumeration in a struct. */
const OPENING =
  /^\t+(?:(?:const|volatile) )*(?:struct|union|enum)(?: \w+)? \{$/;
/** A value of an enumeration. */
const VALUE = /^\t+\w+\s+= -?\w+,$/;

const MEMBER = /^\t+(.*?);?\s*\/\*\s*(\d+)(?::\s*\d+)?\s+(\d+) \*\/$/;

/**
 * Parses the listings of many structs.
 *
 * @param fileName Where the text is from, for errors.
 * @returns Every struct by its tag, with the members of members of a type that
 * is listed too.
 * @throws {SyntaxError} If a line is not one that pahole prints, or structs
 * contain each other without end.
 */
export function parsePaholeOffsets(
  text: string,
  fileName = "pahole's output",
): Map<string, ParsedStruct> {
  checkString("read pahole's output", "text", text);
  checkString("read pahole's output", "fileName", fileName);
  const listings = parseListings(text, fileName);
  const parsed = new Map<string, ParsedStruct>();
  for (const [tag, { sizeBytes, members }] of listings) {
    const within = { tag, listings, fields: new Map(), visited: 0, fileName };
    for (const member of members) addMember(within, member, 0);
    // A name may be one that every object has, such as __proto__.
    parsed.set(tag, { sizeBytes, fields: Object.fromEntries(within.fields) });
  }
  return parsed;
}

interface Within {
  /** The struct whose members are listed. */
  readonly tag: string;
  readonly listings: ReadonlyMap<string, Listing>;
  readonly fields: Map<string, MemberOffset>;
  /** Members so far; many can have one name. */
  visited: number;
  /** Where the text is from. */
  readonly fileName: string;
}

function addMember(within: Within, member: Member, depth: number): void {
  const { name, offsetBytes, sizeBytes, tag } = member;
  if (++within.visited > MOST_FIELDS || depth > MOST_DEPTH) {
    throw new SyntaxError(
      `Cannot read pahole text "${printableLine(within.fileName)}": struct ` +
        `${within.tag} has more than ` +
        `${MOST_FIELDS} members or is nested more than ${MOST_DEPTH} deep, ` +
        `expected fewer`,
    );
  }
  within.fields.set(name, { offsetBytes, sizeBytes });
  const type = tag === undefined ? undefined : within.listings.get(tag);
  if (type === undefined || type.sizeBytes !== sizeBytes) return;
  for (const inner of type.members) {
    const offset = offsetBytes + inner.offsetBytes;
    addMember(within, {
      ...inner,
      name: `${name}.${inner.name}`,
      offsetBytes: offset,
    }, depth + 1);
  }
}

function parseListings(text: string, fileName: string): Map<string, Listing> {
  const listings = new Map<string, Listing>();
  let tag = "";
  let sizeBytes = 0;
  let open: Member[][] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > LONGEST_LINE) {
      throw lineError(
        { fileName, line: index + 1 },
        line,
        `a line of at most ${LONGEST_LINE} characters`,
      );
    }
    const start = /^(?:struct|union) (\w+) \{$/.exec(line);
    const top = open.at(-1);
    if (start !== null) {
      tag = start[1] ?? "";
      sizeBytes = 0;
      open = [[]];
    } else if (top === undefined || /^\s*$|^\s+\w[\w ]*\s:\d+;$/.test(line)) {
      // Outside, an empty line, or an unnamed bit-field of forced padding.
      continue;
    } else if (line.startsWith("}")) {
      // pahole prints no size below a union.
      const end = top.reduce(
        (end, member) => Math.max(end, member.offsetBytes + member.sizeBytes),
        0,
      );
      listings.set(tag, { sizeBytes: sizeBytes || end, members: top });
      open = [];
    } else if (/^\s*\/\*/.test(line)) {
      const size = /^\t\/\* size: (\d+),/.exec(line);
      if (size !== null) sizeBytes = Number(size[1]);
    } else if (OPENING.test(line)) {
      open.push([]);
    } else if (!VALUE.test(line)) {
      parseMember(line, { open, fileName, line: index + 1 });
    }
  }
  return listings;
}

function parseMember(
  text: string,
  { open, ...at }: { open: Member[][] } & Place,
): void {
  const found = MEMBER.exec(text);
  if (found === null) {
    throw lineError(at, text, "a member with /* offset size */");
  }
  const declaration = (found[1] ?? "")
    .replace(/\s*__attribute__\(\(.*\)\)/, "").trim();
  const place = {
    offsetBytes: Number(found[2]),
    sizeBytes: Number(found[3]),
  };
  if (!Number.isSafeInteger(place.offsetBytes + place.sizeBytes)) {
    throw lineError(at, text, "an offset and a size below 2^53");
  }
  if (declaration.startsWith("}")) {
    const inner = open.pop() ?? [];
    const behind = declaration.slice(1).trim();
    if (behind === "") {
      const outer = open.at(-1);
      for (const member of inner) outer?.push(member);
      return;
    }
    const name = /\w+/.exec(behind)?.[0] ?? behind;
    open.at(-1)?.push({ name, tag: undefined, ...place });
    // Members of a pointer's target, or of an array, have no place here.
    if (name !== behind) return;
    const outer = open.at(-1);
    for (const member of inner) {
      outer?.push({ ...member, name: `${name}.${member.name}` });
    }
    return;
  }
  const name = /\(\*\s*(\w+)\)/.exec(declaration)?.[1] ??
    /(\w+)(?:\[\d*\])*(?::\d+)?$/.exec(declaration)?.[1];
  if (name === undefined) {
    throw lineError(at, declaration, "a type and a name");
  }
  const tag = /^(?:struct|union) (\w+)\s+\w+$/.exec(declaration)?.[1];
  open.at(-1)?.push({ name, tag, ...place });
}

/** A line of a text. */
interface Place {
  readonly fileName: string;
  readonly line: number;
}

function lineError(
  { fileName, line }: Place,
  text: string,
  expected: string,
): SyntaxError {
  const shown = text.trim();
  const cut = shown.length > SHOWN_CHARACTERS
    ? `${shown.slice(0, SHOWN_CHARACTERS)}...`
    : shown;
  return inputError({
    kind: "pahole text",
    name: fileName,
    where: `line ${line}, column ${text.length - text.trimStart().length + 1}`,
    found: `"${cut}"`,
    expected,
  });
}
