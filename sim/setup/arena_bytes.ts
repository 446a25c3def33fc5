/** How much kernel memory a path needs, known before it is put together. */
import { makeCodec } from "../../layouts/segment_codec.ts";
import type { AssemblyOptions } from "./assembly.ts";
import {
  registeredBytes,
  type RegisteredCapacity,
} from "../block/registered.ts";
import { pathProfile } from "../kernel/profile.ts";
import { controllerBytes } from "../nvme/controller.ts";
import { driverBytes } from "../nvme/driver.ts";
import { SCATTER_BYTES } from "../memory/kernel_memory.ts";

/** Registered buffers of the largest window of the lab. */
export const REGISTERED: RegisteredCapacity = {
  buffers: 1 << 18,
  segments: 1 << 20,
};

/** Adds up struct pages, slabs, rings: what a depth of I/Os needs at most. */
export function arenaBytes(options: AssemblyOptions): number {
  const { map, abi, depth } = options;
  const memoryBytes = [...map.dram, ...map.providers].reduce(
    (sum, range) => sum + range.sizeBytes,
    0,
  );
  const pageBytes = (memoryBytes / 4096) * abi.pageStructBytes;
  // 40 bios an I/O of at most 512 B, a quarter of them with each array: up to
  // 32 B a segment and 464 segments over the four slabs; 8 MiB of list pages.
  const bioBytes = (depth * 40 + 64) * (1024 + 464 * 32 / 4);
  const driver = controllerBytes(
    options.controller ?? {},
    map.providers.length,
  ) +
    driverBytes(
      options.controller ?? {},
      pathProfile(options.kernel),
      options.limits,
    );
  const registered = options.submitter === "registered"
    ? registeredBytes({
      codec: makeCodec(
        options.layout,
        abi,
        new DataView(new ArrayBuffer(0)),
      ),
      kernel: pathProfile(options.kernel).kernel,
      capacity: options.registered ?? REGISTERED,
    })
    : 0;
  return Math.ceil(
        (pageBytes + bioBytes + driver + registered + (8 << 20)) / 4096,
      ) * 4096 +
    (1 << 20) +
    (options.scatterSeed === undefined ? 0 : SCATTER_BYTES);
}
