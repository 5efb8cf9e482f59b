export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 }

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/**
 * What a test run counts as, from its JUnit report (null where it wrote none) and its exit code. A run that failed without a failed test, because
 * a file did not load or the process died, counts as one failure: it must never look green.
 */
export function junitCounts(report: string | null, exitCode: number): Counts {
  const root = /<testsuites\b[^>]*>/.exec(report ?? '')?.[0] ?? ''
  const attribute = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0)
  const failed = attribute('failures') + attribute('errors')
  const skipped = attribute('skipped')
  const passed = Math.max(0, attribute('tests') - failed - skipped)
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped }
}

/** The closing line of `npm test`; programs read it. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
