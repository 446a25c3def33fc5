/**
 * The manifest of a sweep, `manifest.json` in its folder: which cells there are and
 * which jobs, so that a merge knows what is missing.
 *
 *     {schemaVersion, tool: {name, version}, kind: "sweep plan", name, digest,
 *      axes: [NAME], cells: [{id, jobs, axes: {NAME: text}}],
 *      leftOut: [{axes: {NAME: text}, reason}], dropped, repeated, plan}
 *
 * `plan` is the JSON that the plan was read from; `lab sweep` takes the whole
 * manifest for it, too. The same plan gives the same bytes on every machine.
 */
import { dirname, join } from "@std/path";
import { z } from "zod";
import { toJson, writeWhole } from "../shell/output.ts";
import { parseJson } from "../files/parse_json.ts";
import { LONGEST_RESULT_BYTES, readText } from "../files/read_text.ts";
import { labTool, TOOL_NAME } from "../machine/tool.ts";
import { systemReason } from "../files/system_reason.ts";
import { SWEEP_SCHEMA_VERSION } from "./cell_file.ts";
import type { ExpandedPlan } from "./expand.ts";
import { JOB_KINDS } from "./sweep_cell.ts";

export const MANIFEST = "manifest.json";

const texts = z.record(z.string(), z.string());

const manifestSchema = z.looseObject({
  schemaVersion: z.literal(SWEEP_SCHEMA_VERSION),
  tool: z.looseObject({ name: z.literal(TOOL_NAME), version: z.string() }),
  kind: z.literal("sweep plan"),
  name: z.string(),
  digest: z.string().min(1),
  axes: z.array(z.string()),
  cells: z.array(
    z.looseObject({
      id: z.string().min(1),
      jobs: z.array(z.enum(JOB_KINDS)).min(1),
      axes: texts,
    }),
  ).min(1),
  leftOut: z.array(z.looseObject({ axes: texts, reason: z.string() })),
  dropped: z.number(),
  repeated: z.number(),
  plan: z.unknown(),
});

/** What the folder of a sweep says of its plan. */
export type Manifest = z.output<typeof manifestSchema>;

export function manifestOf(plan: ExpandedPlan): Manifest {
  const { name, digest, axes, cells, leftOut, dropped, repeated } = plan;
  return {
    schemaVersion: SWEEP_SCHEMA_VERSION,
    tool: labTool(),
    kind: "sweep plan",
    name,
    digest,
    axes: [...axes],
    cells: cells.map(({ id, jobs, axes }) => ({
      id,
      jobs: [...jobs],
      axes: { ...axes },
    })),
    leftOut: leftOut.map(({ axes, reason }) => ({ axes: { ...axes }, reason })),
    dropped,
    repeated,
    plan: plan.source,
  };
}

/**
 * Reads the manifest of a folder.
 *
 * @returns Its manifest, or nothing if there is none.
 * @throws {Error} If it cannot be read, or is none.
 */
export async function readManifest(
  folder: string,
): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = await readText(path, LONGEST_RESULT_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new RangeError(
      `Cannot read "${path}": ${systemReason(error)}, expected the plan of a ` +
        "sweep",
    );
  }
  const checked = manifestSchema.safeParse(parseJson(text, path));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new TypeError(
    `Cannot read "${path}": ${
      issue?.path.join(".") || "it"
    } is not that of a sweep's plan (${issue?.message})`,
  );
}

/**
 * Makes the folder of a sweep, or takes that of the same plan.
 *
 * @param folder The path; the folder above it has to be there.
 * @throws {Error} If it cannot be made, or holds another plan or other files.
 */
export async function openFolder(
  folder: string,
  plan: ExpandedPlan,
): Promise<void> {
  const refuse = (found: string, expected: string): never => {
    throw new RangeError(
      `Cannot sweep into "${folder}": found ${found}, expected ${expected}`,
    );
  };
  try {
    await Deno.stat(dirname(folder));
    await Deno.mkdir(folder).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
    const manifest = await readManifest(folder);
    if (manifest === undefined) {
      const [other] = await namesIn(folder);
      if (other !== undefined) {
        refuse(`"${other}" and no ${MANIFEST}`, "a new folder");
      }
      const text = toJson(manifestOf(plan));
      // Another shard may write the same at the same time.
      await writeWhole(join(folder, MANIFEST), text, { force: true });
    } else if (manifest.digest !== plan.digest) {
      refuse(
        `the plan "${manifest.name}" with other cells in it, or with the ` +
          "ids that an earlier lab gave them (digest " +
          `${manifest.digest.slice(0, 12)}, not ${plan.digest.slice(0, 12)})`,
        "the same plan and lab, or a new folder",
      );
    }
    for (const job of JOB_KINDS) {
      await Deno.mkdir(join(folder, job), { recursive: true });
    }
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw error;
    if (error instanceof SyntaxError) throw error;
    refuse(systemReason(error), "a folder that can be written");
  }
}

/** What is in a folder, except for what another shard is writing. */
async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(".") && !JOB_KINDS.some((job) => job === name)) {
      names.push(name);
    }
  }
  return names;
}
