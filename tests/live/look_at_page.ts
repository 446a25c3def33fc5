/**
 * Opens a page in Chromium and prints, as JSON, what a test wants to know of it;
 * a program of its own, because Playwright asks the system for more than the
 * tests are allowed to.
 *
 * deno run -A look_at_page.ts CHROMIUM FILE
 */
import { type Browser, chromium, type Page } from "playwright-core";

/** What was seen of a page. */
export interface SeenPage {
  /** Light or dark, as the reader has it. */
  readonly colorScheme: "light" | "dark";
  /** Console, errors, and requests beside the page itself. */
  readonly told: readonly string[];
  /** Its colours. */
  readonly background: string;
  /** Colour of its text. */
  readonly color: string;
  /** Pixels by which it is wider than the window. */
  readonly overflowPx: number;
  /** Tables that are folded. */
  readonly folded: number;
  /** Where the first Tab leads. */
  readonly firstFocus: string;
  /** Parts that are wider than they are shown and that no key can move. */
  readonly stuck: readonly string[];
  /** What axe finds, with all tables open. */
  readonly violations: readonly string[];
  /** On paper: its background, whether folded tables are seen, the contents. */
  readonly paper: {
    readonly background: string;
    readonly hasTables: boolean;
    readonly hasContents: boolean;
    /** Pixels by which its widest table is wider than a sheet of A4. */
    readonly overflowPx: number;
  };
  /** Whether the link to the data gives a file, from a disk. */
  readonly saved: string;
}

const SCREENS = [
  { colorScheme: "light", width: 1200 },
  { colorScheme: "dark", width: 360 },
] as const;

/** Width of a sheet between usual margins, 190 of 210 mm, at 96 per inch. */
const A4_PX = 718;

async function look(
  browser: Browser,
  url: string,
  { colorScheme, width }: typeof SCREENS[number],
  axe: string,
): Promise<SeenPage> {
  const told: string[] = [];
  const page = await browser.newPage({
    colorScheme,
    viewport: { width, height: 800 },
  });
  page.setDefaultTimeout(0);
  page.on("console", (message) => told.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => told.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith("data:")) {
      told.push(`request: ${asked}`);
    }
  });
  await page.goto(url);
  const look = (code: string): Promise<unknown> => page.evaluate(code);
  const [background, color, overflowPx, folded, stuck] = await look(`(() => {
    const style = getComputedStyle(document.body);
    const root = document.documentElement;
    const all = [...document.querySelectorAll("main *")];
    return [
      style.backgroundColor,
      style.color,
      root.scrollWidth - root.clientWidth,
      document.querySelectorAll("details:not([open])").length,
      all.filter((one) => one.scrollWidth > one.clientWidth + 1 &&
        getComputedStyle(one).overflowX === "auto" && one.tabIndex < 0)
        .map((one) => one.outerHTML.slice(0, 100)),
    ];
  })()`) as [string, string, number, number, string[]];
  await page.keyboard.press("Tab");
  const firstFocus = await look("document.activeElement.textContent") as string;
  const saved = await save(page);
  // What a folded table holds is looked at, too.
  const fold = (open: boolean) =>
    look(
      "document.querySelectorAll('details').forEach((one) => " +
        `{ one.open = ${open}; })`,
    );
  await fold(true);
  // The page lets no script in; the browser's own tools do.
  await look(axe);
  const found = await look("axe.run()") as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  await fold(false);
  await page.emulateMedia({ media: "print", colorScheme });
  await page.setViewportSize({ width: A4_PX, height: 800 });
  const [paper, hasTables, hasContents, sheetPx] = await look(`(() => [
    getComputedStyle(document.body).backgroundColor,
    document.querySelector("details table").checkVisibility({
      contentVisibilityAuto: true,
    }),
    getComputedStyle(document.querySelector("nav")).display !== "none",
    Math.max(0, ...[...document.querySelectorAll("table")].map((one) =>
      Math.ceil(one.getBoundingClientRect().right) - innerWidth)),
  ])()`) as [string, boolean, boolean, number];
  await page.close();
  return {
    ...{ colorScheme, told, background, color, overflowPx, folded, firstFocus },
    ...{ stuck, saved },
    violations: found.violations.map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join("; ")}`
    ),
    paper: {
      ...{ background: paper, hasTables, hasContents },
      overflowPx: sheetPx,
    },
  };
}

async function save(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click("a[download]"),
  ]);
  return download.suggestedFilename();
}

if (import.meta.main) {
  const [executablePath = "", file = ""] = Deno.args;
  const axe = await Deno.readTextFile(
    new URL("axe.min.js", import.meta.resolve("axe-core")),
  );
  const browser = await chromium.launch({
    executablePath,
    // Of root's, as in most containers, there is no sandbox.
    args: Deno.uid() === 0 ? ["--no-sandbox"] : [],
    timeout: 0,
  });
  const seen: SeenPage[] = [];
  for (const screen of SCREENS) {
    seen.push(await look(browser, `file://${file}`, screen, axe));
  }
  await browser.close();
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(seen)));
  Deno.exit(0);
}
