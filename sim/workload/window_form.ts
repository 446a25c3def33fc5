/** The form of a window and of its size. */
import { z } from "zod";
import { valueOf, wholeNumber } from "../../layouts/option_check.ts";
import type { IoWindow, WindowCapacity } from "./window.ts";

/** How much a window holds; whether there is memory for it shows itself. */
export const capacitySchema: z.ZodType<WindowCapacity> = z.strictObject({
  ios: wholeNumber(0),
  pieces: wholeNumber(0),
});

/** A window of I/Os, as `createWindow()` lays it out. */
export const windowSchema: z.ZodType<IoWindow> = valueOf(
  "a window of I/Os, as createWindow() makes it",
  ({ counts, op, firstPiece, physLo }) =>
    counts instanceof Int32Array && op instanceof Uint8Array &&
    firstPiece instanceof Int32Array && physLo instanceof Int32Array,
);
