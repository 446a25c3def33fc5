/**
 * Modules that nvme needs, out of a folder of modules: by modules.dep where
 * depmod has run, otherwise all that it can need; the guest program loads them
 * in whatever order works.
 */
import { basename } from "@std/path";
import { systemReason } from "../files/system_reason.ts";

/** Modules of nvme and of what its modules have needed from 5.15 to 7.2. */
const NEEDED: ReadonlySet<string> = new Set([
  "nvme",
  "nvme_core",
  "nvme_common",
  "nvme_auth",
  "nvme_keyring",
  "t10_pi",
  "crc64",
  "crc64_rocksoft",
  "crc64_rocksoft_generic",
  "crc_t10dif",
  "crct10dif_common",
  "crct10dif_generic",
  "hkdf",
  "dh_generic",
  "ecdh_generic",
  "ffdhe",
]);
/** Files that are looked at in a folder; a distribution has about 5000. */
const MOST_FILES = 100_000;
/** Depth of folders; in a distribution it is 7. */
const MOST_DEPTH = 16;

/** A module to put into the initramfs. */
export interface KernelModule {
  readonly name: string;
  /** Its bytes, maybe compressed. */
  readonly bytes: Uint8Array;
}

export interface ModulesFor {
  /** The folder: /lib/modules/VERSION, or one that contains it. */
  readonly folder: string;
  /** The kernel's release. */
  readonly release: string;
}

/** @throws {TypeError} If there is no nvme module, or one of another kernel. */
export async function collectModules(
  wanted: ModulesFor,
): Promise<KernelModule[]> {
  const { folder, release } = wanted;
  const paths: string[] = [];
  try {
    await walk(folder, paths, 0);
  } catch (error) {
    throw new TypeError(
      `Cannot read modules in ${folder}: ${systemReason(error)}, expected ` +
        `/lib/modules/VERSION of the kernel`,
      { cause: error },
    );
  }
  // A folder of several kernels, such as /lib/modules.
  const own = paths.filter((path) => path.includes(`/${release}/`));
  const found = (own.length > 0 ? own : paths).filter((path) =>
    NEEDED.has(nameOf(path))
  );
  if (!found.some((path) => nameOf(path) === "nvme")) {
    throw new TypeError(
      `Cannot measure kernel ${release}: ${folder} has no module nvme.ko, ` +
        `expected /lib/modules/${release} (leave --modules out if nvme is ` +
        `built in)`,
    );
  }
  const modules = new Map<string, KernelModule>();
  for (const path of found.toSorted()) {
    const bytes = await Deno.readFile(path);
    checkVersion(path, bytes, release);
    modules.set(nameOf(path), { name: basename(path), bytes });
  }
  return [...modules.values()];
}

async function walk(
  folder: string,
  paths: string[],
  depth: number,
): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && depth < MOST_DEPTH) {
      await walk(path, paths, depth + 1);
    } else if (/\.ko(\.\w+)?$/.test(entry.name)) paths.push(path);
    if (paths.length > MOST_FILES) return;
  }
}

function nameOf(path: string): string {
  return basename(path).replace(/\.ko(\.\w+)?$/, "").replaceAll("-", "_");
}

/** Of a compressed module, what its folder is called has to do. */
function checkVersion(path: string, bytes: Uint8Array, release: string): void {
  const version = path.endsWith(".ko")
    ? /vermagic=(\S+)/.exec(new TextDecoder("latin1").decode(bytes))?.[1]
    : /\/([^/]+)\/kernel\//.exec(path)?.[1];
  if (version === undefined || version === release) return;
  throw new TypeError(
    `Cannot load module ${path}: it is for kernel ${version}, expected one ` +
      `for ${release}`,
  );
}
