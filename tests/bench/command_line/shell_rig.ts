/** Runs a shell with a completion script, as a user's shell would. */
import { lab } from "../lab_in_process.ts";

/** Gives the script of a shell. */
export async function script(shell: string): Promise<string> {
  const { status, out, err } = await lab(["completions", shell]);
  if (status !== 0) throw new Error(err);
  return out;
}

/** Whether a program can be run here. */
export function isInstalled(program: string, args = ["--version"]): boolean {
  try {
    // It is asked while tests are declared.
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Runs a shell with its script and some lines of its own behind it. */
export async function runShell(
  shell: string,
  options: { args: readonly string[]; lines: string; folder: string },
): Promise<string[]> {
  const file = `${options.folder}/lab.${shell}`;
  await Deno.writeTextFile(file, await script(shell));
  const driver = `${options.folder}/driver`;
  await Deno.writeTextFile(driver, options.lines.replaceAll("SCRIPT", file));
  const { code, stdout, stderr } = await new Deno.Command(shell, {
    args: [...options.args, driver],
    cwd: options.folder,
  }).output();
  const err = new TextDecoder().decode(stderr);
  if (code !== 0 || err !== "") throw new Error(`${shell}: ${code} ${err}`);
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** What each line may become, by the line up to the cursor. */
export const EXPECTED: readonly (readonly [line: string, words: string])[] = [
  ["lab r", "report run"],
  ["lab check s", "soak study"],
  ["lab run --lay", "--layout"],
  // Without a command, those of run.
  ["lab --lay", "--layout"],
  ["lab run --layout phys_p", "phys_packed phys_packed_aligned4"],
  ["lab run --layout phyr,len56", "len56_p2p len56_p2p_u64"],
  ["lab run --layout=len31", "len31_p2p"],
  ["lab run --limit max_se", "max_sectors= max_segment_size= max_segments="],
  ["lab run --layout x --engine ", "both js native"],
  ["lab check soak --io", "--ios"],
  ["lab report r.json --by ", "stage structure"],
  ["lab completions ", "bash fish zsh"],
  ["lab topology q", "q35"],
  ["lab run --seed ", ""],
  ["lab heat --html", ""], // an option of others
  ["lab run --html pa", "page.html"],
  ["deno task lab run --events ", "auto C D Q"],
  ["deno task lab:native --engine n", "native"],
  ["deno task lab:slurm sweep p.json --engine s", "slurm"],
  ["deno task -q lab run --events ", "auto C D Q"],
];
