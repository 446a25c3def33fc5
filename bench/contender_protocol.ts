/**
 * What a contender's worker is asked and what it answers. A contender is one
 * layout with one recognition in an isolate of its own (design.md, rule 1).
 */
import type { Submitter } from "../sim/setup/assembly.ts";
import type { Cpu } from "../sim/cache/cpu.ts";
import type { OpenCounts } from "../sim/path/open_counts.ts";
import type { PathSetup } from "../sim/setup/path_setup.ts";
import type { PathCounts } from "../sim/path/path_counts.ts";
import type { TraceFigures } from "../sim/replay/trace_window.ts";
import type { IntegrityCounts } from "../sim/nvme/integrity.ts";
import type { BranchCounts } from "../sim/recognition/count_branches.ts";
import type { WindowCapacity } from "../sim/workload/window.ts";
import type { SimulationAnswer } from "./simulate/contender_simulation.ts";
import type { SimulationSetup } from "./simulate/setup.ts";
import type { EmptyPath } from "./empty_path.ts";

/** The engine in C, as a worker is told of it. */
export interface EngineSetup {
  /** Its name. */
  readonly name: "native";
  /** The compiler's program; default: `cc`. */
  readonly cc?: string;
  /** Where compiled objects are kept; the user's cache unless told. */
  readonly cacheDir?: string;
  /** Which birth: how far the code is moved; default: not at all. */
  readonly birth?: number;
}

/** What a contender is made from: a setup that a message can carry. */
export interface ContenderSetup extends PathSetup {
  /** Name of the layout. */
  readonly layout: string;
  /** Name of the ABI. */
  readonly abi: string;
  /** I/Os submitted under one plug; 1 for no plug. */
  readonly batch: number;
  /** Whose memory I/O is on. */
  readonly submitter: Submitter;
  /** Salt of the medium's content. */
  readonly salt: number;
  /** What runs the path: JavaScript unless told, or C. */
  readonly engine?: EngineSetup;
  /** No path at all: what the harness costs. Such a one can only be timed. */
  readonly empty?: EmptyPath;
}

/** A window to be worked on. */
export interface WindowHandle {
  /** The memory of the window. */
  readonly buffer: SharedArrayBuffer;
  /** How much it holds. */
  readonly capacity: WindowCapacity;
}

/**
 * A window that a worker has opened: what can be timed. Only the worker makes
 * one, and only the last that it made is open.
 */
export interface OpenedWindow {
  /** Which of the worker's windows, from 1. */
  readonly id: number;
  /** Its I/Os that move data. */
  readonly ios: number;
  /** What opening windows has done on the worker's path so far. */
  readonly opened: OpenCounts;
  /**
   * What the address of the path's arena is a multiple of, up to 2 MiB; `null`
   * without a path, or where addresses cannot be seen (`--allow-ffi`).
   */
  readonly arenaAlignBytes: number | null;
}

/** A part of a window. */
export interface WindowSlice {
  /** Which one, from 0. */
  readonly index: number;
  /** How many there are. */
  readonly of: number;
}

/** A request to a contender's worker. */
export type ContenderRequest =
  | {
    readonly kind: "setup";
    readonly setup: ContenderSetup;
    /** Words that say where the worker is (contender_progress.ts). */
    readonly progress: SharedArrayBuffer;
  }
  /** Decode every command; move and check the bytes of the first I/Os. */
  | {
    readonly kind: "audit";
    readonly window: WindowHandle;
    readonly firstIo: number;
    /** Whether counts and digest begin anew: the workload's first window. */
    readonly restart: boolean;
    readonly verifyIos: number;
    readonly digests?: SharedArrayBuffer;
  }
  /** Trace I/Os of a window, for a CPU's caches if one is given. */
  | {
    readonly kind: "trace";
    readonly window: WindowHandle;
    readonly cpu?: Cpu;
    readonly lineBytes?: number;
  }
  /**
   * Open a window for timing: everything that is done once and before its I/Os
   * is done now, in a request of its own.
   */
  | { readonly kind: "open"; readonly window: WindowHandle }
  /** Replay the open window so many times and tell how long it took. */
  | {
    readonly kind: "time";
    readonly window: Pick<OpenedWindow, "id" | "ios">;
    readonly passes: number;
    /** Only this one of so many equal parts of the window. */
    readonly slice?: WindowSlice;
    /** I/Os before the clock, as a share of those inside; default: 0.1. */
    readonly leadIn?: number;
  }
  /** Replay a window with a device in simulated time and with faults. */
  | {
    readonly kind: "simulate";
    readonly window: WindowHandle;
    readonly firstIo: number;
    /** Whether it is the workload's first window. */
    readonly restart: boolean;
    readonly verifyIos: number;
    readonly simulation: SimulationSetup;
    readonly seed: number;
    /** Takes the status of each I/O, as int16. */
    readonly statuses: SharedArrayBuffer;
  }
  /** Tell what all simulated windows came to. */
  | { readonly kind: "simulation" };

/** What auditing found. */
export interface AuditAnswer {
  /** What went through the path since the restart. */
  readonly counts: PathCounts;
  /** Questions that the recognition was asked since the restart. */
  readonly branches: BranchCounts;
  /** What guarding the checked I/Os took, where blocks are guarded. */
  readonly integrity?: IntegrityCounts & { readonly ios: number };
  /** PRP entries since the restart. */
  readonly prpEntries: number;
  /** Bytes moved and checked since the restart. */
  readonly verifiedBytes: number;
  /** Digest of all commands since the restart. */
  readonly digest: string;
}

/** What timing found. */
export interface TimeAnswer {
  /** Wall time of all passes. */
  readonly elapsedNs: number;
  /** I/Os of all passes; each has ended without an error. */
  readonly ios: number;
  /** What the timed work left behind, so that none of it could be left out. */
  readonly sink: number;
  /** What opening windows has done on the path so far: no more than before. */
  readonly opened: OpenCounts;
}

/** An answer of a contender's worker. */
export type ContenderAnswer =
  | { readonly kind: "setup"; readonly bytesPerSegment: number }
  | ({ readonly kind: "audit" } & AuditAnswer)
  | ({ readonly kind: "trace" } & TraceFigures)
  | { readonly kind: "open"; readonly window: OpenedWindow }
  | ({ readonly kind: "time" } & TimeAnswer)
  | { readonly kind: "simulate" }
  | ({ readonly kind: "simulation" } & SimulationAnswer)
  /** The path gave a wrong answer, or could not be made. */
  | {
    readonly kind: "failure";
    readonly name: string;
    readonly message: string;
  };
