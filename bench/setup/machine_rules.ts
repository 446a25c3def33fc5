/** Rules on the controller, its memory and buses, and on P2P detections. */
import { findAbi } from "../../layouts/abi.ts";
import { bouncePoolOf } from "../../sim/setup/bounce_pool.ts";
import { type Asked, given } from "./asked_setup.ts";
import {
  idleDetection,
  idleDetectionReason,
  isAbsent,
  layoutsFor,
} from "./idle_detection.ts";
import { choiceName } from "./run_layouts.ts";

import { kernelsWith, type SetupRule } from "./setup_rule.ts";

export const MACHINE_RULES: readonly SetupRule[] = [
  // The controller, its memory and its buses.
  {
    when: ({ machine }) => !machine.sgl && given(machine.sglThresholdBytes),
    what: "--sgl-threshold",
    found: "a controller of PRPs",
    expected: "--sgl",
  },
  {
    when: ({ machine }) => !machine.sgl && machine.metadataSgl === true,
    what: "--metadata-sgl",
    found: "a controller of PRPs",
    expected: "--sgl",
  },
  {
    when: ({ machine }) =>
      machine.metadataSgl === true && !given(machine.integrity),
    what: "--metadata-sgl",
    found: "blocks without metadata",
    expected: "--integrity t10",
  },
  {
    when: ({ machine, profile }) =>
      machine.metadataSgl === true &&
      profile.nvmeLimits.mostMetadataSegments === 0,
    what: ({ kernel }) => `--metadata-sgl with --kernel ${kernel}`,
    found:
      "a driver that names metadata by one address (no NVME_MAX_META_SEGS)",
    expected: () =>
      `kernel ${
        kernelsWith(({ nvmeLimits }) => nvmeLimits.mostMetadataSegments > 0)
      }`,
  },
  {
    when: ({ machine }) => given(machine.client) && !given(machine.topology),
    what: ({ machine }) => `--client ${machine.client}`,
    found: "no --topology",
    expected: "the tree that it is in",
  },
  {
    when: ({ machine }) =>
      machine.iommu &&
      (machine.forceBounce === true || (machine.bouncePoolBytes ?? 0) > 0),
    what: ({ machine }) =>
      `${
        machine.forceBounce ? "--force-bounce" : "--bounce-pool"
      } with --iommu`,
    found: "an IOMMU, which maps instead",
    expected: "one of the two",
  },
  {
    when: ({ machine }) =>
      machine.forceBounce === true && bouncePoolOf(machine) === 0,
    what: "--force-bounce with --bounce-pool 0",
    found: "no bounce pool",
    expected: "one",
  },
  {
    when: ({ machine, abis }) =>
      abis.some((abi) => abi !== (machine.ownKernel?.abi ?? abi)),
    what: ({ abis }) => `--abi ${abis.join(",")}`,
    found: ({ machine }) =>
      `the structures of ${machine.ownKernel?.name}, built for ` +
      `${machine.ownKernel?.abi}`,
    expected: "only that ABI",
  },
  {
    when: ({ machine }) =>
      given(machine.structPageBytes) && given(machine.ownKernel),
    what: "--struct-page-bytes",
    found: ({ machine }) =>
      `the structures of ${machine.ownKernel?.name}, which have a struct page`,
    expected: "one of the two",
  },
  {
    when: (setup) => given(otherPageAbi(setup)),
    what: ({ machine }) => `--struct-page-bytes ${machine.structPageBytes}`,
    found: (setup) => `--abi ${otherPageAbi(setup)}`,
    expected: (setup) =>
      findAbi(otherPageAbi(setup) ?? "lp64").pointerBytes === 8
        ? "64, as 64-bit kernels have it"
        : "a multiple of 4 from 32 to 64",
  },
  // How P2P memory is detected.
  {
    when: ({ machine, recognitions }) =>
      given(machine.integrity) && recognitions.includes("map_first"),
    what: "--integrity with --recognise map_first",
    found: "a detection that has no CPU address to check data at",
    expected: "another one",
  },
  {
    when: ({ machine, recognitions }) =>
      machine.vmemmap === false && recognitions.includes("map_first"),
    what: "--no-vmemmap with --recognise map_first",
    found: "a detection that looks at no struct page",
    expected: "another one",
  },
  {
    when: ({ machine, recognitions }) =>
      given(machine.ranges) && !recognitions.includes("range"),
    what: ({ machine }) => `--ranges ${machine.ranges}`,
    found: ({ recognitions }) => `--recognise ${recognitions.join(",")}`,
    expected: "--recognise range, which alone searches them",
  },
  {
    when: (setup) => given(idleDetection(setup)),
    what: (setup) =>
      `${
        isAbsent(setup)
          ? `--abi ${setup.abis.join(",")}`
          : `--recognise ${idleDetection(setup)}`
      } with --layout ${(setup.layouts ?? []).map(choiceName).join(",")}`,
    found: (setup) => idleDetectionReason(setup),
    expected: (setup) => layoutsFor(setup),
  },
];

/** The first ABI whose struct page cannot be of the size that was given. */
function otherPageAbi({ abis, machine }: Asked): string | undefined {
  const { structPageBytes: bytes } = machine;
  if (bytes === undefined) return undefined;
  return abis.find((name) =>
    findAbi(name).pointerBytes === 8 ? bytes !== 64 : bytes % 4 !== 0
  );
}
