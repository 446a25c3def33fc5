import { assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder } from "../lab_in_process.ts";
import { EXPECTED, runShell, script } from "./shell_rig.ts";

/** A shell function that says what bash would be told for a line. */
const TRY = `source SCRIPT
try() {
  COMP_LINE=$2 COMP_POINT=\${#2} COMPREPLY=()
  $1
  printf '%s\\n' "\${COMPREPLY[*]}"
}
`;

async function completed(lines: readonly string[]): Promise<string[]> {
  let found: string[] = [];
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/page.html`, "");
    const calls = lines.map((line) =>
      `try ${line.startsWith("deno") ? "_lab_deno" : "_lab"} '${line}'`
    );
    found = await runShell("bash", {
      args: ["--norc", "--noprofile"],
      lines: `${TRY}${calls.join("\n")}\necho end\n`,
      folder,
    });
  });
  return found.slice(0, -1);
}

Deno.test("bash completes commands, options, values, lists and deno task lab", async () => {
  const found = await completed(EXPECTED.map(([line]) => line));
  assertEquals(
    found.map((words) =>
      // A list is completed with what stands before its last comma.
      words.split(" ").map((word) => word.replace(/^.*,/, ""))
        .toSorted((a, b) => a.localeCompare(b)).join(" ")
    ),
    EXPECTED.map(([, words]) => words),
  );
});

Deno.test("bash keeps the front of a list, and what stands before a colon", async () => {
  assertEquals(
    await completed([
      "lab run --layout phyr,len56_p2p_",
      "lab run --layout family:s",
      "lab run --limit max_sectors=8k,max_segments",
      "lab ",
    ]),
    [
      "phyr,len56_p2p_u64",
      "scatterlist soa", // family: stands there
      "8k,max_segments=", // and max_sectors=
      "run audit cache check compare completions explain heat layouts man " +
      "merge report sweep topology verify",
    ],
  );
});

Deno.test("bash has its completions registered, and what deno had stays", async () => {
  await inFolder(async (folder) => {
    const lines = await runShell("bash", {
      args: ["--norc", "--noprofile"],
      lines: `_before() { COMPREPLY=(of deno); }
complete -F _before deno
source SCRIPT
source SCRIPT # twice does no harm
complete -p lab deno
COMP_LINE='deno tas' COMP_POINT=8
_lab_deno && printf '%s\n' "\${COMPREPLY[@]}"
`,
      folder,
    });
    assertEquals(lines, [
      "complete -F _lab lab",
      "complete -o default -F _lab_deno deno",
      "of",
      "deno",
    ]);
  });
});

Deno.test("the scripts hold no path of this machine and say how they are used", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const text = await script(shell);
    assertStringIncludes(text, `lab completions ${shell}`);
    assertEquals(/undefined|file:\/\//.test(text), false);
  }
});
