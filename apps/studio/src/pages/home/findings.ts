export interface Finding {
  readonly check: string
  readonly level: 'problem' | 'note' | 'ok'
  readonly message: string
  readonly advice?: string
}

const RANK = { problem: 0, note: 1, ok: 2 }

/** What somebody has to look at, problems first. */
export function openFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level !== 'ok').toSorted((a, b) => RANK[a.level] - RANK[b.level])
}
