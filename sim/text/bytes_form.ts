/** The form of what bytes are read from. */
import type { z } from "zod";
import { valueOf } from "../../layouts/option_check.ts";

/** Bytes in parts, such as a `ReadableStream`. */
export const streamSchema: z.ZodType<AsyncIterable<Uint8Array>> = valueOf(
  "a stream of bytes",
  (value) => typeof Reflect.get(value, Symbol.asyncIterator) === "function",
);

/** First bytes of a file. */
export const headSchema: z.ZodType<Uint8Array> = valueOf(
  "a Uint8Array",
  (value) => value instanceof Uint8Array,
);
