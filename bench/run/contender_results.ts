/**
 * What a result says of each contender of a cell, and of the workers without a
 * path.
 */
import { EMPTY_PATHS } from "../setup/empty_path_names.ts";
import { summarise } from "../result/summarise.ts";
import type { Summary } from "../result/summary.ts";
import { measuredKeys } from "../result/to_result.ts";
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { ResultHarness, ResultWarmUp } from "../result/timing_types.ts";
import type { ResultMachineCode } from "../result/exact_types.ts";
import type { AuditedCell } from "./audit_cell.ts";
import type { TimedCell, TimedWarmUp } from "./timed_cell.ts";

export interface LayoutFindings {
  readonly audited: AuditedCell;
  readonly summary: Summary | undefined;
  /** The same of the cold state. */
  readonly coldSummary?: Summary | undefined;
  readonly timed: TimedCell | undefined;
  /** How P2P memory is recognised. */
  readonly recognition: string;
  /** Bytes that one segment takes in a table of the layout, where known. */
  readonly bytesPerSegment: number | null;
  /** The layout in the same cell on the other engine. */
  readonly twin: ResultLayout | undefined;
  /** What its path in C costs, where that was counted. */
  readonly machineCode: ResultMachineCode | undefined;
}

/**
 * Returns the result of a layout; what was traced for its twin is its own, too.
 *
 * @throws {RangeError} If it was not audited.
 */
export function layoutResult(
  name: string,
  from: LayoutFindings,
): ResultLayout {
  const exact = from.audited.contenders.get(name);
  if (exact === undefined) {
    throw new RangeError(`Cannot report "${name}": it was not audited`);
  }
  const measured = from.summary?.contenders.find(({ contender }) =>
    contender === name
  );
  return {
    name,
    recognition: from.recognition,
    bytesPerSegment: from.bytesPerSegment,
    ...(measured === undefined || from.timed === undefined
      ? { nsPerIo: null, ratio: null, verdict: null }
      : measuredKeys(measured, {
        samples: from.timed.samples,
        warmUps: warmUpsOf(name, from.timed.warmUps),
      })),
    ...coldKey(name, from.coldSummary),
    counts: from.twin?.counts ?? exact.counts,
    footprint: from.twin?.footprint ?? exact.footprint,
    modelled: from.twin?.modelled ?? exact.modelled,
    ...(from.machineCode === undefined
      ? {}
      : { machineCode: from.machineCode }),
  };
}

/**
 * Returns the times of the workers without a path.
 *
 * @returns Times, none where nothing was timed.
 */
export function harnessResults(
  timed: TimedCell | undefined,
  seed: number,
): ResultHarness[] {
  const baseline = timed?.apart[0]?.contender;
  if (timed === undefined || baseline === undefined) return [];
  const { contenders } = summarise(timed.apart, { baseline, seed });
  // One of JavaScript, or the call into C (time_builds.ts).
  return EMPTY_PATHS.flatMap((name) => {
    const found = contenders.find(({ contender }) => contender === name);
    return found === undefined ? [] : [{ name, nsPerIo: found.nsPerIo }];
  });
}

function coldKey(
  name: string,
  summary: Summary | undefined,
): Pick<ResultLayout, "cold"> {
  const found = summary?.contenders.find(({ contender }) => contender === name);
  if (found === undefined) return {};
  const { nsPerIo, ratio, verdict } = found;
  return { cold: { nsPerIo, ratio, verdict } };
}

/** What a result says about how a cell was timed; nothing if it was not. */
export function timingKey(
  timed: TimedCell | undefined,
  earlierBuilds = 0,
): Pick<ResultCell, "timing"> {
  if (!timed?.clock || !timed.sliceIos) return {};
  const { clock, sliceIos, memory, compilers, slowTurns } = timed;
  return {
    timing: {
      ...{ clock, cacheState: "warm", sliceIos, ...memory },
      ...(slowTurns === undefined ? {} : { slowTurns }),
      ...(earlierBuilds === 0 ? {} : { earlierBuilds }),
      ...(compilers === undefined
        ? {}
        : { compilers: compilers.map(({ title }) => title) }),
    },
  };
}

function warmUpsOf(
  name: string,
  warmUps: readonly TimedWarmUp[],
): ResultWarmUp[] {
  return warmUps.filter(({ contender }) => contender === name)
    .map(({ build, steady, series }) => ({
      build,
      steady,
      nsPerIo: series,
    }));
}
