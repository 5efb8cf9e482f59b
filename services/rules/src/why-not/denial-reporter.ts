import type { Actor, Denial, DenialObserver, DeniedCall } from '@koyalite/contracts'
import { type CommandLine, createRateLimiter, type DevNotes } from '@koyalite/kernel'
import type { Collection, JsonValue } from '@koyalite/schema'
import { describeActor } from '../explain/asked-actor'
import { denialsOf, explainOperation } from '../explain/explain-operation'
import type { Explanation, ExplanationPart } from '../explain/explanation'
import type { ExplainContext } from '../rules-context'
import { explainCommand } from './explain-command'

/** Denials that are explained at the same time; what comes meanwhile is refused without. */
const MAX_RUNNING = 8
/** How many explanations of one operation are made for the terminal alone. */
const ASIDE = { count: 10, per: 5_000 }
/** Characters of a path. */
const MAX_WHAT = 200

export interface DenialReporterOptions {
  readonly context: () => ExplainContext
  readonly devNotes: DevNotes
  readonly commandLine: CommandLine
}

/** Why rules deny something, and how to look further. */
interface Reason {
  readonly text: string
  readonly command: string
  /** The same for the same parts of the same rules, whatever the values. */
  readonly key: string
}

/**
 * Explains under `dev` why rules denied something: in a line on the terminal, and in the error for callers on this
 * machine. Values of fields that the caller may not read are in neither. What does not exist for a caller is explained
 * on the terminal only, after the response.
 */
export function createDenialReporter({ context, devNotes, commandLine }: DenialReporterOptions): DenialObserver {
  const limiter = createRateLimiter()
  let running = 0

  /** Null where rules are not the reason, or too much is being explained. */
  async function reasonFor(denial: Denial, call: DeniedCall): Promise<Reason | null> {
    const explaining = context()
    const collection = explaining.schema.collections.get(denial.collection)
    if (collection === undefined || running >= MAX_RUNNING) return null
    running++
    try {
      const asked = {
        ...{ ...denial, actor: call.actor, data: denial.data as JsonValue, request: call },
        ...{ params: null, hidesValues: true },
      }
      const explanation = await explainOperation(explaining, asked)
      const text = reasonOf(explanation, { denial, collection, actor: call.actor })
      if (text === null) return null
      const command = commandLine(explainCommand(denial, call.actor, collection))
      return { text, command, key: keyOf(explanation) }
    } finally {
      running--
    }
  }

  /** @param outcome what became of the call */
  async function explain(denial: Denial, call: DeniedCall, outcome: string): Promise<Reason | null> {
    // Callers who do not get the reason get their response first, so that its timing reveals nothing.
    await new Promise(setImmediate)
    // The denial stands without its reason too.
    const reason = await reasonFor(denial, call).catch(() => null)
    if (reason === null) return null
    const { text, command, key } = reason
    const what = call.what.length > MAX_WHAT ? `${call.what.slice(0, MAX_WHAT)}…` : call.what
    const line = `denied  ${what}  ${outcome}, ${describeActor(call.actor)}: ${text}`
    devNotes.note(`denied ${call.actor.kind} ${key}`, () => [oneLine(line), `  ${oneLine(command)}`])
    return reason
  }

  /** For the terminal alone. Rate limited, so that a caller elsewhere cannot keep the server explaining. */
  function explainAside(denial: Denial, call: DeniedCall, outcome: string): void {
    const bucket = `${denial.collection} ${denial.operation}`
    if (limiter.take([{ bucket, rate: ASIDE }])?.allowed !== false) void explain(denial, call, outcome)
  }

  return {
    async refused(error, call) {
      const { denial, operation } = error
      if (denial === undefined) return error
      const of = operation === undefined ? '' : ` in operation ${operation}`
      const outcome = `${error.status} ${error.code}${of}`
      const denied = { ...call, actor: denial.actor ?? call.actor }
      // A response that took longer, or said more, would tell that the document exists.
      if (error.code === 'NOT_FOUND' || !call.isLocal) {
        explainAside(denial, denied, outcome)
        return error
      }
      const reason = await explain(denial, denied, outcome)
      if (reason === null) return error
      return error.withDetails([
        { field: '', code: 'rule', message: reason.text },
        { field: '', code: 'explain', message: reason.command },
      ])
    },
    hidden(collection, id, call) {
      explainAside({ collection, operation: 'read', id, data: null }, call, 'empty, though documents match')
    },
  }
}

/** Rules and values may have several lines. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

function keyOf({ collection, operation, rules }: Explanation): string {
  const asked = rules.map(({ line, column, source, comes_to, outcome }) => [
    ...[line, column, source, comes_to],
    outcome && resultsOf(outcome),
  ])
  return `${collection} ${operation} ${JSON.stringify(asked)}`
}

function resultsOf({ result, operands }: ExplanationPart): unknown {
  return [result, operands.map(resultsOf)]
}

/** In a sentence or several; null where there is nothing to tell. */
function reasonOf(
  explanation: Explanation,
  { denial, collection, actor }: { readonly denial: Denial; readonly collection: Collection; readonly actor: Actor },
): string | null {
  const { comes_to, rules } = explanation
  // A key that was made up is not the rules' doing.
  const isThere = comes_to === 'never' || denial.id === null || rules.some(({ outcome }) => outcome !== null)
  if (!isThere || comes_to === 'bypassed') return null
  const reasons = comes_to === 'never' ? [whyNever(explanation)] : denialsOf(explanation)
  const place = rules.some(({ kind }) => kind !== 'field') ? '' : placeOf(collection)
  const scope = denial.operation === 'read' ? 'data:read' : 'data:write'
  const ofKey = actor.kind === 'service_key' ? ` No scope of the key includes ${scope} for '${collection.name}'.` : ''
  return `${place}${reasons.length > 0 ? reasons.join(' ') : elsewhere(explanation)}${ofKey}`
}

/** Where rules would be; `users` may be built in. */
function placeOf({ position: { line, column } }: Collection): string {
  return line === 1 && column === 1 ? '' : `schema.yaml:${line}:${column} `
}

/** Without what the line has said already. */
function whyNever({ summary, actor, operation, collection }: Explanation): string {
  const said = `${actor} may not ${operation} '${collection}', whatever the document. `
  return summary.startsWith(said) ? summary.slice(said.length) : summary
}

/** Asked again, it is allowed: it was another state. */
function elsewhere({ collection, operation, rules }: Explanation): string {
  const places = rules.map(({ file, line, column }) => `${file}:${line}:${column}`).join(', ')
  return `the rules for ${operation} of '${collection}' (${places}) did not hold then, and do now: an operation of a batch sees the earlier ones.`
}
