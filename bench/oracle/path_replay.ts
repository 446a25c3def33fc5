/**
 * Replays rows through the path itself: the block layer that the lab times,
 * in kernel memory, with the mainline layout and the row's kernel profile.
 */
import type { DirectIo, SubmitApi } from "../../sim/block/direct_io.ts";
import { ERRNO, REQ_FLAG, REQ_OP } from "../../sim/kernel/operation.ts";
import { pathProfile } from "../../sim/kernel/profile.ts";
import { KeptArena } from "../../sim/memory/kept_arena.ts";
import { SGL_THRESHOLD_BYTES } from "../../sim/nvme/driver.ts";
import type {
  OracleBuffer,
  OracleFile,
  OracleIo,
  OracleRow,
  OracleRun,
} from "./oracle_row.ts";
import {
  type RecordedController,
  type RecordedDevice,
  recordedDevice,
} from "./recorded_device.ts";
import { recordedMemory, recordedPieces } from "./recorded_memory.ts";
import { recordedRoutes, recordedTopology } from "./recorded_topology.ts";
import {
  agreedOutcome,
  isDecided,
  possibleCompletions,
} from "./completions.ts";
import { orderRules } from "./order_rules.ts";
import type { NotCovered, OpenPart, Replay, Replayed } from "./replay.ts";
import { isSetupKnown, UNKNOWN_SETUP } from "./recorded_setup.ts";
import { type RecordedQueue, recordedQueue } from "./run_limits.ts";
import { RWF_DSYNC, timedParts } from "./time_rules.ts";
import {
  KnownPast,
  passOtherIo,
  possiblePasts,
  sidesOf,
} from "./unknown_past.ts";
import { ioWorkers } from "./workers.ts";

/** `RWF_NOWAIT` of an I/O's flags. */
const RWF_NOWAIT = 8;
/** AIO_PLUG_THRESHOLD, io_submit_state_start(): fewer I/Os are not plugged. */
const PLUG_THRESHOLD = 2;

const APIS: Readonly<Record<OracleRow["api"], SubmitApi>> = {
  sync: "pread",
  aio: "aio",
  aio1: "aio",
  uring: "io_uring",
};

/**
 * Replays the rows of a file in their order.
 *
 * @param kept Memory of devices that are of no use any more, which is written
 *   over; more is added as needed. Default: each file's devices have their own.
 */
export function pathReplay(file: OracleFile, kept: KeptArena[] = []): Replay {
  const recorded = recordedMemory(file.buffers);
  const { providerOf } = recorded;
  const iommu = file.kind === "nvme-iommu" || file.labels.includes("iommu");
  const machine = file.kind === "p2p"
    ? recordedTopology(file.topology, {
      cpu: file.labels.includes("amd") ? "amd" : "intel",
      kernel: file.kernel,
    })
    : undefined;
  const controllerOf = (run: OracleRun): RecordedController => ({
    iommu,
    sglThresholdBytes: sglThreshold(run),
    metadata: metadataOf(run, file),
    routes: machine && ((memory) =>
      recordedRoutes(memory, {
        machine,
        map: recorded.map,
        client: run.name.split(".")[0] ?? "",
      })),
  });
  let current: {
    run: string;
    queue: RecordedQueue;
    devices: readonly RecordedDevice[];
  } | { run: undefined } = { run: undefined };
  const past = new KnownPast();
  return (row, run, buffers) => {
    if (!isSetupKnown(run)) return { notCovered: UNKNOWN_SETUP };
    if (current.run !== run.name) {
      const queue = recordedQueue(run, pathProfile(file.kernel));
      current = {
        run: run.name,
        queue,
        devices: possibleCompletions(queue, file.kind).map((completions, i) =>
          recordedDevice({
            kept: kept[i] ??= new KeptArena(),
            kernel: file.kernel,
            queue,
            recorded,
            completions,
            nvme: queue.driver === "nvme" ? controllerOf(run) : undefined,
          })
        ),
      };
    }
    const { queue, devices } = current;
    const [device] = devices;
    if (device === undefined) throw new RangeError("Cannot replay: no device");
    const cut = recordedPieces(row.ios.map((io) => io.vectors), {
      buffers,
      providerOf,
    });
    const ios = directIos(row, cut);
    const own = `p2p:/dev/p2p-${run.name.split(".")[0]}`;
    if (
      file.kind === "p2p" && mixesOwn(row, { own, buffers }) &&
      !device.profile.endsBioAtPgmap
    ) {
      return {
        notCovered:
          "QEMU refuses a command that mixes its own CMB with other memory",
      };
    }
    const sides = sidesOf(ios);
    const unknown = past.take(row, sides);
    const { goesOn } = orderRules(queue, {
      kind: file.kind,
      profile: device.profile,
    });
    const pasts = goesOn && unknown.size > 0 ? possiblePasts(ios) : [undefined];
    const outcomes = pasts.map((past) =>
      agreedOutcome(
        devices.map((device) => {
          if (past !== undefined) passOtherIo(device, past, unknown);
          return replayRow(row, { ios, device, queue, file });
        }),
        "completions",
      )
    );
    const replayed = agreedOutcome(outcomes, "past");
    past.end(sides, isDecided(replayed));
    if (iommu && staleRange(replayed, { device, queue, run })) {
      return { ...replayed, open: [...replayed.open, "descriptor kind"] };
    }
    return replayed;
  };
}

