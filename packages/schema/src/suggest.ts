import { didYouMean as similarWord } from '@koyalite/contracts'

/** ` (did you mean 'string'?)`, or nothing. A synonym (`varchar`) comes before a similar word. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  synonyms: Readonly<Record<string, string>> = {},
) {
  const key = word.toLowerCase()
  return Object.hasOwn(synonyms, key) ? ` (did you mean '${synonyms[key]}'?)` : similarWord(word, candidates)
}
