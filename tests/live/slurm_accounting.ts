/**
 * Slurm's accounting on loopback, so that sacct is asked and no stub: MariaDB
 * with its files in a folder, and slurmdbd, which keeps there how jobs ended.
 */
import { join } from "@std/path";
import { notRun, run } from "../layouts/run_tool.ts";

/** What has to be installed: Debian's slurmdbd and mariadb-server. */
const PROGRAMS = ["slurmdbd", "mariadbd", "mariadb-install-db", "sacct"];

/** Where the accounting answers. */
export interface AccountingPlace {
  /** Folder of all its files. */
  readonly folder: string;
  /** The user of all daemons. */
  readonly user: string;
  /** Port of slurmdbd. */
  readonly port: number;
  /** Port of the database. */
  readonly databasePort: number;
  /** How munge is asked. */
  readonly authInfo: string;
}

/**
 * Tells whether there is what the accounting needs.
 *
 * @returns Whether there is; what is missing is said.
 */
export async function hasAccounting(): Promise<boolean> {
  for (const program of PROGRAMS) {
    const found = await run("sh", ["-c", `command -v ${program}`]);
    if (!found?.success) {
      notRun(program);
      return false;
    }
  }
  return true;
}

/**
 * Makes an empty database and the configuration of slurmdbd.
 *
 * @param place Where.
 * @returns The commands that are to be started, in order.
 */
export async function prepareAccounting(
  { folder, user, port, databasePort, authInfo }: AccountingPlace,
): Promise<{ database: string[]; dbd: string[] }> {
  const data = join(folder, "database");
  await run("mariadb-install-db", [
    ...["--no-defaults", `--datadir=${data}`, `--user=${user}`],
    ...["--auth-root-authentication-method=normal", "--skip-test-db"],
  ]);
  // It refuses a file that others may read.
  await Deno.writeTextFile(
    join(folder, "slurmdbd.conf"),
    [
      "AuthType=auth/munge",
      `AuthInfo=${authInfo}`,
      "DbdHost=localhost",
      "DbdAddr=127.0.0.1",
      `DbdPort=${port}`,
      `SlurmUser=${user}`,
      "StorageType=accounting_storage/mysql",
      "StorageHost=127.0.0.1",
      `StoragePort=${databasePort}`,
      "StorageUser=root",
      "StorageLoc=lab",
      `LogFile=${join(folder, "slurmdbd.log")}`,
      `PidFile=${join(folder, "slurmdbd.pid")}`,
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  return {
    database: [
      "mariadbd",
      ...["--no-defaults", `--datadir=${data}`, `--user=${user}`],
      ...[`--port=${databasePort}`, "--bind-address=127.0.0.1"],
      `--socket=${join(folder, "database.socket")}`,
      `--pid-file=${join(folder, "database.pid")}`,
    ],
    dbd: ["slurmdbd", "-D"],
  };
}

/**
 * Gives the lines of slurm.conf.
 *
 * @param port Port of slurmdbd; nothing where there is no accounting.
 * @param mungeSocket Where munge listens, which it calls a password.
 * @returns Lines.
 */
export function accountingLines(
  port: number | undefined,
  mungeSocket: string,
): string[] {
  return port === undefined
    ? ["AccountingStorageType=accounting_storage/none"]
    : [
      "AccountingStorageType=accounting_storage/slurmdbd",
      "AccountingStorageHost=127.0.0.1",
      `AccountingStoragePort=${port}`,
      `AccountingStoragePass=${mungeSocket}`,
    ];
}
