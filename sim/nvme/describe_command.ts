/**
 * Describes a command as the device sees it, in the words of the kernel
 * oracle's rows: the pages that its PRPs name with lists resolved, or its SGL
 * descriptors.
 *
 * For the oracle's harness: give `assemblePath` a decoding device and
 * `onCommand`; it is called with the place of each entry in the submission
 * ring, in the order issued, while the lists are still live. Then
 * `describeCommand(assembly.memory, entry, blockBytes)` says what a row's
 * `cmds` say: `operation` is op, `firstBlock` slba, `blocks` nlb, `pages` prps,
 * `lastPageBytes` last_len, `listPages` list_pages, `descriptors` sgl,
 * `dataPointer` dptr, `transferType` psdt, `control` ctrl. Addresses are the
 * ones on the bus: with an IOMMU, IOVAs.
 */
import {
  ARENA_PHYS_HI_64,
  type KernelMemory,
} from "../memory/kernel_memory.ts";
import { CTRL_PAGE_BYTES, NVME_CMD, SGL_TYPE, SQE } from "./command.ts";
import { LIST_PAGE_BYTES } from "./descriptor_pool.ts";
import { DeviceError } from "./device_error.ts";

/** A command in words and numbers. */
export interface DescribedCommand {
  /** `r`, `w`, or `f` for a flush. */
  readonly operation: "r" | "w" | "f";
  /** Command id, which is the request's tag. */
  readonly commandId: number;
  readonly firstBlock: number;
  readonly blocks: number;
  /** Which kind of descriptors it carries. */
  readonly kind: "prp" | "sgl";
  /** PRP1 as written; with SGL the first half of the descriptor. */
  readonly prp1: number;
  /** PRP2 as written; 0 with SGL. */
  readonly prp2: number;
  /** Data pages in order, lists resolved; PRP only. */
  readonly pages: readonly number[];
  /** Length of the data in the last page; PRP only. */
  readonly lastPageBytes: number;
  /** List pages: address, entries with the chain pointer. */
  readonly listPages: readonly (readonly [number, number])[];
  /** Data descriptors: address, length; SGL only. */
  readonly descriptors: readonly (readonly [number, number])[];
  /** The descriptor in the command; SGL only. */
  readonly dataPointer?: {
    readonly addr: number;
    readonly sizeBytes: number;
    readonly type: number;
  };
  /**
   * 0 for PRP, 1 for SGL, 2 for SGL with an SGL of metadata (bits 7:6 of the
   * flags byte).
   */
  readonly transferType: number;
  /** Upper half of command word 12. */
  readonly control: number;
  /** Metadata pointer; 0 for none. */
  readonly metadataPointer: number;
  /** Descriptors of metadata: address, length; where it has an SGL. */
  readonly metadataDescriptors?: readonly (readonly [number, number])[];
  /** Expected initial reference tag (command word 14). */
  readonly referenceTag: number;
}

/**
 * Describes one entry of the submission ring.
 *
 * @param blockBytes Bytes of a logical block; default: 512.
 * @throws {DeviceError} If a list is outside the descriptor memory.
 */
export function describeCommand(
  memory: KernelMemory,
  entry: number,
  blockBytes = 512,
): DescribedCommand {
  const { getLe32, view } = memory;
  const wide = (at: number) => wideAt(memory, at);
  const opcode = view.getUint8(entry + SQE.opcode);
  const transferType = view.getUint8(entry + SQE.flags) >>> 6;
  const common = {
    commandId: view.getUint16(entry + SQE.commandId, true),
    firstBlock: wide(entry + SQE.slba),
    prp1: wide(entry + SQE.prp1),
    transferType,
    control: view.getUint16(entry + SQE.control, true),
    metadataPointer: wide(entry + SQE.metadata),
    referenceTag: getLe32(entry + SQE.referenceTag) >>> 0,
  };
  if (opcode === NVME_CMD.flush) {
    return {
      ...common,
      operation: "f",
      blocks: 0,
      kind: "prp",
      prp2: 0,
      pages: [],
      lastPageBytes: 0,
      listPages: [],
      descriptors: [],
    };
  }
  const operation = opcode === NVME_CMD.write ? "w" : "r";
  const blocks = view.getUint16(entry + SQE.length, true) + 1;
  return transferType === 0
    ? {
      ...common,
      ...{ operation, blocks, kind: "prp", descriptors: [] },
      ...describePrps(memory, entry, blocks * blockBytes),
    }
    : {
      ...common,
      ...(transferType === 2
        ? { metadataDescriptors: metadataDescriptors(memory, entry) }
        : {}),
      ...{ operation, blocks, kind: "sgl", prp2: 0 },
      ...{ pages: [], lastPageBytes: 0, listPages: [] },
      ...describeSgl(memory, entry),
    };
}

