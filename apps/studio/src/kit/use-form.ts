import { AdminApiError } from '@koyalite/client/admin'
import { type FormEvent, useState } from 'react'
import { messageOf } from '../session/operator-session'

export interface FormState {
  readonly isBusy: boolean
  /** Of the form as a whole. */
  readonly error: string | null
  /** By field. */
  readonly fieldErrors: Readonly<Record<string, string>>
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
}

/** Sends a form, and puts what the server refuses where it belongs. Nothing that was typed is cleared. */
export function useForm(send: (given: FormData) => Promise<void>): FormState {
  const [state, setState] = useState<Omit<FormState, 'onSubmit'>>(IDLE)
  async function submit(form: HTMLFormElement): Promise<void> {
    setState({ ...IDLE, isBusy: true })
    try {
      await send(new FormData(form))
      setState(IDLE)
    } catch (failure) {
      const details = failure instanceof AdminApiError ? failure.details.filter(({ field }) => isIn(form, field)) : []
      setState({
        isBusy: false,
        error: details.length === 0 ? messageOf(failure) : null,
        fieldErrors: Object.fromEntries(details.map(({ field, message }) => [field, message])),
      })
      focusField(form, details[0]?.field)
    }
  }
  return {
    ...state,
    onSubmit(event) {
      event.preventDefault()
      void submit(event.currentTarget)
    },
  }
}

const IDLE = { isBusy: false, error: null, fieldErrors: {} }

function isIn(form: HTMLFormElement, field: string): boolean {
  return form.elements.namedItem(field) !== null
}

function focusField(form: HTMLFormElement, field = ''): void {
  const element = form.elements.namedItem(field)
  if (element instanceof HTMLElement) element.focus()
}
