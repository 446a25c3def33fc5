/**
 * The device of a plan: no field of a setup, which has the limits that its name
 * stands for, as `--device` is none of a run.
 */
import { z } from "zod";
import {
  DEFAULT_DEVICE,
  DEVICE_NAMES,
  deviceLimits,
} from "../../sim/setup/device_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import type { Field } from "../../sim/text/field.ts";
import { textOf } from "../../sim/text/field_text.ts";

/** Any machine will do: what a name stands for there is asked for each cell. */
const ANY_MACHINE = {
  ...{ kernel: DEFAULT_KERNEL, limits: {} },
  ...{ sgl: false, iommu: false },
};

export const DEVICE_FIELD: Field = {
  path: ["device"],
  schema: z.string().optional(),
  note: {
    flag: "--device",
    help: `queue limits: ${DEVICE_NAMES.join(", ")}`,
    text: textOf((name) => {
      deviceLimits(name, ANY_MACHINE);
      return name;
    }),
    isUsual: (name: string) => name === DEFAULT_DEVICE,
    native: true,
  },
};
