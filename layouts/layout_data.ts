/** A layout as plain data: what a worker, a result or a file can take. */
import { abis } from "./abi.ts";
import type { CStruct } from "./c_type.ts";
import {
  type Arrangement,
  ASKED_OF_LAYOUT,
  isUnsupported,
  type Layout,
  type Roles,
  type Source,
  type Unsupported,
} from "./layout.ts";
import { toldLayout } from "./told_layout.ts";
import { layoutDataSchema, layoutSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import { describeValue } from "./value_text.ts";

/** A layout as plain data: nothing in it is a function. */
export interface LayoutData {
  /** Name of the layout. */
  readonly name: string;
  /** Name that selects all its variants; its own name by default. */
  readonly family?: string;
  /** One line for listings. */
  readonly title: string;
  /** Who proposed it. */
  readonly source: Source;
  /** What its members are for. */
  readonly roles: Roles;
  /** How segments follow each other; an array of structs by default. */
  readonly arrangement?: Arrangement;
  /** Whether a DMA address could be kept in it; not by default. */
  readonly holdsDma?: boolean;
  /** The struct, or why there is none, by name of the ABI. */
  readonly structs: Readonly<Record<string, CStruct | Unsupported>>;
}

/** Deeper than any description of a layout. */
const MOST_LEVELS = 128;

/**
 * Makes a layout of its data, as a worker or a result file has them.
 *
 * @throws {TypeError} If they are not plain data, miss a key or have an unknown
 * one; names it.
 * @throws {RangeError} If they are not a layout: a role names no member, a name
 * is not an identifier of C.
 *
 * @example There and back
 * ```ts
 * import { findAbi, findLayout } from "@bvec/lab";
 * import { layoutData } from "./layout_data.ts";
 * import { layoutOfData } from "./layout_data.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const packed = findLayout("phys_packed");
 * const text = JSON.stringify(layoutData(packed));
 * const again = layoutOfData(JSON.parse(text));
 * assertEquals(again.struct(findAbi("lp64")), packed.struct(findAbi("lp64")));
 * ```
 */
export function layoutOfData(data: LayoutData): Layout {
  requirePlain("make a layout", data);
  checkValue("make a layout", layoutDataSchema, data);
  return toldLayout(data);
}

/**
 * Returns a layout as plain data: what its functions answer on every ABI. Only
 * that is sent to a worker, and a layout that the data do not make again is
 * refused.
 *
 * @param layout A layout of `defineLayout()`, `layoutFromC()` or `soa()`.
 * @returns The data, without references to the layout.
 * @throws {TypeError} If the layout is none, holds a function where data should
 *   be, or answers otherwise than its data would.
 */
export function layoutData(layout: Layout): LayoutData {
  checkValue("send a layout to a worker", layoutSchema, layout);
  const { name, family, title, source, roles, arrangement } = layout;
  const what = `send layout ${describeValue(name)} to a worker`;
  const holdsDma = abis.some((abi) => layout.serves(abi, "dma") === true);
  const data: LayoutData = {
    name,
    ...(family === name ? {} : { family }),
    title,
    source,
    roles,
    ...(arrangement.kind === "aos" ? {} : { arrangement }),
    ...(holdsDma === (roles.address.kind === "dma") ? {} : { holdsDma }),
    structs: Object.fromEntries(
      abis.map((abi) => [abi.name, layout.struct(abi)]),
    ),
  };
  requirePlain(what, data);
  checkValue(what, layoutDataSchema, data);
  const plain: LayoutData = structuredClone(data);
  requireSame(what, layout, layoutOfData(plain));
  return plain;
}

/** What it serves follows from its roles: a function of its own cannot travel. */
function requireSame(what: string, layout: Layout, made: Layout): void {
  for (const abi of abis) {
    for (const asked of ASKED_OF_LAYOUT) {
      const own = layout.serves(abi, asked);
      const others = made.serves(abi, asked);
      if (isUnsupported(own) === isUnsupported(others)) continue;
      throw new TypeError(
        `Cannot ${what}: found a custom serves(), which ` +
          `${isUnsupported(own) ? "refuses" : "takes"} ${asked} on ` +
          `${abi.name}, expected what defineLayout() makes of its roles`,
      );
    }
  }
}

/**
 * Refuses what JSON does not carry: a worker would get less than was given.
 *
 * @throws {TypeError} Naming the part.
 */
function requirePlain(what: string, value: unknown): void {
  const visit = (at: unknown, path: string, levels: number): void => {
    const refuse = (found: string): never => {
      throw new TypeError(
        `Cannot ${what}: found ${path === "" ? "" : `${path} `}${found}, ` +
          `expected plain JSON data`,
      );
    };
    if (at === null || ["string", "boolean"].includes(typeof at)) return;
    if (typeof at === "number") {
      if (!Number.isFinite(at)) refuse(String(at));
      return;
    }
    if (at === undefined && path !== "") return; // an absent key
    if (typeof at !== "object") return refuse(describeValue(at));
    if (levels > MOST_LEVELS) {
      return refuse(`in more than ${MOST_LEVELS} levels`);
    }
    if (Array.isArray(at)) {
      return at.forEach((item, i) => visit(item, `${path}[${i}]`, levels + 1));
    }
    const prototype = Object.getPrototypeOf(at);
    if (prototype !== Object.prototype && prototype !== null) {
      return refuse(describeValue(at));
    }
    for (const [key, item] of Object.entries(at)) {
      visit(item, path === "" ? key : `${path}.${key}`, levels + 1);
    }
  };
  visit(value, "", 0);
}
