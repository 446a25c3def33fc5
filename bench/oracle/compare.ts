/** Compares what a model made of a row with what the kernel did. */
import type {
  OracleCommand,
  OracleKind,
  OracleRequest,
  OracleRow,
} from "./oracle_row.ts";
import type { ReplayAddress, ReplayCommand, Replayed } from "./replay.ts";

const PAGE_BYTES = 4096;

/**
 * Compares one row, exactly.
 *
 * @param kind What the row is about: merge rows hold one segment of each bio.
 * @returns The differences, one a line; empty if it is exact.
 */
export function compareRow(
  kind: OracleKind,
  row: OracleRow,
  replayed: Replayed,
): string[] {
  const { differences, check } = comparison();
  check("returned", replayed.returned, row.ios.map((io) => io.returned));
  // An empty flush bio of fsync comes from a work queue, at any time.
  let bios = row.bios.filter((bio) => bio.sizeBytes > 0);
  let { requests } = row;
  let foundRequests = replayed.requests;
  if (replayed.open.includes("flush order")) {
    check("flushes", foundRequests.some(isFlush), requests.some(isFlush));
    requests = requests.filter((request) => !isFlush(request));
    foundRequests = foundRequests.filter((request) => !isFlush(request));
  }
  let commands = row.commands;
  if (replayed.pageCacheRest) {
    bios = bios.slice(0, replayed.bios.length);
    requests = requests.slice(0, foundRequests.length);
    commands = commands.slice(0, replayed.commands.length);
  }
  const shown = kind === "merge" ? 1 : 6;
  const wantedBios = bios.map((bio, index) => [
    bio.sector,
    bio.sizeBytes,
    bio.segments,
    bio.flags,
    bio.first.slice(0, shown).map(([page, offset, length], k) => {
      // The zero page is wherever the kernel was linked to.
      const known = replayed.bios[index]?.first[k]?.[0] !== -1;
      return [known ? page : -1, offset, length];
    }),
  ]);
  const foundBios = replayed.bios.map((bio) => [
    bio.sector,
    bio.sizeBytes,
    bio.segments,
    bio.flags,
    bio.first.slice(0, shown),
  ]);
  if (replayed.open.includes("bio order")) {
    check("bios", foundBios.map(String).sort(), wantedBios.map(String).sort());
  } else {
    check("bios", foundBios, wantedBios);
  }
  const anyOrder = replayed.open.includes("issue order");
  const bySector = (
    a: readonly [string, number, number, number],
    b: readonly [string, number, number, number],
  ) => a[1] - b[1] || a[2] - b[2];
  check(
    "requests",
    anyOrder ? foundRequests.toSorted(bySector) : foundRequests,
    anyOrder ? requests.toSorted(bySector) : requests,
  );
  check("commands", replayed.commands.length, commands.length);
  if (replayed.commands.length !== commands.length) return differences;
  const byBlock = (a: { firstBlock: number }, b: { firstBlock: number }) =>
    a.firstBlock - b.firstBlock;
  const wanted = anyOrder ? commands.toSorted(byBlock) : commands;
  const found = anyOrder
    ? replayed.commands.toSorted(byBlock)
    : replayed.commands;
  const metadata = row.commands.flatMap((command) => command.metadata);
  found.forEach((command, index) => {
    const other = wanted[index];
    if (other === undefined) return;
    const open = replayed.open.includes("descriptor kind") &&
      command.kind !== other.kind;
    for (const text of compareCommand(command, other, { metadata, open })) {
      differences.push(`command ${index} ${text}`);
    }
  });
  return differences;
}

/** Notes which values differ, as text. */
function comparison() {
  const differences: string[] = [];
  const check = (what: string, found: unknown, wanted: unknown): void => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (a !== b) differences.push(`${what}: ${a}, expected ${b}`);
  };
  return { differences, check };
}

/** An empty flush, which has neither sector nor length. */
function isFlush([letters, , sectors]: OracleRequest): boolean {
  return sectors === 0 && letters.startsWith("F");
}

