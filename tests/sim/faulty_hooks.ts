/**
 * Faulty devices, drivers and tables for the ports of a path (`AssemblyHooks`),
 * so that its guards can be seen to find what is wrong.
 */
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { CQE } from "../../sim/nvme/command.ts";
import { createDevice, type MakeDevice } from "../../sim/nvme/device.ts";
import type { AssemblyHooks } from "../../sim/path/path_hooks.ts";

/** Changes a completion, by its place in kernel memory. */
export type ChangeCompletion = (memory: KernelMemory, entry: number) => void;

/** A device whose n-th completion is not what it was. */
export function completes(nth: number, change: ChangeCompletion): MakeDevice {
  return (memory, queue, carryOut) => {
    const device = createDevice(memory, queue, carryOut);
    let done = 0;
    let head = 0;
    return {
      process: () => {
        device.process();
        const end = memory.getLe32(queue.doorbell);
        for (; head !== end; head = (head + 1) % queue.depth) {
          const entry = queue.completion + head * CQE.sizeBytes;
          if (done++ === nth) change(memory, entry);
        }
      },
    };
  };
}

/** NVMe status "internal error" (6h) above the phase bit. */
export const fails: ChangeCompletion = (memory, entry) => {
  const status = memory.view.getUint16(entry + CQE.status, true);
  memory.view.setUint16(entry + CQE.status, status | 6 << 1, true);
};

/** The phase bit of before: the host never sees it. */
export const isLost: ChangeCompletion = (memory, entry) => {
  const status = memory.view.getUint16(entry + CQE.status, true);
  memory.view.setUint16(entry + CQE.status, status ^ 1, true);
};

/** The entry behind it says the same again. */
export const isRepeated: ChangeCompletion = (memory, entry) => {
  memory.bytes().copyWithin(
    entry + CQE.sizeBytes,
    entry,
    entry + CQE.sizeBytes,
  );
};

/** A write to what lies behind the arena, where there is memory for it. */
export const writesBehind: ChangeCompletion = (memory) =>
  memory.set32(memory.sizeBytes, 1);

/** A driver that gives the device other bus addresses than it mapped. */
export function mapsTo(bus: (lo: number) => number): AssemblyHooks {
  return {
    controller: (made) => ({
      ...made,
      pieces: {
        ...made.pieces,
        map: (lo, hi, sizeBytes, attributes) => {
          const status = made.pieces.map(lo, hi, sizeBytes, attributes);
          made.pieces.bus.lo = bus(made.pieces.bus.lo);
          return status;
        },
      },
    }),
  };
}

/** A driver that never undoes a mapping. */
export const KEEPS_MAPPINGS: AssemblyHooks = {
  controller: (made) => ({
    ...made,
    pieces: { ...made.pieces, unmap: () => {} },
  }),
};

/** Does not give the n-th tag back. */
export function keepsTag(nth: number): AssemblyHooks {
  let freed = 0;
  return {
    requests: (made) => ({
      ...made,
      free: (request) => freed++ === nth ? undefined : made.free(request),
    }),
  };
}

/** Does not give the n-th references on pages back. */
export function keepsPages(nth: number): AssemblyHooks {
  let put = 0;
  return {
    pages: (made) => ({
      ...made,
      putReference: (folio, count) =>
        put++ === nth ? undefined : made.putReference(folio, count),
    }),
  };
}

/** Where a request, the driver's part of it and its first bio lie. */
export interface RequestPlace {
  readonly request: number;
  readonly iod: number;
  readonly bio: number;
}

/**
 * Changes each request's memory when the driver starts it, when the device has
 * carried out its command, or when it ends.
 */
export function changesRequests(
  when: "start" | "done" | "free",
  change: (memory: KernelMemory, at: RequestPlace) => void,
): AssemblyHooks {
  let memory: KernelMemory | undefined;
  let places: RequestPlace[] = [];
  const changeAll = (): void => {
    for (const place of places) {
      if (memory !== undefined) change(memory, place);
    }
    places = [];
  };
  return {
    // Of the hooks, this one is told of the path's memory.
    device: (own, queue, carryOut) => {
      memory = own;
      const device = createDevice(own, queue, carryOut);
      if (when !== "done") return device;
      return {
        process: () => {
          device.process();
          changeAll();
        },
      };
    },
    requests: (made) => {
      const method = when === "done" ? "start" : when;
      return {
        ...made,
        [method]: (request: number) => {
          made[method](request);
          if (memory === undefined) return;
          const bio = memory.getPointer(request + made.field.bio);
          places.push({ request, iod: request + made.iodOffset, bio });
          if (when !== "done") changeAll();
        },
      };
    },
  };
}
