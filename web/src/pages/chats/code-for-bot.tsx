import { Button, Code, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { QRCodeSVG } from 'qrcode.react'
import { useTranslation } from 'react-i18next'
import { type LinkCode } from '../../api/chats.ts'
import { answer, api } from '../../api/client.ts'
import { sandboxQuery } from '../../api/sandbox.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { openInTelegram } from '../../shell/open-in-telegram.ts'
import { TimeLeft } from './time-left.tsx'

/** A code is asked for when somebody looks, and again when its time is up and somebody still looks. */
const linkCodeQuery = (botId: string | null) =>
  queryOptions({
    queryKey: ['link-code', botId],
    queryFn: () => answer(api.POST('/v1/link-codes', { body: botId === null ? {} : { botId } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchInterval: ({ state: { data } }) => (data ? Math.max(Date.parse(data.expiresAt) - Date.now(), 1000) : false),
  })

/** The chat says a code of the account to the bot. */
export function CodeForBot({ botId }: { botId: string | null }) {
  const { t } = useTranslation('chats')
  const { data: link, error, refetch } = useQuery(linkCodeQuery(botId))
  return (
    <Stack gap="sm" component="section" aria-labelledby="code-for-bot">
      <Title order={3} size="h5" id="code-for-bot">
        {t('fromHere')}
      </Title>
      <ProblemNote problem={error} again={refetch} />
      {link ? <Ways link={link} /> : !error && <Skeleton height={220} />}
    </Stack>
  )
}

function Ways({ link }: { link: LinkCode }) {
  const { t } = useTranslation('chats')
  const { deepLink, code, botUsername, expiresAt } = link
  const { data: sandbox } = useQuery(sandboxQuery)
  return (
    <>
      <Text size="sm">{t(sandbox ? 'fromHereSandbox' : 'fromHereMore', { bot: botUsername })}</Text>
      <Group align="flex-start" gap="lg">
        <Paper bg="white" p="md" withBorder w="fit-content" lh={0}>
          <QRCodeSVG value={deepLink} size={148} title={t('qr', { bot: botUsername })} />
        </Paper>
        <Stack gap="sm" flex="1 1 12rem" miw={0} align="flex-start">
          <Button
            component="a"
            href={deepLink}
            target="_blank"
            rel="noreferrer"
            leftSection={<Send size={16} aria-hidden />}
            onClick={(event) => {
              if (openInTelegram(deepLink)) event.preventDefault()
            }}
          >
            {t('openTelegram')}
          </Button>
          <Text size="sm">{t('orSend', { bot: botUsername })}</Text>
          <Code block className="anywhere" style={{ whiteSpace: 'normal' }}>
            {code}
          </Code>
          <CopyButton text={code} label={t('copyCode')} size="xs" />
          <TimeLeft until={expiresAt} />
        </Stack>
      </Group>
    </>
  )
}
