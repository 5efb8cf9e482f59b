import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

/** An authenticator in software: makes passkeys and signs with them, as a browser would hand them over. */
export interface SoftAuthenticator {
  // biome-ignore lint/suspicious/noExplicitAny: the options' JSON, as the server gave it
  register(options: any): Credential
  // biome-ignore lint/suspicious/noExplicitAny: the options' JSON, as the server gave it
  login(options: any): Credential
}

type Credential = Readonly<Record<string, unknown>>

export interface AuthenticatorOptions {
  readonly origin: string
  /** Whether it asks for a finger or PIN. */
  readonly verifiesUser?: boolean
  /** Signatures so far; each login adds one. Null: it does not count. */
  readonly counter?: number | null
}

interface Passkey {
  readonly id: Buffer
  readonly key: KeyObject
  readonly userHandle: string
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const ATTESTED = 0x40

export function createAuthenticator(options: AuthenticatorOptions): SoftAuthenticator {
  const { origin, verifiesUser = true } = options
  const state = { counter: options.counter ?? null }
  const flags = USER_PRESENT | (verifiesUser ? USER_VERIFIED : 0)
  const passkeys: Passkey[] = []
  const count = () => (state.counter === null ? 0 : ++state.counter)
  return {
    register({ challenge, rp, user }) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const id = randomBytes(32)
      passkeys.push({ id, key: privateKey, userHandle: user.id })
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const cose = coseKey(Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url'))
      const attested = Buffer.concat([Buffer.alloc(16), u16(id.length), id, cose])
      const data = Buffer.concat([authenticatorData(rp.id, flags | ATTESTED, count()), attested])
      // {"fmt": "none", "attStmt": {}, "authData": data}
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(data),
      ])
      return credential(id, {
        clientDataJSON: clientData('webauthn.create', challenge, origin),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      })
    },
    login({ challenge, rpId }) {
      const passkey = passkeys.at(-1)
      if (!passkey) throw new Error('this authenticator has no passkey')
      const data = authenticatorData(rpId, flags, count())
      const clientDataJSON = clientData('webauthn.get', challenge, origin)
      const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
      const signature = createSign('sha256')
        .update(Buffer.concat([data, hash]))
        .sign(passkey.key)
      return credential(passkey.id, {
        clientDataJSON,
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: passkey.userHandle,
      })
    },
  }
}

function credential(id: Buffer, response: Readonly<Record<string, unknown>>): Credential {
  const encoded = id.toString('base64url')
  return { id: encoded, rawId: encoded, type: 'public-key', response, clientExtensionResults: {} }
}

function clientData(type: string, challenge: string, origin: string): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const signCount = Buffer.alloc(4)
  signCount.writeUInt32BE(counter)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), signCount])
}

/** CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}. */
function coseKey(x: Buffer, y: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    bytes(x),
    Buffer.from([0x22]),
    bytes(y),
  ])
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([
    value.length < 256 ? Buffer.from([0x58, value.length]) : Buffer.concat([Buffer.from([0x59]), u16(value.length)]),
    value,
  ])
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16BE(value)
  return buffer
}
