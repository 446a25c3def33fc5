/**
 * The machine code of a run's cells, counted: which ABIs it can be counted for,
 * and the figures of one cell. What cannot be counted is one warning, and the
 * rest of the run continues.
 */
import type { Abi } from "../../layouts/abi.ts";
import { createWindow } from "../../sim/workload/window.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { MachineCodeCounter } from "../native/count/machine_code.ts";
import { NativeEngineError } from "../native/error.ts";
import { pathRefusal } from "../native/refusal.ts";
import type { ResultLayout } from "../result/result.ts";
import type { ResultMachineCode } from "../result/exact_types.ts";
import { inParallel } from "../machine/in_parallel.ts";
import type { RunOptions } from "./options.ts";

/** What a run's counter needs to know. */
export interface RunCounterOptions {
  readonly run: RunOptions;
  readonly abis: readonly Abi[];
  readonly signal?: AbortSignal | undefined;
}

export interface CountedCell {
  readonly setups: ReadonlyMap<string, ContenderSetup>;
  readonly window: WindowHandle;
  /** The same cell on another engine, whose figures are this one's, too. */
  readonly twin: readonly ResultLayout[] | undefined;
  readonly onStage?: (stage: string) => void;
}

export interface MachineCodes {
  /** The figures by layout, none where none could be had. */
  readonly of: ReadonlyMap<string, ResultMachineCode>;
  /** Why some are missing. */
  readonly warnings: readonly LabWarning[];
}

export class RunCounter {
  /** What cannot be counted at all. */
  readonly warnings: readonly LabWarning[];
  readonly #counters: ReadonlyMap<string, MachineCodeCounter>;

  private constructor(
    counters: ReadonlyMap<string, MachineCodeCounter>,
    warnings: readonly LabWarning[],
  ) {
    this.#counters = counters;
    this.warnings = warnings;
  }

  /**
   * Looks for compilers and tools, of each ABI.
   *
   * @returns The counter; one that counts nothing where nothing is to be, or
   *   can be counted.
   */
  static async start(options: RunCounterOptions): Promise<RunCounter> {
    const { run, abis, signal } = options;
    const { counts: choice = "off", kernel, machine, recognitions } = run;
    const { submitter = "user" } = run;
    const counters = new Map<string, MachineCodeCounter>();
    const warnings = new Map<string, LabWarning>();
    const warn = (message: string) =>
      warnings.set(message, countsWarning(message));
    if (choice === "off") return new RunCounter(counters, []);
    const reason = pathRefusal({ kernel, submitter, machine, recognitions });
    if (reason !== undefined) {
      warn(`Cannot count machine code with ${reason}`);
      return new RunCounter(counters, [...warnings.values()]);
    }
    // Compilers and tools are for those who count.
    const { MachineCodeCounter } = await import(
      "../native/count/machine_code.ts"
    );
    for (const abi of abis) {
      try {
        const counter = await MachineCodeCounter.start({
          ...{ choice, abi },
          cc: run.cc,
          cacheDir: run.nativeCache,
          signal,
        });
        counters.set(abi.name, counter);
        counter.complaints.forEach(warn);
      } catch (error) {
        if (!(error instanceof NativeEngineError)) throw error;
        warn(error.message);
      }
    }
    return new RunCounter(counters, [...warnings.values()]);
  }

  /**
   * Counts a cell.
   *
   * @param cell Its contenders and I/Os.
   * @returns The figures by layout, none where none could be had, and why.
   */
  async count(abi: string, cell: CountedCell): Promise<MachineCodes> {
    const counter = this.#counters.get(abi);
    const of = new Map<string, ResultMachineCode>();
    if (counter === undefined) return { of, warnings: [] };
    const warnings = new Map<string, LabWarning>();
    const window = createWindow(cell.window.capacity, cell.window.buffer);
    const { preparePath } = await import("../native/count/dump.ts");
    await inParallel([...cell.setups], async ([name, setup]) => {
      const twin = cell.twin?.find((layout) => layout.name === name);
      if (twin?.machineCode) {
        of.set(name, twin.machineCode);
        return;
      }
      try {
        cell.onStage?.(`counting ${name}`);
        const found = await counter.count(preparePath(
          { ...pathParts(setup), decode: false },
          window,
        ));
        of.set(name, found.machineCode);
        for (const message of found.complaints) {
          warnings.set(message, countsWarning(message));
        }
      } catch (error) {
        if (!(error instanceof NativeEngineError)) throw error;
        warnings.set(error.message, countsWarning(error.message));
      }
    });
    return { of, warnings: [...warnings.values()] };
  }
}

function countsWarning(message: string): LabWarning {
  return {
    code: "not-counted",
    message,
    hint: "missing figures of machine code are -; all others hold",
  };
}
