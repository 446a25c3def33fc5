/** How tasks ended, as a real accounting says it: slurmdbd and MariaDB on loopback. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  accountedState,
  type RunProgram,
} from "../../bench/sweep/slurm_tools.ts";
import { SlurmCluster, until } from "./slurm_cluster.ts";

/** The first is done, the second fails, the third waits to be cancelled. */
const SCRIPT = `#!/bin/sh
case $SLURM_ARRAY_TASK_ID in
  1) exit 0 ;;
  2) exit 3 ;;
  *) sleep 600 ;;
esac
`;

Deno.test("sacct says how a task ended, and nothing of one that it does not know", async () => {
  await using cluster = await SlurmCluster.start({ accounting: true });
  if (cluster === undefined) return;
  const sacct: RunProgram = async (program, args) => {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      ...{ args: [...args], env: cluster.env },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      ...{ status: code, signal: null },
      ...{ stdout: text(stdout), stderr: text(stderr) },
    };
  };
  const script = join(cluster.folder, "three.sh");
  await Deno.writeTextFile(script, SCRIPT);
  const jobId = await cluster.ask(
    "sbatch",
    ...["--parsable", "--array=1-3", "--output=/dev/null", script],
  );
  const ended = (task: number) => accountedState({ jobId, task }, sacct);
  // It gets to know of them a moment later than the controller.
  await until("a task that runs", async () => await ended(3) === "RUNNING");
  await cluster.ask("scancel", `${jobId}_3`);
  await until("an end of all", async () => await ended(3) === "CANCELLED");
  assertEquals(await Promise.all([1, 2, 3].map(ended)), [
    "COMPLETED",
    "FAILED",
    "CANCELLED",
  ]);
  assertEquals(
    await accountedState({ jobId: "999999", task: 1 }, sacct),
    undefined,
  );
});
