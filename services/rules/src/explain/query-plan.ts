import { ROW } from '../store/rows'

export interface PlanVerdict {
  readonly usesIndex: boolean
  readonly summary: string
}

/** What a query plan means for somebody who has many documents. */
export function judgePlan(plan: readonly string[], collection: string): PlanVerdict {
  const steps = plan.map((line) => line.trim())
  const own = steps.filter((step) => new RegExp(`^(?:SCAN|SEARCH) ${ROW}\\b`).test(step))
  const scans = own.filter((step) => step.startsWith('SCAN'))
  const others = steps.filter(
    (step) => /^SCAN (?!d0\b)/.test(step) && !step.includes('json_each') && !step.includes('CONSTANT ROW'),
  )
  const slowOthers =
    others.length === 0
      ? ''
      : ` Inside the rule, ${list(others.map(tableOf))} is scanned completely for each document: an index may help.`
  if (own.length > 0 && scans.length === 0) {
    return { usesIndex: others.length === 0, summary: `An index finds the documents of ${collection}.${slowOthers}` }
  }
  return {
    usesIndex: false,
    summary: `The documents of ${collection} are scanned in key order until the page is full: fine if most of them are readable.${slowOthers}`,
  }
}

function tableOf(step: string): string {
  return step.split(' ')[1] ?? step
}

function list(names: readonly string[]): string {
  return [...new Set(names)].join(', ')
}
