/**
 * Small valid inputs of the forms that the lab reads, and the words that are in
 * them: what the fuzzers' inputs are near to. Traces have theirs in the
 * registries of their formats.
 */
import { cpuPreset } from "../../sim/cache/presets.ts";
import { RESULT_SCHEMA_VERSION } from "../result/result_schema.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import whole from "./result_seed.json" with { type: "json" };

const encoder = new TextEncoder();

function texts(...all: readonly string[]): Uint8Array[] {
  return all.map((text) => encoder.encode(text));
}

export const JOB_FILES: readonly Uint8Array[] = texts(
  "; sizes\n[global]\nioengine=psync\nfilename=fio.dat\nsize=64m\n" +
    "randseed=42\n\n[mixedbs]\nrw=randrw\nrwmixread=60\n" +
    "bssplit=512/10:4k/40:8k/20:64k/20:256k/10\nfsync=32\nnumber_ios=2000\n",
  "[a]\nsize=1g\nbs=4k\nrw=randread\nnorandommap\niodepth=32\n" +
    "random_distribution=zipf:0.9\n[b]\nreadwrite = write\n" +
    "blocksize=64k,128k\noffset=1m\nio_size=2m\nnumjobs=2\nstonewall\n",
  "[c]\nread_iolog=../../etc/passwd\nrw=read:8\nbsrange=1k-4k\nsize=10%\n" +
    "random_distribution=pareto:0.2\n",
  "[global] ; all\nkb_base=1000\nfilesize=1m-2m\nnrfiles=3\n[d]#one\n" +
    "rw=randtrimwrite\nbsrange=512-3000\nbs_unaligned\nloops=3\n" +
    "file_service_type=zipf:1.1\n[e]\nwait_for=d\nrw=write:-8k\n" +
    "verify=md5\nverify_backlog=3\nzonemode=strided\nzonesize=8k\n",
  "[f]\nread_iolog=a.iolog\nreplay_skip=trim\nreplay_scale=2\n" +
    "replay_align=4k\n[g]\nrw=randrw:4\nrw_sequencer=identical\n" +
    "percentage_random=50\nsize=(1+2)*64k\noffset=25%\n" +
    "offset_increment=4k\nnumjobs=2\nfilename=/dev/sda:/dev/sdb\n",
);
/** Words of job files. */
export const JOB_TOKENS: readonly string[] = [
  ...["[global]", "[x]", "rw=", "bs=", "size=", "bssplit=4k/50:1k/:32k/"],
  ...["bsrange=1k-4k", "numjobs=4096", "numjobs=4097", "iodepth=", "offset="],
  ...["io_size=", "number_ios=", "zipf:1.2", "pareto:0.3", "normal:10"],
  ...["zoned:60/10:30/20:8/30:2/40", "randtrim", "rwmixread=", "percentage"],
  ...["16E", "1k", "1ki", "1MB", "1T", "100%", "rw_sequencer=identical"],
  ...["iodepth_batch=", "thinktime=1s", "loops=1000000", "fill_device=1"],
  ...["include x.fio", "${HOME}", "$ncpus", "8*$pagesize", "(((1", "kb_base="],
  ...["verify=crc32c", "zoneskip=", "openfiles=1", "nrfiles=65536", "io_size="],
];

/** PCI trees. */
export const TOPOLOGIES: readonly Uint8Array[] = texts(
  JSON.stringify(
    {
      schemaVersion: 1,
      name: "small",
      cpu: { vendor: "intel", family: 6 },
      dram: [{ startPhys: "0x100000000", size: "256MiB" }],
      hostBridges: [{ rootBus: 0 }, { domain: 1, rootBus: 0 }],
      functions: [{
        address: "0000:00:01.0",
        kind: "root_port",
        id: "8086:3420",
        secondaryBus: 1,
        acs: ["request_redirect"],
      }, {
        address: "0000:01:00.0",
        parent: "0000:00:01.0",
        kind: "endpoint",
        id: "1b36:0010",
        bars: [{ index: 4, startPhys: "0x3c0000000000", size: "64MiB" }],
        providerBars: [4],
      }],
    },
    null,
    1,
  ),
);
/** Words of trees. */
export const TOPOLOGY_TOKENS: readonly string[] = [
  ...[
    '"0000:00:01.0"',
    '"ffff:ff:1f.7"',
    '"10000:e1:00.0"',
    '"endpoint"',
    '"root_port"',
  ],
  ...[
    '"switch_upstream"',
    '"switch_downstream"',
    '"host"',
    '"64MiB"',
    '"16EiB"',
  ],
  ...['"0x100000000"', '"0xffffffffffffffff"', '"parent"', '"acs"', '"bars"'],
];

export const CPU_FILES: readonly Uint8Array[] = texts(
  JSON.stringify(cpuPreset("zen4"), null, 1),
  JSON.stringify(cpuPreset("z16"), null, 1),
);
/** Words of CPU files. */
export const CPU_TOKENS: readonly string[] = [
  ...['"full"', '"lru"', '"fifo"', '"plru"', '"random"', '"inclusive"'],
  ...['"exclusive"', '"through"', '"nextLine"', '"data"', '"instruction"'],
];

