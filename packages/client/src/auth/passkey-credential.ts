import { KoyaError } from '../koya-error'
import { browserGlobals } from './browser-globals'

interface PasskeyOptions {
  readonly signal?: AbortSignal | undefined
  readonly mediation?: string | undefined
}

/**
 * Asks the browser for a passkey, in answer to the server's WebAuthn options. Returns what the server takes. Rejects with ABORTED where
 * the user declines, as browsers do not say more.
 */
export async function passkeyCredential(
  kind: 'create' | 'get',
  offer: unknown,
  { signal, mediation }: PasskeyOptions = {},
): Promise<unknown> {
  const { navigator, PublicKeyCredential: passkeys } = browserGlobals()
  const parse = kind === 'create' ? passkeys?.parseCreationOptionsFromJSON : passkeys?.parseRequestOptionsFromJSON
  const credentials = navigator?.credentials
  if (credentials === undefined || parse === undefined) {
    throw new KoyaError(
      'INVALID_REQUEST',
      'Passkeys need a browser that supports them, and a page over https or on localhost.',
    )
  }
  try {
    const publicKey = parse.call(passkeys, offer)
    const credential = await credentials[kind]({
      publicKey,
      ...(signal && { signal }),
      ...(mediation && { mediation }),
    })
    return credential?.toJSON()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new KoyaError('ABORTED', `there is no passkey: ${why}`, { cause })
  }
}
