/** MSR Cambridge csv; no header line, though copies with one go around. */
import { csvTrace } from "./csv_trace.ts";
import type { TraceFormat } from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

export const msr: TraceFormat = csvTrace({
  id: "msr",
  name: "MSR Cambridge csv",
  origin: "SNIA IOTTA, set 388",
  source: "README of that set; Narayanan et al., FAST '08",
  samples: [
    "Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime\n" +
    "128170000000000000,demo,0,Write,1048576,8192,4210\n" +
    "128170000000000123,demo,1,Read,512,1024,9\n",
    "128166385295514663,hm,0, Write , 9056014336,2048,2833 \r\n\n",
  ],
  header: "timestamp,hostname,disknumber,",
  row: /^\d+,[^,]*,\d+,[a-z]{2,},/i,
  columns: [
    // Ticks of 100 ns since 1601.
    { kind: "time", tickNs: 100 },
    { kind: "device", what: "a host name" },
    { kind: "device", what: "a disk number" },
    { kind: "operation" },
    { kind: "offset", unitBytes: 1 },
    { kind: "length", unitBytes: 1 },
    { kind: "number", what: "a response time in ticks of 100 ns" },
  ],
  operations: { read: WINDOW_OP.read, write: WINDOW_OP.write },
  expectedOperation: "Read or Write",
});
