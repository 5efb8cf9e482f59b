/** One thing that the doctor looked at. `note`: worth knowing. `problem`: to be mended. */
export interface Finding {
  readonly check: string
  readonly level: 'ok' | 'note' | 'problem'
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
}

export function ok(check: string, message: string): Finding {
  return { check, level: 'ok', message }
}

export function note(check: string, message: string, advice?: string): Finding {
  return { check, level: 'note', message, ...(advice === undefined ? {} : { advice }) }
}

export function problem(check: string, message: string, advice: string): Finding {
  return { check, level: 'problem', message, advice }
}

/** The finding of a check of files; one that fails is a finding too, so that the others still run. */
export async function attempted(check: string, run: () => Promise<Finding>): Promise<Finding> {
  try {
    return await run()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return problem(
      check,
      `this cannot be checked: ${message}`,
      'Correct the path in koyalite.yaml, or who may read it.',
    )
  }
}

/** The first few of a list, and how many there are besides. */
export function some(items: readonly string[], most = 5): string {
  const rest = items.length - most
  return items.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
