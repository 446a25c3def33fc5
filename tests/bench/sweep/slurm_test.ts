import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { MissingProgramError } from "../../../bench/native/run_bounded.ts";
import { chooseJobs } from "../../../bench/sweep/jobs.ts";
import { runSweepJobs } from "../../../bench/sweep/local_engine.ts";
import { openFolder } from "../../../bench/sweep/manifest.ts";
import { runSlurm } from "../../../bench/sweep/slurm_engine.ts";
import { taskCount } from "../../../bench/sweep/slurm_tasks.ts";
import type { SlurmOptions } from "../../../bench/sweep/slurm_options.ts";
import { arrayText, slurmScript } from "../../../bench/sweep/slurm_script.ts";
import {
  accountedState,
  queueLines,
  type RunProgram,
  submit,
  taskStates,
} from "../../../bench/sweep/slurm_tools.ts";
import { captureEnvironment } from "../../../bench/machine/environment.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { expanded, SMALL } from "./plan_rig.ts";

const OPTIONS: SlurmOptions = { exclusive: false, retries: 1, poll: 0.01 };

/** Slurm's commands as a function of what is asked. */
function slurm(
  answer: (program: string, args: readonly string[]) => {
    status?: number;
    stdout?: string;
    stderr?: string;
  },
): RunProgram {
  return (program, args) =>
    Promise.resolve({
      ...{ status: 0, signal: null, stdout: "", stderr: "" },
      ...answer(program, args),
    });
}

Deno.test("the script of exact jobs shares nodes, that of timed ones has them alone", async () => {
  const plan = await expanded({ ...SMALL, rounds: 3 });
  const array = { plan, folder: "/a b/out", count: 4, tasks: [1, 2, 4] };
  const exact = slurmScript({ ...array, kind: "exact" }, {
    ...OPTIONS,
    ...{ partition: "quick", account: "me", timeLimit: "1:00:00" },
    ...{ arrayLimit: 2, deno: "/opt/deno", sbatch: ["--qos=low"] },
  });
  assertEquals(
    exact.split("\n").filter((line) => line.startsWith("#SBATCH")),
    [
      "#SBATCH --job-name=lab-exact-plan",
      "#SBATCH --array=1-2,4%2",
      "#SBATCH --nodes=1",
      "#SBATCH --ntasks=1",
      "#SBATCH --partition=quick",
      "#SBATCH --account=me",
      "#SBATCH --time=1:00:00",
      "#SBATCH --requeue",
      "#SBATCH --qos=low",
    ],
  );
  assertStringIncludes(exact, "#!/bin/bash\n");
  assertStringIncludes(exact, "  /opt/deno run --config=/");
  assertStringIncludes(
    exact,
    "lab.ts sweep '/a b/out/slurm/plan.json' \\\n  --out '/a b/out' --resume " +
      '--quiet \\\n  --jobs "${SLURM_CPUS_PER_TASK:-1}" \\\n  --only exact ' +
      '--shard "$SLURM_ARRAY_TASK_ID/4"\n',
  );
  const timed = slurmScript({ ...array, seed: 7, kind: "timed" }, {
    ...OPTIONS,
    modules: ["gcc/13", "deno"],
  });
  assertStringIncludes(timed, "\n#SBATCH --exclusive\n");
  // Modules are a function of login shells.
  assertStringIncludes(timed, "#!/bin/bash -l\n");
  assertStringIncludes(timed, "\nmodule load gcc/13 deno || exit 1\n");
  assertStringIncludes(timed, " --quiet --seed 7 \\\n  --jobs ");
});

Deno.test("a script is one that bash reads", async () => {
  const plan = await expanded({ ...SMALL, name: "it's $(touch x)" });
  const script = slurmScript(
    { plan, kind: "exact", folder: "/o'ne\n/$(x)", count: 1, tasks: [1] },
    { ...OPTIONS, deno: "/bin/echo" },
  );
  const { stdout, success } = await new Deno.Command("bash", {
    args: ["-c", script],
    env: { SLURM_ARRAY_TASK_ID: "1" },
  }).output();
  assertEquals(success, true);
  const said = new TextDecoder().decode(stdout);
  assertStringIncludes(said, "--out /o'ne\n/$(x) --resume");
  assertStringIncludes(said, "--jobs 1 --only exact --shard 1/1");
});

