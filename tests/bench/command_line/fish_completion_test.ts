import { assertEquals } from "@std/assert";
import { inFolder } from "../lab_in_process.ts";
import { EXPECTED, isInstalled, runShell } from "./shell_rig.ts";

Deno.test({
  name: "fish completes the same (where fish is installed)",
  ignore: !isInstalled("fish"),
  fn: async () => {
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/page.html`, "");
      const found = await runShell("fish", {
        args: ["--no-config"],
        lines: "source SCRIPT\n" + EXPECTED.map(([line]) =>
          `echo (complete -C '${line}' | string replace -r '\\t.*' '')\n`
        ).join("") + "echo end\n",
        folder,
      });
      assertEquals(
        found.slice(0, -1).map((words) =>
          words.split(" ").map((word) =>
            word.replace(/^--[^=]*=(?=.)|^.*,/, "")
          )
            .toSorted((a, b) => a.localeCompare(b)).join(" ")
        ),
        EXPECTED.map(([, words]) => words),
      );
    });
  },
});
