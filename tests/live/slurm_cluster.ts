/**
 * A cluster of two nodes on this machine, for as long as a test takes: munged,
 * slurmctld and two slurmd on loopback, with ports and files of their own in a
 * folder that is gone afterwards.
 *
 * Needs no cgroups and no configuration of the system, and has an accounting
 * only if it is asked for; whoever runs the test is the user of all daemons.
 */
import { join } from "@std/path";
import { notRun, run } from "../layouts/run_tool.ts";
import {
  accountingLines,
  hasAccounting,
  prepareAccounting,
} from "./slurm_accounting.ts";

/** What has to be installed: Debian's slurm-wlm and munge. */
const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue"];
/** Longest time for a daemon to answer, and to go. */
const PATIENCE_MS = 20_000;

/** A cluster. */
export class SlurmCluster implements AsyncDisposable {
  /** Its folder. */
  readonly folder: string;
  /** What its commands need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly #daemons = new Map<string, Deno.ChildProcess>();

  private constructor(folder: string) {
    this.folder = folder;
    this.env = { SLURM_CONF: join(folder, "slurm.conf") };
  }

  /**
   * Starts a cluster.
   *
   * @param options Whether it keeps account of its jobs.
   * @returns It, or nothing where Slurm is not installed, which is said.
   */
  static async start(
    { accounting = false }: { readonly accounting?: boolean } = {},
  ): Promise<SlurmCluster | undefined> {
    for (const program of PROGRAMS) {
      const found = await run("sh", ["-c", `command -v ${program}`]);
      if (!found?.success) return notRun(program);
    }
    if (accounting && !await hasAccounting()) return undefined;
    // On a long path the socket's name would be cut.
    const folder = await Deno.makeTempDir({
      dir: "/tmp",
      prefix: "lab-slurm-",
    });
    const cluster = new SlurmCluster(folder);
    try {
      // Munge does not trust folders that others may write, or cannot enter.
      await Deno.chmod(folder, 0o755);
      const accountingPorts = accounting ? await freePorts(2) : [];
      await cluster.#configure(accountingPorts[0]);
      cluster.#spawn("munged", [
        "--foreground",
        "--force",
        "--num-threads=2",
        `--socket=${join(folder, "munge.socket")}`,
        `--key-file=${join(folder, "munge.key")}`,
        `--pid-file=${join(folder, "munge.pid")}`,
        `--seed-file=${join(folder, "munge.seed")}`,
        `--log-file=${join(folder, "munge.log")}`,
      ]);
      await until("munged", () => exists(join(folder, "munge.socket")));
      if (accounting) await cluster.#keepAccount(accountingPorts);
      cluster.startController();
      for (const node of NODES) cluster.#spawn("slurmd", ["-D", "-N", node]);
      await until("two idle nodes", async () => {
        const states = await cluster.ask("sinfo", "-h", "-N", "-o", "%t");
        return states.split("\n").filter((one) => one === "idle").length === 2;
      });
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts the controller, which finds its jobs again. */
  startController(): void {
    this.#spawn("slurmctld", ["-D"]);
  }

  /** Ends the controller, and waits until it has. */
  async stopController(): Promise<void> {
    const daemon = this.#daemons.get("slurmctld -D");
    daemon?.kill("SIGTERM");
    await daemon?.status;
  }

