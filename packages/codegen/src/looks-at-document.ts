import type { Schema } from '@koyalite/schema'

/** Texts, numbers with what sticks to them, and names, as far as they must be told apart. A name after a dot is of something else. */
const TOKENS =
  /[rR]?("""|''')[\s\S]*?\1|[rR]?"(?:\\.|[^"\\\n])*"|[rR]?'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\.\s*[A-Za-z_]\w*|[A-Za-z_]\w*|\d\w*/g

/** Whether a rule's answer may depend on the document: it says `doc`, or calls a definition that does. */
export function looksAtDocument(schema: Schema, rule: string): boolean {
  const seen = new Set<string>()
  const looks = (source: string): boolean =>
    (source.match(TOKENS) ?? []).some((token) => {
      if (token === 'doc') return true
      const definition = schema.definitions.get(token)
      if (definition === undefined || seen.has(token)) return false
      seen.add(token)
      return looks(definition.body.source)
    })
  return looks(rule)
}
