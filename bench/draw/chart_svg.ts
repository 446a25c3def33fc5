/**
 * Draws a chart that is described in vega-lite's terms, without a browser.
 *
 * Vega is loaded when the first chart is drawn: it takes most of a second, and
 * most commands draw none.
 */
import type { LoggerInterface } from "vega";
import type { TopLevelSpec } from "vega-lite";
import type { Picture } from "./picture.ts";

/**
 * A chart in vega-lite's terms (https://vega.github.io/vega-lite/docs/), with
 * its data in it. What is a stranger's is in `data.values` alone: elsewhere
 * vega takes text for expressions.
 */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** Text takes the colour of the page's text, by whatever is the scheme. */
const TEXT = "currentColor";

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

const CONFIG = {
  background: null,
  font: FONT,
  // The whole picture has a title and a description, and a table beside it.
  aria: false,
  padding: 4,
  view: { stroke: null },
  axis: {
    labelColor: TEXT,
    titleColor: TEXT,
    domainColor: TEXT,
    tickColor: TEXT,
    gridColor: TEXT,
    gridOpacity: 0.14,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 240,
  },
  legend: {
    labelColor: TEXT,
    titleColor: TEXT,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 300,
    orient: "top",
    direction: "horizontal",
  },
  text: { color: TEXT, fontSize: 12 },
  rule: { color: TEXT },
};

/**
 * @param onWarning Called with what vega finds odd in it; a test wants to know.
 * @throws {Error} If vega refuses the description, which is a fault of the lab.
 */
export async function drawChart(
  spec: ChartSpec,
  onWarning: (text: string) => void = () => {},
): Promise<Picture> {
  const [vega, { compile }] = await Promise.all([
    import("vega"),
    import("vega-lite"),
  ]);
  const logger = loggerOf(onWarning);
  const described: unknown = { ...spec, config: CONFIG };
  const { spec: compiled } = compile(described as TopLevelSpec, { logger });
  const view = new vega.View(vega.parse(compiled), {
    renderer: "none",
    loader: { ...vega.loader(), load: refuse, sanitize: refuse },
    logger,
  });
  try {
    return pictureOf(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Nothing is read and nothing linked: all that is drawn is in the chart. */
function refuse(): Promise<never> {
  return Promise.reject(new Error("Cannot load anything for a chart"));
}

/** Vega would write to the console. */
function loggerOf(onWarning: (text: string) => void): LoggerInterface {
  const logger = {
    level: () => logger,
    error: (...text: readonly unknown[]) => {
      throw new Error(`Cannot draw a chart: ${text.join(" ")}`);
    },
    warn: (...text: readonly unknown[]) => {
      onWarning(text.join(" "));
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  return logger as unknown as LoggerInterface;
}

/** Empty rectangles, which would fill the page. */
const EMPTY = new RegExp(
  '<path class="(?:background|foreground)" aria-hidden="true" d="[^"]*"' +
    '(?: pointer-events="none")?(?: display="none")?(?: fill="(?:none)?")?' +
    "/?>(?:</path>)?",
  "g",
);

/**
 * What the element around it says, or a reader of the screen would hear of
 * every mark. A text that looks like it loses it, and nothing else.
 */
const SAID = new RegExp(
  ' (?:aria-[a-z]+="[^"]*"|role="[^"]*"|pointer-events="none"|class="[^"]*"|' +
    'opacity="1"|font-size="12px"|font-family="[^"]*")',
  "g",
);

/** Takes vega's element apart: its size, and what is in it. */
function pictureOf(svg: string): Picture {
  const found =
    /^<svg [^>]*\bwidth="([\d.]+)" height="([\d.]+)"[^>]*>([^]*)<\/svg>\s*$/
      .exec(svg);
  if (found === null) throw new Error("Cannot read the chart that vega drew");
  const [, width, height, body = ""] = found;
  // Whoever shows it has a background.
  const bare = body.replace(/^<rect [^>]*\/>/, "").replaceAll(EMPTY, "")
    .replaceAll(SAID, "");
  return {
    widthPx: Number(width),
    heightPx: Number(height),
    body: `<g font-family="${FONT}" font-size="12px">${bare}</g>`,
  };
}
