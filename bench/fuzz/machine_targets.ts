/**
 * Readers of what tools print about a machine, of kernel sources, and of
 * recordings.
 */
import { cParser } from "../../layouts/c_text/parser.ts";
import { readLscpu } from "../../sim/cache/lscpu.ts";
import { lspciTopology } from "../../sim/pci/lspci_topology.ts";
import { Topology } from "../../sim/pci/topology.ts";
import { readTopologyFile } from "../../sim/pci/topology_file.ts";
import {
  placementOptions,
  placementSummary,
} from "../../sim/workload/placement_options.ts";
import { parsePlacement } from "../../sim/workload/parse_placement.ts";
import { topologyJson } from "../../sim/pci/topology_json.ts";
import { compareRecordings } from "../footprint/compare.ts";
import { readRecording } from "../footprint/read_recording.ts";
import { formatFootprints } from "../footprint/text.ts";
import { auditFile } from "../source_audit/audit_file.ts";
import { findIdentifiers } from "../source_audit/identifiers.ts";
import { auditedName } from "../source_audit/names.ts";
import {
  FuzzFinding,
  type FuzzTarget,
  halves,
  requireCount,
  requirePrintable,
} from "./target.ts";

const NAME = "input";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const LSPCI =
  `00:00.0 Host bridge [0600]: Intel Corporation X [8086:2020] (rev 4)
00:01.0 PCI bridge [0604]: Intel Corporation Port [8086:2030] (prog-if 00)
	Bus: primary=00, secondary=01, subordinate=02, sec-latency=0
	Capabilities: [54] Express (v2) Root Port (Slot+), MSI 00
	Capabilities: [148 v1] Access Control Services
		ACSCtl:	SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ EgressCtrl-
01:00.0 Non-Volatile memory controller [0108]: SSD [1b36:0010]
	Region 0: Memory at fe000000 (64-bit, non-prefetchable) [size=16K]
	Region 2: Memory at 3c0000000000 (64-bit, prefetchable) [size=8G]
`;

const LSPCI_TREE = `-+-[0000:00]-+-00.0  Intel Corporation X [8086:2020]
 |           +-01.0-[01-02]----00.0  SSD [1b36:0010]
 |           \\-1f.0  Intel Corporation ISA [8086:2918]
 \\-[0000:80]---00.0-[81]--+-00.0  SSD [1b36:0010]
                          \\-00.1  SSD [1b36:0010]
`;

const LSCPU = `{ "caches": [
  { "name": "L1d", "one-size": "48K", "ways": 12, "type": "Data", "level": 1,
    "sets": 64, "coherency-size": 64 },
  { "name": "L2", "one-size": "1.3M", "ways": 10, "type": "Unified",
    "level": 2, "sets": 2048, "coherency-size": 64 } ] }
`;

const SOURCE = `#define first(bv)	\\
	kmap_local_page((bv)->bv_page)	/* bv_page */
static int f(struct bio_vec *bv, struct bio *bio)
{
	struct page *page = bv->bv_page;
	char *s = "bv_page", c = '"';

	bio_for_each_segment(bv, bio, iter) {
		if (!bv->bv_page || page == bio_page(bio))
			continue; // bv_page
		to->bv_page = page;
		get_page(page);
		f((struct bio_vec) { .bv_page = page }, bio);
	}
	return page_to_phys(page) + offsetof(struct bio_vec, bv_page);
}
`;

/** Reads lspci's text, and what follows from it. */
function readMachine(bytes: Uint8Array): void {
  const cpu = { vendor: "intel", family: 6 };
  const { description, notes } = lspciTopology(decoder.decode(bytes), NAME, {
    cpu,
  });
  for (const note of notes) requirePrintable("a note", note);
  const found = new Topology(description);
  const text = JSON.stringify(topologyJson(description));
  const again = readTopologyFile(text, NAME);
  if (again.functions.length !== found.functions.length) {
    throw new FuzzFinding("a topology file has not the functions of its list");
  }
}

/** Audits C: each identifier that a lexer finds has one use. */
async function readSource(bytes: Uint8Array): Promise<void> {
  const text = decoder.decode(bytes);
  const uses = auditFile(await cParser(), text);
  const found = findIdentifiers(
    text,
    (name) => auditedName(name) !== undefined,
  );
  if (uses.length !== found.length) {
    throw new FuzzFinding(`${uses.length} uses of ${found.length} identifiers`);
  }
  for (const { line, column } of uses) {
    requireCount("a line", line);
    requireCount("a column", column);
  }
}

