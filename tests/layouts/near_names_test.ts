import { assertEquals } from "@std/assert";
import { nearNames } from "../../layouts/near_names.ts";

const ABIS = ["lp64", "lp64_be", "ilp32", "ilp32_pae", "ilp32_lpae"];
const LAYOUTS = [
  "page_offset",
  "phys_flags",
  "phys_len",
  "phyr",
  "phys_packed",
  "rlist_8",
  "rlist_16",
  "family:rlist",
  "family:soa",
];

Deno.test("nearNames() suggests what is a slip away", () => {
  const cases: [string, string[], string[]][] = [
    ["phys_flag", LAYOUTS, ["phys_flags"]],
    ["PHYS-FLAGS", LAYOUTS, ["phys_flags"]],
    ["pagge_offset", LAYOUTS, ["page_offset"]],
    ["lp46", ABIS, ["lp64"]],
    ["lp32", ABIS, ["ilp32"]],
    ["zen", ["zen4", "z16"], ["zen4"]],
    ["phys", LAYOUTS, ["phys_len", "phys_flags", "phys_packed"]],
    ["amd", ["intel", "amd-zen", "amd-old", "arm"], ["amd-zen", "amd-old"]],
    // A short word is one if a name begins with it, and none at its end.
    ["4k", ["4k-hot", "4k-1g-pool", "randread-4k"], ["4k-hot", "4k-1g-pool"]],
    ["rlist_24", LAYOUTS, ["rlist_8"]],
    ["7.3", ["6.1", "6.12", "7.2"], ["7.2"]],
    ["request_que", ["request", "request_queue"], ["request_queue"]],
    ["page", ["user", "registered", "pagecache"], ["pagecache"]],
    ["family:rlits", LAYOUTS, ["family:rlist"]],
    ["physFlags", LAYOUTS, ["phys_flags"]],
    ["dma_mask", ["dmaMaskBits", "depth"], ["dmaMaskBits"]],
    ["depht", ["dmaMaskBits", "depth"], ["depth"]],
  ];
  for (const [name, known, near] of cases) {
    assertEquals(nearNames(name, known), near, name);
  }
});

Deno.test("nearNames() suggests nothing that is merely the least unlike", () => {
  const cases: [string, string[]][] = [
    ["x86_64", ABIS],
    ["arm", ABIS],
    ["nope.iolog", ["randrw4k", "seq128k", "mixedbs"]],
    ["amd", ["intel", "arm"]],
    ["5.10", ["6.1", "6.12", "7.2"]],
    ["64", ABIS],
    ["nope", ["page", "segment"]],
    ["family:nope", LAYOUTS],
    ["", ABIS],
    ["page", []],
  ];
  for (const [name, known] of cases) {
    assertEquals(nearNames(name, known), [], name);
  }
});
