/**
 * What pahole says of the room between members and after the last: comments,
 * and the unnamed bit-fields that would make it.
 */
import { declaration } from "./declaration.ts";
import type { Hole } from "./holes.ts";
import { type PrintSetting, type RecordPrinter, tabs } from "./setting.ts";
import { type RecordMember, type RecordType, sizeOfType } from "./type.ts";

/** Where unnamed bit-fields are, and what prints records in them. */
export interface GapPlace {
  /** What holds there. */
  readonly setting: PrintSetting;
  readonly printer: RecordPrinter;
}

/**
 * Writes the comments on a hole.
 *
 * @returns The comments, bits first; none if there is no hole.
 */
export function holeComments({ bits, bytes }: Hole): string[] {
  return [
    ...(bits > 0
      ? [`/* XXX ${counted(bits, "bit")} hole, try to pack */`]
      : []),
    ...(bytes > 0
      ? [`/* XXX ${counted(bytes, "byte")} hole, try to pack */`]
      : []),
  ];
}

/**
 * Writes the comment on the padding of a struct that is a member.
 *
 * @returns The comment; none if it has no padding.
 */
export function paddingComments(bytes: number): string[] {
  if (bytes === 0) return [];
  return [`/* XXX last struct has ${counted(bytes, "byte")} of padding */`];
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * Writes the comment on members whose units overlap.
 *
 * @param lastBytes Bytes of the unit that the member before is in.
 * @returns The comment; none if they do not.
 */
export function overlapComments(
  member: RecordMember,
  last: RecordMember,
  lastBytes: number,
): string[] {
  const step = member.offsetBytes - last.offsetBytes;
  const begins = step === 0 && last.bitSize === 0 && member.bitSize !== 0;
  const other = step < 0 || begins
    ? "previous"
    : step > 0 && step < lastBytes
    ? "next"
    : undefined;
  if (other === undefined) return [];
  return [`/* Bitfield combined with ${other} fields */`];
}

/**
 * Writes the unnamed bit-field that must have made a hole between two others.
 *
 * @param member The bit-field after the hole.
 * @param gap The member before, and bits of the hole.
 * @returns Its lines; nothing if there is no such hole.
 */
export function gapMember(
  member: RecordMember,
  { last, bits }: { last: RecordMember; bits: number },
  { setting, printer }: GapPlace,
): string {
  if (bits === 0 || member.bitSize === 0) return "";
  const moved = last.offsetBytes !== member.offsetBytes;
  const indent = tabs(setting.indent);
  return (moved
    ? `\n${indent}/* Force alignment to the next boundary: */\n`
    : "") +
    `${indent}${declaration(member.type, "", setting, printer)}` +
    `:${moved ? 0 : bits};\n`;
}

/**
 * Writes the unnamed bit-fields that must have made a padding, where debug
 * information says alignments and none explains it.
 *
 * @param padding Its padding, and from what size on it is shown.
 * @returns Their lines; nothing if they are not shown.
 */
export function paddingMembers(
  record: RecordType,
  { bytes, aboveBytes }: { bytes: number; aboveBytes: number },
  { setting, printer }: GapPlace,
): string {
  const last = record.members.at(-1);
  const explained = record.alignedBytes !== 0 ||
    (record.alignedByMember ?? false);
  if (last === undefined || explained || bytes <= aboveBytes) return "";
  // Of the type, so a bit-field counts as a whole.
  const eachBytes = sizeOfType(last.type);
  if (!isPowerOfTwo(eachBytes)) return "";
  const indent = tabs(setting.indent);
  const each = `${indent}${declaration(last.type, "", setting, printer)}` +
    `:${eachBytes * 8};\n`;
  return `\n${indent}/* Force padding: */\n` +
    each.repeat(Math.ceil(bytes / eachBytes));
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}
