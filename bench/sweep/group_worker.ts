/**
 * An isolate that makes the exact figures of groups of cells, one group after
 * the other. It never times anything.
 */
import type { RunOptions } from "../run/options.ts";
import { type ExactGroup, exactGroup } from "./exact_group.ts";
import { KeptWorkloads } from "./kept_workloads.ts";
import { SharedWork } from "./local_contender.ts";

export interface GroupRequest {
  /** Setups that differ in their CPU alone. */
  readonly setups: readonly RunOptions[];
  /** Whether they are the first of a sweep, which shares nothing with another. */
  readonly isFirst: boolean;
}

export type GroupAnswer = ExactGroup | { readonly error: string };

declare const self: {
  onmessage: ((event: MessageEvent<GroupRequest>) => void) | null;
  postMessage(answer: GroupAnswer): void;
};

const nothing = () => ({ kept: new KeptWorkloads(), work: new SharedWork() });
/** What groups of a sweep share. */
let from = nothing();

self.onmessage = async ({ data: { setups, isFirst } }) => {
  if (isFirst) from = nothing();
  try {
    self.postMessage(await exactGroup(setups, from));
  } catch (error) {
    self.postMessage({ error: (error as Error).message });
  }
};
