const MAX_URL = 2000

/** What is wrong with an address by itself, wherever it leads; null where nothing is. Secrets in it would be in logs and lists. */
export function urlProblem(text: string): string | null {
  if (text.length > MAX_URL) return `must have at most ${MAX_URL} characters`
  // The parser of URLs drops these without a word.
  if (hasControls(text) || /\s/.test(text)) return 'must not contain spaces, line breaks or control characters'
  if (!URL.canParse(text)) return 'expected a URL like https://example.com/hooks'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected a URL that begins with https://'
  if (url.username !== '' || url.password !== '')
    return 'must not contain a user or password: events are signed instead'
  if (url.hash !== '') return 'must not contain a fragment (#), which is never sent'
  return null
}

function hasControls(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007f')
}
