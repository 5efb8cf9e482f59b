/** The candidate that was probably meant, if one is near enough to be worth naming. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (candidate === word) continue
    const distance = plain(candidate) === plain(word) ? 0 : editDistance(plain(word), plain(candidate), bestDistance)
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** ` (did you mean 'string'?)`, or nothing. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  synonyms: Readonly<Record<string, string>> = {},
) {
  const synonym = Object.hasOwn(synonyms, word.toLowerCase()) ? synonyms[word.toLowerCase()] : undefined
  const right = synonym ?? nearest(word, candidates)
  return right === undefined ? '' : ` (did you mean '${right}'?)`
}

/** `on_delete`, `ondelete` and `onDelete` are the same word to a person. */
function plain(word: string): string {
  return word.replace(/[_-]/g, '').toLowerCase()
}

/** Optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours. Gives `limit` for anything further. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let value = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforePrevious[j - 2] ?? 0) + 1)
      }
      row.push(value)
    }
    beforePrevious = previous
    previous = row
  }
  return Math.min(previous[b.length] ?? limit, limit)
}
