/** A worker that counts cells of the study, one after the other. */
import { findAbi } from "../../layouts/abi.ts";
import { type ExactCell, exactCell, type ExactTask } from "./exact_cell.ts";

/** Which cell is wanted. */
export interface ExactRequest extends Omit<ExactTask, "abi"> {
  readonly abi: string;
  readonly seed: number;
}

/** The cell, or why there is none. */
export type ExactAnswer =
  | { readonly cell: ExactCell }
  | { readonly error: string; readonly isGap: boolean };

declare const self: {
  onmessage: ((event: MessageEvent<ExactRequest>) => void) | null;
  postMessage(answer: ExactAnswer): void;
};

self.onmessage = async ({ data }) => {
  try {
    const task = { ...data, abi: findAbi(data.abi) };
    self.postMessage({ cell: await exactCell(task, data.seed) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A machine without providers has no P2P memory to place.
    const isGap = message.includes("expected one; 32-bit machines have none");
    self.postMessage({ error: message, isGap });
  }
};