Deno.test("numbers of tasks are written as sbatch reads them", async () => {
  assertEquals(arrayText([1]), "1");
  assertEquals(arrayText([1, 2, 3, 7, 9, 10], 4), "1-3,7,9-10%4");
  const jobs = chooseJobs(await expanded(SMALL), {});
  // Two CPUs each; 32 bits reach no memory of 1m-p2p's devices.
  assertEquals(jobs.length, 6);
  // 6 cells are one task of 20, and never more tasks than cells.
  assertEquals(taskCount("exact", jobs, OPTIONS), 1);
  assertEquals(taskCount("exact", jobs, { ...OPTIONS, tasks: 5 }), 5);
  assertEquals(taskCount("exact", jobs, { ...OPTIONS, tasks: 50 }), 6);
});

Deno.test("what Slurm refuses is one line that says why", async () => {
  const refuse = async (run: RunProgram) =>
    (await assertRejects(() => submit("x.sh", [], run), Error)).message;
  assertEquals(
    await refuse(slurm(() => ({
      status: 1,
      stderr: "sbatch: error: Batch job submission failed: Invalid account " +
        "or account/partition combination specified\n",
    }))),
    "Cannot submit to Slurm: invalid account or account/partition combination " +
      "specified, expected sbatch to accept x.sh",
  );
  assertEquals(
    await refuse(() => {
      throw new MissingProgramError("sbatch", "absent");
    }),
    "Cannot run sbatch: it is not installed, expected Slurm on this machine, " +
      "or --shard I/N with another scheduler",
  );
  assertEquals(
    await refuse(() => {
      throw new MissingProgramError("sbatch", "permission");
    }),
    "Cannot run sbatch: Deno has no permission for it, expected " +
      '"deno task lab:slurm"',
  );
  assertEquals(
    await refuse(slurm(() => ({ stdout: "hello\n" }))),
    'Cannot submit to Slurm: sbatch printed "hello", expected sbatch to ' +
      "accept x.sh",
  );
});

Deno.test("what squeue prints is read, and jobs that it has forgotten are none", async () => {
  assertEquals(queueLines("12|3|RUNNING|None\n12|N/A|PENDING|x\n\nslurm\n"), [
    { jobId: "12", task: 3, state: "RUNNING", reason: "None" },
  ]);
  const run = slurm((_, args) =>
    args.includes("--jobs=1")
      ? {
        status: 1,
        stderr: "slurm_load_jobs error: Invalid job id specified\n",
      }
      : { stdout: "2|1|TIMEOUT|TimeLimit\n" }
  );
  assertEquals(await taskStates(["1", "2"], run), [
    { jobId: "2", task: 1, state: "TIMEOUT", reason: "TimeLimit" },
  ]);
});

Deno.test("the accounting is asked what the controller has forgotten, where there is one", async () => {
  const task = { jobId: "7", task: 3 };
  const asked: string[] = [];
  const told = slurm((program, args) => {
    asked.push(`${program} ${args.at(-2)}`);
    return { stdout: "CANCELLED by 1000\n" };
  });
  assertEquals(await accountedState(task, told), "CANCELLED");
  assertEquals(asked, ["sacct --jobs=7_3"]);
  // "Slurm accounting storage is disabled"
  const disabled = slurm(() => ({ status: 1, stderr: "disabled" }));
  assertEquals(await accountedState(task, disabled), undefined);
  const absent: RunProgram = () => {
    throw new MissingProgramError("sacct", "absent");
  };
  assertEquals(await accountedState(task, absent), undefined);
});

/** Six cells that take a moment each: three in each of two shards. */
const QUICK = {
  axes: {
    layout: ["phys_flags"],
    workload: ["4k-hot"],
    abi: ["lp64", "ilp32"],
    depth: [1, 2, 3],
  },
  ...{ ios: 4, cpu: "none", rounds: 0 },
};

