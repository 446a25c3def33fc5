/** Names of types as pahole writes them, functions included. */
import type { DebugType, FunctionType } from "./type.ts";

/**
 * Room that pahole has for a name, in characters; what is longer is cut.
 * (`char tbf[128]` and `tmpbf[1024]` of dwarves_fprintf.c.)
 */
const SHORT = 127;
const LONG = 1023;
/** Deepest pointers to pointers, and so on, that are followed. */
const MOST_DEPTH = 64;
/** Types that one name may be made of: functions of functions grow fast. */
const MOST_TYPES = 100_000;

/** How far the making of one name has come. */
export interface Naming {
  /** Types around the one that is named. */
  readonly depth: number;
  /** Types that may still be named; shared by all parts of a name. */
  readonly left: { types: number };
}

function begin(): Naming {
  return { depth: 0, left: { types: MOST_TYPES } };
}

function inner({ depth, left }: Naming): Naming {
  return { depth: depth + 1, left };
}

/**
 * Writes a name into a column as C's `%-*s` does, where a width below 0 counts
 * as the same above 0.
 */
export function column(text: string, width: number): string {
  return text.padEnd(Math.abs(width));
}

/**
 * Returns the name of a type as written in front of a member's name.
 *
 * @param type The type; `undefined` for void.
 * @param most Characters that there is room for.
 * @param naming How far the name has come.
 * @throws {RangeError} If the type refers to itself without a tag between.
 */
export function typeName(
  type: DebugType | undefined,
  most: number = SHORT,
  naming: Naming = begin(),
): string {
  if (naming.depth > MOST_DEPTH || --naming.left.types < 0) {
    throw new RangeError(
      `Cannot name a type: it takes more than ${MOST_DEPTH} steps, ` +
        `expected fewer`,
    );
  }
  return uncutName(type, naming).slice(0, most);
}

function uncutName(type: DebugType | undefined, naming: Naming): string {
  switch (type?.kind) {
    case undefined:
      return "void";
    case "base":
      return type.name === "" ? "nameless base type!" : type.name;
    case "typedef":
      return type.name;
    case "pointer":
      return pointerName(type.to, naming);
    case "const":
    case "volatile":
      return `${type.kind} ${typeName(type.to, SHORT, inner(naming))} `;
    case "restrict":
      return `${typeName(type.to, SHORT, inner(naming))} restrict `;
    case "array":
      return typeName(type.to, LONG, inner(naming));
    case "struct":
    case "union":
    case "enum":
      return `${type.kind} ${type.name}`;
    case "function":
      return functionText(type, { name: "", pointer: false, width: 0 }, naming);
  }
}

function pointerName(to: DebugType | undefined, naming: Naming): string {
  if (to?.kind === "const" && to.to?.kind === "pointer") {
    return `${typeName(to.to, LONG, inner(naming))} const *`;
  }
  return `${typeName(to, LONG, inner(naming))} *`;
}

/** How a function or a pointer to one is in a declaration. */
export interface FunctionPlace {
  /** The declared name; empty for none. */
  readonly name: string;
  /** Whether it is a pointer to the function. */
  readonly pointer: boolean;
  /** Column of the name. */
  readonly width: number;
}

/**
 * Writes a function, or a pointer to one.
 *
 * @param naming How far the name has come.
 * @returns The text without a semicolon.
 */
export function functionText(
  type: FunctionType,
  place: FunctionPlace,
  naming: Naming = begin(),
): string {
  const returns = typeName(type.returns, SHORT, inner(naming));
  const star = place.pointer ? "*" : "";
  return `${column(returns, place.width)} (${star}${place.name})` +
    parameters(type, naming);
}

function parameters(type: FunctionType, naming: Naming): string {
  const all = type.parameters.map((parameter) => {
    const { name, type: taken } = parameter;
    const target = taken?.kind === "pointer" ? taken.to : undefined;
    if (target?.kind === "function") {
      return functionText(
        target,
        { name, pointer: true, width: 0 },
        inner(naming),
      );
    }
    return typeName(taken, SHORT, inner(naming)) +
      (name === "" ? "" : ` ${name}`);
  });
  if (all.length === 0) return "(void)";
  return `(${all.join(", ")}${type.variadic ? ", ..." : ""})`;
}
