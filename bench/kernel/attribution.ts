/** What the objects of an I/O are found with, and what was found. */
import type { KernelTypes } from "./kernel_types.ts";
import type { MemoryNames } from "./memory_names.ts";
import type { Place, Places } from "./places.ts";

export interface Attribution {
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

/** An object that an I/O made, and between which events it was one. */
export interface OwnPlace {
  readonly place: Place;
  readonly firstEvent: number;
  readonly lastEvent: number;
}
