import { AppError } from '@koyalite/contracts'
import { buildAuthorizationUrl } from 'openid-client'
import type { AuthContext } from '../../auth-context'
import { probeAuthorize } from '../../oauth/probe-authorize'
import { type CodeProvider, KNOWN_PROVIDERS } from '../../oauth/providers'
import { beginAt, callbackUrlOf, newChecks } from './ask-provider'

/** Every provider that is known by name or in the settings: how it is set up, and what is missing. */
export function providerStates(context: AuthContext) {
  const { oauth } = context.settings.auth
  const names = [...new Set([...Object.keys(KNOWN_PROVIDERS), ...Object.keys(oauth), ...context.providers.keys()])]
  return {
    providers: names.map((name) => {
      const provider = context.providers.get(name)
      if (provider?.kind === 'code') return codeState(context, provider)
      const known = provider?.definition ?? KNOWN_PROVIDERS[name]
      const server = known?.server
      return {
        name,
        label: known?.label ?? name,
        configured: provider !== undefined,
        missing: missingOf(context, name),
        callback_url: callbackUrlOf(context, name),
        issuer: server?.kind === 'oidc' ? server.issuer : (oauth[name]?.issuer ?? null),
        scopes: [...(provider?.scopes ?? known?.scopes ?? [])],
      }
    }),
  }
}

export interface ProviderTestStep {
  readonly step: 'settings' | 'discovery' | 'authorize'
  readonly ok: boolean
  readonly message: string
}

/**
 * Asks a provider itself: whether it is there as the settings say, and whether it takes the client and the callback
 * address to begin a sign-in. What it thinks of the secret, only a sign-in shows. Throws NOT_FOUND.
 */
export async function testProvider(
  context: AuthContext,
  name: string,
): Promise<{ readonly steps: readonly ProviderTestStep[] }> {
  const { oauth } = context.settings.auth
  const provider = context.providers.get(name)
  if (provider?.kind === 'code') return { steps: [await tryCode(context, provider)] }
  if (oauth[name] === undefined && KNOWN_PROVIDERS[name] === undefined)
    throw new AppError('NOT_FOUND', `There is no provider '${name}'.`)
  const missing = missingOf(context, name)
  if (provider === undefined || missing.length > 0) {
    return { steps: [{ step: 'settings', ok: false, message: `Missing in koyalite.yaml: ${missing.join(', ')}` }] }
  }
  const settings: ProviderTestStep = { step: 'settings', ok: true, message: 'Client id and secret are set.' }
  let configuration: Awaited<ReturnType<typeof context.providerClients.connect>>['configuration']
  try {
    configuration = (await context.providerClients.connect(provider)).configuration
  } catch (error) {
    return { steps: [settings, { step: 'discovery', ok: false, message: causeOf(error) }] }
  }
  const { issuer, authorization_endpoint: endpoint } = configuration.serverMetadata()
  const discovery: ProviderTestStep = { step: 'discovery', ok: true, message: `${issuer} answers as ${endpoint}` }
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: callbackUrlOf(context, name),
    scope: provider.scopes.join(' '),
    state: 'test',
    response_type: 'code',
  })
  try {
    const refusal = await probeAuthorize(context.providerClients.fetch, url)
    const message =
      refusal === null ? 'It takes the client and the callback URL.' : `It refuses the sign-in: ${refusal}`
    return { steps: [settings, discovery, { step: 'authorize', ok: refusal === null, message }] }
  } catch (error) {
    return { steps: [settings, discovery, { step: 'authorize', ok: false, message: causeOf(error) }] }
  }
}

function codeState(context: AuthContext, { name, label }: CodeProvider) {
  return {
    ...{ name, label, configured: true, missing: [], issuer: null, scopes: [] },
    callback_url: callbackUrlOf(context, name),
  }
}

async function tryCode(context: AuthContext, provider: CodeProvider): Promise<ProviderTestStep> {
  try {
    const url = new URL(await beginAt(context, provider, newChecks(provider)))
    return { step: 'authorize', ok: true, message: `Its code sends browsers to ${url.origin}.` }
  } catch (error) {
    return { step: 'authorize', ok: false, message: causeOf(error) }
  }
}

function missingOf(context: AuthContext, name: string): readonly string[] {
  const settings = context.settings.auth.oauth[name]
  const needsIssuer = KNOWN_PROVIDERS[name] === undefined && (settings?.issuer ?? null) === null
  return [
    ...(needsIssuer ? [`auth.oauth.${name}.issuer`] : []),
    ...(settings?.client_id == null ? [`auth.oauth.${name}.client_id`] : []),
    ...(settings?.client_secret == null ? [`auth.oauth.${name}.client_secret`] : []),
  ]
}

/** What it began with: libraries say around it that something went wrong. */
function causeOf(error: unknown): string {
  let first = error
  while (first instanceof Error && first.cause instanceof Error) first = first.cause
  return (first instanceof Error ? first.message : String(first)).slice(0, 300)
}
