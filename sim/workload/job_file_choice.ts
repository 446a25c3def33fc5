/** Which of its files a job does the next I/O to (fio's file_service_type). */
import type { RandomStream } from "../random/random_stream.ts";
import { type BlockDistribution, blockOrder } from "./block_order.ts";
import type { FileRun } from "./job_file.ts";

/** How a job goes from file to file. */
export interface JobFileService {
  /**
   * In turn, one after the other to its end, or at random: all alike or by a
   * distribution over the files.
   */
  readonly kind: "roundrobin" | "sequential" | BlockDistribution;
  /** I/Os before another file is chosen. */
  readonly ios: number;
  /** Files that are open at a time, at most. */
  readonly mostOpen: number;
}

/**
 * fio draws from this many ranks for each file (FIO_FSERVICE_SHIFT in file.h).
 */
const RANKS_PER_FILE = 1024;

export class FileChoice {
  readonly #files: readonly FileRun[];
  readonly #service: JobFileService;
  readonly #draw: (() => number) | null;
  readonly #neverDone: boolean;
  #current: FileRun | null = null;
  #iosLeft = 0;
  #nextIndex = 0;
  #open = 0;
  #done = 0;
  #failures = 0;

  /**
   * Makes a choice among files.
   *
   * @param files The files, at least one.
   */
  constructor(
    files: readonly FileRun[],
    options: { service: JobFileService; random: RandomStream },
  ) {
    this.#files = files;
    this.#service = options.service;
    const { kind } = options.service;
    this.#neverDone = typeof kind === "object" && kind.kind !== "random";
    this.#draw = drawOf(files.length, { kind, random: options.random });
  }

  /** Whether no file holds a further I/O in this pass. */
  get isDone(): boolean {
    return this.#done >= this.#files.length;
  }

  /**
   * Chooses the file of the next I/O.
   *
   * @returns The file, or null if none holds a further I/O.
   */
  next(): FileRun | null {
    if (this.isDone || this.#isStuck()) return null;
    const current = this.#current;
    if (current?.isOpen) {
      if (this.#service.kind === "sequential") return current;
      if (this.#iosLeft > 0) {
        this.#iosLeft--;
        return current;
      }
    }
    const chosen = this.#choose();
    this.#current = chosen;
    this.#iosLeft = this.#service.ios - 1;
    return chosen;
  }

  /** Tells that the file chosen last held an I/O. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Tells that a file holds no further I/O. */
  failed(file: FileRun): void {
    this.#failures++;
    file.isOpen = false;
    this.#open--;
    if (this.#neverDone) file.reset();
    else {
      file.isDone = true;
      this.#done++;
    }
  }

  /**
   * Begins a new pass.
   *
   * @param forgets False where fio keeps its count of files that are done, so
   *   that such a pass holds no I/O.
   */
  newPass(forgets: boolean): void {
    for (const file of this.#files) file.close();
    this.#current = null;
    this.#open = 0;
    this.#failures = 0;
    if (forgets) this.#done = 0;
  }

  /** Where files are never done, fio would try those without I/O for ever. */
  #isStuck(): boolean {
    return this.#neverDone && this.#failures > 64 * this.#files.length;
  }

  #choose(): FileRun {
    for (;;) {
      let index: number;
      if (this.#draw === null) {
        index = this.#nextIndex;
        this.#nextIndex = (index + 1) % this.#files.length;
      } else index = this.#draw();
      const file = this.#files[index];
      if (file === undefined || file.isDone) continue;
      if (!file.isOpen) {
        if (this.#open >= this.#service.mostOpen) continue;
        file.isOpen = true;
        this.#open++;
        file.reset();
      }
      return file;
    }
  }
}

function drawOf(
  files: number,
  options: { kind: JobFileService["kind"]; random: RandomStream },
): (() => number) | null {
  const { kind, random } = options;
  if (typeof kind === "string") return null;
  if (kind.kind === "random") return () => random.below(files);
  const order = blockOrder(files * RANKS_PER_FILE, {
    distribution: kind,
    usesMap: false,
    random,
    isScattered: false,
  });
  return () => Math.floor(order.next() / RANKS_PER_FILE);
}
