/**
 * `lab verify FILE|-`: counts the exact figures of a result, or of a mail as it
 * was received, again.
 */
import type { Command } from "commander";
import { LONGEST_RESULT_BYTES } from "../files/read_text.ts";
import { labTool } from "../machine/tool.ts";
import { plainSections } from "../report/plain_blocks.ts";
import { readResult } from "../result/read_result.ts";
import { RESULT_SCHEMA_VERSION } from "../result/result_schema.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { readGiven } from "../shell/given_text.ts";
import { writeFound } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { verificationDocument } from "../verify/verification.ts";
import { verifyMail, verifyResult } from "./verify_claims.ts";
import { SUMMARIES } from "./summaries.ts";

interface VerifyOptions extends CommonOptions {
  readonly timed: boolean;
}

/** Makes the command `lab verify`. */
export function verifyCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("verify", SUMMARIES.verify)
    .argument(
      "<file>",
      "a result of lab run --json or a mail of --mail, as received; - for stdin",
    )
    .optionsGroup(GROUPS.measure)
    .option(
      "--timed",
      "also measure a result again, and compare ratios by their intervals",
      false,
    );
  addCommonOptions(command).addHelpText(
    "after",
    "\nA mail may be quoted, wrapped, encoded (quoted-printable, base64) and have\n" +
      "its headers. Exit status 1: an exact figure differs from what is counted now.",
  );
  return command.action((file: string, options: VerifyOptions) =>
    verify(file, { options, context, report })
  );
}

async function verify(
  file: string,
  { options, context, report }: {
    options: VerifyOptions;
    context: CommandContext;
    report: (status: number) => void;
  },
): Promise<void> {
  const { json, force } = options;
  await checkOutputs({ "--json": json }, { force, inputs: { file } });
  const text = await readGiven(file, context, {
    mostBytes: LONGEST_RESULT_BYTES,
    expected: "a result or a mail",
  });
  const found = text.trimStart().startsWith("{")
    ? [await verifyResult(readResult(text, file), { file, options, context })]
    : await verifyMail(text, { file, options, context });
  await writeFound(
    {
      json: () => ({
        schemaVersion: RESULT_SCHEMA_VERSION,
        tool: labTool(),
        file,
        verifications: found,
      }),
      text: () =>
        found.map((one) =>
          plainSections(verificationDocument(one), { width: 80 }).join("\n") +
          "\n"
        ).join(""),
    },
    context,
    options,
  );
  report(
    found.every(({ isEqual }) => isEqual) ? EXIT.done : EXIT.wrongAnswer,
  );
}
