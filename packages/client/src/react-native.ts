import { AppState } from 'react-native'
import { createKoyalite as createClient, type Koyalite, type KoyaliteOptions } from './create-koyalite'
import type { OnWake } from './live/wake-events'
import type { Metadata, SchemaOf } from './metadata'

export * from './index'

/** The application comes to the front: while it was away its connections may have died. */
const onForeground: OnWake = (wake) => {
  const subscription = AppState.addEventListener('change', (state) => {
    if (state === 'active') wake()
  })
  return () => subscription.remove()
}

/** As in browsers. Storage is memory unless an adapter is given. */
export function createKoyalite<S extends SchemaOf<S>>(metadata: Metadata<S>, options: KoyaliteOptions): Koyalite<S> {
  return createClient(metadata, { onWake: onForeground, ...options })
}
