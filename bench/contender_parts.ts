/** What a contender's setup is made into: its layout, and parts of its path. */
import { findAbi } from "../layouts/abi.ts";
import type { Layout } from "../layouts/layout.ts";
import { layoutOfData } from "../layouts/layout_data.ts";
import { findLayout } from "../layouts/registry.ts";
import type { AssemblyOptions } from "../sim/assembly.ts";
import { machineParts } from "./contender_machine.ts";
import type { ContenderSetup } from "./contender_protocol.ts";

/**
 * Gives the layout of a contender.
 *
 * @param setup Its name, and its description unless it is a registered one.
 * @returns The layout.
 * @throws {RangeError} If there is none of that name.
 */
export function contenderLayout(
  { layout, layoutData }: Pick<ContenderSetup, "layout" | "layoutData">,
): Layout {
  return layoutData === undefined
    ? findLayout(layout)
    : layoutOfData(layoutData);
}

/**
 * A setup on the side of its worker, where hooks may be put into its paths; no
 * message can carry them there.
 */
type HookedSetup = ContenderSetup & Pick<AssemblyOptions, "hooks">;

/**
 * Gives what every path of a contender is put together from.
 *
 * @param from The contender.
 * @returns Options for `assemblePath`.
 */
export function pathParts(
  from: HookedSetup,
): Omit<AssemblyOptions, "decode"> {
  const { hooks } = from; // read once: one that is planned by path counts them
  return {
    ...(hooks === undefined ? {} : { hooks }),
    layout: contenderLayout(from),
    abi: findAbi(from.abi),
    kernel: from.kernel,
    recognition: from.recognition,
    limits: from.limits,
    map: from.map,
    depth: from.depth,
    batch: from.batch,
    submitter: from.submitter,
    salt: from.salt,
    ...machineParts(from.machine),
  };
}
