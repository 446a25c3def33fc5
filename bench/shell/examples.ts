/** Examples of each command, for its help and the man page. */

export type Example = readonly [line: string, what: string];

/** Examples by command; a new command gets its own here. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  run: [
    ["deno task lab", "the usual layouts on the usual workloads"],
    [
      "deno task lab --workload trace.blktrace.0 --layout phyr,phys_packed",
      "two layouts on a trace of your own",
    ],
    [
      "deno task lab --struct mail.txt --rounds 0",
      "a struct from a mail, exact figures only",
    ],
    [
      "deno task lab --json result.json --html result.html",
      "keep the result, and a page with charts",
    ],
  ],
  audit: [["deno task lab audit linux-6.12/block", "one directory of a tree"]],
  cache: [
    [
      "valgrind --tool=lackey --trace-mem=yes true 2>trace.txt",
      "record the memory accesses of a program",
    ],
    ["deno task lab cache trace.txt --cpu zen4", "run them through its caches"],
  ],
  check: [
    ["deno task lab check oracle", "the path against what real kernels did"],
    ["deno task lab check soak --ios 1M", "a million verified I/Os"],
  ],
  compare: [
    ["deno task lab compare before.json after.json", "two runs"],
    [
      "deno task lab compare v6.12.json v7.2.json --across kernel",
      "two kernels, on purpose",
    ],
  ],
  completions: [
    ["source <(deno task --quiet lab completions bash)", "in ~/.bashrc"],
    [
      "source <(deno task --quiet lab completions zsh)",
      "in ~/.zshrc, after compinit",
    ],
    ["deno task --quiet lab completions fish | source", "in config.fish"],
  ],
  explain: [
    ["deno task lab explain --workload 1m-p2p --io 3", "the fourth I/O"],
    ["deno task lab explain --sgl --layout phyr", "with SGLs instead of PRPs"],
  ],
  heat: [
    [
      "deno task lab heat --structure request --workload 4k-hot",
      "which bytes of struct request an I/O touches",
    ],
  ],
  layouts: [
    [
      "deno task lab layouts --layout phyr,len31_p2p --abi lp64,ilp32",
      "two layouts on two ABIs",
    ],
    ["deno task lab layouts --struct mail.txt", "a struct from a mail"],
  ],
  man: [
    ["deno task --quiet lab man | man -l -", "read it"],
    ["deno task --quiet lab man run >lab-run.1", "the page of one command"],
  ],
  merge: [
    ["deno task lab merge out --json sweep.json", "one folder, as one result"],
    ["deno task lab merge out --html sweep.html", "a page with charts"],
    [
      "deno task lab merge node1/out node2/out --json sweep.json",
      "folders of several machines, checked against each other",
    ],
  ],
  report: [
    ["deno task lab report result.json --mail", "for a mailing list"],
    [
      "deno task --quiet lab --json - | deno task lab report - --mail",
      "without a file",
    ],
    [
      "deno task lab report result.json --html --output page.html",
      "a page with charts",
    ],
  ],
  sweep: [
    ["deno task lab sweep plan.json --dry-run", "the cells of a plan"],
    ["deno task lab sweep plan.json --out out --resume", "run what is missing"],
    [
      "parallel deno task lab sweep plan.json --out out --shard {}/4 ::: 1 2 3 4",
      "in four processes, or on four machines with one file system",
    ],
    [
      "deno task lab:slurm sweep plan.json --out out --engine slurm",
      "in Slurm, followed to its end",
    ],
  ],
  topology: [
    [
      "deno task lab topology cascaded_switches",
      "a tree that ships with the lab",
    ],
    ["lspci -vvv -nn | deno task lab topology --lspci -", "this machine"],
  ],
  verify: [
    ["deno task lab verify result.json", "a result"],
    ["deno task lab verify - <mail.eml", "a mail, as it was received"],
  ],
};

export const TOOL_EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  oracle: [
    ["deno task oracle", "the rows that come with the lab"],
    [
      "deno task oracle --rows rows --json oracle.json",
      "rows of your own, and which are not exact",
    ],
  ],
  fuzz: [
    ["deno task fuzz blkparse btf --runs 1k", "two readers, a thousand inputs"],
    ["deno task fuzz --seed 7", "all of them, other inputs"],
  ],
  soak: [
    ["deno task soak --ios 1M", "a million I/Os, all layouts"],
    [
      "deno task soak --ios 100k --layout phyr --seed 7",
      "one layout, other I/Os and faults",
    ],
  ],
  study: [
    [
      "deno task study --quick --json quick.json --readme quick.md",
      "a small one, next to that of the repository",
    ],
    [
      "deno task study --exact --force",
      "count again, keep the timings that are there",
    ],
  ],
  "lab:kernel run": [
    [
      "deno task lab:kernel run --kernel bzImage --vmlinux vmlinux --out a.json",
      "what an I/O executes and touches in a kernel",
    ],
  ],
  "lab:kernel compare": [
    [
      "deno task lab:kernel compare base.json patched.json --mail -",
      "what a patch changed, for a list",
    ],
  ],
};
