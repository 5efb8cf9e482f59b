/** How many documents of a collection an action made, changed and deleted. */
export interface CountedChange {
  readonly collection: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
}

const VERBS = [
  ['deleted', 'Deleted'],
  ['inserted', 'Added'],
  ['updated', 'Changed'],
] as const

/** `Deleted 12 orders, 30 lines · Changed 1 document of notes` */
export function actionText(changes: readonly CountedChange[]): string {
  const parts = VERBS.flatMap(([kind, verb]) => {
    const counted = changes.filter((change) => change[kind] > 0).sort((a, b) => a[kind] - b[kind])
    return counted.length === 0
      ? []
      : [`${verb} ${counted.map((change) => documentsText(change[kind], change.collection)).join(', ')}`]
  })
  return parts.length === 0 ? 'Changed nothing' : parts.join(' · ')
}

/** `12 orders`, `1 document of orders` */
function documentsText(count: number, collection: string): string {
  return count === 1 ? `1 document of ${collection}` : `${count.toLocaleString('en')} ${collection}`
}

/** How many users an undo of these changes brings back, who then have no password and no sessions. */
export function returningUsers(changes: readonly CountedChange[]): number {
  return changes.find(({ collection }) => collection === 'users')?.deleted ?? 0
}
