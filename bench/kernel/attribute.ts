/** Accesses of one I/O by structure and field. */
import { areaOf, CORE_AREAS } from "./areas.ts";
import type { KernelTypes } from "./kernel_types.ts";
import type { MemoryNames } from "./memory_names.ts";
import { ofIo, PHASES, type Phases } from "./phases.ts";
import type { Place, Places } from "./places.ts";
import type { KernelStructure } from "./result.ts";
import { type GuestLines, Tallies } from "./tallies.ts";
import { lowWord } from "./symbols.ts";
import { EVENT, type IoTrace } from "./trace_reader.ts";

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
  readonly lines: GuestLines;
  /** How many bios. */
  readonly bios: number;
}

/** An object that an I/O made, and between which events it was one. */
interface OwnPlace {
  readonly place: Place;
  readonly firstEvent: number;
  readonly lastEvent: number;
}

function isStack({ places }: Attribution, address: number): boolean {
  return places.find(address)?.name.startsWith("stack") ?? false;
}

/** Whether an address is no part of another known object, such as a task. */
function mayHoldVectors(setting: Attribution, address: number): boolean {
  const place = setting.places.find(address);
  return place === undefined || place.name.startsWith("stack");
}

/** Events between the first and the last store of a bio's set-up, at most. */
const SETUP_EVENTS = 512;

/**
 * Finds bios and their vectors in an I/O's stores: a bio is where the disk's
 * `block_device` was stored at `bi_bdev`, an address at `bi_io_vec` and 16 bits
 * at `bi_max_vecs`, whatever function did it and however the struct is laid
 * out. Bios on the stack are such only while functions of the block layer use
 * them: the same bytes belong to other frames before and afterwards.
 *
 * @param trace The I/O.
 * @param phases Its events' functions, marked.
 * @param setting What is known of the kernel.
 * @returns The objects and how many bios.
 */
export function findBios(
  trace: IoTrace,
  phases: Phases,
  setting: Attribution,
): { readonly own: readonly OwnPlace[]; readonly bios: number } {
  const { types, bdev } = setting;
  const bdevAt = types.offsetOf("bio", "bi_bdev");
  const vecsAt = types.offsetOf("bio", "bi_io_vec");
  const countAt = types.offsetOf("bio", "bi_vcnt");
  const mostAt = types.offsetOf("bio", "bi_max_vecs");
  const bioBytes = types.sizeOf("bio");
  const vecBytes = types.sizeOf("bio_vec");
  if (
    bdevAt === undefined || vecsAt === undefined || countAt === undefined ||
    mostAt === undefined || bioBytes === undefined || vecBytes === undefined
  ) return { own: [], bios: 0 };
  /** Events of stores by address. */
  const stores = new Map<number, number[]>();
  const candidates = new Set<number>();
  for (let event = 0; event < trace.count; event++) {
    if (trace.kinds[event] !== EVENT.store) continue;
    const address = trace.addresses[event] ?? 0;
    const before = stores.get(address);
    if (before === undefined) stores.set(address, [event]);
    else before.push(event);
    if (trace.values[event] === bdev) candidates.add(address - bdevAt);
  }
  const inBlock = (event: number) => {
    const id = phases.functions[event] ?? 0;
    return CORE_AREAS.includes(
      areaOf(phases.nameOf(id), phases.moduleOf(id)),
    );
  };
  /** bio_init() calls others before it stores the number of vectors. */
  const firstOfSetUp = (setUp: number, bio: number): number => {
    let first = setUp;
    for (let at = bio; at < bio + bioBytes; at++) {
      for (const event of stores.get(at) ?? []) {
        if (
          event >= setUp - SETUP_EVENTS && event < first &&
          phases.functions[event] === phases.functions[setUp]
        ) first = event;
      }
    }
    return first;
  };
  const own: OwnPlace[] = [];
  let bios = 0;
  for (const bio of candidates) {
    // Spilled registers look alike, but none of them is 16 bits wide.
    const setUp = (stores.get(bio + mostAt) ?? []).find((event) =>
      trace.details[event] === 2
    );
    if (setUp === undefined) continue;
    const slab = setting.names.slabBase(bio);
    const onStack = isStack(setting, bio);
    const firstEvent = onStack ? firstOfSetUp(setUp, bio) : 0;
    let lastEvent = onStack ? setUp : trace.count;
    for (let event = setUp; onStack && event < trace.count; event++) {
      const inside = (trace.addresses[event] ?? -1) - bio;
      if (
        trace.kinds[event] !== EVENT.instruction && inside >= 0 &&
        inside < bioBytes && inBlock(event)
      ) lastEvent = event;
    }
    const alive = (event: number) => event >= firstEvent && event <= lastEvent;
    // What is stored there before belongs to the bio only if it sets it up:
    // other functions of the block layer spill registers to the same stack.
    const ofBio = (event: number) =>
      alive(event) &&
      (event < setUp
        ? phases.functions[event] === phases.functions[setUp]
        : inBlock(event));
    const vectors = new Set(
      (stores.get(bio + vecsAt) ?? []).filter(ofBio)
        .map((event) => trace.values[event] ?? -1)
        .filter((to) => to >= 0 && mayHoldVectors(setting, to)),
    );
    if (vectors.size === 0) continue;
    bios++;
    const most = [countAt, mostAt]
      .flatMap((at) => stores.get(bio + at) ?? [])
      .filter((event) => alive(event) && trace.details[event] === 2)
      .map((event) => lowWord(trace.values[event] ?? 0) & 0xffff);
    const add = (place: Place) =>
      own.push(
        isStack(setting, place.from)
          ? { place, firstEvent, lastEvent }
          : { place, firstEvent: 0, lastEvent: trace.count },
      );
    if (
      slab.from < bio && bio - slab.from === types.offsetOf("blkdev_dio", "bio")
    ) {
      const name = "blkdev_dio";
      add({ from: slab.from, to: bio, name, type: name });
    }
    for (const from of vectors) {
      const object = setting.names.slabBase(from);
      if (setting.registered && object.from < from) {
        const name = "io_mapped_ubuf";
        add({
          from: object.from,
          to: from,
          name: `${name} (header)`,
          type: name,
        });
      }
      add({
        from,
        to: from + Math.max(...most, 1) * vecBytes,
        name: setting.registered ? "bio_vec (registered buffer)" : "bio_vec",
        type: "bio_vec",
        strideBytes: vecBytes,
      });
    }
    add({ from: bio, to: bio + bioBytes, name: "bio", type: "bio" });
  }
  return { own: own.toReversed(), bios };
}

