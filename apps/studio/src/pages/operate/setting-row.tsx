import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { useMay } from '../../session/session-context'
import { SettingEditor } from './setting-editor'
import { valueText } from './setting-value'
import type { Setting } from './settings'

/** One setting; its editor opens in its place. */
export function SettingRow({ setting }: { readonly setting: Setting }) {
  const mayWrite = useMay('settings:write')
  const [isEditing, setEditing] = useState(false)
  const reason = setting.fixed ?? (mayWrite ? null : 'Only owners change settings.')
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-[260px] flex-1 max-sm:min-w-full">
        <p className="flex flex-wrap items-center gap-2">
          <code className="font-mono text-code font-medium break-all">{setting.path}</code>
          {setting.at_start && <Badge>needs a restart</Badge>}
          {setting.waiting && <Badge kind="warning">waits for the next start</Badge>}
        </p>
        <p className="text-sm text-text-2">{setting.help}</p>
      </div>
      {isEditing ? (
        <SettingEditor setting={setting} onClose={() => setEditing(false)} />
      ) : (
        <div className="flex items-start gap-2 max-sm:w-full">
          <div className="w-[320px] max-w-full min-w-0 max-sm:flex-1">
            <p className={`font-mono text-code break-words ${setting.value === null ? 'text-text-3' : ''}`}>
              {valueText(setting)}
            </p>
            <p className="text-sm text-text-3">{originText(setting)}</p>
          </div>
          <Button kind="quiet" aria-label={`Change ${setting.path}`} reason={reason} onClick={() => setEditing(true)}>
            Change
          </Button>
        </div>
      )}
    </li>
  )
}

/** Where a value comes from: `koyalite.yaml, line 5`. */
function originText({ origin, fixed }: Setting): string {
  switch (origin.kind) {
    case 'default':
      return fixed === null ? 'default' : `default. ${fixed}`
    case 'file':
      return `${origin.file}, line ${origin.line}`
    case 'variable':
      return origin.file === null ? `${fixed ?? origin.variable}` : `${origin.file}: ${origin.variable}`
    case 'override':
      return fixed ?? 'command line'
  }
}
