import { join } from 'node:path'

/** What the server starts an instance with (PROTOCOL.md, "Start"). */
export interface HostSettings {
  readonly serverSocket: string
  readonly callSocket: string
  readonly entry: string
  /** Of the function. */
  readonly name: string
  readonly token: string
  /** The socket of the egress proxy; undefined: no network. */
  readonly proxySocket: string | undefined
  /** `ctx.env`. */
  readonly env: Readonly<Record<string, string>>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Throws an Error that names the variable that is missing. */
export function readSettings(environment: Environment): HostSettings {
  const sockets = required(environment, 'KOYALITE_SOCKETS')
  const names = (environment.KOYALITE_ENV ?? '').split(',').filter((name) => name !== '')
  return {
    serverSocket: join(sockets, 'server.sock'),
    callSocket: join(sockets, 'call.sock'),
    entry: required(environment, 'KOYALITE_ENTRY'),
    name: required(environment, 'KOYALITE_FUNCTION'),
    token: required(environment, 'KOYALITE_INSTANCE'),
    proxySocket: environment.KOYALITE_PROXY || undefined,
    env: Object.freeze(Object.fromEntries(names.map((name) => [name, environment[name] ?? '']))),
  }
}

function required(environment: Environment, name: string): string {
  const value = environment[name]
  if (!value) throw new Error(`${name} is not set: the KoyaLite server starts this program, nobody else`)
  return value
}