/** A sweep whose tasks do their work, or not, as soon as they are submitted. */
async function sweepWith(
  work: (tasks: string, tries: number) => string,
): Promise<{ outcome: Awaited<ReturnType<typeof runSlurm>>; notes: string[] }> {
  const notes: string[] = [];
  let outcome: Awaited<ReturnType<typeof runSlurm>> | undefined;
  await inFolder(async (folder) => {
    const plan = await expanded(QUICK);
    const jobs = chooseJobs(plan, {});
    await openFolder(folder, plan);
    const environment = { ...await captureEnvironment() };
    const { signal } = new AbortController();
    const states = new Map<string, string>();
    let tries = 0;
    outcome = await runSlurm({
      ...{ plan, jobs, folder, environment, signal, seed: undefined },
      options: { ...OPTIONS, tasks: 2 },
      onNote: (text) => notes.push(text),
      onProgress: () => {},
      async run(program, args) {
        const ok = { status: 0, signal: null, stdout: "", stderr: "" };
        if (program === "squeue") {
          const id = args.find((one) => one.startsWith("--jobs="))?.slice(7);
          return { ...ok, stdout: states.get(id ?? "") ?? "" };
        }
        if (program === "sacct") return { ...ok, status: 1 };
        const script = await Deno.readTextFile(args.at(-1) as string);
        const [, tasks = ""] = /--array=(\S+)/.exec(script) ?? [];
        const id = String(++tries);
        states.set(id, work(tasks, tries));
        for (const task of [1, 2]) {
          if (!states.get(id)?.includes(`|${task}|COMPLETED`)) continue;
          await runSweepJobs(
            chooseJobs(plan, { shard: { index: task, count: 2 } }),
            { folder, plan: plan.digest, environment, signal, lanes: 1 },
          );
        }
        return { ...ok, stdout: `${id}\n` };
      },
    });
    assertEquals(
      JSON.parse(await Deno.readTextFile(join(folder, "slurm/jobs.json"))).kind,
      "sweep jobs",
    );
  });
  if (outcome === undefined) throw new Error("no outcome");
  return { outcome, notes };
}

Deno.test("a task that left cells undone is submitted again, alone", async () => {
  const arrays: string[] = [];
  const { outcome, notes } = await sweepWith((tasks, tries) => {
    arrays.push(tasks);
    return tries === 1
      ? "1|1|COMPLETED|None\n1|2|NODE_FAIL|None\n"
      : "2|2|COMPLETED|None\n";
  });
  assertEquals(arrays, ["1-2", "2"]);
  assertEquals(outcome, { done: 6, failed: [], left: [] });
  assertEquals(notes, [
    "Slurm job 1: 2 exact tasks",
    "Slurm job 2: 1 exact task, try 2 of 2",
  ]);
});

Deno.test("a task that fails each time is named, and the others are kept", async () => {
  const { outcome } = await sweepWith((_, tries) =>
    tries === 1
      ? "1|1|COMPLETED|None\n1|2|OUT_OF_MEMORY|None\n"
      : "2|2|OUT_OF_MEMORY|None\n"
  );
  assertEquals(outcome.done, 3);
  assertEquals(outcome.failed.length, 1);
  assertStringIncludes(
    outcome.failed[0] ?? "",
    "exact task 2 of 2 (job 2_2: OUT_OF_MEMORY, 2 tries): 3 cells undone, 4k-hot",
  );
});

Deno.test("lab sweep refuses options that say nothing with its engine", async () => {
  await inFolder(async (folder) => {
    const plan = join(folder, "plan.json");
    await Deno.writeTextFile(plan, JSON.stringify(SMALL));
    const refused = async (...words: string[]) => {
      const { status, err } = await lab(["sweep", plan, ...words]);
      assertEquals(status, 2, err);
      return err;
    };
    const engine = ["--engine", "slurm", "--out", join(folder, "out")];
    assertStringIncludes(
      await refused("--partition", "x"),
      "Cannot use --partition: found no --engine slurm, expected it",
    );
    assertStringIncludes(
      await refused(...engine, "--shard", "1/2"),
      "Cannot use --shard: found --engine slurm, which takes the plan apart",
    );
    assertStringIncludes(await refused("--engine", "pbs"), "local, slurm");
    assertStringIncludes(
      await refused(...engine, "--force"),
      "found --force, expected --resume with it",
    );
    for (
      const [words, complaint] of [
        [["--partition", "a b"], "expected a name"],
        [["--account", "-x"], "expected a name"],
        [["--modules", "a;b"], "expected names of modules"],
        [["--time-limit", "soon"], "expected minutes"],
        [["--sbatch=--array=1-9"], "which lab sweep sets itself"],
        [["--sbatch=--qos=a b"], "without blanks"],
        [["--array-limit", "0"], "expected"],
        [["--retries", "-1"], "expected"],
      ] as const
    ) {
      assertStringIncludes(await refused(...engine, ...words), complaint);
    }
    const shown = await lab(["sweep", plan, ...engine, "--dry-run"]);
    assertEquals([shown.status, shown.err], [0, ""]);
    assertStringIncludes(shown.out, "#SBATCH --array=1\n");
    assertStringIncludes(shown.out, "sbatch --parsable --output=");
  });
});
