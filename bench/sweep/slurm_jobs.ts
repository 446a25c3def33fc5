/**
 * `slurm/jobs.json` in the folder of a sweep: which jobs were submitted for it,
 * so that a `lab sweep` that was ended, or lost its terminal, finds those again
 * that still run and submits none of them twice.
 *
 *     {schemaVersion, tool: {name, version}, kind: "sweep jobs", plan: digest,
 *      submissions: [{job: "exact"|"timed", jobId, count, tasks: [number]}]}
 */
import { z } from "zod";
import { join } from "@std/path";
import { LONGEST_RESULT_BYTES, readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import { labTool } from "../machine/tool.ts";
import { parseJson } from "../files/parse_json.ts";
import { toJson, writeWhole } from "../shell/output.ts";
import { SWEEP_SCHEMA_VERSION } from "./cell_file.ts";
import { SLURM_FOLDER } from "./slurm_script.ts";
import { JOB_KINDS } from "./sweep_cell.ts";

const submissionSchema = z.object({
  job: z.enum(JOB_KINDS),
  jobId: z.string().regex(/^\d+$/),
  count: z.number().int().min(1),
  tasks: z.array(z.number().int().min(1)).min(1),
});

/** A job array that was submitted. */
export type Submission = z.output<typeof submissionSchema>;

const fileSchema = z.looseObject({
  schemaVersion: z.literal(SWEEP_SCHEMA_VERSION),
  kind: z.literal("sweep jobs"),
  plan: z.string(),
  submissions: z.array(submissionSchema),
});

function jobsPath(folder: string): string {
  return join(folder, SLURM_FOLDER, "jobs.json");
}

/**
 * Reads what was submitted.
 *
 * @returns The job arrays, oldest first; none if there is no file.
 * @throws {Error} If there is a file that cannot be read.
 */
export async function readSubmissions(folder: string): Promise<Submission[]> {
  const path = jobsPath(folder);
  const refuse = (found: string): never => {
    throw new TypeError(
      `Cannot read "${path}": ${found}, expected what lab sweep has written, ` +
        "or no such file",
    );
  };
  let text: string;
  try {
    text = await readText(path, LONGEST_RESULT_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    return refuse(systemReason(error));
  }
  const checked = fileSchema.safeParse(parseJson(text, path));
  if (checked.success) return checked.data.submissions;
  const [issue] = checked.error.issues;
  return refuse(`${issue?.path.join(".") || "it"}: ${issue?.message}`);
}

/** Writes what was submitted, whole or not at all. */
export async function writeSubmissions(
  folder: string,
  plan: string,
  submissions: readonly Submission[],
): Promise<void> {
  await writeWhole(
    jobsPath(folder),
    toJson({
      schemaVersion: SWEEP_SCHEMA_VERSION,
      tool: labTool(),
      kind: "sweep jobs",
      plan,
      submissions,
    }),
    { force: true },
  );
}

/**
 * Keeps others from following the jobs of a folder, until the file is closed.
 *
 * @throws {RangeError} If somebody else follows them.
 */
export async function holdFolder(folder: string): Promise<Deno.FsFile> {
  const path = join(folder, SLURM_FOLDER, "follower");
  const file = await Deno.open(path, { write: true, create: true });
  let isHeld = true;
  try {
    isHeld = await file.tryLock(true);
  } catch {
    // A file system without locks: what runs twice is written twice, alike.
  }
  if (isHeld) return file;
  file.close();
  throw new RangeError(
    `Cannot sweep into "${folder}": found another lab sweep that follows its ` +
      "jobs, expected one at a time",
  );
}
