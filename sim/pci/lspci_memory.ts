/** The memory of a machine as lspci shows it: BARs, and which are offered. */
import type { BarDescription } from "./topology_description.ts";
import type { LspciFunction } from "./lspci_list.ts";
import { type LspciNode, namesOf } from "./lspci_places.ts";
import type { LspciBar } from "./lspci_region.ts";

const CLASS_NVME = 0x0108;
/** The first BAR of an NVMe controller that can be its memory buffer. */
const FIRST_CMB_BAR = 2;
const PAGE_BYTES = 4096;
/** Host memory, which lspci does not show. */
export const DRAM_BYTES: number = 256 * 2 ** 20;
const DRAM_STEP = 0x4000_0000n;

/**
 * Chooses the memory that is offered to peers.
 *
 * @param named Those that were named, as `03:00.0` or `03:00.0/2`, or undefined.
 * @param notes Takes what was taken for granted.
 * @returns Numbers of the BARs that each function offers.
 */
export function chooseProviders(
  nodes: readonly LspciNode[],
  named: readonly string[] | undefined,
  notes: string[],
): ReadonlyMap<LspciNode, readonly number[]> {
  if (named !== undefined) {
    return new Map(named.map((name) => namedProvider(nodes, name)));
  }
  const chosen = new Map<LspciNode, readonly number[]>();
  for (const node of nodes) {
    if (!isNvme(node.found)) continue;
    const found = node.found.bars.filter((bar) =>
      bar.index >= FIRST_CMB_BAR && bar.prefetchable && isUsable(bar)
    ).map(({ index }) => index);
    if (found.length > 0) chosen.set(node, found);
  }
  notes.push(
    chosen.size === 0
      ? "no NVMe controller has a prefetchable BAR after its registers: " +
        "--provider names functions that offer P2P memory"
      : `P2P memory is assumed to be ${
        [...chosen].map(([{ found }, indexes]) =>
          `BAR ${indexes.join(", ")} of ${found.bdf}`
        ).join("; ")
      } (NVMe, prefetchable); --provider names others`,
  );
  return chosen;
}

function isNvme({ classCode, words }: LspciFunction): boolean {
  return classCode === undefined
    ? words.startsWith("Non-Volatile memory controller:")
    : classCode === CLASS_NVME;
}

function namedProvider(
  nodes: readonly LspciNode[],
  name: string,
): [LspciNode, readonly number[]] {
  const [address = "", bar] = name.split("/");
  const node = nodes.find(({ found }) =>
    found.bdf === address.toLowerCase() ||
    found.bdf === `0000:${address.toLowerCase()}`
  );
  const usable = (node?.found.bars ?? []).filter(isUsable);
  const expected = node === undefined
    ? `one of: ${nodes.map(({ found }) => found.bdf).join(", ")}`
    : `a memory BAR of whole pages (it has ${
      usable.map(({ index }) => index).join(", ") || "none"
    })`;
  const largest = usable.filter(({ prefetchable }) => prefetchable)
    .sort((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0))[0] ?? usable[0];
  const chosen = bar === undefined
    ? largest
    : usable.find(({ index }) => String(index) === bar);
  if (node === undefined || chosen === undefined) {
    throw new RangeError(
      `Cannot use provider "${name}": found ${
        node === undefined ? "no such function" : "no such memory"
      }, expected ${expected}`,
    );
  }
  return [node, [chosen.index]];
}

/** Whether a BAR can be described: in pages, and where it is. */
function isUsable(bar: LspciBar): boolean {
  const { disabled, startPhys, sizeBytes } = bar;
  return !disabled && startPhys !== undefined && sizeBytes !== undefined &&
    sizeBytes > 0 && sizeBytes % PAGE_BYTES === 0 &&
    startPhys % BigInt(PAGE_BYTES) === 0n && bar.index <= 5;
}

/**
 * Returns the BARs of each function, except for those that hold other
 * functions'.
 *
 * @param notes Takes what was left out.
 */
export function barsOf(
  nodes: readonly LspciNode[],
  providers: ReadonlyMap<LspciNode, readonly number[]>,
  notes: string[],
): ReadonlyMap<LspciNode, readonly BarDescription[]> {
  const all = nodes.flatMap((node) =>
    node.found.bars.filter(isUsable).map((bar) => ({ node, bar }))
  );
  const spans = all.map(({ node, bar }) => {
    const start = bar.startPhys ?? 0n;
    return { node, bar, start, end: start + BigInt(bar.sizeBytes ?? 0) };
  });
  // A BAR of a VMD controller holds those of the functions in its domain.
  const kept: typeof spans = [];
  const holders: LspciNode[] = [];
  let lowest: bigint | undefined;
  // From the highest, of equal ones the smallest: what holds others comes later.
  spans.sort((a, b) => Number(b.start - a.start) || Number(a.end - b.end));
  for (const span of spans) {
    const offered = providers.get(span.node)?.includes(span.bar.index);
    if (!offered && lowest !== undefined && lowest < span.end) {
      holders.push(span.node);
      continue;
    }
    kept.push(span);
    lowest = span.start;
  }
  if (holders.length > 0) {
    notes.push(
      `${namesOf(holders)}: a BAR that holds those of others is left out`,
    );
  }
  const bars = new Map<LspciNode, BarDescription[]>();
  for (const { node, bar, start } of kept) {
    const own = bars.get(node) ?? [];
    own.push({
      index: bar.index,
      startPhys: start,
      sizeBytes: bar.sizeBytes ?? 0,
    });
    bars.set(node, own.sort((a, b) => a.index - b.index));
  }
  return bars;
}

/**
 * Finds room for host memory, which lspci does not show.
 *
 * @returns The first GiB from 4 GiB on at whose start no BAR is.
 */
export function freeMemory(bars: readonly BarDescription[]): bigint {
  let start = 0x1_0000_0000n;
  const sorted = [...bars].sort((a, b) => Number(a.startPhys - b.startPhys));
  for (const { startPhys, sizeBytes } of sorted) {
    const end = startPhys + BigInt(sizeBytes);
    if (startPhys >= start + BigInt(DRAM_BYTES)) break;
    while (start < end) start += DRAM_STEP;
  }
  return start;
}
