/**
 * A path whose device works in simulated time, with the driver's error
 * handling and with faults. It is the same path: everything here is put in by
 * hooks when it is assembled, and the one that is timed has none of them.
 */
import { simulationSchema } from "./simulation_form.ts";
import { assemblySchema } from "../setup/assembly_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { assemblePath, type AssemblyOptions } from "../setup/assembly.ts";
import { BLK_STS, ERRNO, errnoName } from "../kernel/operation.ts";
import { ModelledDevice, NULL_MODEL } from "../time/device_model.ts";
import { SimulatedTime } from "../time/simulated_time.ts";
import type { FaultPlan } from "../nvme/mapping_faults.ts";
import { SQE } from "../nvme/command.ts";
import { DeviceError } from "../nvme/device_error.ts";
import { joinProbes } from "../path/probe.ts";
import { randomStream } from "../random/random_stream.ts";
import { WrongIoError } from "../replay/replay.ts";
import { type IoWindow, WINDOW_OP } from "../workload/window.ts";
import { type ArmedFault, ArmedFaults } from "../fault/armed_faults.ts";
import { commandFate } from "./command_fate.ts";
import { type OpenIo, providersOf } from "./open_io.ts";
import { NO_FAULTS } from "../fault/plan.ts";
import { plannedController, plannedLimits } from "../fault/planned_machine.ts";
import { ProviderLifetimes } from "./provider_lifetimes.ts";
import {
  createRecovery,
  NO_RECOVERY,
  type RecoveringDriver,
} from "./recovery.ts";
import {
  admissibleStatuses,
  type RequestLife,
  type SectorRange,
} from "./request_life.ts";
import { changesKindInBlock } from "./unfilled_io.ts";
import {
  createSimulatedDevice,
  type SimulatedDevice,
} from "./simulated_device.ts";
import type {
  MissingBytes,
  SimulatedPath,
  SimulationOptions,
  SubmitPlace,
} from "./simulation.ts";

const NO_MISSING: readonly MissingBytes[] = [];

