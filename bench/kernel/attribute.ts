/** Accesses of one I/O by structure and field. */
import type { Attribution, OwnPlace } from "./attribution.ts";
import { findBios } from "./find_bios.ts";
import { ofIo, PHASES, type Phases } from "./phases.ts";
import type { Place } from "./places.ts";
import type { KernelWorkload } from "./result.ts";
import { Tallies } from "./tallies.ts";
import { EVENT, type IoTrace } from "./trace_reader.ts";

/** Structures of one I/O. */
export interface Attributed {
  /** By name, most lines first. */
  readonly structures: KernelWorkload["structures"];
  readonly lines: KernelWorkload["distinct_lines"];
  readonly bios: number;
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

/** Counts an I/O's accesses by structure. */
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
