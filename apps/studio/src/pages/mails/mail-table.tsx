import { Link } from '@tanstack/react-router'
import { classNames } from '../../kit/class-names'
import { ScrollRegion } from '../../kit/scroll-region'
import { minuteOf } from '../../kit/times'
import { type ListedMail, MailStateBadge, subjectOf } from './mail-state'

/** Beside an open panel there is room for less. */
const NARROW = '@max-4xl:hidden'
/** On a phone the state is worth more than the time: the newest are first anyway. */
const WIDE = '@max-lg:hidden'
const HEADS = [
  ['Queued', WIDE],
  ['To', WIDE],
  ['Subject', 'w-full'],
  ['State', ''],
  ['From', NARROW],
  ['Attempts', classNames('text-right', NARROW)],
] as const

/** Mails, the newest first. */
export function MailTable({
  mails,
  open,
}: {
  readonly mails: readonly ListedMail[]
  /** The id of the one whose details are shown. */
  readonly open: string | undefined
}) {
  return (
    <ScrollRegion label="Table of mails" className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="bg-surface text-sm text-text-2">
          <tr>
            {HEADS.map(([name, className]) => (
              <th key={name} scope="col" className={classNames('h-8 px-3 font-medium whitespace-nowrap', className)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {mails.map((mail) => (
            <tr key={mail.id} data-id={mail.id} className={mail.id === open ? 'bg-selection' : 'hover:bg-surface'}>
              <td className={classNames('px-3 whitespace-nowrap text-text-2', WIDE)} title={mail.created_at}>
                {minuteOf(mail.created_at)}
              </td>
              <td className={classNames('max-w-[260px] truncate px-3', WIDE)} title={mail.to}>
                {mail.to}
              </td>
              <td
                className="h-8 max-w-[320px] truncate px-3 @max-lg:max-w-[220px] @max-lg:py-1.5"
                title={mail.error ?? undefined}
              >
                <Link from="/mails" search={(before) => ({ ...before, id: mail.id })} className="hover:underline">
                  {subjectOf(mail)}
                </Link>
                <span className="ml-2 text-sm text-text-2">{mail.error}</span>
                <span className="hidden truncate text-sm text-text-2 @max-lg:block">to {mail.to}</span>
              </td>
              <td className="px-3">
                <MailStateBadge mail={mail} />
              </td>
              <td
                className={classNames(
                  'max-w-[180px] truncate px-3 text-text-2',
                  mail.function !== null && 'font-mono text-code',
                  NARROW,
                )}
              >
                {mail.function ?? 'sign-in'}
              </td>
              <td className={classNames('px-3 text-right', NARROW)}>{mail.attempts}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
