import { type RefObject, useEffect, useRef, useState } from 'react'
import { type Block, toHtml, toTsv } from './clipboard-text'
import type { GridColumn } from './grid-column'
import type { GridTarget } from './grid-editing'
import type { GridSource } from './grid-source'

/** Rows of one copy. */
const MAX_ROWS = 200_000

export interface CopyState {
  /** Reading rows that are not here, or have been shortened; ready: what was read is copied by the next Ctrl-C. */
  readonly kind: 'reading' | 'ready' | 'failed'
  readonly message: string
  readonly cancel?: () => void
}

export interface GridCopyOptions<Row> {
  readonly element: RefObject<HTMLElement | null>
  readonly source: GridSource<Row>
  readonly columns: readonly GridColumn<Row>[]
  target(): GridTarget | null
  onCopied(cells: { readonly rows: number; readonly columns: number }): void
  /** What was to be cut is on the clipboard. */
  onCut(target: GridTarget): void
}

/**
 * Copies by the events of the page, which work over plain http too, where browsers have no clipboard for pages. Rows that are not in memory are
 * read first; if the browser then does not let the page copy by itself any more, the next Ctrl-C does.
 */
export function useGridCopy<Row>(options: GridCopyOptions<Row>): {
  readonly state: CopyState | null
  /** As Ctrl-C does; `withHeaders`: with the names of the columns above. */
  copy(withHeaders: boolean): void
  /** As Ctrl-X does: nothing is cut before it is on the clipboard. */
  cut(): void
  dismiss(): void
} {
  const [state, setState] = useState<CopyState | null>(null)
  const prepared = useRef<{ readonly block: Block; readonly of: string } | null>(null)
  const withHeaders = useRef(false)
  /** What is to be cut. */
  const cutting = useRef<string | null>(null)
  const latest = useRef(options)
  latest.current = options

  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      const { source, target: selected, onCopied, onCut } = latest.current
      const target = selected()
      if (target === null || document.activeElement !== latest.current.element.current) return
      event.preventDefault()
      const block =
        prepared.current?.of === nameOf(target)
          ? prepared.current.block
          : blockInMemory(source, target, latest.current.columns)
      if (block === null) return void readThenCopy(target)
      const cells = withHeaders.current ? [headOf(target, latest.current.columns), ...block] : block
      withHeaders.current = false
      event.clipboardData?.setData('text/plain', toTsv(cells))
      event.clipboardData?.setData('text/html', toHtml(cells))
      prepared.current = null
      setState(null)
      onCopied({ rows: block.length, columns: target.columns.length })
      if (cutting.current === nameOf(target)) onCut(target)
      cutting.current = null
    }
    async function readThenCopy(target: GridTarget): Promise<void> {
      const { source, columns } = latest.current
      const rows = target.rows.last - target.rows.first + 1
      if (rows > MAX_ROWS) {
        setState({
          kind: 'failed',
          message: `At most ${MAX_ROWS.toLocaleString('en')} rows can be copied. Export them instead.`,
        })
        return
      }
      const ended = new AbortController()
      const say = (done: number) =>
        setState({
          kind: 'reading',
          message: `Reading ${done.toLocaleString('en')} of ${rows.toLocaleString('en')} rows to copy`,
          cancel: () => ended.abort(),
        })
      if (rows > 1) say(0)
      try {
        const read = await source.read(target.rows, { signal: ended.signal, onProgress: say })
        prepared.current = { block: read.map((row) => cellsOf(row, target.columns, columns)), of: nameOf(target) }
        // Browsers allow it for some seconds after a key was pressed.
        if (!document.execCommand('copy'))
          setState({
            kind: 'ready',
            message: `The rows are read. Press Ctrl+C once more to ${cutting.current === null ? 'copy' : 'cut'} them.`,
          })
      } catch (error) {
        setState(
          ended.signal.aborted
            ? null
            : { kind: 'failed', message: `Not copied: ${error instanceof Error ? error.message : String(error)}` },
        )
      }
    }
    // What a page copies by itself comes as an event of the body.
    document.addEventListener('copy', onCopy)
    return () => document.removeEventListener('copy', onCopy)
  }, [])

  function copy(headers: boolean, cut: GridTarget | null = null): void {
    withHeaders.current = headers
    cutting.current = cut && nameOf(cut)
    options.element.current?.focus({ preventScroll: true })
    document.execCommand('copy')
  }
  return {
    state,
    copy: (headers) => copy(headers),
    cut: () => copy(false, options.target()),
    dismiss: () => setState(null),
  }
}

/** The cells of what is selected; null: not all of them are here as they are. */
function blockInMemory<Row>(
  source: GridSource<Row>,
  target: GridTarget,
  columns: readonly GridColumn<Row>[],
): Block | null {
  const { first, last } = target.rows
  const block: (readonly string[])[] = []
  for (let position = first; position <= last; position++) {
    const row = source.rowAt(position)
    if (row === undefined || source.isWhole?.(row, target.columns) === false) return null
    block.push(cellsOf(row, target.columns, columns))
  }
  return block
}

function cellsOf<Row>(row: Row, ids: readonly string[], columns: readonly GridColumn<Row>[]): readonly string[] {
  return ids.map((id) => columns.find((column) => column.id === id)?.text(row) ?? '')
}

function headOf<Row>({ columns: ids }: GridTarget, columns: readonly GridColumn<Row>[]): readonly string[] {
  return ids.map((id) => columns.find((column) => column.id === id)?.name ?? id)
}

function nameOf({ rows, columns }: GridTarget): string {
  return JSON.stringify([rows, columns])
}
