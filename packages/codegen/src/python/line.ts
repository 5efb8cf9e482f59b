const LINE_WIDTH = 88
export const INDENT = '    '

/** Whether a line has room. */
export function fits(line: string): boolean {
  // No character is wider than two columns.
  return line.length * 2 <= LINE_WIDTH || Bun.stringWidth(line) <= LINE_WIDTH
}
