import { expect, test } from 'bun:test'
import type { ErrorCode } from '@koyalite/contracts'
import type { Api, ApiResponse, CallOptions } from './api'
import type { Effects, EffectsReader } from './effects'
import { expectError, expectStatus } from './error-body'

/** One request and what must come of it: read like a line of a table. */
export interface Scenario extends CallOptions {
  readonly name: string
  /** `GET /api/…` */
  readonly request: string
  readonly status: number
  readonly code?: ErrorCode
  /** Texts that the body must hold. */
  readonly contains?: readonly string[]
  /** Texts that the body must not hold. */
  readonly omits?: readonly string[]
  /** Its effects besides the response. Effects that are not listed must not happen; if omitted, none may. */
  readonly causes?: Partial<Effects>
  /** What else must be true of the response, or what a later scenario needs of it. */
  readonly after?: (response: ApiResponse) => void | Promise<void>
}

/** What scenarios are run against, when their tests run. */
export interface ScenarioTarget {
  readonly api: Api
  /** Where it is given, scenarios say what they cause, and no more than that happens. */
  readonly effects?: EffectsReader
}

/** One test for each scenario. A scenario that needs an earlier response is a function, called in its turn. */
export function testScenarios(
  target: () => ScenarioTarget,
  scenarios: readonly (Scenario | (Pick<Scenario, 'name'> & { readonly with: () => Omit<Scenario, 'name'> }))[],
): void {
  for (const scenario of scenarios) {
    const { name } = scenario
    test(name, () => runScenario(target(), 'with' in scenario ? { name, ...scenario.with() } : scenario))
  }
}

async function runScenario({ api, effects }: ScenarioTarget, scenario: Scenario): Promise<void> {
  const [method = '', path = ''] = scenario.request.split(/ (.*)/s)
  const response = await api.request(method, path, scenario)
  // Asked for first: what a request that fails its test has caused is not for the next one to explain.
  const caused = effects?.take()
  expectStatus(response, scenario.status)
  if (scenario.code !== undefined) expectError(response, scenario.code)
  expect(response.headers.get('x-request-id') ?? '').not.toBe('')
  for (const text of scenario.contains ?? []) expect(response.text).toContain(text)
  for (const text of scenario.omits ?? []) expect(response.text).not.toContain(text)
  if (caused !== undefined) expect(caused).toEqual({ changes: [], mails: [], audit: [], rows: {}, ...scenario.causes })
  await scenario.after?.(response)
}
