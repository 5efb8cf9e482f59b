/** Where a grid has its rows from. Positions count from 0, in the order that is shown. */
export interface GridSource<Row> {
  /** Changes whenever something that the grid shows has: for `useSyncExternalStore`. */
  version(): number
  subscribe(listener: () => void): () => void
  readonly count: number
  /** False while the rows are still being counted: then there are at least `count`. */
  readonly isExact: boolean
  /** Undefined: not loaded. */
  rowAt(position: number): Row | undefined
  /** What a row stays the same by, wherever it stands. */
  keyOf(row: Row): string
  /** Where a row that is in memory stands. Absent: rows never move. */
  positionOf?(key: string): number | null
  /** Says which rows are on the screen, so that they are loaded. */
  show(range: RowRange): void
  /** Rows that are in memory without a gap around one of them. */
  loadedAround(position: number): RowRange
  /** Whether the row has these values whole: shortened ones are never copied. Absent: all are. */
  isWhole?(row: Row, columns: readonly string[]): boolean
  /** Reads rows with whole values, also those that were never shown. Rejects with the signal's reason. */
  read(range: RowRange, options: ReadOptions): Promise<readonly Row[]>
}

/** Both ends are part of it. */
export interface RowRange {
  readonly first: number
  readonly last: number
}

export interface ReadOptions {
  readonly signal?: AbortSignal
  /** Rows so far. */
  readonly onProgress?: (rows: number) => void
}
