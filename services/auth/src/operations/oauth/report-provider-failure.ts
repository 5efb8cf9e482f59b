import type { AppError } from '@koyalite/contracts'
import type { AuthContext, RequestContext } from '../../auth-context'
import { providerFailure } from '../../oauth/provider-failure'
import type { Provider } from '../../oauth/providers'

/** The error for whose sign-in with a provider failed; its cause is for the administrator, in the log. */
export function reportProviderFailure(
  context: AuthContext,
  request: RequestContext,
  provider: Provider,
  error: unknown,
): AppError {
  const failure = providerFailure(provider.label, error)
  const fields = {
    request_id: request.requestId,
    provider: provider.name,
    reason: failure.details[0]?.code ?? failure.code,
    cause: failure.cause instanceof Error ? failure.cause.message : failure.message,
  }
  context.log.warn(fields, 'sign-in with a provider failed')
  return failure
}
