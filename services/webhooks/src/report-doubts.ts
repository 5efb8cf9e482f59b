import type { ProjectEvents } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { endpointProblems, fieldRuleWarning } from './endpoints/check-endpoint'
import type { Endpoint } from './endpoints/endpoint'

/** Says in the log what does not fit the schema that is served now, and what is sent that rules hide. */
export function reportDoubts(
  endpoints: readonly Endpoint[],
  {
    schema,
    projectEvents,
    log,
  }: {
    readonly schema: Schema
    readonly projectEvents: Pick<ProjectEvents, 'patternProblem'>
    readonly log: Pick<Log, 'warn'>
  },
): void {
  for (const endpoint of endpoints) {
    for (const { field, message } of endpointProblems(endpoint, { schema, projectEvents }))
      log.warn(
        { webhook: endpoint.name },
        `the webhook '${endpoint.name}' does not fit the project: ${field}: ${message}`,
      )
    const warning = fieldRuleWarning(endpoint, schema)
    if (warning !== null) log.warn({ webhook: endpoint.name }, `the webhook '${endpoint.name}' ${warning}`)
  }
}
