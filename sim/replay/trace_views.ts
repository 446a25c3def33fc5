/**
 * One traced path, seen in several ways at once: with lines of several sizes,
 * and through the caches of several CPUs. The path does not depend on its
 * observers, so it is traced once for all of them.
 */
import type { Cpu } from "../cache/cpu.ts";
import { STAGES } from "../path/path_stages.ts";
import { RegionIndex } from "../memory/region_index.ts";
import type { AccessBatch } from "../trace/access_batch.ts";
import { Footprint } from "../trace/footprint.ts";
import type { KeptTracer } from "../trace/kept_tracer.ts";
import { ModelledRun, type ModelledStretch } from "../trace/modelled_run.ts";
import type { IoWindow } from "../workload/window.ts";
import { dataIos } from "./replay.ts";
import { recordPath } from "./record_path.ts";
import type { TracedPath } from "./traced_path.ts";
import type { TraceFigures, TraceWindowOptions } from "./trace_window.ts";

/** I/Os that are traced one at a time. */
const SINGLE_IOS = 256;
/**
 * I/Os at depth before any is counted: the rings have wrapped around by then.
 */
const WARM_UP_IOS = 1024;
/** I/Os at depth that are counted. */
const COUNTED_IOS = 128;
const DEVICE_STAGE = STAGES.indexOf("device");

/** A way to look at a traced path. */
export interface TraceView {
  /** The CPU whose caches are modelled; none if absent. */
  readonly cpu?: Cpu | undefined;
  /** Size of the lines that are counted, in bytes. */
  readonly lineBytes: number;
}

/** What one view has seen of the I/Os at depth. */
interface Looking {
  readonly view: TraceView;
  readonly model: ModelledRun | undefined;
  cold: ModelledStretch | undefined;
}

/** A footprint for each size of lines. */
type Footprints = ReadonlyMap<number, Footprint>;

/** A window on a traced path, whose accesses go to whoever takes them now. */
interface TracedWindow {
  readonly traced: TracedPath;
  readonly window: IoWindow;
  /** Indices of its I/Os that move data. */
  readonly ios: Int32Array;
  take: (batch: AccessBatch) => void;
}

/**
 * Traces a window; see `traceWindow()`, which has one view.
 *
 * @param kept As `tracePath()` takes it; default: nothing was kept.
 * @throws {RangeError} If the window has no reads and writes, the path cannot
 * be made, or it wrote beyond the memory that it was given.
 */
export function traceViews(
  window: IoWindow,
  options: Omit<TraceWindowOptions, "cpu" | "lineBytes">,
  views: readonly TraceView[],
  kept?: KeptTracer,
): TraceFigures[] {
  const {
    singleIos = SINGLE_IOS,
    warmUpIos = WARM_UP_IOS,
    countedIos = COUNTED_IOS,
    ...pathOptions
  } = options;
  const { depth } = options;
  const ios = dataIos(window);
  if (ios.length === 0) {
    throw new RangeError(
      "Cannot trace a window without reads and writes, expected at least one",
    );
  }
  // Whole groups, because those are what is in flight together.
  const warmUpGroups = Math.ceil(warmUpIos / depth);
  const groups = warmUpGroups + Math.ceil(countedIos / depth);
  const mostIos = Math.max(singleIos, groups * depth);
  const traced = recordPath(
    {
      ...pathOptions,
      sparsePieces: piecesOf(window, ios.subarray(0, mostIos)),
    },
    (batch) => own.take(batch),
    kept,
  );
  const own: TracedWindow = { traced, window, ios, take: () => {} };
  const { assembly: { memory: { regions } }, parts } = traced;
  // Places of structures are found once for all views.
  const index = new RegionIndex(regions, parts);
  const sizes = new Set(views.map(({ lineBytes }) => lineBytes));
  const footprints = (groupIos: number): Footprints =>
    new Map([...sizes].map((lineBytes) => [
      lineBytes,
      new Footprint({
        ...{ regions, parts, index, stages: STAGES, lineBytes, groupIos },
      }),
    ]));

  const single = footprints(1);
  traceSingly(own, singleIos, single);
  const allocatedBytes = Object.fromEntries(traced.allocatedBytes);

  const atDepth = footprints(depth);
  const looking = views.map(lookingAs);
  traceAtDepth(own, { depth, warmUpGroups, groups }, { atDepth, looking });
  kept?.arena.check();
  return looking.map(({ view: { cpu, lineBytes }, model, cold }) => {
    const deep = (atDepth.get(lineBytes) as Footprint).totals();
    const figures = {
      single: (single.get(lineBytes) as Footprint).totals(),
      atDepth: deep,
      allocatedBytes,
    };
    if (cpu === undefined || model === undefined || cold === undefined) {
      return figures;
    }
    const steady = model.endStretch(deep.ios);
    model.end();
    const warmUpIos = warmUpGroups * depth;
    return {
      ...figures,
      modelled: { cpu: cpu.name, depth, warmUpIos, cold, steady },
    };
  });
}

function lookingAs(view: TraceView): Looking {
  const { cpu } = view;
  const model = cpu && new ModelledRun(cpu, DEVICE_STAGE);
  return { view, model, cold: undefined };
}

/** Pieces of a window up to the last one of some I/Os, one at least. */
function piecesOf({ firstPiece }: IoWindow, ios: Int32Array): number {
  return firstPiece[(ios.at(-1) as number) + 1] as number;
}

/** Traces the first I/Os, each by itself. */
function traceSingly(
  own: TracedWindow,
  singleIos: number,
  footprints: Footprints,
): void {
  const { traced: { assembly: { path }, record, flush }, window, ios } = own;
  own.take = (batch) => footprints.forEach((one) => one.take(batch));
  path.open(window);
  record(true);
  for (const io of ios.subarray(0, singleIos)) {
    path.submit(window, io);
    path.drain();
    flush();
    footprints.forEach((one) => one.endIo());
  }
}

/** Traces groups of I/Os in flight together: some to warm up, then counted. */
function traceAtDepth(
  own: TracedWindow,
  { depth, warmUpGroups, groups }: {
    readonly depth: number;
    readonly warmUpGroups: number;
    readonly groups: number;
  },
  { atDepth, looking }: {
    readonly atDepth: Footprints;
    readonly looking: readonly Looking[];
  },
): void {
  const { traced: { assembly: { path }, record, flush }, window, ios } = own;
  const models = looking.flatMap(({ model }) => model ?? []);
  const [first, ...rest] = models;
  let next = 0;
  own.take = (batch) => {
    for (const model of models) model.run(batch);
  };
  // Without caches nobody asks what the warm-up touches, and those of a CPU see
  // nothing of what the device does.
  record(models.length > 0, DEVICE_STAGE);
  for (let group = 0; group < groups; group++) {
    if (group === warmUpGroups) {
      for (const { model } of looking) model?.endStretch(1);
      record(true);
      own.take = (batch) => {
        atDepth.forEach((one) => one.take(batch));
        // It takes what is a device's out of the batch, for all of them.
        first?.take(batch);
        for (const model of rest) model.run(batch);
      };
    }
    for (let i = 0; i < depth; i++) {
      path.submit(window, ios[next] as number);
      next = next + 1 === ios.length ? 0 : next + 1;
    }
    path.drain();
    flush();
    if (group === 0) {
      for (const one of looking) one.cold = one.model?.endStretch(depth);
    }
    if (group < warmUpGroups) continue;
    for (let i = 0; i < depth; i++) atDepth.forEach((one) => one.endIo());
  }
  record(false);
}
