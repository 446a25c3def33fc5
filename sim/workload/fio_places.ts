/** Where the files of a job file are on the lab's one device. */
import {
  DEVICE_STRIDE_BYTES,
  type DevicePlace,
  devicePlace,
} from "./device_space.ts";
import type { UnplacedJob } from "./fio_setup.ts";
import type { IoJob } from "./io_job.ts";

/**
 * Gives all files of all jobs a place on the lab's one device: the same as the
 * files of an iolog have; or, where those far back would be too near for such
 * long files, places of equal room.
 *
 * @returns The jobs with their files and the number of files; or what is wrong.
 */
export function placeFiles(
  jobs: readonly UnplacedJob[],
): { jobs: IoJob[]; files: number } | { found: string; expected: string } {
  /** Ends of files by name. */
  const ends = new Map<string, number>();
  for (const { names, regions } of jobs) {
    for (const [i, { startBytes, sizeBytes }] of regions.entries()) {
      const name = names[i] ?? "";
      ends.set(name, Math.max(ends.get(name) ?? 0, startBytes + sizeBytes));
    }
  }
  const places = placesOf([...ends.values()]);
  if (places === null) {
    return {
      found: `${ends.size} files of up to ${Math.max(...ends.values())} bytes`,
      expected: "files of less than 2^53 bytes together",
    };
  }
  const placeOf = new Map([...ends.keys()].map((name, i) => [name, places[i]]));
  return {
    files: ends.size,
    jobs: jobs.map(({ job, names, regions }) => ({
      ...job,
      files: regions.map((region, i) => {
        const place = placeOf.get(names[i] ?? "");
        return {
          baseBytes: place?.baseBytes ?? 0,
          roomBytes: place?.strideBytes ?? DEVICE_STRIDE_BYTES,
          startBytes: region.startBytes,
          sizeBytes: region.sizeBytes,
          endBytes: region.endBytes,
        };
      }),
    })),
  };
}

/** Places of files that end so far from their beginnings; null for no room. */
function placesOf(
  ends: readonly number[],
): Pick<DevicePlace, "baseBytes" | "strideBytes">[] | null {
  const places = ends.map((_, index) => devicePlace(index));
  // One alone may be as long as all devices together.
  if (ends.length <= 1) return places;
  const isRoomy = (end: number, index: number) =>
    end <= (places[index]?.strideBytes ?? 0);
  if (ends.every(isRoomy)) return places;
  let strideBytes = DEVICE_STRIDE_BYTES;
  while (strideBytes * ends.length > 2 ** 53) strideBytes /= 2;
  if (ends.some((end) => end > strideBytes)) return null;
  return ends.map((_, i) => ({ baseBytes: i * strideBytes, strideBytes }));
}
