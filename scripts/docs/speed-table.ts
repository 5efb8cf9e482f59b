/** A row of the README's table: the loads of a scenario that may stand for it, the first that was measured. */
interface Row {
  readonly scenario: string
  readonly text: string
  readonly loads: readonly string[]
}

const ROWS: readonly Row[] = [
  { scenario: 'S1', text: 'creates, 64 connections', loads: ['membership, c=64'] },
  { scenario: 'S2', text: 'reads by id, 64 connections', loads: ['membership, c=64'] },
  { scenario: 'S3', text: 'newest 20 of a room, 16 connections', loads: ['without total, c=16'] },
  { scenario: 'S4', text: 'updates, 64 connections', loads: ['c=64'] },
  { scenario: 'S6', text: 'documents, created 50 at a time', loads: ['batch, c=16'] },
]

const TABLE = /(<!-- speed[^>]*-->\n)[\s\S]*?(\n<!-- \/speed -->)/

/** The README with its table of figures as the reference run has them. @param results bench/results/reference.md */
export function withSpeedTable(readme: string, results: string): string {
  if (!TABLE.test(readme)) throw new Error('README.md has no place for the figures: <!-- speed --> … <!-- /speed -->')
  const lines = ROWS.map((row) => {
    const { load, perSecond, ratio } = figuresOf(row, results)
    const rule = load.startsWith('membership') ? ', for members only' : ''
    return `| ${row.scenario} ${row.text}${rule} | ${perSecond} | ${ratio} |`
  })
  const table = ['| | per second | vs. PocketBase |', '| --- | ---: | ---: |', ...lines].join('\n')
  return readme.replace(TABLE, (_all, open: string, close: string) => `${open}${table}${close}`)
}

function figuresOf({ scenario, loads }: Row, results: string): { load: string; perSecond: string; ratio: string } {
  const section = results.split(/^## /m).find((text) => text.startsWith(`${scenario} `)) ?? ''
  const cells = section.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  const heads = cells.find(([, name]) => name === 'load') ?? []
  for (const load of loads) {
    const at = (server: string, head: string) =>
      cells.find(([, name, peer]) => name === load && peer === server)?.[heads.indexOf(head)]
    const [perSecond, ratio] = [at('koyalite', 'per second'), at('pocketbase', 'koyalite is')]
    if (perSecond && ratio) return { load, perSecond, ratio }
  }
  throw new Error(
    `bench/results/reference.md has none of ${loads.join(', ')} in ${scenario}: name the load in ${import.meta.file}`,
  )
}
