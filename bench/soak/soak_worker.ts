/**
 * The worker of one job of a soak: one layout in an isolate of its own, whose
 * memory is given back when the job is done.
 */
import { runSoakJob, type SoakPart } from "./soak_job.ts";
import type { SoakJob } from "./soak_plan.ts";

export type SoakMessage =
  /** This many I/Os more have ended. */
  | { readonly kind: "ios"; readonly ios: number }
  | { readonly kind: "done"; readonly parts: readonly SoakPart[] }
  | { readonly kind: "failure"; readonly message: string };

declare const self: {
  onmessage: ((event: MessageEvent<SoakJob>) => void) | null;
  postMessage(message: SoakMessage): void;
};

self.onmessage = async ({ data: job }) => {
  try {
    const parts = await runSoakJob(
      job,
      (ios) => self.postMessage({ kind: "ios", ios }),
    );
    self.postMessage({ kind: "done", parts });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    self.postMessage({ kind: "failure", message });
  }
};
