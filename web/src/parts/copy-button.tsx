import { ActionIcon, Button, type ButtonProps, Tooltip } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useCopy } from './use-copy.ts'

/** Puts a text on the clipboard and says that it did. */
export function CopyButton({ text, label, ...rest }: { text: string; label?: string } & ButtonProps) {
  const { t } = useTranslation()
  const { copy, state } = useCopy()
  const Icon = state === 'copied' ? Check : Copy
  return (
    <Button variant="default" leftSection={<Icon size={16} aria-hidden />} {...rest} onClick={() => void copy(text)}>
      <span aria-live="polite">{state === 'none' ? (label ?? t('copy')) : t(state)}</span>
    </Button>
  )
}

/** The same as a small button with a picture. `what` names the thing for those who hear the page. */
export function CopyIcon({ text, what }: { text: string; what: string }) {
  const { t } = useTranslation()
  const { copy, state } = useCopy()
  const Icon = state === 'copied' ? Check : Copy
  const label = state === 'none' ? t('copyThat', { what }) : t(state)
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" aria-label={label} onClick={() => void copy(text)}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
