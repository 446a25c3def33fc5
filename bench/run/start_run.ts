/**
 * The start of a run: what it is asked, which machine and code it is on, which
 * cells it has, and which of them are there already. Nothing is run yet.
 */
import type { LabRunEvents } from "./run_events.ts";
import { findAbi } from "../../layouts/abi.ts";
import {
  captureEnvironment,
  checkoutWarnings,
  environmentWarnings,
} from "../machine/environment.ts";
import { readIfPossible } from "../machine/read_if_possible.ts";
import { noiseWarnings, probeNoise } from "../result/machine_noise.ts";
import { detectTimer, type Timer } from "../statistics/timer.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { labTool } from "../machine/tool.ts";
import { type CellMachine, cellMachine } from "./cell_machine.ts";
import type { CellPlan } from "./cell_plan.ts";
import { cellNeed, roomFor } from "./cell_room.ts";
import type { IsolateRoom } from "./isolate_room.ts";
import type { RunOptions } from "./options.ts";
import { chooseEngines, type RunEngines } from "./engines.ts";
import { attendance, planCells, requireContenders } from "./plan.ts";
import { type EarlierCells, earlierCells } from "./earlier_cells.ts";
import type { RunIdentity } from "./resume.ts";
import { RunCounter } from "./run_counter.ts";

export interface RunStart extends EarlierCells {
  readonly options: RunOptions;
  /** Names of the layouts that were asked for; nothing if none was. */
  readonly asked: readonly string[] | undefined;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** What is known of the CPU clock; nothing where no time is looked at. */
  readonly timer: Timer | null;
  readonly plan: readonly CellPlan[];
  readonly machines: readonly CellMachine[];
  readonly room: IsolateRoom;
  readonly engines: RunEngines;
  readonly counter: RunCounter;
  /** What the result says of tool, machine and options. */
  readonly identity: RunIdentity;
}

/**
 * Starts a run.
 *
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
  const machine = await lookAtMachine(options.rounds > 0);
  const abis = options.abis.map((name) => findAbi(name));
  const engines = await chooseEngines({
    ...options,
    engine: options.engine ?? "js",
    cacheDir: options.nativeCache,
    abis,
  });
  const counter = await RunCounter.start({
    ...{ run: options, abis },
    signal: events.signal,
  });
  const cells = planRun(options, engines, asked);
  const { compiler, compilerFlags } = engines;
  const identity = {
    tool: labTool(),
    environment: {
      ...machine.environment,
      noise: machine.noise,
      timer: machine.timer,
      ...(compiler === null ? {} : { compiler, compilerFlags }),
    },
    config: { ...options },
    seed: options.seed,
  };
  const earlier = await earlierCells(events, identity, {
    run: options,
    plan: cells.plan,
  });
  const [first] = engines.compilers;
  return {
    // Where cc is missing or broken, another one builds what is checked, too.
    options: first === undefined || options.cc !== undefined ||
        first.cc === "cc"
      ? options
      : { ...options, cc: first.cc },
    ...{ asked, engines, counter, identity },
    ...cells,
    ...earlier,
    clock: () => performance.now() * 1e6,
    timer: machine.timer,
    warnings: [
      ...machine.warnings,
      ...engines.warnings,
      ...counter.warnings,
      ...earlier.warnings,
    ],
  };
}

/**
 * What is known of the machine before anything runs on it; exact figures do not
 * depend on what else it does, so that a run without times does not look.
 */
async function lookAtMachine(hasTimes: boolean) {
  const cpuClock = cpuClocks().cpuNs;
  const environment = await captureEnvironment();
  const noise = hasTimes
    ? await probeNoise({ cpuClock, readText: readIfPossible })
    : null;
  const timer = hasTimes ? detectTimer(cpuClock) : null;
  const warnings = noise === null ? [] : [
    // The load is that of the last minute, the CPUs' shares those of right now.
    ...(noise.busyShare === null ? environmentWarnings(environment) : []),
    ...noiseWarnings(noise),
    ...checkoutWarnings(environment),
  ];
  return { environment, noise, timer, warnings };
}

/** The cells, each with its machine, and the isolates that there is room for. */
function planRun(
  options: RunOptions,
  engines: RunEngines,
  asked: readonly string[] | undefined,
): Pick<RunStart, "plan" | "machines" | "room"> {
  const plan = planCells(options, engines.of);
  requireContenders(plan.map(attendance), asked);
  const machines = plan.map((cell) => cellMachine(cell, options));
  const room = roomFor(
    plan.map((cell, index) =>
      cellNeed(cell, options, machines[index]?.poolBytes ?? 0)
    ),
    options,
  );
  return { plan, machines, room };
}
