/** Block traces of Tencent Cloud, October 2018: 5584 virtual disks. */
import { csvTrace } from "./csv_trace.ts";
import type { TraceFormat } from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;

export const tencent: TraceFormat = csvTrace({
  id: "tencent",
  name: "Tencent block csv",
  origin: "SNIA IOTTA, set 27917 (CBS)",
  source: "README of that set; Zhang et al., ATC '20",
  samples: [
    "1538323200,12910952,128,0,1063\n1538323200,6338688,8,1,1627\n",
    "Timestamp,Offset,Size,IOType,VolumeID\n1538326801,81920,64,1,1234\r\n",
  ],
  header: "timestamp,offset,size,iotype,volumeid",
  row: /^\d+,\d+,\d+,[01],\d+$/,
  columns: [
    { kind: "seconds" },
    { kind: "offset", unitBytes: SECTOR_BYTES },
    { kind: "length", unitBytes: SECTOR_BYTES },
    { kind: "operation" },
    { kind: "device", what: "a volume number" },
  ],
  operations: { 0: WINDOW_OP.read, 1: WINDOW_OP.write },
  expectedOperation: "0 (read) or 1 (write)",
});
