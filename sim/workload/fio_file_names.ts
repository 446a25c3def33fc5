/** Names of the files of a job, by which two jobs share one (fio's init.c). */
import type { JobDraft } from "./fio_draft.ts";

/**
 * Names the files of a job.
 *
 * @param options The title of its section, the number of this copy of the job,
 *   and the names that the first copy has taken, which are added there.
 * @returns The names; none for a copy whose names are all taken.
 */
export function fileNames(
  draft: JobDraft,
  options: { title: string; copy: number; allocated: Set<string> },
): string[] {
  const { title, copy, allocated } = options;
  const { filenames, nrFiles, filenameFormat } = draft;
  const folder = folderOf(draft.directory, copy);
  if (filenames.length > 0) {
    // Copies share named files, in the first directory.
    const first = folderOf(draft.directory, 0);
    return filenames.map((name) => first + name);
  }
  // A section that is named like a device stands for it.
  if (nrFiles === 1 && title.startsWith("/dev/")) return [title];
  const names: string[] = [];
  for (let file = 0; file < nrFiles; file++) {
    const name = folder + filenameFormat
      .replaceAll(/\$jobname/gi, () => title)
      .replaceAll(/\$jobnum/gi, String(copy))
      .replaceAll(/\$filenum/gi, String(file))
      .replaceAll(/\$clientuid/gi, "");
    if (copy > 0 && allocated.has(name)) continue;
    if (copy === 0) allocated.add(name);
    names.push(name);
  }
  return names;
}

/**
 * Cuts a list of names (get_next_str() in fio's options.c).
 *
 * @param text Names separated by colons; `\\:` is a colon within a name.
 */
export function fioNames(text: string): string[] {
  return text.split(/(?<!\\):/).filter((name) => name !== "")
    .map((name) => name.replaceAll("\\:", ":"));
}

/** The directory of a copy: one of several, in turn. */
function folderOf(directory: string | null, copy: number): string {
  const folders = directory === null ? [] : fioNames(directory);
  return folders.length === 0 ? "" : `${folders[copy % folders.length]}/`;
}
