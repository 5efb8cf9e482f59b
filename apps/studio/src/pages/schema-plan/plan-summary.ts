interface SummedStep {
  readonly change: string
  readonly risk: string
  readonly collection: string | null
  readonly field: string | null
  readonly concerned: number | null
}

/** `Creates 2 tables, 0 documents concerned.` */
export function planSummary(steps: readonly SummedStep[]): string {
  const created = steps.filter(({ change }) => /^\+ \w+$/.test(change))
  const dropped = steps.filter(({ change }) => /^- \w+$/.test(change))
  const renamed = steps.filter(({ risk }) => risk === 'renames')
  const added = steps.filter(({ change, field }) => change.startsWith('+') && field !== null)
  const others = steps.length - created.length - dropped.length - renamed.length - added.length
  const parts = [
    created.length > 0 && `creates ${count(created.length, 'table')}`,
    added.length > 0 && `adds ${count(added.length, 'field')}`,
    renamed.length > 0 && `renames ${count(renamed.length, 'thing')}`,
    dropped.length > 0 && `drops ${count(dropped.length, 'collection')}`,
    others > 0 && `changes ${count(others, 'other thing')}`,
  ].filter((part) => part !== false)
  const concerned = steps.map((step) => step.concerned)
  const isKnown = concerned.every((number) => number !== null)
  const sum = concerned.reduce<number>((total, number) => total + (number ?? 0), 0)
  const text = `${parts.join(', ')}, ${isKnown ? '' : 'at least '}${count(sum, 'document')} concerned.`
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}
