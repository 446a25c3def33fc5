/** Layouts, and structs as C text. */
import { importTests } from "../import_tests.ts";

await importTests(
  "layouts",
  "layouts/c_text",
);
