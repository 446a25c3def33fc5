import { assertThrows } from "@std/assert";
import { z } from "zod";
import { readJsonForm } from "../../../sim/text/json_form.ts";

const schema = z.object({ a: z.object({ lines: z.number().min(0) }) });

function complaint(text: string, message: string): void {
  assertThrows(
    () => readJsonForm(text, { kind: "footprint", fileName: "a.json", schema }),
    SyntaxError,
    message,
  );
}

Deno.test("readJsonForm() tells the place and the path of a node", () => {
  complaint(
    '{"a":{"lines":-1}}',
    'Cannot read footprint "a.json": line 1, column 15: a.lines: found -1',
  );
  complaint('{\n "a":{\n  "lines":-1}}', "line 3, column 11: a.lines: found");
  complaint("7", "line 1, column 1: footprint: found 7");
  complaint(
    '{"a":{"lines":}}',
    'line 1, column 15: found "}", expected a value',
  );
});
