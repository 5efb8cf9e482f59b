/** What a run of tests has come to. */
export interface TestReport {
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly tests: readonly ReportedTest[]
}

export interface ReportedTest {
  readonly file: string
  /** With the groups that it is in: `notes > are one's own`. */
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly ms: number
  /** Why it failed. */
  readonly message: string | null
}

/**
 * Reads the JUnit report of `bun test`; null where it has written none. A run that ends with an error is never ok, whatever the report says: a file that does
 * not load has no tests.
 */
export function readTestReport(xml: string | null, exitCode: number): TestReport {
  const tests = [...(xml ?? '').matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, tag = '', inside = '']): ReportedTest => {
      const { file = '', classname = '', name = '', time } = attributesOf(tag)
      const failure = /<(?:failure|error)\b([^>]*)>/.exec(inside)
      return {
        file,
        name: classname === '' ? name : `${classname} > ${name}`,
        status: failure !== null ? 'failed' : inside.includes('<skipped') ? 'skipped' : 'passed',
        ms: Math.round(Number(time) * 1000),
        message: failure === null ? null : (attributesOf(failure[1] ?? '').message ?? ''),
      }
    },
  )
  const count = (status: ReportedTest['status']) => tests.filter((one) => one.status === status).length
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')]
  return { ok: exitCode === 0 && failed === 0, passed, failed, skipped, tests }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function attributesOf(tag: string): Readonly<Record<string, string>> {
  const found = [...tag.matchAll(/([\w-]+)="([^"]*)"/g)]
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, decoded(value)]))
}

function decoded(text: string): string {
  return text.replace(/&(#\d+|\w+);/g, (all, entity: string) =>
    entity.startsWith('#') ? String.fromCodePoint(Number(entity.slice(1))) : (ENTITIES[entity] ?? all),
  )
}
