/**
 * From a bio that fits to a request: merged into one that waits, or with a tag
 * of its own, which is plugged or issued (blk_mq_submit_bio() of
 * block/blk-mq.c, blockspec 2.7).
 */
import { BLK_STS, REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { createTouch } from "../kernel/touch.ts";
import type { BlockEvents } from "./block_events.ts";
import type { Dispatch } from "./dispatch.ts";
import type { FlushSequence } from "./flush_sequence.ts";
import type { BlockQueueOptions } from "./queue_parts.ts";

// Constants of its own: bench/HOT_PATH.md.
const OPERATION = REQ_OP_MASK;
const AGAIN = BLK_STS.again;
const READ = REQ_OP.read;
const NOMERGE = REQ_FLAG.nomerge;
const NOWAIT = REQ_FLAG.nowait;
const FLUSHES = REQ_FLAG.fua | REQ_FLAG.preflush;

/** What it works with beside the queue's parts. */
interface MqSubmitOptions {
  readonly tell: BlockEvents | undefined;
  readonly dispatch: Dispatch;
  readonly flushes: FlushSequence;
  readonly isPlugged: () => boolean;
  /** blk_mq_flush_plug_list() */
  readonly flushPlug: (fromSchedule: boolean) => void;
  readonly onMerged: (bio: number, how: number) => void;
}

/** Makes blk_mq_submit_bio() after the split. */
export function createMqSubmit(
  options: BlockQueueOptions,
  of: MqSubmitOptions,
): (bio: number) => void {
  const { memory, bios, requests, endBio, onStage, stages } = options;
  const { settings, profile, plug, structs } = options;
  const { counted } = options.split;
  const { attempt } = options.merge;
  const { get32, getPointer } = memory;
  const { field: bioField } = bios;
  const { field, contextAt } = requests;
  const { tell, dispatch, flushes, isPlugged, flushPlug, onMerged } = of;
  const { issue, take, waitAndTake } = dispatch;
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const tells = tell !== undefined;
  const merges = settings.nomerges < 2;
  const plugsAll = profile.plugsZonedWrites || !settings.zoned;
  const touchMap = {
    read: createTouch(memory, structs.blkMqCtx, "contextMapRead"),
    write: createTouch(memory, structs.blkMqCtx, "contextMapWrite"),
  };

  /** Merges a bio into a request that waits; says whether it did. */
  const tryMerge = (bio: number, usesPlug: boolean): boolean => {
    const { segments } = counted;
    if (usesPlug) {
      const newest = plug.newest();
      if (newest !== 0) {
        const how = attempt(newest, bio, segments);
        if (how > 0) {
          onMerged(bio, how);
          return true;
        }
      }
    }
    return dispatch.tryMerge(bio, segments);
  };

  /** blk_mq_get_new_requests(); 0 if there is no tag and no waiting. */
  const getRequest = (bio: number, opf: number, usesPlug: boolean): number => {
    if (usesPlug) {
      const cached = plug.takeCached();
      if (cached !== 0) return cached;
      const ios = plug.takeIos();
      if (ios > 1 && dispatch.takesBatches(opf)) {
        const first = requests.takeBatch(ios);
        if (first !== 0) {
          plug.cache(getPointer(first + field.next));
          return first;
        }
      }
    }
    const request = take(opf);
    if (request !== 0) return request;
    if ((get32(bio + bioField.opf) & NOWAIT) !== 0) return 0;
    return waitAndTake(opf);
  };

  return (bio) => {
    const opf = get32(bio + bioField.opf);
    const isRead = (opf & OPERATION) === READ;
    if (isRead) touchMap.read(contextAt);
    else touchMap.write(contextAt);
    const usesPlug = isPlugged() && (plugsAll || isRead);
    if (merges && (opf & (FLUSHES | NOMERGE)) === 0) {
      onStage(stages.merge);
      if (tryMerge(bio, usesPlug)) return;
    }
    onStage(stages.request);
    const request = getRequest(bio, opf, usesPlug);
    if (request === 0) {
      endBio(bio, AGAIN);
      return;
    }
    requests.prepare(request, bio, counted);
    if (tells) tell.bio("G", bio, 0);
    if ((opf & FLUSHES) !== 0 && flushes.insert(request)) return;
    if (!usesPlug) {
      issue(request);
      return;
    }
    onStage(stages.merge);
    if (plug.isFull(merges)) flushPlug(false);
    if (tells && plug.count() === 0) tell.plug("P", 0);
    plug.add(request);
  };
}
