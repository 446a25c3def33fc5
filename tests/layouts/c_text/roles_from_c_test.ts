/** Which members of a C struct are address, length and flag. */
import { assertEquals } from "@std/assert";
import {
  type CTextLayout,
  layoutFromC,
} from "../../../layouts/c_text/layout_from_c.ts";
import { CASES } from "./role_cases.ts";

function rolesText({ roles }: CTextLayout): string {
  const { address, length, flag } = roles;
  return `${address.kind} ${address.field}${
    address.offset === undefined ? "" : `+${address.offset}`
  } len ${length.field}${
    flag === undefined ? "" : ` flag ${flag.field}:${flag.bit}`
  }`;
}

Deno.test("layoutFromC() finds roles by types and by the kernel's names", async () => {
  for (const [text, expected, options] of CASES) {
    assertEquals(rolesText(await layoutFromC(text, options)), expected, text);
  }
});
