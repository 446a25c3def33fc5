/**
 * Asks for the cache lines that the workers of a group share, and for the atomic
 * operations and locks that they do.
 */
import type { TracedGroup } from "../../sim/workers/trace_group.ts";
import type { WindowHandle } from "../contender/contender_protocol.ts";
import { AskedWorker } from "../contender/asked_worker.ts";
import type { GroupSetup } from "./group_protocol.ts";
import type { SharingAnswer, SharingRequest } from "./sharing_worker.ts";

/**
 * Traces a group in an isolate that times nothing.
 *
 * @param options The window, I/Os of each submitter, longest wait.
 * @returns Lines that are shared, atomic operations and locks.
 * @throws {ContenderError} If the worker failed.
 */
export async function sharedLines(
  setup: GroupSetup,
  options: {
    readonly window: WindowHandle;
    readonly ios: number;
    readonly timeoutMs?: number | undefined;
  },
): Promise<TracedGroup> {
  const { window, ios, timeoutMs } = options;
  const { layout } = setup.contender;
  const worker = new AskedWorker<SharingRequest, SharingAnswer>({
    name: "lines",
    who: () => `lines of layout "${layout}"`,
    module: new URL("./sharing_worker.ts", import.meta.url),
    timeoutMs,
    isSpare: true,
  });
  try {
    const { found } = await worker.ask<"share">({
      kind: "share",
      setup,
      window,
      ios,
    });
    return found;
  } finally {
    worker.stop();
  }
}
