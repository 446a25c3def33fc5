/**
 * What a path depends on, as plain data that a message to a worker can carry,
 * and what it is made into.
 */
import { type Abi, findAbi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import type { LayoutData } from "../../layouts/layout_data.ts";
import { findLayout } from "../../layouts/registry.ts";
import { toldLayout } from "../../layouts/told_layout.ts";
import type { AssemblyOptions } from "./assembly.ts";
import { ownStructsOf } from "../kernel/own_kernel.ts";
import type { MachineSetup } from "./machine_fields.ts";
import { machineParts } from "./machine_parts.ts";

/** Everything that a path depends on. */
export interface PathSetup extends
  Pick<
    AssemblyOptions,
    | "kernel"
    | "recognition"
    | "limits"
    | "map"
    | "depth"
    | "batch"
    | "submitter"
    | "api"
    | "registered"
  > {
  /**
   * Name of the layout; or the layout itself, in a setup that stays
   * in its isolate.
   */
  readonly layout: string | Layout;
  /** Description of the layout; absent for one of the registry. */
  readonly layoutData?: LayoutData | undefined;
  /** Name of the ABI, or the ABI itself. */
  readonly abi: string | Abi;
  /** The controller and the buses. */
  readonly machine: MachineSetup;
  /** Salt of the medium's content; default: 0. */
  readonly salt?: number;
}

/**
 * A setup on the side of its worker, where hooks may be put into its paths; no
 * message can carry them there.
 */
type HookedSetup = PathSetup & Pick<AssemblyOptions, "hooks">;

/** What a setup is made into, without observers and replaced parts. */
export type PathParts = Omit<AssemblyOptions, "decode" | "probe">;

/**
 * Returns the layout of a setup.
 *
 * @param setup The layout, or its name with its description unless it is a
 *   registered one.
 * @throws {RangeError} If there is none of that name.
 */
export function layoutOf(
  { layout, layoutData }: Pick<PathSetup, "layout" | "layoutData">,
): Layout {
  if (typeof layout !== "string") return layout;
  return layoutData === undefined ? findLayout(layout) : toldLayout(layoutData);
}

/**
 * Makes the parts of a path from its setup: names become what they stand for,
 * the machine becomes its controller.
 *
 * @param setup The setup; what else it holds is left out.
 * @throws {RangeError} If a name is not known.
 */
export function pathParts(setup: HookedSetup): PathParts {
  // Read once: one that is planned by path counts them.
  const { hooks } = setup;
  const { abi, batch, submitter, api, registered, salt } = setup;
  return {
    hooks,
    layout: layoutOf(setup),
    abi: ownAbi(typeof abi === "string" ? findAbi(abi) : abi, setup.machine),
    kernel: setup.kernel,
    recognition: setup.recognition,
    limits: setup.limits,
    map: setup.map,
    depth: setup.depth,
    batch,
    submitter,
    api,
    registered,
    salt,
    ...machineParts(setup.machine),
  };
}

/** The size of a struct page is the kernel's own: its options add to it. */
function ownAbi(abi: Abi, { ownKernel, structPageBytes }: MachineSetup): Abi {
  const own = ownKernel && ownStructsOf(ownKernel, abi).page?.sizeBytes;
  const pageStructBytes = structPageBytes ?? own ?? abi.pageStructBytes;
  return pageStructBytes === abi.pageStructBytes
    ? abi
    : { ...abi, pageStructBytes };
}
