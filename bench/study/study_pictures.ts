/** The page and the pictures of a study. */
import { textIfThere } from "../files/if_there.ts";
import { downloadLink } from "../draw/download.ts";
import { printableJson } from "../../sim/text/printable.ts";
import { pictureFiles, writePage } from "../report/html.ts";
import type { PageMaker } from "../shell/page_output.ts";
import { type MachineCodeRecord, readRecord } from "./machine_code.ts";
import { studyDocument } from "./study_document.ts";
import { type Study, writeStudy } from "./study_file.ts";

/** Where counts of the machine code are, beside the study. */
export const MACHINE_CODE_FILE = "bench/results/machine_code.json";

export function studyPage(
  study: Study,
  machineCode?: MachineCodeRecord,
): PageMaker {
  return {
    page: async () =>
      await writePage({
        title: "bvec-lab: the study",
        lead: `${study.tool.name} ${study.tool.version}, kernel ` +
          `${study.kernel}, seed ${study.seed}` +
          (study.timed === null ? "" : `, timed ${study.timed.date}`),
        parts: studyDocument(study, machineCode),
        data: await downloadLink(
          "bvec-lab-study.json",
          printableJson(writeStudy(study)),
        ),
      }),
    pictures: async () => await pictureFiles(studyDocument(study, machineCode)),
  };
}

/** @throws {TypeError} If it is none of this version. */
export async function machineCodeIfThere(
  path: string | URL = MACHINE_CODE_FILE,
): Promise<MachineCodeRecord | undefined> {
  const text = await textIfThere(path);
  return text === undefined ? undefined : readRecord(text);
}
