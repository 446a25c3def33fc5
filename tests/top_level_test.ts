/** What stands at the root, and that its files agree with each other. */
import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

/** All that belongs there; CONTRIBUTING.md says why. */
const TOP_LEVEL: readonly string[] = [
  ".ci",
  "CHANGELOG.md",
  "CITATION.cff",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "bench",
  "deno.json",
  "deno.lock",
  "layouts",
  "mod.ts",
  "sim",
  "tests",
];

/** Names at the root that git has; those on the disk where there is no git. */
async function committed(): Promise<Set<string>> {
  const names = new Set<string>();
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["ls-files"],
      cwd: ROOT,
      stderr: "null",
    }).output();
    const files = new TextDecoder().decode(stdout).trim();
    if (success && files !== "") {
      // What a user's own commands left there is no part of the project.
      return new Set(files.split("\n").map((path) => path.replace(/\/.*/, "")));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for await (const { name } of Deno.readDir(ROOT)) {
    if (TOP_LEVEL.includes(name)) names.add(name);
  }
  return names;
}

Deno.test("the root holds what belongs there", async () => {
  const found = await committed();
  found.delete(".gitignore");
  assertEquals([...found].toSorted(), TOP_LEVEL);
});

Deno.test("CONTRIBUTING.md lists the root", async () => {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));
  const [, list = ""] = /The root holds only (.*?)\./s.exec(
    text.replaceAll(
      /`([^`]*)`/g,
      (_, name: string) => `'${name.replaceAll(".", "@")}'`,
    ),
  ) ?? [];
  const names = [...list.matchAll(/'([^']+)'/g)].map(([, name = ""]) =>
    name.replaceAll("@", ".").replace(/\/$/, "")
  );
  assertEquals(names.toSorted(), TOP_LEVEL);
});

/** Top-level scalars of a file in YAML; texts over several lines stay out. */
function scalars(yaml: string): Map<string, string> {
  return new Map(
    [...yaml.matchAll(/^([a-z-]+): (?![>|])(.+)$/gm)].map((
      [, key = "", value = ""],
    ) => [key, value.replace(/^"(.*)"$/, "$1")]),
  );
}

Deno.test("CITATION.cff has the version and license of deno.json, and the date of its release", async () => {
  const cff = scalars(
    await Deno.readTextFile(new URL("CITATION.cff", ROOT)),
  );
  assertEquals(cff.get("cff-version"), "1.2.0");
  assertEquals(cff.get("version"), config.version);
  assertEquals(cff.get("license"), config.license);
  assert(cff.get("title")?.startsWith("bvec-lab: "));
  // Keep a Changelog: "## [0.1.0] - 2026-12-01"; until then there is no date.
  const changes = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  assertEquals(cff.get("date-released"), releaseDate(changes, config.version));
});

function releaseDate(changes: string, version: string): string | undefined {
  const heading = changes.split("\n").find((line) =>
    line.startsWith(`## [${version}]`) || line.startsWith(`## ${version} `)
  );
  return heading?.match(/\d{4}-\d\d-\d\d/)?.[0];
}

Deno.test("releaseDate() reads the heading of a version", () => {
  const changes =
    "## Unreleased\n\n## [1.0.0] - 2026-12-01\n## 0.1.0 - 2026-11-30\n";
  assertEquals(releaseDate(changes, "1.0.0"), "2026-12-01");
  assertEquals(releaseDate(changes, "0.1.0"), "2026-11-30");
  assertEquals(releaseDate(changes, "0.2.0"), undefined);
});

Deno.test("CITATION.cff names the holders of the LICENSE", async () => {
  const cff = await Deno.readTextFile(new URL("CITATION.cff", ROOT));
  const license = await Deno.readTextFile(new URL("LICENSE", ROOT));
  const [, holder = "none"] = /^Copyright \(c\) \d+ (.+)$/m.exec(license) ?? [];
  assert(cff.includes(`\n  - name: ${holder}\n`), holder);
});
