import { Box, Code, Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../parts/copy-button.tsx'
import { commandsFor } from './commands.ts'

/** The same message by several tools, each ready to be pasted. */
export function Commands({ token }: { token: string }) {
  const { t } = useTranslation('tokens')
  const commands = commandsFor({ origin: location.origin, token, hello: t('hello') })
  return (
    <Tabs defaultValue="curl" keepMounted={false}>
      <Tabs.List aria-label={t('commands')}>
        {commands.map(({ id, label }) => (
          <Tabs.Tab key={id} value={id} px={{ base: 6, xs: 'md' }}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {commands.map(({ id, text }) => (
        <Tabs.Panel key={id} value={id} pt="xs">
          <Code block fz="sm" className="anywhere" style={{ whiteSpace: 'pre-wrap' }}>
            {text}
          </Code>
          <Box mt="xs">
            <CopyButton text={text} label={t('copyCommand')} size="xs" />
          </Box>
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
