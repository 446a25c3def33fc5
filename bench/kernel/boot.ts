/**
 * Boots a kernel under QEMU's TCG with the plugin, within limits of time and
 * output, and says in one line why it did not finish.
 */
import { type PluginApi, pluginApi } from "../native/count/plugin_api.ts";
import { WrongAnswerError } from "../shell/context.ts";
import { cannotRun, runTool } from "./run_tool.ts";

const QEMU = "qemu-system-x86_64";
const MISSING = "QEMU 7.2 or later with plugins (Debian: apt install " +
  "qemu-system-x86)";
/** The guest's memory. */
export const MEMORY_BYTES: number = 512 << 20;
/** What the guest says if the kernel lost data or failed an I/O. */
const WRONG = /LAB-WRONG: (.*)/;
/** Size of the disk that the guest verifies on. */
const DISK_BYTES = 128 << 20;
/** Of the console, in a message. */
const LAST_LINES = 6;
const LONGEST_LINE = 160;

/** Disks that the guest verifies on; all but the first are for trying that. */
export const VERIFY_DISKS = ["file", "zeroes", "errors"] as const;

export interface Boot {
  /** Folder for memory, trace and console; its owner removes it. */
  readonly folder: string;
  readonly kernel: string;
  readonly initramfs: string;
  readonly plugin: string;
  /** Words for the kernel's command line, after the lab's own. */
  readonly append: string;
  /** Whether the disk to verify on keeps data, forgets it, or fails reads. */
  readonly verifyDisk: typeof VERIFY_DISKS[number];
  /** Time after which the disk completes a command, in nanoseconds. */
  readonly latencyNs: number;
  /** Time after which the guest counts as hanging, in seconds. */
  readonly timeoutS: number;
  /** Bytes of trace at which the run is given up. */
  readonly mostTraceBytes: number;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

export interface Qemu {
  /** Its version, such as 7.2.22. */
  readonly version: string;
  /** Version of its plugin interface that the plugin is compiled for. */
  readonly pluginApi: PluginApi;
}

/** @throws {Error} If there is none, or one that is too old. */
export async function findQemu(): Promise<Qemu> {
  const { stdout } = await runTool(QEMU, ["--version"], { missing: MISSING });
  const [, major = "0", minor = "0", patch = "0"] =
    /version (\d+)\.(\d+)\.?(\d*)/.exec(stdout) ?? [];
  const version = `${major}.${minor}.${patch || 0}`;
  const number = Number(major) * 100 + Number(minor);
  if (number < 702) {
    throw new Error(
      `Cannot use ${QEMU}: it is of version ${version}, expected ${MISSING}`,
    );
  }
  return { version, pluginApi: pluginApi(number) };
}

export function qemuArguments(boot: Boot): string[] {
  const { folder } = boot;
  const disk = (id: string, drive: string, more = "") => [
    ...["-drive", `${drive},if=none,id=${id}`],
    ...["-device", `nvme,drive=${id},serial=${id}${more}`],
  ];
  const none = "driver=null-co,size=4G,read-zeroes=off," +
    `latency-ns=${boot.latencyNs}`;
  return [
    ...["-accel", "tcg,thread=single", "-cpu", "max,la57=off", "-smp", "1"],
    ...["-M", "q35,memory-backend=ram,usb=off", "-m", `${MEMORY_BYTES >> 20}M`],
    "-object",
    `memory-backend-file,id=ram,size=${MEMORY_BYTES},mem-path=${folder}/ram,share=on`,
    ...["-nodefaults", "-no-user-config", "-display", "none", "-nic", "none"],
    ...["-no-reboot", "-serial", `file:${folder}/console`],
    ...["-kernel", boot.kernel, "-initrd", boot.initramfs, "-append"],
    [
      // A busy host makes the TSC look unstable, and HPET costs instructions.
      "console=ttyS0 nokaslr mitigations=off tsc=reliable panic=-1 quiet",
      "loglevel=4",
      boot.append,
    ].join(" ").trim(),
    ...disk("measure", none),
    ...disk("verify", verifyDrive(boot, "disk")),
    ...disk("p2pverify", verifyDrive(boot, "p2pdisk"), ",cmb_size_mb=16"),
    ...disk("p2p", none, ",cmb_size_mb=16"),
    "-plugin",
    `${boot.plugin},trace=${folder}/trace,files=${folder}/files,ram=${folder}/ram,rambytes=${MEMORY_BYTES},most=${boot.mostTraceBytes}`,
  ];
}

function verifyDrive({ folder, verifyDisk }: Boot, name: string): string {
  const file = `filename=${folder}/${name}`;
  switch (verifyDisk) {
    case "zeroes":
      return `driver=null-co,size=${DISK_BYTES},read-zeroes=on`;
    case "errors":
      return `driver=blkdebug,image.driver=file,image.${file},` +
        "inject-error.0.event=none,inject-error.0.iotype=read," +
        // In the second 4 KiB: after what looking for partitions must read.
        "inject-error.0.sector=8";
    default:
      return `driver=file,${file}`;
  }
}

/**
 * Boots, and waits for the guest's end.
 *
 * @throws {WrongAnswerError} If the guest read back what it did not write, or
 * an I/O failed.
 * @throws {Error} If it did not come to its end; one line with the reason and
 * the last lines of its console.
 */
export async function boot(boot: Boot): Promise<void> {
  const { folder, timeoutS, signal } = boot;
  for (const name of ["disk", "p2pdisk"]) {
    await Deno.writeFile(`${folder}/${name}`, new Uint8Array(0));
    await Deno.truncate(`${folder}/${name}`, DISK_BYTES);
  }
  signal.throwIfAborted();
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(QEMU, {
      args: qemuArguments(boot),
      // The plugin ends QEMU when it closes: nothing else would, should this
      // process be killed.
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw cannotRun(QEMU, error, MISSING);
  }
  let late = false;
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, timeoutS * 1000);
  signal.addEventListener("abort", kill);
  let output: Deno.CommandOutput;
  try {
    output = await child.output();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
    await child.stdin.close().catch(() => {});
  }
  signal.throwIfAborted();
  const console = await consoleText(`${folder}/console`);
  const stderr = new TextDecoder().decode(output.stderr);
  const failure = bootFailure({ output, stderr, console, late, timeoutS });
  if (failure === undefined) return;
  const message = `Cannot measure the kernel: ${failure}; ${
    lastLines(console)
  }`;
  throw WRONG.test(console)
    ? new WrongAnswerError(message)
    : new Error(message);
}

/** What the kernel said last; the guest program's own words are the reason. */
function lastLines(console: string): string {
  const end = console.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("LAB"))
    .slice(-LAST_LINES).map((line) => line.slice(0, LONGEST_LINE));
  return end.length === 0
    ? "its console has no line of the kernel's"
    : `its console ended: ${end.join(" | ")}`;
}