/** Both namespaces of rows with metadata have 8 bytes of it a block. */
function metadataOf(
  run: OracleRun,
  { kind }: OracleFile,
): RecordedController["metadata"] {
  if (kind !== "nvme-pi") return undefined;
  return run.name.startsWith("pi.") ? "t10" : "plain";
}

/** The I/Os of a row, on pieces of memory. */
function directIos(
  row: OracleRow,
  cut: ReturnType<typeof recordedPieces>,
): DirectIo[] {
  return row.ios.map((io, index) => ({
    operation: io.operation === "r" ? REQ_OP.read : REQ_OP.write,
    sectorLo: (io.offsetBytes / 512) | 0,
    sectorHi: Math.floor(io.offsetBytes / 512 / 2 ** 32),
    lengthBytes: io.sizeBytes,
    pieces: cut.pieces,
    firstPiece: cut.first[index] ?? 0,
    endPiece: cut.first[index + 1] ?? 0,
    flags: ((io.flags & RWF_DSYNC) !== 0 ? REQ_FLAG.fua : 0) |
      ((io.flags & RWF_NOWAIT) !== 0 ? REQ_FLAG.nowait : 0),
    priority: io.priority,
    api: APIS[row.api],
    cookie: index,
  }));
}

function sglThreshold(run: OracleRun): number {
  const found = /sgl_threshold (\d+)/.exec(run.setup)?.[1];
  return Number(found ?? SGL_THRESHOLD_BYTES);
}

/**
 * Whether an earlier request's IOVA may have decided PRP or SGL:
 * blk_dma_map_iter_start() of 7.2 does not set dma_state where memory is
 * reached by bus address, and a range there counts as one segment.
 */
function staleRange(
  replayed: Replayed | NotCovered,
  from: { device: RecordedDevice; queue: RecordedQueue; run: OracleRun },
): replayed is Replayed {
  if ("notCovered" in replayed) return false;
  if (from.device.profile.sglAverage !== "iterator") return false;
  const threshold = sglThreshold(from.run);
  const block = from.queue.limits.logicalBlockBytes;
  return threshold > 0 && replayed.commands.some((command) => {
    const first = command.pages[0] ?? command.descriptors[0]?.[0];
    return first?.base === 0 && command.blocks * block >= threshold;
  });
}

