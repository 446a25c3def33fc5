/**
 * fio's iolog, version 2 and 3 (`fio --write_iolog`, iolog.c in axboe/fio;
 * blockspec 5.1). Every line of version 3 starts with a time in microseconds;
 * version 2 has `wait` lines instead.
 */
import type { BatchBuilder } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { inputError } from "../text/input_error.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "../text/line_cursor.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { WINDOW_OP } from "./window.ts";

/** fio ignores a wait below 100 us (HOWTO, "Trace file format v2"). */
const SHORTEST_WAIT_US = 100;

const ASCII = new TextEncoder();
const HEADER_2 = ASCII.encode("fio version 2 iolog");
const HEADER_3 = ASCII.encode("fio version 3 iolog");
const READ = ASCII.encode("read");
const WRITE = ASCII.encode("write");
const TRIM = ASCII.encode("trim");
const SYNC = ASCII.encode("sync");
const DATASYNC = ASCII.encode("datasync");
const RANGE_SYNC = ASCII.encode("sync_file_range");
const WAIT = ASCII.encode("wait");
const FILE_ACTIONS = "one of add, open, close";
const IO_ACTIONS = "one of read, write, trim, sync, datasync, sync_file_range";

/** fio's iolog, version 2 and 3. */
export const iolog: TraceFormat = {
  id: "iolog",
  name: "fio iolog",
  origin: "fio --write_iolog=FILE",
  source: "fio(1), TRACE FILE FORMAT; iolog.c of axboe/fio",
  samples: [
    "fio version 3 iolog\n35 fio.dat add\n37 fio.dat open\n" +
    "3748 fio.dat read 4047360 512\n5350 fio.dat write 49679872 8192\n" +
    "5360 fio.dat sync 0 0\n5400 b trim 8192 4096\n9000 fio.dat close\n",
    "\nfio version 2 iolog \r\n/dev/sda add\n/dev/sda open\n" +
    "/dev/sda read 0 4096\n/dev/sda wait 100 0\n" +
    "/dev/sda datasync 0 0\n/dev/sda close\n",
  ],
  tokens: [
    ...["fio version 3 iolog\n", "fio version 2 iolog\n"],
    ...["add", "open", "close", "read", "write", "trim", "sync", "datasync"],
    ...["wait", "sync_file_range"],
  ],
  detect(head) {
    const first = headLines(head)[0]?.trim() ?? "";
    return /^fio version \d+/.test(first) || isVersion1(first);
  },
  read: lineReader((name) => new IologParser(name)),
};

/** Version 1 had no header but lines `rw,offset,length`. */
function isVersion1(text: string): boolean {
  return /^[01],\d+,\d+$/.test(text);
}

class IologParser implements LineParser {
  readonly cursor: LineCursor;
  readonly #name: string;
  readonly #files: DeviceSpace;
  readonly #io = { op: 0, offsetBytes: 0, lengthBytes: 0 };
  #version = 0;
  #timeNs = 0;

  constructor(name: string) {
    this.#name = name;
    this.cursor = new LineCursor("iolog", name);
    this.#files = new DeviceSpace("file", this.cursor);
  }

  line(rows: BatchBuilder): void {
    const cursor = this.cursor;
    if (this.#version === 0) {
      this.#header();
      rows.skip("header");
      return;
    }
    if (this.#version === 3) {
      this.#timeNs = cursor.integer("a time in microseconds") * 1000;
    }
    cursor.word("a file name");
    const file = cursor.keptText();
    cursor.word("an action");
    const start = cursor.tokenStart;
    const end = cursor.tokenEnd;
    if (cursor.isAtEnd()) {
      cursor.tokenStart = start;
      cursor.tokenEnd = end;
      this.#fileAction(file, rows);
      return;
    }
    const action = this.#action();
    const offset = cursor.integer("an offset in bytes");
    const length = cursor.integer("a length in bytes");
    if (action >= 0) {
      const io = this.#io;
      io.op = action;
      io.offsetBytes = offset;
      io.lengthBytes = length;
      const place = this.#files.offsetBytes(file, io, rows);
      cursor.expectEnd();
      rows.add(action, place, length, this.#timeNs);
      return;
    }
    cursor.expectEnd();
    if (action === OTHER.wait) this.#wait(offset, rows);
    else rows.skip("sync_file_range");
  }

  #header(): void {
    const { cursor } = this;
    const { bytes, at } = cursor;
    cursor.restAsToken();
    while (cursor.tokenEnd > at && bytes[cursor.tokenEnd - 1] === 0x20) {
      cursor.tokenEnd--;
    }
    if (cursor.tokenIs(HEADER_3)) this.#version = 3;
    else if (cursor.tokenIs(HEADER_2)) this.#version = 2;
    else {
      const found = cursor.tokenText();
      const version = /^fio version (\d+) iolog$/.exec(found)?.[1];
      if (version === undefined && !isVersion1(found)) {
        cursor.fail('"fio version 2 iolog" or "fio version 3 iolog"');
      }
      throw inputError({
        kind: "iolog",
        name: this.#name,
        where: `line ${cursor.line}, column 1`,
        found: `an iolog of version ${version ?? 1}`,
        expected: "version 2 or 3, as fio writes since 2008",
      });
    }
  }

  /** The `WINDOW_OP` of the token, or one of `OTHER`. */
  #action(): number {
    const { cursor } = this;
    if (cursor.tokenIs(READ)) return WINDOW_OP.read;
    if (cursor.tokenIs(WRITE)) return WINDOW_OP.write;
    if (cursor.tokenIs(TRIM)) return WINDOW_OP.discard;
    if (cursor.tokenIs(SYNC) || cursor.tokenIs(DATASYNC)) {
      return WINDOW_OP.flush;
    }
    if (cursor.tokenIs(RANGE_SYNC)) return OTHER.rangeSync;
    if (this.#version === 2 && cursor.tokenIs(WAIT)) return OTHER.wait;
    return cursor.fail(
      this.#version === 2 ? `${IO_ACTIONS}, wait` : IO_ACTIONS,
    );
  }

  #fileAction(file: string, rows: BatchBuilder): void {
    const { cursor } = this;
    const action = cursor.tokenText();
    if (action !== "add" && action !== "open" && action !== "close") {
      const isIo = `${IO_ACTIONS}, wait`.split(/[ ,]+/).includes(action);
      if (isIo) {
        cursor.tokenStart = cursor.end;
        cursor.tokenEnd = cursor.end;
        cursor.fail("an offset in bytes");
      }
      cursor.fail(`${FILE_ACTIONS}; or an I/O with offset and length`);
    }
    // fio numbers its files in the order of being added.
    this.#files.declare(file);
    rows.skip(`file ${action}`);
  }

  #wait(waitUs: number, rows: BatchBuilder): void {
    if (waitUs < SHORTEST_WAIT_US) {
      rows.skip("wait below 100 us");
      return;
    }
    this.#timeNs += waitUs * 1000;
    if (this.#timeNs > Number.MAX_SAFE_INTEGER) {
      this.cursor.fail("waits of less than 2^53 ns together");
    }
    rows.skip("wait (kept as time)");
  }
}

/** Actions that are not an I/O. */
const OTHER = { wait: -1, rangeSync: -2 } as const;
