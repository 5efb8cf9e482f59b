import { isWithoutEffect, OPTION_TREE, type OptionNode } from '@koyalite/kernel'

const INTRODUCTION = `# Settings

Everything that \`koyalite.yaml\` may say; all of it may be left out. Made from the declarations by \`npm run docs\`.

\`\`\`yaml
name: blog
server: { port: 9000, url: https://blog.example.com }
auth: { registration: closed }
\`\`\`

- \`koyalite.<env>.yaml\` lies over it; \`KOYALITE_ENV\` (\`dev\`, \`staging\`, \`production\`) chooses; without it \`koyalite start\` is
  \`production\`, and everything else \`dev\`. It picks files and seeds only: what differs between \`dev\` and \`start\` goes by the command. \`.env\` and \`.env.<env>\` set variables.
- \`\${VAR}\` and \`\${VAR:-default}\` in a value are the environment's.
- A variable overrides each: \`server.max_body\` is \`KOYALITE_SERVER_MAX_BODY\`. Options of the command line go first.
- Durations are written \`500ms 30s 15m 24h 7d\`, sizes \`512kb 10mb 1gb\`, rates \`5/minute\` (second, minute, hour, day; \`null\`: no limit).
- What is unknown or wrong is an error with line, column and the nearest right word. Secrets are never printed.
- Saved under \`koyalite dev\`, settings apply at once, but for those that it says need another start.
`

const NOT_YET = 'Not in this version: checked, without effect, and a warning where it is set'

interface Row {
  readonly path: string
  readonly text: string
  readonly value: string
}

/** docs/settings.md: every option, with its default. */
export function settingsPage(): string {
  if (OPTION_TREE.kind !== 'section') throw new Error('settings are a section')
  const sections = Array.from(OPTION_TREE.children, ([name, node]) => {
    const rows = rowsOf(node, name).map(({ path, value, text }) => `| \`${path}\` | ${value} | ${text} |`)
    const note = isWithoutEffect(name) ? `${NOT_YET}.\n\n` : ''
    return `\n## ${name}\n\n${note}| setting | default | |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  })
  return INTRODUCTION + sections.join('')
}

function rowsOf(node: OptionNode, path: string): readonly Row[] {
  switch (node.kind) {
    case 'section':
      return Array.from(node.children, ([name, child]) => rowsOf(child, `${path}.${name}`)).flat()
    case 'option':
      return [rowOf(node, path)]
    case 'table':
      return [rowOf(node, path), ...inner(node.child, `${path}.<name>`)]
    case 'list':
      return [rowOf(node, path), ...inner(node.child, `${path}[]`)]
  }
}

/** What is inside a table or list, where that is more than a value. */
function inner(node: OptionNode, path: string): readonly Row[] {
  return node.kind === 'section' ? rowsOf(node, path) : []
}

function rowOf(node: Exclude<OptionNode, { readonly kind: 'section' }>, path: string): Row {
  const { help, default: value, nullable, secret, atStart } = node.meta
  const none = nullable ? '`null`' : ''
  return {
    path,
    value: value === null ? none : `\`${value}\``,
    text: `${help.replaceAll('|', '\\|').replaceAll('<', '&lt;')}${secret ? '. Secret' : ''}${atStart ? '. Read at the start' : ''}`,
  }
}
