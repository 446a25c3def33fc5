/**
 * A picture as SVG: inside of a page, whose text colour it takes, or as a file
 * of its own.
 */
import { markupText } from "./markup.ts";
import { PAGES } from "./palette.ts";

export interface Picture {
  /** Its width in CSS pixels. */
  readonly widthPx: number;
  /** Its height in CSS pixels. */
  readonly heightPx: number;
  /** Markup inside of the `svg` element; text is in `currentColor`. */
  readonly body: string;
}

/** The description for a reader who does not see it. */
export interface PictureWords {
  readonly title: string;
  /** What it shows, in a sentence or two. */
  readonly description: string;
}

/**
 * Returns the element for a page.
 *
 * @param id Begins the ids of both; once in a page.
 */
export function inlinePicture(
  picture: Picture,
  words: PictureWords,
  id: string,
): string {
  return element(picture, words, { id, attributes: 'focusable="false"' });
}

/**
 * Returns a file that shows the picture alone, on a background of its own,
 * light or dark as the reader prefers.
 *
 * @returns The file's text; ends in a line feed.
 */
export function pictureFile(picture: Picture, words: PictureWords): string {
  const { light, dark } = PAGES;
  const style = (colors: { page: string; text: string }) =>
    `svg{color:${colors.text}}.page{fill:${colors.page}}`;
  return element(picture, words, {
    id: "picture",
    attributes: `color="${light.text}"`,
    before: `<style>${style(light)}` +
      `@media (prefers-color-scheme:dark){${style(dark)}}</style>` +
      `<rect class="page" width="100%" height="100%" fill="${light.page}"/>`,
  }) + "\n";
}

function element(
  { widthPx, heightPx, body }: Picture,
  { title, description }: PictureWords,
  { id, attributes, before = "" }: {
    id: string;
    attributes: string;
    before?: string;
  },
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${attributes} ` +
    `aria-labelledby="${id}-title ${id}-desc" width="${widthPx}" ` +
    `height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}">` +
    `<title id="${id}-title">${markupText(title)}</title>` +
    `<desc id="${id}-desc">${markupText(description)}</desc>` +
    `${before}${body}</svg>`;
}
