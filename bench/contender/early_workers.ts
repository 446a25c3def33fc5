/**
 * Workers that load their modules while the main thread still reads options,
 * plans cells and opens workloads: on another CPU, which has nothing else to do
 * until then. They are those that audit and trace; what is timed has an isolate
 * that was made for it.
 */
import { freeDescriptors } from "../machine/free_resources.ts";

/** The module of a contender's worker that does as it should. */
export const CONTENDER_MODULE: URL = new URL(
  "./contender_worker.ts",
  import.meta.url,
);

/** What a worker is told before it has a setup: what it will be asked for. */
export interface LoadRequest {
  readonly kind: "load";
  /** What its answers need. */
  readonly for: "audit" | "trace";
}

/**
 * Descriptors that are free, or no worker is started early: a run plans its
 * isolates by those that are left.
 */
const LEAST_DESCRIPTORS = 256;

/** Roles of the isolates that audit in turn, as `audit_pool.ts` gives them. */
const EARLY: readonly (readonly [role: string, does: LoadRequest["for"]])[] = [
  ["audit 0", "audit"],
  ["audit 1", "trace"],
];

/** Those that nobody has taken yet, by role. */
const early = new Map<string, Worker>();

/**
 * Starts a worker that will audit and one that will trace, if there are CPUs
 * and descriptors for them. Only for a process that then ends by itself: they
 * let none end that does not.
 */
export function startEarlyWorkers(): void {
  if (navigator.hardwareConcurrency < EARLY.length) return;
  if (freeDescriptors(LEAST_DESCRIPTORS) < LEAST_DESCRIPTORS) return;
  for (const [role, does] of EARLY) {
    const worker = new Worker(CONTENDER_MODULE, { type: "module", name: role });
    worker.onerror = (event) => {
      // Whoever asks for one gets another, and is told what is wrong with it.
      event.preventDefault();
      early.delete(role);
    };
    worker.postMessage({ kind: "load", for: does } satisfies LoadRequest);
    early.set(role, worker);
  }
}

/**
 * Gives the worker that was started early for a role.
 *
 * @param role What it is for, as an isolate's key has it.
 * @returns The worker, which nobody else has; nothing if there is none.
 */
export function takeEarlyWorker(role: string): Worker | undefined {
  const worker = early.get(role);
  early.delete(role);
  return worker;
}
