/**
 * A submitted bio on its way to a queue, cut in front as long as it is too
 * large (submit_bio_noacct() of block/blk-core.c, blockspec 2.6).
 */
import { BLK_STS, REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { createTouch } from "../kernel/touch.ts";
import type { BlockEvents } from "./block_events.ts";
import type { QueueCounts } from "./queue_counts.ts";
import type { BlockQueueOptions } from "./queue_parts.ts";

// Constants of its own: bench/HOT_PATH.md.
const OPERATION = REQ_OP_MASK;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;
const WRITE = REQ_OP.write;
const FLUSHES = REQ_FLAG.fua | REQ_FLAG.preflush;

/** What is after it. */
interface SubmittedTo {
  readonly counted: QueueCounts;
  readonly tell: BlockEvents | undefined;
  /** Takes a bio that is no longer cut. */
  readonly submitPart: (bio: number) => void;
  /** io_schedule() of the submitter. */
  readonly sleep: () => void;
}

export function createSubmitBio(
  options: BlockQueueOptions,
  to: SubmittedTo,
): (bio: number) => void {
  const { memory, bios, splitFront, endBio, onStage, stages } = options;
  const { split } = options.split;
  const { get32, set32, unseen, addOwn } = memory;
  const { littleEndian } = memory.abi;
  const { field: bioField } = bios;
  const { writeCache } = options.settings;
  const { structs, limitsAt, profile, isDirect = true } = options;
  const { counted, tell, submitPart, sleep } = to;
  const { counts, words } = counted;
  const { bios: BIOS, segments: SEGMENTS } = words;
  const touchLimits = createTouch(memory, structs.queueLimits, "limitsSubmit");
  const touchWrite = createTouch(memory, structs.queueLimits, "limitsWrite");
  const touchSubmit = createTouch(memory, structs.bio, "bioSubmit");
  const older = profile.touchesAs === "6.12.117"
    ? {
      limits: createTouch(memory, structs.queueLimits, "limitsSubmit6x"),
      bio: createTouch(memory, structs.bio, "bioSubmit6x"),
    }
    : undefined;
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const touchesOlder = older !== undefined;
  const tells = tell !== undefined;

  /**
   * submit_bio_noacct(): without a volatile cache nothing is to be flushed.
   * Says whether nothing else was to be done.
   */
  const endsUnflushed = (bio: number, opf: number): boolean => {
    set32(bio + bioField.opf, opf & ~FLUSHES);
    if (get32(bio + bioField.size) !== 0) return false;
    endBio(bio, OK);
    return true;
  };

  /** Submits a bio whose front, of this many sectors, is to be split off. */
  const submitParts = (bio: number, frontSectors: number): void => {
    let sectors = frontSectors;
    while (sectors !== 0) {
      if (sectors < 0) {
        endBio(bio, -sectors);
        return;
      }
      let front = splitFront(bio, sectors);
      if (front === 0) {
        // bio_split() waits for a clone of the bio set's mempool.
        sleep();
        front = splitFront(bio, sectors);
      }
      if (front === 0) {
        endBio(bio, RESOURCE);
        return;
      }
      counts.splits++;
      if (tells) tell.bio("X", front, bio);
      // The front first; the remainder then takes the whole way again.
      submitPart(front);
      onStage(stages.split);
      sectors = split(bio);
    }
    submitPart(bio);
  };

  return (bio) => {
    const opf = get32(bio + bioField.opf);
    touchSubmit(bio);
    touchLimits(limitsAt);
    if (touchesOlder) {
      older.bio(bio);
      older.limits(limitsAt);
    }
    if (isDirect && (opf & OPERATION) === WRITE) touchWrite(limitsAt);
    if (tells) tell.bio("submit", bio, 0);
    if ((opf & FLUSHES) !== 0 && !writeCache && endsUnflushed(bio, opf)) return;
    addOwn(BIOS, 1);
    // Counted by the lab, not by a kernel.
    addOwn(SEGMENTS, unseen.getUint16(bio + bioField.vcnt, littleEndian));
    if (tells) tell.bio("Q", bio, 0);
    onStage(stages.split);
    const sectors = split(bio);
    if (sectors === 0) submitPart(bio);
    else submitParts(bio, sectors);
  };
}
