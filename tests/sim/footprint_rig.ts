/**
 * One I/O of chosen memory, and the lines that the real path touches for it.
 *
 * Lines of vectors "per pass" are those of one stage: building the bio is
 * `submit`, then come `split`, `map`, and `complete`, which releases the pages.
 */
import { type Abi, findAbi } from "../../layouts/abi.ts";
import type { Recognition } from "../../sim/recognition/recognition_registry.ts";
import { findLayout } from "../../layouts/registry.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import type { SubmitApi } from "../../sim/block/direct_io.ts";
import { nvmeLimits } from "../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../sim/memory/memory_map.ts";
import type { FootprintTotals } from "../../sim/trace/footprint.ts";
import { traceWindow } from "../../sim/replay/trace_window.ts";
import type { TracedPathOptions } from "../../sim/replay/traced_path.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../sim/workload/window.ts";

/** Memory of an I/O, contiguous. */
export interface TracePiece {
  readonly phys: bigint;
  readonly bytes: number;
  readonly provider?: number;
}

/** One I/O, and the path that it is traced on. */
export interface TraceCase {
  readonly layout: string;
  readonly pieces: readonly TracePiece[];
  readonly abi?: string;
  readonly recognition?: Recognition;
  readonly submitter?: Submitter;
  readonly api?: SubmitApi;
  readonly op?: number;
  readonly iommu?: boolean;
  /** Order of the folios of host memory; single pages unless told. */
  readonly folioOrder?: number;
}

/** Bytes of a MiB. */
export const MIB = 1 << 20;
/** Where host memory begins. */
export const DRAM = 0x1_0000_0000n;
/** The same on a machine of 32 bits. */
export const DRAM_32 = 0x0800_0000n;
/** Where a provider's memory begins. */
export const BAR = 0x3c00_0000_0000n;
const PASSES = ["submit", "split", "map", "complete"];

/** Pages none of which is the neighbour of another. */
export function scattered(count: number, start = DRAM): TracePiece[] {
  return Array.from(
    { length: count },
    (_, i) => ({ phys: start + BigInt(i * 8192), bytes: 4096 }),
  );
}

/** P2P memory as mainline maps it: a page is a piece, however contiguous. */
export const P2P_MIB: readonly TracePiece[] = Array.from(
  { length: 256 },
  (_, i) => ({ phys: BAR + BigInt(i * 4096), bytes: 4096, provider: 1 }),
);

/** A window of one I/O. */
export function windowOf(pieces: readonly TracePiece[], op: number): IoWindow {
  const window = createWindow({ ios: 1, pieces: pieces.length });
  window.counts.set([1, pieces.length]);
  window.op[0] = op;
  window.firstPiece[1] = pieces.length;
  for (const [i, { phys, bytes, provider = 0 }] of pieces.entries()) {
    window.physLo[i] = Number(BigInt.asIntN(32, phys));
    window.physHi[i] = Number(BigInt.asIntN(32, phys >> 32n));
    window.pieceBytes[i] = bytes;
    window.provider[i] = provider;
    window.lengthBytes[0] = (window.lengthBytes[0] ?? 0) + bytes;
  }
  return window;
}

/** The path of a case, with room for its I/O. */
export function pathOptions(
  given: TraceCase,
): TracedPathOptions & { abi: Abi } {
  const abi = findAbi(given.abi ?? "lp64");
  return {
    layout: findLayout(given.layout),
    abi,
    kernel: "7.2",
    recognition: given.recognition ?? "page",
    // MDTS 8: 1 MiB and 256 segments; behind an IOMMU 128 KiB and 33 (T38).
    limits: nvmeLimits(8, { iommu: given.iommu ?? false }),
    map: {
      ...defaultMemoryMap(abi.pointerBytes === 8),
      folioOrder: given.folioOrder ?? 0,
    },
    depth: 1,
    submitter: given.submitter ?? "user",
    ...(given.api === undefined ? {} : { api: given.api }),
    registered: { buffers: 1, segments: 256 },
  };
}

/** The footprint of one I/O on a path that was not warmed up. */
export function trace(given: TraceCase) {
  const window = windowOf(given.pieces, given.op ?? WINDOW_OP.read);
  const { single, allocatedBytes } = traceWindow(window, {
    ...pathOptions(given),
    warmUpIos: 0,
    countedIos: 1,
  });
  return { single, allocatedBytes };
}

/** Lines of a structure in each stage that touches it. */
export function linesIn(single: FootprintTotals, structure: string) {
  return Object.fromEntries(
    single.structuresInStages.filter((one) => one.structure === structure)
      .map(({ stage, lines }) => [stage, lines]),
  );
}

/** The same lines in each pass over vectors. */
export function inEveryPass(lines: number): Record<string, number> {
  return Object.fromEntries(PASSES.map((stage) => [stage, lines]));
}
