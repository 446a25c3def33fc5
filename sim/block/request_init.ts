/**
 * What a request holds when its tag is taken: blk_mq_rq_ctx_init()
 * (block/blk-mq.c), and where the objects it points to are.
 */
import { fieldOffset } from "../kernel/path_structs.ts";
import { createTouch } from "../kernel/touch.ts";
import type { RequestTable, RequestTableOptions } from "./request.ts";

export interface RequestInit {
  readonly initialise: (request: number, tag: number) => void;
  /** Where the struct blk_mq_ctx of this CPU is. */
  readonly context: number;
}

/**
 * Makes the function, and reserves what requests point to.
 *
 * @param of Fields of a request, and whether its tag is a scheduler's.
 */
export function createRequestInit(
  { memory, structs }: Pick<RequestTableOptions, "memory" | "structs">,
  of: { field: RequestTable["field"]; isScheduled: boolean },
): RequestInit {
  const { field, isScheduled } = of;
  const { set16, set32, setPointer, clear64, clearLong } = memory;
  const { pointerStore } = memory;
  const { pointerBytes } = memory.abi;
  const at = (name: string) => fieldOffset(structs.request, name);
  const queueAt = at("q");
  const contextAt = at("mq_ctx");
  const hwContextAt = at("mq_hctx");
  const internalTagAt = at("internal_tag");
  const timeoutAt = at("timeout");
  const partAt = at("part");
  const startTimeAt = at("start_time_ns");
  const ioStartAt = at("io_start_time_ns");
  const statsAt = at("stats_sectors");
  const refAt = at("ref");
  const endDataAt = at("end_io_data");
  const queue = memory.reserve("request_queue", 64);
  const context = memory.reserve("blk_mq_ctx", structs.blkMqCtx.sizeBytes);
  const hwContext = memory.reserve("blk_mq_hw_ctx", 64);
  const part = memory.reserve("block_device", 64, {
    name: "block_device of requests",
  });
  const storeQueue = pointerStore(queue);
  const storeContext = pointerStore(context);
  const storeHwContext = pointerStore(hwContext);
  const storePart = pointerStore(part);
  const touchInit = createTouch(memory, structs.request, "requestInit");

  const initialise = (request: number, tag: number): void => {
    touchInit(request);
    storeQueue(request + queueAt);
    storeContext(request + contextAt);
    storeHwContext(request + hwContextAt);
    set32(request + field.flags, 0);
    set32(request + field.tag, isScheduled ? -1 : tag);
    set32(request + internalTagAt, isScheduled ? tag : -1);
    set32(request + timeoutAt, 0);
    storePart(request + partAt);
    clear64(request + ioStartAt);
    set16(request + statsAt, 0);
    set16(request + field.integritySegments, 0);
    clearLong(request + field.endIo);
    clearLong(request + endDataAt);
    clear64(request + startTimeAt);
    set32(request + refAt, 1);
    if (isScheduled) {
      clearLong(request + field.hash);
      clearLong(request + field.hash + pointerBytes);
      // RB_CLEAR_NODE()
      setPointer(request + field.sortNode, request + field.sortNode);
      clearLong(request + field.schedulerData);
    }
  };
  return { initialise, context };
}