/** A little-endian u64 that a device reads, below 2^53. */
function wideAt({ getLe32 }: KernelMemory, at: number): number {
  return (getLe32(at + 4) >>> 0) * 0x1_0000_0000 + (getLe32(at) >>> 0);
}

/** What the SGL of a command says. */
function describeSgl(
  memory: KernelMemory,
  entry: number,
): Required<Pick<DescribedCommand, "descriptors" | "dataPointer">> {
  const { getLe32, view } = memory;
  const addr = wideAt(memory, entry + SQE.prp1);
  const sizeBytes = getLe32(entry + SQE.prp1 + 8) >>> 0;
  const type = view.getUint8(entry + SQE.prp1 + 15);
  const descriptors: (readonly [number, number])[] = [];
  if (type === SGL_TYPE.data) descriptors.push([addr, sizeBytes]);
  else {
    const list = listOffset(memory, entry + SQE.prp1);
    for (let at = list; at < list + sizeBytes; at += 16) {
      descriptors.push([wideAt(memory, at), getLe32(at + 8) >>> 0]);
    }
  }
  return { descriptors, dataPointer: { addr, sizeBytes, type } };
}

/** The pages that the PRPs of a command of this many bytes name. */
function describePrps(
  memory: KernelMemory,
  entry: number,
  sizeBytes: number,
): Pick<DescribedCommand, "prp2" | "pages" | "lastPageBytes" | "listPages"> {
  const prp1 = wideAt(memory, entry + SQE.prp1);
  const prp2 = wideAt(memory, entry + SQE.prp2);
  const pages: number[] = [prp1];
  const listPages: [number, number][] = [];
  let lastPageBytes = Math.min(
    sizeBytes,
    CTRL_PAGE_BYTES - prp1 % CTRL_PAGE_BYTES,
  );
  let rest = sizeBytes - lastPageBytes;
  const take = (address: number) => {
    pages.push(address);
    lastPageBytes = Math.min(rest, CTRL_PAGE_BYTES);
    rest -= lastPageBytes;
  };
  if (rest > CTRL_PAGE_BYTES) {
    let at = listOffset(memory, entry + SQE.prp2);
    let list: [number, number] = [prp2, 0];
    listPages.push(list);
    while (rest > 0) {
      list[1]++;
      if (list[1] === LIST_PAGE_BYTES / 8 && rest > CTRL_PAGE_BYTES) {
        list = [wideAt(memory, at), 0];
        listPages.push(list);
        at = listOffset(memory, at);
        continue;
      }
      take(wideAt(memory, at));
      at += 8;
    }
  } else if (rest > 0) take(prp2);
  return { prp2, pages, lastPageBytes, listPages };
}

/** What the SGL that a command's metadata pointer names says. */
function metadataDescriptors(
  memory: KernelMemory,
  entry: number,
): [number, number][] {
  const { getLe32, view } = memory;
  let at = listOffset(memory, entry + SQE.metadata);
  let end = at + 16;
  if (view.getUint8(at + 15) === SGL_TYPE.last) {
    const bytes = getLe32(at + 8);
    at = listOffset(memory, at);
    end = at + bytes;
  }
  const found: [number, number][] = [];
  for (; at < end; at += 16) {
    found.push([wideAt(memory, at), getLe32(at + 8) >>> 0]);
  }
  return found;
}

/** Offset in kernel memory of the list that a pointer at an offset names. */
function listOffset(memory: KernelMemory, at: number): number {
  const lo = memory.getLe32(at);
  const hi = memory.getLe32(at + 4);
  const listHi = memory.abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0;
  if (hi !== listHi || (lo >>> 0) >= memory.sizeBytes) {
    throw new DeviceError(
      `Cannot read a list at bus address 0x${
        ((hi >>> 0) * 0x1_0000_0000 + (lo >>> 0)).toString(16)
      }: no list memory is there, expected one of the descriptor pools`,
    );
  }
  return lo;
}