async function consoleText(path: string): Promise<string> {
  try {
    const bytes = await Deno.readFile(path);
    return new TextDecoder().decode(bytes.subarray(-65536))
      // deno-lint-ignore no-control-regex
      .replaceAll(/\x1b\[[0-9;]*[A-Za-z]|\r/g, "");
  } catch {
    return "";
  }
}

interface Ended {
  readonly output: Deno.CommandOutput;
  readonly stderr: string;
  readonly console: string;
  readonly late: boolean;
  readonly timeoutS: number;
}

/**
 * Returns what went wrong.
 *
 * @param ended How QEMU ended, and what guest and QEMU said.
 * @returns The reason; `undefined` if all went well.
 */
export function bootFailure(ended: Ended): string | undefined {
  const { output, stderr, console, late, timeoutS } = ended;
  const complaint = stderr.trim().split("\n").at(-1) ?? "";
  if (
    /-plugin.*(invalid|no such) option|plugin.*not.*(support|enabled)/i.test(
      stderr,
    )
  ) {
    return `this QEMU was built without plugins (--enable-plugins): ${complaint}`;
  }
  const told = (WRONG.exec(console) ?? /LAB-ERROR: (.*)/.exec(console))?.[1];
  if (told !== undefined) return told.trim();
  const panic = /Kernel panic - not syncing: (.*)/.exec(console)?.[1];
  if (panic !== undefined) {
    return `the guest's kernel panicked: ${panic.trim()}`;
  }
  const plugin = /lab-plugin: (.*)/.exec(stderr)?.[1];
  if (plugin !== undefined) return `the plugin gave up: ${plugin.trim()}`;
  if (late) {
    return `the guest did not come to its end in ${timeoutS} s (a kernel ` +
      `that does not boot or hangs; more time: --timeout)`;
  }
  if (output.signal !== null) {
    return output.signal === "SIGBUS"
      ? "QEMU was ended by SIGBUS: no room for the guest's memory, is the " +
        "disk of temporary files full?"
      : `QEMU was ended by ${output.signal}`;
  }
  if (output.code !== 0) {
    return `QEMU ended with status ${output.code}: ` +
      `${complaint.slice(0, 300) || "it said nothing"}`;
  }
  if (/LAB: measuring/.test(console)) return undefined;
  return "the guest's kernel ended before it measured anything";
}
