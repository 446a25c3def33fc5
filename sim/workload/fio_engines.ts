/** What fio's I/O engines do that decides which I/Os there are. */
import type { JobDraft } from "./fio_draft.ts";

/** Engines that do no I/O to a file or device, by what they do instead. */
const OTHER_ENGINES: Readonly<Record<string, string>> = {
  "burns CPU time": "cpuio",
  "runs a program": "exec",
  "sends over a network": "net netsplice rdma librpma_apm_client " +
    "librpma_apm_server librpma_gpspm_client librpma_gpspm_server",
  "makes, looks at or deletes names": "filecreate filestat filedelete " +
    "dircreate dirstat dirdelete",
  "cuts files": "ftruncate",
  "allocates room in files": "falloc",
  "moves the blocks of files": "e4defrag",
  "touches memory": "page_fault",
};

/** What keeps a job from I/O. */
export interface Idle {
  /** The option. */
  readonly found: string;
  /** What it does instead. */
  readonly why: string;
}

/**
 * Tells why a job does no I/O.
 *
 * @returns The reason; null if it does some.
 */
export function idleReason(draft: JobDraft): Idle | null {
  const { engine, createOnly, verifyOnly, verify, doVerify, pattern } = draft;
  const other = Object.keys(OTHER_ENGINES).find((what) =>
    OTHER_ENGINES[what]?.split(" ").includes(engine)
  );
  if (other !== undefined) {
    return { found: `ioengine=${engine}`, why: `this engine ${other}` };
  }
  if (createOnly) {
    return { found: "create_only=1", why: "this only makes its files" };
  }
  if (verifyOnly && !(verify && doVerify) && /write|rw/.test(pattern)) {
    return { found: "verify_only", why: "without verify this does nothing" };
  }
  return null;
}

/** Engines that complete an I/O while they queue it (FIO_SYNCIO). */
const SYNC_ENGINES = new Set(
  ("dev-dax gfapi http ime_psync ime_psyncv libcufile libhdfs libiscsi " +
    "libpmem libzbc mmap mtd pmemblk psync pvsync pvsync2 sg splice sync vsync")
    .split(" "),
);

/** Whether a job's I/Os are queued first and complete later. */
export function queuesIos({ engine, depth }: JobDraft): boolean {
  return engine === "null" ? depth > 1 : !SYNC_ENGINES.has(engine);
}
