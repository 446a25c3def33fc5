/** Names of programs: as options have them, and in an untrusted result. */
import {
  FieldTextError,
  type TextCodec,
  textOf,
} from "../../sim/text/field_text.ts";

/** The name or path of a program; words after a name would be arguments. */
export const programText: TextCodec<string> = textOf((text) => {
  if (!/\s/.test(text) || text.includes("/")) return text;
  throw new FieldTextError(
    `"${text}"`,
    "the name or path of a program, without arguments",
  );
});

/**
 * Tells the name of a program from a path.
 *
 * @returns Whether it can only mean a program in PATH.
 */
export function isProgramName(text: string): boolean {
  return /^\w[\w.+-]*$/.test(text);
}
