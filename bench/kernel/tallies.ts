/** What an I/O touches, counted by structure, field, phase and line. */
import type { KernelTypes } from "./kernel_types.ts";
import type { Place } from "./places.ts";
import type { KernelStructure, KernelWorkload } from "./result.ts";

const LINE_BYTES = 64;

/** A field while it is counted: its lines are not a number yet. */
type Field = Omit<KernelStructure["fields"][number], "lines"> & {
  readonly lines: Set<number>;
};

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

/** One load or store. */
export interface GuestAccess {
  readonly address: number;
  readonly sizeBytes: number;
  readonly isStore: boolean;
  /** Whether it only fills memory. */
  readonly isBulk: boolean;
  /** The phase of the I/O. */
  readonly phase: string;
  readonly by: () => string;
}

/** What was touched so far, by structure and in all. */
export class Tallies {
  readonly #types: KernelTypes;
  readonly #byName = new Map<string, Tally>();
  /** Names of what is in a line. */
  readonly #owners = new Map<number, Set<string>>();
  readonly #read = new Set<number>();
  readonly #written = new Set<number>();
  readonly #notBulk = new Set<number>();

  constructor(types: KernelTypes) {
    this.#types = types;
  }

  add(place: Place, access: GuestAccess): void {
    const { address, sizeBytes, isStore, isBulk, phase } = access;
    const tally = this.#byName.getOrInsertComputed(place.name, newTally);
    this.#addLines(tally, place.name, access);
    for (let byte = 0; byte < sizeBytes; byte++) {
      tally.bytes.add(address + byte);
    }
    tally.accesses[phase] = (tally.accesses[phase] ?? 0) + 1;
    const inside = address - place.from + (place.skippedBytes ?? 0);
    const offset = place.strideBytes === undefined
      ? inside
      : inside % place.strideBytes;
    tally.objects.add(address - offset);
    if (isBulk) tally.bulkAccesses++;
    else if (isStore) tally.writes++;
    else tally.reads++;
    if (isBulk || place.type === undefined) return;
    addToField(
      fieldOf(tally, this.#types, place.type, offset, sizeBytes),
      access,
    );
  }

  #addLines(tally: Tally, name: string, access: GuestAccess): void {
    const { address, sizeBytes, isStore, isBulk, phase } = access;
    const lastLine = Math.floor((address + sizeBytes - 1) / LINE_BYTES);
    for (
      let line = Math.floor(address / LINE_BYTES);
      line <= lastLine;
      line++
    ) {
      tally.lines.add(line);
      (isBulk ? tally.bulk : tally.notBulk).add(line);
      (isStore ? tally.written : tally.read).add(line);
      (isStore ? this.#written : this.#read).add(line);
      if (!isBulk) this.#notBulk.add(line);
      tally.byPhase.getOrInsertComputed(phase, newSet).add(line);
      this.#owners.getOrInsertComputed(line, newSet).add(name);
    }
  }

  /** What was touched by structure's name, those of most lines first. */
  structures(): Record<string, KernelStructure> {
    return Object.fromEntries(
      [...this.#byName].map(([name, tally]) =>
        [name, toStructure(tally)] as const
      ).toSorted(([, a], [, b]) => b.lines - a.lines),
    );
  }

  /** Distinct lines of 64 bytes. */
  lines(): KernelWorkload["distinct_lines"] {
    const stacks = /^stack /;
    const unnamed = /\(unnamed\)$|^vmalloc|\?$/;
    const owners = [...this.#owners.values()].map((names) => [...names]);
    const count = (wanted: (names: string[]) => boolean) =>
      owners.filter(wanted).length;
    return {
      all_kernel_data: owners.length,
      read: this.#read.size,
      written: this.#written.size,
      without_stacks: count((names) =>
        names.some((name) => !stacks.test(name))
      ),
      only_by_bulk_memset: owners.length - this.#notBulk.size,
      unnamed: count((names) => names.every((name) => unnamed.test(name))),
    };
  }
}

function addToField(field: Field, access: GuestAccess): void {
  const { address, isStore, phase } = access;
  if (isStore) field.writes++;
  else field.reads++;
  const by = isStore ? field.writers : field.readers;
  const name = access.by();
  by[name] = (by[name] ?? 0) + 1;
  field.lines.add(Math.floor(address / LINE_BYTES));
  field.phases[phase] = (field.phases[phase] ?? 0) + 1;
}

function newTally(): Tally {
  return {
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
}

function newSet<Value>(): Set<Value> {
  return new Set();
}

function fieldOf(
  tally: Tally,
  types: KernelTypes,
  type: string,
  offset: number,
  size: number,
): Field {
  return tally.fields.getOrInsertComputed(`${offset} ${size}`, () => ({
    offset,
    name: types.fieldAt(type, offset),
    size,
    reads: 0,
    writes: 0,
    lines: new Set(),
    readers: {},
    writers: {},
    phases: {},
  }));
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