export const FAULT_PLANS: readonly Uint8Array[] = texts(
  `{
  "schemaVersion": 1, "name": "all kinds", "seed": 7,
  "device": "channels:8,exp:80us", "bouncePool": "4MiB",
  "faults": [
    {"kind": "mapping", "every": 100, "from": 3, "nth": 2},
    {"kind": "descriptor", "probability": 0.01, "times": 2},
    {"kind": "bounce", "every": 90},
    {"kind": "tag", "io": [5, 17]},
    {"kind": "status", "io": 8, "status": "read_error", "retry": false},
    {"kind": "timeout", "io": 10, "end": "aborted"},
    {"kind": "completion", "io": 11, "how": "duplicate"},
    {"kind": "short", "io": 12, "bytes": 512, "reported": true},
    {"kind": "reorder", "probability": 0.1, "delay": "1ms"},
    {"kind": "unplug", "io": 200, "provider": "bar0"}
  ]
}`,
  '{"schemaVersion": 1, "faults": []}',
);
/** Words of plans. */
export const FAULT_TOKENS: readonly string[] = [
  ...['"mapping"', '"unplug"', '"status"', '"short"', '"reorder"', '"every"'],
  ...['"io"', '"probability"', '"100us"', '"fixed:10us"', '"1e9s"', '"256KiB"'],
];

export const SWEEP_PLANS: readonly Uint8Array[] = texts(
  `{
  "schemaVersion": 1, "name": "all kinds of values", "seed": 7, "rounds": 0,
  "axes": {
    "layout": ["phyr", "family:rlist"], "abi": ["lp64", "ilp32_pae"],
    "cpu": ["zen4", "none", null], "kernel": ["6.12", "7.2"],
    "machine.iommu": [false, true], "dma-mask": [48, "40"],
    "max_sectors": [256, "1k"], "arrivals": ["poisson:1000"]
  },
  "include": [{"abi": ["lp64", "ilp32"]}],
  "exclude": [{"abi": "lp64", "cpu": "none"}]
}`,
  `{"workload": "4k-hot", "plans": [{"ios": 8}, {"axes": {"depth": [1, 2]}}]}`,
);

export const SWEEP_TOKENS: readonly string[] = [
  ...['"axes"', '"plans"', '"include"', '"exclude"', '"layout"', '"workload"'],
  ...['"recognise"', '"device"', '"placement"', "null", "[]", '"64KiB"', '"-"'],
];

/** Result files; the second is a run with groups of workers and faults. */
export const RESULTS: readonly Uint8Array[] = texts(
  JSON.stringify(
    {
      schemaVersion: RESULT_SCHEMA_VERSION,
      tool: { name: TOOL_NAME, version: "0.1.0" },
      environment: { os: "linux", cpuModel: "a CPU", cpuCount: 2, deno: "2" },
      config: {
        layouts: ["page_offset", "phys_packed"],
        workloads: ["a b.iolog", "seq128k"],
        abis: ["lp64"],
        recognitions: ["page"],
        limits: { maxSectors: 1024, maxSegments: 129 },
        rounds: 12,
        command: "run --workload 'a b.iolog'",
      },
      seed: 1,
      warnings: [{ code: "busy-machine", message: "load 3", hint: "wait" }],
      complete: true,
      cells: [{
        workload: "a b.iolog",
        description: "fio iolog; buffers: scattered",
        abi: "lp64",
        recognition: "page",
        engine: "js",
        kernel: "7.2",
        baseline: "page_offset",
        ios: {
          ...{ total: 10, reads: 6, writes: 4, others: 0, bytes: 40960 },
          ...{ skipped: 1, rounded: 0, cut: 0 },
        },
        skippedByReason: { "1 header": 1 },
        digest: "9f86d081884c7d65",
        builds: 3,
        rounds: 12,
        noiseFloor: {
          ratio: { median: 1.004, low: 0.99, high: 1.02 },
          difference: 0.004,
        },
        layouts: ["page_offset", "phys_packed"].map((name) => ({
          name,
          recognition: "page",
          bytesPerSegment: 12,
          nsPerIo: { median: 120, low: 117, high: 122 },
          ratio: { median: 0.97, low: 0.95, high: 0.99 },
          verdict: name === "page_offset" ? "no difference shown" : "faster",
          adjustedPValue: 0.01,
          detectable: 0.02,
          betweenBuildSpread: 0.005,
          outliers: 0,
          iosPerSecond: 8.3e6,
          samples: {
            total: 2,
            capped: false,
            values: [{ build: 0, round: 0, nsPerIo: 119.5 }],
          },
          counts: {
            ...{ biosPerIo: 1, requestsPerIo: 1, segmentsPerIo: 32 },
            ...{ prpEntriesPerIo: 33, bvecBytesPerIo: 384 },
            bvecLinesPerIo: 6,
          },
          footprint: null,
          modelled: {
            ...{ cpu: "zen4", depth: 32, warmUpIos: 1024, ios: 128 },
            referencesPerIo: 900,
            levels: [{
              ...{ name: "L1D", missesPerIo: 100, readMissesPerIo: 60 },
              ...{ writeMissesPerIo: 40, writebacksPerIo: 12 },
            }],
            stallCyclesPerIo: { cycles: 900, low: 900, high: 950 },
            cold: {
              ...{ ios: 32, referencesPerIo: 950, levels: [] },
              stallCyclesPerIo: { cycles: 900, low: 900, high: 950 },
            },
          },
        })),
        leftOut: [{ name: "phyr", reason: "no flag in the segment" }],
        warnings: [],
      }],
    },
    null,
    1,
  ),
  JSON.stringify(whole, null, 1),
);
export const RESULT_TOKENS: readonly string[] = [
  ...['"faster"', '"slower"', "null", '"lp64"', '"page"', '"cells": []'],
  ...[
    '"layouts": []',
    "1e308",
    "1e-308",
    '"\\u001b[31m"',
    '"\\u202e"',
    '"$(id)"',
  ],
  ...['"\\n"', '"|"', '"<script>"', '"\\"\'`"', '"footprint": {}'],
];
