import { imports } from './collection-file'
import type { GoFunction } from './go-model'
import { quoted } from './source-text'

/** A method for each function, and the types of what it takes and returns. */
export function functionsFile(functions: readonly GoFunction[], structs: readonly string[]): string {
  const body = [...functions.map(method), ...structs].join('\n')
  return `package koyalite\n\n${imports(body)}${body}`
}

function method({ name, member, input, output }: GoFunction): string {
  const parameters = ['ctx context.Context', ...(input === null ? [] : [`input ${input}`]), 'options ...CallOption']
  const given = input === null ? 'struct{}{}' : 'input'
  return `// ${member} calls the function ${name}.
func (f *Functions) ${member}(${parameters.join(', ')}) (out ${output}, err error) {
	err = f.Call(ctx, ${quoted(name)}, ${given}, &out, options...)
	return out, err
}
`
}
