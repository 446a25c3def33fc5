/**
 * The worker of one contender. The isolate that times a layout runs nothing
 * but its plain path; auditing and tracing are asked of another isolate.
 */
import { findAbi } from "../../layouts/abi.ts";
import { createCodec } from "../../layouts/codec.ts";
import { requireRecognition } from "../../layouts/layout.ts";
import type { Assembly } from "../../sim/setup/assembly.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import { layoutOf, pathParts } from "../../sim/setup/path_setup.ts";
import { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import { errnoName } from "../../sim/kernel/operation.ts";
import { dataMemoryMap } from "../../sim/nvme/controller.ts";
import {
  dataIos,
  EndsOnce,
  requireNothingInUse,
  verifyReplay,
  WrongIoError,
} from "../../sim/replay/replay.ts";
import {
  type TraceFigures,
  traceWindow,
} from "../../sim/replay/trace_window.ts";
import { branchProbe } from "../../sim/recognition/count_branches.ts";
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import { controllerOf } from "../../sim/setup/machine_setup.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { newProgress, PROGRESS } from "./contender_progress.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "./contender_protocol.ts";
import { ContenderSimulation } from "./contender_simulation.ts";
import { NativeAudit } from "../native/native_audit.ts";
import { NativeBuild } from "./native_build.ts";
import { NativePath } from "../native/native_path.ts";
import { createEmptyPath } from "./empty_path.ts";
import { arenaAlignBytes, placeArena } from "../native/place_arena.ts";
import { timeWindow } from "./time_window.ts";
import {
  timedAssembly,
  timedEmpty,
  timedNative,
  type TimedPath,
  type TimedWindow,
} from "./timed_path.ts";

declare const self: {
  onmessage: ((event: MessageEvent<ContenderRequest>) => void) | null;
  postMessage(answer: ContenderAnswer): void;
};

let setup: ContenderSetup | undefined;
/** Read by the watchdog of the main thread. */
let progress: Int32Array = newProgress();
/** The path that is timed, whatever runs it. */
let timed: TimedPath | undefined;
/** Its open window, and which one that is. */
let open: { readonly id: number; readonly window: TimedWindow } | undefined;
/** Windows opened so far. */
let windows = 0;
/** The path in C, where it is timed. */
let native: NativePath | undefined;
/** The path in C beside the audited one, where the engine is that. */
let nativeAudit: NativeAudit | undefined;
/** The paths in C of a build, where they are timed side by side. */
let build: NativeBuild | undefined;
/** The path in simulated time, where that was asked for. */
let simulated: ContenderSimulation | undefined;
let audited: ReturnType<typeof startAudit> | undefined;
/** Data memory of verified I/Os; kept, because its pages are resident. */
let data: { readonly key: string; readonly memory: PhysicalMemory } | undefined;

self.onmessage = async ({ data: request }) => {
  try {
    if (known(request).engine !== undefined) await makeNative(request);
    self.postMessage(
      request.kind === "join" ? await join(request) : answer(request),
    );
  } catch (error) {
    const { name, message } = error instanceof Error
      ? error
      : new Error(String(error));
    self.postMessage({ kind: "failure", name, message });
  }
};

function answer(
  request: Exclude<ContenderRequest, { kind: "join" }>,
): ContenderAnswer {
  switch (request.kind) {
    case "setup": {
      forget();
      setup = request.setup;
      progress = new Int32Array(request.progress);
      const layout = layoutOf(setup);
      const abi = findAbi(setup.abi);
      // Told now, so that a layout that cannot serve says so before the run.
      requireRecognition(layout, { abi, recognition: setup.recognition });
      const codec = createCodec(layout, abi, new DataView(new ArrayBuffer(64)));
      return { kind: "setup", bytesPerSegment: codec.arrayBytes(256) / 256 };
    }
    case "audit":
      return audit(request);
    case "trace":
      return { kind: "trace", ...trace(request) };
    case "open":
      return openWindow(request);
    case "time":
      return time(request);
    case "slices":
      return {
        kind: "slices",
        times: (build ??= new NativeBuild()).time(request.slices),
        clock: cpuClocks().name,
      };
    case "simulate":
      return simulate(request);
    case "simulation":
      if (simulated === undefined) {
        throw new TypeError("Cannot tell: no window");
      }
      return { kind: "simulation", ...simulated.answer };
  }
}

/** What was audited of another setup is not this one's. */
function forget(): void {
  nativeAudit?.close();
  nativeAudit = undefined;
  audited = undefined;
  simulated = undefined;
}

function known(request?: ContenderRequest): ContenderSetup {
  if (request?.kind === "setup") return request.setup;
  if (setup === undefined) throw new TypeError("Cannot work: no setup came");
  return setup;
}

/** Compiles and loads what a request needs; nothing else has to wait. */
async function makeNative(request: ContenderRequest): Promise<void> {
  if (request.kind === "audit" && (request.restart || !nativeAudit)) {
    nativeAudit?.close();
    nativeAudit = await NativeAudit.start(
      { ...pathParts(known()), decode: true },
      known().engine,
    );
  }
  if (request.kind === "open" && known().empty === undefined) {
    native ??= await NativePath.make(
      { ...pathParts(known()), decode: false, placeArena },
      known().engine,
    );
  }
}

/** Adds a path to a build; several are side by side there, all in C. */
async function join(
  request: Extract<ContenderRequest, { kind: "join" }>,
): Promise<ContenderAnswer> {
  build ??= new NativeBuild();
  if (request.restart) build.restart(request.scatterSeed);
  await build.join(request.setup, request);
  return { kind: "join", memory: build.memory() };
}

function audit(
  request: Extract<ContenderRequest, { kind: "audit" }>,
): ContenderAnswer {
  // A window's memory is filled again and again: never a kept view of it.
  const window = createWindow(request.window.capacity, request.window.buffer);
  const ios = dataIos(window);
  if (request.restart) audited = undefined;
  audited ??= startAudit();
  if (request.verifyIos > 0) {
    audited.verifiedBytes += verify(window, ios, request);
  }
  const { assembly, branches, verifiedBytes } = audited;
  const errors = assembly.path.counts.errors;
  nativeAudit?.restart();
  assembly.path.open(window);
  audited.ends.begin(window.counts[0] ?? 0);
  for (const io of ios) {
    progress[PROGRESS.io] = request.firstIo + io + 1;
    assembly.path.submit(window, io);
  }
  assembly.path.drain();
  if (assembly.path.counts.errors !== errors) {
    throw new WrongIoError(
      `Cannot trust the I/Os from ${request.firstIo} on: ${
        assembly.path.counts.errors - errors
      } ended with an error, the last with ${
        errnoName(assembly.path.counts.lastErrno)
      }, expected success`,
    );
  }
  audited.ends.check(ios, request.firstIo);
  requireNothingInUse(assembly.path.balance(), request.firstIo);
  nativeAudit?.check(window, ios, {
    firstIo: request.firstIo,
    counts: assembly.path.counts,
  });
  return {
    kind: "audit",
    counts: { ...assembly.path.counts },
    branches: { ...branches },
    ...(setup?.machine.integrity ? { integrity: { ...audited.guarded } } : {}),
    prpEntries: assembly.decoded?.prpEntries ?? 0,
    verifiedBytes,
    digest: assembly.digest?.hex() ?? "",
  };
}

/** A path that counts and decodes all I/Os, in flight as in the timed one. */
function startAudit() {
  const branches = { sameBio: 0, sameSegment: 0, submit: 0, map: 0 };
  const ends = new EndsOnce();
  const assembly: Assembly = openPath(known(), {
    ...branchProbe(branches),
    ioEnd: ends.take,
    ...(nativeAudit === undefined ? {} : {
      command: (entry) => nativeAudit?.write(assembly.memory, entry),
    }),
  }, { decode: true });
  const guarded = { ios: 0, guards: 0, kmaps: 0, refused: 0 };
  return { assembly, branches, ends, verifiedBytes: 0, guarded };
}

/** Moves and checks bytes I/O by I/O, on a path of its own; how many. */
function verify(
  window: IoWindow,
  ios: Int32Array,
  request: Extract<ContenderRequest, { kind: "audit" }>,
): number {
  const { map, salt, machine } = known();
  const dataMap = dataMemoryMap(map, controllerOf(machine));
  const key = JSON.stringify(
    [dataMap, salt],
    (_key, value) => typeof value === "bigint" ? `${value}` : value,
  );
  if (data?.key !== key) data = { key, memory: new PhysicalMemory(dataMap) };
  const { memory } = data;
  // Guards are computed where there are bytes.
  const guarded = audited?.guarded;
  const assembly = openPath(known(), {}, {
    decode: true,
    data: () => memory,
    ...(guarded ? { integrityCounts: guarded } : {}),
  });
  const digests = request.digests && new Int32Array(request.digests);
  for (let i = 0; i < Math.min(request.verifyIos, ios.length); i++) {
    const one = ios.subarray(i, i + 1);
    if (guarded) guarded.ios++;
    progress[PROGRESS.io] = request.firstIo + (one[0] as number) + 1;
    verifyReplay(assembly, window, {
      ios: one,
      data: memory,
      salt,
      firstIo: request.firstIo,
      ...(digests ? { digests } : {}),
    });
  }
  return assembly.decoded?.bytes ?? 0;
}

function simulate(
  request: Extract<ContenderRequest, { kind: "simulate" }>,
): ContenderAnswer {
  const { simulation, seed, firstIo, verifyIos } = request;
  if (request.restart) simulated = undefined;
  simulated ??= new ContenderSimulation(
    pathParts(known()),
    simulation,
    seed,
  );
  const window = createWindow(request.window.capacity, request.window.buffer);
  const statuses = new Int16Array(request.statuses);
  simulated.replay(window, { firstIo, verifyIos, statuses });
  return { kind: "simulate" };
}

function trace(
  request: Extract<ContenderRequest, { kind: "trace" }>,
): TraceFigures {
  const window = createWindow(request.window.capacity, request.window.buffer);
  return traceWindow(window, {
    ...pathParts(known()),
    ...(request.cpu ? { cpu: request.cpu } : {}),
    ...(request.lineBytes ? { lineBytes: request.lineBytes } : {}),
  });
}

function openWindow(
  request: Extract<ContenderRequest, { kind: "open" }>,
): ContenderAnswer {
  timed ??= makeTimed();
  // What cannot be opened leaves no window open.
  open = undefined;
  const window = timed.open(request.window);
  open = { id: ++windows, window };
  return {
    kind: "open",
    window: {
      id: open.id,
      ios: window.ios.length,
      opened: window.opened(),
      arenaAlignBytes: timed.memory === undefined
        ? null
        : arenaAlignBytes(timed.memory),
    },
  };
}

function makeTimed(): TimedPath {
  const { empty, depth } = known();
  if (empty !== undefined) return timedEmpty(createEmptyPath(empty, depth));
  if (native !== undefined) return timedNative(native);
  const { scatterSeed } = known();
  const assembly = openPath(known(), {}, {
    placeArena,
    ...(scatterSeed === undefined ? {} : { scatterSeed }),
  });
  return timedAssembly(assembly);
}

/** Has a window by its number alone, and so can open none. */
function time(
  request: Extract<ContenderRequest, { kind: "time" }>,
): ContenderAnswer {
  const { id } = request.window;
  if (open?.id !== id) {
    throw new TypeError(
      `Cannot time window ${id}: window ${open?.id ?? "none"} is open, ` +
        `expected that one`,
    );
  }
  return { kind: "time", ...timeWindow(open.window, request) };
}
