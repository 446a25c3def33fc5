/**
 * One page that needs nothing from outside: no script, no font, no picture of
 * another place, and a policy that would keep them out. It opens from a disk,
 * is light or dark as the reader prefers, and can be printed.
 */
import { markupText } from "./markup.ts";
import { PAGES } from "./palette.ts";

export interface PagePart {
  /** Its id, to which the contents lead. */
  readonly id: string;
  /** Its heading; none for what is right below the title. */
  readonly heading?: string | undefined;
  /** Whether the contents name it as a part of the one before. */
  readonly isBelow?: boolean | undefined;
  readonly body: string;
}

export interface PageContent {
  readonly title: string;
  /** A sentence below the title. */
  readonly lead?: string;
  readonly parts: readonly PagePart[];
}

const scheme = ({ page, text }: { page: string; text: string }) =>
  `--page:${page};--text:${text}`;

/** Nothing is fetched: not even what a fault of the lab would put here. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; " +
  "img-src data:; base-uri 'none'; form-action 'none'";

const STYLE = `:root{color-scheme:light dark;${
  scheme(PAGES.light)
};--soft:#f1f3f6;--line:#c9ced6;--link:#0058a3;--warn:#8a4b00}
@media (prefers-color-scheme:dark){:root{${
  scheme(PAGES.dark)
};--soft:#20242c;--line:#454c59;--link:#7db8ff;--warn:#f0b45a}}
*{box-sizing:border-box}
html{scroll-behavior:auto}
body{margin:0 auto;padding:1.2rem 1rem 3rem;max-width:62rem;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.25;margin:.6rem 0 .3rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.4rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.08rem;line-height:1.35;margin:1.8rem 0 .4rem}
p{margin:.5rem 0;max-width:48rem}
.lead{font-size:1.05rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
nav ul{list-style:none;margin:.4rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1.2rem}
.answer p{max-width:52rem}
.warning{border-left:4px solid var(--warn);padding:.3rem .8rem;background:var(--soft)}
figure{margin:1.2rem 0}
figcaption{font-weight:600;margin-bottom:.15rem;max-width:48rem}
.reads{font-size:.92rem;margin:.1rem 0 .5rem}
.scroll{overflow-x:auto;max-width:100%}
.scroll svg{display:block;height:auto;max-width:none}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.15rem 0;max-width:max-content;color:var(--link)}
table{border-collapse:collapse;margin:.4rem 0 .8rem;font-size:.9rem}
caption{text-align:left;padding:.2rem 0;font-weight:600}
th,td{padding:.18rem .65rem;border-bottom:1px solid var(--line);text-align:right;font-variant-numeric:tabular-nums;vertical-align:top;unicode-bidi:isolate;white-space:nowrap}
th{font-weight:600}
thead th{vertical-align:bottom;border-bottom:2px solid var(--line)}
.left{text-align:left}
td.long{white-space:normal;overflow-wrap:anywhere;min-width:16rem}
pre{background:var(--soft);padding:.6rem .8rem;margin:.5rem 0;width:max-content;min-width:min(100%,48rem);font:.85rem/1.45 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.6rem;font-size:.9rem}
@media (max-width:40rem){body{padding:.8rem .7rem 2rem}h1{font-size:1.4rem}th,td{padding:.15rem .45rem}}
@media print{:root{color-scheme:light;${
  scheme(PAGES.light)
};--soft:#f4f4f4;--line:#999;--link:#000;--warn:#555}
body{max-width:none;padding:0;font-size:10pt}nav,.skip,.download{display:none}
h2,h3,figcaption,summary{break-after:avoid}figure,tr,.warning{break-inside:avoid}
.scroll,pre{overflow:visible}.scroll svg{max-width:100%}pre{white-space:pre-wrap}th,td{white-space:normal;padding:.1rem .35rem}table{font-size:8pt}
.wide th,.wide td{font-size:6.5pt;padding:.1rem .12rem;overflow-wrap:anywhere}.wide thead th{writing-mode:vertical-rl;text-align:start;vertical-align:bottom;white-space:nowrap}
details::details-content{content-visibility:visible;display:block;height:auto}}`;

/** @returns HTML; ends in a line feed. */
export function page({ title, lead, parts }: PageContent): string {
  const named = parts.filter(({ heading }) => heading !== undefined);
  return [
    '<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Browsers ask for /favicon.ico of a page that has none.
    '<link rel="icon" href="data:,">',
    `<title>${markupText(title)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    '<a class="skip" href="#main">Skip to the content</a>',
    `<header><h1>${markupText(title)}</h1>`,
    lead === undefined ? "" : `<p class="lead">${markupText(lead)}</p>`,
    named.length < 3 ? "" : contents(named),
    '</header><main id="main">',
    ...parts.map(section),
    "</main></body></html>",
  ].filter((text) => text !== "").join("\n") + "\n";
}

function contents(parts: readonly PagePart[]): string {
  const items = parts.filter(({ isBelow }) => isBelow !== true).map((
    { id, heading = "" },
  ) => `<li><a href="#${id}">${markupText(heading)}</a></li>`);
  return `<nav aria-label="Contents"><ul>${items.join("")}</ul></nav>`;
}

function section({ id, heading, body }: PagePart): string {
  if (heading === undefined) return `<div id="${id}">\n${body}\n</div>`;
  return `<section id="${id}" aria-labelledby="${id}-heading">` +
    `<h2 id="${id}-heading">${markupText(heading)}</h2>\n${body}\n</section>`;
}
