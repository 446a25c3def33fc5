/** What a model has to answer for a row, so that it can be compared. */
import type {
  OracleBio,
  OracleBuffer,
  OracleFile,
  OracleRequest,
  OracleRow,
  OracleRun,
} from "./oracle_row.ts";

/**
 * A bus address. An IOVA is known only up to the page-aligned base that the
 * allocator chose, so it is an offset into allocation number `base`; base 0
 * stands for an absolute address.
 */
export interface ReplayAddress {
  /** 0, or the number of an IOVA allocation within the row. */
  readonly base: number;
  /** The address, or the offset from the base. */
  readonly offset: number;
}

/** An NVMe command as the model builds it. */
export interface ReplayCommand {
  readonly operation: string;
  readonly firstBlock: number;
  readonly blocks: number;
  readonly kind: "prp" | "sgl";
  /** Data pages in order (PRP). */
  readonly pages: readonly ReplayAddress[];
  /** Length of the data in the last page (PRP). */
  readonly lastPageBytes: number;
  /** Entries of each PRP list page, the chain pointer included. */
  readonly listEntries: readonly number[];
  /** Data descriptors: address, length (SGL). */
  readonly descriptors: readonly (readonly [ReplayAddress, number])[];
  /** Type byte of the descriptor in the command (SGL). */
  readonly pointerType: number;
  /** Length in the descriptor in the command (SGL). */
  readonly pointerBytes: number;
  /** Upper half of command word 12. */
  readonly control: number;
  readonly metadataBytes: number;
  /** Reference tag, with protection information only. */
  readonly referenceTag?: number;
}

/** What the model makes of a row. */
export interface Replayed {
  /** Bios in the order submitted; a zero page has address -1. */
  readonly bios: readonly OracleBio[];
  /** Requests in the order issued. */
  readonly requests: readonly OracleRequest[];
  /** What each I/O returned. */
  readonly returned: readonly number[];
  /** NVMe commands in the order issued; empty for other devices. */
  readonly commands: readonly ReplayCommand[];
  /** True if the direct part is short and the page cache does the rest. */
  readonly pageCacheRest: boolean;
  /** Parts that the model leaves open, each for a reason in the kernel. */
  readonly open: readonly OpenPart[];
}

/**
 * A part of a row that the model does not decide:
 *
 * - `issue order`: an I/O scheduler orders requests, or a submitter slept on a
 *   tag or in writeback throttling;
 * - `flush order`: where the flushes of fsync, and of FUA without the device's,
 *   are, and how many requests one of them serves;
 * - `bio order`: several workers submit bios;
 * - `descriptor kind`: state of an earlier request decides PRP or SGL.
 */
export type OpenPart =
  | "issue order"
  | "flush order"
  | "bio order"
  | "descriptor kind";

/** A row that the model does not cover, with the reason. */
export interface NotCovered {
  /** Why, in a few words that are the same for all such rows. */
  readonly notCovered: string;
}

/**
 * Replays a row. Called for the rows of a file in order: a scheduler keeps
 * state from row to row.
 *
 * @param row The row; its results must not be looked at.
 * @returns What the model makes of it, or why it does not cover it.
 */
export type Replay = (
  row: OracleRow,
  run: OracleRun,
  buffers: ReadonlyMap<string, OracleBuffer>,
) => Replayed | NotCovered;

/**
 * Makes the replay of a file: kernel profile, IOMMU and topology come with it.
 */
export type ReplayFactory = (file: OracleFile) => Replay;
