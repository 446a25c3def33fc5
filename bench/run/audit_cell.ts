/**
 * The exact half of a cell: every layout runs the whole workload, its commands
 * are decoded, its bytes checked, its accesses traced, and all layouts must
 * have built the same commands.
 */
import { findAbi } from "../../layouts/abi.ts";
import { carriesData, dataIos } from "../../sim/replay/replay.ts";
import { handsRanges } from "../../sim/workload/p2p_producer.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import type { TraceFigures } from "../../sim/replay/trace_window.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import {
  copyWindow,
  type IoWindow,
  type WindowCapacity,
} from "../../sim/workload/window.ts";
import { WrongAnswerError } from "../shell/context.ts";
import { layoutOf } from "../../sim/setup/path_setup.ts";
import type {
  AuditAnswer,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import type { ResultLeftOut } from "../result/result.ts";
import { type AuditedContender, exactFigures } from "./exact_figures.ts";
import { type Auditor, type AuditRequest, examine } from "./examination.ts";
import { inParallel } from "../machine/in_parallel.ts";
import { unfitReason } from "../../sim/setup/window_fit.ts";

/** How much of a workload is in memory at once, unless its pool is large. */
export const WINDOW_CAPACITY: WindowCapacity = { ios: 16384, pieces: 1 << 20 };
/** I/Os in memory at once, at most; as REGISTERED of arena_bytes.ts. */
const MOST_IOS = 1 << 18;
/** I/Os of the first window whose bytes are moved and checked, at most. */
const VERIFIED_IOS = 1024;
/** Bytes that are moved and checked, at most except for the last I/O. */
const VERIFIED_BYTES = 8 << 20;

/** The exact figures of a cell. */
export interface AuditedCell {
  /** Layouts that cannot hold a segment of this workload, with the reason. */
  readonly unfit: readonly ResultLeftOut[];
  /** By name of the layout. */
  readonly contenders: ReadonlyMap<string, AuditedContender>;
  /** The first window that moves data, kept for timing. */
  readonly window: WindowHandle;
  /** I/Os of that window that move data. */
  readonly windowIos: number;
}

/** How a cell is audited. */
export interface AuditOptions {
  /** Whom to ask about each layout, by its name. */
  readonly contenders: ReadonlyMap<string, Auditor>;
  /** The CPU whose caches are modelled; default: none. */
  readonly cpu?: Cpu | undefined;
  /** Size of the lines that footprints count; default: 64. */
  readonly lineBytes?: number | undefined;
  /**
   * All windows of the workload, if they stay in memory: a layout then runs one
   * after another. Absent: they are read one by one, and all layouts run each
   * before the next is read.
   */
  readonly windows?: readonly IoWindow[];
  /** Whether accesses are traced; default: true. */
  readonly traces?: boolean;
  /** What other isolates of the cell built, if it is audited part by part. */
  readonly built?: BuiltCommands;
  /** Ends the audit early. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each window with how many I/Os are done. */
  readonly onProgress?: (ios: number) => void;
  /** Called when all layouts are asked for all windows. */
  readonly onAsked?: () => void;
  /** Called after each layout with how many have the window after them. */
  readonly onLayouts?: (done: number, all: number) => void;
}

/**
 * What layouts built, by what makes them alike and by window: those of the
 * first that could hold the window, which all others are held against.
 */
export type BuiltCommands = Map<string, FirstCommands>;

/** What the first layout built of a window. */
interface FirstCommands {
  readonly name: string;
  /** Digest of all commands up to the end of the window. */
  readonly digest: string | undefined;
  /** Digests of the window's I/Os, as far as they were verified. */
  readonly words: Int32Array;
}

/**
 * Audits a cell, or a part of its layouts.
 *
 * @param workload The workload, from its start.
 * @throws {WrongAnswerError} If a layout moved bytes wrongly or built other
 *   commands than the others; names layout and I/O.
 * @throws {RangeError} If the workload has no reads and writes.
 */
export async function auditCell(
  workload: Workload,
  options: AuditOptions,
): Promise<AuditedCell> {
  const { signal, built = new Map() } = options;
  const contenders = new Map(options.contenders);
  const unfit: ResultLeftOut[] = [];
  const answers = new Map<string, AuditAnswer>();
  const traces = new Map<string, TraceFigures>();
  let kept: { handle: WindowHandle; ios: number } | undefined;
  let firstIo = 0;
  let windowIndex = 0;
  for await (const windows of groupsOf(workload, options.windows)) {
    signal?.throwIfAborted();
    for (const left of windows.flatMap((one) => takeUnfit(contenders, one))) {
      unfit.push(left);
      answers.delete(left.name);
    }
    const audits: Omit<AuditRequest, "digests">[] = [];
    let traced: WindowHandle | undefined;
    for (const window of windows) {
      const handle = handleOf(window);
      const ios = countDataIos(window);
      const isFirst = kept === undefined && ios > 0;
      if (isFirst) {
        kept = {
          handle: options.windows ? handle : handleOf(copyWindow(window)),
          ios,
        };
        traced = handle;
      }
      audits.push({
        kind: "audit",
        window: handle,
        firstIo,
        restart: windowIndex + audits.length === 0,
        verifyIos: isFirst ? verifiedIos(window) : 0,
      });
      firstIo += window.counts[0] ?? 0;
    }
    const found = new Map<string, FoundCommands[]>();
    let done = 0;
    const ask = async ([name, contender]: [string, Auditor]) => {
      const requests = audits.map((audit) => ({
        ...audit,
        digests: new SharedArrayBuffer(
          audit.verifyIos > 0 ? VERIFIED_IOS * 4 : 0,
        ),
      }));
      const { audits: answered, trace } = await examine(contender, {
        audits: requests,
        trace: traced === undefined || options.traces === false ? undefined : {
          kind: "trace",
          window: traced,
          cpu: options.cpu,
          lineBytes: options.lineBytes,
        },
      });
      found.set(
        name,
        answered.map(({ digest }, at) => ({
          digest,
          words: new Int32Array(
            requests[at]?.digests ?? new SharedArrayBuffer(0),
          ),
        })),
      );
      const last = answered.at(-1);
      if (last !== undefined) answers.set(name, last);
      if (trace !== undefined) traces.set(name, trace);
      options.onLayouts?.(++done, contenders.size);
    };
    // Shared isolates take one after the other by themselves.
    const asked = options.windows === undefined
      ? inParallel([...contenders], ask)
      : Promise.all([...contenders].map(ask));
    options.onAsked?.();
    await asked;
    for (const [at, audit] of audits.entries()) {
      compareDigests(contenders, {
        built,
        foundOf: (name) => found.get(name)?.[at],
        firstIo: audit.firstIo,
        windowIndex: windowIndex + at,
      });
    }
    windowIndex += windows.length;
    options.onProgress?.(firstIo);
  }
  if (kept === undefined) throw noIosError(workload);
  return {
    unfit,
    contenders: new Map(
      [...answers].map(([name, answer]) => [
        name,
        exactFigures(answer, traces.get(name)),
      ]),
    ),
    window: kept.handle,
    windowIos: kept.ios,
  };
}

function noIosError({ name }: Workload): RangeError {
  return new RangeError(
    `Cannot run "${name}": it has no reads and writes, expected at least one`,
  );
}

/** Takes out the layouts that cannot hold the I/Os of a window. */
function takeUnfit(
  contenders: Map<string, Auditor>,
  window: IoWindow,
): ResultLeftOut[] {
  return [...contenders].flatMap(([name, { setup }]) => {
    const reason = unfitReason(window, {
      layout: layoutOf(setup),
      abi: findAbi(setup.abi),
      submitter: setup.submitter,
      p2pProducer: setup.machine.p2pProducer,
    });
    if (reason === undefined) return [];
    contenders.delete(name);
    return [{ name, reason }];
  });
}

/** Windows that are run together: all, or one at a time. */
async function* groupsOf(
  workload: Workload,
  all: readonly IoWindow[] | undefined,
): AsyncGenerator<readonly IoWindow[]> {
  if (all !== undefined) {
    yield all;
    return;
  }
  const capacity = windowCapacity(workload.placement.poolBytes);
  for await (const window of workload.windows(capacity)) yield [window];
}

/** What a layout built of a window. */
type FoundCommands = Pick<FirstCommands, "digest" | "words">;

/** All layouts that see the same segments must build the same commands. */
function compareDigests(
  contenders: ReadonlyMap<string, Auditor>,
  from: {
    built: BuiltCommands;
    foundOf: (layout: string) => FoundCommands | undefined;
    firstIo: number;
    windowIndex: number;
  },
): void {
  const { built, foundOf, windowIndex, firstIo } = from;
  for (const [name, contender] of contenders) {
    const { recognition, machine } = contender.setup;
    const inRanges = handsRanges(
      layoutOf(contender.setup),
      machine.p2pProducer,
    );
    const alike = `${windowIndex}, ${recognition}${inRanges ? ", ranges" : ""}`;
    const { digest, words = new Int32Array() } = foundOf(name) ?? {};
    const first = built.get(alike);
    if (first === undefined) {
      built.set(alike, { name, digest, words });
      continue;
    }
    if (digest === first.digest) continue;
    const io = first.words.findIndex((word, i) => word !== words[i]);
    throw new WrongAnswerError(
      `Cannot compare layouts "${first.name}" and "${name}": their commands ` +
        `differ ${
          io < 0 ? `from I/O ${firstIo} on` : `at I/O ${firstIo + io}`
        }, expected equal ones`,
    );
  }
}

/**
 * Returns the window of a workload: large enough that a pool of buffers which
 * outgrows the caches does so in the I/Os that are timed, too.
 *
 * @param poolBytes Bytes of the buffer pool.
 * @returns The capacity: an I/O for each page of the pool, within limits.
 */
export function windowCapacity(poolBytes: number): WindowCapacity {
  const { ios, pieces } = WINDOW_CAPACITY;
  const wanted = Math.max(ios, Math.ceil(poolBytes / 4096));
  return { ios: Math.min(MOST_IOS, wanted), pieces };
}

/** Counts the I/Os of a window that move data. */
export function countDataIos(window: IoWindow): number {
  const ios = window.counts[0] ?? 0;
  let count = 0;
  for (let io = 0; io < ios; io++) if (carriesData(window, io)) count++;
  return count;
}

/**
 * Returns how many of a window's data I/Os are verified byte by byte.
 *
 * @returns How many, from its first on.
 */
export function verifiedIos(window: IoWindow): number {
  const ios = dataIos(window).subarray(0, VERIFIED_IOS);
  let bytes = 0;
  for (let i = 0; i < ios.length; i++) {
    if (bytes >= VERIFIED_BYTES) return i;
    bytes += window.lengthBytes[ios[i] as number] as number;
  }
  return ios.length;
}

function handleOf({ buffer, capacity }: IoWindow): WindowHandle {
  return { buffer, capacity };
}