/**
 * Finds the scatterlists that nvme's driver had up to 6.17 or so: memory of a
 * pool, whose place is stored in the iod.
 */
function findScatterlists(
  trace: IoTrace,
  { types, places, names }: Attribution,
): OwnPlace[] {
  const at = types.offsetOf("nvme_iod", "sgt.sgl") ??
    types.offsetOf("nvme_iod", "sg");
  const strideBytes = types.sizeOf("scatterlist");
  if (at === undefined || strideBytes === undefined) return [];
  const own: OwnPlace[] = [];
  for (let event = 0; event < trace.count; event++) {
    const to = trace.values[event] ?? -1;
    if (trace.kinds[event] !== EVENT.store || to < 0) continue;
    const address = trace.addresses[event] ?? -1;
    const iod = places.find(address);
    if (iod?.name !== "nvme_iod") continue;
    if (address - iod.from + (iod.skippedBytes ?? 0) !== at) continue;
    const slab = names.slabBase(to);
    if (slab.from !== to || own.some(({ place }) => place.from === to)) {
      continue;
    }
    const name = "scatterlist";
    const place = { ...slab, name, type: name, strideBytes };
    own.push({ place, firstEvent: 0, lastEvent: trace.count });
  }
  return own;
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
  const { own: ofBios, bios } = findBios(trace, phases, setting);
  const own = [...ofBios, ...findScatterlists(trace, setting)];
  const cached = new Map<number, Place>();
  const tallies = new Tallies(setting.types);
  for (let event = 0; event < trace.count; event++) {
    const kind = trace.kinds[event];
    const phase = phases.phases[event] ?? 0;
    const address = trace.addresses[event] ?? -1;
    if (kind === EVENT.instruction || address < 0 || !ofIo(phase)) continue;
    let place = own.find(({ place: { from, to }, firstEvent, lastEvent }) =>
      address >= from && address < to && event >= firstEvent &&
      event <= lastEvent
    )?.place ?? cached.get(address);
    if (place === undefined) {
      place = setting.places.find(address) ??
        setting.names.place(address, setting.frames);
      cached.set(address, place);
    }
    tallies.add(place, {
      address,
      sizeBytes: trace.details[event] ?? 1,
      isStore: kind === EVENT.store,
      isBulk: phases.bulk[event] === 1,
      phase: PHASES[phase] ?? "excluded",
      by: () =>
        phases.nameOf(phases.functions[event] ?? 0),
    });
  }
  return { structures: tallies.structures(), lines: tallies.lines(), bios };
}
