/**
 * What a contender's worker is asked and what it answers. A contender is one
 * layout with one recognition in an isolate of its own (design.md, rule 1).
 */
import type { Submitter } from "../../sim/setup/submitter.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import type { OpenCounts } from "../../sim/path/open_counts.ts";
import type { PathSetup } from "../../sim/setup/path_setup.ts";
import type { PathCounts } from "../../sim/path/path_counts.ts";
import type { TraceFigures } from "../../sim/replay/trace_window.ts";
import type { IntegrityCounts } from "../../sim/nvme/integrity.ts";
import type { BranchCounts } from "../../sim/recognition/count_branches.ts";
import type { WindowCapacity } from "../../sim/workload/window.ts";
import type { CpuClockName } from "../machine/cpu_clock.ts";
import type { SimulationAnswer } from "./contender_simulation.ts";
import type { SimulationSetup } from "../simulate/setup.ts";
import type { Failure } from "./failure.ts";
import type { EmptyPath } from "../setup/empty_path_names.ts";

/** The engine in C, as described to a worker. */
export interface EngineSetup {
  readonly name: "native";
  /** The compiler's program; default: `cc`. */
  readonly cc?: string | undefined;
  /** Where compiled objects are kept; default: the user's cache. */
  readonly cacheDir?: string | undefined;
  /** Which build: how far the code is moved; default: not at all. */
  readonly build?: number | undefined;
}

/** What a contender is made from: a setup that a message can carry. */
export interface ContenderSetup extends PathSetup {
  readonly layout: string;
  readonly abi: string;
  /** I/Os submitted under one plug; 1 for no plug. */
  readonly batch: number;
  /** Whose memory I/O is on. */
  readonly submitter: Submitter;
  /** Salt of the medium's content. */
  readonly salt: number;
  /** What runs the path; default: JavaScript. */
  readonly engine?: EngineSetup | undefined;
  /** Seed of the placement of the timed path's memory; default: as it comes. */
  readonly scatterSeed?: number | undefined;
  /** No path at all: what the harness costs. Such a one can only be timed. */
  readonly empty?: EmptyPath | undefined;
}

export interface WindowHandle {
  readonly buffer: SharedArrayBuffer;
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

/** I/Os of a window that are measured: neighbours, going round it. */
export interface WindowSlice {
  /** Index of the first one among those that move data; taken modulo them. */
  readonly first: number;
  /**
   * I/Os that are cycled through in the place of the whole window: from which
   * one on (taken modulo it), and how many; `first` is then an index among
   * them.
   */
  readonly group?: { readonly first: number; readonly ios: number };
  readonly ios: number;
  /**
   * I/Os that go before them, as a share of them: the caches held another
   * contender's memory until now; default: 0.1.
   */
  readonly leadIn?: number;
  /** Parts of them that are measured one by one; default: 1, all together. */
  readonly parts?: number;
  /**
   * Whether fixed work is timed before the lead-in and behind each part
   * (statistics/slow_turns.ts); default: no.
   */
  readonly isProbed?: boolean;
}

export interface BuildSlice extends WindowSlice {
  /** Index of the path, in the order in which they joined. */
  readonly path: number;
}

export interface BuildMemory {
  readonly arenaBytes: number;
  /** Bytes of huge pages in the process; `null` if unknown. */
  readonly hugePageBytes: number | null;
}

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
    /** Whether counts and digest begin again: the workload's first window. */
    readonly restart: boolean;
    readonly verifyIos: number;
    readonly digests?: SharedArrayBuffer;
  }
  /** Trace I/Os of a window, for a CPU's caches if one is given. */
  | {
    readonly kind: "trace";
    readonly window: WindowHandle;
    readonly cpu?: Cpu | undefined;
    readonly lineBytes?: number | undefined;
    /** Too few I/Os to show anything; default: enough. */
    readonly ios?: number | undefined;
  }
  /**
   * Open a window for timing: everything that is done once and before its I/Os
   * is done now, in a request of its own.
   */
  | { readonly kind: "open"; readonly window: WindowHandle }
  /** Replay I/Os of the open window and report how long they took. */
  | ({
    readonly kind: "time";
    readonly window: Pick<OpenedWindow, "id" | "ios">;
  } & WindowSlice)
  /**
   * Make a path in C beside those of the same build, in memory of its own, and
   * open a window on it.
   */
  | {
    readonly kind: "join";
    readonly setup: ContenderSetup;
    readonly window: WindowHandle;
    /** Seed of the placement of its memory. */
    readonly scatterSeed: number;
    /** Whether it is the first one of a build: all before it are closed. */
    readonly restart: boolean;
  }
  /** Measure slices of the paths of a build, one after another. */
  | { readonly kind: "slices"; readonly slices: readonly BuildSlice[] }
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

export interface PartTime {
  readonly ios: number;
  readonly cpuNs: number;
  readonly wallNs: number;
}

/** The parts of a slice, and how fast the CPU was around them. */
export interface SliceTime {
  readonly parts: readonly PartTime[];
  /** CPU times of fixed work, one more than the parts; none unless asked for. */
  readonly probesNs?: readonly number[];
}

export interface TimeAnswer extends PartTime, SliceTime {
  /** Whose CPU time that is. */
  readonly clock: CpuClockName;
  /** What the timed work left behind, so that none of it could be left out. */
  readonly sink: number;
  /** What opening windows has done on the path so far: no more than before. */
  readonly opened: OpenCounts;
}

export type ContenderAnswer =
  | { readonly kind: "setup"; readonly bytesPerSegment: number }
  | ({ readonly kind: "audit" } & AuditAnswer)
  | ({ readonly kind: "trace" } & TraceFigures)
  | { readonly kind: "open"; readonly window: OpenedWindow }
  | ({ readonly kind: "time" } & TimeAnswer)
  | { readonly kind: "join"; readonly memory: BuildMemory }
  | {
    readonly kind: "slices";
    readonly times: readonly SliceTime[];
    readonly clock: CpuClockName;
  }
  | { readonly kind: "simulate" }
  | ({ readonly kind: "simulation" } & SimulationAnswer)
  /** The path gave a wrong answer, or could not be made. */
  | Failure;
