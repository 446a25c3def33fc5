/**
 * Tags of the driver below a scheduler: a request gets one as it is issued
 * (blk_mq_get_driver_tag of block/blk-mq.c).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { createTags } from "./tags.ts";

export interface DriverTags {
  /** Gives a request a tag, unless it has one; false where none is free. */
  readonly take: (request: number) => boolean;
  /** Takes the tag of a request, if it has one. */
  readonly give: (request: number) => void;
  readonly byTag: (tag: number) => number;
  readonly live: () => number;
}

export function createDriverTags(
  memory: KernelMemory,
  options: { depth: number; tagAt: number },
): DriverTags {
  const { depth, tagAt } = options;
  const { get32, set32, getPointer, setPointer } = memory;
  const { pointerBytes } = memory.abi;
  const tags = createTags(memory, depth, { owner: "the driver" });
  // tags->rqs[]
  const requestsAt = memory.reserve("blk_mq_tags", depth * pointerBytes);

  const take = (request: number): boolean => {
    if (get32(request + tagAt) >= 0) return true;
    const tag = tags.take();
    if (tag < 0) return false;
    set32(request + tagAt, tag);
    setPointer(requestsAt + tag * pointerBytes, request);
    return true;
  };
  const give = (request: number): void => {
    const tag = get32(request + tagAt);
    if (tag >= 0) tags.give(tag);
  };
  return {
    take,
    give,
    byTag: (tag) => getPointer(requestsAt + tag * pointerBytes),
    live: tags.live,
  };
}
