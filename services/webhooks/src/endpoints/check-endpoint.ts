import { AppError, type ErrorDetail, type ProjectEvents } from '@koyalite/contracts'
import { type Outbound, OutboundRefusedError } from '@koyalite/kernel'
import { eventConditionProblem } from '@koyalite/query'
import { type Collection, didYouMean, type Schema } from '@koyalite/schema'
import type { EndpointConfig } from './endpoint'
import { urlProblem } from './endpoint-url'
import { documentEvents, otherPatterns } from './event-patterns'

/** What an endpoint asks for that the project does not have. */
export function endpointProblems(
  { events, when, fields }: Pick<EndpointConfig, 'events' | 'when' | 'fields'>,
  { schema, projectEvents }: { readonly schema: Schema; readonly projectEvents: Pick<ProjectEvents, 'patternProblem'> },
): readonly ErrorDetail[] {
  const details: ErrorDetail[] = []
  const fault = (field: string, message: string) => details.push({ field, code: 'invalid', message })
  for (const [i, pattern] of events.entries()) {
    const problem = projectEvents.patternProblem(pattern)
    if (problem !== null) fault(`events.${i}`, problem)
  }
  if (details.length > 0) return details
  const places = documentEvents(schema, events)
  if (when !== null) {
    const others = otherPatterns(schema, events).map((type) => ({ collection: null, type }))
    for (const place of [...places, ...others]) {
      const problem = eventConditionProblem(schema, place, when)
      if (problem === null) continue
      fault('when', `${problem} (for ${place.type})`)
      break
    }
  }
  const sent = [...new Set(places.map(({ collection }) => collection))]
  for (const [i, name] of (fields ?? []).entries()) {
    const names = sent.flatMap(sentFields)
    if (!names.includes(name))
      fault(
        `fields.${i}`,
        `there is no field '${name}' that could be sent of ${listed(sent)}${didYouMean(name, names)}`,
      )
  }
  return details
}

/**
 * Whether the server may send there, as it would now. A name that cannot be looked up is let pass: it is looked at again at each attempt.
 * @throws AppError VALIDATION_ERROR
 */
export async function requireUrl(url: string, outbound: Pick<Outbound, 'check'>): Promise<void> {
  const problem = urlProblem(url) ?? (await refusalOf(url, outbound))
  if (problem === null) return
  throw new AppError('VALIDATION_ERROR', `url: ${problem}`, {
    details: [{ field: 'url', code: 'invalid', message: problem }],
  })
}

/** Documents may have fields that rules show to some people only: whoever receives the webhook sees them. */
export function fieldRuleWarning({ events, fields, payload }: EndpointConfig, schema: Schema): string | null {
  if (fields !== null || payload === 'thin') return null
  const ruled = [...new Set(documentEvents(schema, events).map(({ collection }) => collection))].flatMap((collection) =>
    [...collection.fields.values()]
      .filter((field) => field.read !== undefined && isSent(field))
      .map(({ name }) => `${collection.name}.${name}`),
  )
  if (ruled.length === 0) return null
  return `sends fields that rules show to some callers only (${ruled.slice(0, 5).join(', ')}): set fields to what the receiver needs`
}

const LONGEST_LOOKUP_MS = 5000

async function refusalOf(url: string, outbound: Pick<Outbound, 'check'>): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_LOOKUP_MS)
  })
  try {
    await Promise.race([outbound.check(url), late])
    return null
  } catch (error) {
    return error instanceof OutboundRefusedError ? error.message : null
  } finally {
    clearTimeout(timer)
  }
}

function sentFields(collection: Collection): readonly string[] {
  return [...collection.fields.values()].filter(isSent).map(({ name }) => name)
}

function isSent({ internal, type }: { readonly internal: boolean; readonly type: string }): boolean {
  return !internal && type !== 'blob'
}

function listed(collections: readonly Collection[]): string {
  return collections.length === 0 ? 'these events' : collections.map(({ name }) => name).join(', ')
}
