import { printableText } from '@koyalite/contracts'
import { paint, print } from './terminal'

/** Rows in columns as wide as their longest cell; on a terminal that is too narrow for them, each row as a list of its cells. */
export function printTable(head: readonly string[], cells: readonly (readonly string[])[]): void {
  const rows = cells.map((row) => row.map(printableText))
  const widths = head.map((title, column) => widest([title, ...rows.map((row) => row[column] ?? '')]))
  const needed = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
  if (process.stdout.isTTY === true && needed > process.stdout.columns) printLists(head, rows)
  else printColumns(head, rows, widths)
}

function printColumns(head: readonly string[], rows: readonly (readonly string[])[], widths: readonly number[]): void {
  const line = (row: readonly string[]) => row.map((cell, column) => padded(cell, widths[column] ?? 0)).join(GAP)
  print(paint('dim', line(head).trimEnd()))
  for (const row of rows) print(line(row).trimEnd())
}

const GAP = '  '

/** As `psql` does with `\x auto`. */
function printLists(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const width = widest(head)
  const room = Math.max(8, process.stdout.columns - width - GAP.length)
  const wrapped = (cell: string) => Bun.wrapAnsi(cell, room).replaceAll('\n', `\n${' '.repeat(width)}${GAP}`)
  for (const [index, row] of rows.entries()) {
    if (index > 0) print('')
    for (const [column, title] of head.entries()) {
      const cell = row[column] ?? ''
      if (cell !== '') print(`${paint('dim', padded(title, width))}${GAP}${wrapped(cell)}`)
    }
  }
}

function widest(cells: readonly string[]): number {
  return Math.max(0, ...cells.map((cell) => Bun.stringWidth(cell)))
}

/** By what it takes on a screen: some characters take two cells, some none. */
function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - Bun.stringWidth(cell)))
}
