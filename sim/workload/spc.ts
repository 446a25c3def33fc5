/**
 * The trace format of the Storage Performance Council, in which UMass has
 * Financial and WebSearch; further columns of a line are optional.
 */
import { csvTrace } from "./csv_trace.ts";
import type { TraceFormat } from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

const BLOCK_BYTES = 512;

export const spc: TraceFormat = csvTrace({
  id: "spc",
  name: "SPC trace",
  origin: "UMass Trace Repository, Financial1.spc and others",
  source: "SPC Trace File Format Specification, revision 1.0.1",
  samples: [
    "0,20941264,8192,W,0.551706\n0,20939840,8192,R,0.554041\n",
    "ASU,LBA,Size,Opcode,Timestamp\n1,303567,3584,w,0.000000\r\n" +
    "2, 55590, 3072, r, 1, an, optional field\n",
  ],
  header: "asu,lba,size,opcode,timestamp",
  row: /^\d+,\d+,\d+,[rw],\d*\.?\d+(,|$)/i,
  columns: [
    { kind: "device", what: "the number of an application storage unit" },
    { kind: "offset", unitBytes: BLOCK_BYTES },
    { kind: "length", unitBytes: 1 },
    { kind: "operation" },
    { kind: "seconds" },
  ],
  hasMore: true,
  operations: { r: WINDOW_OP.read, w: WINDOW_OP.write },
  expectedOperation: "R or W",
});
