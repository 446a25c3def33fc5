/**
 * What one cell is run with.
 */
import type { Workload } from "../../sim/workload/workload.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import type { Timer } from "../statistics/timer.ts";
import type { ResultCell } from "../result/result.ts";
import type { AuditLanes, Auditors } from "./audit_pool.ts";
import type { CellMachine } from "./cell_machine.ts";
import type { IsolateRoom } from "./isolate_room.ts";
import type { Isolates } from "./isolates.ts";
import type { RunOptions } from "./options.ts";
import type { TimedCompiler } from "./timed_compilers.ts";
import type { RunCounter } from "./run_counter.ts";

export interface RunCellOptions {
  readonly run: RunOptions;
  readonly isolates: Isolates;
  /** Those of them that audit one layout after the other. */
  readonly auditLanes: AuditLanes;
  readonly room: IsolateRoom;
  /** Whether the next cell of the same engine needs the same isolates. */
  readonly isKept: boolean;
  /** Bytes of the largest pool of a cell that needs them; default: none does. */
  readonly laterPoolBytes?: number | undefined;
  /** Called when isolates that audit have nothing more to do for the cell. */
  readonly onFree?: (() => void) | undefined;
  /** What builds what is timed in C, in turn; default: as the setup says. */
  readonly compilers?: readonly TimedCompiler[] | undefined;
  readonly counter: RunCounter;
  readonly cell: CellMachine;
  /** Its share of the time for measuring. */
  readonly budgetNs: number;
  /**
   * CPU time that an isolate works before anything is timed; default: what V8
   * takes to compile the path.
   */
  readonly burnInNs?: number | undefined;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  readonly timer?: Timer | undefined;
  /** The same cell on the other engine: its traces are this one's, too. */
  readonly twin?: ResultCell | undefined;
  /** The same cell of an earlier run, beside which this one is timed. */
  readonly repeated?: ResultCell | undefined;
  /**
   * Called with what is exact before anything is timed; what it throws ends the
   * cell.
   */
  readonly onCounted?: ((cell: ResultCell) => void) | undefined;
  /** Who runs the audits; isolates if absent. */
  readonly auditors?: Auditors | undefined;
  /** Opens the workload, where it is not to be read again. */
  readonly open?: (() => Promise<Workload>) | undefined;
  /** Workloads that are streams, such as standard input (`-`). */
  readonly inputs?: WorkloadInputs | undefined;
  /** Called with how much of that share measuring took; maybe more. */
  readonly onMeasured?: ((takenNs: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for a worker of a group in ms. */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: (stage: string, progress?: Progress) => void;
}
