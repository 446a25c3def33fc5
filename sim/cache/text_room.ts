/**
 * Room for the text of address traces in the memory that a batch is in: what is
 * parsed there by WebAssembly needs no copy, neither of the text nor of the
 * references.
 *
 * The constants of the parser are at the start of the memory, where its
 * addresses of them need no check (`address_lines.as`).
 */
import { moduleMemory } from "../memory/wasm_module.ts";
import {
  batchBytes,
  batchIn,
  checkCapacity,
  type ReferenceBatch,
} from "./reference.ts";

/** What the parser has of the start of a memory; whole pages of a processor. */
export const PARSER_BYTES = 0x12000;

/** Where a piece of text belongs: the rest of a line is before it. */
export const PIECE_AT: number = 1 << 16;
/** Text that is parsed at once, while it is in a cache of this machine. */
export const PIECE_BYTES: number = 1 << 17;
/** Both, with a line feed after the last line. */
export const TEXT_BYTES: number = PIECE_AT + PIECE_BYTES + 1;
/** What is read after the end of the text. */
const BEHIND_BYTES = 128;
/**
 * A piece of a file is copied by the kernel from the start of a page, on AMD by
 * `rep movsb`. That takes 5 to 7 times as long to a place that is up to 63
 * bytes after the start of another page; so it is in the middle of one.
 */
const IN_PAGE_BYTES = 2048;
const SMALL_PAGE_BYTES = 4096;
/** What room takes after everything else in the memory. */
export const ROOM_BYTES: number = SMALL_PAGE_BYTES + TEXT_BYTES + BEHIND_BYTES;

/** Memory with room for a parser and its text. */
export interface TextRoom {
  /** The memory, which does not grow. */
  readonly memory: WebAssembly.Memory;
  readonly text: Uint8Array;
}

const rooms = new WeakMap<ReferenceBatch, TextRoom>();

/**
 * Tells that there is room in the memory that a batch stands in.
 *
 * @param batch The batch, its columns equally far from each other.
 * @param at Where `ROOM_BYTES` begin that nothing else uses, nor the first
 *   `PARSER_BYTES`.
 */
export function giveRoom(
  batch: ReferenceBatch,
  memory: WebAssembly.Memory,
  at: number,
): void {
  const start = Math.ceil((at - IN_PAGE_BYTES) / SMALL_PAGE_BYTES) *
      SMALL_PAGE_BYTES + IN_PAGE_BYTES;
  const text = new Uint8Array(memory.buffer, start, TEXT_BYTES);
  rooms.set(batch, { memory, text });
}

/**
 * Takes the room beside a batch. Only one can have it: a second reader of the
 * same batch has to copy what it reads.
 *
 * @returns The room; undefined if there is none, or it was taken.
 */
export function takeRoom(batch: ReferenceBatch): TextRoom | undefined {
  const room = rooms.get(batch);
  rooms.delete(batch);
  return room;
}

/**
 * Gives room back, for the next reader.
 *
 * @param room What `takeRoom()` gave.
 */
export function giveRoomBack(batch: ReferenceBatch, room: TextRoom): void {
  rooms.set(batch, room);
}

/** Makes an empty batch with room beside it. */
export function createRoomyBatch(capacity: number): ReferenceBatch {
  const textAt = PARSER_BYTES + batchBytes(checkCapacity(capacity));
  const memory = moduleMemory(textAt + ROOM_BYTES);
  const batch = batchIn(memory.buffer, PARSER_BYTES, capacity);
  giveRoom(batch, memory, textAt);
  return batch;
}
