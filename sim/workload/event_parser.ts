/**
 * What the parsers of block events as text share: the I/Os of a trace are those
 * of one kind of event.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { BlockEventReader } from "./block_event.ts";
import {
  createEventIo,
  EventChoice,
  type EventIo,
  type EventSelection,
} from "./event_choice.ts";
import type { LineParser } from "./line_batches.ts";
import { LineCursor } from "../text/line_cursor.ts";

export abstract class EventParser implements LineParser {
  readonly cursor: LineCursor;
  protected readonly events: EventChoice;
  /** Reads what an event says of its I/O. */
  protected readonly event: BlockEventReader;
  /** The I/O of the current event. */
  protected readonly io: EventIo = createEventIo();

  constructor(
    { kind, name, events }: {
      kind: string;
      name: string;
      events: EventSelection;
    },
  ) {
    this.cursor = new LineCursor(kind, name);
    this.events = new EventChoice(events, this.cursor);
    this.event = new BlockEventReader(this.cursor);
  }

  abstract line(rows: BatchBuilder): void;

  finish(rows: BatchBuilder): Iterable<IoBatch> {
    return this.events.finish(rows);
  }

  /** Takes the device of the event, which is the token. */
  protected takeDevice(device: string): void {
    if (device === this.io.device) return;
    if (!/^\d+,\d+$/.test(device)) this.cursor.fail("a device such as 259,0");
    this.io.device = device;
  }
}
