import { useState } from 'react'
import { Dialog } from '../kit/dialog'
import { useToast } from '../kit/toast'
import { messageOf } from '../session/operator-session'
import { useActiveKeys } from './keyboard'
import { KEY_GROUPS, KEYS } from './keys'
import { useChangePreferences, usePreferences } from './preferences'

/** The keys that do something where one is, and whether single letters do. */
export function KeysSheet({ onClose }: { readonly onClose: () => void }) {
  const names = useActiveKeys()
  const { letterKeys } = usePreferences()
  const [chosen, setChosen] = useState<boolean | null>(null)
  const change = useChangePreferences()
  const toast = useToast()
  const entries = names.map((name) => KEYS[name])
  return (
    <Dialog title="Keys" isOpen onClose={onClose} size="wide">
      <div className="gap-x-8 sm:columns-2">
        {KEY_GROUPS.map((group) => {
          const ofGroup = entries.filter((entry) => entry.group === group)
          return (
            ofGroup.length > 0 && (
              <section key={group} aria-label={group} className="mb-4 break-inside-avoid">
                <h3 className="mb-1 text-sm font-medium text-text-3">{group}</h3>
                <dl>
                  {ofGroup.map(({ keys, what }) => (
                    <div key={keys + what} className="flex items-baseline justify-between gap-4 py-0.5">
                      <dt>{what}</dt>
                      <dd className="flex-none">
                        <Keys keys={keys} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            )
          )
        })}
      </div>
      <label className="flex items-center gap-2 border-t border-line pt-3">
        <input
          type="checkbox"
          checked={chosen ?? letterKeys}
          onChange={({ target }) => {
            // What is chosen shows at once: what is kept comes a moment later.
            setChosen(target.checked)
            void change({ letterKeys: target.checked })
              .catch((error: unknown) =>
                toast({ kind: 'error', title: 'The choice was not kept', description: messageOf(error) }),
              )
              .finally(() => setChosen(null))
          }}
          className="size-4 accent-accent"
        />
        Single letters are shortcuts
      </label>
    </Dialog>
  )
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Keys as they are written on them. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex gap-1">
      {keys.split(/ |\+(?=.)/).map((name) => (
        <kbd
          key={name}
          className="min-w-5 rounded-mark border border-line bg-surface px-1 text-center font-sans text-xs text-text-2"
        >
          {nameOf(name)}
        </kbd>
      ))}
    </span>
  )
}

function nameOf(name: string): string {
  if (name === 'Mod') return IS_MAC ? '⌘' : 'Ctrl'
  if (name === 'Escape') return 'Esc'
  return name
}
