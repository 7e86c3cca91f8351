import { Button, Code, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { KeyRound } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewApiToken } from '../../api/tokens.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Commands } from './commands-tabs.tsx'

/** The one time that a token is seen, with what to do with it. */
export function NewTokenCard({ made, onClose }: { made: NewApiToken; onClose: () => void }) {
  const { t } = useTranslation('tokens')
  const card = useRef<HTMLDivElement>(null)
  useEffect(() => card.current?.focus(), [made.id])
  return (
    <Paper ref={card} tabIndex={-1} withBorder p="md" component="section" aria-labelledby="new-token">
      <Stack gap="sm">
        <Group gap="sm">
          <ThemeIcon variant="light" color="green" aria-hidden>
            <KeyRound size={16} />
          </ThemeIcon>
          <Title order={2} size="h4" id="new-token" className="anywhere">
            {t('made', { name: made.name })}
          </Title>
        </Group>
        <Text size="sm">{t('madeMore')}</Text>
        <Group gap="xs">
          <Code className="anywhere" fz="sm" p="xs">
            {made.token}
          </Code>
          <CopyButton text={made.token} label={t('copyToken')} size="xs" />
        </Group>
        {made.scopes.includes('send') && <Commands token={made.token} />}
        <Button variant="default" w="fit-content" onClick={onClose}>
          {t('kept')}
        </Button>
      </Stack>
    </Paper>
  )
}
