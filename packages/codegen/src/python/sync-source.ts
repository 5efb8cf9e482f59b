/** What is written otherwise without `await`; whole words only. */
const WORDS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\basync (def|for|with)\b/g, '$1'],
  [/\bawait /g, ''],
  [/\bfor (\w+) in (.+):\n +yield \1\n/g, 'yield from $2\n'],
  [/\bAwaitable\[([^\]]*)\]/g, '$1'],
  [/\bAsyncGenerator\[([^,\]]*), None\]/g, 'Generator[$1, None, None]'],
  [/\b(AbstractAsyncContextManager|AsyncIterator)\b/g, (word: string) => word.replace('Async', '')],
  [/\b__a(enter|exit|iter|next)__\b/g, '__$1__'],
  [/\basynccontextmanager\b/g, 'contextmanager'],
  [/\ba(close|read|iter_bytes)\(/g, '$1('],
  [/\basync_(sleep|result)\b/g, '$1'],
  [/\bAsync([A-Z]\w*)/g, '$1'],
].map(([pattern, replacement]) => [pattern as RegExp, replacement as string])

/** The runtime of the synchronous client, from a file of the asynchronous one. Unformatted. */
export function syncSource(text: string): string {
  return WORDS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text)
}
