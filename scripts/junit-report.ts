export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 }

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** What a test run says in its JUnit report. */
export interface TestReport {
  readonly counts: Counts
  /** `file > describe > test` */
  readonly failed: readonly string[]
  /** The files of failed tests; null where something failed outside of a test. */
  readonly failedFiles: readonly string[] | null
  readonly skipped: readonly string[]
  readonly files: readonly { readonly file: string; readonly seconds: number }[]
}

/**
 * Reads a report (null where the run wrote none). A run that failed without a failed test, because a file did not load or the process died, counts
 * as one failure: it must never look green.
 */
export function readJunitReport(report: string | null, exitCode: number): TestReport {
  const root = attributesOf(/<testsuites\b[^>]*>/.exec(report ?? '')?.[0] ?? '')
  const failures = Number(root.failures ?? 0) + Number(root.errors ?? 0)
  const skips = Number(root.skipped ?? 0)
  const failed: string[] = []
  const skipped: string[] = []
  const failedFiles = new Set<string>()
  for (const [, tag = '', inside = ''] of (report ?? '').matchAll(/(<testcase\b[^>]*[^/>]>)([\s\S]*?)<\/testcase>/g)) {
    const { file, classname, name } = attributesOf(tag)
    const title = [file, classname, name].filter(Boolean).join(' > ')
    if (/<(failure|error)\b/.test(inside)) {
      failed.push(title)
      failedFiles.add(file ?? '')
    } else if (/<skipped\b/.test(inside)) skipped.push(title)
  }
  const broke = exitCode !== 0 && failures === 0
  if (broke) failed.push('an error outside of a test; see the output above')
  return {
    counts: {
      passed: Math.max(0, Number(root.tests ?? 0) - failures - skips),
      failed: broke ? 1 : failures,
      skipped: skips,
    },
    failed,
    failedFiles: broke || failedFiles.has('') || failed.length < failures ? null : [...failedFiles],
    skipped,
    files: [...(report ?? '').matchAll(/<testsuite\b[^>]*>/g)]
      .map(([tag]) => attributesOf(tag))
      // The suite of a file; those of its `describe`s say the line where they are.
      .filter(({ file, line }) => file !== undefined && line === undefined)
      .map(({ file = '', time }) => ({ file, seconds: Number(time) })),
  }
}

/**
 * A run whose failures were repeated: what passed then counts as passed, and is told apart.
 * @param again the report of the files that had failed
 */
export function repeated(
  first: TestReport,
  again: TestReport,
): { readonly report: TestReport; readonly unstable: readonly string[] } {
  // What failed for other reasons then leaves no doubt.
  if (again.failedFiles === null) return { report: first, unstable: [] }
  const failed = first.failed.filter((title) => again.failed.includes(title))
  const others = again.failed.filter((title) => !first.failed.includes(title))
  const unstable = first.failed.filter((title) => !again.failed.includes(title))
  const { passed, skipped } = first.counts
  const counts = { passed: passed + unstable.length - others.length, failed: failed.length + others.length, skipped }
  return { report: { ...first, counts, failed: [...failed, ...others] }, unstable }
}

/** The closing line of `npm test`; programs read it. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", '#10': ' ' }

function attributesOf(tag: string): Readonly<Record<string, string>> {
  const found = [...tag.matchAll(/([\w-]+)="([^"]*)"/g)]
  return Object.fromEntries(
    found.map(([, name = '', value = '']) => [name, value.replace(/&(#?\w+);/g, (all, one) => ENTITIES[one] ?? all)]),
  )
}