const RECORDING = JSON.stringify(
  {
    run: "7.2.prp",
    qemu: "qemu-system-x86_64 ; append nokaslr init_on_alloc=0\n",
    kernel: "7.2.13+deb14-amd64",
    queue: [
      "nvme0n1 scheduler [none] mq-deadline ",
      "nvme0n1 max_sectors_kb 512",
      "nvme0n1 max_segments 129",
      "nvme0n1 virt_boundary_mask 4095",
      "nvme0n1 dma_alignment 3",
    ],
    workloads: {
      a: {
        desc: "a api=uringfix:1 op=r bytes=4096 kind=alt",
        ["distinct_lines"]: { ["all_kernel_data"]: 224 },
        structures: {
          bio: {
            ...{ lines: 2, ["lines_not_bulk"]: 2, ["lines_read"]: 2 },
            ...{ ["lines_written"]: 2, reads: 78, writes: 39, bytes: 128 },
            ["lines_all"]: [2, 3],
          },
        },
      },
      b: {
        desc: "b api=pread:1 op=w bytes=1048576 kind=huge",
        ["distinct_lines"]: { ["all_kernel_data"]: 604 },
        structures: {},
      },
    },
  },
  null,
  1,
);

/** Reads a recording, and compares it with a lab that touches one line. */
async function readFootprint(bytes: Uint8Array): Promise<void> {
  const one = {
    ...{ lines: 1, linesRead: 1, linesWritten: 0, reads: 1, writes: 0 },
    ...{ bytesRead: new Set([0]), bytesWritten: new Set<number>() },
  };
  const touched = { lines: 1, structures: new Map([["bio", one]]) };
  const recording = await readRecording(NAME, halves(bytes));
  const result = compareRecordings([recording], () => touched);
  for (const { structures } of result.footprints) {
    for (const { kernelLines, kernelLinesRead } of structures) {
      requireCount("lines", kernelLines.high - kernelLines.low);
      requireCount("lines read", kernelLinesRead.high - kernelLinesRead.low);
    }
  }
  requirePrintable("the report", formatFootprints(result));
}

const PLACEMENT = `# bvec-lab placement: id op sector bytes phys length [p2p]
a R 2048 16384 0x11f3a6000 4096
a R 2048 16384 0x11f3a7000 8192
b W 8 8192 0x102b4e000 4096 p2p
a R 2048 16384 0x109d10000 4096
b W 8 8192 0x1188c1000 4096
`;

/** Reads where buffers lay, and places those I/Os. */
function readRuns(bytes: Uint8Array): void {
  const recorded = parsePlacement(NAME, decoder.decode(bytes), "");
  requireCount("bytes of the pool", recorded.poolBytes);
  requireCount("cut I/Os", recorded.cutIos);
  requirePrintable("words", placementSummary(placementOptions({ recorded })));
  const io = { op: 0, sector: 2048, lengthBytes: 16384 };
  for (const { at, bytes } of recorded.open().runs(io, true)) {
    requireCount("the end of a run", at + bytes);
  }
}

export const machineTargets: readonly FuzzTarget[] = [
  {
    name: "lspci",
    errors: ["SyntaxError"],
    seeds: [LSPCI, LSPCI_TREE, LSPCI.replaceAll("\n\t", "\n\t\t")]
      .map((text) => encoder.encode(text)),
    tokens: ["[0000:00]", "-[01]-", "+-", "\\-", "----", "00.0", "00:02.0 "],
    read: readMachine,
  },
  {
    name: "lscpu",
    errors: ["SyntaxError", "RangeError", "CacheLevelError"],
    seeds: [encoder.encode(LSCPU)],
    tokens: ['"1.3M"', "null", '"Instruction"', '"ways"', "0", "-1", "1e9"],
    read: (bytes) => void readLscpu(NAME, decoder.decode(bytes)),
  },
  {
    name: "footprint",
    errors: ["SyntaxError"],
    seeds: [RECORDING, JSON.stringify(JSON.parse(RECORDING))]
      .map((text) => encoder.encode(text)),
    tokens: [
      ...['"lines_all"', '"structures"', '"workloads"', "api=aio:2", "kind="],
      ...["kind=p2p", "bytes=8388609", '"__proto__"', "1e9", "\\u001b", "}"],
    ],
    read: readFootprint,
  },
  {
    name: "placement",
    errors: ["SyntaxError", "RangeError"],
    seeds: [PLACEMENT, PLACEMENT.replaceAll(" p2p", "")]
      .map((text) => encoder.encode(text)),
    tokens: ["R", "W", "0x", "4096", "512", "p2p", "#", "\n", "1e9", "NaN"],
    read: readRuns,
  },
  {
    name: "audit",
    errors: [],
    seeds: [encoder.encode(SOURCE)],
    tokens: ["bv_page", "/*", "*/", '"', "'", "\\\n", "{", ")", "#define "],
    read: readSource,
  },
];
