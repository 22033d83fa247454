/** Measures of the page, in points. */

/** Left, top, right, bottom; the footer stands in the lower one. */
export const pageMargins: [number, number, number, number] = [28, 26, 28, 34]

/** A4 without its margins. */
export const textWidth = {
  portrait: 595.28 - pageMargins[0] - pageMargins[2],
  landscape: 841.89 - pageMargins[0] - pageMargins[2],
}

/** Lines of a table, and the room left and right of the text in a cell. */
export const gridLine = 0.5
export const gridPadding = 2.5
