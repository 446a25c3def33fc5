/**
 * The audit of a kernel tree: every use of the page of a bio_vec, file by
 * file, so that memory does not grow with the tree but with what is found.
 */
import { cParser } from "../../layouts/c_text/parser.ts";
import { systemReason } from "../files/system_reason.ts";
import { auditFile, type FileUse } from "./audit_file.ts";
import { findIdentifiers } from "./identifiers.ts";
import {
  type KernelTree,
  type NotRead,
  type TreeFile,
  treeFiles,
} from "./kernel_tree.ts";
import { auditedName, auditedNames } from "./names.ts";

export interface TreeUse extends FileUse {
  /** Path from the kernel's root. */
  readonly file: string;
}

export interface TreeAudit {
  readonly tree: KernelTree;
  /** Every occurrence, by file and line. */
  readonly uses: readonly TreeUse[];
  readonly filesRead: number;
  /** Files that hold one of the identifiers outside of comments. */
  readonly filesWithUses: number;
  /** Symbolic links that were not followed. */
  readonly links: number;
  /** What was not read or is not C, and why. */
  readonly notRead: readonly NotRead[];
  readonly interrupted: boolean;
}

export interface SourceAuditOptions {
  /** Ends the audit; what was found until then is given. */
  readonly signal?: AbortSignal;
  readonly onFile?: (file: string, before: number) => void;
  /** Reads a file; the file system if absent. */
  readonly readFile?: (path: string) => Promise<Uint8Array>;
}

/** The longest file of C that is read; the longest in 6.12 has 22 MiB. */
export const LONGEST_SOURCE_BYTES: number = 64 << 20;

/** What all identifiers have in common, so that most files need one look. */
const ANY_NAME = new RegExp(
  `\\b(?:${auditedNames.map(({ name }) => name).join("|")})\\b`,
);

export async function auditTree(
  tree: KernelTree,
  options: SourceAuditOptions = {},
): Promise<TreeAudit> {
  const { signal, onFile, readFile = Deno.readFile } = options;
  const parser = await cParser();
  const uses: TreeUse[] = [];
  const notRead: NotRead[] = [];
  let filesRead = 0;
  let filesWithUses = 0;
  let links = 0;
  const decoder = new TextDecoder();
  const files = treeFiles(tree, {
    notRead: (what) => notRead.push(what),
    link: () => links++,
  });
  for await (const found of files) {
    if (signal?.aborted) break;
    const { file, isC } = found;
    onFile?.(file, filesRead);
    const bytes = await bytesOf(found, readFile, notRead);
    if (bytes === undefined) continue;
    const text = decoder.decode(bytes);
    if (isC) filesRead++;
    if (!ANY_NAME.test(text)) continue;
    if (text.includes("\0")) {
      notRead.push({ file, reason: "it is binary" });
    } else if (!isC) {
      const count = findIdentifiers(text, isAudited).length;
      if (count > 0) {
        notRead.push({
          file,
          reason: `it is not C, and names ${count} of them`,
        });
      }
    } else {
      const inFile = auditFile(parser, text);
      if (inFile.length > 0) filesWithUses++;
      for (const use of inFile) uses.push({ file, ...use });
    }
  }
  uses.sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : 0);
  notRead.sort((a, b) => a.file < b.file ? -1 : 1);
  return {
    tree,
    uses,
    filesRead,
    filesWithUses,
    links,
    notRead,
    interrupted: signal?.aborted ?? false,
  };
}

function isAudited(name: string): boolean {
  return auditedName(name) !== undefined;
}

async function bytesOf(
  { file, path }: TreeFile,
  readFile: (path: string) => Promise<Uint8Array>,
  notRead: NotRead[],
): Promise<Uint8Array | undefined> {
  try {
    const { size } = await Deno.stat(path);
    if (size > LONGEST_SOURCE_BYTES) {
      const reason = `it has ${size} bytes, more than ${LONGEST_SOURCE_BYTES}`;
      notRead.push({ file, reason });
      return undefined;
    }
    return await readFile(path);
  } catch (error) {
    notRead.push({ file, reason: systemReason(error) });
    return undefined;
  }
}
