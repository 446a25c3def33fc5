/**
 * The id of a command in its queue (nvme_cid()): 12 bits of tag, and above them
 * 4 bits that count the commands of the tag, so that a completion of one that
 * was given up is distinguished from that of its successor (e7006de6c238).
 */

const TAG_BITS = 12;
const TAG_MASK = 0xfff;
const GENERATIONS = 16;

/** An id with a tag that no queue has: 4095, of 1023 tags. */
export const UNKNOWN_ID = TAG_MASK;

export function tagOf(commandId: number): number {
  return commandId & TAG_MASK;
}

/** An id of the same tag that another generation of it has. */
export function staleId(commandId: number): number {
  return (commandId + (1 << TAG_BITS)) & 0xffff;
}

/** The latest id of each tag. */
export class CommandIds {
  readonly #generations = new Uint8Array(TAG_MASK + 1);

  next(tag: number): number {
    const generation = (this.#generations[tag] as number) + 1;
    this.#generations[tag] = generation % GENERATIONS;
    return this.latest(tag);
  }

  latest(tag: number): number {
    return (this.#generations[tag] as number) << TAG_BITS | tag;
  }
}
