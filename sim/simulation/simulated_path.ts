/**
 * A path whose device works in simulated time, with the driver's error
 * handling and with faults. It is the same path: everything here is put in by
 * hooks when it is assembled, and the one that is timed has none of them.
 */
import { checkValue } from "../../layouts/option_check.ts";
import { ArmedFaults } from "../fault/armed_faults.ts";
import { NO_FAULTS } from "../fault/plan.ts";
import { plannedController, plannedLimits } from "../fault/planned_machine.ts";
import { BLK_STS, ERRNO } from "../kernel/operation.ts";
import { SQE } from "../nvme/command.ts";
import { DeviceError } from "../nvme/device_error.ts";
import type { FaultPlan } from "../nvme/mapping_faults.ts";
import { joinProbes } from "../path/probe.ts";
import { randomStream } from "../random/random_stream.ts";
import { assemblePath, type AssemblyOptions } from "../setup/assembly.ts";
import { assemblySchema } from "../setup/assembly_form.ts";
import { ModelledDevice, NULL_MODEL } from "../time/device_model.ts";
import { SimulatedTime } from "../time/simulated_time.ts";
import type { IoWindow } from "../workload/window.ts";
import { commandFate } from "./command_fate.ts";
import { type OpenIo, providersOf } from "./open_io.ts";
import { OpenIos } from "./open_ios.ts";
import { PlannedRequests } from "./planned_requests.ts";
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
import type {
  SimulatedPath,
  SimulationOptions,
  SubmitPlace,
} from "./simulation.ts";
import { simulationSchema } from "./simulation_form.ts";

/**
 * Puts a path together whose device works in simulated time.
 *
 * @param simulation Device model and faults.
 * @throws {RangeError} If the layout cannot serve.
 */
export function assembleSimulated(
  options: AssemblyOptions,
  simulation: SimulationOptions = {},
): SimulatedPath {
  checkValue("simulate a path", assemblySchema, options, "options");
  checkValue("simulate a path", simulationSchema, simulation, "simulation");
  const { plan = NO_FAULTS, onEnd } = simulation;
  const seed = simulation.seed ?? plan.seed;
  const time = new SimulatedTime();
  const model = new ModelledDevice(
    simulation.model ?? plan.device ?? NULL_MODEL,
    randomStream(seed, "service time"),
  );
  const armed = new ArmedFaults(plan);
  const lifetimes = new ProviderLifetimes(options.map);
  const blockBytes = options.limits.logicalBlockBytes;
  const open = new OpenIos({ time, lifetimes, blockBytes, onEnd });
  const faults: FaultPlan = { mapping: 0, descriptor: 0, bounce: 0 };
  const own = { tagWaits: 0, refused: 0, silentShorts: 0 };
  const budget = { bytes: Infinity };
  const controller = plannedController(options.controller ?? {}, plan);
  let device: SimulatedDevice | undefined;
  let recovery: RecoveringDriver | undefined;
  /** The I/O that is being submitted. */
  let current: OpenIo | undefined;
  const requests = new PlannedRequests({
    ...{ open, armed, faults },
    // What is mapped before the bio exists is not mapped by the driver.
    mapsInDriver: options.recognition !== "map_first",
    guarded: controller.integrity === true,
    isIdle: () => recovery?.isIdle() === true,
  });

  const assembly = assemblePath({
    ...options,
    controller: { ...controller, faults },
    limits: plannedLimits(options.limits, controller),
    budget,
    probe: joinProbes(options.probe ?? {}, {
      ioEnd: (io, status) => open.end(io, status),
      stage: () => {
        // Stage 0 begins once the path has let the I/O in.
        if (current !== undefined && current.arrivedNs < 0) {
          current.arrivedNs = time.nowNs;
        }
      },
      question: (made) => lifetimes.watch(made),
    }),
    hooks: {
      controller: (made) => ({
        ...made,
        routes: lifetimes.routes(made.routes),
      }),
      pages: (made) => lifetimes.pages(made),
      requests: (made) => ({
        ...made,
        take: () => takeTag() ? made.take() : 0,
        takeShallow: (limit) => takeTag() ? made.takeShallow(limit) : 0,
        takeBatch: (count) => takeTag() ? made.takeBatch(count) : 0,
      }),
      device: (memory, queue, carryOut) => {
        device = createSimulatedDevice({
          memory,
          queue,
          carryOut,
          budget,
          time,
          model,
          fateOf: (entry) => {
            const id = memory.view.getUint16(entry + SQE.commandId, true);
            const life = recovery?.lifeOf(id & 0xfff);
            return life === undefined || life.faults.length === 0
              ? undefined
              : commandFate(life, {
                memory,
                entry,
                blockBytes,
                hit: (fault) => {
                  life.latest = fault;
                  armed.hit(fault);
                },
                onSilent: (from, to) => {
                  own.silentShorts++;
                  // What a write lacks, nobody on the host can know.
                  if (life.ios.some((io) => open.isRead(io))) {
                    life.missing = { from, to };
                  }
                },
              });
          },
        });
        return device;
      },
      driver: (parts) => {
        if (device === undefined) throw new DeviceError("no device was made");
        recovery = createRecovery(parts, {
          time,
          device,
          events: requests,
        });
        return recovery;
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
    },
  });
  const { path } = assembly;

  /** Whether the I/O that is being submitted may have a tag. */
  const takeTag = (): boolean => {
    const fault = current?.faults.find(({ left, rule }) =>
      left > 0 && rule.kind === "tag"
    );
    if (fault === undefined) return true;
    armed.hit(fault);
    own.tagWaits++;
    return false;
  };

  const submit = (window: IoWindow, io: number, at: SubmitPlace): void => {
    const { number } = at;
    const chosen = armed.choose(number);
    for (const fault of chosen) {
      if (fault.rule.kind !== "unplug") continue;
      const provider = lifetimes.find(fault.rule.provider);
      if (provider === 0) continue;
      lifetimes.unplug(provider);
      armed.hit(fault);
    }
    const providers = providersOf(window, io);
    const isPinnable = providers.every((provider) =>
      lifetimes.isPinnable(provider)
    );
    const opened: OpenIo = {
      window,
      number,
      arrivedNs: at.arrivedNs ?? -1,
      faults: chosen,
      providers: isPinnable ? providers : [],
      bad: null,
      missing: null,
    };
    open.open(io, opened);
    if (!isPinnable) {
      // get_user_pages() finds no mapping any more.
      own.refused++;
      open.end(io, -ERRNO.fault);
      return;
    }
    for (const provider of providers) lifetimes.acquire(provider);
    current = opened;
    path.submit(window, io);
    current = undefined;
  };
  return {
    assembly,
    submit,
    passTo: (untilNs) => recovery?.passTo(untilNs),
    drain: path.drain,
    nowNs: () => time.nowNs,
    model,
    counts: () => ({
      ...(recovery?.counts ?? NO_RECOVERY),
      ...lifetimes.counts,
      ...own,
    }),
    rules: armed.counts,
    balance: () => ({
      ...path.balance(),
      ...recovery?.balance(),
      ...lifetimes.balance(),
      "I/Os in flight": open.size,
    }),
  };
}
