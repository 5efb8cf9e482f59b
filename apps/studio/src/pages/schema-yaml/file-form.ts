import { type JsonSchema, schemaFileSchema } from '@koyalite/schema'

/** A key or a word that may be written, and what it means. */
export interface Choice {
  readonly label: string
  readonly info: string
}

const FORM = schemaFileSchema()

/** The keys of the map at a path. Lists are no steps of it: what it says holds for each of their items. */
export function keysAt(path: readonly string[]): readonly Choice[] {
  return formsAt(path).flatMap(({ properties }) =>
    Object.entries((properties ?? {}) as Forms).map(([label, { description }]) => ({
      label,
      info: String(description ?? ''),
    })),
  )
}

/** The words that may be written at a path. */
export function wordsAt(path: readonly string[]): readonly Choice[] {
  const words = formsAt(path).flatMap((form): readonly Choice[] => {
    if (form.const !== undefined) return [{ label: String(form.const), info: String(form.description ?? '') }]
    if (Array.isArray(form.enum)) return form.enum.map((word) => ({ label: String(word), info: '' }))
    return form.type === 'boolean' ? ['true', 'false'].map((label) => ({ label, info: '' })) : []
  })
  // One word, and a list of them, may stand in the same place.
  return words.filter(({ label }, i) => words.findIndex((other) => other.label === label) === i)
}

type Forms = Readonly<Record<string, JsonSchema>>

function formsAt(path: readonly string[]): readonly JsonSchema[] {
  return path.reduce(
    (forms, step) =>
      forms.flatMap(({ properties, additionalProperties: others }) => {
        const own = Object.entries((properties ?? {}) as Forms).find(([key]) => key === step)?.[1]
        return alternatives(own ?? (isForm(others) ? others : {}))
      }),
    alternatives(FORM),
  )
}

/** What one of which has to fit, and the items of lists. */
function alternatives(form: JsonSchema): readonly JsonSchema[] {
  const definition = /^#\/definitions\/(\w+)$/.exec(String(form.$ref))?.[1]
  if (definition !== undefined) return alternatives((FORM.definitions as Forms)[definition] ?? {})
  if (Array.isArray(form.anyOf)) return (form.anyOf as readonly JsonSchema[]).flatMap(alternatives)
  return isForm(form.items) ? alternatives(form.items) : [form]
}

function isForm(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}
