import type { ExplainRulesResponse } from '@koyalite/client/admin'
import { Check, CircleDashed, X } from 'lucide-react'
import { classNames } from '../../kit/class-names'
import { RuleOutcome } from './rule-outcome'

/** What came of a trial: allowed or not, why, and each rule that was asked. */
export function TrialResult({ result }: { readonly result: ExplainRulesResponse }) {
  const { document, rules, summary } = result
  return (
    <div className="flex flex-col gap-4">
      <Verdict result={result} />
      {document !== null && document.reasons.length > 0 && (
        <ul className="flex list-disc flex-col gap-1 pl-5 text-md">
          {document.reasons.map((reason) => (
            <li key={reason} className="break-words">
              {reason}
            </li>
          ))}
        </ul>
      )}
      {document === null && <p className="text-md text-text-2">{summary}</p>}
      {rules.length > 0 && (
        <section className="flex flex-col gap-2">
          <h2 className="text-title font-semibold">Rules that were asked</h2>
          <p className="text-sm text-text-3">
            One permit has to hold, with both of its halves, and every restriction. Underlined: the parts that decided.
          </p>
          <ul className="flex flex-col gap-2">
            {rules.map((rule, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a rule of an update is there twice, always in the same order
              <RuleOutcome key={index} rule={rule} />
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

const VERDICTS = {
  allowed: { icon: Check, color: 'bg-success-soft text-success-text' },
  denied: { icon: X, color: 'bg-danger-soft text-danger-text' },
  open: { icon: CircleDashed, color: 'bg-warning-soft text-warning-text' },
} as const

function Verdict({ result: { document, comes_to } }: { readonly result: ExplainRulesResponse }) {
  const isOpen = comes_to === 'depends'
  const isAllowed = document?.allowed ?? (comes_to === 'always' || comes_to === 'bypassed')
  const kind = document === null && isOpen ? 'open' : isAllowed ? 'allowed' : 'denied'
  const { icon: Icon, color } = VERDICTS[kind]
  return (
    <p
      role="status"
      className={classNames('flex items-center gap-2 rounded-panel px-3 py-2 text-title font-semibold', color)}
    >
      <Icon aria-hidden="true" size={18} strokeWidth={2} />
      {kind === 'open' ? 'Depends on the document' : wordOf(isAllowed, document)}
      {document !== null && (
        <span className="ml-auto text-sm font-normal">
          {document.answer.status}
          {document.answer.code !== null && ` ${document.answer.code}`}
        </span>
      )}
    </p>
  )
}

function wordOf(isAllowed: boolean, document: ExplainRulesResponse['document']): string {
  if (isAllowed) return 'Allowed'
  const status = document?.answer.status
  const isByRules = status === undefined || status === 401 || status === 403 || status === 404
  return isByRules ? 'Denied' : 'Refused, but not by a rule'
}
