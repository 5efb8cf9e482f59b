/**
 * Which of two positions (`epoch.n`, of `lastSeq` and live queries) is the later one; undefined where they belong to different
 * histories, as before and after a restore.
 */
export function compareSeq(a: string, b: string): -1 | 0 | 1 | undefined {
  const [epochA, numberA] = partsOf(a)
  const [epochB, numberB] = partsOf(b)
  if (epochA !== epochB || numberA === undefined || numberB === undefined) return undefined
  if (numberA === numberB) return 0
  return numberA < numberB ? -1 : 1
}

function partsOf(seq: string): readonly [string, number | undefined] {
  const dot = seq.lastIndexOf('.')
  const number = seq.slice(dot + 1)
  return [seq.slice(0, dot), dot > 0 && /^\d+$/.test(number) ? Number(number) : undefined]
}
