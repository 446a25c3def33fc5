/** A layout as plain data: what a worker or a result file can take. */
import type { CStruct } from "../c_type.ts";
import {
  defineLayout,
  type Layout,
  type Roles,
  type Source,
  type Unsupported,
} from "../layout.ts";

/** A layout as plain data. */
export interface LayoutData {
  /** Name of the layout. */
  readonly name: string;
  /** One line for listings. */
  readonly title: string;
  /** Who proposed it. */
  readonly source: Source;
  /** What its members are for. */
  readonly roles: Roles;
  /** The struct, or why there is none, by name of the ABI. */
  readonly structs: Readonly<Record<string, CStruct | Unsupported>>;
}

/**
 * Makes a layout of its data, as a worker gets them.
 *
 * @param data Those of a `CTextLayout`.
 * @returns The layout.
 */
export function layoutOfData(data: LayoutData): Layout {
  const { name, title, source, roles, structs } = data;
  return defineLayout({
    name,
    title,
    source,
    roles,
    struct: (abi) =>
      structs[abi.name] ?? {
        unsupported: `it was not placed for ABI ${abi.name}`,
      },
  });
}
