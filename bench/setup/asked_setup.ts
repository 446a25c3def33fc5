/** A setup as the rules look at it: with its defaults, and what they ask of it. */
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import { type PathProfile, pathProfile } from "../../sim/kernel/profile.ts";
import { depthOf } from "../../sim/setup/path_fields.ts";
import type { PlacementOptions } from "../../sim/workload/placement_options.ts";
import { workloadPlacement } from "../../sim/workload/workload_facts.ts";
import { type LabRunOptions, runSchema } from "./run_fields.ts";

export type RunSetup = Partial<LabRunOptions> & { readonly cpus?: number };

const DEFAULTS = runSchema.parse({});

/** A setup with its defaults, and what rules ask of it again and again. */
export type Asked =
  & Omit<LabRunOptions, "layouts">
  & Pick<RunSetup, "layouts">
  & {
    readonly cpus: number;
    readonly profile: PathProfile;
    /** The first workload with P2P memory, as the user named it. */
    readonly p2p: string | undefined;
    /** The first workload with buffers that begin inside a page. */
    readonly unaligned: string | undefined;
  };

/**
 * Fills a setup up.
 *
 * @param setup The setup; what is absent has its default.
 * @throws {RangeError} If its placement is not known or outside its limits.
 */
export function askedSetup({ cpus, ...setup }: RunSetup): Asked {
  const asked = {
    ...{ ...DEFAULTS, submitter: "user", engine: "js" } as const,
    ...{ ...setup, api: setup.api ?? DEFAULT_API, depth: depthOf(setup) },
  };
  const { workloads = [], placement } = setup;
  const first = (has: (placement: PlacementOptions) => boolean) => {
    const name = workloads.find((name) =>
      has(workloadPlacement(name, placement))
    );
    if (name === undefined) return undefined;
    return typeof placement === "string"
      ? `--placement ${placement}`
      : `--workload ${name}`;
  };
  return {
    ...asked,
    cpus: cpus ?? navigator.hardwareConcurrency,
    profile: pathProfile(asked.kernel),
    p2p: first(({ p2pIoShare, mixedIoShare }) => p2pIoShare + mixedIoShare > 0),
    unaligned: first(({ unalignedShare }) => unalignedShare > 0),
  };
}

export function given(value: unknown): boolean {
  return value !== undefined;
}
