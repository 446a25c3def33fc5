/**
 * The I/Os of a simulated path that have not ended, and what each may end with.
 * It is the rule that the path is checked against.
 */
import { BLK_STS, ERRNO, errnoName } from "../kernel/operation.ts";
import { WrongIoError } from "../replay/replay.ts";
import type { SimulatedTime } from "../time/simulated_time.ts";
import { WINDOW_OP } from "../workload/window.ts";
import type { OpenIo } from "./open_io.ts";
import type { ProviderLifetimes } from "./provider_lifetimes.ts";
import type { SectorRange } from "./request_life.ts";
import type { IoEnd, MissingBytes } from "./simulation.ts";
import { changesKindInBlock } from "./unfilled_io.ts";

const NO_MISSING: readonly MissingBytes[] = [];

/** What the ends of I/Os depend on. */
export interface OpenIosOptions {
  readonly time: SimulatedTime;
  /** The providers whose memory I/Os pin. */
  readonly lifetimes: ProviderLifetimes;
  readonly blockBytes: number;
  /** Called for each I/O that has ended. */
  readonly onEnd: ((end: IoEnd) => void) | undefined;
}

/** Open I/Os by their index in the window. */
export class OpenIos {
  readonly #ios = new Map<number, OpenIo>();
  readonly #options: OpenIosOptions;

  constructor(options: OpenIosOptions) {
    this.#options = options;
  }

  /** How many there are. */
  get size(): number {
    return this.#ios.size;
  }

  get(io: number): OpenIo | undefined {
    return this.#ios.get(io);
  }

  open(io: number, opened: OpenIo): void {
    this.#ios.set(io, opened);
  }

  isRead(io: number): boolean {
    return this.#ios.get(io)?.window.op[io] === WINDOW_OP.read;
  }

  /** Notes what an I/O may end with beside OK. */
  addStatus(io: number, status: number): void {
    const found = this.#ios.get(io);
    if (found !== undefined) found.bad = [...found.bad ?? [], status];
  }

  /** Notes what is missing of an I/O although its request ended well. */
  miss(io: number, { from, to }: SectorRange): void {
    const found = this.#ios.get(io);
    if (found === undefined || !this.isRead(io)) return;
    // In bytes, from the start of the I/O; both are below 2^32 sectors apart.
    const start = (found.window.sectorLo[io] as number) >>> 0;
    found.missing = [...found.missing ?? [], {
      from: (from - start) * 512,
      to: (to - start) * 512,
    }];
  }

  /**
   * Checks why an I/O is refused, or ended before its requests: by nothing but
   * its memory.
   *
   * @param errno Why, as the path says.
   * @throws {WrongIoError} If its memory is no reason.
   */
  requireReason(io: number, errno: number): void {
    const found = this.#ios.get(io);
    if (found === undefined) return;
    const isKind = errno === ERRNO.fault &&
      changesKindInBlock(found.window, io, this.#options.blockBytes);
    if (isKind) return;
    throw new WrongIoError(
      `Cannot trust I/O ${found.number}: its memory was refused with ` +
        `${errnoName(errno)}, expected it to be taken`,
    );
  }

  /**
   * Ends an I/O.
   *
   * @param status A blk_status_t, or -errno if it never had a bio.
   * @throws {WrongIoError} If it ended before, or with a status that none of
   *   its requests had.
   */
  end(io: number, status: number): void {
    const ended = this.#ios.get(io);
    if (ended === undefined) {
      throw new WrongIoError(`Cannot end I/O ${io} of the window twice`);
    }
    this.#ios.delete(io);
    const { lifetimes, time, onEnd } = this.#options;
    for (const provider of ended.providers) lifetimes.release(provider);
    const isRight = status < 0 ||
      (ended.bad === null ? status === BLK_STS.ok : ended.bad.includes(status));
    if (!isRight) {
      throw new WrongIoError(
        `Cannot trust I/O ${ended.number}: it ended with status ${status}, ` +
          `expected ${ended.bad?.join(" or ") ?? 0}, as its requests did`,
      );
    }
    onEnd?.({
      io,
      status,
      latencyNs: ended.arrivedNs < 0 ? 0 : time.nowNs - ended.arrivedNs,
      missing: ended.missing ?? NO_MISSING,
    });
  }
}
