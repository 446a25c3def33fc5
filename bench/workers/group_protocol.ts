/**
 * What the workers of a group are asked and what they answer. A group runs one
 * layout: N submitters, each with its own memory and slabs, H hardware queues
 * with tags and rings, as many as submitters or shared by neighbours, and M
 * devices, where device k serves the queues k, k + M, ... Without devices each
 * submitter polls a device of its own, as one worker does.
 */
import type { OpenCounts } from "../../sim/path/open_counts.ts";
import type { PathCounts } from "../../sim/path/path_counts.ts";
import type { CommandSetSum } from "../../sim/workers/command_set_digest.ts";
import type { QueueWords } from "../../sim/workers/queue_words.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import type { Failure } from "../contender/failure.ts";
import type { GroupShape } from "../setup/group_shape.ts";

export interface GroupSetup extends GroupShape {
  /** The layout and its machine; `depth` is each submitter's. */
  readonly contender: ContenderSetup;
  /** Whether commands are decoded and digested, or only completed. */
  readonly decode: boolean;
  /** Whether latencies can be observed; such a group is never timed. */
  readonly observe: boolean;
}

/** What a device needs of a submitter: where its queue pair and memory are. */
export interface QueueEnd {
  readonly worker: number;
  /** The submitter that takes the completions. */
  readonly completer: number;
  readonly arena: SharedArrayBuffer;
  /** Where the queue pair is in it. */
  readonly words: QueueWords;
  /** First word of the account of what ends on another worker. */
  readonly account: number;
  /** Word of that to which a device copies a command from rings elsewhere. */
  readonly copy?: number;
  /** Where it notes when I/Os begin, if latencies are observed. */
  readonly times: SharedArrayBuffer | null;
  /** When its clock began to count, as ms of the time of day. */
  readonly clockOriginMs: number;
  readonly data: readonly SharedArrayBuffer[];
}

export type SubmitterRequest =
  | {
    readonly kind: "setup";
    readonly setup: GroupSetup;
    /** Which submitter it is, from 0. */
    readonly worker: number;
    /** The words that the group shares (group_words.ts). */
    readonly control: SharedArrayBuffer;
    /** Memory of separate hardware queues; absent if there are none. */
    readonly queues: readonly SharedArrayBuffer[];
  }
  /** From now on, complete another submitter's I/Os. */
  | { readonly kind: "complete"; readonly end: QueueEnd }
  /**
   * Open a window in place of the one before: everything that is done once and
   * before its I/Os is done now, and by no other request.
   */
  | {
    readonly kind: "open";
    readonly window: WindowHandle;
    /** Its number in the group, from 1. */
    readonly id: number;
  }
  /** Submit the own share of the open window this many times. */
  | {
    readonly kind: "time";
    readonly window: number;
    readonly passes: number;
  }
  /** Submit the own share again and again for so long, or do nothing. */
  | {
    readonly kind: "sustain";
    readonly window: number;
    /** Wall time. */
    readonly milliseconds: number;
    /** The submitters that work; the others sleep. */
    readonly active: readonly number[];
  }
  /** The same as `time`, watching latencies, batches and rings. */
  | {
    readonly kind: "observe";
    readonly window: number;
    readonly passes: number;
  }
  /** Submit the own share once; commands are decoded. */
  | { readonly kind: "replay"; readonly window: number }
  /** Submit the own share of the first I/Os one by one; bytes are checked. */
  | {
    readonly kind: "verify";
    readonly window: number;
    readonly firstIo: number;
    readonly ios: number;
  };

/** What a submitter did with separate hardware queues. */
export interface SharedQueueUse {
  /** How often it took the lock of its submission ring. */
  readonly lockAcquisitions: number;
  /** How often another submitter held that. */
  readonly lockContended: number;
  /** Requests that it found done and that belong to others. */
  readonly sentRequests: number;
  /** Interrupts that it sent for them. */
  readonly sentInterrupts: number;
}

export interface ObservedSubmitter {
  /** Latencies in ns, as hdr-histogram-js writes them. */
  readonly latencies: string;
  /** How often this many completions were taken at once. */
  readonly completionBatches: Int32Array;
  /** How often this many commands were in the ring when the doorbell rang. */
  readonly occupancy: Int32Array;
  /** How it shared hardware queues; `null` if they are not separate. */
  readonly shared: SharedQueueUse | null;
  readonly sleeps: number;
  /** Objects of another submitter that it has freed. */
  readonly remoteFrees: number;
}

export type SubmitterAnswer =
  | { readonly kind: "setup"; readonly end: QueueEnd | null }
  | { readonly kind: "complete" }
  | { readonly kind: "open"; readonly opened: OpenCounts }
  | {
    readonly kind: "time";
    readonly elapsedNs: number;
    readonly ios: number;
    /** What opening windows has done on the path so far. */
    readonly opened: OpenCounts;
  }
  | {
    readonly kind: "sustain";
    /** I/Os that ended. */
    readonly ios: number;
    /** Wall time from the common start. */
    readonly elapsedNs: number;
    /** CPU time of this thread; `null` where it cannot be read. */
    readonly cpuNs: number | null;
  }
  | ({ readonly kind: "observe"; readonly ios: number } & ObservedSubmitter)
  | {
    readonly kind: "replay";
    readonly counts: PathCounts;
    /** Digest of what its own device decoded, if it has one. */
    readonly commands: CommandSetSum | null;
  }
  | { readonly kind: "verify"; readonly bytes: number }
  | Failure;

export type DeviceRequest =
  | {
    readonly kind: "setup";
    readonly setup: GroupSetup;
    /** Which device it is, from 0. */
    readonly device: number;
    readonly control: SharedArrayBuffer;
    readonly ends: readonly QueueEnd[];
    readonly queues: readonly SharedArrayBuffer[];
  }
  /** Serve the queues until the stop word is set. */
  | { readonly kind: "serve"; readonly movesBytes: boolean };

export type DeviceAnswer =
  | { readonly kind: "setup" }
  | {
    readonly kind: "serve";
    readonly commands: number;
    readonly sleeps: number;
    /** How often this many commands were taken at once. */
    readonly batches: Int32Array;
    readonly decoded: CommandSetSum | null;
    readonly bytes: number;
  }
  | Failure;
