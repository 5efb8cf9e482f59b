import { useSyncExternalStore } from 'react'

const ROW_HEIGHT = 32
const ROW_HEIGHT_OF_PHONES = 40

const PHONE = typeof matchMedia === 'undefined' ? null : matchMedia('(max-width: 640px)')

/** px of a row: fingers need more of them. */
export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, () => (PHONE?.matches === true ? ROW_HEIGHT_OF_PHONES : ROW_HEIGHT))
}

function subscribe(listener: () => void): () => void {
  PHONE?.addEventListener('change', listener)
  return () => PHONE?.removeEventListener('change', listener)
}
