/**
 * Traces of CloudPhysics as text: what `vscsiStats` saw of the SCSI commands of
 * virtual machines (vscsi.ts reads the binary form).
 */
import { csvTrace } from "./csv_trace.ts";
import { scsiOperation } from "./scsi_operation.ts";
import type { TraceFormat } from "./trace_format.ts";

const SECTOR_BYTES = 512;

/** Every operation code in its spelling, with or without a leading zero. */
const OPERATIONS = Object.fromEntries(
  Array.from({ length: 256 }, (_, code) => code).flatMap((code) => {
    const digits = code.toString(16);
    const found = scsiOperation(code);
    return [[digits, found], [digits.padStart(2, "0"), found]];
  }),
);

export const cloudphysics: TraceFormat = {
  ...csvTrace({
    id: "cloudphysics",
    name: "CloudPhysics csv",
    origin: "data/cloudPhysicsIO.csv of 1a1a11a/libCacheSim",
    source: "its header line; Waldspurger et al., FAST '15",
    samples: [
      "version,time,op,size,lbn\n1,5633898,2a,512,42932745\n" +
      "1,5633898,28,6656,40409911\n1,5633899,35,0,0\n1,5633899,12,36,0\n",
      "2,0,8a,4096,8\r\n",
    ],
    header: "version,time,op,size,lbn",
    row: /^[12],\d+,[0-9a-f]{1,2},\d{2,},\d+$/i,
    columns: [
      { kind: "number", what: "the version of a record" },
      { kind: "seconds" },
      { kind: "operation" },
      { kind: "length", unitBytes: 1 },
      { kind: "offset", unitBytes: SECTOR_BYTES },
    ],
    operations: OPERATIONS,
    expectedOperation: "an operation code of SCSI such as 28 or 2a",
  }),
  tokens: ["28", "2a", "88", "8a", "35", "1,", ",,", "512"],
};
