import { type SelectHTMLAttributes, useId } from 'react'
import { INPUT } from './text-field'

export interface SelectFieldProps extends SelectHTMLAttributes<HTMLSelectElement> {
  readonly label: string
  readonly options: readonly { readonly value: string; readonly text: string }[]
}

export function SelectField({ label, options, className = '', ...rest }: SelectFieldProps) {
  const id = useId()
  return (
    <div className={`flex flex-col gap-1 ${className}`}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select {...rest} id={id} className={INPUT}>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
