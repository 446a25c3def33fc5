/**
 * Where the next I/O of a job starts: after the one before, at a random block,
 * or a mix of both, with the meaning of fio (get_next_block() in its io_u.c).
 */
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import { BlockMap, MOST_MAP_BLOCKS } from "./block_map.ts";
import { blockOrder } from "./block_order.ts";
import type { FileRun } from "./job_file.ts";
import type { IoJob } from "./io_job.ts";
import { leastBytes, mostBytes } from "./job_sizes.ts";
import { zonedBlock } from "./zoned_order.ts";

/** Draws the starts of a job's I/Os. */
export class JobOffsets {
  /** Whether the start given last was random. */
  isRandom = false;
  readonly #job: IoJob;
  readonly #isRandomJob: boolean;
  readonly #trimsThenWrites: boolean;
  readonly #least: readonly number[];
  readonly #align: readonly number[];
  readonly #isUniform: boolean;
  readonly #mostBytes: number;
  readonly #ranked: RandomStream;
  #offsets: RandomStream;
  #mixes: RandomStream;
  #untilNext = 1;
  #marks = false;
  readonly #component: string;
  readonly #seed: number;

  /**
   * Makes a source of starts.
   *
   * @param options The seed and the name of the random streams, and which
   *   directions the job has.
   */
  constructor(
    job: IoJob,
    options: {
      seed: number;
      component: string;
      directions: readonly number[];
    },
  ) {
    const { seed, component, directions } = options;
    this.#job = job;
    this.#seed = seed;
    this.#component = component;
    this.#isRandomJob = job.pattern.startsWith("rand");
    this.#trimsThenWrites = job.pattern === "randtrimwrite";
    this.#least = job.sizes.map(leastBytes);
    const used = directions.map((direction) => job.sizes[direction]);
    const least = Math.min(
      ...used.map((sizes) => sizes ? leastBytes(sizes) : Infinity),
    );
    this.#mostBytes = Math.max(
      ...used.map((sizes) => sizes ? mostBytes(sizes) : 0),
    );
    this.#align = job.alignBytes ??
      (job.fit === "fitted" ? this.#least : [least, least, least]);
    // fio's map marks blocks of the smallest size of all three directions;
    // equal ones fill it without overlap.
    const unit = job.fit === "fitted" ? Math.min(...this.#least) : least;
    this.#isUniform = least === this.#mostBytes && least === unit &&
      directions.every((direction) => this.#align[direction] === least);
    this.#ranked = randomStream(seed, `${component} ranks`);
    this.#offsets = randomStream(seed, `${component} offsets`);
    this.#mixes = randomStream(seed, `${component} mix`);
  }

  /** Begins the random streams again, as fio's randrepeat does. */
  repeat(): void {
    this.#offsets = randomStream(this.#seed, `${this.#component} offsets`);
    this.#mixes = randomStream(this.#seed, `${this.#component} mix`);
  }

  /**
   * Returns the start of the next I/O of a direction.
   *
   * @param direction 0 for a read, 1 for a write, 2 for a trim.
   * @returns Its first byte, from the beginning of the file; -1 if the file
   *   holds no further one.
   */
  next(run: FileRun, direction: number): number {
    const { roomBytes, startBytes, sizeBytes, endBytes } = run.file;
    const relative = this.#relative(run, direction);
    if (relative < 0 || relative >= sizeBytes) return -1;
    const offset = relative + run.originBytes;
    // In a file without end a job gives up short of the next file.
    const end = endBytes === Infinity
      ? Math.max(roomBytes - this.#mostBytes, startBytes + sizeBytes)
      : endBytes;
    if (offset >= end) return -1;
    // The next I/O is a write only if the trim before it is elsewhere.
    if (
      this.#trimsThenWrites && direction === 2 && run.last[2] === offset
    ) run.last[1] = -2;
    return offset;
  }

  /**
   * Marks the blocks of an I/O as visited.
   *
   * @param direction As for `next`.
   * @param io Its start from the beginning of the file, and its length.
   * @returns Its length up to the first block that was visited before.
   */
  mark(
    run: FileRun,
    direction: number,
    io: { offset: number; bytes: number },
  ): number {
    if (!this.#marks || run.map === null) return io.bytes;
    const unit = this.#least[direction] ?? 1;
    const block = Math.floor((io.offset - run.originBytes) / unit);
    const marked = run.map.mark(block, Math.ceil(io.bytes / unit));
    return Math.min(io.bytes, marked * unit);
  }

  #relative(run: FileRun, direction: number): number {
    this.#marks = true;
    const { sequence, randomPercent } = this.#job;
    if (this.#trimsThenWrites && direction === 1) {
      this.#marks = false;
      this.isRandom = true;
      // Up to 3.40 fio adds the job's offset to that of the trim once more.
      return run.last[2] ?? 0;
    }
    if (sequence.every > 0 && --this.#untilNext === 0) {
      this.#untilNext = sequence.every;
      this.isRandom = this.#isRandomJob;
      if (!this.#isRandomJob) return this.#sequential(run, direction);
      const percent = randomPercent[direction] ?? 100;
      if (percent === 100 || this.#mixes.below(100) < percent) {
        return this.#random(run, direction);
      }
    }
    this.#marks = false;
    this.isRandom = false;
    if (sequence.then === "same") {
      const last = run.last[direction] ?? -1;
      return last < 0 ? 0 : last - run.originBytes;
    }
    const next = this.#sequential(run, direction);
    return next < 0 ? this.#random(run, direction) : next;
  }

  #sequential(run: FileRun, direction: number): number {
    const { originBytes } = run;
    const { sizeBytes, endBytes } = run.file;
    const { stepBytes } = this.#job.sequence;
    let at = run.position[direction] ?? 0;
    if (at >= endBytes) return -1;
    const last = Math.min(endBytes, sizeBytes);
    // Backwards from an offset, fio begins at the end of the region.
    if (stepBytes < 0 && at === originBytes && originBytes > 0) at = last;
    const next = at - originBytes;
    if (next === 0 || stepBytes === 0) return next;
    const stepped = next + stepBytes;
    // Below 0 is 2^64 and less in fio, which is in a file without end.
    if (stepped < 0 && endBytes === Infinity) return -1;
    if (stepped >= 0 && stepped < endBytes) return stepped;
    return stepBytes > 0 ? originBytes : last + stepBytes;
  }

  #random(run: FileRun, direction: number): number {
    const align = this.#align[direction] ?? 1;
    const { distribution } = this.#job;
    if (distribution.kind === "random" || distribution.kind === "zoned") {
      const blocks = this.#blocks(run, direction);
      if (blocks <= 0) return -1;
      const block = distribution.kind === "zoned"
        ? zonedBlock(distribution, {
          direction,
          blocks,
          blockBytes: align,
          random: this.#offsets,
        })
        : this.#uniform(run, blocks);
      return block < 0 ? -1 : block * align;
    }
    run.ranked ??= blockOrder(this.#ranks(run), {
      distribution,
      usesMap: false,
      random: this.#ranked,
    });
    return run.ranked.next() * align;
  }

  #uniform(run: FileRun, blocks: number): number {
    const { usesMap, fit } = this.#job;
    const anyBlock = () => Math.floor(this.#offsets.fraction() * blocks);
    if (!usesMap) return anyBlock();
    if (fit === "fitted") {
      const least = Math.min(...this.#least);
      const inMap = Math.max(1, Math.floor(this.#extent(run) / least));
      if (inMap <= MOST_MAP_BLOCKS) {
        run.map ??= new BlockMap(inMap);
        const block = anyBlock();
        return run.map.isSet(block) ? run.map.nextFree(block) : block;
      }
    }
    if (!this.#isUniform) return anyBlock();
    // Freely, the order itself continues with another one of all blocks.
    if (run.drawn === blocks && fit === "fitted") return -1;
    run.order ??= blockOrder(blocks, {
      distribution: { kind: "random" },
      usesMap: true,
      random: this.#offsets,
    });
    run.drawn++;
    return run.order.next();
  }

  /** Bytes that random starts of the region, or of its zone, are in. */
  #extent(run: FileRun): number {
    const { sizeBytes, endBytes } = run.file;
    return this.#job.zones?.rangeBytes ?? Math.min(sizeBytes, endBytes);
  }

  /** Blocks at which an I/O of a direction may start. */
  #blocks(run: FileRun, direction: number): number {
    const align = this.#align[direction] ?? 1;
    const extent = this.#extent(run);
    if (this.#job.fit === "free") {
      return Math.max(1, Math.floor((extent - this.#mostBytes) / align) + 1);
    }
    const least = this.#least[direction] ?? 1;
    return Math.floor((extent - Math.max(0, least - align)) / align);
  }

  /** Blocks that a distribution is over (__init_rand_distribution()). */
  #ranks(run: FileRun): number {
    if (this.#job.fit === "free") return this.#blocks(run, 0);
    const { sizeBytes, endBytes } = run.file;
    const unit = Math.min(this.#least[0] ?? 1, this.#least[1] ?? 1);
    return Math.ceil(Math.min(sizeBytes, endBytes) / unit);
  }
}
