import { assertThrows } from "@std/assert";
import { z } from "zod";
import { readJsonForm } from "../../../sim/text/json_form.ts";

const schema = z.object({ lines: z.number().min(0) });

/** What is said of a text that stands in a file at line 3, column 5. */
function complaint(text: string, message: string): void {
  assertThrows(
    () =>
      readJsonForm(text, {
        kind: "footprint",
        fileName: "a.json",
        schema,
        within: { position: { line: 3, column: 5 }, path: ["workloads", "a"] },
      }),
    SyntaxError,
    message,
  );
}

Deno.test("readJsonForm() tells the place in the file of a part of it", () => {
  // On the first line of the part columns go on, on later ones they are own.
  complaint(
    '{"lines":-1}',
    'Cannot read footprint "a.json": line 3, column 14: workloads.a.lines: ' +
      "found -1",
  );
  complaint('{\n "lines":-1}', "line 4, column 10: workloads.a.lines: found");
  complaint("7", "line 3, column 5: workloads.a: found 7");
  complaint('{"lines":}', 'line 3, column 14: found "}", expected a value');
});
