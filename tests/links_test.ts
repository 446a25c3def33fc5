import { assert, assertEquals } from "@std/assert";
import { markdownPages, projectPath, ROOT } from "./project_files.ts";

/** Links and pictures of Markdown, outside of what stands in backticks. */
const LINK = /!?\[[^\]]*\]\(([^)\s]+)\)/g;
/** A page that is named and not linked; `NAME` stands for any. */
const NAMED = /`((?!\S*\bNAME\.md)[\w./-]+\/[\w.-]+\.md)`/g;

/** Text without blocks of code. */
function prose(page: string): string {
  return page.replaceAll(/^(`{3,})[^]*?^\1$/gm, "");
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim()
    .replaceAll(/\s/g, "-");
}

function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
    anchor(text)
  );
}

/** What is wrong with a link, if anything. */
async function fault(from: URL, link: string): Promise<string | undefined> {
  const to = new URL(link, from);
  const fragment = decodeURIComponent(to.hash.slice(1));
  to.hash = "";
  const where = `${projectPath(from)}: ${link}`;
  if (!to.href.startsWith(ROOT.href)) return `${where} leaves the project`;
  try {
    await Deno.stat(to);
  } catch {
    return `${where} leads nowhere`;
  }
  if (fragment === "") return undefined;
  return anchors(await Deno.readTextFile(to)).includes(fragment)
    ? undefined
    : `${where} has no such heading`;
}

Deno.test("each link between pages leads to a file, and to a heading of it", async () => {
  const faults: string[] = [];
  let links = 0;
  for (const from of await markdownPages()) {
    const text = prose(await Deno.readTextFile(from));
    for (const [, link = ""] of text.matchAll(LINK)) {
      if (/^[a-z]+:/.test(link)) continue;
      links++;
      faults.push(
        ...[await fault(from, link)].filter((one) => one !== undefined),
      );
    }
    for (const [, path = ""] of text.matchAll(NAMED)) {
      links++;
      const own = await fault(new URL("README.md", ROOT), path);
      if (own !== undefined) faults.push(`${projectPath(from)}: \`${path}\``);
    }
  }
  assertEquals(faults, []);
  assert(links >= 30, `${links}`);
});

Deno.test("README leads to every page, some clicks away", async () => {
  const reached = new Set<string>();
  const waiting = [new URL("README.md", ROOT)];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    if (reached.has(from.href)) continue;
    reached.add(from.href);
    const text = prose(await Deno.readTextFile(from));
    for (const [, link = ""] of text.matchAll(LINK)) {
      const to = new URL(link, from);
      to.hash = "";
      if (to.protocol === "file:" && to.href.endsWith(".md")) waiting.push(to);
    }
    for (const [, path = ""] of text.matchAll(NAMED)) {
      waiting.push(new URL(path, ROOT));
    }
  }
  // Whoever looks for those finds them at the top, as everywhere.
  const others = (await markdownPages()).filter(({ href }) =>
    !reached.has(href)
  );
  assertEquals(others.map(projectPath), ["CHANGELOG.md"]);
});
