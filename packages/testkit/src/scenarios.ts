import { expect, test } from 'bun:test'
import type { ErrorCode } from '@koyalite/contracts'
import type { Answer, Api, CallOptions } from './api'
import { expectError, expectStatus } from './error-body'

/** One request and what its answer must be: read like a line of a table. */
export interface Scenario extends CallOptions {
  readonly name: string
  /** `GET /api/…` */
  readonly request: string
  readonly status: number
  readonly code?: ErrorCode
  /** Texts that the body must hold. */
  readonly has?: readonly string[]
  /** Texts that the body must not hold. */
  readonly lacks?: readonly string[]
  readonly then?: (answer: Answer) => void | Promise<void>
}

/** One test for each scenario, against the API that `api` gives when the test runs. */
export function testScenarios(api: () => Api, scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) test(scenario.name, () => runScenario(api(), scenario))
}

async function runScenario(api: Api, scenario: Scenario): Promise<void> {
  const [method = '', path = ''] = scenario.request.split(/ (.*)/s)
  const answer = await api.request(method, path, scenario)
  expectStatus(answer, scenario.status)
  if (scenario.code !== undefined) expectError(answer, scenario.code)
  expect(answer.headers.get('x-request-id') ?? '').not.toBe('')
  for (const text of scenario.has ?? []) expect(answer.text).toContain(text)
  for (const text of scenario.lacks ?? []) expect(answer.text).not.toContain(text)
  await scenario.then?.(answer)
}
