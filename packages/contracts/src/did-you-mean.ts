/**
 * ` (did you mean 'string'?)` for the candidate that was probably meant, or nothing where none is near enough to be worth
 * naming. For messages about words that people write: options, fields, types.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  if (word.length > MAX_WORD) return ''
  const known = fewOf([...candidates], word)
  const near = nearest(word, known) ?? abbreviated(word, known)
  return near === undefined ? '' : ` (did you mean '${near}'?)`
}

/** Nobody mistypes longer words. */
const MAX_WORD = 100
/** Each is compared letter by letter, for each word that is wrong. */
const MAX_CANDIDATES = 200

/** Of many candidates, those that begin alike. */
function fewOf(candidates: readonly string[], word: string): readonly string[] {
  if (candidates.length <= MAX_CANDIDATES) return candidates
  const initial = word.charAt(0).toLowerCase()
  return candidates.filter((candidate) => candidate.charAt(0).toLowerCase() === initial).slice(0, MAX_CANDIDATES)
}

function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (candidate === word) continue
    const distance = editDistance(plain(word), plain(candidate), bestDistance)
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `prod` for `production`, `development` for `dev`. */
function abbreviated(word: string, candidates: readonly string[]): string | undefined {
  return candidates.find((candidate) => {
    const [short, long] = [word, candidate].sort((a, b) => a.length - b.length) as [string, string]
    return short.length >= 3 && long !== short && long.startsWith(short)
  })
}

/** `max_body`, `max-body` and `maxBody` are the same word to a person. */
function plain(word: string): string {
  return word.replace(/[_-]/g, '').toLowerCase()
}

/** Optimal string alignment distance: insertions, deletions, replacements, swaps of neighbours. `limit` for anything further. */
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
