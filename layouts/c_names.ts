/**
 * Whether the names of a struct can be in C: they are printed unchanged, and
 * what is compiled is run.
 */
import type { CStruct } from "./c_type.ts";

/** Keywords of C11 and C23, and those of GNU C that no underscore begins. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...["alignas", "alignof", "auto", "bool", "break", "case", "char", "const"],
  ...["constexpr", "continue", "default", "do", "double", "else", "enum"],
  ...["extern", "false", "float", "for", "goto", "if", "inline", "int", "long"],
  ...["nullptr", "register", "restrict", "return", "short", "signed", "sizeof"],
  ...["static", "static_assert", "struct", "switch", "thread_local", "true"],
  ...["typedef", "typeof", "typeof_unqual", "union", "unsigned", "void"],
  ...["volatile", "while", "asm"],
]);

/** Those that one or two underscores begin; other such names are the kernel's. */
const RESERVED =
  /^_(Alignas|Alignof|Atomic|BitInt|Bool|Complex|Decimal\d+|Float\d+x?|Generic|Imaginary|Noreturn|Static_assert|Thread_local)$|^__(alignof|asm|attribute|auto_type|const|extension|float\d+|imag|inline|int128|label|real|restrict|signed|thread|typeof|volatile)(__)?$|^__func__$/;

/** What a type is written with; nothing of it ends a declaration. */
const TYPE_TEXT = /^[A-Za-z_][\w *(),[\]]*$/;

/** Deeper than any struct of the kernel. */
const MOST_DEPTH = 32;

/** Returns whether a name can be that of a member or a tag. */
export function isCIdentifier(name: string): boolean {
  return /^[A-Za-z_]\w{0,62}$/.test(name) && !KEYWORDS.has(name) &&
    !RESERVED.test(name);
}

/**
 * Refuses a struct whose text in C would be another one.
 *
 * @throws {RangeError} Naming what is not an identifier, no type or no number.
 */
export function checkCNames(struct: CStruct): void {
  checkStruct(struct, 0);
}

function checkStruct(struct: CStruct, depth: number): void {
  const { name, kind, fields, alignedBytes } = struct;
  const where = `struct ${JSON.stringify(name)}`;
  if (depth > MOST_DEPTH) {
    refuse(where, `more than ${MOST_DEPTH} structs in each other`, "fewer");
  }
  if (name !== "" && !isCIdentifier(name)) {
    refuse(where, "its name", "a C identifier that is not a keyword");
  }
  if (kind !== undefined && kind !== "struct" && kind !== "union") {
    refuse(where, `kind ${JSON.stringify(kind)}`, "struct or union");
  }
  checkNumbers(where, { alignedBytes });
  for (const field of fields) {
    const { name, type, bits, count, alignedBytes } = field;
    const where = `field ${JSON.stringify(name)} of struct ${struct.name}`;
    if (name !== "" && !isCIdentifier(name)) {
      refuse(where, "its name", "a C identifier that is not a keyword");
    }
    checkNumbers(where, { bits, count, alignedBytes });
    checkType(where, type, depth);
  }
}

/** Any type, by what it consists of: names, texts, and other types. */
function checkType(where: string, type: unknown, depth: number): void {
  if (depth > MOST_DEPTH) refuse(where, "types without end", "fewer");
  if (typeof type === "string") return checkText(where, type);
  if (typeof type !== "object" || type === null) {
    refuse(where, `type ${String(type)}`, "a type of C");
  }
  if ("fields" in type) return checkStruct(type as CStruct, depth + 1);
  for (const [key, value] of Object.entries(type)) {
    if (key === "typedef" || key === "enum") {
      if (typeof value === "string" && isCIdentifier(value)) continue;
      refuse(where, `${key} ${JSON.stringify(value)}`, "an identifier of C");
    } else if (key === "type") checkType(where, value, depth + 1);
    else if (key === "alignedBytes") checkNumbers(where, { [key]: value });
    else {
      for (const text of Array.isArray(value) ? value : [value]) {
        if (text !== "...") checkText(where, text);
      }
    }
  }
}

function checkText(where: string, text: unknown): void {
  if (typeof text === "string" && TYPE_TEXT.test(text)) return;
  refuse(where, `type ${JSON.stringify(text)}`, "a type of C");
}

function checkNumbers(
  where: string,
  numbers: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(numbers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || (Number.isSafeInteger(one) && one >= 0)) {
        continue;
      }
      refuse(where, `${key} ${String(one)}`, "a whole number");
    }
  }
}

function refuse(where: string, found: string, expected: string): never {
  throw new RangeError(
    `Cannot write ${where} in C: found ${found}, expected ${expected}`,
  );
}
