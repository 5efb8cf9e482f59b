import type { Located } from './source-facts'
import type { Violation } from './violation'

/** Words that texts for users must not come back to, and what the field says instead. Only those that are wrong wherever they stand. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/(?<!\bthere )\bis no (?!longer\b|such\b|more\b)\w/i, 'is not a …'],
  [/\bany more\b/i, 'no longer'],
  [/\bmend(s|ed)?\b/i, 'fix'],
  [/\bis (not )?good (for|any|here)\b/i, 'valid, expires in …'],
  [/\bhow it is called\b/i, 'Usage:'],
  [/\bwrong call\b/i, 'usage error'],
  [/\bpresent folder\b/i, 'current directory'],
  [/\blook again\b/i, 'refresh'],
  [/\bwho(m)?ever\b/i, 'name who: the caller, the owner, the user'],
  [/\banew\b/i, 'again'],
  [/\b(take|takes|taken) back\b/i, 'roll back, revert'],
  [/\be-mail/i, 'email'],
  [/\bin the clear\b/i, 'unencrypted'],
  [/\b(is|are|be) told (of|about)\b/i, 'is notified of'],
  [/\b(is|are) answered\b/i, 'returns, responds with'],
  [/\bhangs on the\b/i, 'depends on'],
]

/** Violations in texts that users read: sentences of the source, or lines of a page. */
export function checkWords(file: string, texts: readonly Located[]): readonly Violation[] {
  return texts.flatMap(({ line, text }) =>
    WORDS.flatMap(([pattern, better]) => {
      const found = pattern.exec(text)?.[0]
      return found === undefined
        ? []
        : [{ file, line, message: `'${found.trim()}' in a text for users; say: ${better}` }]
    }),
  )
}
