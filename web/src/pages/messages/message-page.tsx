import { Alert, Anchor, Group, Paper, SimpleGrid, Skeleton, Spoiler, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useParams, useRouter } from '@tanstack/react-router'
import { ArrowLeft, Copy, MailQuestionMark } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isId } from '../../api/id.ts'
import { messageQuery } from '../../api/messages.ts'
import { Problem } from '../../api/problem.ts'
import { CauseText } from '../../parts/cause-text.tsx'
import { CopyIcon } from '../../parts/copy-button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { MessageBadge } from '../../parts/message-badge.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { useStateSentence } from '../../parts/state-sentence.ts'
import { When } from '../../parts/when.tsx'
import { Attempts } from './attempts.tsx'
import { Facts } from './facts.tsx'
import { MessageActions } from './message-actions.tsx'
import { type Detailed, isDoubledByHand, mayBeTwice, storyOf } from './story.ts'

export function MessagePage() {
  const { messageId } = useParams({ from: '/account/messages/$messageId' })
  return (
    <>
      <BackLink />
      {isId(messageId) ? <AskedFor id={messageId} /> : <NotThere />}
    </>
  )
}

function AskedFor({ id }: { id: string }) {
  const { data: message, error, refetch } = useQuery(messageQuery(id))
  if (message) return <Shown message={message} />
  return error ? <NotShown error={error} again={refetch} /> : <Coming />
}

/** To the same place in the list, when that is where one came from. */
function BackLink() {
  const { t } = useTranslation('messages')
  const router = useRouter()
  const { fromList } = useLocation().state
  const goBack = (event: MouseEvent): void => {
    if (!fromList || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    router.history.back()
  }
  return (
    <Anchor renderRoot={(props) => <Link to="/messages" {...props} />} size="sm" onClick={goBack}>
      <Group gap={4} mb="xs" component="span">
        <ArrowLeft size={16} aria-hidden />
        {t('back')}
      </Group>
    </Anchor>
  )
}

function Shown({ message }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  return (
    <>
      <PageTitle title={t('message')} about={<When at={message.createdAt} detail="full" />}>
        <MessageActions message={message} />
      </PageTitle>
      <Stack>
        <State message={message} />
        <SimpleGrid type="container" cols={{ base: 1, '56rem': 2 }} style={{ alignItems: 'start' }}>
          <Stack>
            <Card title={t('text')} side={<CopyIcon text={message.text} what={t('theText')} />}>
              <Spoiler maxHeight={320} showLabel={t('showAll')} hideLabel={t('showLess')}>
                <Text className="anywhere" style={{ whiteSpace: 'pre-wrap' }} dir="auto">
                  {message.text}
                </Text>
              </Spoiler>
            </Card>
            <Card title={t('attempts')}>
              <Attempts message={message} />
            </Card>
          </Stack>
          <Card title={t('facts')}>
            <Facts message={message} />
          </Card>
        </SimpleGrid>
      </Stack>
    </>
  )
}

function Card({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {title}
        </Title>
        {side}
      </Group>
      {children}
    </Paper>
  )
}

function State({ message }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const say = useStateSentence()
  const { status, error } = message
  return (
    <>
      <Paper withBorder p="md">
        <Group role="status" align="flex-start" gap="sm">
          <MessageBadge status={status} />
          <Stack gap={4} flex="1 1 16rem">
            <Text>{say(message)}</Text>
            {error && <Text>{t(`todo_${error.code}`)}</Text>}
            {error && error.cause?.code !== error.code && (
              <Text size="sm" c="dimmed" className="anywhere">
                {t('inDetail')} <CauseText cause={error.cause} sentence={error.detail} brief />
              </Text>
            )}
          </Stack>
        </Group>
      </Paper>
      {mayBeTwice(message) && (
        <Alert color="orange" icon={<Copy aria-hidden />} title={t('duplicate')}>
          {t(storyOf(message).some(isDoubledByHand) ? 'duplicateByHand' : 'duplicateMore')}
        </Alert>
      )}
    </>
  )
}

function NotShown({ error, again }: { error: Error; again: () => Promise<unknown> }) {
  const { t } = useTranslation('messages')
  if (error instanceof Problem && error.status === 404) return <NotThere />
  return (
    <>
      <PageTitle title={t('message')} />
      <ProblemNote problem={error} again={again} />
    </>
  )
}

function NotThere() {
  const { t } = useTranslation('messages')
  return (
    <>
      <PageTitle title={t('message')} />
      <Paper withBorder>
        <EmptyState icon={MailQuestionMark} title={t('notThere')} about={t('notThereMore')} />
      </Paper>
    </>
  )
}

function Coming() {
  const { t } = useTranslation('messages')
  return (
    <>
      <PageTitle title={t('message')} />
      <Stack role="status" aria-label={t('loading', { ns: 'common' })}>
        <Skeleton h={64} />
        <Skeleton h={200} />
      </Stack>
    </>
  )
}
