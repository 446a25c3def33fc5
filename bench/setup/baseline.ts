/** Registry name of the layout that all ratios refer to. */
export const BASELINE = "page_offset";
