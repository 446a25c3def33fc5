/** SYSTOR '17: enterprise virtual desktops on six LUNs, a file an hour. */
import { csvTrace } from "./csv_trace.ts";
import type { TraceFormat } from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

export const systor: TraceFormat = csvTrace({
  id: "systor",
  name: "SYSTOR '17 csv",
  origin: "SNIA IOTTA, set 4928, 2016022219-LUN4.csv.gz and others",
  source: "README of that set; Lee et al., SYSTOR '17",
  samples: [
    "Timestamp,Response,IOType,LUN,Offset,Size\n" +
    "1456135200.013118000,0.001000000,W,0,4096,4096\n" +
    "1456135200.113118000,,R,4,1212522086400,4096\n" +
    "1456135200.113118999,0.001,,0,4096,4096\n",
    "1456095145.133076000,0.000806000,R,0,899056122368,131072\r\n",
  ],
  header: "timestamp,response,iotype,lun,offset,size",
  row: /^\d+(\.\d+)?,[\d.]*,[rw]?,\d+,\d+,\d+$/i,
  columns: [
    { kind: "seconds" },
    { kind: "text", what: "a response time in seconds" },
    { kind: "operation" },
    { kind: "device", what: "the number of a LUN" },
    { kind: "offset", unitBytes: 1 },
    { kind: "length", unitBytes: 1 },
  ],
  operations: {
    r: WINDOW_OP.read,
    w: WINDOW_OP.write,
    // The README says "or blank" and no more.
    "": "I/O of no type",
  },
  expectedOperation: "R, W or nothing",
});
