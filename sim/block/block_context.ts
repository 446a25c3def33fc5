/** What the stages of a block queue, and of the driver below it, share. */
import type { KernelContext } from "../kernel/context.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";
import type { BioPool } from "./bio.ts";
import type { QueueLimits } from "./queue_limits.ts";
import type { RequestTable } from "./request.ts";

/** What every stage of the block layer is made from. */
export interface BlockContext extends KernelContext {
  readonly recognition: RecognitionStrategy;
  readonly bios: BioPool;
  readonly limits: QueueLimits;
  /** Where they are in kernel memory. */
  readonly limitsAt: number;
}

/** What every stage from the request on is made from. */
export interface RequestContext extends BlockContext {
  readonly requests: RequestTable;
}
