import type { CheckRuleInput } from '@koyalite/client/admin'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { CodeCompletions, CodeDiagnostic, CodePosition } from '../../kit/code/code-editor'
import { useSession } from '../../session/session-context'

export type RulePlace = CheckRuleInput['body']['place']

/** A pause in typing: what is half written is mostly wrong. */
const PAUSE_MS = 250

export interface RuleCheck {
  readonly diagnostics: readonly CodeDiagnostic[]
  readonly complete: (position: CodePosition) => Promise<CodeCompletions | null>
}

/** Checks a rule on the server while it is written, and asks it how it may go on. An empty one is none, and not wrong. */
export function useRuleCheck(place: RulePlace, source: string): RuleCheck {
  const { admin } = useSession()
  const asked = usePaused(source)
  const { data } = useQuery({
    queryKey: ['rules', 'check', place, asked],
    queryFn: () => admin.checkRule({ body: { place, source: asked } }),
    enabled: asked.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const problems = asked.trim() === '' ? [] : (data?.problems ?? [])
  return {
    diagnostics: problems.map(({ severity, message, start, end }) => ({
      ...{ severity, message, from: start, to: end },
      ...fixOf(message),
    })),
    async complete({ text, at, isExplicit }) {
      // After a space there is nothing to go on with, unless one asks.
      if (!isExplicit && !/[\w.'"]$/.test(text.slice(0, at))) return null
      const { completions } = await admin.checkRule({ body: { place, source: text, at } })
      if (completions === null || completions.options.length === 0) return null
      return { from: completions.from, options: completions.options.map(({ label, detail }) => ({ label, detail })) }
    },
  }
}

/** The server says which name was meant. */
function fixOf(message: string): Pick<CodeDiagnostic, 'fix'> {
  const [, name] = /did you mean '([^']+)'\?/.exec(message) ?? []
  return name === undefined ? {} : { fix: { label: `Change to ${name}`, replacement: name } }
}

function usePaused(text: string): string {
  const [paused, setPaused] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return paused
}
