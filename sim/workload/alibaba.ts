/** Block traces of Alibaba Cloud, 2020: a thousand virtual disks, one month. */
import { csvTrace } from "./csv_trace.ts";
import type { TraceFormat } from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

export const alibaba: TraceFormat = csvTrace({
  id: "alibaba",
  name: "Alibaba block csv",
  origin: "alibaba/block-traces, io_traces.csv",
  source: "README of alibaba/block-traces; Li et al., IISWC '20",
  samples: [
    "419,W,8792731648,16384,1577808144360767\n" +
    "725,R,59110326272,360448,1577808144360813\n",
    "device_id,opcode,offset,length,timestamp\n7,r,409600,4096,1\n" +
    " 8 , W , 512 , 1000 , 2 \r\n",
  ],
  header: "device_id,opcode,offset,length,timestamp",
  row: /^\d+,[rw],\d+,\d+,\d+$/i,
  columns: [
    { kind: "device", what: "a device number" },
    { kind: "operation" },
    { kind: "offset", unitBytes: 1 },
    { kind: "length", unitBytes: 1 },
    { kind: "time", tickNs: 1000 },
  ],
  operations: { r: WINDOW_OP.read, w: WINDOW_OP.write },
  expectedOperation: "R or W",
});
