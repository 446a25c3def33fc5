/**
 * The exact half of a cell in isolates of its own. Where the workload stays in
 * memory they take one layout after the other. Otherwise each has its own: all
 * of them at once or, without room for that, part by part, each on the whole
 * workload again and compared with what the parts before it built.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import type { TraceView } from "../../sim/replay/trace_views.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import type { ResultLeftOut } from "../result/result.ts";
import type { ResultSimulation } from "../simulate/result_types.ts";
import { type EndedIos, simulateCell } from "./simulate_cell.ts";
import {
  auditCell,
  type AuditedCell,
  type AuditOptions,
  type BuiltCommands,
  windowCapacity,
} from "./audit_cell.ts";
import type { RunCellOptions } from "./cell_options.ts";
import type { Auditors } from "./audit_pool.ts";
import { defaultCpu } from "../../sim/cache/presets.ts";
import type { AuditedContender } from "./exact_figures.ts";
import type { Auditor } from "./examination.ts";
import { inParallel } from "../machine/in_parallel.ts";
import { isolateBytes, isolatesIn } from "./isolate_room.ts";
import type { IsolateKey } from "./isolates.ts";
import { warmUpOf } from "./warm_up.ts";
import { keptWindows } from "./kept_windows.ts";

/**
 * Isolates that count at once, at most, where there are not more CPUs: they
 * are the largest, and more of them are no faster (14 layouts of 64k-mixed on 2
 * CPUs took 18 s of CPU time in parts of 4, and 22 s at once). Reading the
 * workload again for each part takes a small share of counting it.
 */
const MOST_AT_ONCE = 8;

/** Lines that are counted where no CPU is named, in bytes. */
const LINE_BYTES = 64;

/** What the exact half of a cell gave. */
export interface AuditedParts {
  /** The exact figures. */
  readonly audited: AuditedCell;
  /** What was simulated in time, if anything. */
  readonly simulated: ResultSimulation | undefined;
  /** Bytes of a segment, by name of the layout. */
  readonly bytesPerSegment: ReadonlyMap<string, number>;
  /** The workload as it was read, with its counts and remarks. */
  readonly workload: Workload;
}

/** What the exact half of a cell is made from. */
export interface AuditPartsOptions {
  /** Setups by name of the layout, in the order of the tables. */
  readonly setups: ReadonlyMap<string, ContenderSetup>;
  readonly abi: Abi;
  /** Opens the workload, from its start. */
  readonly open: () => Promise<Workload>;
  /** What the cell is run with. */
  readonly options: RunCellOptions;
}

/**
 * Audits a cell, and simulates it if that was asked for.
 *
 * @param from Its setups, its workload, and what it is run with.
 * @returns The figures of all layouts.
 * @throws {WrongAnswerError} If a layout moved bytes wrongly, or built other
 *   commands or ended I/Os otherwise than the others.
 */
export async function auditInParts(
  from: AuditPartsOptions,
): Promise<AuditedParts> {
  const { setups, open, options } = from;
  const { run, room, cell: { poolBytes } } = options;
  const auditors: Auditors = options.auditors ?? options.isolates;
  const names = [...setups.keys()];
  const simulation = options.twin === undefined ? run.simulation : undefined;
  const sizeBytes = isolateBytes("audit", {
    poolBytes,
    depth: run.depth,
    isNative: [...setups.values()].some(({ engine }) => engine !== undefined),
  });
  const fitting = Math.max(1, isolatesIn(room, sizeBytes));
  // What is simulated in time is reported at the end of all windows.
  if (
    options.auditors === undefined && simulation === undefined &&
    names.length > 1
  ) {
    const shared = await auditShared(from, { fitting, sizeBytes });
    if (shared !== undefined) return shared;
  }
  const atOnce = Math.min(
    fitting,
    Math.max(MOST_AT_ONCE, navigator.hardwareConcurrency),
  );
  const built: BuiltCommands = new Map();
  const ended: EndedIos | undefined = atOnce < names.length
    ? new Map()
    : undefined;
  const bytesPerSegment = new Map<string, number>();
  const unfit: ResultLeftOut[] = [];
  const contenders = new Map<string, AuditedContender>();
  const simulations: ResultSimulation[] = [];
  let first: { workload: Workload; audited: AuditedCell } | undefined;
  for (let at = 0; at < names.length; at += atOnce) {
    const part = names.slice(at, at + atOnce);
    const which = partText(at, part.length, names.length);
    const keyOf = (name: string): IsolateKey => ({
      setup: setups.get(name) as ContenderSetup,
      role: "audit",
      sizeBytes,
    });
    const started = new Map<string, Auditor>();
    await inParallel(part, async (name) => {
      started.set(name, await auditors.get(keyOf(name)));
    });
    // In the order of the tables, whichever started first.
    const asked = new Map(
      part.map((name) => [name, started.get(name) as Auditor]),
    );
    for (const [name, auditor] of asked) {
      bytesPerSegment.set(name, auditor.bytesPerSegment);
    }
    const workload = await open();
    const audited = await auditCell(workload, {
      contenders: asked,
      built,
      ...auditOptions(from),
      onProgress: (ios) => options.onProgress?.(`checked ${ios} I/Os${which}`),
    });
    first ??= { workload, audited };
    unfit.push(...audited.unfit);
    for (const [name, figures] of audited.contenders) {
      contenders.set(name, figures);
    }
    if (simulation !== undefined) {
      simulations.push(
        await simulateCell(await open(), {
          contenders: new Map(
            [...asked].filter(([name]) => audited.contenders.has(name)),
          ),
          setup: simulation,
          seed: run.seed,
          depth: run.depth,
          ended,
          signal: options.signal,
          onProgress: (ios) =>
            options.onProgress?.(`simulated ${ios} I/Os${which}`),
        }),
      );
    }
    for (const name of part) {
      await auditors.release(keyOf(name), options.isKept);
    }
  }
  if (first === undefined) {
    throw new RangeError(
      "Cannot audit: found no layout, expected at least one",
    );
  }
  const [simulated] = simulations;
  return {
    audited: { ...first.audited, unfit, contenders },
    simulated: simulated === undefined ? undefined : {
      ...simulated,
      layouts: simulations.flatMap(({ layouts }) => layouts),
    },
    bytesPerSegment,
    workload: first.workload,
  };
}

