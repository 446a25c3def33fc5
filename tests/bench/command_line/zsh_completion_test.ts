import { assertEquals } from "@std/assert";
import { inFolder } from "../lab_in_process.ts";
import { EXPECTED, isInstalled, runShell } from "./shell_rig.ts";

/**
 * zsh completes on a terminal alone: an inner one tells each match that it is
 * given, and the outer one waits for the mark behind them.
 */
const DRIVER = String.raw`
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PROMPT=; autoload -Uz compinit; compinit -u -D; source SCRIPT
zstyle ":completion:*" insert-tab false
compadd() {
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a hits; builtin compadd -A hits "$@"
    local hit; for hit in $hits; do print -r -- $'"'"'\n'"'"'"HIT:$hit"; done
  fi
  builtin compadd "$@"
}
try() { zle list-choices; print -r -- "E""ND" }
zle -N try; bindkey "^I" try; print -r -- "RE""ADY"'
zpty -r z out '*READY*'
for line in LINES; do
  zpty -w -n z $'\x15'"$line"$'\t'
  zpty -r z out '*END*'
  print -r -- \${(u)\${(M)\${(f)\${out//$'\r'/}}:#HIT:*}#HIT:}
done
zpty -d z
print end
`.replaceAll("\\$", "$");

Deno.test({
  name: "zsh completes the same (where zsh is installed)",
  ignore: !isInstalled("zsh"),
  fn: async () => {
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/page.html`, "");
      const lines = EXPECTED.map(([line]) => `'${line}'`).join(" ");
      const found = await runShell("zsh", {
        args: ["-f"],
        lines: DRIVER.replace("LINES", () => lines),
        folder,
      });
      assertEquals(
        found.slice(0, -1).map((words) =>
          words.split(" ").toSorted((a, b) => a.localeCompare(b)).join(" ")
        ),
        EXPECTED.map(([, words]) => words),
      );
    });
  },
});
