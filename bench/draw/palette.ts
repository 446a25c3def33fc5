/**
 * The colours of charts and drawings: distinguishable with any of the common
 * colour blindnesses (after Okabe and Ito, "Color Universal Design"), and of
 * middling lightness, so that each has a contrast of 3 : 1 (WCAG 2.2, 1.4.11)
 * to a white page and to a dark one, and white words on it one of 4.5 : 1.
 * Nothing is shown by colour alone: marks differ in shape or carry a word.
 */

/** The page after them, by `prefers-color-scheme`. */
export const PAGES = {
  light: { page: "#ffffff", text: "#1b1d21" },
  dark: { page: "#15171c", text: "#e7e9ee" },
} as const;

/** Colours of categories, in the order in which they are used. */
export const CATEGORY_COLORS: readonly string[] = [
  "#0072b2",
  "#c45500",
  "#00805a",
  "#a8508f",
  "#846800",
  "#5a6fd0",
  "#b8433f",
];

/** What is not distinguished, and holes. */
export const REST_COLOR = "#70747c";

export const VERDICT_MARKS: Readonly<
  Record<string, { readonly color: string; readonly shape: string }>
> = {
  faster: { color: "#0072b2", shape: "triangle-left" },
  slower: { color: "#c45500", shape: "triangle-right" },
  "not shown": { color: "#70747c", shape: "circle" },
  baseline: { color: "#70747c", shape: "diamond" },
};
