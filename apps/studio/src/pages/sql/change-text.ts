import type { SqlChanges } from '@koyalite/contracts'

/** "would delete 100,000 orders, delete 12,004 lines (all cascade)": what was named first. */
export function changeText(collections: readonly SqlChanges[], verbs: 'would' | 'has'): string {
  const parts = collections
    .toSorted((one, other) => one.cascaded - other.cascaded)
    .flatMap(({ collection, inserted, updated, deleted, cascaded }) =>
      (
        [
          [inserted, verbs === 'would' ? 'add' : 'added'],
          [updated, verbs === 'would' ? 'change' : 'changed'],
          [deleted, verbs === 'would' ? 'delete' : 'deleted'],
        ] as const
      )
        .filter(([count]) => count > 0)
        .map(([count, verb]) => {
          const own = `${verb} ${count.toLocaleString('en')} ${collection}`
          if (cascaded === 0) return own
          return `${own} (${cascaded === count ? 'all' : cascaded.toLocaleString('en')} cascade)`
        }),
    )
  if (parts.length === 0) return verbs === 'would' ? 'would change nothing' : 'changed nothing'
  return `${verbs === 'would' ? 'would ' : ''}${parts.join(', ')}`
}

/** What has to be typed first: the collection that was named and loses most, where much goes, or more than was named. */
export function nameToType(collections: readonly SqlChanges[]): string | null {
  const total = collections.reduce((sum, { deleted }) => sum + deleted, 0)
  const cascades = collections.some(({ cascaded }) => cascaded > 0)
  if (total <= 1000 && !cascades) return null
  return (
    collections.toSorted((one, other) => other.deleted - other.cascaded - (one.deleted - one.cascaded))[0]
      ?.collection ?? null
  )
}
