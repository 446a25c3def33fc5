/**
 * Which events of a block trace are its I/Os: those that were queued (Q), or
 * where a trace holds none, those that were issued to the driver (D), or where
 * it holds neither, those that completed (C); or the ones that a user chose.
 *
 * A trace may begin in the middle of things, with D and C events whose Q events
 * are before it. So they wait in lines of fixed length until a better event
 * shows up or a line is full; memory stays constant either way.
 */
import { BATCH_ROWS, type BatchBuilder, type IoBatch } from "./batch.ts";
import { DeviceSpace, type TraceInputPlace } from "./device_space.ts";

/** D events, and C events, that are held back before they count as the I/Os. */
export const HELD_EVENTS: number = 16 * BATCH_ROWS;

/** Letters of the events that can be the I/Os, best first. */
export const IO_EVENTS: readonly IoEvent[] = ["Q", "D", "C"];

/** An event that can be an I/O. */
export type IoEvent = "Q" | "D" | "C";

/** Which events are the I/Os; `auto` for the best ones that a trace holds. */
export type EventSelection = IoEvent | "auto";

/** All selections, as `--events` takes them. */
export const EVENT_SELECTIONS: readonly EventSelection[] = [
  ...IO_EVENTS,
  "auto",
];

/** Reasons for leaving events out. */
const REASON: Readonly<Record<IoEvent, string>> = {
  Q: "Q event",
  D: "D event",
  C: "C event",
};

/** What is said where events count that are not what was submitted. */
const NOTES = {
  D: {
    code: "issued-events",
    message: "the trace holds no Q events: its D events are the I/Os",
    hint: "they were split and merged before they were traced; trace with " +
      "queue events for the I/Os as submitted",
  },
  C: {
    code: "completed-events",
    message: "the trace holds neither Q nor D events: its C events are the " +
      "I/Os",
    hint: "they were split and merged before they were traced, and stand in " +
      "the order in which they ended; trace with queue events (blktrace -a " +
      "queue) for the I/Os as submitted",
  },
} as const;

/** Zone appends that are remembered, in case their completion comes twice. */
const APPENDS = 16;

/** An I/O of an event; one object is used for all events of a trace. */
export interface EventIo {
  /** One of `WINDOW_OP`. */
  op: number;
  /** First byte on its device. */
  offsetBytes: number;
  lengthBytes: number;
  timeNs: number;
  /** Name of the device; the same string for the same device is fastest. */
  device: string;
  /** Whether it is a zone append. */
  isAppend: boolean;
}

/** Makes the object that a reader fills in for each event. */
export function createEventIo(): EventIo {
  return {
    ...{ op: 0, offsetBytes: 0, lengthBytes: 0, timeNs: 0 },
    ...{ device: "", isAppend: false },
  };
}

/** Chooses between the events of one trace. */
export class EventChoice {
  readonly #wanted: EventSelection;
  readonly #input: TraceInputPlace;
  readonly #devices: DeviceSpace;
  #chosen: IoEvent | undefined;
  readonly #issued = new HeldEvents();
  readonly #completed = new HeldEvents();
  readonly #counts: Record<IoEvent, number> = { Q: 0, D: 0, C: 0 };
  readonly #appends: string[] = [];
  #append = 0;

  /**
   * Starts a trace.
   *
   * @param input Fails where a trace does not fit.
   */
  constructor(events: EventSelection, input: TraceInputPlace) {
    this.#wanted = events;
    this.#input = input;
    this.#devices = new DeviceSpace("device", input);
    if (events !== "auto") this.#chosen = events;
  }

