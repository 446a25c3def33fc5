/** The form of a kernel of the user's own. */
import { z } from "zod";
import { abis } from "../../layouts/abi.ts";
import { someText } from "../../layouts/option_check.ts";
import type { OwnKernel } from "./own_kernel.ts";

const PLACE = /^(?:\w+ \d{1,4}| [\w.]+ \d{1,4} \d{1,4})$/;

/** Each key of `OwnKernel`, and nothing beside them. */
export const ownKernelSchema: z.ZodType<OwnKernel> = z.strictObject(
  {
    name: someText().describe("its name, such as that of the BTF file"),
    abi: z.enum(abis.map(({ name }) => name)).describe(
      "the ABI that it is built for",
    ),
    structs: z.array(
      z.string().regex(PLACE, { error: "lines of ownKernel()" }),
      { error: "a list" },
    ).max(100_000).describe(
      "its structs and the places of their fields, as ownKernel() gives them",
    ),
  } satisfies Record<keyof OwnKernel, z.ZodType>,
);
