import { Link } from '@tanstack/react-router'
import { type AuditEntry, actionText, auditActorText, targetText, throughText } from './audit-text'
import { RestoreLink } from './restore-link'
import { Fact, Facts, SidePanel } from './side-panel'

export interface AuditPanelProps {
  readonly seq: number
  /** Absent where it is none of those that are listed. */
  readonly entry: AuditEntry | undefined
  readonly onClose: () => void
}

/** One entry of the audit log in full: of a change, what was there before and after. */
export function AuditPanel({ seq, entry, onClose }: AuditPanelProps) {
  if (entry === undefined) {
    return (
      <SidePanel label="Entry" title={`Entry ${seq}`} onClose={onClose}>
        <p className="text-text-2">This entry is none of those that are listed: clear the filter, or show more.</p>
      </SidePanel>
    )
  }
  const { before, after, ...details } = (entry.details ?? {}) as Readonly<Record<string, unknown>>
  const collection = entry.target?.kind === 'document' ? entry.target.name : null
  return (
    <SidePanel label="Entry" title={actionText(entry)} onClose={onClose}>
      <Facts>
        <Fact name="Entry">{entry.seq}</Fact>
        <Fact name="Time">
          {entry.at.slice(0, 10)} {entry.at.slice(11, 23)} Z
        </Fact>
        <Fact name="Outcome">{entry.outcome}</Fact>
        <Fact name="By">
          {auditActorText(entry)}
          {entry.actor.id !== null && (
            <Link to="/observe/audit" search={{ actor: entry.actor.id }} className="ml-3 text-link hover:underline">
              All they did
            </Link>
          )}
          {entry.actor.id !== null && (
            <Link to="/observe/requests" search={{ actor: entry.actor.id }} className="ml-3 text-link hover:underline">
              Their requests
            </Link>
          )}
        </Fact>
        {targetText(entry) !== '' && (
          <Fact name="On">
            {targetText(entry)}
            {entry.target?.id != null && (
              <Link to="/observe/audit" search={{ key: entry.target.id }} className="ml-3 text-link hover:underline">
                Its history
              </Link>
            )}
          </Fact>
        )}
        <Fact name="Through">{throughText(entry)}</Fact>
        {entry.request_id !== null && (
          <Fact name="Request">
            <Link
              to="/observe/requests"
              search={{ id: entry.request_id }}
              className="font-mono text-code break-all text-link hover:underline"
            >
              {entry.request_id}
            </Link>
          </Fact>
        )}
      </Facts>
      {isValues(before) && <Values title={isValues(after) ? 'Before' : 'Last content'} values={before} />}
      {isValues(after) && <Values title={isValues(before) ? 'After' : 'Content'} values={after} />}
      {entry.event === 'document.deleted' && collection != null && entry.target?.id != null && (
        <RestoreLink collection={collection} documentKey={entry.target.id} at={entry.at} />
      )}
      {Object.keys(details).length > 0 && <Values title="Details" values={details} />}
      <p className="text-sm break-all text-text-3">Hash {entry.hash}</p>
    </SidePanel>
  )
}

function isValues(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function Values({ title, values }: { readonly title: string; readonly values: Readonly<Record<string, unknown>> }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-md font-semibold">{title}</h3>
      <pre className="max-h-[320px] overflow-auto rounded-panel bg-sunken px-3 py-2 font-mono text-code break-words whitespace-pre-wrap">
        {Object.entries(values)
          .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join('\n')}
      </pre>
    </section>
  )
}