  /**
   * Returns whether an event may become an I/O; one of a kind that is left out
   * is counted, and need not be read any further.
   *
   * @returns False if it is left out.
   */
  mayTake(rows: BatchBuilder, event: IoEvent): boolean {
    if (this.#chosen === undefined || this.#chosen === event) return true;
    this.#counts[event]++;
    this.#leaveOut(rows, event);
    return false;
  }

  /** Takes an I/O of an event; adds at most one row. */
  take(rows: BatchBuilder, event: IoEvent, io: EventIo): void {
    if (event === "C" && io.isAppend && this.#isAppendAgain(io)) {
      rows.skip("C event of a zone append, again with its sector");
      return;
    }
    this.#counts[event]++;
    if (this.#chosen === event) {
      // Events that were held back come out first, one for one.
      const held = this.#heldOf(event);
      if (held !== undefined && held.count > 0) {
        this.#add(rows, held.exchange(io));
      } else this.#add(rows, io);
    } else if (this.#chosen !== undefined) this.#leaveOut(rows, event);
    else if (event === "Q") {
      this.#choose(rows, "Q");
      this.#add(rows, io);
    } else this.#hold(rows, event, io);
  }

  /**
   * Ends the trace: hands on what was held back.
   *
   * @returns The batches that were filled; the last may be left in `rows`.
   * @throws {SyntaxError} If it holds events, but none of those wanted.
   */
  *finish(rows: BatchBuilder): Generator<IoBatch, void> {
    const wanted = this.#wanted;
    if (wanted !== "auto" && this.#counts[wanted] === 0) {
      const others = IO_EVENTS.filter((event) => this.#counts[event] > 0)
        .map((event) => `${this.#counts[event]} ${event}`);
      if (others.length > 0) {
        this.#input.fail(
          `${wanted} events, as was asked for; the trace holds ` +
            others.join(" and "),
        );
      }
    }
    if (this.#chosen === undefined) {
      if (this.#issued.count > 0) this.#choose(rows, "D");
      else if (this.#completed.count > 0) this.#choose(rows, "C");
    }
    const held = this.#chosen && this.#heldOf(this.#chosen);
    while (held !== undefined && held.count > 0) {
      this.#add(rows, held.take());
      if (rows.isFull) yield* rows.handOn();
    }
  }

  #heldOf(event: IoEvent): HeldEvents | undefined {
    return event === "D"
      ? this.#issued
      : event === "C"
      ? this.#completed
      : undefined;
  }

  #hold(rows: BatchBuilder, event: "D" | "C", io: EventIo): void {
    const held = event === "D" ? this.#issued : this.#completed;
    if (!held.isFull) {
      held.put(io);
      return;
    }
    // C events without a single D before them are a trace of completions.
    this.#choose(rows, this.#issued.count > 0 ? "D" : "C");
    if (this.#chosen === event) this.#add(rows, held.exchange(io));
    else this.#leaveOut(rows, event);
  }

  /** Settles which events are the I/Os; what was held of others is left out. */
  #choose(rows: BatchBuilder, event: IoEvent): void {
    this.#chosen = event;
    if (event !== "Q") rows.warn(NOTES[event]);
    for (const other of ["D", "C"] as const) {
      const held = this.#heldOf(other);
      if (other === event || held === undefined || held.count === 0) continue;
      rows.skip(REASON[other], held.count);
      held.clear();
    }
  }

  #leaveOut(rows: BatchBuilder, event: IoEvent): void {
    const isLate = event === "Q" && this.#wanted === "auto";
    rows.skip(
      isLate
        ? `Q event behind the first ${HELD_EVENTS} ${this.#chosen} events`
        : REASON[event],
    );
  }

  #add(rows: BatchBuilder, io: EventIo): void {
    const offset = this.#devices.offsetBytes(io.device, io, rows);
    rows.add(io.op, offset, io.lengthBytes, io.timeNs);
  }

  /**
   * A zone append completes twice in protocol 8: with the request, and with the
   * sector that it was written to (BLK_TA_ZONE_APPEND), both with that sector;
   * blkparse prints the same line for both. No other append has that sector.
   */
  #isAppendAgain(io: EventIo): boolean {
    const place = `${io.device} ${io.offsetBytes} ${io.lengthBytes}`;
    const found = this.#appends.indexOf(place);
    if (found >= 0) {
      this.#appends[found] = "";
      return true;
    }
    this.#appends[this.#append] = place;
    this.#append = (this.#append + 1) % APPENDS;
    return false;
  }
}

/** A line of events that wait, of fixed length. */
class HeldEvents {
  count = 0;
  #oldest = 0;
  #columns: {
    op: Uint8Array;
    offsetBytes: Float64Array;
    lengthBytes: Float64Array;
    timeNs: Float64Array;
    device: string[];
  } | undefined;
  readonly #io = createEventIo();

  get isFull(): boolean {
    return this.count === HELD_EVENTS;
  }

  put(io: EventIo): void {
    const columns = this.#columns ??= {
      op: new Uint8Array(HELD_EVENTS),
      offsetBytes: new Float64Array(HELD_EVENTS),
      lengthBytes: new Float64Array(HELD_EVENTS),
      timeNs: new Float64Array(HELD_EVENTS),
      device: [],
    };
    const at = (this.#oldest + this.count) % HELD_EVENTS;
    columns.op[at] = io.op;
    columns.offsetBytes[at] = io.offsetBytes;
    columns.lengthBytes[at] = io.lengthBytes;
    columns.timeNs[at] = io.timeNs;
    columns.device[at] = io.device;
    this.count++;
  }

  /** Takes out the oldest; the object is valid until the next call. */
  take(): EventIo {
    const columns = this.#columns;
    const at = this.#oldest;
    const io = this.#io;
    io.op = columns?.op[at] ?? 0;
    io.offsetBytes = columns?.offsetBytes[at] ?? 0;
    io.lengthBytes = columns?.lengthBytes[at] ?? 0;
    io.timeNs = columns?.timeNs[at] ?? 0;
    io.device = columns?.device[at] ?? "";
    this.#oldest = (at + 1) % HELD_EVENTS;
    this.count--;
    return io;
  }

  /** Puts one in and takes the oldest out. */
  exchange(io: EventIo): EventIo {
    const oldest = this.take();
    this.put(io);
    return oldest;
  }

  clear(): void {
    this.count = 0;
    this.#columns = undefined;
  }
}
