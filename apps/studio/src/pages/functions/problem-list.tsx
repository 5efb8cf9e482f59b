/** Sentences of the loader, each with its file and line, in full: traces have lines of their own. */
export function ProblemList({ label, problems }: { readonly label: string; readonly problems: readonly string[] }) {
  return (
    <ul aria-label={label} className="flex flex-col gap-1">
      {problems.map((problem) => (
        <li key={problem} className="font-mono text-code break-words whitespace-pre-wrap">
          {problem}
        </li>
      ))}
    </ul>
  )
}
