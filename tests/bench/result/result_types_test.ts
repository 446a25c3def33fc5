/**
 * The types of a result file and its schema say the same, key by key: with a
 * member that has no key, a key that has no member, one that is optional on one
 * side alone, or another type, this does not compile (`deno task check`). What
 * they are meant to differ in is left out: `readonly`; unknown keys, which the
 * schema lets pass and for which a type would take any misspelt name; and the
 * constants of the format, which are of this version's schema.
 */
import type { z } from "zod";
import { assert } from "@std/assert";
import type { LabResult } from "../../../bench/result/result.ts";
import type { wholeSchema } from "../../../bench/result/result_schema.ts";

/** Keys that are compared by hand, or not at all. */
type Apart = "schemaVersion" | "tool";

/** A type without those, `readonly` and unknown keys, all the way down. */
type Plain<Type> = Type extends readonly (infer Item)[] ? Plain<Item>[]
  : Type extends object ? {
      -readonly [
        Key in keyof Type as Key extends Apart ? never
          : string extends Key ? (unknown extends Type[Key] ? never : Key)
          : Key
      ]: Plain<Type[Key]>;
    }
  : Type;

/** `true` for types that are the same, and not only assignable. */
type Same<One, Other> = (<Type>() => Type extends One ? 1 : 2) extends
  (<Type>() => Type extends Other ? 1 : 2) ? true : false;

Deno.test("the types of a result are those of its schema", () => {
  const same: Same<Plain<LabResult>, Plain<z.infer<typeof wholeSchema>>> = true;

  assert(same);
});
