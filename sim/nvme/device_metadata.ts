/**
 * A command's metadata as a controller finds it: by address, or by an SGL that
 * must name all of it (NVM Express Base Specification, Metadata Pointer).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { SGL_TYPE, SQE } from "./command.ts";
import { DeviceError } from "./device_error.ts";
import { MetadataWalk } from "./metadata_walk.ts";
import { SGL_DESCRIPTOR_BYTES } from "./sgl.ts";
import { PI_TUPLE_BYTES } from "./t10_pi.ts";

/** Metadata of one command after the other. */
export interface DeviceMetadata {
  /**
   * Begins with the first block of a command.
   *
   * @throws {DeviceError} If its SGL names less, more or nothing.
   */
  readonly open: (entry: number, blocks: number) => void;
  /** Offset of the next block's tuple. */
  readonly next: () => number;
}

/**
 * Makes the device's side of metadata.
 *
 * @param listAt Finds what is at a bus address, or says what is missing.
 */
export function createDeviceMetadata(
  memory: KernelMemory,
  listAt: (lo: number, hi: number, what: string) => number,
): DeviceMetadata {
  const { getLe32, view } = memory;
  const walk = new MetadataWalk(memory);
  const pointed = (at: number, what: string): number =>
    listAt(getLe32(at), getLe32(at + 4), what);

  /** Checks descriptors of this many bytes together. */
  const check = (first: number, end: number, wanted: number): void => {
    let rest = wanted;
    for (let at = first; at < end; at += SGL_DESCRIPTOR_BYTES) {
      const length = getLe32(at + 8) >>> 0;
      const type = view.getUint8(at + 15);
      if (type !== SGL_TYPE.data || length === 0 || length > rest) {
        throw new DeviceError(
          `Cannot take a metadata descriptor of type 0x${
            type.toString(16)
          } and ${length} bytes, expected a data block of 1 to ${rest} bytes`,
        );
      }
      pointed(at, "metadata");
      rest -= length;
    }
    if (rest === 0) return;
    throw new DeviceError(
      `Cannot execute a command: its metadata SGL lacks ${rest} bytes, ` +
        `expected descriptors for all blocks`,
    );
  };

  const open = (entry: number, blocks: number): void => {
    const isSgl = view.getUint8(entry + SQE.flags) >>> 6 === 2;
    if (!isSgl) {
      walk.buffer(pointed(entry + SQE.metadata, "metadata"));
      return;
    }
    const list = pointed(entry + SQE.metadata, "an SGL of metadata");
    const isSegment = view.getUint8(list + 15) === SGL_TYPE.last;
    const first = isSegment ? pointed(list, "an SGL of metadata") : list;
    const bytes = isSegment ? getLe32(list + 8) : SGL_DESCRIPTOR_BYTES;
    check(first, first + bytes, blocks * PI_TUPLE_BYTES);
    walk.list(first);
  };
  return { open, next: () => walk.next() };
}
