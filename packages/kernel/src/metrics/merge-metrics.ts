/** What one process of the server shows at /metrics. */
export interface ProcessMetrics {
  /** Told apart by this, as the label `process`. */
  readonly process: string
  readonly text: string
}

/**
 * One text of the numbers of several processes, each sample labelled with its process. Not their sums: a sum would fall whenever a
 * process begins again, which looks like a restart of all of them; a query can sum the samples without `process`.
 */
export function mergeMetrics(parts: readonly ProcessMetrics[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>()
  for (const { process, text } of parts) {
    let family: { head: string[]; samples: string[] } | undefined
    let isFirst = false
    for (const line of text.split('\n')) {
      const name = HEAD.exec(line)
      if (name?.[1] === 'HELP') {
        family = families.get(name[2] as string)
        isFirst = family === undefined
        if (family === undefined) {
          family = { head: [], samples: [] }
          families.set(name[2] as string, family)
        }
      }
      if (name !== null) {
        if (isFirst) family?.head.push(line)
      } else if (line !== '') {
        family?.samples.push(labelled(line, process))
      }
    }
  }
  return `${[...families.values()].flatMap(({ head, samples }) => [...head, ...samples]).join('\n')}\n`
}

const HEAD = /^# (HELP|TYPE) (\S+)/

function labelled(sample: string, process: string): string {
  const label = `process="${process}"`
  return sample.replace(/^([\w:]+)(?:\{(.*)\})? /, (_, name: string, labels: string | undefined) =>
    labels === undefined || labels === '' ? `${name}{${label}} ` : `${name}{${label},${labels}} `,
  )
}
