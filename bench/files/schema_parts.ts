/** Names and numbers as files of the lab have them, checked. */
import { z } from "zod";

export const name: z.ZodString = z.string().min(1);

/** How many of something. */
export const wholeCount: z.ZodNumber = z.number().int().min(0);

/** An exact figure per I/O. */
export const exact: z.ZodNumber = z.number().min(0);

/** A time or a ratio. */
export const positive: z.ZodNumber = z.number().gt(0);