/** Which layouts are audited, where it is not all at once. */
function partText(first: number, count: number, all: number): string {
  if (count === all) return "";
  const which = count > 1 ? `s ${first + 1} to` : "";
  return `, layout${which} ${first + count} of ${all}`;
}

/**
 * In isolates that take one layout after the other; nothing where the workload
 * has too many windows to be kept.
 */
async function auditShared(
  from: AuditPartsOptions,
  { fitting, sizeBytes }: { fitting: number; sizeBytes: number },
): Promise<AuditedParts | undefined> {
  const { setups, open, options } = from;
  const { isolates, auditLanes, laterPoolBytes = 0 } = options;
  const workload = await open();
  const windows = await keptWindows(
    workload,
    windowCapacity(workload.placement.poolBytes),
  );
  if (windows === undefined) return undefined;
  const [setup] = setups.values();
  if (setup === undefined) {
    throw new RangeError(
      "Cannot audit: found no layout, expected at least one",
    );
  }
  const count = Math.min(
    fitting,
    2 * setups.size,
    navigator.hardwareConcurrency,
  );
  const laterBytes = isolateBytes("audit", {
    ...{ poolBytes: laterPoolBytes, depth: options.run.depth },
    isNative: setup.engine !== undefined,
  });
  const { pool, release } = await auditLanes.take(isolates, {
    ...{ count, sizeBytes, setup, traces: options.twin === undefined },
    laterBytes: isolatesIn(options.room, laterBytes) < count ? 0 : laterBytes,
  });
  try {
    const auditors = new Map(
      [...setups].map(([name, own]) => [name, pool.auditor(own)]),
    );
    const warmUp = warmUpOf([...setups.values()], windows);
    // Not waited for: what is asked after it is answered after it.
    const { cpu } = auditOptions(from);
    const warm = warmUp && pool.warmUp({ ...warmUp, cpu });
    const audited = await auditCell(workload, {
      contenders: auditors,
      windows,
      ...auditOptions(from),
      onAsked: () => pool.whenFree(() => options.onFree?.()),
      onProgress: (ios) => options.onProgress?.(`checked ${ios} I/Os`),
      onLayouts: (done, all) =>
        options.onProgress?.(`checked layout ${done} of ${all}`),
    });
    await warm;
    return {
      audited,
      simulated: undefined,
      bytesPerSegment: new Map(
        [...auditors].map(([name, { bytesPerSegment }]) => [
          name,
          bytesPerSegment,
        ]),
      ),
      workload,
    };
  } finally {
    await release(options.isKept);
  }
}

function auditOptions(
  { abi, options }: AuditPartsOptions,
): Omit<AuditOptions, "contenders"> {
  const { run, signal, twin } = options;
  const { cpu } = traceViewOf(run, abi);
  return {
    cpu,
    ...namedLine(run.cpu),
    traces: twin === undefined,
    signal,
  };
}

/**
 * Returns how a run looks at its traced paths.
 *
 * @param abi The ABI of the cell.
 * @returns Its CPU, and the lines that are counted.
 */
export function traceViewOf(
  { cpu }: Pick<RunCellOptions["run"], "cpu">,
  abi: Abi,
): TraceView {
  return {
    cpu: cpu === "none" ? undefined : cpu ?? defaultCpu(abi.name),
    lineBytes: LINE_BYTES,
    ...namedLine(cpu),
  };
}

/**
 * The line of a CPU that was named: footprints count what it would. Without
 * one they count lines of 64 bytes, whatever CPU the ABI is modelled on.
 */
function namedLine(cpu: Cpu | "none" | undefined): { lineBytes?: number } {
  if (cpu === undefined || cpu === "none") return {};
  const data = cpu.levels.find(({ holds }) => holds !== "instruction");
  return data === undefined ? {} : { lineBytes: data.lineBytes };
}
