import { Alert, Anchor, Avatar, Button, Group, Paper, Stack, Switch, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Bot, useChangeBot } from '../../api/bots.ts'
import { CauseText } from '../../parts/cause-text.tsx'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { openInTelegram } from '../../shell/open-in-telegram.ts'
import { BotMenu } from './bot-menu.tsx'
import { BotState } from '../../parts/bot-state.tsx'

export function BotCard({ bot }: { bot: Bot }) {
  const { t } = useTranslation('bots')
  const change = useChangeBot()
  const { id, title, name, username, active, echo, tokenHint, createdAt } = bot
  const called = title ?? name
  const wish = (what: Parameters<typeof change.mutate>[0]['wish']): void => change.mutate({ id, wish: what })
  return (
    <Paper withBorder p="md" component="article" aria-label={called}>
      <Stack gap="sm">
        <Group wrap="nowrap" align="flex-start">
          <Avatar name={called} color="initials" alt="" visibleFrom="xs" />
          <Stack gap={2} flex={1} miw={0}>
            <Group gap="xs">
              <Title order={2} size="h5" className="anywhere">
                {called}
              </Title>
              <BotState bot={bot} />
            </Group>
            <Text size="sm" c="dimmed" className="anywhere">
              <Anchor
                href={`https://t.me/${username}`}
                target="_blank"
                rel="noreferrer"
                inherit
                underline="always"
                onClick={(event) => {
                  if (openInTelegram(`https://t.me/${username}`)) event.preventDefault()
                }}
              >
                @{username}
              </Anchor>
              {' · '}
              {t('tokenEnds', { hint: tokenHint })} · {t('addedAt')} <ExactTime at={createdAt} />
            </Text>
          </Stack>
          <BotMenu bot={bot} />
        </Group>
        <StateNote bot={bot} onTakeOver={() => wish({ takeOver: true })} />
        <Group gap="xl" align="flex-start">
          <Switch
            label={t('active')}
            description={t('activeMore')}
            checked={active}
            onChange={({ currentTarget }) => wish({ active: currentTarget.checked })}
          />
          <Switch
            label={t('echo')}
            description={t('echoMore')}
            checked={echo}
            onChange={({ currentTarget }) => wish({ echo: currentTarget.checked })}
          />
        </Group>
        <Waiting bot={bot} />
        <ProblemNote problem={change.error} />
      </Stack>
    </Paper>
  )
}

/** What is wrong and what can be done about it; nothing when all is well. */
function StateNote({ bot, onTakeOver }: { bot: Bot; onTakeOver: () => void }) {
  const { t } = useTranslation('bots')
  const { state, stateReason, stateCause, stateSince, takeOver } = bot
  if (state === 'running' || state === 'idle' || (state === 'starting' && stateReason === null)) return null
  const canTakeOver = state === 'conflict' && !takeOver
  return (
    <Alert color={state === 'rejected' ? 'red' : 'orange'} variant="light" p="sm" role="status">
      <Stack gap={6} align="flex-start">
        <Text size="sm">
          {t(whatIsWrong(bot))} {t('since')} <ExactTime at={stateSince} />.
        </Text>
        {stateReason !== null && !SAID_ALREADY.has(stateCause?.code) && (
          <Text size="sm" className="anywhere">
            <CauseText cause={stateCause} sentence={stateReason} />
          </Text>
        )}
        {canTakeOver && (
          <Button size="xs" variant="default" onClick={onTakeOver}>
            {t('takeOver')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** By what is said of the state. */
const SAID_ALREADY: ReadonlySet<string | undefined> = new Set([
  'polled_elsewhere',
  'foreign_webhook',
  'telegram_silent',
  'token_refused',
  'token_unknown',
])

function whatIsWrong({ state, stateCause }: Bot) {
  if (state === 'conflict' && stateCause?.code !== 'polled_elsewhere') return 'conflictWebhookMore'
  return `${state}More` as const
}

function Waiting({ bot: { waiting, active } }: { bot: Bot }) {
  const { t } = useTranslation('bots')
  if (waiting === 0) return null
  return (
    <Text size="sm">
      <Anchor inherit renderRoot={(props) => <Link to="/messages" search={{ status: 'queued' }} {...props} />}>
        {t(active ? 'waiting' : 'held', { count: waiting })}
      </Anchor>
    </Text>
  )
}
