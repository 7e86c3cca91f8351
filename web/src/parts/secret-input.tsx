import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useId } from 'react'

/** Mantine's own is not tied to its description and error, and its eye cannot be reached by keyboard. */
export function SecretInput({ description, error, ...rest }: PasswordInputProps) {
  const id = useId()
  const told = [description && `${id}-description`, error && error !== true && `${id}-error`].filter(Boolean)
  return (
    <PasswordInput
      {...rest}
      id={id}
      description={description}
      error={error}
      aria-describedby={told.length > 0 ? told.join(' ') : undefined}
      aria-invalid={error ? true : undefined}
      visibilityToggleFocusable
    />
  )
}
