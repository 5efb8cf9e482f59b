/** How many documents of a collection a write has made, changed and deleted: each is counted once, by what became of it. */
export interface ChangeCounts {
  readonly collection: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** What the collection's documents looked like then: see `layoutOf`. */
  readonly layout: string
}

export function documentsOf(counts: readonly ChangeCounts[]): number {
  return counts.reduce((total, { inserted, updated, deleted }) => total + inserted + updated + deleted, 0)
}

/** The counts of two writes as one. */
export function addCounts(some: readonly ChangeCounts[], more: readonly ChangeCounts[]): readonly ChangeCounts[] {
  const sums = new Map(some.map((one) => [one.collection, one]))
  for (const one of more) {
    const sum = sums.get(one.collection)
    sums.set(one.collection, {
      ...one,
      inserted: one.inserted + (sum?.inserted ?? 0),
      updated: one.updated + (sum?.updated ?? 0),
      deleted: one.deleted + (sum?.deleted ?? 0),
    })
  }
  return [...sums.values()]
}
