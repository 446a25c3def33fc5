/**
 * A sweep in a real Slurm of two nodes on loopback: forty tasks, of which one
 * is cancelled, one killed, one out of time and one without room on its disk,
 * while a node is drained and the controller started again. At the end all cells
 * are done once.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { notRun } from "../layouts/run_tool.ts";
import { lab } from "../bench/lab_in_process.ts";
import { exists, NODES, SlurmCluster, until } from "./slurm_cluster.ts";

/** Forty cells of four I/Os: two workloads, two ABIs, ten depths. */
const PLAN = {
  axes: {
    layout: ["phys_flags"],
    abi: ["lp64", "ilp32"],
    workload: ["4k-hot", "4k-1g-pool"],
    depth: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  },
  ...{ ios: 4, cpu: "none", rounds: 0 },
};
/** Tasks that stay until something happens to them, at their first try. */
const STAYING = { cancelled: 3, killed: 5, late: 4 } as const;
/** A task that has no room for its file, at its first try. */
const WITHOUT_ROOM = 6;

/** `lab sweep` as the task of deno.json runs it, in a process of its own. */
class Follower {
  err = "";
  readonly child: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  constructor(cluster: SlurmCluster, args: readonly string[]) {
    const words = config.tasks["lab:slurm"].command.split(" ");
    const flags = words.slice(words.indexOf("run"), -1);
    this.child = new Deno.Command(Deno.execPath(), {
      args: [
        ...flags,
        fromFileUrl(new URL("../../bench/lab.ts", import.meta.url)),
        ...["sweep", ...args],
      ],
      env: { ...cluster.env, DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const lines = this.child.stderr.pipeThrough(new TextDecoderStream());
    for await (const text of lines) this.err += text;
  }

  /** Waits for words. */
  async says(text: RegExp): Promise<void> {
    await until(
      `"${text}" in:\n${this.err}`,
      () => Promise.resolve(this.err.search(text) >= 0),
      60_000,
    );
  }

  /** Waits for the end; the exit status. */
  async end(): Promise<number> {
    const { code } = await this.child.status;
    await this.#reading;
    return code;
  }
}

Deno.test("a sweep in Slurm loses no cell and does none twice, whatever happens to its tasks", async () => {
  await using cluster = await SlurmCluster.start();
  if (cluster === undefined) return;
  const at: Place = (name) => join(cluster.folder, name);
  await Deno.writeTextFile(at("plan.json"), JSON.stringify(PLAN));
  await Deno.writeTextFile(at("deno"), denoWithMishaps(at), { mode: 0o755 });
  const refused = new Follower(cluster, [
    ...[at("plan.json"), "--out", at("no"), "--engine", "slurm"],
    ...["--partition", "nope"],
  ]);
  assertEquals(await refused.end(), 2);
  assertStringIncludes(
    refused.err,
    "lab: Cannot submit to Slurm: invalid partition name specified, expected",
  );
  const args = [
    ...[at("plan.json"), "--out", at("out"), "--engine", "slurm"],
    ...["--tasks", "40", "--time-limit", "5", "--poll", "500ms"],
    ...["--deno", at("deno"), "--partition", "lab"],
  ];
  const jobId = await submitAndInterrupt(cluster, args);
  const follower = new Follower(cluster, [...args, "--resume"]);
  await follower.says(/job \d+ is there already and followed/);
  await endTasks(cluster, at, jobId);
  await disturbCluster(cluster, follower);
  assertEquals(await follower.end(), 0, follower.err);
  assert(
    /Slurm job \d+: 1 exact task, try 2 of 3/.test(follower.err),
    follower.err,
  );
  const merged = await lab(["merge", at("out"), "--json", at("merged.json")]);
  assertEquals([merged.status, merged.err], [0, ""]);
  assertEquals(merged.out, "plan.json: 40 cells, 0 timed\n");
  const { done, withoutRoom } = await readLogs(at("out/slurm"));
  assertEquals(done, 40);
  // Not every container lets its root mount something.
  if (await exists(at("out.full"))) assertEquals(withoutRoom, 1);
  else notRun("unshare --mount");
  assertEquals((await filesIn(at("out/exact"))).length, 40);
});

/** Path of a file in the cluster's folder. */
type Place = (name: string) => string;

/** What tasks run for Deno: some wait at their first try, one has no room. */
function denoWithMishaps(at: Place): string {
  return `#!/bin/bash
for task in ${Object.values(STAYING).join(" ")}; do
  if [ "$SLURM_ARRAY_TASK_ID" = $task ] && mkdir "${at("stays")}-$task"; then
    echo $$ >"${at("pid")}-$task"
    exec sleep 600
  fi
done
if [ "$SLURM_ARRAY_TASK_ID" = ${WITHOUT_ROOM} ] && mkdir "${at("full")}"; then
  unshare --mount sh -c \
    'mount -t tmpfs -o size=4k none "$0/exact" && touch "$0.full" && exec "$@"' \
    "${at("out")}" "${Deno.execPath()}" "$@" && exit
  [ -e "${at("out.full")}" ] && exit 1
fi
exec "${Deno.execPath()}" "$@"
`;
}

/** An interrupt leaves the jobs, and says how they are ended or followed. */
async function submitAndInterrupt(
  cluster: SlurmCluster,
  args: readonly string[],
): Promise<string> {
  const first = new Follower(cluster, args);
  await first.says(/Slurm job \d+: 40 exact tasks/);
  const [, jobId = ""] = /Slurm job (\d+)/.exec(first.err) ?? [];
  // Nobody else follows what it follows.
  const second = new Follower(cluster, [...args, "--resume"]);
  assertEquals(await second.end(), 2);
  assertStringIncludes(second.err, "found another lab sweep that follows");
  first.child.kill("SIGINT");
  assertEquals(await first.end(), 130);
  assertStringIncludes(
    first.err,
    `Slurm job ${jobId} goes on; scancel ${jobId}`,
  );
  return jobId;
}

/** Cancels one of the tasks that stay, kills one, lets one be out of time. */
async function endTasks(
  cluster: SlurmCluster,
  at: Place,
  jobId: string,
): Promise<void> {
  for (const task of Object.values(STAYING)) {
    await until(`task ${task}`, () => exists(at(`pid-${task}`)), 60_000);
  }
  const { cancelled, killed, late } = STAYING;
  await cluster.ask("scancel", `${jobId}_${cancelled}`);
  const pid = await Deno.readTextFile(at(`pid-${killed}`));
  Deno.kill(Number(pid), "SIGKILL");
  // Slurm looks for such tasks every half minute.
  await cluster.ask(
    "scontrol",
    ...["update", `jobid=${jobId}_${late}`, "EndTime=now"],
  );
}

/** Drains a node, and stops and starts the controller meanwhile. */
async function disturbCluster(
  cluster: SlurmCluster,
  follower: Follower,
): Promise<void> {
  const node = `nodename=${NODES[1]}`;
  await cluster.ask("scontrol", "update", node, "state=drain", "reason=test");
  await cluster.stopController();
  await follower.says(/does not answer \(unable to contact/);
  cluster.startController();
  await follower.says(/Slurm answers again/);
  assertStringIncludes(
    await cluster.ask("sinfo", "-h", "-N", "-o", "%t"),
    "dr",
  );
  await cluster.ask("scontrol", "update", node, "state=resume");
}

/** What each task says it has done, without what was there before. */
async function readLogs(
  folder: string,
): Promise<{ done: number; withoutRoom: number }> {
  let done = 0;
  let withoutRoom = 0;
  for (const name of await filesIn(folder)) {
    if (!name.endsWith(".log")) continue;
    const text = await Deno.readTextFile(join(folder, name));
    if (text.includes("no space left on device")) withoutRoom++;
    for (const [, all, kept] of text.matchAll(DONE)) {
      done += Number(all) - Number(kept ?? 0);
    }
  }
  return { done, withoutRoom };
}

/** What `lab sweep` prints at its end. */
const DONE = /^(\d+) of \d+ jobs? in .*?(?:, (\d+) from before)?$/gm;

async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names;
}
