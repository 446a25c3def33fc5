/**
 * The start of a run: what it is asked, which machine and code it is on, which
 * cells it has, and which of them are there already. Nothing is run yet.
 */
import type { LabRunEvents } from "./run_events.ts";
import config from "../../deno.json" with { type: "json" };
import { findAbi } from "../../layouts/abi.ts";
import {
  captureEnvironment,
  checkoutWarnings,
  environmentWarnings,
} from "../machine/environment.ts";
import { readIfPossible } from "../machine/read_if_possible.ts";
import { noiseWarnings, probeNoise } from "../result/machine_noise.ts";
import { detectTimer, type Timer } from "../statistics/timer.ts";
import type { LabWarning } from "../statistics/warning.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import type { ResultCell } from "../result/result.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { layoutRefusal } from "../native/layout_refusal.ts";
import { type CellMachine, cellMachine } from "./cell_machine.ts";
import type { CellPlan } from "./cell_plan.ts";
import { cellNeed, roomFor } from "./cell_room.ts";
import type { IsolateRoom } from "./isolate_room.ts";
import type { RunOptions } from "./options.ts";
import { layoutsOf } from "../setup/run_layouts.ts";
import { chooseEngines, type RunEngines } from "./engines.ts";
import { planCells, requireContenders } from "./plan.ts";
import { requireSameInputs } from "./run_inputs.ts";
import { repeatedCells, repeatWarning } from "./repeat.ts";
import { finishedCells, resumeWarnings, type RunIdentity } from "./resume.ts";
import { RunCounter } from "./run_counter.ts";

/** A run that has begun. */
export interface RunStart {
  /** Its options, complete. */
  readonly options: RunOptions;
  /** Names of the layouts that were asked for; nothing if none was. */
  readonly asked: readonly string[] | undefined;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** What is known of the CPU clock; nothing where no time is looked at. */
  readonly timer: Timer | null;
  /** The cells, in their order. */
  readonly plan: readonly CellPlan[];
  /** The machine of each. */
  readonly machines: readonly CellMachine[];
  /** How many isolates may live. */
  readonly room: IsolateRoom;
  /** What runs the path. */
  readonly engines: RunEngines;
  /** What counts machine code. */
  readonly counter: RunCounter;
  /** What the result says of tool, machine and options. */
  readonly identity: RunIdentity;
  /** Gives a cell of an earlier run that stands. */
  readonly finished: (plan: CellPlan) => ResultCell | undefined;
  /** Gives the cell of an earlier run beside which one is timed. */
  readonly repeated: (plan: CellPlan) => ResultCell | undefined;
  /** How many such cells there are. */
  readonly kept: number;
  /** What a reader has to know already. */
  readonly warnings: readonly LabWarning[];
}

/**
 * Starts a run.
 *
 * @param options Its options, complete.
 * @param from Names of layouts that were asked for, and its events.
 * @returns All that its cells need.
 * @throws {RangeError} If the run to be resumed is another one, or there is no
 *   room for a cell.
 */
export async function startRun(
  options: RunOptions,
  { asked, events }: {
    readonly asked: readonly string[] | undefined;
    readonly events: LabRunEvents;
  },
): Promise<RunStart> {
  const { signal, resume, repeat } = events;
  const clock = () => performance.now() * 1e6;
  const cpuClock = cpuClocks().cpuNs;
  const environment = await captureEnvironment();
  // Exact figures do not depend on what else the machine does.
  const hasTimes = options.rounds > 0;
  const noise = hasTimes
    ? await probeNoise({ cpuClock, readText: readIfPossible })
    : null;
  const timer = hasTimes ? detectTimer(cpuClock) : null;
  const warnings = noise === null ? [] : [
    // The load tells of the last minute, the CPUs' shares of right now.
    ...(noise.busyShare === null ? environmentWarnings(environment) : []),
    ...noiseWarnings(noise),
    ...checkoutWarnings(environment),
  ];
  const abis = options.abis.map((name) => findAbi(name));
  const engines = await chooseEngines({
    ...options,
    engine: options.engine ?? "js",
    cacheDir: options.nativeCache,
    abis,
  });
  warnings.push(...engines.warnings);
  const counter = await RunCounter.start({
    ...{ run: options, abis },
    signal,
  });
  warnings.push(...counter.warnings);
  const plan = planCells({
    layouts: layoutsOf(options.layouts),
    abis,
    workloads: options.workloads,
    recognitions: options.recognitions,
    enginesOf: engines.of,
    refusalOf: (engine, layout, abi) =>
      engine === "native" ? layoutRefusal(layout, abi) : undefined,
  });
  requireContenders(
    plan.map(({ contenders, leftOut }) => ({
      present: contenders.length,
      leftOut,
    })),
    asked,
  );
  const machines = plan.map((cell) => cellMachine(cell, options));
  const room = roomFor(
    plan.map((cell, index) =>
      cellNeed(cell, options, machines[index]?.poolBytes ?? 0)
    ),
    options,
  );
  const { compiler, compilerFlags } = engines;
  const identity = {
    tool: { name: TOOL_NAME, version: config.version },
    environment: {
      ...environment,
      noise,
      timer,
      ...(compiler === null ? {} : { compiler, compilerFlags }),
    },
    config: { ...options },
    seed: options.seed,
  };
  const finished = resume === undefined
    ? () => undefined
    : finishedCells(resume, identity);
  if (resume !== undefined) {
    const { inputs = [] } = resume.result;
    await requireSameInputs(inputs, resume.name, { read: events.read });
  }
  if (resume !== undefined && repeat !== undefined) {
    throw new RangeError(
      "Cannot run: found an earlier run to resume and one to repeat, " +
        "expected one of them",
    );
  }
  const repeated = repeat === undefined
    ? () => undefined
    : repeatedCells(repeat, identity, { run: options, plan });
  if (repeat !== undefined) {
    const { inputs = [] } = repeat.result;
    await requireSameInputs(inputs, repeat.name, {
      ...{ read: events.read, verb: "repeat" },
    });
    if (options.rounds > 0) warnings.push(repeatWarning(repeat));
  }
  const kept = plan.filter((cell) => finished(cell) !== undefined).length;
  if (resume !== undefined && options.rounds > 0) {
    warnings.push(...resumeWarnings(kept));
  }
  const [first] = engines.compilers;
  return {
    // Where cc is missing or broken, another one builds what is checked, too.
    options: first === undefined || options.cc !== undefined ||
        first.cc === "cc"
      ? options
      : { ...options, cc: first.cc },
    ...{ asked, clock, timer, plan, machines, room, engines, counter },
    ...{ identity, finished, repeated, kept, warnings },
  };
}
