/**
 * The commands whose output must not change unless behaviour does: each part of
 * the path at least once, and few I/Os of each.
 */

/** A command, as given to one of the tree's own programs. */
export interface ExactCommand {
  /** What it is called here, for `--only`. */
  readonly name: string;
  /** The program, from the top of the tree. */
  readonly program: "bench/lab.ts" | "bench/oracle/command.ts";
  readonly args: readonly string[];
  /** Files that it writes beside its JSON, in the working folder. */
  readonly writes?: readonly string[];
  /** Text of the file `faults.json` in that folder, if it reads one. */
  readonly faults?: string;
}

/** Layouts of several kinds: mainline's, packed, blocks of many, arrays. */
const LAYOUTS = "page_offset,len31_p2p,rlist_8,soa_phys_len";

/** A plan with a fault of every kind that any path can have. */
const FAULTS = JSON.stringify({
  schemaVersion: 1,
  seed: 7,
  device: "channels:8,exp:80us",
  faults: [
    { kind: "status", every: 17, status: "internal" },
    { kind: "timeout", io: 12, end: "reset" },
    { kind: "descriptor", io: 30 },
    { kind: "mapping", io: 41 },
    { kind: "tag", io: 50 },
    { kind: "completion", io: 61, how: "duplicate" },
    { kind: "short", io: 71, reported: true },
    { kind: "reorder", every: 29 },
  ],
});

function lab(name: string, words: string): ExactCommand {
  const args = [...words.split(" "), "--json", "out.json"];
  return { name, program: "bench/lab.ts", args };
}

function run(name: string, words: string): ExactCommand {
  return lab(name, `run --rounds 0 --quiet ${words}`);
}

export const EXACT_COMMANDS: readonly ExactCommand[] = [
  run("presets", "--workload randrw4k,mixedbs --ios 64"),
  run(
    "detections",
    `--layout ${LAYOUTS} --workload 1m-p2p,64k-mixed --ios 24 ` +
      "--recognise page,segment,bio,range,map_first",
  ),
  run(
    "abis",
    `--layout ${LAYOUTS} --workload 4k-hot,mixedbs --ios 64 --kernel 6.1 ` +
      "--abi ilp32,ilp32_pae,lp64_be",
  ),
  run(
    "registered",
    `--layout ${LAYOUTS} --workload 128k-scattered,randrw4k --ios 64 ` +
      "--submitter registered --batch 8 --scheduler mq-deadline",
  ),
  run(
    "page cache",
    `--layout ${LAYOUTS} --workload seq128k --ios 64 --submitter pagecache ` +
      "--kernel 6.12 --no-vmemmap",
  ),
  run(
    "kernel user",
    `--layout ${LAYOUTS} --workload 128k-scattered,64k-mixed --ios 24 ` +
      "--submitter kernel --recognise page,segment",
  ),
  run(
    "iommu",
    `--layout ${LAYOUTS} --workload mixedbs --ios 64 --iommu --sgl ` +
      "--integrity t10 --metadata-sgl",
  ),
  run(
    "bounce",
    `--layout ${LAYOUTS} --workload mixedbs --ios 64 --force-bounce ` +
      "--by stage",
  ),
  run(
    "topology",
    `--layout ${LAYOUTS} --workload 64k-mixed --ios 24 ` +
      "--topology one_switch --recognise range --ranges maple",
  ),
  run(
    "ranges",
    "--layout page_offset,dma_vec,phyr,rlist_16 --workload 1m-p2p --ios 24 " +
      "--p2p-producer ranges --recognise page,range",
  ),
  {
    ...run(
      "faults",
      `--layout ${LAYOUTS} --workload randrw4k --ios 150 ` +
        "--faults faults.json",
    ),
    faults: FAULTS,
  },
  {
    ...run(
      "traces",
      "--layout page_offset --workload mixedbs --ios 64 --iolog out.iolog " +
        "--blktrace out",
    ),
    writes: ["out.iolog", "out.blktrace.0"],
  },
  lab("explain", "explain --io 3"),
  lab(
    "explain p2p",
    "explain --workload 64k-mixed --io 1 --layout phys_flags --recognise bio",
  ),
  lab("heat", "heat --ios 64 --depth 4 --structure bio"),
  lab("layouts", "layouts"),
  lab("tree", "topology two_host_bridges"),
  {
    name: "oracle",
    program: "bench/oracle/command.ts",
    args: ["--json", "out.json"],
  },
];
