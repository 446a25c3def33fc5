/**
 * Which events of a block trace are its I/Os: those that were queued (Q), or
 * where a trace holds none, those that were issued to the driver (D).
 *
 * A trace may begin in the middle of things, with D events whose Q events lie
 * before it. So D events wait in a line of fixed length until a Q event shows
 * up or the line is full; memory stays constant either way.
 */
import { BATCH_ROWS, type BatchBuilder, type IoBatch } from "./batch.ts";

/** D events that are held back before they count as the I/Os. */
export const HELD_EVENTS: number = 16 * BATCH_ROWS;

/** Chooses between Q and D events of one trace. */
export class EventChoice {
  #choice: "open" | "queued" | "issued" = "open";
  #held = 0;
  #oldest = 0;
  readonly #op = new Uint8Array(HELD_EVENTS);
  readonly #offsetBytes = new Float64Array(HELD_EVENTS);
  readonly #lengthBytes = new Float64Array(HELD_EVENTS);
  readonly #timeNs = new Float64Array(HELD_EVENTS);

  /**
   * Takes an I/O of a Q event; adds at most one row.
   *
   * @param rows Where it goes.
   * @param io The I/O.
   */
  queued(rows: BatchBuilder, io: EventIo): void {
    if (this.#choice === "open") {
      this.#choice = "queued";
      if (this.#held > 0) rows.skip("D event", this.#held);
      this.#held = 0;
    }
    if (this.#choice === "queued") {
      rows.add(io.op, io.offsetBytes, io.lengthBytes, io.timeNs);
    } else rows.skip(`Q event behind the first ${HELD_EVENTS} D events`);
  }

  /**
   * Takes an I/O of a D event; adds at most one row.
   *
   * @param rows Where it goes.
   * @param io The I/O.
   */
  issued(rows: BatchBuilder, io: EventIo): void {
    if (this.#choice === "queued") {
      rows.skip("D event");
      return;
    }
    if (this.#held === HELD_EVENTS) {
      this.#chooseIssued(rows);
      this.#release(rows);
    }
    const at = (this.#oldest + this.#held) % HELD_EVENTS;
    this.#op[at] = io.op;
    this.#offsetBytes[at] = io.offsetBytes;
    this.#lengthBytes[at] = io.lengthBytes;
    this.#timeNs[at] = io.timeNs;
    this.#held++;
  }

  /**
   * Ends the trace: hands on what was held back.
   *
   * @param rows Where it goes.
   * @returns The batches that were filled; the last may be left in `rows`.
   */
  *finish(rows: BatchBuilder): Generator<IoBatch, void> {
    if (this.#held > 0) this.#chooseIssued(rows);
    while (this.#held > 0) {
      this.#release(rows);
      if (rows.isFull) {
        yield rows;
        rows.clear();
      }
    }
  }

  #chooseIssued(rows: BatchBuilder): void {
    if (this.#choice === "issued") return;
    this.#choice = "issued";
    rows.warn({
      code: "issued-events",
      message: "the trace holds no Q events: its D events are the I/Os",
      hint: "they were split and merged before they were traced; trace with " +
        "queue events for the I/Os as submitted",
    });
  }

  #release(rows: BatchBuilder): void {
    const at = this.#oldest;
    rows.add(
      this.#op[at] ?? 0,
      this.#offsetBytes[at] ?? 0,
      this.#lengthBytes[at] ?? 0,
      this.#timeNs[at] ?? 0,
    );
    this.#oldest = (at + 1) % HELD_EVENTS;
    this.#held--;
  }
}

/** An I/O of an event; one object is used for all events of a trace. */
export interface EventIo {
  /** One of `WINDOW_OP`. */
  op: number;
  /** First byte. */
  offsetBytes: number;
  /** Length. */
  lengthBytes: number;
  /** Time of the event. */
  timeNs: number;
}
