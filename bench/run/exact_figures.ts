/**
 * From what an auditing isolate answered to the exact figures of a layout,
 * all per I/O: counts, footprint, and what the cache model makes of it.
 */
import type {
  FootprintSums,
  FootprintTotals,
} from "../../sim/trace/footprint.ts";
import type { TraceFigures } from "../../sim/replay/trace_window.ts";
import type { AuditAnswer } from "../contender/contender_protocol.ts";
import type {
  FootprintFigures,
  ResultCounts,
  ResultFootprint,
  ResultModelled,
} from "../result/exact_types.ts";

export interface AuditedContender {
  /** Counts per I/O. */
  readonly counts: ResultCounts;
  /** What was touched, by structure and stage. */
  readonly footprint: ResultFootprint | null;
  readonly modelled: ResultModelled | null;
  /** Digest of its commands. */
  readonly digest: string;
  readonly verifiedBytes: number;
}

/**
 * Returns the exact figures of a contender.
 *
 * @returns The figures per I/O.
 */
export function exactFigures(
  answer: AuditAnswer,
  trace: TraceFigures | undefined,
): AuditedContender {
  const { counts } = answer;
  const per = (value: number) => counts.ios === 0 ? 0 : value / counts.ios;
  const single = trace?.single;
  const perTraced = (value: number | undefined) =>
    single === undefined ? 0 : (value ?? 0) / single.ios;
  const { bio_vec: bioVec, page } = single?.structures ?? {};
  const allocated = trace?.allocatedBytes ?? {};
  return {
    counts: {
      biosPerIo: per(counts.bios),
      requestsPerIo: per(counts.requests),
      segmentsPerIo: per(counts.segments),
      prpEntriesPerIo: per(answer.prpEntries),
      branchesPerIo: per(
        Object.values(answer.branches).reduce((sum, asked) => sum + asked, 0),
      ),
      ...branchFigures(answer, per),
      ...integrityFigures(answer),
      bvecBytesPerIo: perTraced(bioVec?.bytes),
      bvecLinesPerIo: perTraced(bioVec?.lines),
      physicalSegmentsPerIo: per(counts.physicalSegments),
      mergesPerIo: per(counts.merges),
      requestMergesPerIo: per(counts.requestMerges),
      dmaSegmentsPerIo: per(counts.dmaSegments),
      pageLinesPerIo: perTraced(page?.lines),
      linesPerIo: perTraced(single?.total.lines),
      bvecStraddlesPerIo: perTraced(bioVec?.straddles),
      allocatedBytesPerIo: perTraced(
        Object.values(allocated).reduce((sum, bytes) => sum + bytes, 0),
      ),
    },
    footprint: trace === undefined ? null : {
      tracedIos: trace.single.ios,
      lineBytes: trace.single.lineBytes,
      ...footprintFigures(trace.single),
      allocatedBytesPerIo: Object.fromEntries(
        Object.entries(allocated)
          .map(([name, bytes]) => [name, perTraced(bytes)]),
      ),
      atDepth: {
        depth: trace.atDepth.groupIos,
        tracedIos: trace.atDepth.ios,
        ...footprintFigures(trace.atDepth),
      },
    },
    modelled: trace?.modelled === undefined ? null : {
      cpu: trace.modelled.cpu,
      depth: trace.modelled.depth,
      warmUpIos: trace.modelled.warmUpIos,
      ...trace.modelled.steady,
      cold: trace.modelled.cold,
    },
    digest: answer.digest,
    verifiedBytes: answer.verifiedBytes,
  };
}

/** Special-memory branches by the question that was asked. */
function branchFigures(
  { branches }: AuditAnswer,
  per: (value: number) => number,
): Record<string, number> {
  return {
    submitBranchesPerIo: per(branches.submit),
    sameBioBranchesPerIo: per(branches.sameBio),
    sameSegmentBranchesPerIo: per(branches.sameSegment),
    mapBranchesPerIo: per(branches.map),
  };
}

/** What guarding blocks took, where they are guarded. */
function integrityFigures({ integrity }: AuditAnswer): Record<string, number> {
  if (integrity === undefined) return {};
  const ios = Math.max(1, integrity.ios);
  return {
    guardsPerIo: integrity.guards / ios,
    kmapsPerIo: integrity.kmaps / ios,
  };
}

function footprintFigures(totals: FootprintTotals): FootprintFigures {
  const per = (sums: FootprintSums) => ({
    accessesPerIo: sums.accesses / totals.ios,
    writesPerIo: sums.writes / totals.ios,
    straddlesPerIo: sums.straddles / totals.ios,
    bytesPerIo: sums.bytes / totals.ios,
    linesPerIo: sums.lines / totals.ios,
  });
  const all = <Sums extends FootprintSums>(record: Record<string, Sums>) =>
    Object.fromEntries(
      Object.entries(record).map(([name, sums]) => [name, per(sums)]),
    );
  const { total } = totals;
  return {
    total: {
      ...per(total),
      usefulShare: total.lines === 0
        ? 0
        : total.bytes / (total.lines * totals.lineBytes),
    },
    structures: all(totals.structures),
    stages: all(totals.stages),
    structuresInStages: totals.structuresInStages.map((sums) => ({
      structure: sums.structure,
      stage: sums.stage,
      ...per(sums),
    })),
    stageLinesPerIo: Object.fromEntries(
      Object.entries(totals.stages)
        .map(([stage, { lines }]) => [stage, lines / totals.ios]),
    ),
  };
}
