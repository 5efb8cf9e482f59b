import { Button } from '../kit/button'
import { useZone } from './use-zone'
import { localZone } from './zone'

/** Says in which zone timestamps are, and changes it for the whole studio. */
export function ZoneSwitch() {
  const { isLocal, choose } = useZone()
  return (
    <Button
      kind="quiet"
      aria-pressed={isLocal}
      title={isLocal ? 'Show times in UTC' : `Show times of ${localZone()}`}
      onClick={() => choose(!isLocal)}
      className="px-2 text-sm"
    >
      {isLocal ? localZone() : 'UTC'}
    </Button>
  )
}
