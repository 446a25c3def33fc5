/**
 * What each command of the lab does, in the order in which `lab --help` lists
 * them: known without loading any.
 */
export const SUMMARIES = {
  run:
    "compare layouts: exact counts, then measured speed (the default command)",
  audit: "show who uses bv_page in a kernel tree, and for what",
  cache: "run an address trace through a cache hierarchy",
  check: "check the lab itself: oracle, fuzz, soak, study",
  compare: "compare results with the first one, like with like",
  completions: "print a completion script for a shell",
  explain:
    "show one I/O from its buffer to the device's descriptors, with its bytes",
  heat: "count accesses to one kernel structure, per line and per 8 bytes",
  layouts:
    "show layouts on every ABI: sizes, origins, and members as in pahole",
  man: "print the man page of the lab, or of one of its commands",
  merge:
    "join the folders of a sweep; they must be alike, complete and consistent",
  report: "print a result as answer, text, mail, Markdown, CSV, JSON or a page",
  sweep: "run a plan of many cells, or a part of it; lab merge joins the parts",
  topology: "show a PCI tree with P2P distances and map types",
  verify: "recount the exact figures of a result or of a mail",
} as const;
