import { AppLink } from '../../kit/app-link'
import { Snippet } from '../../kit/snippet'

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id:    { type: uuid, primary: true, default: auto }
      title: { type: string, minLength: 1 }
    rules:
      read: "true"`

/** What to do on an empty project, each step with something that works now. */
export function FirstSteps() {
  const steps = [
    {
      title: 'Describe your data',
      text: 'A collection is a table, an API and its rules. Make one in the studio, or save this as schema.yaml:',
      snippet: SCHEMA,
      link: { href: '/schema', name: 'New collection' },
    },
    {
      title: 'Add documents',
      text: 'In the grid, from a spreadsheet, or by a request with a service key:',
      snippet: `curl -H "Authorization: Bearer $KEY" --json '{"title":"Hello"}' \\\n  ${location.origin}/api/collections/posts`,
      link: { href: '/keys', name: 'Make a key' },
    },
    {
      title: 'Call the API',
      text: 'Everybody may read what its rules allow; clients for TypeScript, Go and Python are generated:',
      snippet: `curl ${location.origin}/api/collections/posts`,
      link: { href: '/policies', name: 'Who may do what' },
    },
  ]
  return (
    <section aria-labelledby="first-steps" className="flex flex-col gap-4">
      <h2 id="first-steps" className="text-large font-semibold">
        Three steps to an API
      </h2>
      <ol className="grid gap-4 lg:grid-cols-3">
        {steps.map(({ title, text, snippet, link }, index) => (
          <li key={title} className="flex min-w-0 flex-col gap-3 rounded-panel border border-line p-4">
            <h3 className="text-md font-semibold">
              {index + 1}. {title}
            </h3>
            <p className="text-text-2">{text}</p>
            <Snippet label={title} text={snippet} />
            <AppLink href={link.href} className="mt-auto self-start text-link hover:underline">
              {link.name}
            </AppLink>
          </li>
        ))}
      </ol>
    </section>
  )
}
