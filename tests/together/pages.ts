/** The project as a whole: its pages, folders and permissions. */
import { importTests } from "../import_tests.ts";

await importTests(
  ".",
  "bench",
  "bench/permission",
);
