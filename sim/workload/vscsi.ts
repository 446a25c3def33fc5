/**
 * Binary traces of `vscsiStats`, as CloudPhysics has them, in both versions;
 * little-endian, without a header (vscsi.h of 1a1a11a/libCacheSim):
 *
 *     version 1, 32 bytes: u32 sn, len, nSG; u16 cmd, ver; u64 lbn, ts
 *     version 2, 40 bytes: u16 cmd, ver; u32 sn, len, nSG; u64 lbn, ts, rt
 *
 * `ver` has the version in its high byte; `len` is in bytes, `lbn` in sectors
 * of 512, `ts` in microseconds.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { inputError } from "../text/input_error.ts";
import type { IoRange } from "./io_limits.ts";
import { RecordStream } from "../text/record_stream.ts";
import { scsiOperation } from "./scsi_operation.ts";
import type { TraceFormat, TraceInput } from "./trace_format.ts";
import { warnOfCut } from "./tally.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const WORD = 2 ** 32;
const US_NS = 1000;

/** Where the fields of a record are. */
interface RecordForm {
  readonly version: number;
  readonly bytes: number;
  readonly length: number;
  readonly command: number;
  readonly versionAt: number;
  readonly sector: number;
  readonly time: number;
}

const FORMS: readonly RecordForm[] = [
  {
    ...{ version: 1, bytes: 32, length: 4, command: 12, versionAt: 14 },
    ...{ sector: 16, time: 24 },
  },
  {
    ...{ version: 2, bytes: 40, length: 8, command: 0, versionAt: 2 },
    ...{ sector: 16, time: 24 },
  },
];

/** Records of a head that must look alike. */
const ALIKE = 16;

export const vscsi: TraceFormat = {
  id: "vscsi",
  name: "vscsi trace",
  origin: "vscsiStats -t of VMware ESX; CloudPhysics",
  source: "vscsi.h of 1a1a11a/libCacheSim; Waldspurger et al., FAST '15",
  samples: [
    sample(FORMS[0] as RecordForm, [0x2a, 0x28, 0x35, 0x12]),
    sample(FORMS[1] as RecordForm, [0x88, 0x8a]),
  ],
  tokens: [],
  detect: (head) => formOf(head) !== undefined,
  read: readVscsi,
};

/** The form that all whole records of a head have, two of them at least. */
function formOf(head: Uint8Array): RecordForm | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return FORMS.find((form) => {
    const records = Math.min(ALIKE, Math.floor(head.length / form.bytes));
    for (let i = 0; i < records; i++) {
      const at = i * form.bytes;
      if (!isOfForm(view, at, form)) return false;
    }
    return records >= 2;
  });
}

function isOfForm(view: DataView, at: number, form: RecordForm): boolean {
  return view.getUint16(at + form.versionAt, true) >>> 8 === form.version &&
    view.getUint16(at + form.command, true) < 256;
}

async function* readVscsi(
  inputs: readonly TraceInput[],
  rows: BatchBuilder,
): AsyncGenerator<IoBatch, void> {
  for (const input of inputs) {
    const stream = new RecordStream(input.chunks);
    try {
      yield* readRecords(input.name, stream, rows);
    } finally {
      await stream.close();
    }
  }
  if (rows.count > 0) yield* rows.handOn();
}

async function* readRecords(
  name: string,
  stream: RecordStream,
  rows: BatchBuilder,
): AsyncGenerator<IoBatch, void> {
  const io: IoRange = { op: WINDOW_OP.read, offsetBytes: 0, lengthBytes: 0 };
  let records = 0;
  const fail = (expected: string): never => {
    throw inputError({
      kind: "vscsi trace",
      name,
      where: `record ${records}, byte ${stream.position}`,
      found: "a damaged record",
      expected,
    });
  };
  const devices = new DeviceSpace("device", { fail });
  await stream.ensure(2 * (FORMS[1] as RecordForm).bytes);
  const form = formOf(stream.bytes.subarray(stream.at)) ??
    fail("records of version 1 or 2");
  let first: number | undefined;
  while (
    stream.buffered >= form.bytes || await stream.ensure(form.bytes)
  ) {
    const { view, at } = stream;
    records++;
    if (!isOfForm(view, at, form)) fail(`a record of version ${form.version}`);
    const timeUs = wide(view, at + form.time);
    first ??= timeUs;
    io.offsetBytes = wide(view, at + form.sector) * SECTOR_BYTES;
    io.lengthBytes = view.getUint32(at + form.length, true);
    const operation = scsiOperation(view.getUint16(at + form.command, true));
    if (typeof operation === "string") rows.skip(operation);
    else {
      if (operation === WINDOW_OP.flush) {
        io.offsetBytes = 0;
        io.lengthBytes = 0;
      }
      io.op = operation;
      const offset = devices.offsetBytes("", io, rows);
      rows.add(operation, offset, io.lengthBytes, (timeUs - first) * US_NS);
    }
    stream.at = at + form.bytes;
    if (rows.isFull) yield* rows.handOn();
  }
  rows.tally.lines += records;
  if (stream.buffered > 0) {
    warnOfCut(rows, {
      name,
      byte: stream.position,
      leftBytes: stream.buffered,
    });
  }
}

function wide(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * WORD + view.getUint32(at, true);
}

/** A trace of one command each, 4 KiB apart. */
function sample(form: RecordForm, commands: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(form.bytes * commands.length);
  const view = new DataView(bytes.buffer);
  commands.forEach((command, index) => {
    const at = index * form.bytes;
    view.setUint16(at + form.command, command, true);
    view.setUint16(at + form.versionAt, form.version << 8, true);
    view.setUint32(at + form.length, 4096, true);
    view.setUint32(at + form.sector, 8 * index, true);
    view.setUint32(at + form.time, 1000 * index, true);
  });
  return bytes;
}
