/** P2P detections that none of the layouts asked for would use, and why. */
import { type Abi, findAbi } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { layoutOfData } from "../../layouts/layout_data.ts";
import { layouts, selectLayouts } from "../../layouts/registry.ts";
import type { Asked } from "./asked_setup.ts";
import { BASELINE } from "./baseline.ts";
import {
  type Recognition,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";

/** The layouts asked for; the baseline only where it is all that was. */
function named({ layouts: names = [] }: Asked): readonly Layout[] {
  const all = names.flatMap((one) =>
    typeof one === "string"
      ? selectLayouts(one)
      : "structs" in one
      ? [layoutOfData(one)]
      : [one]
  );
  const others = all.filter(({ name }) => name !== BASELINE);
  return others.length > 0 ? others : all;
}

/** The first detection that none of the layouts asked for would use. */
export function idleDetection(setup: Asked): Recognition | undefined {
  if (setup.layouts === undefined) return undefined;
  return setup.recognitions.find((recognition) =>
    !named(setup).some((layout) => serves(layout, recognition, setup))
  );
}

function serves(
  layout: Layout,
  recognition: Recognition,
  { abis }: Asked,
): boolean {
  return abis.some((name) =>
    !isUnsupported(
      servesRecognition(layout, {
        abi: findAbi(name),
        recognition,
      }),
    )
  );
}

/** Whether none of the layouts asked for exists on any of the ABIs. */
export function isAbsent(setup: Asked): boolean {
  return named(setup).every((layout) =>
    setup.abis.every((name) => isUnsupported(layout.struct(findAbi(name))))
  );
}

/** Why the first of the layouts asked for does not use it. */
export function idleDetectionReason(setup: Asked): string {
  const recognition = idleDetection(setup);
  const [layout] = named(setup);
  const [abi] = setup.abis.map((name): Abi => findAbi(name));
  if (recognition === undefined || !layout || !abi) return "no layout";
  const served = servesRecognition(layout, {
    abi,
    recognition,
  });
  return `${layout.name} on ${abi.name}: ${
    isUnsupported(served) ? served.unsupported : "none"
  }`;
}

/** Layouts that would do: each by name while they are few. */
export function layoutsFor(setup: Asked): string {
  const recognition = idleDetection(setup);
  if (recognition === undefined) return "a layout of that ABI";
  const names = layouts
    .filter((layout) => serves(layout, recognition, setup))
    .map(({ name }) => name);
  return names.length <= 6
    ? names.join(", ")
    : `one of ${names.length} layouts such as ${names[0]} and ${names[1]} ` +
      "(lab layouts says which detections each serves)";
}
