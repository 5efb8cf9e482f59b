import type { ExplainRulesInput } from '@koyalite/client/admin'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'
import type { TesterSearch } from './search'

type Body = ExplainRulesInput['body']

export interface Trial {
  /** What is asked of the server; null where something is still missing, or is no JSON. */
  readonly body: Body | null
  /** What is wrong with the JSON that was written, by field. */
  readonly errors: { readonly document?: string; readonly changes?: string }
}

/** What a search of the tester asks for. */
export function trialOf({ actor = 'anonymous', op, collection, key, document, changes }: TesterSearch): Trial {
  if (collection === undefined || op === undefined) return { body: null, errors: {} }
  const [given, sent] = [parsed(document), parsed(changes)]
  const errors = {
    ...('error' in given && op !== 'create' && { document: given.error }),
    ...('error' in sent && { changes: sent.error }),
  }
  const asked = { collection, operation: op, as: actor }
  const data = 'value' in sent && (op === 'create' || op === 'update') ? { data: sent.value } : {}
  if ('error' in errors || Object.keys(errors).length > 0) return { body: null, errors }
  if (op === 'create') return { body: { ...asked, ...data }, errors }
  if (document !== undefined && 'value' in given) return { body: { ...asked, document: given.value, ...data }, errors }
  return { body: key === undefined ? asked : { ...asked, id: key, ...data }, errors }
}

type Parsed = { readonly value: Readonly<Record<string, unknown>> } | { readonly error: string } | object

function parsed(text: string | undefined): Parsed {
  if (text === undefined || text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { value } : { error: 'A document is an object: {"title": "Hello"}.' }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Tries it on the server, which takes back whatever it writes. */
export function useTrial({ body }: Trial) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['rules', 'explain', body],
    queryFn: () => admin.explainRules({ body: body as Body }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
}
