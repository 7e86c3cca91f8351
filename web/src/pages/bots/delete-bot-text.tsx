import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Bot, botsQuery } from '../../api/bots.ts'

/** How often it is counted while somebody decides. */
const WATCH_MS = 1000

/** What goes with the bot, as it is now: what was posted a moment ago counts. */
export function DeleteBotText({ bot: { id, username } }: { bot: Bot }) {
  const { t } = useTranslation('bots')
  const { data: bots } = useQuery({ ...botsQuery, refetchOnMount: 'always', refetchInterval: WATCH_MS })
  const waiting = bots?.items.find((bot) => bot.id === id)?.waiting ?? 0
  return (
    <Text size="sm">
      {t('deleteMore', { bot: username })} {waiting > 0 && t('deleteWaiting', { count: waiting })}
    </Text>
  )
}
