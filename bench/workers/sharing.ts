/**
 * Asks for the cache lines that the workers of a group share.
 */
import type { SharedStructure } from "../../sim/workers/line_sharing.ts";
import type { WindowHandle } from "../contender/contender_protocol.ts";
import type { GroupSetup } from "./group_protocol.ts";
import { Member } from "./member.ts";
import type { SharingAnswer, SharingRequest } from "./sharing_worker.ts";

/**
 * Traces a group in an isolate of its own.
 *
 * @param setup The group.
 * @param options The window, I/Os of each submitter, longest wait.
 * @returns Structures of which lines are shared, most written first.
 * @throws {ContenderError} If the worker failed.
 */
export async function sharedLines(
  setup: GroupSetup,
  options: {
    readonly window: WindowHandle;
    readonly ios: number;
    readonly timeoutMs?: number | undefined;
  },
): Promise<readonly SharedStructure[]> {
  const { window, ios, timeoutMs } = options;
  const member = new Member<SharingRequest, SharingAnswer>({
    who: `lines of layout "${setup.contender.layout}"`,
    module: new URL("./sharing_worker.ts", import.meta.url),
    timeoutMs,
  });
  try {
    const { structures } = await member.ask<"share">({
      kind: "share",
      setup,
      window,
      ios,
    });
    return structures;
  } finally {
    member.stop();
  }
}
