/**
 * The buffer pool's page table: which folio of host memory backs each folio
 * of the pool. Contiguity is a property of memory, not of an I/O, so it is
 * drawn once here and every buffer inherits it.
 */
import type { MemoryMap } from "../memory/memory_map.ts";
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import type { PlacementOptions } from "./placement_options.ts";

const PAGE_BYTES = 4096;

/**
 * Folios that a small pool is spread over: 256 MiB of single pages. A larger
 * pool is spread over twice its size. Drawing from all of a machine with
 * terabytes would take longer than the run.
 */
const LEAST_CANDIDATES = 2 ** 16;

/** What a page table is drawn for. */
export interface FolioTableOptions {
  readonly placement: PlacementOptions;
  readonly memoryMap: MemoryMap;
}

/**
 * Looks whether a machine has the memory for a pool.
 *
 * @throws {RangeError} If the machine has less host memory than the pool.
 */
export function checkFolioTable(
  { placement, memoryMap }: FolioTableOptions,
): void {
  const { folioBytes, needed } = sizesOf(placement);
  const available = memoryMap.dram.reduce(
    (sum, range) => sum + foliosIn(range, folioBytes).count,
    0,
  );
  if (available < needed) {
    throw new RangeError(
      `Cannot place a pool of ${placement.poolBytes} bytes: found ` +
        `${available} folios of ${folioBytes} bytes in host memory, ` +
        `expected ${needed}; lower poolBytes or give the machine more memory`,
    );
  }
}

/**
 * Draws the page table of a pool.
 *
 * Host memory is cut into runs of geometric length, the runs are shuffled,
 * and the pool takes as many as it needs. No folio is used twice, and two
 * runs that follow each other are not neighbours in memory as long as there
 * is another run to put between them.
 *
 * @param options The placement, and the machine's memory, which is enough
 *   (`checkFolioTable()`).
 * @returns Physical address of each folio of the pool, in order.
 */
export function drawFolioTable(
  { placement, memoryMap }: FolioTableOptions,
  random: RandomStream,
): Float64Array {
  const { folioBytes, needed } = sizesOf(placement);
  const runFolios = Math.max(
    1,
    placement.runPages / 2 ** placement.folioOrder,
  );
  const most = Math.max(2 * needed, LEAST_CANDIDATES);
  const starts: number[] = [];
  const lengths: number[] = [];
  let candidates = 0;
  for (const range of memoryMap.dram) {
    const { first, count } = foliosIn(range, folioBytes);
    const use = Math.min(count, most - candidates);
    for (let at = 0; at < use;) {
      const length = Math.min(geometric(runFolios, random), use - at);
      starts.push(first + at * folioBytes);
      lengths.push(length);
      at += length;
    }
    candidates += use;
  }
  const order = shuffledRuns(starts.length, random);
  const table = new Float64Array(needed);
  let filled = 0;
  for (let i = 0; i < order.length && filled < needed; i++) {
    const run = order[i] ?? 0;
    const start = starts[run] ?? 0;
    const length = Math.min(lengths[run] ?? 0, needed - filled);
    for (let folio = 0; folio < length; folio++) {
      table[filled++] = start + folio * folioBytes;
    }
  }
  return table;
}

/** Size of the folios of a pool, and how many it has. */
function sizesOf({ poolBytes, folioOrder }: PlacementOptions) {
  const folioBytes = PAGE_BYTES * 2 ** folioOrder;
  return { folioBytes, needed: Math.ceil(poolBytes / folioBytes) };
}

/** Where the first whole folio of a range is, and how many there are. */
function foliosIn(range: MemoryMap["dram"][number], folioBytes: number) {
  const start = Number(range.startPhys);
  const first = Math.ceil(start / folioBytes) * folioBytes;
  const end = start + range.sizeBytes;
  return { first, count: Math.max(0, Math.floor((end - first) / folioBytes)) };
}

/** Tables of the last cells: those of a run often are in the same memory. */
const keptTables = new Map<string, Float64Array>();
/** How many are kept; none has more folios than a small pool. */
const MOST_KEPT = 4;

/**
 * Returns the page table of a pool, as `drawFolioTable()` draws it for a seed.
 *
 * @returns The table, which others may have, too: nobody may write to it.
 */
export function folioTable(
  options: FolioTableOptions,
  seed: number,
): Float64Array {
  const { poolBytes, folioOrder, runPages } = options.placement;
  const key = [
    ...[seed, poolBytes, folioOrder, runPages],
    ...options.memoryMap.dram.flatMap((range) => [
      range.startPhys,
      range.sizeBytes,
    ]),
  ].join();
  const table = keptTables.get(key) ??
    drawFolioTable(options, randomStream(seed, "folio table"));
  if (table.length > LEAST_CANDIDATES) return table;
  // The one that was asked for last is the last to go.
  keptTables.delete(key);
  keptTables.set(key, table);
  const [oldest = key] = keptTables.keys();
  if (keptTables.size > MOST_KEPT) keptTables.delete(oldest);
  return table;
}

/** A geometric length from 1 with the given mean. */
function geometric(mean: number, random: RandomStream): number {
  if (mean <= 1) return 1;
  return 1 + Math.floor(
    Math.log1p(-random.fraction()) / Math.log1p(-1 / mean),
  );
}

/** A random order in which no run is followed by its neighbour in memory. */
function shuffledRuns(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, run) => run);
  for (let i = count - 1; i > 0; i--) swap(order, i, random.below(i + 1));
  for (let i = 0; i + 2 < count; i++) {
    if (order[i + 1] === (order[i] ?? 0) + 1) swap(order, i + 1, i + 2);
  }
  return order;
}

function swap(order: Int32Array, a: number, b: number): void {
  const kept = order[a] ?? 0;
  order[a] = order[b] ?? 0;
  order[b] = kept;
}
