/** What fio's null engine costs for each I/O on this machine. */

/** The null engine: submits and completes, and does nothing else. */
const ARGS = [
  "--name=null",
  "--ioengine=null",
  "--rw=randread",
  "--bs=4k",
  "--size=64m",
  "--iodepth=32",
  "--time_based",
  "--runtime=1",
  "--output-format=json",
];

export interface FioNull {
  /** CPU time per I/O, which other work does not lengthen by much. */
  readonly cpuNs: number;
  /** Wall time per I/O. */
  readonly wallNs: number;
}

/**
 * Runs fio's null engine for a second.
 *
 * @returns Its times; nothing where fio is not installed or may not run.
 */
export async function fioNull(): Promise<FioNull | undefined> {
  let stdout: Uint8Array;
  try {
    ({ stdout } = await new Deno.Command("fio", {
      args: ARGS,
      stdin: "null",
      stderr: "null",
    }).output());
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable
    ) return undefined;
    throw error;
  }
  const { jobs: [job] } = JSON.parse(new TextDecoder().decode(stdout));
  const wallNs = 1e9 / job.read.iops;
  const busy = (job.usr_cpu + job.sys_cpu) / 100;
  return { wallNs, cpuNs: wallNs * busy };
}
