import { createContext, createElement, type ReactElement, type ReactNode, useContext, useState } from 'react'
import type { KoyaliteClient } from '../create-koyalite'
import { hydrate } from '../prefetch'

/**
 * The type of your client, for `useKoya` to return it:
 *
 * ```ts
 * declare module '@koyalite/client/react' {
 *   interface Register { koya: typeof koya }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled in by declaration merging
export interface Register {}

// biome-ignore lint/suspicious/noExplicitAny: any schema; nothing of it is used here
export type AnyKoya = KoyaliteClient<any>
/** Of `Register`; without it, a client of any schema. */
export type RegisteredKoya = Register extends { readonly koya: infer K extends AnyKoya } ? K : AnyKoya

// Not inferred from the client's methods, which would take the compiler minutes.
export type RegisteredUser = Register extends { readonly koya: infer K extends AnyKoya }
  ? NonNullable<K['auth']['user']>
  : { readonly id: string; readonly email: string }

const KoyaContext = createContext<AnyKoya | null>(null)

export interface KoyaProviderProps {
  /** On a server, one for each request. */
  readonly koya: AnyKoya
  /** What `dehydrate` gave on the server. Queries that were prefetched there show it in the first render, and continue from it. */
  readonly state?: unknown
  readonly children?: ReactNode
}

export function KoyaProvider({ koya, state, children }: KoyaProviderProps): ReactElement {
  // In the first render already: the children read it in theirs. To hydrate twice changes nothing.
  useState(() => state !== undefined && hydrate(koya, state))
  return createElement(KoyaContext.Provider, { value: koya }, children)
}

/** The client of the provider. */
export function useKoya<K extends AnyKoya = RegisteredKoya>(): K {
  const koya = useContext(KoyaContext)
  if (koya === null) throw new Error('useKoya needs a <KoyaProvider koya={koya}> around the component.')
  return koya as K
}
