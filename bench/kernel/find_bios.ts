/** bios and their vectors, found in the stores of an I/O. */
import { areaOf, CORE_AREAS } from "./areas.ts";
import type { Attribution, OwnPlace } from "./attribution.ts";
import type { KernelTypes } from "./kernel_types.ts";
import type { Phases } from "./phases.ts";
import type { Place } from "./places.ts";
import { lowWord } from "./symbols.ts";
import { EVENT, type IoTrace } from "./trace_reader.ts";

/** Events between the first and the last store of a bio's set-up, at most. */
const SETUP_EVENTS = 512;

/**
 * Finds bios and their vectors in an I/O's stores: a bio is where the disk's
 * `block_device` was stored at `bi_bdev`, an address at `bi_io_vec` and 16 bits
 * at `bi_max_vecs`, whatever function did it and however the struct is laid
 * out. Bios on the stack are such only while functions of the block layer use
 * them: the same bytes belong to other frames before and afterwards.
 */
export function findBios(
  trace: IoTrace,
  phases: Phases,
  setting: Attribution,
): { readonly own: readonly OwnPlace[]; readonly bios: number } {
  const members = bioMembers(setting.types);
  if (members === undefined) return { own: [], bios: 0 };
  const search = new BioSearch(members, { trace, phases, setting });
  const found = search.candidates().map((bio) => search.objectsOf(bio))
    .filter((objects) => objects.length > 0);
  return { own: found.flat().toReversed(), bios: found.length };
}

/** Offsets in a bio, and sizes, in bytes. */
interface BioMembers {
  readonly bdevAt: number;
  readonly vecsAt: number;
  readonly countAt: number;
  readonly mostAt: number;
  readonly bioBytes: number;
  readonly vecBytes: number;
}

function bioMembers(types: KernelTypes): BioMembers | undefined {
  const members = {
    bdevAt: types.offsetOf("bio", "bi_bdev"),
    vecsAt: types.offsetOf("bio", "bi_io_vec"),
    countAt: types.offsetOf("bio", "bi_vcnt"),
    mostAt: types.offsetOf("bio", "bi_max_vecs"),
    bioBytes: types.sizeOf("bio"),
    vecBytes: types.sizeOf("bio_vec"),
  };
  return Object.values(members).every((value) => value !== undefined)
    ? members as BioMembers
    : undefined;
}

/** Between which events bytes were a bio, and which of them set it up. */
interface BioLife {
  readonly setUp: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
}

class BioSearch {
  readonly #members: BioMembers;
  readonly #trace: IoTrace;
  readonly #phases: Phases;
  readonly #setting: Attribution;
  /** Events of stores by address. */
  readonly #stores = new Map<number, number[]>();

  constructor(members: BioMembers, { trace, phases, setting }: {
    readonly trace: IoTrace;
    readonly phases: Phases;
    readonly setting: Attribution;
  }) {
    this.#members = members;
    this.#trace = trace;
    this.#phases = phases;
    this.#setting = setting;
    for (let event = 0; event < trace.count; event++) {
      if (trace.kinds[event] !== EVENT.store) continue;
      const address = trace.addresses[event] ?? 0;
      this.#stores.getOrInsertComputed(address, () => []).push(event);
    }
  }

