import { runTests, type TestReport, type TestSource } from '@koyalite/rules'
import { loadProject } from './load-project'
import type { ProjectOptions } from './project'
import { openRuleSandbox } from './rule-sandbox'

/** Runs rule tests against the schema as it is in the project's folder, served or not. Throws ProjectError. */
export async function testRules(options: ProjectOptions, sources: readonly TestSource[]): Promise<TestReport> {
  const { schema, settings } = await loadProject(options)
  return runTests({ schema, openSandbox: () => openRuleSandbox({ schema, settings }) }, sources)
}
