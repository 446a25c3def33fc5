/** Accesses of one I/O by structure and field. */
import type { KernelTypes } from "./kernel_types.ts";
import type { MemoryNames } from "./memory_names.ts";
import { ofIo, type Phases, PHASES } from "./phases.ts";
import { type Place, Places } from "./places.ts";
import type { KernelStructure } from "./result.ts";
import { lowWord } from "./symbols.ts";
import { EVENT, type IoTrace } from "./trace_reader.ts";

const LINE_BYTES = 64;

/** What accesses are named with. */
export interface Attribution {
  /** The kernel's types. */
  readonly types: KernelTypes;
  /** Objects of disk and tasks. */
  readonly places: Places;
  /** Everything else. */
  readonly names: MemoryNames;
  /** Page frames of the workload's data. */
  readonly frames: ReadonlySet<number>;
  /** `block_device` of the disk. */
  readonly bdev: number;
  /** Whether the workload's buffers are registered. */
  readonly registered: boolean;
}

/** Structures of one I/O. */
export interface Attributed {
  /** By name, most lines first. */
  readonly structures: Record<string, KernelStructure>;
  /** Distinct lines of 64 bytes. */
  readonly lines: {
    readonly all: number;
    readonly read: number;
    readonly written: number;
    readonly withoutStacks: number;
    readonly onlyBulk: number;
    readonly unnamed: number;
  };
  /** How many bios. */
  readonly bios: number;
}

interface Field {
  readonly offset: number;
  readonly name: string;
  readonly size: number;
  reads: number;
  writes: number;
  readonly lines: Set<number>;
  readonly readers: Record<string, number>;
  readonly writers: Record<string, number>;
  readonly phases: Record<string, number>;
}

interface Tally {
  readonly lines: Set<number>;
  readonly notBulk: Set<number>;
  readonly bulk: Set<number>;
  readonly read: Set<number>;
  readonly written: Set<number>;
  readonly bytes: Set<number>;
  readonly objects: Set<number>;
  readonly byPhase: Map<string, Set<number>>;
  readonly accesses: Record<string, number>;
  readonly fields: Map<string, Field>;
  bulkAccesses: number;
  reads: number;
  writes: number;
}

/**
 * Finds bios and their vectors in an I/O's stores: a bio is where the disk's
 * `block_device` was stored at `bi_bdev`, and its vectors' place at
 * `bi_io_vec`, whatever function did it and however the struct is laid out.
 *
 * @param trace The I/O.
 * @param setting What is known of the kernel.
 * @returns The objects and how many bios.
 */
export function findBios(
  trace: IoTrace,
  setting: Attribution,
): { readonly places: Places; readonly bios: number } {
  const { types, bdev } = setting;
  const places = new Places();
  const offset = (path: string) => types.offsetOf("bio", path);
  const bdevAt = offset("bi_bdev");
  const vecsAt = offset("bi_io_vec");
  const endAt = offset("bi_end_io");
  const countAt = offset("bi_vcnt");
  const mostAt = offset("bi_max_vecs");
  const bioBytes = types.sizeOf("bio");
  const vecBytes = types.sizeOf("bio_vec");
  if (
    bdevAt === undefined || vecsAt === undefined || endAt === undefined ||
    bioBytes === undefined || vecBytes === undefined
  ) return { places, bios: 0 };
  const stored = new Map<number, Set<number>>();
  const halves = new Set<number>();
  const candidates = new Set<number>();
  for (let event = 0; event < trace.count; event++) {
    if (trace.kinds[event] !== EVENT.store) continue;
    const address = trace.addresses[event] ?? 0;
    const value = trace.values[event] ?? 0;
    let values = stored.get(address);
    if (values === undefined) stored.set(address, values = new Set());
    values.add(value);
    if (trace.details[event] === 2) halves.add(address);
    if (value === bdev) candidates.add(address - bdevAt);
  }
  let bios = 0;
  for (const bio of candidates) {
    const vectors = stored.get(bio + vecsAt);
    // Spilled registers look alike, but none of them is 16 bits wide.
    if (
      vectors === undefined || !stored.has(bio + endAt) ||
      mostAt === undefined || !halves.has(bio + mostAt)
    ) continue;
    const pointers = [...vectors].filter((to) => to >= 0);
    const most = Math.max(
      ...[countAt, mostAt].flatMap((at) =>
        at === undefined ? [] : [...stored.get(bio + at) ?? []].map((value) =>
          lowWord(value) & 0xffff
        )
      ),
      0,
    );
    bios++;
    const slab = setting.names.slabBase(bio);
    const dioBytes = types.offsetOf("blkdev_dio", "bio");
    if (slab.from < bio && bio - slab.from === dioBytes) {
      places.add({
        from: slab.from,
        to: bio,
        name: "blkdev_dio",
        type: "blkdev_dio",
      });
    }
    for (const to of pointers) {
      places.add({
        from: to,
        to: to + Math.max(most, 1) * vecBytes,
        name: setting.registered ? "bio_vec (registered buffer)" : "bio_vec",
        type: "bio_vec",
        strideBytes: vecBytes,
      });
    }
    places.add({ from: bio, to: bio + bioBytes, name: "bio", type: "bio" });
  }
  return { places, bios };
}

/**
 * Counts an I/O's accesses by structure.
 *
 * @param trace The I/O.
 * @param phases Its events' phases, marked.
 * @param setting What is known of the kernel.
 * @returns What it touched.
 */
