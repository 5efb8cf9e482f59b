/**
 * How well a text answers what was typed: 0 where it does not. Every word that was typed has to be found; the beginning
 * of the text counts more than that of a word, that more than the middle of one. Letters in order count least, for one
 * word of three letters or more: `brls` finds "Backup rules".
 */
export function rank(typed: string, text: string): number {
  const asked = fold(typed)
  const words = asked.split(/\s+/).filter(Boolean)
  if (words.length === 0) return 1
  const folded = fold(text)
  if (folded === asked) return 100
  let least = folded.startsWith(asked) ? 80 : 100
  for (const word of words) least = Math.min(least, rankWord(word, folded))
  if (least > 0) return least
  return words.length === 1 && asked.length >= 3 && hasInOrder(folded, asked) ? 10 : 0
}

function rankWord(word: string, text: string): number {
  const at = text.indexOf(word)
  if (at < 0) return 0
  if (at === 0) return 70
  return new RegExp(`[^\\p{L}\\p{N}]${escaped(word)}`, 'u').test(text) ? 60 : 40
}

function hasInOrder(text: string, letters: string): boolean {
  let from = 0
  for (const letter of letters) {
    const at = text.indexOf(letter, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
