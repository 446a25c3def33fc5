/**
 * What `lab layouts` prints: the size table of all ABIs side by side, the
 * pahole listing of one layout, and the same as JSON.
 */
import type { Abi } from "../../layouts/abi.ts";
import { rolesText } from "../../layouts/c_text/layout_words.ts";
import { arrayShape } from "../../layouts/array_shape.ts";
import { BIO_MAX_VECS, listedStruct } from "../../layouts/array_struct.ts";
import { bvecIter } from "../../layouts/bvec_iter.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { pagePointers } from "../../layouts/page_pointers.ts";
import { pagePointersText } from "../report/page_pointer_words.ts";
import { pahole } from "../../layouts/pahole.ts";
import { placeStruct, unusedBytes } from "../../layouts/struct.ts";
import { whereToRead } from "./layout_legend.ts";
import { plural } from "../../sim/text/plural.ts";
import { wrap } from "../text/wrap.ts";
import {
  recognitions,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";

const NAME_COLUMNS = 22;

type SupportedRow = Exclude<
  ReturnType<typeof describeLayout>,
  { readonly unsupported: string }
>;

export function describeLayout(layout: Layout, abi: Abi) {
  const name = { name: layout.name, abi: abi.name };
  const struct = layout.struct(abi);
  const limits = layoutLimits(layout, abi);
  const pointers = pagePointers(layout, abi);
  if (isUnsupported(struct)) return { ...name, ...struct };
  if (isUnsupported(limits)) return { ...name, ...limits };
  if (isUnsupported(pointers)) return { ...name, ...pointers };
  const placed = placeStruct(struct, abi);
  const shape = arrayShape(placed, layout.arrangement);
  const asRows = layout.arrangement.kind === "soa";
  return {
    ...name,
    // What one more segment adds (for `soa`, over all its arrays).
    sizeBytes: shape.segmentBytes,
    alignBytes: shape.alignBytes,
    holeBytes: asRows ? 0 : unusedBytes(placed),
    fields: placed.fields.map((field) => ({
      name: field.name,
      // For `soa` it is to be multiplied with the capacity.
      offsetBytes: asRows
        ? shape.locator(field.startBit >>> 3)(0, 1, 0)
        : field.offsetBytes,
      sizeBytes: field.sizeBytes,
      ...(field.bitSize === undefined
        ? {}
        : { bitOffset: field.bitOffset ?? 0, bitSize: field.bitSize }),
    })),
    family: layout.family,
    title: layout.title,
    source: layout.source,
    arrangement: layout.arrangement,
    roles: layout.roles,
    // Of each, true, or the reason why not.
    recognitions: Object.fromEntries(recognitions.map((recognition) => {
      const answer = servesRecognition(layout, { abi, recognition });
      return [recognition, answer === true || answer.unsupported];
    })),
    pagePointers: pointers,
    // Numbers that may exceed 2^53, in decimal.
    limits: {
      longestLengthBytes: String(limits.longestLengthBytes),
      lastAddress: String(limits.lastAddress),
      addressAlignBytes: limits.addressAlignBytes,
    },
  };
}

/**
 * Prints the size table.
 *
 * @returns The table, at most 80 columns wide, and why cells are empty.
 */
export function formatSizeTable(
  layouts: readonly Layout[],
  abis: readonly Abi[],
): string {
  const reasons = new Map<string, string>();
  const rows = layouts.map((layout) => [
    layout.name,
    ...abis.map((abi) => {
      const row = describeLayout(layout, abi);
      if (!("unsupported" in row)) {
        return cell(row.sizeBytes, row.alignBytes, row.holeBytes);
      }
      reasons.set(layout.name, row.unsupported);
      return "-";
    }),
  ]);
  const iterator = abis.map((abi) => {
    const placed = placeStruct(bvecIter, abi);
    return cell(placed.sizeBytes, placed.alignBytes, unusedBytes(placed));
  });
  const widths = abis.map((abi) => Math.max(9, abi.name.length + 1));
  const line = ([name = "", ...cells]: readonly string[]) =>
    name.padEnd(NAME_COLUMNS) +
    cells.map((text, index) => text.padStart(widths[index] ?? 9)).join("");
  return [
    "Bytes per segment / alignment (bytes of it that no field uses)",
    "",
    line(["layout", ...abis.map((abi) => abi.name)]),
    ...rows.map(line),
    line(["(bvec_iter)", ...iterator]),
    ...(reasons.size === 0 ? [] : [""]),
    ...[...reasons].map(([name, reason]) => `- ${name}: ${reason}`),
  ].join("\n") + "\n";
}

/**
 * Prints a layout on an ABI as pahole does, with a comment on its origin,
 * limits and P2P detections.
 */
export function formatListing(layout: Layout, abi: Abi): string {
  const row = describeLayout(layout, abi);
  const { author, date, subject, url } = layout.source;
  const head = [
    // The title of a struct of the user's own has its members and its file.
    ...wrap(`${layout.name} on ${abi.name}: ${layout.title}`, {
      ...{ width: 77, indent: "  " },
    }),
    // A struct of the user's own is of no mail; its title has its file.
    ...(date === "" ? [] : [`${author}, ${date}:`, `"${subject}"`]),
    ...(url === undefined ? [] : [whereToRead(url)]),
  ];
  if ("unsupported" in row) {
    return comment([...head, `Not on this ABI: ${row.unsupported}`]);
  }
  const { longestLengthBytes, lastAddress, addressAlignBytes } = row.limits;
  const served = Object.entries(row.recognitions);
  const yes = served.filter(([, answer]) => answer === true);
  const reasons = new Map<string, string[]>();
  for (const [name, answer] of served) {
    if (answer === true) continue;
    reasons.set(answer, [...(reasons.get(answer) ?? []), name]);
  }
  const struct = listedStruct(layout, abi);
  return comment([
    ...head,
    ...(date === "" ? ownFacts(layout, row) : []),
    `Longest segment ${longestLengthBytes} bytes`,
    `Last address 0x${BigInt(lastAddress).toString(16)}${
      addressAlignBytes === 1 ? "" : `, in steps of ${addressAlignBytes} bytes`
    }`,
    `P2P detections: ${yes.map(([name]) => name).join(", ")}`,
    ...[...reasons].flatMap(([reason, names]) =>
      wrap(`Not ${names.join(", ")}: ${reason}`, { width: 77, indent: "  " })
    ),
    `Page pointers: ${pagePointersText(row.pagePointers)}`,
    ...arrangementNote(layout, row),
  ]) + (isUnsupported(struct) ? "" : pahole(placeStruct(struct, abi)));
}

/** Which member is what, and whether the flag that is wanted would fit. */
function ownFacts({ roles }: Layout, { holeBytes }: SupportedRow): string[] {
  return [
    `Roles: ${rolesText(roles)}`,
    ...(roles.flag !== undefined ? [] : [
      "No member is a flag for P2P memory; unused for one: " +
      (holeBytes === 0 ? "no byte" : plural(holeBytes, "byte")),
    ]),
  ];
}

function arrangementNote(layout: Layout, row: SupportedRow): string[] {
  const { arrangement } = layout;
  switch (arrangement.kind) {
    case "aos":
      return [];
    case "soa":
      return [
        `${row.sizeBytes} bytes per segment; shown for ${BIO_MAX_VECS} ` +
        `segments (BIO_MAX_VECS)`,
      ];
    case "chunks": {
      const room = arrangement.chunkBytes - arrangement.linkBytes;
      return [
        `In chunks of ${arrangement.chunkBytes} bytes: a link of ` +
        `${arrangement.linkBytes} bytes, then ${
          Math.floor(room / row.sizeBytes)
        } entries`,
      ];
    }
  }
}

function comment(lines: readonly string[]): string {
  // The path of a file may hold what ends a comment.
  const text = lines.join("\n * ").replaceAll("*/", "* /");
  return `/* ${text}\n */\n`;
}

function cell(size: number, align: number, unused: number): string {
  return `${size}/${align}${unused === 0 ? "" : ` (${unused})`}`;
}
