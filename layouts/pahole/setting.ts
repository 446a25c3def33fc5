/** What holds where a part of a listing is printed. */
import type { RecordType } from "./type.ts";

/** Tabs that pahole indents by at most. */
const MOST_TABS = 16;

/** The line of the listing that was reached. */
export interface ReachedLine {
  /** Cache line of the last mark. */
  line: number;
}

/** What holds where something is printed. */
export interface PrintSetting {
  /** Tabs in front. */
  readonly indent: number;
  /** Column of a member's name. */
  readonly typeColumns: number;
  /** Columns that the name takes. */
  readonly nameColumns: number;
  /** Name after the closing brace; an empty one leaves its blank. */
  readonly suffix: string | undefined;
  /** Whether totals are below. */
  readonly totals: boolean;
  /** Offset of the record in the outermost one. */
  readonly baseBytes: number;
  /** Whether offsets are those in the record, after a pointer. */
  readonly relative: boolean;
  /** Whether it is in a union, or in what is in one. */
  readonly inUnion: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** Where cache lines are counted; absent for an outermost record. */
  readonly cursor?: ReachedLine;
}

/** Prints whole records; print.ts gives it. */
export interface RecordPrinter {
  /** Prints a struct or union up to its closing brace and attributes. */
  record(record: RecordType, setting: PrintSetting): string;
  /** Whether a struct was found to be packed. */
  isPacked(record: RecordType): boolean;
}

export function tabs(indent: number): string {
  return "\t".repeat(Math.min(indent, MOST_TABS));
}
