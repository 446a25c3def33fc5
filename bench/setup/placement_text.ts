/** The texts of `--placement NAME|FILE`: a model, or what was recorded. */
import { isThere } from "../files/if_there.ts";
import { createHash } from "node:crypto";
import type { FieldFile } from "../../sim/text/field.ts";
import { type TextCodec, textOf } from "../../sim/text/field_text.ts";
import { unknownName } from "../../sim/text/unknown_name.ts";
import {
  PLACEMENT_PRESETS,
  type PlacementOptions,
} from "../../sim/workload/placement_options.ts";
import { parsePlacement } from "../../sim/workload/parse_placement.ts";

export type GivenPlacement = string | Partial<PlacementOptions>;

/** Longest recording: of some 5 million runs. */
const LONGEST_RECORDING_BYTES = 256 << 20;

const NAMES: readonly string[] = Object.keys(PLACEMENT_PRESETS);

/** Names of models; nothing for the path of a file. */
export const placementText: TextCodec<GivenPlacement | undefined> = textOf<
  GivenPlacement | undefined
>(
  async (name) => {
    if (NAMES.includes(name)) return name;
    if (/[./\\]/.test(name) || await isThere(name)) return undefined;
    throw unknownName("placement", name, NAMES);
  },
  (placement) => typeof placement === "string" ? placement : "",
);

export const PLACEMENT_FILE: FieldFile<GivenPlacement> = {
  what: "placement",
  expected: `a file of physical runs or one of: ${NAMES.join(", ")}`,
  mostBytes: LONGEST_RECORDING_BYTES,
  parse: (text, path) => {
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { recorded: parsePlacement(path, text, sha256) };
  },
};