/**
 * Puts a path together whose device works in simulated time.
 *
 * @param options What of, as for `assemblePath`.
 * @param simulation Device model and faults.
 * @returns The path.
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
  const open = new Map<number, OpenIo>();
  const faults: FaultPlan = { mapping: 0, descriptor: 0, bounce: 0 };
  const own = { tagWaits: 0, refused: 0, silentShorts: 0 };
  const budget = { bytes: Infinity };
  const controller = plannedController(options.controller ?? {}, plan);
  const guarded = controller.integrity === true;
  // What is mapped before the bio exists is not mapped by the driver.
  const mapsInDriver = options.recognition !== "map_first";
  let device: SimulatedDevice | undefined;
  let recovery: RecoveringDriver | undefined;
  /** The I/O that is being submitted. */
  let current: OpenIo | undefined;

  const isRead = (io: number): boolean =>
    open.get(io)?.window.op[io] === WINDOW_OP.read;

  const openLife = (ios: readonly number[]): RequestLife => {
    const taken: ArmedFault[] = [];
    for (const io of ios) {
      for (const fault of open.get(io)?.faults ?? []) {
        if (fault.taken || fault.rule.kind === "tag") continue;
        fault.taken = true;
        taken.push(fault);
      }
    }
    return {
      ios,
      faults: taken,
      retries: 0,
      cancels: 0,
      stuck: 0,
      latest: null,
      missing: null,
      aborted: false,
    };
  };

  /** Maps a request with one planned failure at most. */
  const mapWith = (life: RequestLife, map: () => number): number => {
    const fault = life.faults.find(({ left, rule }) =>
      left > 0 && (rule.kind === "descriptor" ||
        (mapsInDriver && (rule.kind === "mapping" || rule.kind === "bounce")))
    );
    if (fault === undefined) {
      const status = map();
      // Nothing in flight will give anything back.
      if (status === BLK_STS.resource && recovery?.isIdle() === true) {
        life.stuck++;
      }
      return status;
    }
    const kind = fault.rule.kind as "mapping" | "descriptor" | "bounce";
    faults[kind] = "nth" in fault.rule ? fault.rule.nth : 1;
    // What gets an IOVA range as a whole is not mapped piece by piece.
    faults.noIova = kind === "mapping";
    const status = map();
    if (faults[kind] === 0 || (faults.noIova && status === BLK_STS.resource)) {
      armed.hit(fault);
    }
    faults[kind] = 0;
    faults.noIova = false;
    return status;
  };

  const closeLife = (life: RequestLife, status: number): void => {
    const wanted = admissibleStatuses(life, guarded);
    const [first = 0] = life.ios;
    if (!wanted.has(status)) {
      throw new WrongIoError(
        `Cannot trust I/O ${open.get(first)?.number ?? first}: a request of ` +
          `it ended with status ${status}, expected ${
            [...wanted].join(" or ")
          }`,
      );
    }
    if (status === BLK_STS.ok) {
      if (life.missing === null) return;
      for (const io of life.ios) miss(io, life.missing);
      return;
    }
    for (const io of life.ios) addStatus(io, status);
  };

  /** Notes what an I/O may end with beside OK. */
  const addStatus = (io: number, status: number): void => {
    const found = open.get(io);
    if (found !== undefined) found.bad = [...found.bad ?? [], status];
  };

  /** Nothing but its memory refuses an I/O, or ends it before its requests. */
  const requireReason = (io: number, errno: number): void => {
    const found = open.get(io);
    if (found === undefined) return;
    const isKind = errno === ERRNO.fault &&
      changesKindInBlock(found.window, io, blockBytes);
    if (isKind) return;
    throw new WrongIoError(
      `Cannot trust I/O ${found.number}: its memory was refused with ` +
        `${errnoName(errno)}, expected it to be taken`,
    );
  };

  const end = (io: number, status: number): void => {
    const ended = open.get(io);
    if (ended === undefined) {
      throw new WrongIoError(`Cannot end I/O ${io} of the window twice`);
    }
    open.delete(io);
    for (const provider of ended.providers) lifetimes.release(provider);
    const isRight = status < 0 ||
      (ended.bad === null ? status === BLK_STS.ok : ended.bad.includes(status));
    if (!isRight) {
      throw new WrongIoError(
        `Cannot trust I/O ${ended.number}: it ended with status ${status}, ` +
          `expected ${ended.bad?.join(" or ") ?? 0}, as its requests did`,
      );
    }
    onEnd?.({
      io,
      status,
      latencyNs: ended.arrivedNs < 0 ? 0 : time.nowNs - ended.arrivedNs,
      missing: ended.missing ?? NO_MISSING,
    });
  };

  const blockBytes = options.limits.logicalBlockBytes;
  const assembly = assemblePath({
    ...options,
    controller: { ...controller, faults },
    limits: plannedLimits(options.limits, controller),
    budget,
    probe: joinProbes(options.probe ?? {}, {
      ioEnd: end,
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
                  if (life.ios.some(isRead)) life.missing = { from, to };
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
          events: { open: openLife, map: mapWith, close: closeLife },
        });
        return recovery;
      },
      onRefused: (io, errno) => {
        requireReason(io, errno);
        end(io, -errno);
      },
      onUnfilled: (io, errno) => {
        requireReason(io, errno);
        addStatus(io, BLK_STS.ioerr);
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

  /** What is missing of an I/O although its request ended well. */
  const miss = (io: number, { from, to }: SectorRange): void => {
    const found = open.get(io);
    if (found === undefined || !isRead(io)) return;
    // In bytes, from the start of the I/O; both are below 2^32 sectors apart.
    const start = (found.window.sectorLo[io] as number) >>> 0;
    found.missing = [...found.missing ?? [], {
      from: (from - start) * 512,
      to: (to - start) * 512,
    }];
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
    open.set(io, opened);
    if (!isPinnable) {
      // get_user_pages() finds no mapping any more.
      own.refused++;
      end(io, -ERRNO.fault);
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
