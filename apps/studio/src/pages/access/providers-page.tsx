import type { ListProvidersResponse, TestProviderResponse } from '@koyalite/client/admin'
import { useMutation, useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { Page } from '../../kit/page'
import { Snippet } from '../../kit/snippet'
import { ErrorState, Skeleton } from '../../kit/states'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'

type Provider = ListProvidersResponse['providers'][number]

/** Sign-in with accounts of other providers: what to register there, what is missing here, and whether it works. */
export function ProvidersPage() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({ queryKey: ['providers'], queryFn: () => admin.listProviders() })
  const providers = data?.providers.toSorted((a, b) => Number(b.configured) - Number(a.configured))
  return (
    <Page title="Providers">
      <p className="max-w-[640px] text-md text-text-2">
        Users sign in with an account that they have elsewhere. Register the callback URL at the provider, and put the
        id and the secret that it gives you into the settings.
      </p>
      {error !== null && (
        <ErrorState what="The providers could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {providers === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
      <ul className="flex flex-col gap-3">
        {providers?.map((provider) => (
          <ProviderCard key={provider.name} provider={provider} />
        ))}
      </ul>
    </Page>
  )
}

function ProviderCard({ provider }: { readonly provider: Provider }) {
  const { name, label, configured, missing, callback_url, issuer, scopes } = provider
  const { admin } = useSession()
  const mayTest = useMay('providers:write')
  const test = useMutation({ mutationFn: () => admin.testProvider({ params: { name } }) })
  const isReady = configured && missing.length === 0
  return (
    <li className="flex flex-col gap-3 rounded-panel border border-line p-4">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="text-md font-semibold">{label}</h2>
        {isReady ? (
          <Badge kind="success">set up</Badge>
        ) : configured ? (
          <Badge kind="warning">not complete</Badge>
        ) : (
          <Badge>not set up</Badge>
        )}
        <span className="flex-1" />
        <Button
          isBusy={test.isPending}
          reason={!mayTest ? 'Your role cannot test providers.' : !configured ? 'Set it up first.' : null}
          onClick={() => test.mutate()}
        >
          Test
        </Button>
      </div>
      <CopyField label={`Callback URL of ${label}`} text={callback_url} />
      <p className="text-sm break-words text-text-3">
        {issuer !== null && `Issuer ${issuer} · `}Scopes {scopes.join(' ')}
      </p>
      {missing.length > 0 && (
        <div className="flex flex-col gap-2">
          <p className="text-text-2">
            Missing: <span className="font-mono text-code">{missing.join(', ')}</span>. In koyalite.yaml, the secret
            from the environment:
          </p>
          <Snippet label={`settings of ${label}`} text={settingsFor(provider)} />
        </div>
      )}
      {test.error !== null && (
        <p role="alert" className="text-danger-text">
          Not tested: {messageOf(test.error)}
        </p>
      )}
      {test.data !== undefined && <Steps steps={test.data.steps} />}
    </li>
  )
}

function Steps({ steps }: { readonly steps: TestProviderResponse['steps'] }) {
  return (
    <ul aria-label="Result of the test" className="flex flex-col gap-1">
      {steps.map(({ step, ok, message }) => {
        const Icon = ok ? CircleCheck : CircleAlert
        return (
          <li key={step} className={`flex gap-2 ${ok ? 'text-success-text' : 'text-danger-text'}`}>
            <Icon aria-label={ok ? 'Passed' : 'Failed'} size={16} strokeWidth={1.5} className="mt-0.5 flex-none" />
            <span className="min-w-0 break-words">
              {step}: {message}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function settingsFor({ name, missing, issuer }: Provider): string {
  const variable = `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_SECRET`
  return [
    'auth:',
    '  oauth:',
    `    ${name}:`,
    ...(missing.some((one) => one.endsWith('.issuer'))
      ? [`      issuer: ${issuer ?? 'https://login.example.com'}`]
      : []),
    '      client_id: …',
    `      client_secret: \${${variable}}`,
  ].join('\n')
}
