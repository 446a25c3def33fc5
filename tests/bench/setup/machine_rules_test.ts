import type { RunSetup } from "../../../bench/setup/asked_setup.ts";
import { assertRefused, kernelsWith, machine } from "./refused_setup.ts";

const WITH_META_SGLS = kernelsWith(({ nvmeLimits }) =>
  nvmeLimits.mostMetadataSegments > 0
);

/** A setup for each rule, and what is said of it. */
const BROKEN: readonly (readonly [RunSetup, string])[] = [
  [
    machine({ sglThresholdBytes: 0 }),
    "--sgl-threshold: found a controller of PRPs, expected --sgl",
  ],
  [
    machine({ metadataSgl: true, integrity: "t10" }),
    "--metadata-sgl: found a controller of PRPs, expected --sgl",
  ],
  [
    machine({ metadataSgl: true, sgl: true }),
    "--metadata-sgl: found blocks without metadata, expected --integrity t10",
  ],
  [
    {
      ...machine({ metadataSgl: true, sgl: true, integrity: "t10" }),
      kernel: "6.1",
    },
    "--metadata-sgl with --kernel 6.1: found a driver that names metadata by " +
    `one address (no NVME_MAX_META_SEGS), expected kernel ${WITH_META_SGLS}`,
  ],
  [
    {
      ...machine({
        ownKernel: { name: "mine.txt", abi: "lp64", structs: ["bio 8"] },
      }),
      abis: ["lp64", "ilp32"],
    },
    "--abi lp64,ilp32: found the structures of mine.txt, built for lp64, " +
    "expected only that ABI",
  ],
  [
    machine({ client: "nvme0" }),
    "--client nvme0: found no --topology, expected the tree that it is in",
  ],
  [
    machine({ iommu: true, forceBounce: true }),
    "--force-bounce with --iommu: found an IOMMU, which maps instead",
  ],
  [
    machine({ iommu: true, bouncePoolBytes: 1 << 20 }),
    "--bounce-pool with --iommu: found an IOMMU",
  ],
  [
    machine({ forceBounce: true, bouncePoolBytes: 0 }),
    "--force-bounce with --bounce-pool 0: found no bounce pool, expected one",
  ],
  [
    { ...machine({ integrity: "t10" }), recognitions: ["map_first"] },
    "--integrity with --recognise map_first: found a detection that has no CPU",
  ],
  [
    { ...machine({ vmemmap: false }), recognitions: ["page", "map_first"] },
    "--no-vmemmap with --recognise map_first: found a detection that looks at",
  ],
  [
    machine({ ranges: "maple" }),
    "--ranges maple: found --recognise page, expected --recognise range",
  ],
  [
    { ...machine({ structPageBytes: 36 }), abis: ["ilp32", "lp64"] },
    "--struct-page-bytes 36: found --abi lp64, expected 64, as 64-bit",
  ],
  [
    { ...machine({ structPageBytes: 34 }), abis: ["ilp32_lpae"] },
    "--struct-page-bytes 34: found --abi ilp32_lpae, expected a multiple of 4",
  ],
  [
    { layouts: ["page_offset"], recognitions: ["segment"] },
    "--recognise segment with --layout page_offset: found page_offset on " +
    "lp64: no flag in the segment, expected one of 10 layouts such as phys_flags",
  ],
  [
    { layouts: ["page_offset"], recognitions: ["page", "map_first"] },
    "--recognise map_first with --layout page_offset: found page_offset on " +
    "lp64: no field can hold a DMA address, expected dma_vec",
  ],
  [
    { layouts: ["page_offset", "phyr"], recognitions: ["page", "segment"] },
    "--recognise segment with --layout page_offset,phyr: found phyr on lp64: " +
    "no flag in the segment, expected one of 10 layouts such as phys_flags",
  ],
  [
    { layouts: ["page_offset", "len24_p2p"], abis: ["lp64", "lp64_be"] },
    "--abi lp64,lp64_be with --layout page_offset,len24_p2p: found len24_p2p " +
    "on lp64: the 24-bit length is for 32-bit size_t; see len56_p2p, expected ",
  ],
];

Deno.test("checkSetup() refuses a machine that breaks a rule, in one line", () => {
  for (const [setup, text] of BROKEN) assertRefused(setup, text);
});
