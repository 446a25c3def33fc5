/** A layout of whatever a program describes: the form is looked at first. */
import { type Layout, type LayoutDescription, makeLayout } from "./layout.ts";
import { descriptionSchema, structAnswerSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";

/**
 * Creates a layout from its description.
 *
 * @param description What the layout is.
 * @returns The frozen layout, ready for `createCodec()` or the registry.
 * @throws {TypeError} If a key is missing, unknown or of the wrong type.
 * @throws {RangeError} If its name is not printable, a name in its struct is
 *   not a C identifier, or a role names no member or the member of another
 *   role.
 *
 * @example A custom layout
 * ```ts
 * import {
 *   createCodec,
 *   decodeSegment,
 *   defineLayout,
 *   encodeSegment,
 *   findAbi,
 * } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const mine = defineLayout({
 *   name: "len_first",
 *   title: "length before the address",
 *   source: { author: "me", date: "2026-01-01", subject: "an example" },
 *   struct: {
 *     name: "bio_vec",
 *     fields: [
 *       { name: "len", type: "u32" },
 *       { name: "phys", type: "phys_addr_t" },
 *     ],
 *     packed: true,
 *   },
 *   roles: {
 *     address: { kind: "phys", field: "phys" },
 *     length: { field: "len" },
 *   },
 * });
 * const view = new DataView(new ArrayBuffer(4096));
 * const codec = createCodec(mine, findAbi("lp64"), view);
 * assertEquals(codec.arrayBytes(256), 3072);
 * encodeSegment(codec, { base: 0, capacity: 256, index: 1 }, {
 *   address: 0x1_2345_6000n,
 *   lengthBytes: 4096,
 * });
 * assertEquals(view.getUint32(12, true), 4096);
 * assertEquals(
 *   decodeSegment(codec, { base: 0, capacity: 256, index: 1 }).address,
 *   0x1_2345_6000n,
 * );
 * ```
 */
export function defineLayout(description: LayoutDescription): Layout {
  checkValue("define layout", descriptionSchema, description);
  const { name, struct } = description;
  if (typeof struct !== "function") return makeLayout(description);
  return makeLayout({
    ...description,
    struct: (abi) => {
      const made = struct(abi);
      checkValue(
        `define layout "${name}" on ${abi.name}`,
        structAnswerSchema,
        made,
      );
      return made;
    },
  });
}
