/**
 * The events of the block layer, with the letters that blktrace gives them
 * (blockspec 2.11).
 */

/** Letters of the events that an observer of the path gets. */
export type BlockEvent =
  /** A bio comes in, with the flags that its submitter gave it. */
  | "submit"
  /** A bio is submitted. */
  | "Q"
  /** A front part is split off; `extra` is the remainder's first sector. */
  | "X"
  /** A bio becomes the last one of a request. */
  | "M"
  /** A bio becomes the first one of a request. */
  | "F"
  /** A bio has a request of its own. */
  | "G"
  /** The plug is no longer empty. */
  | "P"
  /** The plug is flushed; `extra` is the number of its requests. */
  | "U"
  /** A request goes to the scheduler, or the software queue. */
  | "I"
  /** A scheduler merges a request into another; `M` in blktrace. */
  | "RM"
  /** A request goes to the driver. */
  | "D"
  /** A request is complete; `extra` is its status. */
  | "C";

/** What an event is about; one object, overwritten by the next event. */
export interface BlockEventData {
  /** First sector, low 32 bits. */
  sectorLo: number;
  /** First sector, high 32 bits. */
  sectorHi: number;
  /** Length in bytes; 0 for `P` and `U`. */
  sizeBytes: number;
  /** `bi_opf` or `cmd_flags`. */
  opf: number;
  /** nr_phys_segments of a request, vectors of a bio. */
  segments: number;
  /** Where the bio or the request is in kernel memory. */
  at: number;
  /** See the event. */
  extra: number;
}

/** Called with events; must not keep the data object. */
export type BlockObserver = (event: BlockEvent, data: BlockEventData) => void;
