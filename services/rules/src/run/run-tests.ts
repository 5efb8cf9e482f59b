import { type FileReport, runTestFile, type TestOptions, type TestSource } from './run-test-file'

/** What came of all files. The wire format of the admin API. */
export interface TestReport {
  readonly ok: boolean
  readonly passed: number
  /** Cases that failed, and files that are wrong. */
  readonly failed: number
  readonly files: readonly FileReport[]
}

/** Runs test files one after the other. */
export async function runTests(options: TestOptions, sources: readonly TestSource[]): Promise<TestReport> {
  const files: FileReport[] = []
  for (const source of sources) files.push(await runTestFile(source, options))
  const cases = files.flatMap((file) => file.cases)
  const passed = cases.filter(({ ok }) => ok).length
  const failed = cases.length - passed + files.filter(({ problems }) => problems.length > 0).length
  return { ok: failed === 0, passed, failed, files }
}
