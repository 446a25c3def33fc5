/** The files of a job, and how far the job has come in each. */
import type { BlockMap } from "./block_map.ts";
import type { BlockOrder } from "./block_order.ts";

/** A file, or the part of a device, that a job does its I/O in. */
export interface JobFile {
  /** Where the file begins on the lab's one device. */
  readonly baseBytes: number;
  /** Bytes from there up to the next file. */
  readonly roomBytes: number;
  /** First byte of the job's region, from the beginning of the file. */
  readonly startBytes: number;
  /** Size of the region. */
  readonly sizeBytes: number;
  /** Size of the file, at least the end of the region; Infinity for no end. */
  readonly endBytes: number;
}

/** How far a job has come in one of its files; all offsets from its base. */
export class FileRun {
  readonly file: JobFile;
  /** Its number among the job's files. */
  readonly index: number;
  /** Start of the region, or of the zone under way. */
  originBytes: number;
  /** Next byte of a sequential read, write and trim. */
  readonly position: Float64Array = new Float64Array(3);
  /** First byte of the last read, write and trim; -1 for none. */
  readonly last: Float64Array = new Float64Array(3);
  /** Whether I/O is being done to it. */
  isOpen = false;
  /** Whether it holds no further I/O in this pass. */
  isDone = false;
  /** Random blocks, each once; null before the first. */
  order: BlockOrder | null = null;
  /** Blocks that were drawn from the order. */
  drawn = 0;
  /** Random blocks by a distribution, which stays when all begins again. */
  ranked: BlockOrder | null = null;
  /** Blocks that were visited, where I/Os differ in size. */
  map: BlockMap | null = null;

  /**
   * Makes the state of a job that has not begun.
   *
   * @param index Its number among the job's files.
   */
  constructor(file: JobFile, index: number) {
    this.file = file;
    this.index = index;
    this.originBytes = file.startBytes;
    this.reset();
  }

  /** Begins again, as fio does when it opens a file. */
  reset(): void {
    this.position.fill(this.originBytes);
    this.last.fill(-1);
    this.order = null;
    this.drawn = 0;
    this.map?.clear();
  }

  /** Closes the file before a new pass over the region. */
  close(): void {
    this.isOpen = false;
    this.isDone = false;
    this.originBytes = this.file.startBytes;
  }
}
