import { Link } from '@tanstack/react-router'

const ALLOW = 'webhooks.allow'

/** Why something could not be sent. Where a setting would allow it, it leads there. */
export function SendProblem({ text }: { readonly text: string }) {
  const [before, after] = text.split(ALLOW)
  if (after === undefined) return <span className="break-words">{text}</span>
  return (
    <span className="break-words">
      {before}
      <Link to="/operate/settings" search={{ q: ALLOW }} className="font-mono text-code text-link underline">
        {ALLOW}
      </Link>
      {after}
    </span>
  )
}
