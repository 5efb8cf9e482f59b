import { useNotices } from './notices'

export function Notices() {
  const notices = useNotices()
  return (
    <ul className="notices" aria-live="polite">
      {notices.map(({ id, text }) => (
        <li key={id}>{text}</li>
      ))}
    </ul>
  )
}
