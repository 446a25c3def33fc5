/** Runs a command of a checkout and keeps what came out of it. */
import { encodeHex } from "@std/encoding/hex";
import { isThere, textIfThere } from "../files/if_there.ts";
import type { ExactCommand } from "./exact_commands.ts";

/** What came out of a command. */
export interface Outcome {
  readonly status: number;
  /** What it printed, except for commit and time. */
  readonly text: string;
  /** The JSON that it wrote, without what depends on when and where it ran. */
  readonly json: unknown;
  /** SHA-256 of other files that it wrote; `null` of one that is not there. */
  readonly files: Readonly<Record<string, string | null>>;
}

export type Outcomes = Readonly<Record<string, Outcome>>;

/** A report's commit and time, such as `commit 3bb63535a9ad`. */
const COMMIT = /\bcommit [0-9a-f]{12}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g;
/** Keys at the top of a result that depend on the machine or the commit. */
const OF_THE_RUN = ["environment", "tool"];

/**
 * Runs a command with the code of a checkout, in a folder of its own.
 *
 * @param checkout The checkout's folder, as an absolute path.
 */
export async function outcomeOf(
  checkout: string,
  command: ExactCommand,
): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "exact-" });
  try {
    if (command.faults !== undefined) {
      await Deno.writeTextFile(`${folder}/faults.json`, command.faults);
    }
    const { code, stdout } = await new Deno.Command("deno", {
      args: [
        ...["run", "--quiet", "--allow-all"],
        ...["--config", `${checkout}/deno.json`],
        `${checkout}/${command.program}`,
        ...command.args,
      ],
      cwd: folder,
      env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const written = await textIfThere(`${folder}/out.json`);
    const files: Record<string, string | null> = {};
    for (const name of command.writes ?? []) {
      files[name] = await digestOf(`${folder}/${name}`);
    }
    return {
      status: code,
      text: withoutCommitAndTime(new TextDecoder().decode(stdout)),
      json: written === undefined ? null : withoutRun(JSON.parse(written)),
      files,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Takes out of a report what is another one in every checkout and run.
 *
 * @returns It, with words in the places of commit and time.
 */
export function withoutCommitAndTime(text: string): string {
  return text.replaceAll(COMMIT, "(commit)").replaceAll(TIME, "(time)");
}

function withoutRun(json: unknown): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return json;
  }
  return Object.fromEntries(
    Object.entries(json).filter(([key]) => !OF_THE_RUN.includes(key)),
  );
}

async function digestOf(path: string): Promise<string | null> {
  if (!await isThere(path)) return null;
  const digest = await crypto.subtle.digest(
    "SHA-256",
    await Deno.readFile(path),
  );
  return encodeHex(digest);
}
