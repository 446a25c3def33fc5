/**
 * An isolate that makes the exact figures of groups of cells, one group after
 * the other. It never times anything.
 */
import type { RunOptions } from "../run/options.ts";
import { type ExactGroup, exactGroup } from "./exact_group.ts";
import { KeptWorkloads } from "./kept_workloads.ts";
import { SharedWork } from "./local_contender.ts";

/** What it is asked: setups that differ in their CPU alone. */
export type GroupRequest = readonly RunOptions[];

/** What it answers. */
export type GroupAnswer = ExactGroup | { readonly error: string };

declare const self: {
  onmessage: ((event: MessageEvent<GroupRequest>) => void) | null;
  postMessage(answer: GroupAnswer): void;
};

const from = { kept: new KeptWorkloads(), work: new SharedWork() };

self.onmessage = async ({ data: setups }) => {
  try {
    self.postMessage(await exactGroup(setups, from));
  } catch (error) {
    self.postMessage({ error: (error as Error).message });
  }
};
