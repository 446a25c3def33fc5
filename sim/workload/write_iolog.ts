/**
 * Writes fio's iolog, version 3, so that `fio --read_iolog` replays the I/Os
 * of a workload (iolog.c in axboe/fio; blockspec 5.1).
 */
import type { IoBatch } from "./batch.ts";
import { deviceAt } from "./device_space.ts";
import { LONGEST_DISCARD_BYTES, LONGEST_IO_BYTES } from "./fill_window.ts";
import { WINDOW_OP } from "./window.ts";

/** fio's words by `WINDOW_OP`. */
const ACTIONS: readonly string[] = ["read", "write", "sync", "trim"];
const NS_PER_US = 1000;
/**
 * How many devices a batch may be ahead of those in the log: anything further
 * out is not another device but a large offset on the first one.
 */
const MOST_AHEAD = 128;
/** A part of the text is handed on when it is this long. */
const PART_CHARACTERS = 1 << 18;

export interface IologOptions {
  /**
   * Whether the batches carry times; without, the I/Os are one microsecond
   * apart.
   */
  readonly hasTimes: boolean;
}

/**
 * Name of the first file of the log; further devices of a trace get the name
 * with `.1`, `.2` and so on. Never a device, so that replaying writes harms
 * nobody who does not ask for it (`fio --replay_redirect=DEVICE`).
 */
const FILE_NAME = "bvec-lab";

/**
 * Turns the I/Os of a workload into the text of an iolog.
 *
 * I/Os are in it as the lab replays them: widened to whole sectors and, where
 * longer than the lab's limit, cut into several. A time before the one of the
 * line above is raised to it, because fio waits until each line's time.
 *
 * @param options Whether they have times.
 * @returns The text, in parts, in constant memory.
 *
 * @example A preset as a log that fio replays
 * ```ts
 * import { openIoSource } from "./open_io_source.ts";
 * import { iologText } from "./write_iolog.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = await openIoSource("seqread-128k", { seed: 1, ios: 2 });
 * let text = "";
 * for await (const part of iologText(source.batches, { hasTimes: false })) {
 *   text += part;
 * }
 * assertEquals(text.split("\n").slice(0, 5), [
 *   "fio version 3 iolog",
 *   "0 bvec-lab add",
 *   "0 bvec-lab open",
 *   "0 bvec-lab read 0 131072",
 *   "1 bvec-lab read 131072 131072",
 * ]);
 * ```
 */
export async function* iologText(
  batches: AsyncIterable<IoBatch> | Iterable<IoBatch>,
  options: IologOptions,
): AsyncGenerator<string, void> {
  const { hasTimes } = options;
  const files: string[] = [];
  let timeUs = 0;
  let ios = 0;
  let text = "fio version 3 iolog\n";
  for await (const batch of batches) {
    for (let row = 0; row < batch.count; row++) {
      const op = batch.op[row] as number;
      const offset = batch.offsetBytes[row] as number;
      const place = deviceAt(offset);
      const isOwn = place.index - files.length < MOST_AHEAD;
      const index = isOwn ? place.index : 0;
      timeUs = hasTimes
        ? Math.max(timeUs, Math.floor(batch.timeNs[row] as number / NS_PER_US))
        : ios;
      // Files are numbered in the order of being added, so none may be left
      // out.
      while (files.length <= index) {
        const name = files.length === 0
          ? FILE_NAME
          : `${FILE_NAME}.${files.length}`;
        files.push(name);
        text += `${timeUs} ${name} add\n${timeUs} ${name} open\n`;
      }
      const start = `${timeUs} ${files[index]} ${ACTIONS[op]} `;
      const longest = op === WINDOW_OP.discard
        ? LONGEST_DISCARD_BYTES
        : LONGEST_IO_BYTES;
      let at = isOwn ? offset - place.baseBytes : offset;
      let left = batch.lengthBytes[row] as number;
      do {
        const length = Math.min(left, longest);
        text += `${start}${at} ${length}\n`;
        at += length;
        left -= length;
        if (text.length >= PART_CHARACTERS) {
          yield text;
          text = "";
        }
      } while (left > 0);
      ios++;
    }
    yield text;
    text = "";
  }
  for (const name of files) text += `${timeUs} ${name} close\n`;
  yield text;
}
