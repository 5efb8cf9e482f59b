import { readFileSync } from 'node:fs'
import { type Sample, samplesOf } from './readme-samples'

/** What somebody does who follows a guide. `…` in an output stands for any text. */
export type GuideStep =
  /** A request, or a value to keep of its response. */
  | { readonly kind: 'sample'; readonly title: string; readonly sample: Sample }
  | { readonly kind: 'shell'; readonly title: string; readonly command: string; readonly output: string | null }
  /** `koyalite dev` and `koyalite start`: in a terminal of its own, instead of the one that runs there. */
  | { readonly kind: 'server'; readonly title: string; readonly command: string; readonly output: string | null }
  | { readonly kind: 'file'; readonly title: string; readonly path: string; readonly text: string }
  /** A `diff` block: lines of a file and what takes their place. */
  | {
      readonly kind: 'edit'
      readonly title: string
      readonly path: string
      readonly from: string
      readonly to: string
    }
  /** What the server prints after the step before. */
  | { readonly kind: 'printed'; readonly title: string; readonly output: string }
  /** The end of a section. */
  | { readonly kind: 'end'; readonly title: string }

/** A heading, or a block of code. */
const PART = /^## (.+)\n|^```(\w+)\n([\s\S]*?)^```\n/gm

/** The steps of a Markdown file, in its order: every block of code is one, or the result of the one before. */
export function readGuide(page: string): readonly GuideStep[] {
  const text = readFileSync(page, 'utf8')
  const steps: GuideStep[] = []
  let section = ''
  let end = 0
  /** The last `sh` block, as long as only a line break has followed. */
  let open: { readonly at: number; readonly command: string } | null = null
  for (const match of text.matchAll(PART)) {
    const [whole, heading, language = '', code = ''] = match
    const before = text.slice(end, match.index)
    end = match.index + whole.length
    if (heading !== undefined) {
      if (section !== '') steps.push({ kind: 'end', title: section })
      section = heading
      continue
    }
    const result = before === '' ? open : null
    open = null
    if (language === 'sh') {
      open = { at: steps.length, command: code }
      steps.push(...commandSteps(code, null))
    } else if (language === 'json' && result !== null) {
      steps.splice(result.at, steps.length, ...commandSteps(result.command, code))
    } else if (language === 'text') {
      const last = steps[steps.length - 1]
      if (result === null) steps.push({ kind: 'printed', title: `prints ${firstLine(code)}`, output: code })
      else if (last?.kind === 'shell' || last?.kind === 'server') steps[steps.length - 1] = { ...last, output: code }
      else throw new Error(`no output of a command: ${code}`)
    } else if (language === 'diff') {
      const lines = (sign: string) =>
        code
          .split('\n')
          .filter((line) => line.startsWith(sign))
          .map((line) => `${line.slice(1)}\n`)
          .join('')
      const name = fileNamed(before, code)
      steps.push({ kind: 'edit', title: `edit ${name}`, path: name, from: lines('-'), to: lines('+') })
    } else {
      const name = fileNamed(before, code)
      steps.push({ kind: 'file', title: `save ${name}`, path: name, text: code })
    }
  }
  return section === '' ? steps : [...steps, { kind: 'end', title: section }]
}

function commandSteps(command: string, response: string | null): readonly GuideStep[] {
  const block = `\`\`\`sh\n${command}\`\`\`\n${response === null ? '' : `\`\`\`json\n${response}\`\`\`\n`}`
  const samples = samplesOf(block)
  if (samples.length > 0) return samples.map((sample) => ({ kind: 'sample', title: sample.command, sample }))
  if (response !== null || /\bcurl /.test(command)) throw new Error(`no request: ${command}`)
  const kind = /^koyalite (dev|start)\b.*\n$/.test(command) ? 'server' : 'shell'
  return [{ kind, title: command.trim(), command, output: null }]
}

/** The last name of a file in the paragraph before a block. */
function fileNamed(before: string, code: string): string {
  const paragraph = before.trimEnd().split('\n\n').at(-1) ?? ''
  const name = Array.from(paragraph.matchAll(/`([\w./-]+)`/g), ([, word = '']) => word).findLast((word) =>
    /\.\w+$|^[A-Z]\w+$/.test(word),
  )
  if (name === undefined) throw new Error(`no file is named before: ${firstLine(code)}`)
  return name
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n'))
}