/** Whether a row has a client's own memory and other memory in one I/O. */
function mixesOwn(
  row: OracleRow,
  from: { own: string; buffers: ReadonlyMap<string, OracleBuffer> },
): boolean {
  const kinds = new Set(
    row.ios.flatMap((io) =>
      io.vectors.map(({ buffer }) => {
        const kind = from.buffers.get(buffer)?.kind ?? "";
        return kind.startsWith("p2p:") ? kind : "host";
      })
    ),
  );
  return kinds.size > 1 && kinds.has(from.own);
}

/** Why a row of sleeping workers is not covered. */
const SLEEPS =
  "an io_uring worker sleeps on a tag: the CPU scheduler picks who runs";

function replayRow(
  row: OracleRow,
  from: {
    ios: readonly DirectIo[];
    device: RecordedDevice;
    queue: RecordedQueue;
    file: OracleFile;
  },
): Replayed | NotCovered {
  const { ios, device } = from;
  const { layer, profile, seen, completeEarly } = device;
  const { queue, directIo, rangeIo } = layer;
  device.reset();
  const open = new Set<OpenPart>();
  const returned: number[] = [];
  const again: DirectIo[] = [];
  const later: (() => void)[] = [];
  let pageCacheRest = false;
  const order = orderRules(from.queue, { kind: from.file.kind, profile });
  const isUring = row.api === "uring";
  const isPlugged = (row.api === "aio" || isUring) &&
    ios.length > PLUG_THRESHOLD;
  if (isPlugged) queue.startPlug(isUring ? ios.length : 1);

  const readOrWrite = (io: DirectIo): number => {
    // io_uring first tries not to sleep.
    const flags = io.flags | (isUring ? REQ_FLAG.nowait : 0);
    const waits = seen.tagWaits;
    const bytes = directIo.submit({ ...io, flags });
    if ((flags & REQ_FLAG.nowait) !== 0) seen.tagWaits = waits;
    const failed = bytes < 0 ? -bytes : seen.errors.get(io.cookie);
    if (isUring && failed === ERRNO.again) {
      seen.errors.delete(io.cookie);
      again.push(io);
      return io.lengthBytes;
    }
    if (bytes <= 0 || bytes === io.lengthBytes) return bytes;
    pageCacheRest = true;
    return io.lengthBytes;
  };

  const range = (asked: OracleIo, index: number): number => {
    const at = {
      sector: asked.offsetBytes / 512,
      sectors: asked.sizeBytes / 512,
      cookie: index,
    };
    const result = asked.operation === "d"
      ? rangeIo.discard(at)
      : rangeIo.zeroOut(at);
    queue.drain();
    return result;
  };

  row.ios.forEach((asked, index) => {
    const io = ios[index];
    if (io === undefined) return;
    if (asked.operation === "f") {
      const flush = () => void rangeIo.flush(index);
      if (row.api === "sync") flush();
      else later.push(flush);
      returned.push(0);
    } else if (asked.operation === "d" || asked.operation === "z") {
      returned.push(range(asked, index));
    } else returned.push(readOrWrite(io));
    completeEarly();
    if (row.api === "aio1") queue.yieldCpu();
  });
  if (isPlugged) queue.finishPlug();
  queue.yieldCpu();
  for (const flush of later) flush();
  if (again.length > 0) open.add("bio order");
  const sleepers = ioWorkers(again, {
    freeTags: queue.freeTags,
    drain: queue.drain,
    submit: (io) => returned[io.cookie] = directIo.submit(io),
  });
  seen.tagWaits += sleepers;
  queue.drain();
  if (sleepers > 0 && !order.coversSleepers) return { notCovered: SLEEPS };
  const notCovered = order.notCovered(row);
  if (notCovered !== undefined) return { notCovered };
  for (const [io, errno] of seen.errors) returned[io] = -errno;
  if (order.opensAll && seen.requests.length > 1) open.add("issue order");
  for (const part of timedParts(row, { queue: from.queue, seen })) {
    open.add(part);
  }
  return {
    bios: [...seen.bios],
    requests: [...seen.requests],
    returned,
    commands: [...seen.commands],
    pageCacheRest,
    open: [...open],
  };
}