export function attribute(
  trace: IoTrace,
  phases: Phases,
  setting: Attribution,
): Attributed {
  const { places: own, bios } = findBios(trace, setting);
  const tallies = new Map<string, Tally>();
  const owners = new Map<number, Set<string>>();
  const cached = new Map<number, Place>();
  const read = new Set<number>();
  const written = new Set<number>();
  const notBulk = new Set<number>();
  for (let event = 0; event < trace.count; event++) {
    const kind = trace.kinds[event];
    const phase = phases.phases[event] ?? 0;
    const address = trace.addresses[event] ?? -1;
    if (kind === EVENT.instruction || address < 0 || !ofIo(phase)) continue;
    const size = trace.details[event] ?? 1;
    let place = cached.get(address);
    if (place === undefined) {
      place = own.find(address) ?? setting.places.find(address) ??
        setting.names.place(address, setting.frames);
      cached.set(address, place);
    }
    const store = kind === EVENT.store;
    const bulk = phases.bulk[event] === 1;
    const tally = tallyOf(tallies, place.name);
    const phaseName = PHASES[phase] ?? "excluded";
    const lastLine = Math.floor((address + size - 1) / LINE_BYTES);
    for (
      let line = Math.floor(address / LINE_BYTES);
      line <= lastLine;
      line++
    ) {
      tally.lines.add(line);
      (bulk ? tally.bulk : tally.notBulk).add(line);
      (store ? tally.written : tally.read).add(line);
      (store ? written : read).add(line);
      if (!bulk) notBulk.add(line);
      setOf(tally.byPhase, phaseName).add(line);
      setOf(owners, line).add(place.name);
    }
    for (let byte = 0; byte < size; byte++) tally.bytes.add(address + byte);
    tally.accesses[phaseName] = (tally.accesses[phaseName] ?? 0) + 1;
    const base = place.from - (place.skippedBytes ?? 0);
    const inside = address - base;
    const offset = place.strideBytes === undefined
      ? inside
      : inside % place.strideBytes;
    tally.objects.add(address - offset);
    if (bulk) {
      tally.bulkAccesses++;
      continue;
    }
    if (store) tally.writes++;
    else tally.reads++;
    if (place.type === undefined) continue;
    const field = fieldOf(tally, setting.types, place.type, offset, size);
    const name = phases.nameOf(phases.functions[event] ?? 0);
    if (store) field.writes++;
    else field.reads++;
    const by = store ? field.writers : field.readers;
    by[name] = (by[name] ?? 0) + 1;
    field.lines.add(Math.floor(address / LINE_BYTES));
    field.phases[phaseName] = (field.phases[phaseName] ?? 0) + 1;
  }
  const stacks = /^stack /;
  const unnamed = /\(unnamed\)$|^vmalloc|\?$/;
  const countLines = (wanted: (names: Set<string>) => boolean) =>
    [...owners.values()].filter(wanted).length;
  return {
    structures: Object.fromEntries(
      [...tallies].map(([name, tally]) => [name, toStructure(tally)] as const)
        .toSorted(([, a], [, b]) => b.lines - a.lines),
    ),
    lines: {
      all: owners.size,
      read: read.size,
      written: written.size,
      withoutStacks: countLines((names) =>
        [...names].some((name) => !stacks.test(name))
      ),
      onlyBulk: owners.size - notBulk.size,
      unnamed: countLines((names) =>
        [...names].every((name) => unnamed.test(name))
      ),
    },
    bios,
  };
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (tally === undefined) {
    tally = {
      lines: new Set(),
      notBulk: new Set(),
      bulk: new Set(),
      read: new Set(),
      written: new Set(),
      bytes: new Set(),
      objects: new Set(),
      byPhase: new Map(),
      accesses: {},
      fields: new Map(),
      bulkAccesses: 0,
      reads: 0,
      writes: 0,
    };
    tallies.set(name, tally);
  }
  return tally;
}

function setOf<K, V>(sets: Map<K, Set<V>>, key: K): Set<V> {
  let set = sets.get(key);
  if (set === undefined) sets.set(key, set = new Set());
  return set;
}

function fieldOf(
  tally: Tally,
  types: KernelTypes,
  type: string,
  offset: number,
  size: number,
): Field {
  const key = `${offset} ${size}`;
  let field = tally.fields.get(key);
  if (field === undefined) {
    field = {
      offset,
      name: types.fieldAt(type, offset),
      size,
      reads: 0,
      writes: 0,
      lines: new Set(),
      readers: {},
      writers: {},
      phases: {},
    };
    tally.fields.set(key, field);
  }
  return field;
}

function toStructure(tally: Tally): KernelStructure {
  return {
    lines: tally.lines.size,
    lines_not_bulk: tally.notBulk.size,
    lines_bulk: tally.bulk.size,
    bulk_accesses: tally.bulkAccesses,
    lines_read: tally.read.size,
    lines_written: tally.written.size,
    reads: tally.reads,
    writes: tally.writes,
    bytes: tally.bytes.size,
    objects: tally.objects.size,
    lines_by_phase: Object.fromEntries(
      [...tally.byPhase].map(([phase, lines]) => [phase, lines.size]),
    ),
    accesses_by_phase: tally.accesses,
    fields: [...tally.fields.values()]
      .toSorted((a, b) => a.offset - b.offset || a.size - b.size)
      .map((field) => ({ ...field, lines: field.lines.size })),
  };
}
