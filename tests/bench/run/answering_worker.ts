/**
 * A worker that answers at once, with no path behind it: for tests that ask
 * which workers a cell has, and not what they find.
 */
import type {
  AuditAnswer,
  ContenderAnswer,
  ContenderRequest,
  PartTime,
} from "../../../bench/contender/contender_protocol.ts";
import type { TraceFigures } from "../../../sim/replay/trace_window.ts";
import type { FootprintTotals } from "../../../sim/trace/footprint.ts";

declare const self: {
  onmessage: ((event: MessageEvent<ContenderRequest>) => void) | null;
  postMessage(answer: ContenderAnswer): void;
};

const NOTHING_OPENED = { windows: 0, registered: 0, mapped: 0 };

const AUDIT: AuditAnswer = {
  counts: {
    ...{ ios: 1, bios: 1, requests: 1, segments: 1, physicalSegments: 1 },
    ...{ dmaSegments: 1, merges: 0, requestMerges: 0, splits: 0 },
    ...{ errors: 0, lastErrno: 0 },
  },
  branches: { submit: 0, sameBio: 0, sameSegment: 0, map: 0 },
  ...{ prpEntries: 1, verifiedBytes: 0, digest: "alike" },
};

const TOUCHED: FootprintTotals = {
  ...{ ios: 1, groupIos: 1, lineBytes: 64 },
  total: { accesses: 1, writes: 0, straddles: 0, bytes: 8, lines: 1 },
  ...{ structures: {}, stages: {}, structuresInStages: [] },
};

const TRACE: TraceFigures = {
  single: TOUCHED,
  atDepth: TOUCHED,
  allocatedBytes: {},
};

/** I/Os of 1 us, whoever carries them out. */
const timeOf = (ios: number): PartTime => ({
  ios,
  cpuNs: 1000 * ios,
  wallNs: 1000 * ios,
});

function answerTo(request: ContenderRequest): ContenderAnswer {
  switch (request.kind) {
    case "setup":
      return { kind: "setup", bytesPerSegment: 16 };
    case "audit":
      return { kind: "audit", ...AUDIT };
    case "trace":
      return { kind: "trace", ...TRACE };
    case "open":
      return {
        kind: "open",
        window: {
          id: 1,
          ios: 100,
          opened: NOTHING_OPENED,
          arenaAlignBytes: null,
        },
      };
    case "time": {
      const { ios, parts = 1 } = request;
      return {
        ...{ kind: "time", ...timeOf(ios) },
        parts: Array.from({ length: parts }, () => timeOf(ios / parts)),
        ...{ clock: "thread CPU", sink: 1, opened: NOTHING_OPENED },
      };
    }
    default:
      return { kind: "failure", name: "Error", message: request.kind };
  }
}

self.onmessage = ({ data }) => self.postMessage(answerTo(data));