  /** Addresses at which a bio of the disk would begin, by first store. */
  candidates(): number[] {
    const { values, kinds, addresses, count } = this.#trace;
    const found = new Set<number>();
    for (let event = 0; event < count; event++) {
      if (kinds[event] !== EVENT.store) continue;
      if (values[event] !== this.#setting.bdev) continue;
      found.add((addresses[event] ?? 0) - this.#members.bdevAt);
    }
    return [...found];
  }

  /** What a bio consists of, itself last; nothing if it is none. */
  objectsOf(bio: number): OwnPlace[] {
    const life = this.#lifeOf(bio);
    if (life === undefined) return [];
    const vectors = this.#vectorsOf(bio, life);
    if (vectors.size === 0) return [];
    const { bioBytes } = this.#members;
    const places: Place[] = [
      ...this.#directIo(bio),
      ...this.#tables(vectors, this.#mostVectors(bio, life)),
      { from: bio, to: bio + bioBytes, name: "bio", type: "bio" },
    ];
    const { firstEvent, lastEvent } = life;
    return places.map((place) =>
      isStack(this.#setting, place.from)
        ? { place, firstEvent, lastEvent }
        : { place, firstEvent: 0, lastEvent: this.#trace.count }
    );
  }

  #storesAt(address: number): readonly number[] {
    return this.#stores.get(address) ?? [];
  }

  #lifeOf(bio: number): BioLife | undefined {
    const { mostAt, bioBytes } = this.#members;
    const { details, addresses, kinds, count } = this.#trace;
    // Spilled registers look alike, but none of them is 16 bits wide.
    const setUp = this.#storesAt(bio + mostAt)
      .find((event) => details[event] === 2);
    if (setUp === undefined) return undefined;
    if (!isStack(this.#setting, bio)) {
      return { setUp, firstEvent: 0, lastEvent: count };
    }
    let lastEvent = setUp;
    for (let event = setUp; event < count; event++) {
      const inside = (addresses[event] ?? -1) - bio;
      if (
        kinds[event] !== EVENT.instruction && inside >= 0 &&
        inside < bioBytes && this.#isInBlock(event)
      ) lastEvent = event;
    }
    return { setUp, firstEvent: this.#firstOfSetUp(setUp, bio), lastEvent };
  }

  /** bio_init() calls others before it stores the number of vectors. */
  #firstOfSetUp(setUp: number, bio: number): number {
    const { functions } = this.#phases;
    let first = setUp;
    for (let at = bio; at < bio + this.#members.bioBytes; at++) {
      for (const event of this.#storesAt(at)) {
        if (
          event >= setUp - SETUP_EVENTS && event < first &&
          functions[event] === functions[setUp]
        ) first = event;
      }
    }
    return first;
  }

  #isInBlock(event: number): boolean {
    const id = this.#phases.functions[event] ?? 0;
    return CORE_AREAS.includes(
      areaOf(this.#phases.nameOf(id), this.#phases.moduleOf(id)),
    );
  }

  #vectorsOf(bio: number, life: BioLife): ReadonlySet<number> {
    const { functions } = this.#phases;
    // What is stored there before belongs to the bio only if it sets it up:
    // other functions of the block layer spill registers to the same stack.
    const isOfBio = (event: number) =>
      isAlive(event, life) &&
      (event < life.setUp
        ? functions[event] === functions[life.setUp]
        : this.#isInBlock(event));
    return new Set(
      this.#storesAt(bio + this.#members.vecsAt).filter(isOfBio)
        .map((event) => this.#trace.values[event] ?? -1)
        .filter((to) => to >= 0 && mayHoldVectors(this.#setting, to)),
    );
  }

  /** How many vectors it had, or had room for, at most. */
  #mostVectors(bio: number, life: BioLife): number {
    const { countAt, mostAt } = this.#members;
    const { details, values } = this.#trace;
    return Math.max(
      1,
      ...[countAt, mostAt].flatMap((at) => this.#storesAt(bio + at))
        .filter((event) => isAlive(event, life) && details[event] === 2)
        .map((event) => lowWord(values[event] ?? 0) & 0xffff),
    );
  }

  /** The blkdev_dio in front of a bio that is a part of one. */
  #directIo(bio: number): Place[] {
    const { names, types } = this.#setting;
    const { from } = names.slabBase(bio);
    const isPart = from < bio &&
      bio - from === types.offsetOf("blkdev_dio", "bio");
    const name = "blkdev_dio";
    return isPart ? [{ from, to: bio, name, type: name }] : [];
  }

  /** The tables of vectors, with the header of those of a registered buffer. */
  #tables(vectors: ReadonlySet<number>, most: number): Place[] {
    const { names, registered } = this.#setting;
    const { vecBytes } = this.#members;
    return [...vectors].flatMap((from): Place[] => {
      const table: Place = {
        from,
        to: from + most * vecBytes,
        name: registered ? "bio_vec (registered buffer)" : "bio_vec",
        type: "bio_vec",
        strideBytes: vecBytes,
      };
      const object = names.slabBase(from);
      if (!registered || object.from >= from) return [table];
      const type = "io_mapped_ubuf";
      const name = `${type} (header)`;
      return [{ from: object.from, to: from, name, type }, table];
    });
  }
}

function isAlive(event: number, { firstEvent, lastEvent }: BioLife): boolean {
  return event >= firstEvent && event <= lastEvent;
}

function isStack({ places }: Attribution, address: number): boolean {
  return places.find(address)?.name.startsWith("stack") ?? false;
}

/** Whether an address is not part of another known object, such as a task. */
function mayHoldVectors(setting: Attribution, address: number): boolean {
  const place = setting.places.find(address);
  return place === undefined || place.name.startsWith("stack");
}
