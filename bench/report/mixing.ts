/**
 * What a cell's figures owe to a rule and not to a layout: where kinds of
 * memory mix and only the pages distinguish them, a bio ends where the kind
 * changes (block/bio.c, bio_add_page() and
 * zone_device_pages_have_same_pgmap()). A baseline that recognises by page then
 * takes many bios where a layout whose segments say it takes one, and every
 * difference between them comes from that.
 *
 * Both are proposals: a kernel of today sends one bio and no further one. 7.2's
 * iov_iter_extract_bvecs() ends at the first page of another kind, and
 * __blkdev_direct_IO_simple() and _async() return what that bio has moved.
 */
import { endsBioByKind } from "../../sim/recognition/recognition_registry.ts";
import type { ResultCell, ResultLayout } from "../result/result.ts";
import { formatFigure } from "../text/figure.ts";
import { printableCell } from "../text/plain_table.ts";

const EACH_KIND = '"a bio for each kind"';
const ONE_BIO = '"one bio by segment"';
/** What a kernel of today does, which no figure is of. */
export const MIXED_TODAY =
  "a 7.2 ends a direct I/O where the kind changes (io_uring: a short result; " +
  "pread: the rest through the page cache)";

/**
 * Names the proposal that a path with mixed memory is of.
 *
 * @param recognition How it finds out what memory is P2P.
 */
export function mixedProposal(recognition: string): string {
  const rule = endsBioByKind(recognition) ? EACH_KIND : ONE_BIO;
  return `mixed memory by a proposal, ${rule} (Linux 7.2 ends the I/O where ` +
    "the kind changes)";
}

/** Layouts whose difference to the baseline is of the rule. */
export interface MixingRule {
  readonly baseline: ResultLayout;
  /** The layouts that recognise otherwise and take other bios. */
  readonly others: readonly ResultLayout[];
}

/**
 * Finds the layouts of a cell that differ from the baseline by the rule.
 *
 * @returns The rule at work; nothing where it makes no difference.
 */
function mixingRule(cell: ResultCell): MixingRule | undefined {
  const baseline = cell.layouts.find(({ name }) => name === cell.baseline);
  if (baseline === undefined) return undefined;
  const others = cell.layouts.filter(({ recognition, counts }) =>
    recognition !== baseline.recognition &&
    Math.abs(counts.biosPerIo - baseline.counts.biosPerIo) > 1e-9
  );
  return others.length === 0 ? undefined : { baseline, others };
}

/** Tells whether layouts of a cell take other bios than its baseline. */
export function differsByRule(cell: ResultCell): boolean {
  return mixingRule(cell) !== undefined;
}

/**
 * Says what the rule does to the differences of a cell.
 *
 * @returns A few sentences; nothing where it makes no difference.
 */
export function mixingNote(cell: ResultCell): string {
  const rule = mixingRule(cell);
  if (rule === undefined) {
    return isMixed(cell)
      ? `bios per I/O are those of a proposal, ${EACH_KIND}: ${MIXED_TODAY}`
      : "";
  }
  const { baseline, others } = rule;
  const bios = new Set(others.map(({ counts }) => figure(counts.biosPerIo)));
  const name = printableCell(baseline.name);
  const by = printableCell(baseline.recognition ?? cell.recognition);
  // The layout that takes more bios is the one that begins a new bio at each
  // change of kind.
  const because = ", because a bio does not mix kinds of memory";
  const { biosPerIo } = baseline.counts;
  const more = others.every(({ counts }) => counts.biosPerIo < biosPerIo);
  return `${name} detects P2P memory by ${by} and takes ` +
    `${figure(biosPerIo)} ${biosPerIo === 1 ? "bio" : "bios"} per I/O` +
    `${more ? because : ""}; layouts that detect it by ` +
    `${printableCell(cell.recognition)} take ${[...bios].join(" to ")}` +
    `${
      more ? "" : because
    }. Both are proposals, ${EACH_KIND} and ${ONE_BIO}: ${MIXED_TODAY}. What ` +
    `they ` +
    `differ from ${name} by is this rule first, not the encoding: compare ` +
    `encodings among themselves, or with --recognise ${by}`;
}

/**
 * Says the same in few words, for where a difference is shown or claimed.
 *
 * @returns A phrase; empty where the rule makes no difference.
 */
export function mixingReminder(cell: ResultCell): string {
  const rule = mixingRule(cell);
  if (rule === undefined) {
    return isMixed(cell)
      ? `bios are those of a proposal, ${EACH_KIND}: Linux 7.2 ends the I/O where ` +
        `the kind changes`
      : "";
  }
  const { baseline, others } = rule;
  const bios = new Set(others.map(({ counts }) => figure(counts.biosPerIo)));
  return `${printableCell(baseline.name)} takes ` +
    `${figure(baseline.counts.biosPerIo)} bios per I/O here, the others ` +
    `${
      [...bios].join(" to ")
    } (proposals: Linux 7.2 ends the I/O where the kind ` +
    `changes): what differs is the rule that a bio does not mix kinds of ` +
    `memory, not the encoding`;
}

/** Whether an I/O of a cell takes bios of several kinds, one for each. */
function isMixed({ placement = "", layouts }: ResultCell): boolean {
  return / mixed with /.test(placement) &&
    layouts.some(({ counts }) => counts.biosPerIo > 1);
}

function figure(value: number): string {
  return formatFigure(value, 6);
}
