/**
 * A path whose device works in simulated time, with the driver's error
 * handling and with faults. It is the same path: everything here is put in by
 * hooks when it is assembled, and the one that is timed has none of them.
 */
import { checkValue } from "../../layouts/option_check.ts";
import { ArmedFaults } from "../fault/armed_faults.ts";
import { NO_FAULTS } from "../fault/plan.ts";
import { plannedController, plannedLimits } from "../fault/planned_machine.ts";
import { BLK_STS } from "../kernel/operation.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { SQE } from "../nvme/command.ts";
import { DeviceError } from "../nvme/device_error.ts";
import type { FaultPlan } from "../nvme/mapping_faults.ts";
import { joinProbes } from "../path/probe.ts";
import { randomStream } from "../random/random_stream.ts";
import { assemblePath, type AssemblyOptions } from "../setup/assembly.ts";
import { assemblySchema } from "../setup/assembly_form.ts";
import { ModelledDevice, NULL_MODEL } from "../time/device_model.ts";
import { SimulatedTime } from "../time/simulated_time.ts";
import { commandFate } from "./command_fate.ts";
import { tagOf } from "./command_id.ts";
import { OpenIos } from "./open_ios.ts";
import { PlannedRequests } from "./planned_requests.ts";
import { PlannedSubmit } from "./planned_submit.ts";
import { ProviderLifetimes } from "./provider_lifetimes.ts";
import {
  createRecovery,
  NO_RECOVERY,
  type RecoveringDriver,
} from "./recovery.ts";
import {
  createSimulatedDevice,
  type SimulatedDevice,
} from "./simulated_device.ts";
import type { SimulatedPath, SimulationOptions } from "./simulation.ts";
import { simulationSchema } from "./simulation_form.ts";

/** The parties in a simulated path. */
interface Players {
  readonly time: SimulatedTime;
  readonly model: ModelledDevice;
  readonly armed: ArmedFaults;
  readonly lifetimes: ProviderLifetimes;
  readonly open: OpenIos;
  readonly planned: PlannedSubmit;
  readonly requests: PlannedRequests;
  readonly blockBytes: number;
  /** Bytes that the device still moves of a transfer cut short. */
  readonly budget: { bytes: number };
  /** What nobody else counts. */
  readonly own: { tagWaits: number; refused: number; silentShorts: number };
  /** Made as the path is put together. */
  device?: SimulatedDevice;
  recovery?: RecoveringDriver;
}

/**
 * Puts a path together whose device works in simulated time.
 *
 * @throws {RangeError} If the layout cannot serve.
 */
export function assembleSimulated(
  options: AssemblyOptions,
  simulation: SimulationOptions = {},
): SimulatedPath {
  checkValue("simulate a path", assemblySchema, options, "options");
  checkValue("simulate a path", simulationSchema, simulation, "simulation");
  const { plan = NO_FAULTS } = simulation;
  const controller = plannedController(options.controller ?? {}, plan);
  const faults: FaultPlan = { mapping: 0, descriptor: 0, bounce: 0 };
  const players = makePlayers(options, simulation, {
    faults,
    guarded: controller.integrity === true,
  });
  const { time, model, armed, lifetimes, open, planned } = players;
  const assembly = assemblePath({
    ...options,
    controller: { ...controller, faults },
    limits: plannedLimits(options.limits, controller),
    budget: players.budget,
    probe: joinProbes(options.probe ?? {}, {
      ioEnd: (io, status) => open.end(io, status),
      stage: () => planned.arrive(time.nowNs),
      question: (made) => lifetimes.watch(made),
    }),
    hooks: hooksOf(players),
  });
  const { path } = assembly;
  return {
    assembly,
    submit: (window, io, at) => planned.submit(window, io, at, path.submit),
    passTo: (untilNs) => players.recovery?.passTo(untilNs),
    drain: path.drain,
    nowNs: () => time.nowNs,
    model,
    counts: () => ({
      ...(players.recovery?.counts ?? NO_RECOVERY),
      ...lifetimes.counts,
      ...players.own,
    }),
    rules: armed.counts,
    balance: () => ({
      ...path.balance(),
      ...players.recovery?.balance(),
      ...lifetimes.balance(),
      "I/Os in flight": open.size,
    }),
  };
}

function makePlayers(
  options: AssemblyOptions,
  simulation: SimulationOptions,
  driver: { readonly faults: FaultPlan; readonly guarded: boolean },
): Players {
  const { plan = NO_FAULTS, onEnd } = simulation;
  const time = new SimulatedTime();
  const model = new ModelledDevice(
    simulation.model ?? plan.device ?? NULL_MODEL,
    randomStream(simulation.seed ?? plan.seed, "service time"),
  );
  const armed = new ArmedFaults(plan);
  const lifetimes = new ProviderLifetimes(options.map);
  const blockBytes = options.limits.logicalBlockBytes;
  const open = new OpenIos({ time, lifetimes, blockBytes, onEnd });
  const own = { tagWaits: 0, refused: 0, silentShorts: 0 };
  const players: Players = {
    ...{ time, model, armed, lifetimes, open, blockBytes, own },
    budget: { bytes: Infinity },
    planned: new PlannedSubmit({ armed, open, lifetimes, counts: own }),
    requests: new PlannedRequests({
      ...{ open, armed, ...driver },
      // What is mapped before the bio exists is not mapped by the driver.
      mapsInDriver: options.recognition !== "map_first",
      isIdle: () => players.recovery?.isIdle() === true,
    }),
  };
  return players;
}

/** What they put in while the path is put together. */
function hooksOf(players: Players): AssemblyOptions["hooks"] {
  const { time, model, lifetimes, open, planned, requests, budget } = players;
  return {
    controller: (made) => ({ ...made, routes: lifetimes.routes(made.routes) }),
    pages: (made) => lifetimes.pages(made),
    requests: planned.requests,
    device: (memory, queue, carryOut) =>
      players.device = createSimulatedDevice({
        ...{ memory, queue, carryOut, budget, time, model },
        fateOf: (entry) => fateOf(players, memory, entry),
      }),
    driver: (parts) => {
      const { device } = players;
      if (device === undefined) throw new DeviceError("no device was made");
      return players.recovery = createRecovery(parts, {
        time,
        device,
        events: requests,
      });
    },
    onRefused: (io, errno) => {
      open.requireReason(io, errno);
      open.end(io, -errno);
    },
    onUnfilled: (io, errno) => {
      open.requireReason(io, errno);
      open.addStatus(io, BLK_STS.ioerr);
    },
    nowNs: () => time.nowNs,
  };
}

/** What becomes of the command at an offset; undefined for the usual. */
function fateOf(players: Players, memory: KernelMemory, entry: number) {
  const { armed, open, blockBytes, own } = players;
  const id = memory.view.getUint16(entry + SQE.commandId, true);
  const life = players.recovery?.lifeOf(tagOf(id));
  if (life === undefined || life.faults.length === 0) return undefined;
  return commandFate(life, {
    memory,
    entry,
    blockBytes,
    hit: (fault) => {
      life.latest = fault;
      armed.hit(fault);
    },
    onSilent: (from, to) => {
      own.silentShorts++;
      // Nobody on the host can know what a write lacks.
      if (life.ios.some((io) => open.isRead(io))) life.missing = { from, to };
    },
  });
}
