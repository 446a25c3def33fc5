/**
 * Reads the text that pahole prints for a struct: where each member lies.
 * Members of unnamed structs and unions keep their own name; those of named
 * ones are joined with a dot, as in `bi_iter.bi_sector`.
 */

/** The place of one member. */
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
 * @param text What pahole printed.
 * @returns Every struct by its tag, with the members of members of a type that
 * is listed too.
 * @throws {SyntaxError} If a line is not one that pahole prints.
 */
export function parsePaholeOffsets(text: string): Map<string, ParsedStruct> {
  const listings = parseListings(text);
  const parsed = new Map<string, ParsedStruct>();
  for (const [tag, { sizeBytes, members }] of listings) {
    const fields: Record<string, MemberOffset> = {};
    for (const member of members) addMember(fields, member, listings);
    parsed.set(tag, { sizeBytes, fields });
  }
  return parsed;
}

function addMember(
  fields: Record<string, MemberOffset>,
  member: Member,
  listings: ReadonlyMap<string, Listing>,
): void {
  const { name, offsetBytes, sizeBytes, tag } = member;
  fields[name] = { offsetBytes, sizeBytes };
  const type = tag === undefined ? undefined : listings.get(tag);
  if (type === undefined || type.sizeBytes !== sizeBytes) return;
  for (const inner of type.members) {
    addMember(fields, {
      ...inner,
      name: `${name}.${inner.name}`,
      offsetBytes: offsetBytes + inner.offsetBytes,
    }, listings);
  }
}

function parseListings(text: string): Map<string, Listing> {
  const listings = new Map<string, Listing>();
  let tag = "";
  let sizeBytes = 0;
  let open: Member[][] = [];
  for (const [index, line] of text.split("\n").entries()) {
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
      const ends = top.map((member) => member.offsetBytes + member.sizeBytes);
      listings.set(tag, {
        sizeBytes: sizeBytes || Math.max(0, ...ends),
        members: top,
      });
      open = [];
    } else if (/^\s*\/\*/.test(line)) {
      const size = /^\t\/\* size: (\d+),/.exec(line);
      if (size !== null) sizeBytes = Number(size[1]);
    } else if (OPENING.test(line)) {
      open.push([]);
    } else if (!VALUE.test(line)) {
      parseMember(line, { open, line: index + 1 });
    }
  }
  return listings;
}

function parseMember(
  text: string,
  { open, line }: { open: Member[][]; line: number },
): void {
  const found = MEMBER.exec(text);
  if (found === null) {
    throw new SyntaxError(
      `Cannot read pahole text, line ${line}: "${text.trim()}", ` +
        `expected a member with /* offset size */`,
    );
  }
  const declaration = (found[1] ?? "")
    .replace(/\s*__attribute__\(\(.*\)\)/, "").trim();
  const place = {
    offsetBytes: Number(found[2]),
    sizeBytes: Number(found[3]),
  };
  if (declaration.startsWith("}")) {
    const inner = open.pop() ?? [];
    const behind = declaration.slice(1).trim();
    if (behind === "") {
      open.at(-1)?.push(...inner);
      return;
    }
    const name = /\w+/.exec(behind)?.[0] ?? behind;
    open.at(-1)?.push({ name, tag: undefined, ...place });
    // Members of a pointer's target, or of an array, have no place here.
    if (name !== behind) return;
    open.at(-1)?.push(
      ...inner.map((member) => ({ ...member, name: `${name}.${member.name}` })),
    );
    return;
  }
  const name = /\(\*\s*(\w+)\)/.exec(declaration)?.[1] ??
    /(\w+)(?:\[\d*\])*(?::\d+)?$/.exec(declaration)?.[1];
  if (name === undefined) {
    throw new SyntaxError(
      `Cannot read pahole text, line ${line}: "${declaration}", ` +
        `expected a type and a name`,
    );
  }
  const tag = /^(?:struct|union) (\w+)\s+\w+$/.exec(declaration)?.[1];
  open.at(-1)?.push({ name, tag, ...place });
}
