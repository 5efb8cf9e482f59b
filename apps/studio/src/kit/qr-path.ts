/** The dark modules of a code as the path of an SVG, one unit each: those beside each other in one rectangle. */
export function qrPath(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) => runs(row).map(({ start, length }) => `M${start},${y}h${length}v1h-${length}z`))
    .join('')
}

function runs(row: readonly boolean[]): readonly { readonly start: number; readonly length: number }[] {
  return row.flatMap((isDark, start) => {
    if (!isDark || row[start - 1]) return []
    const end = row.indexOf(false, start)
    return [{ start, length: (end === -1 ? row.length : end) - start }]
  })
}
