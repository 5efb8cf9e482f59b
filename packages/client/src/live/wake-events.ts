/** What of a browser's window and document is used. Neither is there on servers. */
interface Target {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
  readonly visibilityState?: string
}

const page = globalThis as { readonly document?: Target } & Target

/** False only where the device says that it has no network. */
export function hasNetwork(): boolean {
  return (globalThis.navigator as { readonly onLine?: boolean } | undefined)?.onLine !== false
}

/** Calls `wake` whenever a connection may have died unnoticed, or a new one may succeed. Returns what ends that. */
export type OnWake = (wake: () => void) => () => void

/** A tab is shown, or the network has changed. Nothing on servers. */
export const onBrowserWake: OnWake = (wake) => {
  const { document } = page
  const visible = () => document?.visibilityState === 'hidden' || wake()
  const events = ['online', 'offline', 'pageshow', 'focus']
  for (const type of events) page.addEventListener?.(type, wake)
  document?.addEventListener?.('visibilitychange', visible)
  document?.addEventListener?.('resume', wake)
  return () => {
    for (const type of events) page.removeEventListener?.(type, wake)
    document?.removeEventListener?.('visibilitychange', visible)
    document?.removeEventListener?.('resume', wake)
  }
}
