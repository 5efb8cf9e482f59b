import type { Language } from '../call-search'
import type { Call } from './call'
import { curlSnippet } from './curl'
import { goSnippet } from './go'
import { pythonSnippet } from './python'
import { typescriptSnippet } from './typescript'

export type { Call } from './call'

const SNIPPETS: Readonly<Record<Language, (call: Call) => string>> = {
  curl: curlSnippet,
  typescript: typescriptSnippet,
  go: goSnippet,
  python: pythonSnippet,
}

/** A call, written down in a language. */
export function snippetOf(language: Language, call: Call): string {
  return SNIPPETS[language](call)
}