  /** Runs a command of Slurm's; what it prints, or nothing if it fails. */
  async ask(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await new Deno.Command(program, {
      args,
      env: this.env,
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  /** Ends all that it has started, and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Jobs first: what a node runs would outlive its daemon.
    await this.ask("scancel", "--full", "--partition=lab");
    for (const daemon of [...this.#daemons.values()].reverse()) {
      try {
        daemon.kill("SIGTERM");
      } catch {
        // It has ended already.
      }
      const late = setTimeout(() => daemon.kill("SIGKILL"), PATIENCE_MS);
      await daemon.status;
      clearTimeout(late);
    }
    await until("an end of all jobs", async () => {
      const left = await this.#processes();
      for (const pid of left) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch {
          // It has ended already.
        }
      }
      return left.length === 0;
    });
    await Deno.remove(this.folder, { recursive: true });
  }

  #spawn(program: string, args: string[]): void {
    const daemon = new Deno.Command(program, {
      args,
      env: this.env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#daemons.set([program, ...args].join(" "), daemon);
  }

  async #keepAccount(
    [port = 0, databasePort = 0]: readonly number[],
  ): Promise<void> {
    const { folder } = this;
    const { database, dbd } = await prepareAccounting({
      ...{ folder, port, databasePort },
      authInfo: this.#authInfo,
      user: await this.#user(),
    });
    this.#spawn(database[0] ?? "", database.slice(1));
    await until("a database", () => exists(join(folder, "database.socket")));
    this.#spawn(dbd[0] ?? "", dbd.slice(1));
    await until("the accounting", async () => {
      await this.ask("sacctmgr", "-i", "add", "cluster", "lab");
      return /^lab\b/m.test(
        await this.ask("sacctmgr", "-n", "-P", "show", "cluster"),
      );
    });
  }

  get #authInfo(): string {
    return `socket=${join(this.folder, "munge.socket")}`;
  }

  async #user(): Promise<string> {
    return (await this.ask("id", "-un")) || "root";
  }

  async #configure(accountingPort: number | undefined): Promise<void> {
    const { folder } = this;
    const key = crypto.getRandomValues(new Uint8Array(128));
    await Deno.writeFile(join(folder, "munge.key"), key, { mode: 0o600 });
    for (const name of ["state", ...NODES]) {
      await Deno.mkdir(join(folder, name));
    }
    const host = await this.ask("uname", "-n");
    const ports = await freePorts(4);
    const user = await this.#user();
    await Deno.writeTextFile(
      join(folder, "slurm.conf"),
      [
        "ClusterName=lab",
        `SlurmctldHost=${host}(127.0.0.1)`,
        `SlurmUser=${user}`,
        `SlurmdUser=${user}`,
        `SlurmctldPort=${ports[0]}`,
        `SlurmdPort=${ports[1]}`,
        "AuthType=auth/munge",
        `AuthInfo=${this.#authInfo}`,
        "CredType=cred/munge",
        `StateSaveLocation=${join(folder, "state")}`,
        `SlurmdSpoolDir=${join(folder, "%n")}`,
        `SlurmctldPidFile=${join(folder, "slurmctld.pid")}`,
        `SlurmdPidFile=${join(folder, "%n.pid")}`,
        `SlurmctldLogFile=${join(folder, "slurmctld.log")}`,
        `SlurmdLogFile=${join(folder, "%n.log")}`,
        "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none",
        "MpiDefault=none",
        "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_CPU",
        "SchedulerParameters=batch_sched_delay=0,sched_interval=2",
        "ReturnToService=2",
        "KillWait=1",
        // The second controller takes over at once.
        "SlurmctldTimeout=5",
        "JobAcctGatherType=jobacct_gather/none",
        ...accountingLines(accountingPort, join(folder, "munge.socket")),
        // More than there are: this machine is not asked what it has.
        "SlurmdParameters=config_overrides",
        ...NODES.map((node, i) =>
          `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 ` +
          `Port=${ports[2 + i]} CPUs=2 State=UNKNOWN`
        ),
        "PartitionName=lab Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
        "",
      ].join("\n"),
    );
  }

  /** Processes that were started in this cluster. */
  async #processes(): Promise<number[]> {
    // What Deno itself may not read without all permissions.
    const found = await run("sh", [
      "-c",
      'grep -laF "$0" /proc/[0-9]*/environ',
      this.folder,
    ]);
    return [...found?.out.matchAll(/\/proc\/(\d+)\//g) ?? []]
      .map(([, pid]) => Number(pid));
  }
}

/** Names of the nodes. */
export const NODES = ["lab1", "lab2"] as const;

/** Ports that nobody has, below those that the system gives out. */
async function freePorts(count: number): Promise<number[]> {
  const sockets = await run("sh", ["-c", "cat /proc/net/tcp /proc/net/tcp6"]);
  const used = new Set(
    [...sockets?.out.matchAll(/:([0-9A-F]{4}) /g) ?? []]
      .map(([, port = ""]) => Number.parseInt(port, 16)),
  );
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!used.has(port)) ports.add(port);
  }
  return [...ports];
}

/** Waits until something is so. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  for (let waited = 0; !await isSo(); waited += 100) {
    if (waited > patienceMs) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether a file is there. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
