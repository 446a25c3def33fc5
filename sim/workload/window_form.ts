/** The form of a window's size. */
import { z } from "zod";
import { wholeNumber } from "../../layouts/option_check.ts";
import type { WindowCapacity } from "./window.ts";

/** How much a window holds; whether there is memory for it shows itself. */
export const capacitySchema: z.ZodType<WindowCapacity> = z.strictObject({
  ios: wholeNumber(0),
  pieces: wholeNumber(0),
});
