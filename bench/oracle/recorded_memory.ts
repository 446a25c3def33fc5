/**
 * The memory of a recorded machine: its buffers as ranges of host memory and
 * providers, and their vectors as the pieces that the path takes.
 */
import type { IoPieces } from "../../sim/block/iov_iter.ts";
import type {
  DramRange,
  MemoryMap,
  ProviderBar,
} from "../../sim/memory/memory_map.ts";
import type { OracleBuffer, OracleVector } from "./oracle_row.ts";

const PAGE_BYTES = 4096;
/** Pages between two buffers that are not worth a range of their own. */
const GAP_BYTES = 1 << 20;
/** Pages of the folios of a buffer on huge pages. */
const HUGE_PAGES = 512;

/** Memory of the buffers of a file. */
export interface RecordedMemory {
  /** Host memory and BARs. */
  readonly map: MemoryMap;
  /** Provider index + 1 of a buffer, 0 for host memory. */
  readonly providerOf: (buffer: OracleBuffer) => number;
}

/** Finds the ranges that the buffers are in. */
export function recordedMemory(
  buffers: ReadonlyMap<string, OracleBuffer>,
): RecordedMemory {
  const dram: DramRange[] = [];
  const host = [...buffers.values()].filter((buffer) => !isP2p(buffer));
  const pages = host.flatMap((buffer) => buffer.pages).sort((a, b) => a - b);
  let start = pages[0] ?? 0;
  let end = start;
  const close = () => {
    if (end > start) {
      dram.push({ startPhys: BigInt(start), sizeBytes: end - start });
    }
  };
  for (const page of pages) {
    if (page > end + GAP_BYTES) {
      close();
      start = page;
    }
    end = Math.max(end, page + PAGE_BYTES);
  }
  close();
  const kinds = [
    ...new Set([...buffers.values()].filter(isP2p).map(({ kind }) => kind)),
  ];
  const providers: ProviderBar[] = kinds.map((kind) => {
    const all = [...buffers.values()].filter((buffer) => buffer.kind === kind)
      .flatMap((buffer) => buffer.pages);
    const first = Math.min(...all);
    return {
      name: kind,
      startPhys: BigInt(first),
      sizeBytes: Math.max(...all) + PAGE_BYTES - first,
      // QEMU's bus addresses are the CPU's.
      busAddress: BigInt(first),
    };
  });
  return {
    map: { dram, providers },
    providerOf: (buffer) => kinds.indexOf(buffer.kind) + 1,
  };
}

function isP2p(buffer: OracleBuffer): boolean {
  return buffer.kind.startsWith("p2p:");
}

/** Pieces of all I/Os of a row, and where each I/O's begin. */
export interface RecordedPieces {
  readonly pieces: IoPieces;
  /** First piece of each I/O; one more entry ends the last one. */
  readonly first: readonly number[];
}

/** Cuts user vectors into pieces, one a folio. */
export function recordedPieces(
  ios: readonly (readonly OracleVector[])[],
  from: {
    buffers: ReadonlyMap<string, OracleBuffer>;
    providerOf: (buffer: OracleBuffer) => number;
  },
): RecordedPieces {
  const lo: number[] = [];
  const hi: number[] = [];
  const bytes: number[] = [];
  const provider: number[] = [];
  const starts: number[] = [];
  const first: number[] = [];
  for (const vectors of ios) {
    first.push(lo.length);
    for (const { buffer: name, offsetBytes, sizeBytes } of vectors) {
      const buffer = from.buffers.get(name);
      if (buffer === undefined) {
        throw new RangeError(`Cannot find buffer "${name}", expected it`);
      }
      const folioPages = buffer.kind === "huge" ? HUGE_PAGES : 1;
      for (let done = 0; done < sizeBytes;) {
        const at = offsetBytes + done;
        const page = Math.floor(at / PAGE_BYTES);
        const inside = at % PAGE_BYTES;
        const folioEnd = (Math.floor(page / folioPages) + 1) * folioPages *
          PAGE_BYTES;
        const length = Math.min(sizeBytes - done, folioEnd - at);
        const phys = (buffer.pages[page] ?? 0) + inside;
        lo.push(phys | 0);
        hi.push(Math.floor(phys / 2 ** 32));
        bytes.push(length);
        provider.push(from.providerOf(buffer));
        starts.push(done === 0 ? 1 : 0);
        done += length;
      }
    }
  }
  first.push(lo.length);
  return {
    first,
    pieces: {
      physLo: Int32Array.from(lo),
      physHi: Int32Array.from(hi),
      pieceBytes: Int32Array.from(bytes),
      provider: Uint8Array.from(provider),
      startsVector: Uint8Array.from(starts),
    },
  };
}
