/** struct deadline_data in kernel memory (block/mq-deadline.c). */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { LinkedLists } from "./linked_list.ts";

/** What is counted of a priority class: struct io_stats_per_prio. */
export type DeadlineCount = "inserted" | "merged" | "dispatched" | "completed";

/** Where the parts are; `own` is where those of one priority class begin. */
export interface DeadlineData {
  /** The parts of a class, by its number: RT, BE, IDLE. */
  readonly classAt: (number: number) => number;
  /** The parts of the class of an I/O priority. */
  readonly ofPriority: (ioprio: number) => number;
  /** The root of requests by sector. */
  readonly sortAt: (own: number, direction: number) => number;
  /** The head of requests by arrival. */
  readonly fifoAt: (own: number, direction: number) => number;
  /** The request after the one issued last (up to 6.1). */
  readonly nextAt: (own: number, direction: number) => number;
  /** Where the one issued last begins (from 6.4 on). */
  readonly latestAt: (own: number, direction: number) => number;
  readonly countAt: (own: number, name: DeadlineCount) => number;
  /** Direction of the request issued last. */
  readonly lastDirectionAt: number;
  /** Requests issued in a row. */
  readonly batchingAt: number;
  /** How often reads have gone before writes. */
  readonly starvedAt: number;
}

const DIRECTIONS = 2;
const WRITE = 1;
/** Classes by what an I/O priority names: none, RT, BE, idle. */
const CLASS_OF_PRIORITY = [1, 0, 1, 2] as const;
/** IOPRIO_CLASS_SHIFT */
const CLASS_SHIFT = 13;
const COUNT_AT = { inserted: 0, merged: 4, dispatched: 8, completed: 12 };

export function createDeadlineData(
  memory: KernelMemory,
  options: { lists: LinkedLists; classes: number },
): DeadlineData {
  const { lists, classes } = options;
  const { pointerBytes } = memory.abi;
  const listBytes = 2 * pointerBytes;
  const fifo = DIRECTIONS * pointerBytes;
  const next = fifo + DIRECTIONS * listBytes;
  const counts = next + DIRECTIONS * 8;
  const classBytes = counts + 16;
  const own = memory.reserve("deadline_data", classes * classBytes + 12);
  const rest = own + classes * classBytes;
  const classAt = (number: number): number => own + number * classBytes;
  const fifoAt = (at: number, direction: number): number =>
    at + fifo + direction * listBytes;
  for (let number = 0; number < classes; number++) {
    for (let direction = 0; direction < DIRECTIONS; direction++) {
      lists.clear(fifoAt(classAt(number), direction));
    }
  }
  // dd_init_sched()
  memory.set32(rest, WRITE);
  return {
    classAt,
    // A class that there is not is none: ioprio_check_cap() lets no other in.
    ofPriority: (ioprio) =>
      classAt(CLASS_OF_PRIORITY[(ioprio >>> CLASS_SHIFT) & 3] as number),
    sortAt: (at, direction) => at + direction * pointerBytes,
    fifoAt,
    nextAt: (at, direction) => at + next + direction * pointerBytes,
    latestAt: (at, direction) => at + next + direction * 8,
    countAt: (at, name) => at + counts + COUNT_AT[name],
    lastDirectionAt: rest,
    batchingAt: rest + 4,
    starvedAt: rest + 8,
  };
}
