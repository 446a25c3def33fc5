/** The form of a controller. */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import { topologySchema } from "../pci/topology_form.ts";
import type { ControllerOptions } from "./controller.ts";

/** A controller: each key, and nothing beside them. */
export const controllerSchema: z.ZodType<ControllerOptions> = z.strictObject(
  {
    sgl: z.boolean().optional(),
    metadataSgl: z.boolean().optional(),
    sglThresholdBytes: wholeNumber(0, 2 ** 32 - 1).optional(),
    iommu: z.boolean().optional(),
    maskBits: wholeNumber(12, 64).optional(),
    forceBounce: z.boolean().optional(),
    bouncePoolBytes: wholeNumber(0, 2 ** 32).optional(),
    topology: topologySchema.optional(),
    client: someText().optional(),
    integrity: z.boolean().optional(),
    integrityCounts: z.looseObject({}).optional(),
    faults: z.looseObject({}).optional(),
  } satisfies Record<keyof ControllerOptions, z.ZodType>,
) as unknown as z.ZodType<ControllerOptions>;