/** What belongs to a command beside itself. */
interface CommandContext {
  /** Metadata ranges of the row: the trace may name them one command late. */
  readonly metadata: readonly (readonly [number, number])[];
  /** Compare only addresses, not how they are described. */
  readonly open: boolean;
}

function compareCommand(
  found: ReplayCommand,
  wanted: OracleCommand,
  { metadata, open }: CommandContext,
): string[] {
  const { differences, check } = comparison();
  check("operation", found.operation, wanted.operation);
  check("first block", found.firstBlock, wanted.firstBlock);
  check("blocks", found.blocks, wanted.blocks);
  if (!open) check("kind", found.kind, wanted.kind);
  if (differences.length > 0) return differences;
  const bases = new Map<number, number>();
  const same = (address: ReplayAddress | undefined, seen: number): boolean => {
    if (address === undefined) return false;
    if (address.base === 0) return address.offset === seen;
    const base = seen - address.offset;
    if (base % PAGE_BYTES !== 0) return false;
    return bases.getOrInsert(address.base, base) === base;
  };
  if (open) {
    const first = found.pages[0] ?? found.descriptors[0]?.[0];
    const seen = wanted.pages[0] ?? wanted.descriptors[0]?.[0] ?? -1;
    if (!same(first, seen)) differences.push(`address: differs from ${seen}`);
    return differences;
  }
  if (found.kind === "prp") comparePages(found, wanted, { check, same });
  else compareDescriptors(found, wanted, { check, same });
  if (wanted.control !== undefined) {
    check("control", found.control, wanted.control);
  }
  if (wanted.metadataPointer !== undefined) {
    const there = metadata.some(([address, length]) =>
      address === wanted.metadataPointer && length === found.metadataBytes
    );
    check("metadata", there, true);
  }
  check("reference tag", found.referenceTag, wanted.referenceTag);
  return differences;
}

/** The two ways to compare within a command. */
interface Checks {
  /** Notes a difference of two values. */
  readonly check: (what: string, found: unknown, wanted: unknown) => void;
  /** True if an address is the one seen, learning IOVA bases. */
  readonly same: (address: ReplayAddress | undefined, seen: number) => boolean;
}

function comparePages(
  found: ReplayCommand,
  wanted: OracleCommand,
  { check, same }: Checks,
): void {
  check("pages", found.pages.length, wanted.pages.length);
  wanted.pages.forEach((seen, index) => {
    if (!same(found.pages[index], seen)) {
      check(`page ${index}`, found.pages[index], seen);
    }
  });
  if (wanted.lastPageBytes !== undefined) {
    check("last page", found.lastPageBytes, wanted.lastPageBytes);
  }
  const lists = wanted.listPages;
  if (lists.length > 0) {
    check("list entries", found.listEntries, lists.map(([, n]) => n));
  }
  if (wanted.prp1 !== undefined && !same(found.pages[0], wanted.prp1)) {
    check("prp1", found.pages[0], wanted.prp1);
  }
  if (wanted.prp2 !== undefined) {
    if (found.pages.length === 1) check("prp2", 0, wanted.prp2);
    else if (found.pages.length === 2) {
      check("prp2", same(found.pages[1], wanted.prp2), true);
    } else if (lists[0] !== undefined) check("prp2", lists[0][0], wanted.prp2);
  }
  if (wanted.transferType !== undefined) check("psdt", 0, wanted.transferType);
}

function compareDescriptors(
  found: ReplayCommand,
  wanted: OracleCommand,
  { check, same }: Checks,
): void {
  check("descriptors", found.descriptors.length, wanted.descriptors.length);
  wanted.descriptors.forEach(([seen, length], index) => {
    const mine = found.descriptors[index];
    if (mine?.[1] !== length || !same(mine[0], seen)) {
      check(`descriptor ${index}`, mine, [seen, length]);
    }
  });
  const pointer = wanted.dataPointer;
  if (pointer !== undefined) {
    check("pointer type", found.pointerType, pointer.type);
    check("pointer length", found.pointerBytes, pointer.sizeBytes);
    if (found.pointerType === 0) {
      check("pointer", wanted.descriptors[0]?.[0], pointer.addr);
    }
  }
  if (wanted.transferType !== undefined) check("psdt", 1, wanted.transferType);
}
